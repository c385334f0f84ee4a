//! base64url without padding (RFC 7515 §2), strict and canonical: every byte string has exactly one
//! spelling, and every other spelling is refused.

use base64_simd::{Out, URL_SAFE_NO_PAD};
use base64ct::{Base64UrlUnpadded, Encoding as _};

use crate::secret::Secret;

/// What is wrong with a text that should be base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A byte outside `A-Z a-z 0-9 - _`.
    Character { position: usize, byte: u8 },
    /// A `=`, which RFC 7515 §2 leaves out.
    Padding,
    /// One character more than whole bytes need: no byte string has this length.
    Length,
    /// The last character has bits that belong to no byte.
    TrailingBits,
}

/// Decodes public text into a new buffer.
#[inline]
pub(crate) fn decode(text: &[u8]) -> Result<Vec<u8>, Fault> {
    URL_SAFE_NO_PAD.decode_to_vec(text).map_err(|_| diagnose(text))
}

/// Decodes public text into `buffer` and returns the filled part; a text that does not fit is
/// refused as one of the wrong length.
pub(crate) fn decode_into<'b>(text: &[u8], buffer: &'b mut [u8]) -> Result<&'b [u8], Fault> {
    if text.len() > encoded_len(buffer.len()) {
        return Err(Fault::Length);
    }
    match URL_SAFE_NO_PAD.decode(text, Out::from_slice(buffer)) {
        Ok(bytes) => Ok(bytes),
        Err(_) => Err(diagnose(text)),
    }
}

/// Decodes secret text in time that does not depend on what it says.
pub(crate) fn decode_secret(text: &str) -> Result<Secret, Fault> {
    Base64UrlUnpadded::decode_vec(text).map(Secret::from).map_err(|_| diagnose(text.as_bytes()))
}

/// Decodes secret text of any dialect of base64; what is left of a failure is zeroized too.
pub(crate) fn decode_zeroized<E: base64ct::Encoding>(text: &str) -> Option<Secret> {
    let mut buffer = zeroize::Zeroizing::new(vec![0; text.len()]);
    E::decode(text, &mut buffer).ok().map(Secret::from)
}

/// Encodes public bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(bytes)
}

/// Encodes public bytes at the end of a buffer.
pub(crate) fn encode_append(bytes: &[u8], buffer: &mut String) {
    URL_SAFE_NO_PAD.encode_append(bytes, buffer);
}

/// Encodes secret bytes in time that does not depend on what they are.
pub(crate) fn encode_secret(bytes: &[u8]) -> zeroize::Zeroizing<String> {
    Base64UrlUnpadded::encode_string(bytes).into()
}

/// Returns how many characters `bytes` bytes are spelled with.
pub(crate) const fn encoded_len(bytes: usize) -> usize {
    bytes.saturating_mul(4).div_ceil(3)
}

/// Whether a byte belongs to the alphabet.
pub(crate) const fn is_alphabet(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// Finds out why a text was refused; only ever called for one that was.
#[cold]
fn diagnose(text: &[u8]) -> Fault {
    let trimmed = text.trim_ascii_end_matches(b'=');
    if let Some(position) = trimmed.iter().position(|byte| !is_alphabet(*byte)) {
        let byte = trimmed.get(position).copied().unwrap_or_default();
        return Fault::Character { position, byte };
    }
    if trimmed.len() < text.len() {
        return Fault::Padding;
    }
    if text.len() % 4 == 1 { Fault::Length } else { Fault::TrailingBits }
}

/// `slice::trim_end_matches` for one byte, which the standard library lacks.
trait TrimEnd {
    fn trim_ascii_end_matches(&self, byte: u8) -> &Self;
}

impl TrimEnd for [u8] {
    fn trim_ascii_end_matches(&self, byte: u8) -> &Self {
        let mut rest = self;
        while let [head @ .., last] = rest {
            if *last != byte {
                break;
            }
            rest = head;
        }
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_every_spelling_but_one() {
        assert_eq!(decode(b"AA"), Ok(vec![0]));
        assert_eq!(decode(b"AB"), Err(Fault::TrailingBits));
        assert_eq!(decode(b"AA=="), Err(Fault::Padding));
        assert_eq!(decode(b"A"), Err(Fault::Length));
        assert_eq!(decode(b"A+"), Err(Fault::Character { position: 1, byte: b'+' }));
        assert_eq!(decode(b"A A"), Err(Fault::Character { position: 1, byte: b' ' }));
        assert_eq!(decode(b""), Ok(Vec::new()));
    }

    #[test]
    fn secret_text_is_read_as_strictly_as_public_text() {
        assert!(decode_secret("AB").is_err());
        assert!(decode_secret("AA==").is_err());
        assert_eq!(decode_secret("AA").unwrap().expose(), [0]);
    }

    #[test]
    fn knows_the_length_it_will_write() {
        for bytes in 0..70 {
            assert_eq!(encoded_len(bytes), encode(&vec![7; bytes]).len());
        }
    }
}
