//! The claims of a token to be issued.

use super::NumericDate;
use super::flatten;
use crate::error::Misuse;

/// The claims of one token: the registered ones, set here, and the application's own, which are
/// written beside them.
///
/// Issuer, lifetime and the like come from the [`Issuer`](crate::Issuer); what is set here wins.
///
/// In the manual: [the first token](crate::manual::first_token#claims-of-your-own).
///
/// # Examples
/// ```
/// use jotem::{Claims, NumericDate};
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// struct Profile {
///     role: &'static str,
/// }
///
/// let claims = Claims::new(Profile { role: "admin" })
///     .subject("42")
///     .audience("api")
///     .expires_at(NumericDate::from_secs(4_102_444_800));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claims<T = ()> {
    pub(crate) issuer: Option<String>,
    pub(crate) subject: Option<String>,
    /// Absent where it was not said: an empty list is not that.
    pub(crate) audience: Option<Vec<String>>,
    pub(crate) expires_at: Option<NumericDate>,
    pub(crate) not_before: Option<NumericDate>,
    pub(crate) issued_at: Option<NumericDate>,
    pub(crate) token_id: Option<String>,
    pub(crate) custom: T,
}

impl Claims {
    /// Begins without claims of the application's own.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }
}

impl<T> Claims<T> {
    /// Begins with the application's own claims: a struct, or a map with text keys.
    #[must_use]
    pub const fn new(custom: T) -> Self {
        Self {
            issuer: None,
            subject: None,
            audience: None,
            expires_at: None,
            not_before: None,
            issued_at: None,
            token_id: None,
            custom,
        }
    }

    /// Sets `iss`, in place of the issuer's.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Sets `sub`: whom the token is about.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Sets `aud`: whom the token is for.
    #[must_use]
    pub fn audience(self, audience: impl Into<String>) -> Self {
        self.audiences([audience])
    }

    /// Sets `aud` to several recipients. An empty list, as an empty text, is nobody: such claims are
    /// not issued.
    #[must_use]
    pub fn audiences(mut self, audiences: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.audience = Some(audiences.into_iter().map(Into::into).collect());
        self
    }

    /// Sets `exp`, in place of the issuer's lifetime.
    #[must_use]
    pub const fn expires_at(mut self, date: NumericDate) -> Self {
        self.expires_at = Some(date);
        self
    }

    /// Sets `nbf`: from when on the token is accepted.
    #[must_use]
    pub const fn not_before(mut self, date: NumericDate) -> Self {
        self.not_before = Some(date);
        self
    }

    /// Sets `iat`, in place of the current time.
    #[must_use]
    pub const fn issued_at(mut self, date: NumericDate) -> Self {
        self.issued_at = Some(date);
        self
    }

    /// Sets `jti`: the name of this one token.
    #[must_use]
    pub fn token_id(mut self, token_id: impl Into<String>) -> Self {
        self.token_id = Some(token_id.into());
        self
    }
}

/// What is written into a payload, wherever each value comes from.
#[derive(Debug, Default)]
pub(super) struct Registered<'a> {
    pub(super) issuer: Option<&'a str>,
    pub(super) subject: Option<&'a str>,
    pub(super) audience: &'a [String],
    pub(super) expires_at: Option<NumericDate>,
    pub(super) not_before: Option<NumericDate>,
    pub(super) issued_at: Option<NumericDate>,
    pub(super) token_id: Option<&'a str>,
}

impl Registered<'_> {
    /// Writes the whole claims set.
    pub(super) fn write<T: serde::Serialize>(&self, custom: &T) -> Result<Vec<u8>, Misuse> {
        let mut members = flatten::Members::new();
        let texts = [("iss", self.issuer), ("sub", self.subject), ("jti", self.token_id)];
        for (name, text) in texts {
            if let Some(text) = text {
                members.write(name, text)?;
            }
        }
        match self.audience {
            [] => {}
            [one] => members.write("aud", one)?,
            several => members.write("aud", several)?,
        }
        let dates = [("exp", self.expires_at), ("nbf", self.not_before), ("iat", self.issued_at)];
        for (name, date) in dates {
            if let Some(date) = date {
                members.write_number(name, date)?;
            }
        }
        members.finish(custom)
    }
}
