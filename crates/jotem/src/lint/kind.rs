//! Kinds of tokens that their RFC gives other claims than RFC 9068 gives an access token: what such
//! a kind never has is not missing.

/// What `typ` says about the token (RFC 8725 §3.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An access token (RFC 9068), or one of no special kind.
    Ordinary,
    /// `JWT`, which every JWT is.
    Generic,
    /// A proof of possession of the key in its header (RFC 9449 §4.2), or of one that is to be
    /// bound (OpenID for Verifiable Credential Issuance, appendix F.1).
    Proof,
    /// The proof of a holder, for one audience and one moment (RFC 9901 §4.3).
    KeyBinding,
    /// A statement that something happened; it does not expire (RFC 8417 §2.2).
    SecurityEvent,
}

impl Kind {
    pub(super) fn of(typ: Option<&str>) -> Self {
        let name = typ.unwrap_or_default().to_ascii_lowercase();
        match name.strip_prefix("application/").unwrap_or(&name) {
            "jwt" => Self::Generic,
            "dpop+jwt" | "openid4vci-proof+jwt" => Self::Proof,
            "kb+jwt" => Self::KeyBinding,
            "secevent+jwt" => Self::SecurityEvent,
            _ => Self::Ordinary,
        }
    }

    /// Returns whether a token of this kind is expected to have the claim.
    pub(super) fn has(self, claim: &str) -> bool {
        let without: &[&str] = match self {
            Self::Ordinary | Self::Generic => &[],
            Self::Proof => &["exp", "aud", "iss", "sub", "jti"],
            Self::KeyBinding => &["exp", "iss", "sub", "jti"],
            Self::SecurityEvent => &["exp", "sub"],
        };
        !without.contains(&claim)
    }

    /// Returns whether the key in the header is what a token of this kind is about.
    pub(super) const fn brings_its_key(self) -> bool {
        matches!(self, Self::Proof)
    }
}
