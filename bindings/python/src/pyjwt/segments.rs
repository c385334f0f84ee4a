//! Which text PyJWT takes for a base64url segment of a token.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// The characters of base64url, in the order of their values.
pub(crate) const ALPHABET: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What a segment says without its padding, or `None` for a segment that PyJWT refuses.
///
/// Padding may be left out; where there is any, it is one or two `=` that fill the segment to whole
/// groups of four. What remains has characters of the alphabet only, and a length that some byte
/// string encodes to. That its last character is canonical shows when it is decoded: encoding the
/// bytes again must give this text.
pub(crate) fn unpadded(segment: &[u8]) -> Option<&[u8]> {
    let text = without_padding(segment)?;
    text.iter().all(is_in_alphabet).then_some(text)
}

/// What a segment says without its padding, in whatever characters.
fn without_padding(segment: &[u8]) -> Option<&[u8]> {
    let shorter = segment.strip_suffix(b"=").unwrap_or(segment);
    let text = shorter.strip_suffix(b"=").unwrap_or(shorter);
    let is_padded = text.len() != segment.len();
    let is_well_padded = !is_padded || segment.len().is_multiple_of(4);
    (is_well_padded && text.len() % 4 != 1).then_some(text)
}

fn is_in_alphabet(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// The segment without its padding, or `None` for one that is refused.
///
/// The alphabet is an argument because a program can replace it. What is no `bytes` is asked for
/// its `endswith`, so that it fails in Python's words, and refused if it has one.
#[pyfunction]
fn pyjwt_unpadded_segment<'py>(
    segment: &Bound<'py, PyAny>,
    alphabet: &[u8],
) -> PyResult<Option<Bound<'py, PyBytes>>> {
    let py = segment.py();
    let Ok(bytes) = segment.cast::<PyBytes>() else {
        segment.call_method1(intern!(py, "endswith"), (PyBytes::new(py, b"="),))?;
        return Ok(None);
    };
    let text = if alphabet == ALPHABET {
        unpadded(bytes.as_bytes())
    } else {
        without_padding(bytes.as_bytes())
            .filter(|text| text.iter().all(|byte| alphabet.contains(byte)))
    };
    Ok(text.map(|text| PyBytes::new(py, text)))
}

/// Adds the functions of this module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("PYJWT_BASE64URL_ALPHABET", PyBytes::new(module.py(), ALPHABET))?;
    module.add_function(wrap_pyfunction!(pyjwt_unpadded_segment, module)?)
}
