//! Layer K: keys on curves.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a key that cannot be made is a failed test"
)]

use jotem::{Algorithm, Jwk, KeySet, SigningKey, Verifier, VerifyingKey};
use serde_json::{Value, json};

use crate::documents::*;
use crate::forge::*;
use crate::number::{CURVES, CurveNumbers, add, hex, subtract};
use crate::sample::{good, key, refuses};

/// A private JWK of a curve, without `alg`.
fn private(curve: &CurveNumbers) -> Value {
    without(&private_members(&key(curve.algorithm)), &["alg"])
}

/// The code with which a public JWK is refused.
fn verdict_of(members: &Value, algorithm: Algorithm) -> &'static str {
    let public = without(members, &["d"]);
    code(read(&public).and_then(|jwk| VerifyingKey::from_jwk(&jwk, algorithm)))
}

/// The code with which a private JWK is refused.
fn signing_verdict_of(members: &Value, algorithm: Algorithm) -> &'static str {
    code(read(members).and_then(|jwk| SigningKey::from_jwk(&jwk, algorithm)))
}

/// An SPKI with a point of the same length replaced.
fn with_point(key: &SigningKey, point: &[u8]) -> Vec<u8> {
    let mut document = key.verifying_key().to_der().unwrap();
    let start = document.len().wrapping_sub(point.len());
    document[start..].copy_from_slice(point);
    document
}

#[test]
fn k06_refuses_a_key_on_another_curve_than_the_algorithm_has() {
    for curve in &CURVES {
        let key = key(curve.algorithm);
        for other in CURVES.iter().filter(|other| other.name != curve.name) {
            let algorithm = other.algorithm;
            let jwk = read(&private(curve)).unwrap();
            let cases = [
                ("JWK", code(VerifyingKey::from_jwk(&jwk.public().unwrap(), algorithm))),
                ("private JWK", code(SigningKey::from_jwk(&jwk, algorithm))),
                (
                    "PEM",
                    code(VerifyingKey::from_pem(key.verifying_key().to_pem().unwrap(), algorithm)),
                ),
                (
                    "private PEM",
                    code(SigningKey::from_pem(key.to_pem().unwrap().expose(), algorithm)),
                ),
                (
                    "DER",
                    code(VerifyingKey::from_der(key.verifying_key().to_der().unwrap(), algorithm)),
                ),
                ("JWK that says so", code(read(&with(&private(curve), "alg", algorithm.name())))),
            ];
            for (form, found) in cases {
                assert_eq!(
                    found, "key_algorithm_mismatch",
                    "{} as {algorithm}, {form}",
                    curve.name
                );
            }
        }
        assert_eq!(signing_verdict_of(&private(curve), curve.algorithm), "accepted");
    }
}

#[test]
fn k06_refuses_a_key_that_names_an_algorithm_there_is_not() {
    for (curve, named) in [(&CURVES[2], "ES521"), (&CURVES[0], "ES224"), (&CURVES[0], "es256")] {
        let members = with(&private(curve), "alg", named);
        assert_eq!(
            signing_verdict_of(&members, curve.algorithm),
            "key_algorithm_mismatch",
            "{named}"
        );
        assert_eq!(verdict_of(&members, curve.algorithm), "key_algorithm_mismatch", "{named}");
        let set: KeySet = [read(&members).unwrap().public().unwrap()].into_iter().collect();
        assert_eq!(code(Verifier::builder(set).build()), "misuse_keys_unusable", "{named}");
    }
}

#[test]
fn k06_refuses_curves_that_jose_does_not_have() {
    for (curve, pem) in
        [("P-192", P192_PUBLIC), ("P-224", P224_PUBLIC), ("brainpoolP256r1", BRAINPOOL_PUBLIC)]
    {
        assert_eq!(
            code(VerifyingKey::from_pem(pem, Algorithm::Es256)),
            "key_type_unknown",
            "{curve}"
        );
        let members = with(&private(&CURVES[0]), "crv", curve);
        assert_eq!(verdict_of(&members, Algorithm::Es256), "key_type_unknown", "{curve}");
    }
}

#[test]
fn k06_refuses_a_curve_that_is_spelled_out_instead_of_named() {
    // Explicit parameters let the sender choose the generator (CVE-2020-0601).
    for found in
        [Jwk::from_pem(EXPLICIT_PUBLIC).unwrap_err(), Jwk::from_pem(EXPLICIT_PRIVATE).unwrap_err()]
    {
        assert!(!found.to_string().contains("JWK"), "there is no JWK here: {found}");
    }
    assert_eq!(code(VerifyingKey::from_pem(UNCOMPRESSED_PUBLIC, Algorithm::Es256)), "accepted");
}

#[test]
fn k07_refuses_a_point_that_is_not_on_its_curve() {
    for curve in &CURVES {
        let members = private(curve);
        let (x, y) = (bytes(&members, "x"), bytes(&members, "y"));
        let (zero, one, prime) = (curve.small(0), curve.small(1), curve.prime());
        let limit = vec![0xff; prime.len()];
        let next = add(&y, &one).unwrap();
        let mut flipped = y.clone();
        flipped[0] ^= 1;
        let cases = [
            ("y + 1", x.clone(), next),
            ("y with another first bit", x.clone(), flipped),
            ("the point at infinity as zeros", zero.clone(), zero.clone()),
            ("x = 0, y = 1", zero.clone(), one.clone()),
            ("swapped", y.clone(), x.clone()),
            ("x = y", x.clone(), x.clone()),
            ("x = p", prime.clone(), y.clone()),
            ("y = p", x.clone(), prime.clone()),
            ("x and y = p", prime.clone(), prime.clone()),
            ("x = p + 1", add(&prime, &one).unwrap(), y.clone()),
            ("x of ones only", limit.clone(), y.clone()),
            ("y of ones only", x.clone(), limit),
        ];
        for (point, x, y) in cases {
            let moved = with(&with(&members, "x", base64url(&x)), "y", base64url(&y));
            let found = verdict_of(&moved, curve.algorithm);
            assert_eq!(found, "key_rejected", "{}, {point}", curve.name);
            let found = signing_verdict_of(&moved, curve.algorithm);
            assert_eq!(found, "key_rejected", "{}, {point}, private", curve.name);
            let spki = with_point(&key(curve.algorithm), &[&[4], x.as_slice(), &y].concat());
            let found = code(VerifyingKey::from_der(spki, curve.algorithm));
            assert_eq!(found, "key_rejected", "{}, {point}, SPKI", curve.name);
            let set =
                Verifier::builder([moved].iter().map(|one| read(one).unwrap()).collect::<KeySet>());
            assert_eq!(code(set.build()), "misuse_keys_unusable", "{}, {point}", curve.name);
        }
        assert_eq!(verdict_of(&members, curve.algorithm), "accepted");
        // (x, p - y) is on the curve, and another key.
        let mirrored = with(&members, "y", base64url(subtract(&prime, &y)));
        assert_eq!(verdict_of(&mirrored, curve.algorithm), "accepted");
        assert_eq!(signing_verdict_of(&mirrored, curve.algorithm), "key_halves_mismatch");
    }
}

#[test]
fn k07_refuses_a_coordinate_that_is_not_reduced() {
    // Only P-521 has room for x + p in as many bytes.
    let members = private(&CURVES[2]);
    let prime = CURVES[2].prime();
    for name in ["x", "y"] {
        let larger = add(&bytes(&members, name), &prime).unwrap();
        let members = with(&members, name, base64url(larger));
        assert_eq!(verdict_of(&members, Algorithm::Es512), "key_rejected", "{name} + p");
    }
}

#[test]
fn k07_refuses_coordinates_that_are_missing_short_or_long() {
    for curve in &CURVES {
        let members = private(curve);
        for name in ["x", "y", "d"] {
            let number = bytes(&members, name);
            let cases = [
                ("nothing", Vec::new()),
                ("one byte", vec![1]),
                ("a byte less", number[1..].to_vec()),
                ("the last byte cut", number[..number.len().wrapping_sub(1)].to_vec()),
                ("a zero before", [&[0], number.as_slice()].concat()),
                ("a zero after", [number.as_slice(), &[0]].concat()),
                ("twice", [number.as_slice(), &number].concat()),
            ];
            for (length, number) in cases {
                let members = with(&members, name, base64url(number));
                let found = signing_verdict_of(&members, curve.algorithm);
                assert_eq!(found, "key_member", "{}, {name}, {length}", curve.name);
            }
        }
        for name in ["x", "y", "crv"] {
            let found = verdict_of(&without(&members, &[name]), curve.algorithm);
            assert_eq!(found, "key_member_missing", "{}, {name}", curve.name);
            let found = verdict_of(&with(&members, name, json!(null)), curve.algorithm);
            assert_eq!(found, "key_member", "{}, {name}", curve.name);
        }
    }
}

#[test]
fn k07_refuses_points_in_other_forms() {
    for pem in [COMPRESSED_PUBLIC, HYBRID_PUBLIC] {
        assert_eq!(code(VerifyingKey::from_pem(pem, Algorithm::Es256)), "key_format", "{pem}");
    }
    // The point at infinity is one zero byte (SEC 1, section 2.3.3).
    let infinity = hex("3019301306072a8648ce3d020106082a8648ce3d03010703020000");
    assert_eq!(code(VerifyingKey::from_der(infinity, Algorithm::Es256)), "key_format");
    assert_eq!(code(VerifyingKey::from_pem(UNCOMPRESSED_PUBLIC, Algorithm::Es256)), "accepted");
}

#[test]
fn k07_refuses_a_scalar_out_of_range() {
    for curve in &CURVES {
        let (members, order) = (private(curve), curve.order());
        let larger = add(&order, &curve.small(1)).unwrap();
        for scalar in [curve.small(0), order, larger, vec![0xff; curve.order().len()]] {
            let members = with(&members, "d", base64url(&scalar));
            let found = signing_verdict_of(&members, curve.algorithm);
            assert_eq!(found, "key_halves_mismatch", "{}, {scalar:02x?}", curve.name);
        }
    }
}

#[test]
fn k08_keeps_secp256k1_and_p256_apart() {
    let (p256, secp256k1) = (&CURVES[0], &CURVES[3]);
    for (curve, other) in [(p256, secp256k1), (secp256k1, p256)] {
        let members = private(curve);
        assert_eq!(signing_verdict_of(&members, other.algorithm), "key_algorithm_mismatch");
        assert_eq!(verdict_of(&members, other.algorithm), "key_algorithm_mismatch");
        // The point of one is not on the other.
        let renamed = with(&members, "crv", other.name);
        assert_eq!(verdict_of(&renamed, other.algorithm), "key_rejected", "{}", curve.name);

        let (key, foreign) = (key(curve.algorithm), key(other.algorithm));
        let verifier = builder(&key).build().unwrap();
        let header = format!(r#"{{"alg":"{}"}}"#, curve.algorithm);
        refuses(
            &verifier,
            [
                (good(&foreign), "jws_alg_not_allowed"),
                (token(&header, GOOD_CLAIMS, &foreign), "jws_signature_mismatch"),
                (token(&header, GOOD_CLAIMS, &key), "accepted"),
            ],
        );
    }
    for name in ["P-256K", "SECP256K1", "secp256r1", "P256K", "P-256k1", "K-256"] {
        let members = with(&private(secp256k1), "crv", name);
        assert_eq!(verdict_of(&members, Algorithm::Es256K), "key_type_unknown", "{name}");
    }
}

/// PKCS#8 of a scalar, with the curve named outside and, or not, inside; without a public key.
fn pkcs8(outside: &[u8], inside: Option<&[u8]>) -> Vec<u8> {
    let element = |tag: u8, content: &[u8]| -> Vec<u8> {
        [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
    };
    let named = inside.map(|curve| element(0xa0, &element(0x06, curve)));
    let scalar = element(0x04, &[1; 32]);
    let sec1 = [&[0x02, 0x01, 0x01], scalar.as_slice(), &named.unwrap_or_default()].concat();
    let ec = element(0x06, b"\x2a\x86\x48\xce\x3d\x02\x01");
    let algorithm = element(0x30, &[ec, element(0x06, outside)].concat());
    let key = element(0x04, &element(0x30, &sec1));
    element(0x30, &[&[0x02, 0x01, 0x00], algorithm.as_slice(), &key].concat())
}

#[test]
fn k08_refuses_a_document_that_names_one_curve_outside_and_another_inside() {
    let (p256, secp256k1) =
        (b"\x2a\x86\x48\xce\x3d\x03\x01\x07".as_slice(), b"\x2b\x81\x04\x00\x0a".as_slice());
    for (outside, inside, wanted) in [
        (p256, Some(p256), "accepted"),
        (p256, None, "accepted"),
        (secp256k1, Some(secp256k1), "accepted"),
        (secp256k1, None, "accepted"),
        (p256, Some(secp256k1), "key_halves_mismatch"),
        (secp256k1, Some(p256), "key_halves_mismatch"),
        (p256, Some(b"\x2b\x81\x04\x00\x21"), "key_type_unknown"),
    ] {
        let found = code(Jwk::from_der(pkcs8(outside, inside)));
        assert_eq!(found, wanted, "{outside:02x?} and {inside:02x?}");
    }
}

/// A private Ed25519 JWK, without `alg`.
fn okp() -> Value {
    without(&private_members(&key(Algorithm::EdDsa)), &["alg"])
}

#[test]
fn k09_refuses_octet_key_pairs_of_other_lengths() {
    let members = okp();
    for name in ["x", "d"] {
        let number = bytes(&members, name);
        let cases = [
            Vec::new(),
            number[..31].to_vec(),
            [number.as_slice(), &[0]].concat(),
            [&[0], number.as_slice()].concat(),
            [number.as_slice(), &number].concat(),
        ];
        for number in cases {
            let length = number.len();
            let members = with(&members, name, base64url(number));
            let found = signing_verdict_of(&members, Algorithm::EdDsa);
            assert_eq!(found, "key_member", "{name} of {length} bytes");
        }
    }
    assert_eq!(verdict_of(&without(&members, &["x"]), Algorithm::EdDsa), "key_member_missing");
    assert_eq!(signing_verdict_of(&members, Algorithm::EdDsa), "accepted");
}

#[test]
fn k09_refuses_keys_of_other_curves_to_sign_and_to_verify() {
    let members = okp();
    for crv in ["X25519", "X448", "ed448", "ed25519", "ED25519", "Ed25519ph", "P-256", ""] {
        let members = with(&members, "crv", crv);
        assert_eq!(signing_verdict_of(&members, Algorithm::EdDsa), "key_type_unknown", "{crv}");
        assert_eq!(verdict_of(&members, Algorithm::Ed25519), "key_type_unknown", "{crv}");
    }
    let ed448 = if cfg!(feature = "ed448") { "key_algorithm_mismatch" } else { "key_ed448_off" };
    for (pem, wanted) in [(X25519_PUBLIC, "key_type_unknown"), (ED448_PUBLIC, ed448)] {
        assert_eq!(code(VerifyingKey::from_pem(pem, Algorithm::EdDsa)), wanted, "{pem}");
    }
    for (pem, wanted) in [(X25519_PRIVATE, "key_type_unknown"), (ED448_PRIVATE, ed448)] {
        assert_eq!(code(SigningKey::from_pem(pem, Algorithm::EdDsa)), wanted, "{pem}");
    }
}

#[test]
fn k09_refuses_seeds_of_other_lengths_in_pkcs8() {
    // Version, the identifier of Ed25519, and an OCTET STRING in an OCTET STRING (RFC 8410).
    let document = |seed: &[u8]| {
        let length = |more: u8| u8::try_from(seed.len()).unwrap().wrapping_add(more);
        let head = [
            0x30,
            length(14),
            2,
            1,
            0,
            0x30,
            5,
            6,
            3,
            0x2b,
            0x65,
            0x70,
            4,
            length(2),
            4,
            length(0),
        ];
        [&head, seed].concat()
    };
    for length in [0, 1, 31, 33, 57, 64] {
        let found = code(SigningKey::from_der(document(&vec![7; length]), Algorithm::EdDsa));
        assert_eq!(found, "key_format", "{length}");
    }
    assert_eq!(code(SigningKey::from_der(document(&[7; 32]), Algorithm::EdDsa)), "accepted");
}

#[test]
fn k10_refuses_halves_of_two_keys_in_a_jwk() {
    for curve in &CURVES {
        let (members, other) = (private(curve), private(curve));
        let swapped = with(&members, "d", other["d"].clone());
        let found = signing_verdict_of(&swapped, curve.algorithm);
        assert_eq!(found, "key_halves_mismatch", "{}", curve.name);
        let moved = with(&with(&members, "x", other["x"].clone()), "y", other["y"].clone());
        let found = signing_verdict_of(&moved, curve.algorithm);
        assert_eq!(found, "key_halves_mismatch", "{}", curve.name);
        assert_eq!(signing_verdict_of(&members, curve.algorithm), "accepted", "{}", curve.name);
    }
    let (members, other) = (okp(), okp());
    for name in ["x", "d"] {
        let swapped = with(&members, name, other[name].clone());
        assert_eq!(signing_verdict_of(&swapped, Algorithm::EdDsa), "key_halves_mismatch", "{name}");
    }
    assert_eq!(signing_verdict_of(&members, Algorithm::EdDsa), "accepted");
}

#[test]
fn k10_refuses_halves_of_two_keys_in_pkcs8() {
    for curve in &CURVES {
        let (key, other) = (key(curve.algorithm), key(curve.algorithm));
        let document = key.to_der().unwrap().expose().to_vec();
        let foreign = other.to_der().unwrap().expose().to_vec();
        let half = curve.order().len().wrapping_mul(2);
        let start = document.len().wrapping_sub(half);
        let spliced = [&document[..start], &foreign[start..]].concat();
        let found = code(SigningKey::from_der(spliced, curve.algorithm));
        assert_eq!(found, "key_halves_mismatch", "{}", curve.name);
        assert_eq!(code(SigningKey::from_der(document, curve.algorithm)), "accepted");
    }
}

/// An Ed25519 key with its public half: PKCS#8 version 2 (RFC 8410, section 10.3).
fn version_two(seed: &[u8], public: &[u8]) -> Vec<u8> {
    let mut document = hex("3051020101300506032b657004220420");
    document.extend_from_slice(seed);
    document.extend_from_slice(&hex("812100"));
    document.extend_from_slice(public);
    document
}

#[test]
fn k10_refuses_an_ed25519_key_with_the_public_half_of_another() {
    let (members, other) = (okp(), okp());
    let (seed, public) = (bytes(&members, "d"), bytes(&members, "x"));
    let foreign = version_two(&seed, &bytes(&other, "x"));
    assert_eq!(code(SigningKey::from_der(foreign, Algorithm::EdDsa)), "key_halves_mismatch");
    let cut = version_two(&seed, &public[..31]);
    assert_eq!(code(SigningKey::from_der(cut, Algorithm::EdDsa)), "key_format");
    let own = version_two(&seed, &public);
    assert_eq!(code(SigningKey::from_der(own, Algorithm::EdDsa)), "accepted");
}
