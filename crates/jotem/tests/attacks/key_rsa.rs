//! Layer K: RSA keys.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a key that cannot be made is a failed test"
)]

use jotem::error::Excerpt;
use jotem::{Algorithm, ErrorKind, Jwk, KeyError, KeySet, SigningKey, Verifier, VerifyingKey};
use serde_json::{Value, json};

use crate::documents::*;
use crate::forge::*;
use crate::sample::{good, rsa};

/// The numbers and signatures of `rsa_numbers.txt`, by name.
pub(crate) fn number(name: &str) -> &'static str {
    let lines = include_str!("rsa_numbers.txt").lines();
    let mut named = lines.filter_map(|line| line.split_once(' '));
    named.find(|(found, _)| *found == name).unwrap().1
}

/// A public RSA key.
fn public(modulus: impl AsRef<[u8]>, exponent: impl AsRef<[u8]>) -> Value {
    json!({"kty": "RSA", "n": base64url(modulus), "e": base64url(exponent)})
}

/// An odd number of so many bits.
fn modulus(bits: usize) -> Vec<u8> {
    let mut bytes = vec![0xa7; bits.div_ceil(8)];
    let high = bits.wrapping_sub(1) % 8;
    bytes[0] = 1 << high;
    bytes
}

const F4: [u8; 3] = [1, 0, 1];

/// The code with which a public JWK is refused, as a document and in a set.
#[track_caller]
fn refuses(members: &Value, wanted: &str, what: &str) {
    assert_eq!(code(read(members)), wanted, "{what}");
    let set = KeySet::from_json(json!({"keys": [members]}).to_string()).unwrap();
    let set = Verifier::builder(set).algorithms([Algorithm::Rs256]);
    assert_eq!(code(set.build()), "misuse_keys_unusable", "{what}");
}

#[track_caller]
fn accepts(members: &Value, what: &str) {
    for algorithm in [Algorithm::Rs256, Algorithm::Ps512] {
        let key = read(members).and_then(|jwk| VerifyingKey::from_jwk(&jwk, algorithm));
        assert_eq!(code(key), "accepted", "{what}, {algorithm}");
    }
}

#[test]
fn k05_refuses_rsa_keys_outside_2048_to_8192_bits() {
    for bits in [9, 512, 1024, 1536, 2040, 2047, 8193, 8200, 16_384] {
        refuses(&public(modulus(bits), F4), "key_rsa_size", &bits.to_string());
    }
    for bits in [2048, 2049, 3072, 4096, 8191, 8192] {
        accepts(&public(modulus(bits), F4), &bits.to_string());
    }
}

#[test]
fn k05_refuses_short_rsa_keys_in_pem_and_der() {
    for pem in [RSA_512_PUBLIC, RSA_1024_PUBLIC] {
        assert_eq!(code(VerifyingKey::from_pem(pem, Algorithm::Rs256)), "key_rsa_size");
        assert_eq!(code(VerifyingKey::from_der(der(pem), Algorithm::Ps256)), "key_rsa_size");
    }
    assert_eq!(code(SigningKey::from_pem(RSA_1024_PRIVATE, Algorithm::Rs256)), "key_rsa_size");
    assert_eq!(code(SigningKey::from_pem(RSA_PKCS1, Algorithm::Rs256)), "accepted");
    for bits in [0, 512, 1024, 2047, 2056, 16_384] {
        let made = SigningKey::generate_rsa(Algorithm::Rs256, bits);
        assert_eq!(code(made), "key_rsa_size", "{bits}");
    }
}

#[test]
fn k05_refuses_public_exponents_that_are_even_small_or_huge() {
    let sound = modulus(2048);
    let huge = [[1_u8].as_slice(), &[0; 31]].concat();
    let cases: [(&str, &[u8], &str); 12] = [
        ("absent", &[], "key_member"),
        ("0", &[0], "key_member"),
        ("1", &[1], "key_rsa_exponent"),
        ("2", &[2], "key_rsa_exponent"),
        ("4", &[4], "key_rsa_exponent"),
        ("65536", &[1, 0, 0], "key_rsa_exponent"),
        ("65538", &[1, 0, 2], "key_rsa_exponent"),
        ("2^33", &[2, 0, 0, 0, 0], "key_rsa_exponent"),
        ("2^33 + 1", &[2, 0, 0, 0, 1], "key_rsa_exponent"),
        ("2^64 + 1", &[1, 0, 0, 0, 0, 0, 0, 0, 1], "key_rsa_exponent"),
        ("2^248", &huge, "key_rsa_exponent"),
        ("as long as the modulus", &sound, "key_rsa_exponent"),
    ];
    for (exponent, bytes, wanted) in cases {
        refuses(&public(&sound, bytes), wanted, exponent);
    }
    let cases: [(&str, &[u8]); 4] =
        [("3", &[3]), ("17", &[17]), ("65537", &F4), ("2^33 - 1", &[1, 0xff, 0xff, 0xff, 0xff])];
    for (exponent, bytes) in cases {
        accepts(&public(&sound, bytes), exponent);
    }
}

#[test]
fn k05_refuses_moduli_that_are_even_or_zero() {
    let mut even = modulus(2048);
    even[255] = 0xa6;
    refuses(&public(&even, F4), "key_rsa_modulus", "even");
    even[255] = 0;
    refuses(&public(&even, F4), "key_rsa_modulus", "a multiple of 256");
    refuses(&public([0], F4), "key_member", "0");
    refuses(&public([], F4), "key_member", "absent");
    refuses(&public(vec![0; 256], F4), "key_member", "256 zeros");
    refuses(&public([1], F4), "key_rsa_size", "1");
}

#[test]
fn k05_refuses_a_modulus_with_the_fingerprint_of_roca() {
    let weak = json!({"kty": "RSA", "n": number("modulus-of-roca"), "e": "AQAB"});
    refuses(&weak, "key_rsa_modulus", "ROCA");
    // One more, and it is an ordinary number.
    let mut near = from_base64(number("modulus-of-roca"));
    near[255] = near[255].wrapping_add(2);
    accepts(&public(near, F4), "two more");
    accepts(&json!({"kty": "RSA", "n": number("modulus"), "e": "AQAB"}), "of OpenSSL");
}

#[test]
fn k05_does_not_look_for_a_prime_modulus() {
    // Whoever knows n then knows d = 1/e mod n - 1: everybody can sign. But only the owner of a key
    // can publish such a thing, and he could as well publish d; to find it takes an exponentiation
    // for each key that is loaded. This pins that it is not done.
    let prime = json!({"kty": "RSA", "n": number("modulus-prime"), "e": "AQAB"});
    accepts(&prime, "a prime");
}

/// A private RSA key without `alg`.
fn private() -> Value {
    without(&private_members(&rsa(Algorithm::Rs256)), &["alg"])
}

/// The code with which a private JWK is refused as a signing key.
fn verdict_of(members: &Value) -> &'static str {
    code(read(members).and_then(|jwk| SigningKey::from_jwk(&jwk, Algorithm::Rs256)))
}

/// A member with its last byte changed, and odd as before.
fn nudged(members: &Value, name: &str) -> Value {
    let mut number = bytes(members, name);
    let last = number.last_mut().unwrap();
    *last ^= 0x04;
    with(members, name, base64url(number))
}

#[test]
fn k16_refuses_a_private_key_whose_numbers_do_not_belong_together() {
    let members = private();
    for name in ["n", "d", "p", "q", "dp", "dq", "qi"] {
        assert_eq!(verdict_of(&nudged(&members, name)), "key_rejected", "{name} nudged");
        if name != "n" {
            let one = with(&members, name, "AQ");
            assert_eq!(verdict_of(&one), "key_rejected", "{name} = 1");
        }
    }
    let swapped = with(&with(&members, "p", members["q"].clone()), "q", members["p"].clone());
    assert_eq!(verdict_of(&swapped), "key_rejected", "p and q swapped");
    let trivial = with(&with(&members, "p", members["n"].clone()), "q", "AQ");
    assert_eq!(verdict_of(&trivial), "key_rejected", "p = n, q = 1");
    let exponent = with(&members, "e", "Aw");
    assert_eq!(verdict_of(&exponent), "key_rejected", "another e");
    assert_eq!(verdict_of(&members), "accepted");
}

#[test]
fn k16_refuses_a_private_key_without_its_factors() {
    let members = private();
    for name in ["p", "q", "dp", "dq", "qi"] {
        assert_eq!(verdict_of(&without(&members, &[name])), "key_member_missing", "{name}");
    }
    let bare = without(&members, &["p", "q", "dp", "dq", "qi"]);
    assert_eq!(verdict_of(&bare), "key_member_missing", "only n, e, d");
    for name in ["d", "p", "q", "dp", "dq", "qi"] {
        for value in [json!(null), json!(1), json!("="), json!("a b")] {
            assert_eq!(verdict_of(&with(&members, name, value)), "key_member", "{name}");
        }
    }
    assert_eq!(verdict_of(&without(&members, &["d"])), "key_member_missing", "factors without d");
}

#[test]
fn k16_names_the_number_that_is_empty() {
    let members = private();
    for name in ["d", "p", "q", "dp", "dq", "qi"] {
        let error = read(&with(&members, name, "")).unwrap_err();
        let reason = KeyError::Member { member: Excerpt::new(name), expected: "a number" };
        assert!(matches!(error.kind(), ErrorKind::Key(found) if *found == reason), "{error}");
    }
}

#[test]
fn k16_refuses_keys_of_more_than_two_primes() {
    let members = private();
    let third = json!([{"r": "Aw", "d": "AQ", "t": "Ag"}]);
    for oth in [third, json!([]), json!(null), json!("")] {
        assert_eq!(verdict_of(&with(&members, "oth", oth.clone())), "key_member", "{oth}");
    }
    let pem = SigningKey::from_pem(RSA_THREE_PRIMES, Algorithm::Rs256);
    assert_eq!(code(pem), "key_format");
}

#[test]
fn k16_writes_no_jwk_that_lacks_the_third_prime() {
    // What cannot be written whole is not read either.
    assert_ne!(code(Jwk::from_pem(RSA_THREE_PRIMES)), "accepted");
}

#[test]
fn k10_refuses_an_rsa_key_with_the_modulus_of_another() {
    let (members, other) =
        (private(), private_members(&SigningKey::generate(Algorithm::Rs256).unwrap()));
    assert_eq!(verdict_of(&with(&members, "n", other["n"].clone())), "key_rejected");
    let mut halves = members.clone();
    for name in ["d", "p", "q", "dp", "dq", "qi"] {
        halves = with(&halves, name, other[name].clone());
    }
    assert_eq!(verdict_of(&halves), "key_rejected");

    // The same through PKCS#8: the modulus is written once, and replaced there.
    let (own, foreign) = (bytes(&members, "n"), bytes(&other, "n"));
    let document = read(&members).unwrap().to_private_der().unwrap();
    let at = document.expose().windows(256).position(|window| window == own).unwrap();
    let mut spliced = document.expose().to_vec();
    spliced[at..][..256].copy_from_slice(&foreign);
    assert_eq!(code(SigningKey::from_der(&spliced, Algorithm::Rs256)), "key_rejected");
    assert_eq!(code(SigningKey::from_der(document.expose(), Algorithm::Rs256)), "accepted");
}

#[test]
fn k16_signs_what_its_own_public_key_verifies() {
    for algorithm in [Algorithm::Rs256, Algorithm::Rs512, Algorithm::Ps256, Algorithm::Ps512] {
        let key = SigningKey::from_pem(RSA_PKCS1, algorithm).unwrap();
        let public = VerifyingKey::from_pem(RSA_PKCS1_PUBLIC, algorithm).unwrap();
        let verifier = Verifier::builder(public).clock(jotem::testing::FixedClock::at(NOW));
        assert_eq!(verdict(&verifier.build().unwrap(), &good(&key)), "accepted", "{algorithm}");
    }
}
