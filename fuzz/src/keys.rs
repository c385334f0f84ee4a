//! One fixed key of every kind. They sign nothing real: the RSA key is that of RFC 7520 §3.4, the
//! others are counted out, so that an input means the same in every process.

use std::sync::LazyLock;

use jotem::{Algorithm, Jwk, SigningKey};

use crate::encode::base64url;

/// A key for each algorithm, in the order of [`Algorithm::ALL`], without names.
pub(crate) static KEYS: LazyLock<Vec<SigningKey>> =
    LazyLock::new(|| Algorithm::ALL.into_iter().map(key).collect());

/// The HS256 key that the header and the claims are signed with.
pub(crate) fn hs256() -> &'static SigningKey {
    &KEYS[0]
}

/// The private documents: one of each key type and curve.
pub(crate) fn documents() -> Vec<Jwk> {
    [Algorithm::Hs512, Algorithm::Rs256, Algorithm::Es256, Algorithm::Es384, Algorithm::Es512]
        .into_iter()
        .chain([Algorithm::Es256K, Algorithm::EdDsa])
        .chain([Algorithm::MlDsa44, Algorithm::MlDsa65, Algorithm::MlDsa87])
        .map(document)
        .collect()
}

fn key(algorithm: Algorithm) -> SigningKey {
    SigningKey::from_jwk(&document(algorithm), algorithm).expect("the key fits its algorithm")
}

fn document(algorithm: Algorithm) -> Jwk {
    let scalar: Vec<u8> = (1..=66).collect();
    // The last part of each is the identifier of its curve.
    let document = match algorithm {
        Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512 => {
            let secret: Vec<u8> = (0x80..0xc0).collect();
            let json = format!(r#"{{"kty":"oct","k":"{}"}}"#, base64url(&secret));
            return Jwk::from_json(json).expect("a shared secret");
        }
        Algorithm::Es256 => sec1(&scalar[..32], b"\x2a\x86\x48\xce\x3d\x03\x01\x07"),
        Algorithm::Es384 => sec1(&scalar[..48], b"\x2b\x81\x04\x00\x22"),
        Algorithm::Es512 => {
            let mut scalar = scalar;
            scalar[0] = 0;
            sec1(&scalar, b"\x2b\x81\x04\x00\x23")
        }
        Algorithm::Es256K => sec1(&scalar[..32], b"\x2b\x81\x04\x00\x0a"),
        Algorithm::EdDsa | Algorithm::Ed25519 => ed25519(&scalar[..32]),
        Algorithm::MlDsa44 => mldsa(&scalar[..32], 17),
        Algorithm::MlDsa65 => mldsa(&scalar[..32], 18),
        Algorithm::MlDsa87 => mldsa(&scalar[..32], 19),
        _ => return Jwk::from_json(RSA).expect("the key of RFC 7520 without its name"),
    };
    Jwk::from_der(document).expect("a private key")
}

/// An `ECPrivateKey` without the public key (RFC 5915 §3).
fn sec1(scalar: &[u8], curve: &[u8]) -> Vec<u8> {
    let curve = element(0xa0, &element(0x06, curve));
    element(0x30, &[element(0x02, &[1]), element(0x04, scalar), curve].concat())
}

/// A PKCS#8 document without the public key (RFC 8410 §7).
fn ed25519(seed: &[u8]) -> Vec<u8> {
    let algorithm = element(0x30, &element(0x06, b"\x2b\x65\x70"));
    let key = element(0x04, &element(0x04, seed));
    element(0x30, &[element(0x02, &[0]), algorithm, key].concat())
}

/// A PKCS#8 document with the seed alone (RFC 9881 §6), of the parameter set at the end of the arc.
fn mldsa(seed: &[u8], parameters: u8) -> Vec<u8> {
    let identifier = [b"\x60\x86\x48\x01\x65\x03\x04\x03".as_slice(), &[parameters]].concat();
    let algorithm = element(0x30, &element(0x06, &identifier));
    let key = element(0x04, &element(0x80, seed));
    element(0x30, &[element(0x02, &[0]), algorithm, key].concat())
}

/// A DER element of less than 128 bytes, or less than 256.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).expect("a short element");
    let head = if length < 0x80 { vec![tag, length] } else { vec![tag, 0x81, length] };
    [head, content.to_vec()].concat()
}

/// The private key of RFC 7520 §3.4, as the cookbook has it.
pub(crate) const RSA: &str =
    include_str!("../../vectors/ietf-jose-cookbook/jwk/3_4.rsa_private_key.json");

/// The examples of the RFCs.
pub(crate) const EXAMPLES: &str = include_str!("../../vectors/rfc-examples/rfc_examples.json");

/// Returns every token among the examples of the RFCs.
pub(crate) fn example_tokens() -> Vec<String> {
    let examples: serde_json::Value = serde_json::from_str(EXAMPLES).expect("a JSON file");
    let cases = examples["cases"].as_array().expect("cases");
    cases.iter().filter_map(|case| Some(case["token"].as_str()?.to_owned())).collect()
}

/// Returns every key, or set of keys, among the examples of the RFCs, under these names.
pub(crate) fn example_keys(names: &[&str]) -> Vec<String> {
    let examples: serde_json::Value = serde_json::from_str(EXAMPLES).expect("a JSON file");
    let cases = examples["cases"].as_array().expect("cases");
    let keys = cases.iter().flat_map(|case| names.iter().filter_map(|name| case.get(*name)));
    keys.filter(|key| key.is_object()).map(ToString::to_string).collect()
}
