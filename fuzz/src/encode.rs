//! base64url (RFC 7515 §2) and compact tokens, written down a second time: the crate's own encoder
//! is not what tests the crate.

use jotem::SigningKey;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Encodes bytes without padding.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut group = [0; 3];
        group[..chunk.len()].copy_from_slice(chunk);
        let word = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for place in 0..=chunk.len() {
            let index = (word >> (18 - 6 * place)) & 0x3f;
            text.push(char::from(ALPHABET[index as usize]));
        }
    }
    text
}

/// Signs a token of any header and any payload.
pub(crate) fn token(header: &[u8], payload: &[u8], key: &SigningKey) -> String {
    let input = format!("{}.{}", base64url(header), base64url(payload));
    let signature = key.sign(input.as_bytes()).expect("the key signs");
    format!("{input}.{}", base64url(signature.as_ref()))
}
