//! Which bytes PyJWT takes for the text of a key that is no secret.
//!
//! A public key is known to everyone; a verifier that takes its text for an HMAC secret lets
//! everyone sign. The checks are those of PyJWT: a PEM block, an OpenSSH public key. (DER and JWK
//! are recognised by loaders that a program can replace, in Python.)

use std::collections::HashMap;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyFrozenSet, PyTuple};

/// The labels of PEM blocks that hold a key, a certificate or parameters.
const PEM_LABELS: [&[u8]; 16] = [
    b"CERTIFICATE",
    b"TRUSTED CERTIFICATE",
    b"PRIVATE KEY",
    b"PUBLIC KEY",
    b"ENCRYPTED PRIVATE KEY",
    b"OPENSSH PRIVATE KEY",
    b"DSA PRIVATE KEY",
    b"RSA PRIVATE KEY",
    b"RSA PUBLIC KEY",
    b"EC PRIVATE KEY",
    b"DH PARAMETERS",
    b"NEW CERTIFICATE REQUEST",
    b"CERTIFICATE REQUEST",
    b"SSH2 PUBLIC KEY",
    b"SSH2 ENCRYPTED PRIVATE KEY",
    b"X509 CRL",
];

/// How the text of an OpenSSH public key begins.
const SSH_PREFIXES: [&[u8]; 6] = [
    b"ssh-ed25519",
    b"ssh-rsa",
    b"ssh-dss",
    b"ecdsa-sha2-nistp256",
    b"ecdsa-sha2-nistp384",
    b"ecdsa-sha2-nistp521",
];

/// The first or the last line of a PEM block, found in a longer text.
struct Marker {
    is_end: bool,
    label: &'static [u8],
    length: usize,
}

/// Whether the text holds a PEM block anywhere: a first line and, after the end of the latest one
/// with the same label, a last line.
pub(crate) fn is_pem_format(text: &[u8]) -> bool {
    let mut begun: HashMap<&[u8], usize> = HashMap::new();
    for position in 0..text.len() {
        let Some(marker) = text.get(position..).and_then(marker_at_start) else { continue };
        if !marker.is_end {
            begun.insert(marker.label, position.saturating_add(marker.length));
        } else if begun.get(marker.label).is_some_and(|begin_end| *begin_end < position) {
            return true;
        }
    }
    false
}

/// Whether the text begins as an OpenSSH public key does.
pub(crate) fn is_ssh_key(text: &[u8]) -> bool {
    SSH_PREFIXES.iter().any(|prefix| text.starts_with(prefix))
}

/// Reads `-----BEGIN LABEL-----` or `-----END LABEL-----`; the dash beside the words may be a
/// space, as loaders allow.
fn marker_at_start(text: &[u8]) -> Option<Marker> {
    let after_dashes = strip_dash_or_space(text.strip_prefix(b"----")?)?;
    let (is_end, after_word) = match after_dashes.strip_prefix(b"BEGIN ") {
        Some(rest) => (false, rest),
        None => (true, after_dashes.strip_prefix(b"END ")?),
    };
    PEM_LABELS.into_iter().find_map(|label| {
        let after_label = strip_dash_or_space(after_word.strip_prefix(label)?)?;
        let rest = after_label.strip_prefix(b"----")?;
        Some(Marker { is_end, label, length: text.len().saturating_sub(rest.len()) })
    })
}

fn strip_dash_or_space(text: &[u8]) -> Option<&[u8]> {
    text.strip_prefix(b"-").or_else(|| text.strip_prefix(b" "))
}

/// Whether `key` holds a PEM block.
#[pyfunction]
fn pyjwt_is_pem_format(key: &[u8]) -> bool {
    is_pem_format(key)
}

/// Whether `key` begins as an OpenSSH public key does.
#[pyfunction]
fn pyjwt_is_ssh_key(key: &[u8]) -> bool {
    is_ssh_key(key)
}

/// Adds the functions of this module, and the two lists as the objects they are in PyJWT.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let bytes = |text: &'static [u8]| PyBytes::new(py, text);
    module.add("PYJWT_PEM_LABELS", PyFrozenSet::new(py, PEM_LABELS.map(bytes))?)?;
    module.add("PYJWT_SSH_KEY_FORMATS", PyTuple::new(py, SSH_PREFIXES.map(bytes))?)?;
    module.add_function(wrap_pyfunction!(pyjwt_is_pem_format, module)?)?;
    module.add_function(wrap_pyfunction!(pyjwt_is_ssh_key, module)?)
}
