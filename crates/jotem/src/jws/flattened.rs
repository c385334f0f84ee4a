//! The flattened JSON serialization (RFC 7515 §7.2.2): a JSON object with one signature.
//!
//! It says what the compact serialization says, and may add an unprotected header.
//!
//! # Examples
//! ```
//! use jotem::{Algorithm, SigningKey, jws};
//!
//! let key = SigningKey::generate(Algorithm::Es256)?;
//! let document = jws::flattened::sign(b"pay 10", &key)?;
//! assert!(document.starts_with(r#"{"payload":"cGF5IDEw","protected":""#));
//!
//! let verified =
//!     jws::flattened::verify(&document, key.verifying_key(), &jws::Options::new())?;
//! assert_eq!(verified.payload(), b"pay 10");
//! assert_eq!(verified.header().algorithm(), Some("ES256"));
//! # Ok::<(), jotem::Error>(())
//! ```

use super::document::{Document, Form};
use super::payload::Payload;
use super::selection::Selection;
use super::{Keys, Options, Signer, Verified};
use crate::error::{Error, Rejection, SerializationFault};
use crate::jwk::SigningKey;

/// Verifies a JWS in the flattened JSON serialization.
///
/// What is verified is the same as for the compact serialization, and so is what is returned: the
/// payload and the protected header. The unprotected header is not returned, because nobody signed
/// it; its `kid` may say which key to try.
///
/// # Errors
/// [`Rejection`]: why it is refused, among them [`SerializationFault`];
/// [`Misuse`](crate::Misuse) if keys and options do not go together.
///
/// # Examples
/// ```
/// use jotem::{Algorithm, SigningKey, jws};
///
/// let key = SigningKey::generate(Algorithm::EdDsa)?;
/// let document = jws::Signer::new(&key)
///     .unprotected("kid", "2026-11")?
///     .detached()
///     .sign_flattened(b"a document")?;
///
/// let options = jws::Options::new().detached(b"a document");
/// let verified = jws::flattened::verify(&document, key.verifying_key(), &options)?;
/// assert_eq!(verified.header().key_id(), None, "it was not signed");
///
/// // An `alg` that nobody signed is no algorithm.
/// let forged = r#"{"payload":"","header":{"alg":"EdDSA"},"signature":"AA"}"#;
/// let error = jws::flattened::verify(forged, key.verifying_key(), &jws::Options::new());
/// assert_eq!(error.unwrap_err().code().as_str(), "jws_parameter_unprotected");
/// # Ok::<(), jotem::Error>(())
/// ```
pub fn verify(json: &str, keys: impl Into<Keys>, options: &Options<'_>) -> Result<Verified, Error> {
    let selection = Selection::new(keys.into(), options.algorithms.clone(), options.try_keys)?;
    Ok(run(json, &selection, options)?)
}

fn run(json: &str, selection: &Selection, options: &Options<'_>) -> Result<Verified, Rejection> {
    let document = Document::read(json, Form::Flattened, &options.limits)?;
    let payload = Payload::of(&document, options)?;
    let [entry] = document.entries.as_slice() else {
        return Err(SerializationFault::SignaturesEmpty.into());
    };
    let (header, _) = entry
        .check(&payload.signed, selection, &options.critical)
        .map_err(|refused| payload.explain(refused.reason))?;
    Ok(Verified::new(header.clone(), payload.decode()?))
}

/// Signs a payload of any bytes: the protected header has `alg`, and `kid` if the key has a name.
///
/// # Errors
/// [`ErrorKind::Signing`](crate::ErrorKind::Signing) if the signer fails.
///
/// # Examples
/// See the [module](self).
pub fn sign(payload: &[u8], key: &SigningKey) -> Result<String, Error> {
    Signer::new(key).sign_flattened(payload)
}

impl Signer<'_> {
    /// Signs a payload in the [flattened](self) JSON serialization.
    ///
    /// # Errors
    /// [`Misuse::HeaderRefused`](crate::Misuse::HeaderRefused) if no verifier would take the
    /// headers, [`Misuse::PayloadNotText`](crate::Misuse::PayloadNotText) for an unencoded payload
    /// inside the document that is not UTF-8, [`ErrorKind::Signing`](crate::ErrorKind::Signing) if
    /// the signer fails.
    ///
    /// # Examples
    /// ```
    /// use jotem::{Algorithm, SigningKey, jws};
    ///
    /// let key = SigningKey::from_secret([7; 32], Algorithm::Hs256)?;
    /// let document = jws::Signer::new(&key).unencoded_attached().sign_flattened(b"$.02")?;
    /// assert!(document.starts_with(r#"{"payload":"$.02","#), "RFC 7797: as it is");
    /// # Ok::<(), jotem::Error>(())
    /// ```
    pub fn sign_flattened(&self, payload: &[u8]) -> Result<String, Error> {
        let signature = self.sign_entry(payload)?;
        Ok(match self.payload_member(payload)? {
            Some(payload) => format!("{{\"payload\":{payload},{signature}}}"),
            None => format!("{{{signature}}}"),
        })
    }
}
