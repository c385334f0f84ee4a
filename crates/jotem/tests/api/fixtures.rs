//! The key files in `vectors/keys/`, and DER written by hand for those that no tool writes.

#![cfg_attr(not(feature = "encrypted-keys"), expect(dead_code, reason = "most are of such keys"))]

use std::path::Path;

/// The password of the files.
pub(crate) const PASSWORD: &str = "open sesame";

/// Reads a file.
pub(crate) fn file(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/keys");
    std::fs::read(folder.join(name)).unwrap()
}

/// The bytes in a PEM file.
pub(crate) fn der(name: &str) -> Vec<u8> {
    let text = String::from_utf8(file(name)).unwrap();
    let lines: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    base64_simd::STANDARD.decode_to_vec(lines).unwrap()
}

/// The PEM of bytes.
pub(crate) fn pem(label: &str, bytes: &[u8]) -> String {
    let text = base64_simd::STANDARD.encode_to_string(bytes);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// One element of DER.
pub(crate) fn element(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    match u8::try_from(value.len()).unwrap() {
        length @ ..0x80 => bytes.push(length),
        length => bytes.extend([0x81, length]),
    }
    bytes.extend(value);
    bytes
}

/// A SEQUENCE.
pub(crate) fn sequence(elements: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &elements.concat())
}

/// An INTEGER that is not negative.
pub(crate) fn integer(value: u128) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let significant = bytes.iter().copied().skip_while(|byte| *byte == 0);
    // A first bit would be a sign; zero has a byte as well.
    let padding = significant.clone().next().is_none_or(|high| high >= 0x80).then_some(0);
    let number: Vec<u8> = padding.into_iter().chain(significant).collect();
    element(0x02, &number)
}

/// An OBJECT IDENTIFIER from its encoded value.
pub(crate) fn identifier(hexadecimal: &str) -> Vec<u8> {
    let digits = hexadecimal.as_bytes().chunks(2);
    let bytes: Vec<u8> = digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    element(0x06, &bytes)
}
