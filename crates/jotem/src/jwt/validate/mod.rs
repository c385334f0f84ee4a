//! Step 8 of the pipeline: validating the claims (RFC 7519 §4.1, §7.2). One file, one claim; each
//! says its inequality.

mod audience;
mod issuer;
mod required;
mod subject;
mod time;
mod token_type;

use std::time::Duration;

use super::NumericDate;
use super::registered::{Captured, Registered, Text};
use crate::error::{Misuse, Rejection};
use crate::jwk::VerifyingKey;
use crate::jws::Header;
use crate::limits::Limits;

/// What a verifier expects of the claims. The defaults and their reasons are in
/// [`manual::defaults`](crate::manual::defaults).
///
/// For [`decode`](crate::decode) and [`decode_complete`](crate::decode_complete); a
/// [`Verifier`](crate::Verifier) takes the same settings in its builder.
///
/// In the manual: [what to expect](crate::manual::verifying#what-to-expect).
///
/// # Examples
/// ```
/// use jotem::{Algorithm, SigningKey, Validation};
///
/// let key = SigningKey::generate(Algorithm::Hs256)?;
/// let token = jotem::encode(&serde_json::json!({"sub": "42", "exp": 4_102_444_800_u64}), &key)?;
/// let validation = Validation::new().subject("42");
/// let claims: serde_json::Value = jotem::decode(&token, &key.verifying_key(), &validation)?;
/// # Ok::<(), jotem::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Validation {
    pub(super) issuers: Option<Vec<String>>,
    pub(super) audiences: Option<Vec<String>>,
    pub(super) any_audience: bool,
    pub(super) subject: Option<String>,
    pub(super) token_type: Option<String>,
    pub(super) leeway: Duration,
    pub(super) expiry_optional: bool,
    pub(super) max_age: Option<Duration>,
    pub(super) max_lifetime: Option<Duration>,
    pub(super) required: Vec<String>,
    pub(super) bound_tokens: bool,
}

impl Validation {
    /// The longest leeway there can be: five minutes.
    pub const MAX_LEEWAY: Duration = Duration::from_secs(300);

    /// Begins with the defaults: `exp` required, `nbf` and `iat` checked when present, a leeway of
    /// 30 seconds, no audience accepted.
    #[must_use]
    pub fn new() -> Self {
        Self {
            issuers: None,
            audiences: None,
            any_audience: false,
            subject: None,
            token_type: None,
            leeway: Duration::from_secs(30),
            expiry_optional: false,
            max_age: None,
            max_lifetime: None,
            required: Vec::new(),
            bound_tokens: false,
        }
    }

    /// Accepts only tokens of this issuer, and makes `iss` required.
    #[must_use]
    pub fn issuer(self, issuer: impl Into<String>) -> Self {
        self.issuers([issuer])
    }

    /// Accepts only tokens of one of these issuers, and makes `iss` required.
    #[must_use]
    pub fn issuers(mut self, issuers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.issuers = Some(issuers.into_iter().map(Into::into).collect());
        self
    }

    /// Accepts only tokens meant for this audience, and makes `aud` required.
    #[must_use]
    pub fn audience(self, audience: impl Into<String>) -> Self {
        self.audiences([audience])
    }

    /// Accepts only tokens meant for one of these audiences, and makes `aud` required.
    #[must_use]
    pub fn audiences(mut self, audiences: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.audiences = Some(audiences.into_iter().map(Into::into).collect());
        self
    }

    /// Accepts tokens whatever their audience, and without one.
    #[must_use]
    pub fn any_audience(mut self) -> Self {
        self.audiences = None;
        self.any_audience = true;
        self
    }

    /// Accepts only tokens about this subject, and makes `sub` required.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Accepts only tokens of this type, and makes `typ` required; `application/` is implied and
    /// letters compare without case (RFC 7515 §4.1.9, RFC 8725 §3.11).
    #[must_use]
    pub fn token_type(mut self, token_type: impl Into<String>) -> Self {
        self.token_type = Some(token_type.into());
        self
    }

    /// Sets how far clocks may differ: 30 seconds by default, at most [`Self::MAX_LEEWAY`].
    #[must_use]
    pub const fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Accepts tokens that never expire. One that has an `exp` still does.
    #[must_use]
    pub const fn expiry_optional(mut self) -> Self {
        self.expiry_optional = true;
        self
    }

    /// Accepts only tokens issued at most this long ago, and makes `iat` required.
    #[must_use]
    pub const fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// Accepts only tokens that live at most this long from `iat` to `exp`, and makes both required.
    #[must_use]
    pub const fn max_lifetime(mut self, lifetime: Duration) -> Self {
        self.max_lifetime = Some(lifetime);
        self
    }

    /// Makes a claim required; it may not be `null`, an empty string, array or object, or an array
    /// of nothing but these.
    #[must_use]
    pub fn require(mut self, claim: impl Into<String>) -> Self {
        self.required.push(claim.into());
        self
    }

    /// Accepts tokens that are bound to a key (`cnf`, RFC 7800): the application checks the proof
    /// of possession itself (DPoP, RFC 9449; mutual TLS, RFC 8705).
    #[must_use]
    pub const fn accept_bound_tokens(mut self) -> Self {
        self.bound_tokens = true;
        self
    }

    /// Whether tokens of more than one issuer are accepted.
    pub(super) fn expects_several_issuers(&self) -> bool {
        self.issuers.as_ref().is_some_and(|issuers| issuers.len() > 1)
    }

    /// Checks the settings themselves.
    pub(super) fn check(&self) -> Result<(), Misuse> {
        if self.leeway > Self::MAX_LEEWAY {
            return Err(Misuse::LeewayTooLong {
                leeway: self.leeway.as_secs(),
                limit: Self::MAX_LEEWAY.as_secs(),
            });
        }
        let none = |list: &Option<Vec<String>>| {
            list.as_ref().is_some_and(|list| list.is_empty() || list.iter().any(String::is_empty))
        };
        let empty = |text: &Option<String>| text.as_deref() == Some("");
        let claim = match () {
            () if none(&self.issuers) => "iss",
            () if none(&self.audiences) => "aud",
            () if empty(&self.subject) => "sub",
            () if empty(&self.token_type) => "typ",
            () if self.required.iter().any(String::is_empty) => "required claim",
            () => return Ok(()),
        };
        Err(Misuse::ExpectationEmpty { claim })
    }

    /// Checks that the key that verified the token is its issuer's (RFC 8725 §3.8).
    #[inline]
    pub(super) fn check_owner(
        &self,
        key: &VerifyingKey,
        several_keys: bool,
        payload: &str,
        registered: &Registered,
    ) -> Result<(), Rejection> {
        let issuer = || registered.issuer.value().map(|text| text.get(payload));
        issuer::check_owner(self, key, several_keys, issuer)
    }

    /// Validates every claim: first that each has its type, then what it says.
    pub(super) fn validate(
        &self,
        header: &Header,
        payload: &str,
        registered: &Registered,
        now: NumericDate,
        limits: &Limits,
    ) -> Result<(), Rejection> {
        let text = |claim, captured: &Captured<Text>| match captured.check(claim, "a string")? {
            Some(text) => bounded(claim, text, limits),
            None => Ok(()),
        };
        text("iss", &registered.issuer)?;
        text("sub", &registered.subject)?;
        text("jti", &registered.token_id)?;
        audience::check_type(&registered.audience, limits)?;
        let exp = registered.expires_at.check("exp", "a number")?.copied();
        let nbf = registered.not_before.check("nbf", "a number")?.copied();
        let iat = registered.issued_at.check("iat", "a number")?.copied();
        required::check(self, payload, limits)?;
        time::check(self, now, exp, nbf, iat)?;
        issuer::check(self, registered.issuer.value().map(|text| text.get(payload)))?;
        audience::check(self, payload, registered.audience.value())?;
        subject::check(self, || registered.subject.value().map(|text| text.get(payload)))?;
        token_type::check(self, header.token_type())?;
        if registered.confirmation && !self.bound_tokens {
            return Err(Rejection::ConfirmationUnchecked);
        }
        Ok(())
    }
}

impl Default for Validation {
    fn default() -> Self {
        Self::new()
    }
}

/// Refuses a text that is longer than the limits allow.
fn bounded(claim: &'static str, text: &Text, limits: &Limits) -> Result<(), Rejection> {
    let (bytes, limit) = (text.len(), limits.max_text_bytes());
    if bytes > limit { Err(Rejection::ClaimTooLong { claim, bytes, limit }) } else { Ok(()) }
}

/// "This claim is missing."
fn missing(claim: &str) -> Rejection {
    Rejection::ClaimMissing { claim: crate::error::Excerpt::new(claim) }
}
