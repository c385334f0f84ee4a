//! Layer S: RSA. The signatures of `rsa_numbers.txt` are of the good token under the RSA key there,
//! computed by exponentiation with d from encodings built by hand, or by OpenSSL for PSS.

#![expect(clippy::unwrap_used, reason = "a signature that cannot be made is a failed test")]

use jotem::testing::FixedClock;
use jotem::{Algorithm, Jwk, SigningKey, Verifier, VerifyingKey};

use crate::documents::*;
use crate::forge::*;
use crate::key_rsa::number;
use crate::number::{add, subtract};
use crate::sample::{accepts, good, refuses, rsa};

/// A verifier of one modulus and exponent.
fn verifier_of(modulus: &str, exponent: &str, algorithm: Algorithm) -> Verifier {
    let jwk = format!(r#"{{"kty":"RSA","n":"{modulus}","e":"{exponent}"}}"#);
    let key = VerifyingKey::from_jwk(&Jwk::from_json(jwk).unwrap(), algorithm).unwrap();
    Verifier::builder(key).clock(FixedClock::at(NOW)).build().unwrap()
}

/// The good token of an algorithm with any signature, in base64url.
fn with_signature(algorithm: Algorithm, signature: &str) -> String {
    let header = base64url(format!(r#"{{"alg":"{algorithm}"}}"#));
    format!("{header}.{}.{signature}", base64url(GOOD_CLAIMS))
}

/// The signatures whose names begin so, but for the sound one.
fn forgeries(prefix: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = include_str!("rsa_numbers.txt").lines();
    let named = lines.filter_map(|line| line.split_once(' '));
    named.filter(move |(name, _)| name.starts_with(prefix) && !name.ends_with("-sound"))
}

#[test]
fn s10_refuses_every_encoding_but_the_one_of_pkcs1() {
    let verifier = verifier_of(number("modulus"), "AQAB", Algorithm::Rs256);
    assert_eq!(forgeries("pkcs1-").count(), 19);
    for (name, signature) in forgeries("pkcs1-") {
        let found = verdict(&verifier, &with_signature(Algorithm::Rs256, signature));
        assert_eq!(found, "jws_signature_mismatch", "{name}");
    }
    accepts(&verifier, [with_signature(Algorithm::Rs256, number("pkcs1-sound"))]);
}

#[test]
fn s10_refuses_a_cube_root_under_exponent_3() {
    // Bleichenbacher 2006: garbage after the hash, found without the private key.
    let verifier = verifier_of(number("modulus-of-exponent-3"), "Aw", Algorithm::Rs256);
    let forged = with_signature(Algorithm::Rs256, number("cube-root"));
    refuses(&verifier, [(forged, "jws_signature_mismatch")]);
    accepts(&verifier, [with_signature(Algorithm::Rs256, number("cube-sound"))]);
}

/// The text that is signed, and the bytes of a good signature.
fn signed(key: &SigningKey) -> (String, Vec<u8>) {
    let token = good(key);
    let (input, signature) = token.rsplit_once('.').unwrap();
    (input.to_owned(), from_base64(signature))
}

#[test]
fn s11_refuses_signatures_that_are_trivial_numbers() {
    for algorithm in [Algorithm::Rs256, Algorithm::Ps256] {
        let key = rsa(algorithm);
        let verifier = builder(&key).build().unwrap();
        let (input, signature) = signed(&key);
        let modulus = bytes(&public_members(&key), "n");
        let (zero, mut one) = (vec![0; 256], vec![0; 256]);
        one[255] = 1;
        let cases = [
            ("0", zero),
            ("1", one.clone()),
            ("n - 1", subtract(&modulus, &one)),
            ("n", modulus.clone()),
            ("n + 1", add(&modulus, &one).unwrap()),
            ("2^2048 - 1", vec![0xff; 256]),
            ("n - s", subtract(&modulus, &signature)),
        ];
        for (name, number) in cases {
            let token = format!("{input}.{}", base64url(number));
            assert_eq!(verdict(&verifier, &token), "jws_signature_mismatch", "{algorithm}, {name}");
        }
        accepts(&verifier, [format!("{input}.{}", base64url(signature))]);
    }
}

#[test]
fn s11_refuses_a_signature_that_is_not_below_the_modulus() {
    // s + n has 256 bytes only for small s: sign until there is one.
    let key = rsa(Algorithm::Ps256);
    let verifier = builder(&key).build().unwrap();
    let modulus = bytes(&public_members(&key), "n");
    let mut signatures = (0..500).map(|_| signed(&key));
    let larger = signatures.find_map(|(input, signature)| {
        add(&signature, &modulus).map(|larger| (input, signature, larger))
    });
    let (input, signature, larger) = larger.unwrap();
    refuses(&verifier, [(format!("{input}.{}", base64url(larger)), "jws_signature_mismatch")]);
    accepts(&verifier, [format!("{input}.{}", base64url(signature))]);
}

#[test]
fn s11_refuses_signatures_of_every_other_length() {
    for algorithm in [Algorithm::Rs256, Algorithm::Ps256] {
        let key = rsa(algorithm);
        let verifier = builder(&key).build().unwrap();
        let (input, signature) = signed(&key);
        let cases = [
            ("a zero before", [&[0], signature.as_slice()].concat()),
            ("256 zeros before", [&[0; 256], signature.as_slice()].concat()),
            ("a zero after", [signature.as_slice(), &[0]].concat()),
            ("the last byte cut", signature[..255].to_vec()),
            ("the first byte cut", signature[1..].to_vec()),
            ("one byte", vec![1]),
            ("twice", [signature.as_slice(), &signature].concat()),
        ];
        for (length, bytes) in cases {
            let token = format!("{input}.{}", base64url(bytes));
            assert_eq!(verdict(&verifier, &token), "jws_signature_length", "{algorithm}, {length}");
        }
        refuses(&verifier, [(format!("{input}."), "jws_signature_missing")]);
        accepts(&verifier, [format!("{input}.{}", base64url(signature))]);
    }
}

#[test]
fn s11_refuses_a_short_signature_without_its_leading_zero() {
    let key = rsa(Algorithm::Ps256);
    let verifier = builder(&key).build().unwrap();
    let mut signatures = (0..20_000).map(|_| signed(&key));
    let (input, signature) = signatures.find(|(_, signature)| signature[0] == 0).unwrap();
    refuses(
        &verifier,
        [(format!("{input}.{}", base64url(&signature[1..])), "jws_signature_length")],
    );
    accepts(&verifier, [format!("{input}.{}", base64url(&signature))]);
}

#[test]
fn s12_refuses_pss_with_another_salt_length_mask_or_hash() {
    let algorithms = [
        (Algorithm::Ps256, "pss256-"),
        (Algorithm::Ps384, "pss384-"),
        (Algorithm::Ps512, "pss512-"),
    ];
    for (algorithm, prefix) in algorithms {
        let verifier = verifier_of(number("modulus"), "AQAB", algorithm);
        assert!(forgeries(prefix).count() >= 11);
        for (name, signature) in forgeries(prefix) {
            let found = verdict(&verifier, &with_signature(algorithm, signature));
            assert_eq!(found, "jws_signature_mismatch", "{name}");
        }
        accepts(&verifier, [with_signature(algorithm, number(&format!("{prefix}sound")))]);
    }
}

#[test]
fn s12_keeps_pkcs1_and_pss_apart() {
    let (pkcs1, pss) = (rsa(Algorithm::Rs256), rsa(Algorithm::Ps256));
    for (key, other) in [(&pkcs1, &pss), (&pss, &pkcs1)] {
        let verifier = builder(key).build().unwrap();
        let header = format!(r#"{{"alg":"{}"}}"#, key.algorithm());
        refuses(
            &verifier,
            [
                (good(other), "jws_alg_not_allowed"),
                (token(&header, GOOD_CLAIMS, other), "jws_signature_mismatch"),
                (token(&header, GOOD_CLAIMS, key), "accepted"),
            ],
        );
    }
}

#[test]
fn s24_refuses_rsa_with_another_hash() {
    let families = [
        [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512],
        [Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512],
    ];
    for family in families {
        for algorithm in family {
            let verifier = builder(&rsa(algorithm)).build().unwrap();
            let header = format!(r#"{{"alg":"{algorithm}"}}"#);
            for other in family {
                let found = verdict(&verifier, &token(&header, GOOD_CLAIMS, &rsa(other)));
                let wanted = if other == algorithm { "accepted" } else { "jws_signature_mismatch" };
                assert_eq!(found, wanted, "{algorithm} signed as {other}");
            }
        }
    }
}
