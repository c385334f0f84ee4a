//! `decode` and `decode_complete` in one call.

use std::sync::atomic::{AtomicUsize, Ordering};

use base64_simd::{Out, URL_SAFE_NO_PAD};
use jotem::VerifyingKey;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyList, PyString, PyTuple};

use super::algorithm::{self, Class, Known};
use super::claims::{self, Expected, Options};
use super::guard::Genuine;
use super::header::{Plain, Seen};
use super::{NotMine, Ordinary, answer, keys, signatures};
use crate::json::read::{self, Caught};
use crate::raw;

static HEADERS: Seen = Seen::new();

/// Where the token was that `decode` left to the Python methods last. These call `decode_complete`,
/// which need not find out the same once more. Another token at that address goes step by step too,
/// which is slower and not otherwise different.
static LEFT: AtomicUsize = AtomicUsize::new(0);

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
) -> Option<Bound<'py, PyAny>> {
    let expected = Expected { audience, issuer, subject, leeway };
    let call = Call { jwt, key, algorithms, options, expected };
    let claims = answer(call.verify(token, 1).map(|verified| verified.payload.into_any()));
    if claims.is_none() {
        LEFT.store(token.as_ptr() as usize, Ordering::Relaxed);
    }
    claims
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
) -> Option<Bound<'py, PyAny>> {
    if LEFT.swap(0, Ordering::Relaxed) == token.as_ptr() as usize {
        return None;
    }
    let expected = Expected { audience, issuer, subject, leeway };
    let call = Call { jwt, key, algorithms, options, expected };
    answer(call.verify(token, 2).and_then(|verified| verified.complete(jwt.py())))
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
    /// Does it all; a warning is about the frame that many `levels` up from the method.
    fn verify<'t>(
        &self,
        token: &'t Bound<'py, PyAny>,
        levels: usize,
    ) -> Ordinary<Verified<'t, 'py>> {
        let py = token.py();
        let genuine = Genuine::intact(py)?;
        let own = Own::of(self.jwt, genuine)?;
        let options = Options::read(&own.options()?, self.options, genuine)?;
        let text = bytes(token)?;
        let segments = split(text)?;
        let seen = HEADERS.find(segments.header);
        let header = match seen {
            Some(header) => header,
            None => plain(py, segments.header)?,
        };
        let known = header.known;
        let handler = own.handler(known, genuine)?;
        let key = inner_key(self.key, known, genuine)?;
        allowed(self.algorithms, known, key.bound)?;
        let prepared = keys::prepared(known, &handler, &key.key)?;
        prepared.allow(|| Ok(options.may_be_short()))?;
        let verifying = prepared.verifying.as_ref().ok_or(NotMine)?;
        let slow = !matches!(known.class, Class::Hmac);
        let remembers = slow && signatures::are_remembered();
        let fingerprint = if remembers { prepared.fingerprint() } else { None };
        let held = |key: &_| signatures::held(text, segments.signature, key);
        let is_known = fingerprint.is_some_and(held);
        if !is_known {
            check_signature(py, verifying, &segments, slow)?;
        }
        if seen.is_none() {
            HEADERS.keep(segments.header, header);
        }
        let json = decode(segments.payload)?;
        let mut caught = Caught::default();
        let payload = read::object(py, &json, &mut caught)?;
        claims::check(&payload, &caught, &options, &self.expected, genuine)?;
        if let Some(fingerprint) = fingerprint.filter(|_| !is_known) {
            signatures::keep(text, segments.signature, fingerprint.clone());
        }
        prepared.warn(py, genuine, levels)?;
        Ok(Verified { payload, segments })
    }
}

impl<'py> Verified<'_, 'py> {
    /// Makes what `decode_complete` returns, in its order.
    fn complete(self, py: Python<'py>) -> Ordinary<Bound<'py, PyAny>> {
        let header = read::object(py, &decode(self.segments.header)?, &mut Caught::default())?;
        let signature = PyBytes::new(py, &decode(self.segments.signature)?);
        let complete = PyDict::new(py);
        complete.set_item(pyo3::intern!(py, "payload"), self.payload)?;
        complete.set_item(pyo3::intern!(py, "header"), header)?;
        complete.set_item(pyo3::intern!(py, "signature"), signature)?;
        Ok(complete.into_any())
    }
}

/// A `PyJWT` whose attributes are those that its constructor gave it.
pub(super) struct Own<'py> {
    /// Its attributes, and those of its `PyJWS`.
    jwt: Bound<'py, PyDict>,
    jws: Bound<'py, PyDict>,
    algorithms: Bound<'py, PyDict>,
}

impl<'py> Own<'py> {
    pub(super) fn of(jwt: &Bound<'py, PyAny>, genuine: &Genuine) -> Ordinary<Self> {
        let py = jwt.py();
        let jwt = attributes(jwt, genuine.jwt.bind(py), 2)?;
        let jws = jwt.get_item(pyo3::intern!(py, "_jws"))?.ok_or(NotMine)?;
        let jws = attributes(&jws, genuine.jws.bind(py), 3)?;
        let algorithms = jws.get_item(pyo3::intern!(py, "_algorithms"))?.ok_or(NotMine)?;
        let algorithms = algorithms.cast_into_exact::<PyDict>().map_err(|_| NotMine)?;
        Ok(Self { jwt, jws, algorithms })
    }

    /// Returns the options of the `PyJWT`.
    fn options(&self) -> Ordinary<Bound<'py, PyDict>> {
        options_of(&self.jwt)
    }

    /// Whether tokens may be signed with a secret that is shorter than PyJWT recommends.
    pub(super) fn may_be_short(&self) -> Ordinary<bool> {
        let name = pyo3::intern!(self.algorithms.py(), "enforce_minimum_key_length");
        let enforced = options_of(&self.jws)?.get_item(name)?;
        Ok(enforced.is_none_or(|it| it.cast_exact::<PyBool>().is_ok_and(|it| !it.is_true())))
    }

    /// Returns the object registered under a name, if it is PyJWT's own.
    pub(super) fn handler(&self, known: Known, genuine: &Genuine) -> Ordinary<Bound<'py, PyAny>> {
        genuine.handler(known, &self.algorithms)
    }
}

fn options_of<'py>(attributes: &Bound<'py, PyDict>) -> Ordinary<Bound<'py, PyDict>> {
    let found = attributes.get_item(pyo3::intern!(attributes.py(), "options"))?.ok_or(NotMine)?;
    found.cast_into_exact().map_err(|_| NotMine)
}

/// Returns the attributes of an object of exactly this class, which must be so many.
fn attributes<'py>(
    object: &Bound<'py, PyAny>,
    class: &Bound<'py, pyo3::types::PyType>,
    count: usize,
) -> Ordinary<Bound<'py, PyDict>> {
    if object.get_type_ptr() != class.as_type_ptr() {
        return Err(NotMine);
    }
    let own = raw::own_dict(object)?;
    let own = own.cast_into_exact::<PyDict>().map_err(|_| NotMine)?;
    if own.len() == count { Ok(own) } else { Err(NotMine) }
}

/// A key, and whether it came in a `PyJWK`, which binds it to one algorithm.
pub(super) struct InnerKey<'py> {
    pub(super) key: Bound<'py, PyAny>,
    pub(super) bound: bool,
}

/// Takes the key out of a `PyJWK` of the token's algorithm; any other is what it is.
pub(super) fn inner_key<'py>(
    key: &Bound<'py, PyAny>,
    known: Known,
    genuine: &Genuine,
) -> Ordinary<InnerKey<'py>> {
    let py = key.py();
    if key.get_type_ptr() != genuine.jwk.bind(py).as_type_ptr() {
        return Ok(InnerKey { key: key.clone(), bound: false });
    }
    let own = attributes(key, genuine.jwk.bind(py), 4)?;
    let get = |name| own.get_item(name)?.ok_or(NotMine);
    let name = get(pyo3::intern!(py, "algorithm_name"))?;
    if name.cast_exact::<PyString>().map_err(|_| NotMine)?.to_str()? != known.name {
        return Err(NotMine);
    }
    genuine.made(known, &get(pyo3::intern!(py, "Algorithm"))?)?;
    Ok(InnerKey { key: get(pyo3::intern!(py, "key"))?, bound: true })
}

/// Accepts an algorithm that is in the list. A list that mixes shared secrets with public keys is
/// the door to key confusion: the Python methods look closer.
fn allowed(algorithms: &Bound<'_, PyAny>, known: Known, bound: bool) -> Ordinary<()> {
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
    let header = read::object(py, &decode(segment)?, &mut Caught::default())?;
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
