//! The token of every measurement: the same header, the same seven claims, the same expectations.

use serde::{Deserialize, Serialize};

/// Who issued the token, and whom every verifier expects to have issued it.
pub(crate) const ISSUER: &str = "https://auth.example";
/// Whom the token is for, and what every verifier expects.
pub(crate) const AUDIENCE: &str = "users";

/// The signature algorithms measured, by their RFC 7518, RFC 8037 and RFC 9964 names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Hs256,
    Rs256,
    Ps256,
    Es256,
    Es384,
    EdDsa,
    MlDsa65,
}

impl Algorithm {
    pub(crate) const ALL: [Self; 7] = [
        Self::Hs256,
        Self::Rs256,
        Self::Ps256,
        Self::Es256,
        Self::Es384,
        Self::EdDsa,
        Self::MlDsa65,
    ];

    /// The `alg` of the header.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
            Self::MlDsa65 => "ML-DSA-65",
        }
    }

    /// The JOSE header, 27 bytes for every algorithm here but ML-DSA-65, which has 31.
    pub(crate) fn header(self) -> String {
        format!(r#"{{"alg":"{}","typ":"JWT"}}"#, self.name())
    }
}

/// The claims as an application types them: four texts of its own, a flag and two dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) sub: String,
    pub(crate) name: String,
    pub(crate) admin: bool,
    pub(crate) iat: u64,
    pub(crate) exp: u64,
    pub(crate) iss: String,
    pub(crate) aud: String,
}

impl Claims {
    /// The claims of the good token: 128 bytes of JSON, valid until the year 2100.
    pub(crate) fn good() -> Self {
        Self {
            sub: "1234567890".into(),
            name: "John Doe".into(),
            admin: true,
            iat: 1_516_239_022,
            exp: 4_102_444_800,
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
        }
    }

    /// Authentic claims that every verifier must refuse, with the reason.
    pub(crate) fn unacceptable() -> [(&'static str, Self); 3] {
        [
            ("another issuer", Self { iss: "https://evil.example".into(), ..Self::good() }),
            ("another audience", Self { aud: "staff".into(), ..Self::good() }),
            ("expired", Self { exp: 1_516_242_622, ..Self::good() }),
        ]
    }
}
