//! One signature of a JSON serialization: its two headers, and whether it holds.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::document::Parts;
use super::fit::Claimed;
use super::header::{Header, unsound};
use super::selection::Selection;
use super::{crit, signature};
use crate::encoding::json::Reader;
use crate::error::{Excerpt, Part, Rejection, SerializationFault};
use crate::jwk::VerifyingKey;
use crate::limits::Limits;

/// A signature that nobody has checked.
pub(super) struct Entry<'t> {
    /// As it was signed, in base64url.
    encoded: Cow<'t, str>,
    /// The protected header, or why it is none that a signature could be checked with.
    header: Result<Header, Rejection>,
    unencoded: bool,
    /// `kid`, protected or not. It only says which key to try: a wrong one finds no key, or one
    /// under which the signature does not hold.
    key_id: Option<String>,
    signature: Cow<'t, str>,
}

/// How far a signature came that is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// Perhaps it is meant for others.
    Algorithm,
    Header,
    Key,
    Signature,
    /// The keys could not be had: no verdict.
    Open,
}

/// Why a signature does not count; the one that came furthest says most.
pub(super) struct Refused {
    step: Step,
    pub(super) reason: Rejection,
}

impl Refused {
    const fn at(step: Step, reason: Rejection) -> Self {
        let open = matches!(reason, Rejection::KeysUnavailable { .. });
        Self { step: if open { Step::Open } else { step }, reason }
    }

    /// The signature holds, but its key has stood for another signer already.
    pub(super) fn taken() -> Self {
        Self { step: Step::Signature, reason: SerializationFault::KeyTwice.into() }
    }

    /// There is no signature; the reader refuses such a document before.
    pub(super) fn nobody() -> Self {
        Self { step: Step::Header, reason: SerializationFault::SignaturesEmpty.into() }
    }

    /// Keeps of two the one that came further, of equals the first.
    pub(super) fn or(earlier: Option<Self>, later: Self) -> Self {
        match earlier {
            Some(earlier) if earlier.step >= later.step => earlier,
            Some(_) | None => later,
        }
    }

    /// Whether the keys could not be had, so that there is no verdict.
    pub(super) fn is_open(&self) -> bool {
        self.step == Step::Open
    }
}

impl<'t> Entry<'t> {
    /// Reads both headers. Whatever breaks an RFC refuses the document; an `alg` that is not
    /// protected, which RFC 7515 allows and this engine does not, only this signature.
    pub(super) fn read(parts: Parts<'t>, limits: &Limits) -> Result<Self, Rejection> {
        let missing = |member| SerializationFault::MemberMissing { member };
        let signature = parts.signature.ok_or_else(|| missing("signature"))?;
        let protected = match &parts.protected {
            Some(encoded) => Some(read_protected(encoded, limits)?),
            None => None,
        };
        let unencoded = protected.as_ref().is_some_and(Header::is_unencoded);
        let other = match parts.header {
            Some(json) => Some(read_unprotected(json, protected.as_ref(), limits)?),
            None => None,
        };
        let named = [protected.as_ref(), other.as_ref()].into_iter().flatten();
        let key_id = named.filter_map(Header::key_id).next().map(str::to_owned);
        let alg = || SerializationFault::ParameterUnprotected { name: "alg" }.into();
        let header = match (protected, other.as_ref().and_then(Header::algorithm)) {
            (_, Some(_)) => Err(alg()),
            (None, None) => Err(Rejection::AlgorithmMissing),
            (Some(header), None) => Ok(header),
        };
        let encoded = parts.protected.unwrap_or_default();
        Ok(Self { encoded, header, unencoded, key_id, signature })
    }

    /// Returns whether the protected header says `b64: false`.
    pub(super) const fn is_unencoded(&self) -> bool {
        self.unencoded
    }

    /// Steps 4 to 6 of the pipeline for this signature: algorithm, key, signature.
    pub(super) fn check(
        &self,
        payload: &[u8],
        selection: &Selection,
        critical: &[String],
    ) -> Result<(&Header, VerifyingKey), Refused> {
        let header = self.header.as_ref();
        let header = header.map_err(|reason| Refused::at(Step::Header, reason.clone()))?;
        let at = |step| move |reason| Refused::at(step, reason);
        crit::understand(header, critical).map_err(at(Step::Header))?;
        let algorithm = selection.algorithm(header).map_err(at(Step::Algorithm))?;
        let key_id = self.key_id.as_deref();
        let claimed = || Claimed::NoClaims;
        let candidates = selection.candidates_named(header, algorithm, key_id, &claimed);
        let candidates = candidates.map_err(at(Step::Key))?;
        // What was decoded strictly has no dot, so this is the signature's input and no other's.
        let mut message = Vec::with_capacity(self.encoded.len().saturating_add(payload.len()));
        message.extend_from_slice(self.encoded.as_bytes());
        message.push(b'.');
        message.extend_from_slice(payload);
        let key = signature::check(&self.signature, &message, &candidates);
        key.map(|key| (header, key.clone())).map_err(at(Step::Signature))
    }
}

/// Checks the two headers of a signature that is about to be written.
pub(super) fn check_headers(
    protected: &str,
    unprotected: &str,
    limits: &Limits,
) -> Result<(), Rejection> {
    let protected = read_protected(protected, limits)?;
    read_unprotected(unprotected, Some(&protected), limits).map(drop)
}

fn read_protected(encoded: &str, limits: &Limits) -> Result<Header, Rejection> {
    let (bytes, limit) = (encoded.len(), limits.max_header_bytes());
    if bytes > limit {
        return Err(Rejection::HeaderTooLarge { bytes, limit });
    }
    Header::read(encoded, limits)
}

/// Reads the unprotected header, which must leave everything that decides to the protected one.
fn read_unprotected(
    json: &str,
    protected: Option<&Header>,
    limits: &Limits,
) -> Result<Header, Rejection> {
    let (bytes, limit) = (json.len(), limits.max_header_bytes());
    if bytes > limit {
        return Err(Rejection::HeaderTooLarge { bytes, limit });
    }
    let header = Header::parse(json, limits)?;
    let mut names = BTreeSet::new();
    let read = Reader::new(json, limits).object(|reader, name| {
        names.insert(name);
        reader.raw().map(drop)
    });
    read.map_err(|fault| unsound(Part::Serialization, fault, limits))?;
    if let Some(name) = protected.and_then(|protected| protected.first_of(&names)) {
        return Err(SerializationFault::ParameterTwice { name: Excerpt::new(&name) }.into());
    }
    if let Some(name) = NOT_SIGNED.into_iter().find(|name| names.contains(*name)) {
        return Err(Rejection::ParameterForbidden { name });
    }
    if let Some(name) = PROTECTED_ONLY.into_iter().find(|name| names.contains(*name)) {
        return Err(SerializationFault::ParameterUnprotected { name }.into());
    }
    Ok(header)
}

/// What counts only under the signature: RFC 7515 §4.1.11, RFC 7797 §3.
const PROTECTED_ONLY: [&str; 2] = ["crit", "b64"];

/// What belongs to encryption (RFC 7516 §4.1, RFC 7518 §4) and has no place in a signed document.
const NOT_SIGNED: [&str; 9] = ["enc", "zip", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c"];
