//! How a token is verified: eight steps, always these, always in this order (RFC 7519 §7.2,
//! RFC 7515 §5.2). No step reads what an earlier one has not checked, with one exception: where keys
//! of several issuers fit, step 5 looks at `iss` to leave out those that step 8 would refuse.

use std::cell::OnceCell;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::cache::{Entry, TokenCache};
use super::explain::Step;
use super::outcome::Outcome;
use super::payload::Payload;
use super::registered::{self, Registered};
use super::{NumericDate, Validation, Verified};
use crate::clock::Clock;
use crate::encoding::base64url;
use crate::encoding::compact::{self, Segments};
use crate::encoding::json::{self, FaultKind, Reader};
use crate::error::{Part, Rejection, Segment};
use crate::jwa::Algorithm;
use crate::jwk::VerifyingKey;
use crate::jws::fit::Claimed;
use crate::jws::header::{expect_object, unsound};
use crate::jws::header_cache::HeaderCache;
use crate::jws::selection::{Candidates, Selection};
use crate::jws::{Header, crit, shape, signature};
use crate::limits::Limits;

/// What a verdict depends on, besides the token.
#[derive(Clone, Copy)]
pub(super) struct Pipeline<'v> {
    pub(super) selection: &'v Selection,
    pub(super) validation: &'v Validation,
    pub(super) critical: &'v [String],
    pub(super) limits: &'v Limits,
    pub(super) clock: &'v dyn Clock,
    pub(super) headers: Option<&'v HeaderCache>,
    pub(super) tokens: Option<&'v TokenCache>,
}

/// Hears of every step that a token passed.
pub(super) trait Witness {
    fn passed(&mut self, step: Step, detail: impl FnOnce() -> String);
}

/// Nobody listens: the ordinary case, which costs nothing.
impl Witness for () {
    fn passed(&mut self, _step: Step, _detail: impl FnOnce() -> String) {}
}

/// What step 7 has for the application: what was made of the payload before, or its part of the
/// claims.
enum Read<O: Outcome> {
    Before(O::Known),
    Now(O::Custom),
}

/// Verifies a token.
pub(super) fn run<O: Outcome, E: From<Rejection>, W: Witness>(
    pipeline: &Pipeline<'_>,
    text: &str,
    witness: &mut W,
) -> Result<O, E> {
    // 1. Size: how many bytes, before anything is looked at.
    check_size(text, pipeline.limits, witness)?;

    // What is remembered of these very bytes can stand in for finding the dots, for reading the
    // header, for the primitive of step 6 and for the parser of step 7. It decides nothing.
    let found = pipeline.tokens.and_then(|tokens| tokens.find(text, compact::last(text)));
    let remembered = found.as_ref().and_then(|found| found.as_ref());

    // 2. Shape: three segments of base64url.
    let segments = read_shape(pipeline, text, remembered)?;
    witness.passed(Step::Shape, || "three segments: header, payload, signature".to_owned());

    // 3. Header: strict JSON, registered parameters of their type, critical ones understood.
    let unseen = OnceCell::new();
    let header = read_header(pipeline, &segments, remembered, &unseen)?;
    witness.passed(Step::Header, || header.json().to_owned());

    // 4. Algorithm: known, and on the allow-list.
    let algorithm = pipeline.selection.algorithm(header)?;
    witness.passed(Step::Algorithm, || format!("{algorithm}, which the verifier accepts"));

    // 5. Key: of that algorithm, of the token's kid, and only one.
    let candidates = find_keys(pipeline, &segments, header, algorithm, remembered)?;
    witness.passed(Step::Key, || describe_keys(candidates.iter().map(|key| key.key_id())));

    // 6. Signature: over the text as it was received; or it held before, under one of these keys.
    let (key, remembered) = check_signature(pipeline, &segments, &candidates, remembered)?;
    if let (Some(headers), Some(header)) = (pipeline.headers, unseen.get()) {
        headers.keep(segments.header, header);
    }
    witness.passed(Step::Signature, || format!("holds under the {algorithm} key"));

    // 7. Payload: strict JSON, an object; only now, because only now somebody vouches for it.
    let (mut json, mut registered) = (String::new(), Registered::default());
    let read: Read<O> = match remembered {
        Some(entry) => read_again(pipeline, header, entry, &mut registered)?,
        None => {
            json = decode_payload(&segments, pipeline.limits)?;
            Read::Now(read_payload(pipeline, header, &json, &mut registered)?)
        }
    };
    let own = (json.as_str(), &registered);
    let claims = remembered.map_or(own, |entry| (entry.json(), entry.registered()));
    witness.passed(Step::Payload, || format!("a claims set of {} bytes", claims.0.len()));

    // 8. Claims: of their types, in time, and as expected.
    let now = pipeline.clock.now();
    check_claims(pipeline, header, key, claims, now)?;
    witness.passed(Step::Claims, || describe_claims(claims.1, now));

    let custom = match read {
        Read::Before(known) => return Ok(O::from_known(known)),
        Read::Now(custom) => custom,
    };
    if let Some(entry) = remembered.filter(|entry| !O::adds_to(entry)) {
        return Ok(O::from_again(Verified::new(algorithm, Payload::remembered(entry), custom)));
    }
    let entry = pipeline.tokens.and_then(|_| prepare(pipeline, text, (key, header), claims));
    if let Some(older) = remembered {
        // What is remembered does not keep what it replaces.
        (json, registered) = (older.json().to_owned(), older.registered().clone());
    }
    let verified =
        || Verified::new(algorithm, Payload::read(json, registered, Arc::clone(header)), custom);
    Ok(O::from_read(verified, |claims| {
        if let (Some(tokens), Some(entry)) = (pipeline.tokens, entry) {
            tokens.keep((*entry).with_claims(claims), segments.signature, now);
        }
    }))
}

/// Makes what is remembered of a token that passed all eight steps.
#[cold]
fn prepare(
    pipeline: &Pipeline<'_>,
    text: &str,
    (key, header): (&VerifyingKey, &Arc<Header>),
    claims: (&str, &Registered),
) -> Option<Box<Entry>> {
    let leeway = pipeline.validation.leeway;
    let expires = claims.1.expires_at.value().map(|exp| exp.saturating_add(leeway));
    let entry = Entry::new(text, key, header, claims, pipeline.limits, expires)?;
    let shared = pipeline.headers.is_some_and(|headers| headers.has(header));
    Some(Box::new(if shared { entry } else { entry.with_own_header() }))
}

#[inline(always)]
fn check_size<W: Witness>(text: &str, limits: &Limits, witness: &mut W) -> Result<(), Rejection> {
    shape::size(text, limits)?;
    witness.passed(Step::Size, || {
        format!("{} bytes, at most {}", text.len(), limits.max_token_bytes())
    });
    Ok(())
}

/// Takes a token apart where its dots are known to be, or finds them.
#[inline(always)]
fn read_shape<'t>(
    pipeline: &Pipeline<'_>,
    text: &'t str,
    remembered: Option<&Arc<Entry>>,
) -> Result<Segments<'t>, Rejection> {
    match remembered.and_then(|entry| entry.segments(text)) {
        Some(segments) => Ok(segments),
        None => shape::split(text, pipeline.limits),
    }
}

/// Finds the header among those that were seen before, or reads it into `unseen`.
#[inline(always)]
fn read_header<'h>(
    pipeline: &Pipeline<'h>,
    segments: &Segments<'_>,
    remembered: Option<&'h Arc<Entry>>,
    unseen: &'h OnceCell<Arc<Header>>,
) -> Result<&'h Arc<Header>, Rejection> {
    let seen = || pipeline.headers.and_then(|headers| headers.find(segments.header));
    let header = match remembered.map(|entry| entry.header()).or_else(seen) {
        Some(header) => header,
        None => {
            let header = Header::read(segments.header, pipeline.limits)?;
            unseen.get_or_init(|| Arc::new(header))
        }
    };
    crit::understand(header, pipeline.critical)?;
    // RFC 7797 §7: a JWT is never unencoded.
    if header.is_unencoded() { Err(Rejection::UnencodedPayload) } else { Ok(header) }
}

/// Finds the keys that may have signed a token.
#[inline(always)]
fn find_keys<'k>(
    pipeline: &Pipeline<'k>,
    segments: &Segments<'_>,
    header: &'k Header,
    algorithm: Algorithm,
    remembered: Option<&Arc<Entry>>,
) -> Result<Candidates<'k>, Rejection> {
    let claimed = || claimed_issuer(pipeline, segments, remembered);
    pipeline.selection.candidates(header, algorithm, &claimed)
}

/// Returns the issuer that a token names before anybody vouches for it. It chooses among keys that
/// are bound to issuers, and nothing else: the token is judged by what steps 7 and 8 read.
#[cold]
fn claimed_issuer(
    pipeline: &Pipeline<'_>,
    segments: &Segments<'_>,
    remembered: Option<&Arc<Entry>>,
) -> Claimed {
    let issuer = |registered: &Registered, json: &str| match registered.issuer.value() {
        Some(text) => Claimed::Issuer(text.get(json).to_owned()),
        None => Claimed::Nobody,
    };
    if let Some(entry) = remembered {
        return issuer(entry.registered(), entry.json());
    }
    let Ok(json) = decode_payload(segments, pipeline.limits) else { return Claimed::NoClaims };
    let mut registered = Registered::default();
    match registered::read::<()>(&json, &mut registered, pipeline.limits) {
        Ok(()) => issuer(&registered, &json),
        Err(_) => Claimed::NoClaims,
    }
}

/// Returns the key under which the signature holds, and what is remembered if it held before under
/// that very key.
#[inline(always)]
fn check_signature<'k, 'e>(
    pipeline: &Pipeline<'_>,
    segments: &Segments<'_>,
    candidates: &'k Candidates<'_>,
    remembered: Option<&'e Arc<Entry>>,
) -> Result<(&'k VerifyingKey, Option<&'e Arc<Entry>>), Rejection> {
    let held = remembered.and_then(|entry| {
        let key = candidates.iter().find(|key| key.verifies_like(entry.key()))?;
        Some((key, Some(entry)))
    });
    if let Some(tokens) = pipeline.tokens {
        tokens.count(held.is_some());
    }
    match held {
        Some(held) => Ok(held),
        None => {
            let input = segments.signing_input.as_bytes();
            Ok((signature::check_token(segments, input, candidates)?, None))
        }
    }
}

/// Step 8, for claims that were read now and for those that were read before.
#[inline(always)]
fn check_claims(
    pipeline: &Pipeline<'_>,
    header: &Header,
    key: &VerifyingKey,
    (json, registered): (&str, &Registered),
    now: NumericDate,
) -> Result<(), Rejection> {
    let Pipeline { validation, selection, limits, .. } = pipeline;
    validation.validate(header, json, registered, now, limits)?;
    validation.check_owner(key, selection.has_several_keys(), json, registered)
}

/// Takes what was made of the payload before, or reads what is remembered of it into the
/// application's type.
#[inline(always)]
fn read_again<O: Outcome>(
    pipeline: &Pipeline<'_>,
    header: &Header,
    entry: &Entry,
    scratch: &mut Registered,
) -> Result<Read<O>, Rejection> {
    if let Some(known) = O::known(entry) {
        return Ok(Read::Before(known));
    }
    let json = entry.json();
    let Some(outline) = entry.outline() else {
        return Ok(Read::Now(read_payload(pipeline, header, json, scratch)?));
    };
    match outline.read(json, pipeline.limits) {
        Ok(custom) => Ok(Read::Now(custom)),
        Err(fault) => Err(refuse_payload(pipeline, header, json, fault)),
    }
}

/// Reads the claims into the application's type, and leaves what is registered where it is to stay.
#[inline(always)]
fn read_payload<T: DeserializeOwned>(
    pipeline: &Pipeline<'_>,
    header: &Header,
    payload: &str,
    registered: &mut Registered,
) -> Result<T, Rejection> {
    registered::read::<T>(payload, registered, pipeline.limits)
        .map_err(|fault| refuse_payload(pipeline, header, payload, fault))
}

/// Decodes the payload and sees that it is an object, whatever the application's type would take.
#[inline]
pub(super) fn decode_payload(
    segments: &Segments<'_>,
    limits: &Limits,
) -> Result<String, Rejection> {
    if segments.payload.is_empty() {
        return Err(Rejection::SegmentEmpty { segment: Segment::Payload });
    }
    let bytes = base64url::decode(segments.payload.as_bytes())
        .map_err(|fault| shape::encoding(Segment::Payload, fault))?;
    let payload = json::text(bytes).map_err(|fault| unsound(Part::Claims, fault, limits))?;
    if !payload.starts_with('{') {
        // Whitespace, or another type.
        expect_object(&mut Reader::new(&payload, limits), Part::Claims, limits)?;
    }
    Ok(payload)
}

/// Finds the reason that does not depend on the application's type, if there is one: a payload that
/// is not sound, an expired token, a wrong audience; only then that the type does not fit.
#[cold]
fn refuse_payload(
    pipeline: &Pipeline<'_>,
    header: &Header,
    payload: &str,
    fault: json::Fault,
) -> Rejection {
    let limits = pipeline.limits;
    if !matches!(fault.kind(), FaultKind::Shape(_)) {
        return unsound(Part::Claims, fault, limits);
    }
    let mut registered = Registered::default();
    match registered::read::<()>(payload, &mut registered, limits) {
        Err(fault) => unsound(Part::Claims, fault, limits),
        Ok(()) => {
            let now = pipeline.clock.now();
            match pipeline.validation.validate(header, payload, &registered, now, limits) {
                Err(reason) => reason,
                Ok(()) => unsound(Part::Claims, fault, limits),
            }
        }
    }
}

fn describe_keys<'k>(key_ids: impl Iterator<Item = Option<&'k str>>) -> String {
    let names: Vec<_> = key_ids
        .map(|key_id| key_id.map_or_else(|| "a key without kid".to_owned(), |id| format!("`{id}`")))
        .collect();
    names.join(", ")
}

fn describe_claims(registered: &Registered, now: NumericDate) -> String {
    match registered.expires_at.value().copied() {
        Some(exp) if exp > now => {
            format!("as expected; the token expires in {} s", exp.saturating_since(now).as_secs())
        }
        Some(_) => "as expected; the token is within the leeway of its exp".to_owned(),
        None => "as expected; the token never expires".to_owned(),
    }
}
