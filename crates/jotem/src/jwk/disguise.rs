//! Public-key material that was given as a shared secret (RFC 8725 §2.1).
//!
//! A public key as an HMAC secret lets everybody sign. What prevents that here is that keys are
//! typed: nothing ever turns a public key into a secret. This is the second line, for a program
//! that reads the wrong file: it knows the forms that can be told from a secret. A raw Ed25519 key,
//! an RSA modulus or a compressed point look like random bytes, and are beyond it.

use base64ct::Base64;
use zeroize::Zeroizing;

use crate::encoding::base64url;
use crate::error::SecretDisguise;
use crate::secret::Secret;

/// Finds out whether a secret is key material in disguise: as it is, in UTF-16 or UTF-32, or the
/// base64 of one of these.
pub(super) fn find(secret: &[u8]) -> Option<SecretDisguise> {
    let narrowed = narrow(secret);
    find_plain(secret).or_else(|| find_plain(&narrowed)).or_else(|| {
        let decoded = from_base64(&narrowed)?;
        find_plain(decoded.expose()).or_else(|| find_plain(&narrow(decoded.expose())))
    })
}

fn find_plain(bytes: &[u8]) -> Option<SecretDisguise> {
    let trimmed = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
    if contains(trimmed, b"-----BEGIN ") || contains(trimmed, b"---- BEGIN ") {
        return Some(SecretDisguise::Pem);
    }
    if matches!(trimmed, [b'{', .., b'}'] | [b'[', .., b']']) && contains(trimmed, b"\"") {
        return Some(SecretDisguise::Json);
    }
    let mut words = trimmed.split(u8::is_ascii_whitespace);
    // The binary form has the same type behind its length (RFC 4253 §6.6).
    let binary = bytes.strip_prefix(&[0, 0, 0]).and_then(|rest| rest.get(1..));
    if words.any(is_ssh_type) || binary.is_some_and(is_ssh_type) {
        return Some(SecretDisguise::Ssh);
    }
    if is_der(bytes) {
        return Some(SecretDisguise::Der);
    }
    is_point(bytes).then_some(SecretDisguise::Point)
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(haystack, needle).is_some()
}

/// The key types of OpenSSH public key lines (RFC 4253 §6.6, RFC 5656 §3.1).
pub(super) fn is_ssh_type(word: &[u8]) -> bool {
    [b"ssh-rsa".as_slice(), b"ssh-ed25519", b"ssh-dss", b"ecdsa-sha2-", b"sk-ssh-", b"sk-ecdsa-"]
        .iter()
        .any(|name| word.starts_with(name))
}

/// Looks for a DER SEQUENCE with what only key documents have: the object identifier of a key
/// type, or two long INTEGERs (PKCS#1). Bytes after its end do not matter.
fn is_der(bytes: &[u8]) -> bool {
    let Some(body) = der_value(bytes, 0x30) else { return false };
    /// rsaEncryption, id-ecPublicKey, and the arcs of Ed25519, Ed448, X25519 and X448, and of
    /// ML-DSA.
    const IDENTIFIERS: [&[u8]; 4] = [
        b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01",
        b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01",
        b"\x06\x03\x2b\x65",
        b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03",
    ];
    if IDENTIFIERS.iter().any(|identifier| contains(body, identifier)) {
        return true;
    }
    // PKCS#1: an INTEGER of at least 1024 bits, for a private key after a version of one byte.
    let first = body.strip_prefix(b"\x02\x01\x00").unwrap_or(body);
    der_value(first, 0x02).is_some_and(|modulus| modulus.len() >= 128)
}

/// Returns the value of the DER element at the start of `bytes`, if it has this tag and its
/// length fits.
fn der_value(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (length, rest) = match bytes.strip_prefix(&[tag])? {
        [short @ 0..=0x7f, rest @ ..] => (usize::from(*short), rest),
        [0x81, length, rest @ ..] => (usize::from(*length), rest),
        [0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        _ => return None,
    };
    rest.get(..length)
}

/// Whether this is an uncompressed point on one of the curves of JOSE.
#[cfg(feature = "aws-lc")]
fn is_point(bytes: &[u8]) -> bool {
    use crate::crypto::aws_lc::ecdsa::EcdsaVerifier;
    use crate::jwa::{Algorithm, Curve};

    let curves = [Curve::P256, Curve::P384, Curve::P521, Curve::Secp256k1];
    bytes.first() == Some(&0x04)
        && curves
            .into_iter()
            .any(|curve| EcdsaVerifier::new(Algorithm::Es256, curve, bytes).is_ok())
}

/// Without AWS-LC there is no curve arithmetic to tell with.
#[cfg(not(feature = "aws-lc"))]
fn is_point(_bytes: &[u8]) -> bool {
    false
}

/// Drops the NULs of UTF-16 and UTF-32 text and its byte order mark: enough to recognize it.
fn narrow(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(Vec::with_capacity(bytes.len()));
    text.extend(bytes.iter().copied().filter(|byte| *byte != 0));
    let marks: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];
    match marks.iter().find_map(|mark| text.strip_prefix(*mark)) {
        Some(rest) => Zeroizing::new(rest.to_vec()),
        None => text,
    }
}

/// Decodes base64 of either alphabet, whatever its padding and line ends.
fn from_base64(text: &[u8]) -> Option<Secret> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len().saturating_add(4)));
    for byte in text.iter().filter(|byte| !byte.is_ascii_whitespace() && **byte != b'=') {
        plain.push(match byte {
            b'-' => '+',
            b'_' => '/',
            other => char::from(*other),
        });
    }
    while !plain.len().is_multiple_of(4) {
        plain.push('=');
    }
    base64url::decode_zeroized::<Base64>(&plain)
}
