//! The forms that people know from PyJWT and jsonwebtoken: one call, the same engine.
//!
//! A [`Verifier`](crate::Verifier) that is kept is faster than [`decode`]: it checks its settings
//! once, and knows the headers it has seen.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::payload::Payload;
use super::pipeline::{self, Pipeline};
use super::registered::{self, Registered};
use super::{ClaimsSet, Unverified, Validation, Verified, issue};
use crate::clock::SystemClock;
use crate::error::{Error, Part};
use crate::jwk::{SigningKey, VerifyingKey};
use crate::jws::header::unsound;
use crate::jws::selection::Selection;
use crate::jws::{Header, shape};
use crate::limits::Limits;

/// Signs claims as they are: nothing is added, not even `exp`.
///
/// # Errors
/// [`Misuse`](crate::Misuse) if the claims are not an object or the key's `kid` is too long,
/// [`ErrorKind::Signing`](crate::ErrorKind::Signing) if the signer fails.
///
/// # Examples
/// ```
/// use jotem::{Algorithm, SigningKey, Validation};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Claims {
///     sub: String,
///     exp: u64,
/// }
///
/// let key = SigningKey::from_secret("a secret of 32 bytes, or of more", Algorithm::Hs256)?;
/// let token = jotem::encode(&Claims { sub: "42".into(), exp: 4_102_444_800 }, &key)?;
/// let claims: Claims = jotem::decode(&token, &key.verifying_key(), &Validation::new())?;
/// assert_eq!(claims.sub, "42");
/// # Ok::<(), jotem::Error>(())
/// ```
pub fn encode<T: Serialize>(claims: &T, key: &SigningKey) -> Result<String, Error> {
    let payload = issue::bare_payload(claims)?;
    issue::sign(key.jwt_header()?, &payload, key)
}

/// Verifies a token and returns its claims.
///
/// # Errors
/// [`Rejection`](crate::Rejection): why it is refused; [`Misuse`](crate::Misuse) if the validation
/// expects nothing that can be.
///
/// # Examples
/// See [`encode`].
pub fn decode<T: DeserializeOwned>(
    token: &str,
    key: &VerifyingKey,
    validation: &Validation,
) -> Result<T, Error> {
    Ok(decode_complete(token, key, validation)?.into_claims().into_custom())
}

/// Verifies a token and returns everything it says: header, registered claims and `T`.
///
/// # Errors
/// As [`decode`].
///
/// # Examples
/// ```
/// # use jotem::{Algorithm, SigningKey, Validation};
/// # let key = SigningKey::generate(Algorithm::EdDsa)?;
/// # let token = jotem::encode(&serde_json::json!({"sub": "42", "exp": 4_102_444_800_u64}), &key)?;
/// let verified = jotem::decode_complete::<()>(&token, &key.verifying_key(), &Validation::new())?;
/// assert_eq!(verified.header().algorithm(), Some("EdDSA"));
/// assert_eq!(verified.claims().subject(), Some("42"));
/// # Ok::<(), jotem::Error>(())
/// ```
pub fn decode_complete<T: DeserializeOwned>(
    token: &str,
    key: &VerifyingKey,
    validation: &Validation,
) -> Result<Verified<T>, Error> {
    validation.check()?;
    let pipeline = Pipeline {
        selection: &Selection::one(key),
        validation,
        critical: &[],
        limits: &Limits::default(),
        clock: &SystemClock,
        headers: None,
        tokens: None,
    };
    pipeline::run(&pipeline, token, &mut ())
}

/// Reads the header of a token that nobody verified: to find a key, or to look.
///
/// # Errors
/// [`Rejection`](crate::Rejection) if it cannot be read.
///
/// # Examples
/// ```
/// let header = jotem::unverified_header("eyJhbGciOiJFUzI1NiIsImtpZCI6ImEifQ.e30.AA")?;
/// assert_eq!(header.as_untrusted().key_id(), Some("a"));
/// # Ok::<(), jotem::Error>(())
/// ```
pub fn unverified_header(token: &str) -> Result<Unverified<Header>, Error> {
    let limits = Limits::default();
    shape::size(token, &limits)?;
    let segments = shape::split(token, &limits)?;
    Ok(Unverified(Header::read(segments.header, &limits)?))
}

/// Reads the claims of a token that nobody verified. They are not validated either: an expired
/// token is read like any other.
///
/// # Errors
/// [`Rejection`](crate::Rejection) if they cannot be read.
///
/// # Examples
/// ```
/// let claims = jotem::unverified_claims::<()>("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJhIn0.AA")?;
/// assert_eq!(claims.as_untrusted().issuer(), Some("a"));
/// # Ok::<(), jotem::Error>(())
/// ```
pub fn unverified_claims<T: DeserializeOwned>(
    token: &str,
) -> Result<Unverified<ClaimsSet<T>>, Error> {
    let limits = Limits::default();
    shape::size(token, &limits)?;
    let segments = shape::split(token, &limits)?;
    let header = Arc::new(Header::read(segments.header, &limits)?);
    let json = pipeline::decode_payload(&segments, &limits)?;
    let mut registered = Registered::default();
    let custom = registered::read(&json, &mut registered, &limits)
        .map_err(|fault| unsound(Part::Claims, fault, &limits))?;
    Ok(Unverified(ClaimsSet { payload: Payload::read(json, registered, header), custom }))
}
