//! `at_hash` and `c_hash`: the claims by which an ID token names what was sent beside it (OpenID
//! Connect Core 1.0 §3.1.3.6, §3.3.2.11).

use sha2::{Digest, Sha256, Sha384, Sha512};

use super::Verified;
use crate::encoding::base64url;
use crate::encoding::json::{Kind, Reader};
use crate::error::{Error, Excerpt, Part, Rejection};
use crate::jwa::{Algorithm, Hash, Scheme};
use crate::jws::header::{json_type, unsound};
use crate::limits::Limits;

/// Returns the value of `at_hash` for an access token, or of `c_hash` for a code, in an ID token
/// signed with `algorithm`: base64url of the left half of the hash of its ASCII bytes.
///
/// The hash is the one that the algorithm's name says; for EdDSA with Ed25519 it is SHA-512, which
/// that signature uses. `None` for algorithms that name no hash: no such claim can be written or
/// checked with them.
///
/// # Examples
/// ```
/// use jotem::{Algorithm, jwt::token_hash};
///
/// // OpenID Connect Core 1.0, appendix A.3.
/// let access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
/// let at_hash = token_hash(Algorithm::Rs256, access_token);
/// assert_eq!(at_hash.as_deref(), Some("77QmUPtjPfzWtF2AnpK9RQ"));
/// ```
#[must_use]
pub fn token_hash(algorithm: Algorithm, value: &str) -> Option<String> {
    Some(match hash_of(algorithm.scheme())? {
        Hash::Sha256 => left_half::<Sha256>(value),
        Hash::Sha384 => left_half::<Sha384>(value),
        Hash::Sha512 => left_half::<Sha512>(value),
    })
}

impl<T> Verified<T> {
    /// Checks that this ID token was issued beside this access token, by its `at_hash`.
    ///
    /// # Errors
    /// [`Rejection::HashMismatch`], [`Rejection::HashUndefined`] if the token's algorithm names no
    /// hash, [`Rejection::ClaimMissing`] and [`Rejection::ClaimType`].
    ///
    /// # Examples
    /// ```
    /// use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier, jwt::token_hash};
    /// use std::collections::HashMap;
    ///
    /// let key = SigningKey::generate(Algorithm::Es256)?;
    /// let at_hash = token_hash(Algorithm::Es256, "the access token").unwrap();
    /// let issuer = Issuer::builder(key.clone()).lifetime(std::time::Duration::from_secs(60)).build()?;
    /// let id_token = issuer.issue(&Claims::new(HashMap::from([("at_hash", at_hash)])))?;
    ///
    /// let id_token = Verifier::builder(key.verifying_key()).build()?.verify::<()>(&id_token)?;
    /// assert!(id_token.check_access_token("the access token").is_ok());
    /// let error = id_token.check_access_token("another one").unwrap_err();
    /// assert_eq!(error.code().as_str(), "jwt_hash_mismatch");
    /// # Ok::<(), jotem::Error>(())
    /// ```
    pub fn check_access_token(&self, access_token: &str) -> Result<(), Error> {
        Ok(self.check_hash("at_hash", access_token)?)
    }

    /// Checks that this ID token was issued beside this authorization code, by its `c_hash`.
    ///
    /// # Errors
    /// As [`Self::check_access_token`].
    ///
    /// # Examples
    /// ```
    /// # use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
    /// # let key = SigningKey::generate(Algorithm::Es256)?;
    /// # let issuer = Issuer::builder(key.clone()).lifetime(std::time::Duration::from_secs(60)).build()?;
    /// # let id_token = issuer.issue(&Claims::empty())?;
    /// let id_token = Verifier::builder(key.verifying_key()).build()?.verify::<()>(&id_token)?;
    /// let error = id_token.check_code("the code").unwrap_err();
    /// assert_eq!(error.to_string(), "the claim c_hash is missing");
    /// # Ok::<(), jotem::Error>(())
    /// ```
    pub fn check_code(&self, code: &str) -> Result<(), Error> {
        Ok(self.check_hash("c_hash", code)?)
    }

    fn check_hash(&self, claim: &'static str, value: &str) -> Result<(), Rejection> {
        let found = text_claim(self.claims().json(), claim)?;
        let found = found.ok_or_else(|| Rejection::ClaimMissing { claim: Excerpt::new(claim) })?;
        // What cannot be checked does not hold.
        let expected = token_hash(self.algorithm(), value)
            .ok_or_else(|| Rejection::HashUndefined { claim, algorithm: self.algorithm() })?;
        if found == expected { Ok(()) } else { Err(Rejection::HashMismatch { claim }) }
    }
}

/// Returns the hash that an algorithm's name says.
const fn hash_of(scheme: Scheme) -> Option<Hash> {
    match scheme {
        Scheme::Hmac(hash) | Scheme::RsaPkcs1(hash) | Scheme::RsaPss(hash) => Some(hash),
        Scheme::Ecdsa(curve) => match curve.coordinate_bytes() {
            32 => Some(Hash::Sha256),
            48 => Some(Hash::Sha384),
            66 => Some(Hash::Sha512),
            _ => None,
        },
        Scheme::Ed25519 => Some(Hash::Sha512),
        // Their signatures hash with SHAKE256, and their names say nothing.
        Scheme::Ed448 | Scheme::MlDsa(_) => None,
    }
}

/// Finds a claim that must be a text, if it is there.
fn text_claim(payload: &str, claim: &'static str) -> Result<Option<String>, Rejection> {
    // The verifier read the payload before, within its own limits, which may be wider than these.
    let limits = Limits::default().depth(Limits::MAX_DEPTH).members(usize::MAX);
    let mut found = None;
    let mut refused = None;
    let mut reader = Reader::new(payload, &limits);
    let read = reader.object(|reader, name| {
        if name != claim {
            return reader.raw().map(drop);
        }
        match reader.kind()? {
            Kind::String => found = Some(reader.text()?.into_owned()),
            other @ (Kind::Array | Kind::Object | Kind::Number | Kind::Boolean | Kind::Null) => {
                let found = json_type(other);
                refused = Some(Rejection::ClaimType { claim, expected: "a string", found });
                reader.raw()?;
            }
        }
        Ok(())
    });
    read.map_err(|fault| unsound(Part::Claims, fault, &limits))?;
    refused.map_or(Ok(found), Err)
}

fn left_half<H: Digest>(value: &str) -> String {
    let digest = H::digest(value.as_bytes());
    base64url::encode(digest.get(..digest.len() / 2).unwrap_or_default())
}
