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

/// The PEM of bytes.
pub(crate) fn pem(label: &str, bytes: &[u8]) -> String {
    let mut text = base64url(bytes).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// The bytes in a PEM text, which is sound.
pub(crate) fn of_pem(text: &str) -> Vec<u8> {
    let body = text.lines().filter(|line| !line.starts_with('-')).flat_map(str::bytes);
    let digits: Vec<u32> = body.filter_map(digit).collect();
    let words = digits.chunks(4).flat_map(|chunk| {
        let word = chunk.iter().fold(0, |word, digit| word << 6 | digit) << (6 * (4 - chunk.len()));
        word.to_be_bytes().into_iter().skip(1).take(chunk.len() - 1)
    });
    words.collect()
}

fn digit(byte: u8) -> Option<u32> {
    Some(match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}
