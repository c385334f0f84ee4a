//! The claims of an access token (RFC 9068), and the pair that a client is given.

use std::fmt;
use std::time::Duration;

use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::refresh_token::SessionId;

/// The claims of an access token beside the registered ones, and the application's own, `C`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Access<C = ()> {
    /// The client (RFC 9068 §2.2).
    pub client_id: String,
    /// The session, in base64url (OpenID Connect Front-Channel Logout §3).
    pub sid: String,
    /// The subject's epoch when the token was issued: what was revoked later has a higher one.
    pub sep: u32,
    /// The client's epoch when the token was issued, in the same way.
    pub cep: u32,
    /// When the subject logged in: seconds since 1970 (RFC 9068 §2.2.1).
    pub auth_time: u32,
    /// The scopes, with spaces between (RFC 9068 §2.2.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// How sure one can be of who it is (RFC 9068 §2.2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// By what means the subject logged in (RFC 9068 §2.2.1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// The tenant of the subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// The key that the token is bound to (RFC 9449 §6.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    /// The application's claims.
    #[serde(flatten)]
    pub custom: C,
}

/// The key that a token is bound to (RFC 7800 §3, RFC 9449 §6.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Confirmation {
    /// The RFC 7638 thumbprint of the key.
    pub jkt: String,
}

impl Confirmation {
    pub(super) const fn new(jkt: String) -> Self {
        Self { jkt }
    }
}

/// The `typ` of access tokens (RFC 9068 §2.1).
pub(super) const TOKEN_TYPE: &str = "at+jwt";

/// Names that the claims of an application cannot have.
pub(super) const RESERVED: [&str; 17] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "client_id",
    "sid",
    "sep",
    "cep",
    "auth_time",
    "scope",
    "acr",
    "amr",
    "tenant",
    "cnf",
];

/// What a client is given at login and at every refresh. It serializes as the answer of a token
/// endpoint (RFC 6749 §5.1).
///
/// # Security
/// `Debug` shows neither token; serializing shows both.
pub struct TokenPair {
    pub(super) access: String,
    pub(super) refresh: Zeroizing<String>,
    pub(super) session: SessionId,
    pub(super) expires_in: Duration,
    pub(super) refresh_expires_in: Duration,
    pub(super) scope: String,
    pub(super) is_bound: bool,
    pub(super) is_replay: bool,
}

impl TokenPair {
    /// Returns the access token.
    #[must_use]
    pub fn access_token(&self) -> &str {
        &self.access
    }

    /// Returns the refresh token.
    #[must_use]
    pub fn refresh_token(&self) -> &str {
        &self.refresh
    }

    /// Returns the session: the `sid` of the access token.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// Returns how long the access token lives.
    #[must_use]
    pub const fn expires_in(&self) -> Duration {
        self.expires_in
    }

    /// Returns how long the refresh token lives if it is not used.
    #[must_use]
    pub const fn refresh_expires_in(&self) -> Duration {
        self.refresh_expires_in
    }

    /// Returns the scopes of the access token, with spaces between.
    #[must_use]
    pub fn scope(&self) -> &str {
        &self.scope
    }

    /// Returns whether the presented refresh token had just been exchanged, and this is the same
    /// refresh token as was given out then.
    #[must_use]
    pub const fn is_replay(&self) -> bool {
        self.is_replay
    }
}

impl Serialize for TokenPair {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("access_token", &self.access)?;
        map.serialize_entry("token_type", if self.is_bound { "DPoP" } else { "Bearer" })?;
        map.serialize_entry("expires_in", &self.expires_in.as_secs())?;
        map.serialize_entry("refresh_token", &*self.refresh)?;
        if !self.scope.is_empty() {
            map.serialize_entry("scope", &self.scope)?;
        }
        map.end()
    }
}

impl fmt::Debug for TokenPair {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TokenPair")
            .field("session", &self.session)
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
