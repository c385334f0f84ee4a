//! The claims set of a token that was read (RFC 7519 §4).

use super::payload::Payload;
use super::registered::Text;
use super::{Audience, NumericDate};

/// The claims of a token: the registered ones, and the application's own type `T`, which sees every
/// member of the payload.
///
/// Texts are not copied out of the payload.
///
/// # Examples
/// ```
/// # use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
/// use std::collections::HashMap;
/// # let key = SigningKey::generate(Algorithm::EdDsa)?;
/// # let issuer = Issuer::builder(key.clone()).lifetime(std::time::Duration::from_secs(60)).build()?;
/// # let token = issuer.issue(&Claims::new(HashMap::from([("role", "admin")])).subject("42"))?;
/// # let verifier = Verifier::builder(key.verifying_key()).build()?;
///
/// let verified = verifier.verify::<HashMap<String, serde_json::Value>>(&token)?;
/// let claims = verified.claims();
/// assert_eq!(claims.subject(), Some("42"));
/// assert_eq!(claims.custom()["role"], "admin");
/// # Ok::<(), jotem::Error>(())
/// ```
#[derive(Clone)]
pub struct ClaimsSet<T = ()> {
    pub(super) payload: Payload,
    pub(super) custom: T,
}

impl<T> ClaimsSet<T> {
    fn text<'a>(&'a self, text: Option<&'a Text>) -> Option<&'a str> {
        text.map(|text| text.get(self.payload.json()))
    }

    /// Returns `iss`: who issued the token (RFC 7519 §4.1.1).
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.text(self.payload.registered().issuer.value())
    }

    /// Returns `sub`: whom it is about (RFC 7519 §4.1.2).
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.text(self.payload.registered().subject.value())
    }

    /// Returns `aud`: whom it is for (RFC 7519 §4.1.3).
    #[must_use]
    pub fn audience(&self) -> Audience<'_> {
        Audience::new(self.payload.json(), self.payload.registered().audience.value())
    }

    /// Returns `exp`: the first moment at which it is no longer accepted (RFC 7519 §4.1.4).
    #[must_use]
    pub fn expires_at(&self) -> Option<NumericDate> {
        self.payload.registered().expires_at.value().copied()
    }

    /// Returns `nbf`: the first moment at which it is accepted (RFC 7519 §4.1.5).
    #[must_use]
    pub fn not_before(&self) -> Option<NumericDate> {
        self.payload.registered().not_before.value().copied()
    }

    /// Returns `iat`: when it was issued (RFC 7519 §4.1.6).
    #[must_use]
    pub fn issued_at(&self) -> Option<NumericDate> {
        self.payload.registered().issued_at.value().copied()
    }

    /// Returns `jti`: the name of this one token (RFC 7519 §4.1.7).
    #[must_use]
    pub fn token_id(&self) -> Option<&str> {
        self.text(self.payload.registered().token_id.value())
    }

    /// Returns the application's claims.
    #[must_use]
    pub const fn custom(&self) -> &T {
        &self.custom
    }

    /// Takes the application's claims.
    #[must_use]
    pub fn into_custom(self) -> T {
        self.custom
    }

    /// Returns the JSON text of the payload, exactly as it was signed.
    #[must_use]
    pub fn json(&self) -> &str {
        self.payload.json()
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for ClaimsSet<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ClaimsSet")
            .field("issuer", &self.issuer())
            .field("subject", &self.subject())
            .field("audience", &self.audience().iter().collect::<Vec<_>>())
            .field("expires_at", &self.expires_at())
            .field("custom", &self.custom)
            .finish_non_exhaustive()
    }
}
