//! Layer S: Ed448, where its feature is on.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a signature that cannot be made is a failed test"
)]

use jotem::{Algorithm, Jwk, SigningKey, Verifier, VerifyingKey};
use serde_json::json;

use crate::documents::*;
use crate::forge::*;
use crate::number::{add, hex};
use crate::sample::{accepts, good, key, refuses};

/// The order of the group of the base point, big-endian, in 57 bytes (RFC 8032, section 5.2).
const ORDER: &str = "003fffffffffffffffffffffffffffffffffffffffffffffffffffffff7cca23e9c44edb49aed63690216cc2728dc58f552378c292ab5844f3";

/// The prime of the field, 2^448 − 2^224 − 1, little-endian, and the byte of the sign.
fn prime() -> [u8; 57] {
    let mut prime = [0xff; 57];
    prime[28] = 0xfe;
    prime[56] = 0;
    prime
}

/// A point from the lowest byte of y, in a field element that is otherwise 0 or p.
fn point(mut rest: [u8; 57], low: u8, sign: u8) -> Vec<u8> {
    rest[0] = low;
    rest[56] = sign;
    rest.to_vec()
}

/// The points of small order, and encodings that are not canonical.
fn unsound() -> Vec<(&'static str, Vec<u8>)> {
    let mut points = Vec::new();
    for sign in [0, 0x80] {
        points.extend([
            ("order 4", point([0; 57], 0, sign)),
            ("the identity", point([0; 57], 1, sign)),
            ("order 2", point(prime(), 0xfe, sign)),
            ("y = p", point(prime(), 0xff, sign)),
            ("y = 2^448 - 1", [vec![0xff; 56], vec![sign]].concat()),
        ]);
    }
    // The byte of the sign has one bit (RFC 8032, section 5.2.3).
    let base = bytes(&public_members(&key(Algorithm::Ed448)), "x");
    for bit in 0..7 {
        let mut marked = base.clone();
        marked[56] |= 1 << bit;
        points.push(("a bit beside the sign", marked));
    }
    points
}

/// The text that is signed, and R and S of a good signature.
fn signed(key: &SigningKey) -> (String, Vec<u8>, Vec<u8>) {
    let token = good(key);
    let (input, signature) = token.rsplit_once('.').unwrap();
    let signature = from_base64(signature);
    let (point, scalar) = signature.split_at(57);
    (input.to_owned(), point.to_vec(), scalar.to_vec())
}

fn pair(input: &str, point: &[u8], scalar: &[u8]) -> String {
    format!("{input}.{}", base64url([point, scalar].concat()))
}

/// The sum of two little-endian numbers, if it is not longer.
fn add_reversed(left: &[u8], right: &[u8]) -> Option<Vec<u8>> {
    let reversed = |number: &[u8]| number.iter().rev().copied().collect::<Vec<_>>();
    add(&reversed(left), &reversed(right)).map(|sum| reversed(&sum))
}

#[test]
fn s09_refuses_s_that_is_not_below_the_order() {
    let key = key(Algorithm::Ed448);
    let verifier = builder(&key).build().unwrap();
    let (input, point, scalar) = signed(&key);
    let order: Vec<u8> = hex(ORDER).into_iter().rev().collect();
    let mut larger = scalar.clone();
    for _ in 0..40 {
        larger = add_reversed(&larger, &order).unwrap();
        refuses(&verifier, [(pair(&input, &point, &larger), "jws_signature_mismatch")]);
    }
    for bit in 0..8 {
        let mut marked = scalar.clone();
        marked[56] |= 1 << bit;
        refuses(&verifier, [(pair(&input, &point, &marked), "jws_signature_mismatch")]);
    }
    for trivial in [vec![0; 57], order, vec![0xff; 57]] {
        refuses(&verifier, [(pair(&input, &point, &trivial), "jws_signature_mismatch")]);
    }
    accepts(&verifier, [pair(&input, &point, &scalar)]);
}

#[test]
fn s09_refuses_signatures_of_every_other_length() {
    let key = key(Algorithm::Ed448);
    let verifier = builder(&key).build().unwrap();
    let (input, point, scalar) = signed(&key);
    let whole = [point, scalar, vec![0; 114]].concat();
    for length in [1, 2, 57, 64, 112, 113, 115, 116, 171, 228] {
        let bad = format!("{input}.{}", base64url(&whole[..length]));
        refuses(&verifier, [(bad, "jws_signature_length")]);
    }
    refuses(&verifier, [(format!("{input}."), "jws_signature_missing")]);
    accepts(&verifier, [format!("{input}.{}", base64url(&whole[..114]))]);
}

#[test]
fn s09_refuses_points_of_small_order_and_in_other_encodings() {
    let key = key(Algorithm::Ed448);
    let verifier = builder(&key).build().unwrap();
    let (input, _, scalar) = signed(&key);
    for (name, point) in unsound() {
        let members = json!({"kty": "OKP", "crv": "Ed448", "x": base64url(&point)});
        let verdict = read(&members).and_then(|jwk| VerifyingKey::from_jwk(&jwk, Algorithm::Ed448));
        assert_eq!(code(verdict), "key_rejected", "{name}");
        for scalar in [vec![0; 57], scalar.clone()] {
            refuses(&verifier, [(pair(&input, &point, &scalar), "jws_signature_mismatch")]);
        }
    }
}

#[test]
fn s09_takes_every_format_and_no_halves_of_two_keys() {
    let one = key(Algorithm::Ed448);
    let (own, other) = (private_members(&one), private_members(&key(Algorithm::Ed448)));
    assert_eq!(own["alg"], "Ed448");
    let mixed = with(&own, "d", other["d"].clone());
    let verdict = read(&mixed).and_then(|jwk| SigningKey::from_jwk(&jwk, Algorithm::Ed448));
    assert_eq!(code(verdict), "key_halves_mismatch");
    for (name, size) in [("x", 0), ("x", 32), ("x", 56), ("x", 58), ("d", 0), ("d", 56), ("d", 58)]
    {
        let members = with(&own, name, base64url(vec![7; size]));
        assert_eq!(code(read(&members)), "key_member", "{name}: {size}");
    }
    let der = one.to_der().unwrap();
    assert_eq!(code(Jwk::from_der(&der.expose()[..der.len().wrapping_sub(1)])), "key_format");
    let same = SigningKey::from_pem(one.to_pem().unwrap().expose(), Algorithm::Ed448).unwrap();
    assert_eq!(same.verifying_key().thumbprint(), one.verifying_key().thumbprint());
    let public = VerifyingKey::from_der(one.verifying_key().to_der().unwrap(), Algorithm::Ed448);
    assert_eq!(public.unwrap().thumbprint(), one.verifying_key().thumbprint());
    assert_eq!(
        read(&without(&own, &["d"])).unwrap().thumbprint(),
        same.to_jwk().unwrap().thumbprint()
    );
}

#[test]
fn s09_tells_the_two_curves_of_eddsa_apart() {
    let (long, short) = (key(Algorithm::Ed448), key(Algorithm::EdDsa));
    let verifier = builder(&long).build().unwrap();
    let older = |key: &SigningKey| token(r#"{"alg":"EdDSA"}"#, GOOD_CLAIMS, key);
    refuses(
        &verifier,
        [
            (good(&short), "jws_signature_length"),
            (token(r#"{"alg":"Ed25519"}"#, GOOD_CLAIMS, &long), "jws_alg_not_allowed"),
            (token(r#"{"alg":"Ed448"}"#, GOOD_CLAIMS, &short), "jws_signature_length"),
        ],
    );
    accepts(&verifier, [good(&long), older(&long)]);
    let of_ed25519 = builder(&short).build().unwrap();
    refuses(
        &of_ed25519,
        [(good(&long), "jws_alg_not_allowed"), (older(&long), "jws_signature_length")],
    );
    let narrowed = builder(&long).algorithms([Algorithm::Ed448]).build().unwrap();
    refuses(&narrowed, [(older(&long), "jws_alg_not_allowed"), (good(&long), "accepted")]);

    // As the algorithm of a key, `EdDSA` is Ed25519; in a JWK beside the curve it means the curve.
    let members = public_members(&long);
    let jwk = read(&with(&members, "alg", "EdDSA")).unwrap();
    assert_eq!(jwk.algorithm(), Some(Algorithm::Ed448));
    assert_eq!(code(VerifyingKey::from_jwk(&jwk, Algorithm::EdDsa)), "key_algorithm_mismatch");
    let key = VerifyingKey::from_jwk(&jwk, Algorithm::Ed448).unwrap();
    let clock = jotem::testing::FixedClock::at(NOW);
    accepts(&Verifier::builder(key).clock(clock).build().unwrap(), [older(&long), good(&long)]);
    for other in ["Ed25519", "ES256", "HS256"] {
        assert_eq!(code(read(&with(&members, "alg", other))), "key_algorithm_mismatch", "{other}");
    }
    let of_ed25519 = public_members(&short);
    assert_eq!(code(read(&with(&of_ed25519, "alg", "Ed448"))), "key_algorithm_mismatch");
    assert_eq!(code(read(&with(&of_ed25519, "crv", "Ed448"))), "key_member", "32 bytes");
}
