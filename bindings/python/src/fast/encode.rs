//! `encode` in one call.

use base64_simd::URL_SAFE_NO_PAD;
use jotem::SigningKey;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDateTime, PyDict, PyInt, PyString};

use super::algorithm::{self, Class, Known};
use super::guard::Genuine;
use super::left::{Leaving, Left, ahead};
use super::own::{Own, inner_key};
use super::{NotMine, Ordinary, answer, date, keys, write};
use crate::compact;
use crate::raw::{self, Arguments, Flat, Function, Guarded, Holds, Shortcut};

/// Where flat claims are written.
static FLAT: Guarded<Flat> = Guarded::new(Flat::new(Holds::All));

/// Which claims `encode` left to the Python method last: it need not find out the same once more.
static LEFT: Left = Left::new();

/// `PyJWT.encode` with the default encoder and sorted headers, or `None`.
#[pyfunction]
#[pyo3(signature = (jwt, payload, key, algorithm, headers, /))]
pub(crate) fn pyjwt_encode<'py>(
    jwt: &Bound<'py, PyAny>,
    payload: &Bound<'py, PyAny>,
    key: &Bound<'py, PyAny>,
    algorithm: &Bound<'py, PyAny>,
    headers: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    if LEFT.take(payload) {
        return Ok(None);
    }
    let token = encode(jwt, payload, key, algorithm, headers, Some(1));
    answer(jwt.py(), token.map_err(|_| NotMine))
}

/// The same, before `PyJWT.encode` itself would run.
pub(crate) struct Encode;

impl Shortcut<7> for Encode {
    const NAMES: [&'static str; 7] =
        ["self", "payload", "key", "algorithm", "headers", "json_encoder", "sort_headers"];

    fn function() -> &'static PyOnceLock<Function<7>> {
        static FUNCTION: PyOnceLock<Function<7>> = PyOnceLock::new();
        &FUNCTION
    }

    fn take<'py>(arguments: &Arguments<'_, 'py, 7>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let [
            Some(jwt),
            Some(payload),
            Some(key),
            Some(algorithm),
            Some(headers),
            Some(json_encoder),
            Some(sort_headers),
        ] = arguments
        else {
            return Ok(None);
        };
        let sorts = sort_headers.cast_exact::<PyBool>().is_ok_and(|sorts| sorts.is_true());
        if !json_encoder.is_none() || !sorts {
            return Ok(None);
        }
        let token = encode(jwt, payload, key, algorithm, headers, None);
        ahead(token, &LEFT, payload)
    }
}

fn encode<'py>(
    jwt: &Bound<'py, PyAny>,
    payload: &Bound<'py, PyAny>,
    key: &Bound<'py, PyAny>,
    algorithm: &Bound<'py, PyAny>,
    headers: &Bound<'py, PyAny>,
    levels: Option<usize>,
) -> Result<Bound<'py, PyAny>, Leaving> {
    let py = jwt.py();
    let genuine = Genuine::intact(py)?;
    let own = Own::of(jwt, genuine)?;
    let known = asked(algorithm, key, genuine)?;
    let handler = own.handler(py, known, genuine)?;
    let payload = payload.cast_exact::<PyDict>().map_err(|_| NotMine)?;
    let key = inner_key(key, known, genuine)?;
    keys::with(known, &handler, &key.key, |prepared| {
        prepared.needs(levels)?;
        prepared.allow(|| own.may_be_short(py))?;
        let signing = prepared.signing.as_ref().ok_or(NotMine)?;
        let token = match flat(payload, known, headers, signing) {
            Some(token) => token,
            None => any(payload, known, headers, signing, genuine)?,
        };
        prepared.warn(py, genuine, levels)?;
        Ok(token.into_any())
    })
}

/// What has a header of two members and flat claims, and is signed with a shared secret: most tokens.
#[inline]
fn flat<'py>(
    payload: &Bound<'py, PyDict>,
    known: &'static Known,
    headers: &Bound<'py, PyAny>,
    key: &SigningKey,
) -> Option<Bound<'py, PyString>> {
    let mac = compact::mac_length(known.algorithm)?;
    if !headers.is_none() {
        return None;
    }
    let py = payload.py();
    let token = FLAT.with(py, |flat| {
        let claims = flat.claims(|_| Some(()), Some(payload))?;
        compact::token(py, algorithm::bare_header(known), claims, mac, |input| key.sign(input))
    });
    token.flatten()
}

/// Whatever PyJWT signs and this module writes.
fn any<'py>(
    payload: &Bound<'py, PyDict>,
    known: &'static Known,
    headers: &Bound<'py, PyAny>,
    key: &SigningKey,
    genuine: &Genuine,
) -> Ordinary<Bound<'py, PyString>> {
    let py = payload.py();
    let mut json = Vec::with_capacity(512);
    claims(payload, genuine, &mut json)?;
    let mut token = header(known, headers)?;
    token.push(b'.');
    URL_SAFE_NO_PAD.encode_append(&json, &mut token);
    let signature = match known.class {
        Class::Hmac => key.sign(&token),
        // Other threads may run while a private-key operation does.
        Class::Rsa | Class::RsaPss | Class::Ec | Class::Okp => py.detach(|| key.sign(&token)),
    };
    let signature = signature.map_err(|_| NotMine)?;
    token.push(b'.');
    URL_SAFE_NO_PAD.encode_append(signature.as_ref(), &mut token);
    raw::ascii(py, &token).ok_or(NotMine)
}

/// Returns the algorithm that was asked for, or the default.
fn asked(
    algorithm: &Bound<'_, PyAny>,
    key: &Bound<'_, PyAny>,
    genuine: &Genuine,
) -> Ordinary<&'static Known> {
    if !algorithm.is(&genuine.unset) {
        let name = algorithm.cast_exact::<PyString>().map_err(|_| NotMine)?;
        return algorithm::by_name(raw::text(name)?).ok_or(NotMine);
    }
    if key.get_type().is(&genuine.jwk) {
        let name = key.getattr(pyo3::intern!(key.py(), "algorithm_name"))?;
        let name = name.cast_exact::<PyString>().map_err(|_| NotMine)?;
        return algorithm::by_name(name.to_str()?).ok_or(NotMine);
    }
    algorithm::by_name("HS256").ok_or(NotMine)
}

/// Writes the claims: `iss` must be text, and three of them may be dates.
fn claims(payload: &Bound<'_, PyDict>, genuine: &Genuine, out: &mut Vec<u8>) -> Ordinary<()> {
    out.push(b'{');
    for (name, value) in raw::members(payload) {
        if out.len() > 1 {
            out.push(b',');
        }
        let name = name.cast_exact::<PyString>().map_err(|_| NotMine)?;
        write::string(name, out)?;
        out.push(b':');
        if let Ok(text) = value.cast_exact::<PyString>() {
            write::string(text, out)?;
            continue;
        }
        match raw::text(name)? {
            "iss" => return Err(NotMine),
            "exp" | "iat" | "nbf" => date_or_value(&value, genuine, out)?,
            _ => write::value(&value, write::DEPTH, out)?,
        }
    }
    out.push(b'}');
    Ok(())
}

fn date_or_value(value: &Bound<'_, PyAny>, genuine: &Genuine, out: &mut Vec<u8>) -> Ordinary<()> {
    if !value.is_exact_instance_of::<PyInt>()
        && let Ok(moment) = value.cast_exact::<PyDateTime>()
    {
        write::whole(date::seconds(moment, genuine)?, out);
        return Ok(());
    }
    write::value(value, write::DEPTH, out)
}

/// Writes the header, sorted by name, and encodes it. What the caller adds may not be what PyJWT
/// treats in its own way.
fn header(known: &'static Known, headers: &Bound<'_, PyAny>) -> Ordinary<Vec<u8>> {
    let mut token = Vec::with_capacity(1024);
    if headers.is_none() {
        token.extend_from_slice(algorithm::bare_header(known));
        return Ok(token);
    }
    let headers = headers.cast_exact::<PyDict>().map_err(|_| NotMine)?;
    let mut members = vec![
        ("alg".to_owned(), format!("\"{}\"", known.name).into_bytes()),
        ("typ".to_owned(), b"\"JWT\"".to_vec()),
    ];
    for (name, value) in headers.iter() {
        let name = name.cast_exact::<PyString>().map_err(|_| NotMine)?.to_str()?;
        if matches!(name, "alg" | "typ" | "b64" | "crit") {
            return Err(NotMine);
        }
        // `json.dumps` sorts within a value too: only what cannot be sorted is simple.
        let simple = value.is_exact_instance_of::<PyString>()
            || (name != "kid" && value.is_exact_instance_of::<PyInt>());
        if !simple {
            return Err(NotMine);
        }
        let mut json = Vec::new();
        write::value(&value, 0, &mut json)?;
        members.push((name.to_owned(), json));
    }
    // By code point, which for UTF-8 is by byte.
    members.sort();
    let mut json = Vec::with_capacity(128);
    for (position, (name, value)) in members.iter().enumerate() {
        json.push(if position == 0 { b'{' } else { b',' });
        write::text(name, &mut json);
        json.push(b':');
        json.extend_from_slice(value);
    }
    json.push(b'}');
    URL_SAFE_NO_PAD.encode_append(&json, &mut token);
    Ok(token)
}
