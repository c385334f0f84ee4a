//! Layer S: Ed25519.

#![expect(clippy::unwrap_used, reason = "a signature that cannot be made is a failed test")]

use jotem::{Algorithm, Jwk, SigningKey, VerifyingKey};
use serde_json::json;

use crate::documents::*;
use crate::forge::*;
use crate::number::{add, hex};
use crate::sample::{accepts, good, key, refuses};

/// The order of the group of the base point, big-endian (RFC 8032, section 5.1).
const ORDER: &str = "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed";

/// The points of small order in every encoding that a decoder may take: y, little-endian, and the
/// sign of x in the last bit (RFC 8032, section 5.1.3).
const SMALL_ORDER: [(&str, &str); 14] = [
    ("order 4", "0000000000000000000000000000000000000000000000000000000000000000"),
    ("order 4, -x", "0000000000000000000000000000000000000000000000000000000000000080"),
    ("the identity", "0100000000000000000000000000000000000000000000000000000000000000"),
    ("the identity, -0", "0100000000000000000000000000000000000000000000000000000000000080"),
    ("order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("order 2, -0", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
    ("order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    ("order 8, -x", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
    ("order 8, -y", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    ("order 8, -x, -y", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
    ("order 4, y = p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("order 4, y = p, -x", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
    ("the identity, y = p + 1", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    (
        "the identity, y = p + 1, -0",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ),
];

/// The text that is signed, and R and S of a good signature.
fn signed(key: &SigningKey) -> (String, Vec<u8>, Vec<u8>) {
    let token = good(key);
    let (input, signature) = token.rsplit_once('.').unwrap();
    let signature = from_base64(signature);
    let (point, scalar) = signature.split_at(32);
    (input.to_owned(), point.to_vec(), scalar.to_vec())
}

/// A token of a text, R and S.
fn pair(input: &str, point: &[u8], scalar: &[u8]) -> String {
    format!("{input}.{}", base64url([point, scalar].concat()))
}

/// The sum of two little-endian numbers, if it is not longer.
fn add_reversed(left: &[u8], right: &[u8]) -> Option<Vec<u8>> {
    let (mut left, mut right) = (left.to_vec(), right.to_vec());
    left.reverse();
    right.reverse();
    let mut sum = add(&left, &right)?;
    sum.reverse();
    Some(sum)
}

#[test]
fn s07_refuses_s_that_is_not_below_the_order() {
    let key = key(Algorithm::EdDsa);
    let verifier = builder(&key).build().unwrap();
    let (input, point, scalar) = signed(&key);
    let mut order = hex(ORDER);
    order.reverse();

    let mut larger = scalar.clone();
    let mut sums = 0;
    while let Some(sum) = add_reversed(&larger, &order) {
        refuses(&verifier, [(pair(&input, &point, &sum), "jws_signature_mismatch")]);
        larger = sum;
        sums += 1;
    }
    assert!(sums >= 14, "S + L up to S + 14 L have 32 bytes");
    for high in [0x10, 0x20, 0x40, 0x80, 0xe0, 0xf0] {
        let mut marked = scalar.clone();
        marked[31] |= high;
        refuses(&verifier, [(pair(&input, &point, &marked), "jws_signature_mismatch")]);
    }
    for trivial in [vec![0; 32], order, vec![0xff; 32]] {
        refuses(&verifier, [(pair(&input, &point, &trivial), "jws_signature_mismatch")]);
    }
    accepts(&verifier, [pair(&input, &point, &scalar)]);
}

#[test]
fn s07_refuses_signatures_of_every_other_length() {
    let key = key(Algorithm::EdDsa);
    let verifier = builder(&key).build().unwrap();
    let (input, point, scalar) = signed(&key);
    refuses(&verifier, [(format!("{input}."), "jws_signature_missing")]);
    for length in (1..=130).filter(|length| *length != 64) {
        let mut signature = [point.as_slice(), &scalar].concat();
        signature.resize(length, 0);
        let token = format!("{input}.{}", base64url(signature));
        assert_eq!(verdict(&verifier, &token), "jws_signature_length", "{length} bytes");
    }
    // R and S change places nowhere.
    refuses(&verifier, [(pair(&input, &scalar, &point), "jws_signature_mismatch")]);
    accepts(&verifier, [pair(&input, &point, &scalar)]);
}

/// A public key as a JWK and as an SPKI (RFC 8410).
fn verdicts(public: &[u8]) -> [&'static str; 2] {
    let members = json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(public)});
    let jwk = read(&members).and_then(|jwk| VerifyingKey::from_jwk(&jwk, Algorithm::EdDsa));
    let spki = [hex("302a300506032b6570032100"), public.to_vec()].concat();
    [code(jwk), code(VerifyingKey::from_der(spki, Algorithm::Ed25519))]
}

#[test]
fn s08_refuses_keys_of_small_order() {
    // Under the identity R = B, S = 1 is a signature of every message; under the others of many.
    for (point, bytes) in SMALL_ORDER {
        assert_eq!(verdicts(&hex(bytes)), ["key_rejected"; 2], "{point}");
    }
}

#[test]
fn s08_refuses_keys_that_are_not_canonical() {
    // y = p + 2 and so on up to 2^255 - 1: 18 numbers, some of them on the curve.
    for low in 0xed..=0xff_u8 {
        for high in [0x7f, 0xff] {
            let mut y = [0xff; 32];
            (y[0], y[31]) = (low, high);
            assert_eq!(verdicts(&y), ["key_rejected"; 2], "{low:#x} {high:#x}");
        }
    }
    // The base point has y = 4/5, and is a key like any other.
    let base = hex("5866666666666666666666666666666666666666666666666666666666666666");
    assert_eq!(verdicts(&base), ["accepted"; 2], "the base point");
}

#[test]
fn s08_a_key_that_is_not_on_the_curve_verifies_nothing() {
    // No point has y = 2. AWS-LC finds out when it verifies, not when it reads the key.
    let mut y = [0; 32];
    y[0] = 2;
    let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, base64url(y));
    let nowhere = VerifyingKey::from_jwk(&Jwk::from_json(jwk).unwrap(), Algorithm::EdDsa).unwrap();
    let (input, point, scalar) = signed(&key(Algorithm::EdDsa));
    let signatures = [[point, scalar].concat(), [[0x58; 32], [0; 32]].concat(), vec![0x66; 64]];
    for signature in signatures {
        assert!(nowhere.verify(input.as_bytes(), &signature).is_err());
    }
}

#[test]
fn s08_refuses_r_of_small_order() {
    let key = key(Algorithm::EdDsa);
    let verifier = builder(&key).build().unwrap();
    let (input, point, scalar) = signed(&key);
    for (name, bytes) in SMALL_ORDER {
        for scalar in [&scalar, &vec![0; 32]] {
            let token = pair(&input, &hex(bytes), scalar);
            assert_eq!(verdict(&verifier, &token), "jws_signature_mismatch", "{name}");
        }
    }
    accepts(&verifier, [pair(&input, &point, &scalar)]);
}

#[test]
fn s08_refuses_the_identity_as_r_where_the_equation_holds() {
    // Made with the private key: R is the identity and S = H(R, A, M)·a, so that S·B = R + H·A.
    let members = json!({
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "rAIKAL2gVb15vUbt8Dlw5NSg7LYoKuAuH9AhzE2SCTw",
        "d": "KLq2T_s41xpU8ulrop0fliarwb2s3M-oClpLpFfJdXw",
    });
    let forged =
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACX-hHtdxRXz0Tqg7UOvvXnBk5OaaULGQHuG-ZzWKwhAQ";
    let key = SigningKey::from_jwk(&read(&members).unwrap(), Algorithm::EdDsa).unwrap();
    let verifier = builder(&key).build().unwrap();
    let (input, point, scalar) = signed(&key);
    refuses(&verifier, [(format!("{input}.{forged}"), "jws_signature_mismatch")]);
    accepts(&verifier, [pair(&input, &point, &scalar)]);
}

#[test]
fn s08_refuses_r_that_is_not_canonical() {
    let key = key(Algorithm::EdDsa);
    let verifier = builder(&key).build().unwrap();
    let (input, point, scalar) = signed(&key);
    for low in 0xed..=0xff_u8 {
        for high in [0x7f, 0xff] {
            let mut large = [0xff; 32];
            (large[0], large[31]) = (low, high);
            refuses(&verifier, [(pair(&input, &large, &scalar), "jws_signature_mismatch")]);
        }
    }
    let mut negated = point.clone();
    negated[31] ^= 0x80;
    refuses(&verifier, [(pair(&input, &negated, &scalar), "jws_signature_mismatch")]);
    accepts(&verifier, [pair(&input, &point, &scalar)]);
}
