//! The general JSON serialization (RFC 7515 §7.2.1): a JSON object with several signatures over
//! one payload.
//!
//! A document may be signed by people whose keys nobody here knows, so "it verifies" is not an
//! answer: who must have signed is for the caller to say, by name.
//!
//! | call | what must hold |
//! |---|---|
//! | [`verify_any`] | one signature under one of these keys |
//! | [`verify_all`] | for each of these signers, a signature under one of its keys |
//!
//! Both return only the signatures that hold, each with the key under which it does and with its
//! protected header. What else is in the document (signatures of others, unprotected headers) is
//! not in the result. Whoever passes a document on can take signatures out of it and add others;
//! therefore no call asks whether "all that are there" hold, and the number of signatures in a
//! document says nothing.
//!
//! # Examples
//! ```
//! use jotem::{Algorithm, SigningKey, jws};
//!
//! let buyer = SigningKey::generate(Algorithm::Es256)?.with_key_id("buyer");
//! let seller = SigningKey::generate(Algorithm::EdDsa)?.with_key_id("seller");
//! let contract = jws::general::sign(
//!     b"one boat",
//!     &[jws::Signer::new(&buyer), jws::Signer::new(&seller)],
//! )?;
//!
//! let signers = [buyer.verifying_key(), seller.verifying_key()];
//! let verified = jws::general::verify_all(&contract, signers, &jws::Options::new())?;
//! assert_eq!(verified.payload(), b"one boat");
//! assert_eq!(verified.signatures()[1].key().key_id(), Some("seller"));
//!
//! // The notary has not signed.
//! let notary = SigningKey::generate(Algorithm::EdDsa)?;
//! let signers = [buyer.verifying_key(), notary.verifying_key()];
//! let error = jws::general::verify_all(&contract, signers, &jws::Options::new()).unwrap_err();
//! assert_eq!(error.code().as_str(), "jws_signer_missing");
//! # Ok::<(), jotem::Error>(())
//! ```

use super::document::{Document, Form};
use super::entry::Refused;
use super::payload::Payload;
use super::selection::Selection;
use super::{Header, Keys, Options, Signer};
use crate::error::{Error, Misuse, Rejection, SerializationFault};
use crate::jwk::VerifyingKey;

/// A document under which at least one signature holds. Only [`verify_any`] and [`verify_all`]
/// make one.
#[derive(Debug, Clone)]
pub struct Verified {
    payload: Vec<u8>,
    signatures: Vec<Signature>,
}

impl Verified {
    /// Returns the payload, which every one of [`Self::signatures`] covers.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Takes the payload.
    #[must_use]
    pub fn into_payload(self) -> Vec<u8> {
        self.payload
    }

    /// Returns the signatures that hold, at least one, each under another key: from [`verify_any`]
    /// in the order of the document, from [`verify_all`] in the order of the signers.
    ///
    /// Two signatures of one key count once, so the number of signatures is the number of keys,
    /// and may be compared with a threshold.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }
}

/// A signature that holds. Only [`verify_any`] and [`verify_all`] make one.
#[derive(Debug, Clone)]
pub struct Signature {
    position: usize,
    header: Header,
    key: VerifyingKey,
}

impl Signature {
    /// Returns its place in the document's list, from 0.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// Returns its protected header. This signature covers it, and no other does.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Returns the key under which it holds: who signed.
    #[must_use]
    pub const fn key(&self) -> &VerifyingKey {
        &self.key
    }
}

/// Verifies that one of these keys has signed; the result says which have.
///
/// # Errors
/// [`Rejection`]: why the signature that came closest does not count, or why the document is
/// refused; [`Misuse`] if keys and options do not go together.
///
/// # Examples
/// ```
/// use jotem::{Algorithm, SigningKey, jws};
///
/// let old = SigningKey::generate(Algorithm::Es256)?;
/// let new = SigningKey::generate(Algorithm::EdDsa)?;
/// // For readers that know only one of the two.
/// let document =
///     jws::general::sign(b"news", &[jws::Signer::new(&old), jws::Signer::new(&new)])?;
///
/// let verified =
///     jws::general::verify_any(&document, new.verifying_key(), &jws::Options::new())?;
/// assert_eq!(verified.signatures().len(), 1, "the other one was not checked");
/// assert_eq!(verified.signatures()[0].header().algorithm(), Some("EdDSA"));
/// # Ok::<(), jotem::Error>(())
/// ```
pub fn verify_any(
    json: &str,
    keys: impl Into<Keys>,
    options: &Options<'_>,
) -> Result<Verified, Error> {
    let selection = Selection::new(keys.into(), options.algorithms.clone(), options.try_keys)?;
    Ok(run_any(json, &selection, options)?)
}

fn run_any(
    json: &str,
    selection: &Selection,
    options: &Options<'_>,
) -> Result<Verified, Rejection> {
    let document = Document::read(json, Form::General, &options.limits)?;
    let payload = Payload::of(&document, options)?;
    let mut signatures: Vec<Signature> = Vec::new();
    let mut closest = None;
    for (position, entry) in document.entries.iter().enumerate() {
        match entry.check(&payload.signed, selection, &options.critical) {
            Ok((_, key)) if is_among(&signatures, &key) => {}
            Ok((header, key)) => {
                signatures.push(Signature { position, header: header.clone(), key });
            }
            Err(refused) => closest = Some(Refused::or(closest, refused)),
        }
    }
    if signatures.is_empty() {
        let refused = closest.unwrap_or_else(Refused::nobody);
        return Err(payload.explain(refused.reason));
    }
    Ok(Verified { payload: payload.decode()?, signatures })
}

/// Verifies that each of these signers has signed: a signer is a key, several of which one is
/// enough, a [`KeySet`](crate::KeySet), or whatever else makes [`Keys`].
///
/// One key never stands for two signers; where signers share keys, the first takes its pick, so
/// name the one with fewer keys first. The result has one signature for each signer, in their
/// order.
///
/// # Errors
/// [`SerializationFault::SignerMissing`] with the number of the first signer who has not signed;
/// [`Rejection`]: why the document is refused; [`Misuse`] if there is no signer, or keys and
/// options do not go together.
///
/// # Examples
/// ```
/// use jotem::{Algorithm, SigningKey, jws};
/// use jotem::jws::Keys;
///
/// let [a, b, spare] = [(); 3].map(|()| SigningKey::generate(Algorithm::EdDsa));
/// let (a, b, spare) = (a?.with_key_id("a"), b?.with_key_id("b"), spare?.with_key_id("b2"));
/// let document = jws::general::sign(b"", &[jws::Signer::new(&a), jws::Signer::new(&spare)])?;
///
/// // The second signer has two keys.
/// let signers = [
///     Keys::from(a.verifying_key()),
///     Keys::from([b.verifying_key(), spare.verifying_key()]),
/// ];
/// let verified = jws::general::verify_all(&document, signers, &jws::Options::new())?;
/// assert_eq!(verified.signatures()[1].key().key_id(), Some("b2"));
/// # Ok::<(), jotem::Error>(())
/// ```
pub fn verify_all(
    json: &str,
    signers: impl IntoIterator<Item = impl Into<Keys>>,
    options: &Options<'_>,
) -> Result<Verified, Error> {
    let selections: Result<Vec<_>, _> = signers
        .into_iter()
        .map(|keys| Selection::new(keys.into(), options.algorithms.clone(), options.try_keys))
        .collect();
    let selections = selections?;
    if selections.is_empty() {
        return Err(Misuse::SignersMissing.into());
    }
    Ok(run_all(json, &selections, options)?)
}

fn run_all(
    json: &str,
    selections: &[Selection],
    options: &Options<'_>,
) -> Result<Verified, Rejection> {
    let document = Document::read(json, Form::General, &options.limits)?;
    let payload = Payload::of(&document, options)?;
    let mut signatures = Vec::with_capacity(selections.len());
    for (index, selection) in selections.iter().enumerate() {
        match find(&document, &payload, selection, options, &signatures) {
            Ok(signature) => signatures.push(signature),
            Err(refused) if refused.is_open() => return Err(refused.reason),
            Err(refused) => {
                let signer = index.saturating_add(1);
                let reason = Box::new(payload.explain(refused.reason));
                let signers = selections.len();
                return Err(SerializationFault::SignerMissing { signer, signers, reason }.into());
            }
        }
    }
    Ok(Verified { payload: payload.decode()?, signatures })
}

/// Finds the first signature of one signer, under a key that has not stood for another.
fn find(
    document: &Document<'_>,
    payload: &Payload<'_>,
    selection: &Selection,
    options: &Options<'_>,
    earlier: &[Signature],
) -> Result<Signature, Refused> {
    let mut closest = None;
    for (position, entry) in document.entries.iter().enumerate() {
        match entry.check(&payload.signed, selection, &options.critical) {
            Ok((header, key)) if !is_among(earlier, &key) => {
                return Ok(Signature { position, header: header.clone(), key });
            }
            Ok(_) => closest = Some(Refused::or(closest, Refused::taken())),
            Err(refused) => closest = Some(Refused::or(closest, refused)),
        }
    }
    Err(closest.unwrap_or_else(Refused::nobody))
}

fn is_among(signatures: &[Signature], key: &VerifyingKey) -> bool {
    signatures.iter().any(|signature| signature.key.is_same_key(key))
}

/// Signs one payload with several keys: one signature for each signer, in their order.
///
/// # Errors
/// [`Misuse::SignersMissing`]; [`Misuse::SignersDisagree`] if some leave the payload out, or sign
/// it unencoded, and others do not; otherwise as [`Signer::sign_flattened`].
///
/// # Examples
/// See the [module](self).
pub fn sign(payload: &[u8], signers: &[Signer<'_>]) -> Result<String, Error> {
    let first = signers.first().ok_or(Misuse::SignersMissing)?;
    if signers.iter().any(|signer| !signer.treats_payload_as(first)) {
        return Err(Misuse::SignersDisagree.into());
    }
    let entries: Result<Vec<_>, Error> =
        signers.iter().map(|signer| Ok(format!("{{{}}}", signer.sign_entry(payload)?))).collect();
    let entries = entries?.join(",");
    Ok(match first.payload_member(payload)? {
        Some(payload) => format!("{{\"payload\":{payload},\"signatures\":[{entries}]}}"),
        None => format!("{{\"signatures\":[{entries}]}}"),
    })
}
