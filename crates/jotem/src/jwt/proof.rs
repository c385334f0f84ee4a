//! What is proven, in the type.

use super::ClaimsSet;
use super::payload::Payload;
use crate::jwa::Algorithm;
use crate::jws::Header;

/// A token whose signature holds and whose claims were validated. Only a
/// [`Verifier`](crate::Verifier) and [`decode_complete`](crate::decode_complete) make one.
///
/// In the manual: [the first token](crate::manual::first_token).
///
/// # Examples
/// ```
/// use jotem::jwt::Verified;
///
/// /// Cannot be called with anything that was not verified.
/// fn delete_account(token: &Verified<()>) {
///     let user = token.claims().subject();
/// }
/// ```
#[derive(Clone)]
pub struct Verified<T = ()> {
    pub(super) algorithm: Algorithm,
    pub(super) claims: ClaimsSet<T>,
}

impl<T> Verified<T> {
    /// Says that a token passed all eight steps.
    #[inline(always)]
    pub(super) const fn new(algorithm: Algorithm, payload: Payload, custom: T) -> Self {
        Self { algorithm, claims: ClaimsSet { payload, custom } }
    }

    /// Returns the header, which the signature covers.
    #[must_use]
    pub fn header(&self) -> &Header {
        self.claims.payload.header()
    }

    /// Returns the algorithm that the token was signed with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the claims.
    #[must_use]
    pub const fn claims(&self) -> &ClaimsSet<T> {
        &self.claims
    }

    /// Takes the claims.
    #[must_use]
    pub fn into_claims(self) -> ClaimsSet<T> {
        self.claims
    }

    /// Takes the application's own claims.
    #[must_use]
    pub fn into_custom(self) -> T {
        self.claims.into_custom()
    }

    /// Returns the application's own claims.
    #[must_use]
    pub const fn custom(&self) -> &T {
        self.claims.custom()
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Verified<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Verified")
            .field("header", self.header())
            .field("algorithm", &self.algorithm)
            .field("claims", &self.claims)
            .finish()
    }
}

/// Something that nobody verified: whoever sent the token chose it.
///
/// Good for routing, logging and finding a key; never for a decision about access.
///
/// In the manual: [looking without verifying](crate::manual::verifying#looking-without-verifying).
///
/// # Examples
/// ```
/// let token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.AA";
/// let claims = jotem::unverified_claims::<()>(token)?;
/// assert_eq!(claims.as_untrusted().subject(), Some("admin"), "says the sender");
/// # Ok::<(), jotem::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified<T>(pub(super) T);

impl<T> Unverified<T> {
    /// Looks at it.
    #[must_use]
    pub const fn as_untrusted(&self) -> &T {
        &self.0
    }

    /// Takes it.
    #[must_use]
    pub fn into_untrusted(self) -> T {
        self.0
    }
}
