//! `decode` and `decode_complete` in one call.

use base64_simd::{Out, URL_SAFE_NO_PAD};
use jotem::VerifyingKey;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};

use super::algorithm::{self, Class, Known};
use super::claims::{self, Expected, Options};
use super::guard::Genuine;
use super::header::{Plain, Seen};
use super::keys::{Fingerprint, Prepared};
use super::left::{Leaving, Left, ahead};
use super::own::{Own, inner_key};
use super::{NotMine, Ordinary, answer, keys, signatures};
use crate::json::read::{self, Caught};
use crate::raw::{self, Arguments, Function, Guarded, Shortcut};

static HEADERS: Seen = Seen::new();

/// Which token `decode` left to the Python method last, and that to `decode_complete`.
static LEFT: Left = Left::new();

/// The most characters of claims that are decoded in a place that is there.
const SHORT: usize = 1024;
static ROOM: Guarded<[u8; SHORT]> = Guarded::new([0; SHORT]);

/// The most characters that a MAC has: those of HS512.
const IN_PLACE: usize = 86;

/// `PyJWT.decode`, or `None`.
#[pyfunction]
#[pyo3(signature = (jwt, token, key, algorithms, options, audience, subject, issuer, leeway, /))]
#[expect(clippy::too_many_arguments, reason = "those of `PyJWT.decode`")]
pub(crate) fn pyjwt_decode<'py>(
    jwt: &Bound<'py, PyAny>,
    token: &Bound<'py, PyAny>,
    key: &Bound<'py, PyAny>,
    algorithms: &Bound<'py, PyAny>,
    options: &Bound<'py, PyAny>,
    audience: &Bound<'py, PyAny>,
    subject: &Bound<'py, PyAny>,
    issuer: &Bound<'py, PyAny>,
    leeway: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    if LEFT.is(token) {
        return Ok(None);
    }
    let expected = Expected { audience, issuer, subject, leeway };
    let call = Call { jwt, key, algorithms, options, expected };
    let claims = call.verify(token, Some(1)).map(|verified| verified.payload.into_any());
    ahead(claims, &LEFT, token)
}

/// The same, before `PyJWT.decode` itself would run.
pub(super) struct Decode;

impl Shortcut<11> for Decode {
    const NAMES: [&'static str; 11] = [
        "self",
        "jwt",
        "key",
        "algorithms",
        "options",
        "verify",
        "detached_payload",
        "audience",
        "subject",
        "issuer",
        "leeway",
    ];

    fn function() -> &'static PyOnceLock<Function<11>> {
        static FUNCTION: PyOnceLock<Function<11>> = PyOnceLock::new();
        &FUNCTION
    }

    fn take<'py>(arguments: &Arguments<'_, 'py, 11>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let [
            Some(jwt),
            Some(token),
            Some(key),
            Some(algorithms),
            Some(options),
            Some(verify),
            Some(detached),
            Some(audience),
            Some(subject),
            Some(issuer),
            Some(leeway),
        ] = arguments
        else {
            return Ok(None);
        };
        if !verify.is_none() || !detached.is_none() {
            return Ok(None);
        }
        let expected = Expected { audience, issuer, subject, leeway };
        let call = Call { jwt, key, algorithms, options, expected };
        let claims = call.verify(token, None).map(|verified| verified.payload.into_any());
        ahead(claims, &LEFT, token)
    }
}

/// `PyJWT.decode_complete`, or `None`.
#[pyfunction]
#[pyo3(signature = (jwt, token, key, algorithms, options, audience, subject, issuer, leeway, /))]
#[expect(clippy::too_many_arguments, reason = "those of `PyJWT.decode_complete`")]
pub(crate) fn pyjwt_decode_complete<'py>(
    jwt: &Bound<'py, PyAny>,
    token: &Bound<'py, PyAny>,
    key: &Bound<'py, PyAny>,
    algorithms: &Bound<'py, PyAny>,
    options: &Bound<'py, PyAny>,
    audience: &Bound<'py, PyAny>,
    subject: &Bound<'py, PyAny>,
    issuer: &Bound<'py, PyAny>,
    leeway: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    if LEFT.take(token) {
        return Ok(None);
    }
    let expected = Expected { audience, issuer, subject, leeway };
    let call = Call { jwt, key, algorithms, options, expected };
    let verified = call.verify(token, Some(2)).map_err(|_| NotMine);
    let complete = verified.and_then(|verified| verified.complete(jwt.py()));
    answer(jwt.py(), complete)
}

/// The arguments.
struct Call<'a, 'py> {
    jwt: &'a Bound<'py, PyAny>,
    key: &'a Bound<'py, PyAny>,
    algorithms: &'a Bound<'py, PyAny>,
    options: &'a Bound<'py, PyAny>,
    expected: Expected<'a, 'py>,
}

/// A token that PyJWT accepts.
struct Verified<'t, 'py> {
    payload: Bound<'py, PyDict>,
    segments: Segments<'t>,
}

/// The three segments of a token; the signing input is the first two and the dot between.
#[derive(Clone, Copy)]
struct Segments<'t> {
    header: &'t [u8],
    payload: &'t [u8],
    signature: &'t [u8],
    input: &'t [u8],
}

impl<'py> Call<'_, 'py> {
    /// Does it all; a warning is about the Python frame that many `levels` up.
    fn verify<'t>(
        &self,
        token: &'t Bound<'py, PyAny>,
        levels: Option<usize>,
    ) -> Result<Verified<'t, 'py>, Leaving> {
        let py = token.py();
        let genuine = Genuine::intact(py)?;
        let own = Own::of(self.jwt, genuine)?;
        let options = Options::read(&own, self.options, genuine)?;
        let text = bytes(token)?;
        let segments = split(text)?;
        let seen = HEADERS.find(py, segments.header);
        let header = match seen {
            Some(header) => header,
            None => plain(py, segments.header)?,
        };
        let known = header.known;
        let handler = own.handler(py, known, genuine)?;
        let key = inner_key(self.key, known, genuine)?;
        allowed(self.algorithms, known, key.bound)?;
        keys::with(known, &handler, &key.key, |prepared| {
            prepared.needs(levels)?;
            prepared.allow(|| Ok(options.may_be_short()))?;
            let slow = !matches!(known.class, Class::Hmac);
            let signed = Signed { text, segments, slow };
            let new = signed.check(py, prepared)?;
            if seen.is_none() {
                HEADERS.keep(py, segments.header, header);
            }
            let mut caught = Caught::default();
            let payload = object(py, segments.payload, &mut caught)?;
            claims::check(&payload, &caught, &options, &self.expected, genuine)?;
            if let Some(fingerprint) = new {
                signatures::keep(text, segments.signature, fingerprint.clone());
            }
            prepared.warn(py, genuine, levels)?;
            Ok(Verified { payload, segments })
        })
    }
}

/// A token whose signature is to be checked.
struct Signed<'t> {
    text: &'t [u8],
    segments: Segments<'t>,
    /// With a public key.
    slow: bool,
}

impl Signed<'_> {
    /// Accepts a signature that holds. Returns the key if that is to be remembered.
    #[inline]
    fn check<'k>(&self, py: Python<'_>, key: &'k Prepared) -> Ordinary<Option<&'k Fingerprint>> {
        let verifying = key.verifying.as_ref().ok_or(NotMine)?;
        let remembers = self.slow && signatures::are_remembered();
        let fingerprint = if remembers { key.fingerprint() } else { None };
        let held = |key: &_| signatures::held(self.text, self.segments.signature, key);
        if fingerprint.is_some_and(held) {
            return Ok(None);
        }
        check_signature(py, verifying, &self.segments, self.slow)?;
        Ok(fingerprint)
    }
}

impl<'py> Verified<'_, 'py> {
    /// Makes what `decode_complete` returns, in its order.
    fn complete(self, py: Python<'py>) -> Ordinary<Bound<'py, PyAny>> {
        let header = read::members(py, &decode(self.segments.header)?)?;
        let signature = PyBytes::new(py, &decode(self.segments.signature)?);
        let complete = PyDict::new(py);
        complete.set_item(pyo3::intern!(py, "payload"), self.payload)?;
        complete.set_item(pyo3::intern!(py, "header"), header)?;
        complete.set_item(pyo3::intern!(py, "signature"), signature)?;
        Ok(complete.into_any())
    }
}

/// Accepts an algorithm that is in the list. A list that mixes shared secrets with public keys is
/// the door to key confusion: the Python methods look closer.
fn allowed(algorithms: &Bound<'_, PyAny>, known: &'static Known, bound: bool) -> Ordinary<()> {
    if algorithms.is_none() && bound {
        return Ok(());
    }
    let is_hmac = |name: &str| name.starts_with("HS");
    let mut found = false;
    let mut look = |one: &Bound<'_, PyAny>| -> Ordinary<()> {
        let one = raw::text(one.cast_exact::<PyString>().map_err(|_| NotMine)?)?;
        found |= one == known.name;
        if is_hmac(known.name) && !is_hmac(one) { Err(NotMine) } else { Ok(()) }
    };
    if let Ok(list) = algorithms.cast_exact::<PyList>() {
        list.iter().try_for_each(|one| look(&one))?;
    } else {
        let tuple = algorithms.cast_exact::<PyTuple>().map_err(|_| NotMine)?;
        tuple.iter().try_for_each(|one| look(&one))?;
    }
    if found { Ok(()) } else { Err(NotMine) }
}

fn bytes<'t>(token: &'t Bound<'_, PyAny>) -> Ordinary<&'t [u8]> {
    if let Ok(text) = token.cast_exact::<PyString>() {
        return Ok(raw::text(text)?.as_bytes());
    }
    Ok(token.cast_exact::<PyBytes>().map_err(|_| NotMine)?.as_bytes())
}

fn split(token: &[u8]) -> Ordinary<Segments<'_>> {
    let last = memchr::memrchr(b'.', token).ok_or(NotMine)?;
    let (input, signature) = token.split_at_checked(last).ok_or(NotMine)?;
    let first = memchr::memchr(b'.', input).ok_or(NotMine)?;
    let (header, payload) = input.split_at_checked(first).ok_or(NotMine)?;
    let after = |segment: &'_ [u8]| -> Option<usize> { (!segment.is_empty()).then_some(1) };
    Ok(Segments {
        header,
        payload: payload.get(after(payload).ok_or(NotMine)?..).ok_or(NotMine)?,
        signature: signature.get(after(signature).ok_or(NotMine)?..).ok_or(NotMine)?,
        input,
    })
}

/// Reads a header that was not seen before.
fn plain(py: Python<'_>, segment: &[u8]) -> Ordinary<Plain> {
    let header = read::members(py, &decode(segment)?)?;
    for name in ["crit", "b64"] {
        if header.contains(name)? {
            return Err(NotMine);
        }
    }
    if let Some(kid) = header.get_item("kid")? {
        kid.cast_exact::<PyString>().map_err(|_| NotMine)?;
    }
    let name = header.get_item("alg")?.ok_or(NotMine)?;
    let name = name.cast_exact::<PyString>().map_err(|_| NotMine)?;
    Ok(Plain { known: algorithm::by_name(name.to_str()?).ok_or(NotMine)? })
}

fn check_signature(
    py: Python<'_>,
    key: &VerifyingKey,
    segments: &Segments<'_>,
    slow: bool,
) -> Ordinary<()> {
    let mut buffer = [0_u8; IN_PLACE];
    // Other threads may run while a public-key operation does; an HMAC is done sooner than that.
    let held = if slow {
        let (input, signature) = (segments.input, decode(segments.signature)?);
        py.detach(|| key.verify(input, &signature))
    } else {
        let room = buffer.get_mut(..segments.signature.len()).ok_or(NotMine)?;
        canonical(segments.signature)?;
        let signature = URL_SAFE_NO_PAD.decode(segments.signature, Out::from_slice(room));
        key.verify(segments.input, signature.map_err(|_| NotMine)?)
    };
    held.map_err(|_| NotMine)
}

/// Reads the claims.
fn object<'py>(
    py: Python<'py>,
    segment: &[u8],
    caught: &mut Caught<'py>,
) -> Ordinary<Bound<'py, PyDict>> {
    canonical(segment)?;
    if segment.len() <= SHORT {
        let read = ROOM.with(py, |room| {
            let json =
                URL_SAFE_NO_PAD.decode(segment, Out::from_slice(room)).map_err(|_| NotMine)?;
            Ok(read::object(py, json, caught)?)
        });
        if let Some(read) = read {
            return read;
        }
    }
    Ok(read::object(py, &decode(segment)?, caught)?)
}

/// Decodes a segment.
fn decode(segment: &[u8]) -> Ordinary<Vec<u8>> {
    canonical(segment)?;
    URL_SAFE_NO_PAD.decode_to_vec(segment).map_err(|_| NotMine)
}

/// Refuses a segment whose last character has bits that decode to nothing: PyJWT encodes again and
/// compares, so that one signature has one spelling.
fn canonical(segment: &[u8]) -> Ordinary<()> {
    let spare = match segment.len() % 4 {
        0 => return Ok(()),
        2 => 0b1111,
        3 => 0b11,
        _ => return Err(NotMine),
    };
    let last = match segment.last() {
        Some(byte @ b'A'..=b'Z') => byte.wrapping_sub(b'A'),
        Some(byte @ b'a'..=b'z') => byte.wrapping_sub(b'a').wrapping_add(26),
        Some(byte @ b'0'..=b'9') => byte.wrapping_sub(b'0').wrapping_add(52),
        Some(b'-') => 62,
        Some(b'_') => 63,
        Some(_) | None => return Err(NotMine),
    };
    if last & spare == 0 { Ok(()) } else { Err(NotMine) }
}
