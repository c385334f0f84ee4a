//! Public keys in every form in which somebody might take one for a secret.

use jotem::{SigningKey, VerifyingKey};
use serde_json::Value;

use crate::forge::base64url;

/// A form of a public key: its name and its bytes.
pub(crate) type Form = (String, Vec<u8>);

/// The members of a JWK, decoded.
pub(crate) fn member(key: &VerifyingKey, name: &str) -> Vec<u8> {
    let json: Value = parse(&key.to_jwk().unwrap().to_json().unwrap());
    decode(json[name].as_str().unwrap())
}

fn parse(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

/// Decodes base64url or base64 without looking at padding.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'-' | b'+' => 62,
        _ => 63,
    };
    let digits = text.bytes().filter(|byte| *byte != b'=');
    let bits = digits.flat_map(|byte| (0..6).rev().map(move |bit| (value(byte) >> bit) & 1));
    let bits: Vec<u8> = bits.collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |all, bit| (all << 1) | bit)).collect()
}

/// base64 with padding.
pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    let text = base64url(bytes).replace('-', "+").replace('_', "/");
    let padding = text.len().next_multiple_of(4) - text.len();
    format!("{text}{}", "=".repeat(padding))
}

/// One DER element.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let head = match length {
        0..=0x7f => vec![tag, length.try_into().unwrap()],
        0x80..=0xff => vec![tag, 0x81, length.try_into().unwrap()],
        _ => [vec![tag, 0x82], u16::try_from(length).unwrap().to_be_bytes().to_vec()].concat(),
    };
    [head, content.to_vec()].concat()
}

fn integer(magnitude: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if magnitude.first().is_some_and(|byte| *byte >= 0x80) { &[0] } else { &[] };
    der(0x02, &[sign, magnitude].concat())
}

/// `RSAPublicKey` (RFC 8017 §A.1.1).
pub(crate) fn pkcs1(key: &VerifyingKey) -> Vec<u8> {
    der(0x30, &[integer(&member(key, "n")), integer(&member(key, "e"))].concat())
}

/// A certificate of the shape of RFC 5280 §4.1, under a signature that nobody checks.
pub(crate) fn certificate(key: &VerifyingKey) -> Vec<u8> {
    let sha256_with_rsa = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";
    let name = der(0x30, &der(0x31, &der(0x30, b"\x06\x03\x55\x04\x03\x0c\x04test")));
    let date = der(0x17, b"260101000000Z");
    let inner = [
        der(0xa0, &integer(&[2])),
        integer(&[1]),
        sha256_with_rsa.to_vec(),
        name.clone(),
        der(0x30, &[date.clone(), date].concat()),
        name,
        key.to_der().unwrap(),
    ];
    let signature = der(0x03, &[&[0], [0x5a; 256].as_slice()].concat());
    der(0x30, &[der(0x30, &inner.concat()), sha256_with_rsa.to_vec(), signature].concat())
}

/// A PEM document of any DER.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let text = base64(der);
    let lines: Vec<_> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// The binary form of an OpenSSH public key (RFC 4253 §6.6).
pub(crate) fn ssh_blob(parts: &[&[u8]]) -> Vec<u8> {
    let length = |part: &[u8]| u32::try_from(part.len()).unwrap().to_be_bytes();
    parts.iter().flat_map(|part| [length(part).to_vec(), part.to_vec()].concat()).collect()
}

pub(crate) fn utf16le(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

pub(crate) fn utf16be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

pub(crate) fn utf32le(text: &str) -> Vec<u8> {
    text.chars().flat_map(|character| u32::from(character).to_le_bytes()).collect()
}

pub(crate) fn utf32be(text: &str) -> Vec<u8> {
    text.chars().flat_map(|character| u32::from(character).to_be_bytes()).collect()
}

/// 04 ‖ x ‖ y.
pub(crate) fn point(key: &VerifyingKey) -> Vec<u8> {
    [vec![4], member(key, "x"), member(key, "y")].concat()
}

/// 02 or 03 ‖ x.
fn compressed(key: &VerifyingKey) -> Vec<u8> {
    let odd = member(key, "y").last().unwrap() & 1;
    [vec![2 + odd], member(key, "x")].concat()
}

/// The three public keys whose forms these are.
pub(crate) struct Trio {
    pub(crate) rsa: SigningKey,
    pub(crate) ec: SigningKey,
    pub(crate) okp: SigningKey,
}

impl Trio {
    fn public(&self) -> [VerifyingKey; 3] {
        [self.rsa.verifying_key(), self.ec.verifying_key(), self.okp.verifying_key()]
    }

    /// The forms that carry a mark by which they can be told from a secret.
    pub(crate) fn marked(&self) -> Vec<Form> {
        [self.pem_forms(), self.der_forms(), self.json_forms(), self.ssh_forms()].concat()
    }

    fn pem_forms(&self) -> Vec<Form> {
        let [rsa, ec, okp] = self.public();
        let spki = rsa.to_pem().unwrap();
        let body: String = spki.lines().filter(|line| !line.contains("-----")).collect();
        let lines = spki.lines().filter(|line| !line.contains("-----")).collect::<Vec<_>>();
        let marked = format!("\u{feff}{spki}");
        named([
            ("SPKI PEM", spki.clone().into_bytes()),
            ("SPKI PEM, leading newline", format!("\n{spki}").into_bytes()),
            ("SPKI PEM, leading spaces", format!("   {spki}").into_bytes()),
            ("SPKI PEM, CRLF", spki.replace('\n', "\r\n").into_bytes()),
            ("SPKI PEM, CR", spki.replace('\n', "\r").into_bytes()),
            ("SPKI PEM, no newlines", spki.replace('\n', "").into_bytes()),
            ("SPKI PEM, literal backslash-n", spki.replace('\n', "\\n").into_bytes()),
            ("SPKI PEM, trailing newline cut", spki.trim_end().as_bytes().to_vec()),
            ("SPKI PEM, tab before END", spki.replace("-----END", "\t-----END").into_bytes()),
            ("SPKI PEM, BOM", marked.clone().into_bytes()),
            ("SPKI PEM, comment before", format!("# a key\n{spki}").into_bytes()),
            ("SPKI PEM, two blocks", format!("{spki}{spki}").into_bytes()),
            ("SPKI PEM, body only, one line", body.clone().into_bytes()),
            ("SPKI PEM, body only, lines", lines.join("\n").into_bytes()),
            ("SPKI PEM, body only, CRLF", lines.join("\r\n").into_bytes()),
            ("SPKI PEM, body only, UTF-16", utf16le(&body)),
            ("SPKI PEM, UTF-16LE", utf16le(&spki)),
            ("SPKI PEM, UTF-16BE", utf16be(&spki)),
            ("SPKI PEM, UTF-16LE, BOM", utf16le(&marked)),
            ("SPKI PEM, UTF-16BE, BOM", utf16be(&marked)),
            ("SPKI PEM, UTF-32LE", utf32le(&spki)),
            ("SPKI PEM, base64", base64(&spki).into_bytes()),
            ("SPKI PEM, base64url", base64url(&spki).into_bytes()),
            ("EC SPKI PEM", ec.to_pem().unwrap().into_bytes()),
            ("Ed25519 SPKI PEM", okp.to_pem().unwrap().into_bytes()),
            ("PKCS#1 PEM", pem("RSA PUBLIC KEY", &pkcs1(&rsa)).into_bytes()),
            ("certificate PEM", pem("CERTIFICATE", &certificate(&rsa)).into_bytes()),
        ])
    }

    fn der_forms(&self) -> Vec<Form> {
        let [rsa, ec, okp] = self.public();
        let spki = rsa.to_der().unwrap();
        let certificate = certificate(&rsa);
        let with = |bytes: &[u8], byte: u8| [bytes, &[byte]].concat();
        named([
            ("SPKI DER", spki.clone()),
            ("SPKI DER, trailing byte", with(&spki, 0)),
            ("SPKI DER, trailing newline", with(&spki, b'\n')),
            ("SPKI DER, base64", base64(&spki).into_bytes()),
            ("SPKI DER, base64url", base64url(&spki).into_bytes()),
            ("EC SPKI DER", ec.to_der().unwrap()),
            ("EC SPKI DER, trailing byte", with(&ec.to_der().unwrap(), 7)),
            ("EC SPKI DER, base64", base64(ec.to_der().unwrap()).into_bytes()),
            ("Ed25519 SPKI DER", okp.to_der().unwrap()),
            ("PKCS#1 DER", pkcs1(&rsa)),
            ("PKCS#1 DER, trailing byte", with(&pkcs1(&rsa), 0)),
            ("PKCS#1 DER, base64", base64(pkcs1(&rsa)).into_bytes()),
            ("certificate DER", certificate.clone()),
            ("certificate DER, trailing byte", with(&certificate, 0)),
            ("certificate DER, base64 (x5c)", base64(&certificate).into_bytes()),
            ("EC point, uncompressed", point(&ec)),
            ("EC point, uncompressed, base64url", base64url(point(&ec)).into_bytes()),
        ])
    }

    fn json_forms(&self) -> Vec<Form> {
        let [rsa, ec, okp] = self.public();
        let jwk = rsa.to_jwk().unwrap().to_json().unwrap();
        let set = format!(r#"{{"keys":[{jwk}]}}"#);
        let marked = format!("\u{feff}{jwk}");
        let deep = format!("{}{jwk}{}", "[".repeat(20_000), "]".repeat(20_000));
        let digits = jwk.replacen('{', &format!("{{\"x\":{},", "9".repeat(5000)), 1);
        named([
            ("JWK", jwk.clone().into_bytes()),
            ("JWK, leading space", format!(" {jwk}").into_bytes()),
            ("JWK, trailing newline", format!("{jwk}\r\n").into_bytes()),
            ("JWK, indented", jwk.replace(',', ",\n  ").into_bytes()),
            ("EC JWK", ec.to_jwk().unwrap().to_json().unwrap().into_bytes()),
            ("Ed25519 JWK", okp.to_jwk().unwrap().to_json().unwrap().into_bytes()),
            ("JWKS", set.clone().into_bytes()),
            ("JWK in an array", format!("[{jwk}]").into_bytes()),
            ("JWK in nested arrays", format!("[[[{jwk}]]]").into_bytes()),
            ("JWK, 20000 deep", deep.into_bytes()),
            ("JWK, 5000-digit integer", digits.into_bytes()),
            ("JWK, escaped kty", jwk.replace("\"kty\"", r#""\u006bty""#).into_bytes()),
            ("JWK, BOM", marked.clone().into_bytes()),
            ("JWK, UTF-16LE", utf16le(&jwk)),
            ("JWK, UTF-16BE", utf16be(&jwk)),
            ("JWK, UTF-16LE, BOM", utf16le(&marked)),
            ("JWK, UTF-16BE, BOM", utf16be(&marked)),
            ("JWK, UTF-32LE", utf32le(&jwk)),
            ("JWK, UTF-32BE", utf32be(&jwk)),
            ("JWK, UTF-32LE, BOM", utf32le(&marked)),
            ("JWK, base64", base64(&jwk).into_bytes()),
            ("JWK, base64url", base64url(&jwk).into_bytes()),
            ("JWKS, base64", base64(&set).into_bytes()),
        ])
    }

    fn ssh_forms(&self) -> Vec<Form> {
        let (rsa, ec, okp) = (self.ssh_rsa(), self.ssh_ec(), self.ssh_ed25519());
        let line = format!("ssh-ed25519 {} me@host", base64(&okp));
        named([
            ("OpenSSH, ssh-ed25519", line.clone().into_bytes()),
            ("OpenSSH, leading space", format!(" {line}").into_bytes()),
            ("OpenSSH, leading comment", format!("# mine\n{line}\n").into_bytes()),
            ("OpenSSH, options", format!("no-pty,from=\"10.0.0.0/8\" {line}").into_bytes()),
            ("OpenSSH, UTF-16", utf16le(&line)),
            ("OpenSSH, base64", base64(&line).into_bytes()),
            ("OpenSSH, ssh-rsa", format!("ssh-rsa {}", base64(rsa)).into_bytes()),
            ("OpenSSH, ecdsa", format!("ecdsa-sha2-nistp256 {}", base64(ec)).into_bytes()),
            ("OpenSSH, sk", line.replace("ssh-ed25519", "sk-ssh-ed25519@openssh.com").into_bytes()),
            ("SSH2", line.replace("ssh-ed25519", "---- BEGIN SSH2 PUBLIC KEY ----\n").into_bytes()),
        ])
    }

    fn ssh_rsa(&self) -> Vec<u8> {
        let key = self.rsa.verifying_key();
        ssh_blob(&[b"ssh-rsa", &member(&key, "e"), &[vec![0], member(&key, "n")].concat()])
    }

    fn ssh_ec(&self) -> Vec<u8> {
        let point = point(&self.ec.verifying_key());
        ssh_blob(&[b"ecdsa-sha2-nistp256", b"nistp256", &point])
    }

    fn ssh_ed25519(&self) -> Vec<u8> {
        ssh_blob(&[b"ssh-ed25519", &member(&self.okp.verifying_key(), "x")])
    }

    /// Forms whose mark lies one wrapping deeper.
    pub(crate) fn wrapped(&self) -> Vec<Form> {
        let jwk = self.rsa.verifying_key().to_jwk().unwrap().to_json().unwrap();
        let spki = self.rsa.verifying_key().to_pem().unwrap();
        named([
            ("JWK, UTF-32BE, BOM", utf32be(&format!("\u{feff}{jwk}"))),
            ("SPKI PEM, UTF-16, base64", base64(utf16le(&spki)).into_bytes()),
            ("JWK, UTF-16, base64", base64(utf16le(&jwk)).into_bytes()),
            ("OpenSSH, ssh-ed25519, body only", base64(self.ssh_ed25519()).into_bytes()),
            ("OpenSSH, ssh-rsa, body only", base64(self.ssh_rsa()).into_bytes()),
            ("OpenSSH, ecdsa, body only", base64(self.ssh_ec()).into_bytes()),
            ("OpenSSH, ssh-ed25519, binary", self.ssh_ed25519()),
            ("OpenSSH, ssh-rsa, binary", self.ssh_rsa()),
            ("OpenSSH, ecdsa, binary", self.ssh_ec()),
        ])
    }

    /// The forms that no look at the bytes can tell from a secret.
    pub(crate) fn unmarked(&self) -> Vec<Form> {
        let [rsa, ec, okp] = self.public();
        let modulus = member(&rsa, "n");
        let hex: String = modulus.iter().map(|byte| format!("{byte:02x}")).collect();
        named([
            ("RSA n", modulus.clone()),
            ("RSA n, base64url", base64url(&modulus).into_bytes()),
            ("RSA n, hex", hex.into_bytes()),
            ("EC point, compressed", compressed(&ec)),
            ("EC point, x and y", [member(&ec, "x"), member(&ec, "y")].concat()),
            ("Ed25519", member(&okp, "x")),
            ("Ed25519, base64url", base64url(member(&okp, "x")).into_bytes()),
        ])
    }
}

fn named<const N: usize>(forms: [(&str, Vec<u8>); N]) -> Vec<Form> {
    forms.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect()
}
