//! Tokens that are signed with a shared secret, written into the `str` that they become.
//!
//! A MAC is computed so quickly that what is copied on the way shows.

use base64_simd::URL_SAFE_NO_PAD;
use jotem::crypto::Signature;
use jotem::{Algorithm, Error, Limits};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::raw;

/// Returns how many bytes a MAC has (RFC 7518 section 3.2); none for what is no MAC.
pub(crate) const fn mac_length(algorithm: Algorithm) -> Option<usize> {
    match algorithm {
        Algorithm::Hs256 => Some(32),
        Algorithm::Hs384 => Some(48),
        Algorithm::Hs512 => Some(64),
        _ => None,
    }
}

/// Makes a token of an encoded header, claims and what signs with MACs of so many bytes. `None` if
/// anything is not as it should be: others say what.
#[inline]
pub(crate) fn token<'py>(
    py: Python<'py>,
    header: &[u8],
    claims: &[u8],
    mac: usize,
    sign: impl FnOnce(&[u8]) -> Result<Signature, Error>,
) -> Option<Bound<'py, PyString>> {
    let [payload, signature] = [claims.len(), mac].map(|it| URL_SAFE_NO_PAD.encoded_length(it));
    let length = header.len().checked_add(payload)?.checked_add(signature)?.checked_add(2)?;
    if length > Limits::default().max_token_bytes() {
        return None;
    }
    raw::ascii_of(py, length, |token| {
        token.text(header)?;
        token.text(b".")?;
        token.base64(claims)?;
        let signature = sign(token.written()).ok()?;
        token.text(b".")?;
        token.base64(signature.as_ref())
    })
}
