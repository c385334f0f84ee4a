//! Layer K: ML-DSA keys (RFC 9964, RFC 9881).

#![expect(clippy::unwrap_used, reason = "a key that cannot be made is a failed test")]

use jotem::{Algorithm, Jwk, KeySet, SigningKey, Verifier, VerifyingKey};
use serde_json::{Value, json};

use crate::documents::*;
use crate::forge::*;
use crate::sample::{good, key};

const ALL: [Algorithm; 3] = [Algorithm::MlDsa44, Algorithm::MlDsa65, Algorithm::MlDsa87];

/// How many bytes a public and an expanded private key have (FIPS 204 §4, table 2).
fn sizes(algorithm: Algorithm) -> (usize, usize) {
    match algorithm.name() {
        "ML-DSA-44" => (1312, 2560),
        "ML-DSA-65" => (1952, 4032),
        _ => (2592, 4896),
    }
}

/// A private JWK.
fn private(algorithm: Algorithm) -> Value {
    private_members(&key(algorithm))
}

/// The code with which a private JWK is refused.
fn signing_verdict(members: &Value, algorithm: Algorithm) -> &'static str {
    code(read(members).and_then(|jwk| SigningKey::from_jwk(&jwk, algorithm)))
}

#[test]
fn k18_refuses_a_key_without_its_algorithm_or_its_public_part() {
    for algorithm in ALL {
        let members = private(algorithm);
        for (missing, rest) in [("alg", vec![]), ("pub", vec![]), ("pub", vec!["priv"])] {
            let members = without(&without(&members, &[missing]), &rest);
            assert_eq!(code(read(&members)), "key_member_missing", "{algorithm}: {missing}");
        }
        assert_eq!(signing_verdict(&members, algorithm), "accepted");
        assert_eq!(code(read(&without(&members, &["priv"]))), "accepted");
    }
}

#[test]
fn k18_refuses_a_key_of_another_algorithm() {
    for algorithm in ALL {
        let members = private(algorithm);
        for other in ["ES256", "EdDSA", "HS256", "RS256"] {
            let verdict = code(read(&with(&members, "alg", other)));
            assert_eq!(verdict, "key_algorithm_mismatch", "{other}");
        }
        for unknown in ["ML-DSA", "ml-dsa-44", "ML-DSA-65 ", "HashML-DSA-65", "SLH-DSA-SHA2-128s"] {
            let verdict = code(read(&with(&members, "alg", unknown)));
            assert_eq!(verdict, "key_type_unknown", "{unknown}");
        }
        for other in ALL.into_iter().filter(|other| *other != algorithm) {
            // The length of `pub` tells: 1312 bytes are no key of ML-DSA-65.
            assert_eq!(code(read(&with(&members, "alg", other.name()))), "key_member", "{other}");
            let own = read(&members).unwrap();
            assert_eq!(code(SigningKey::from_jwk(&own, other)), "key_algorithm_mismatch");
            let public = own.public().unwrap();
            assert_eq!(code(VerifyingKey::from_jwk(&public, other)), "key_algorithm_mismatch");
            let pem = own.to_private_pem().unwrap();
            assert_eq!(code(SigningKey::from_pem(pem.expose(), other)), "key_algorithm_mismatch");
        }
        for kty in ["akp", "AKP ", "ML-DSA", "MLDSA"] {
            assert_eq!(code(read(&with(&members, "kty", kty))), "key_type_unknown", "{kty}");
        }
        for kty in ["OKP", "EC", "RSA", "oct"] {
            assert_ne!(code(read(&with(&members, "kty", kty))), "accepted", "{kty}");
        }
        let other_type = read(&private_members(&key(Algorithm::Es256))).unwrap();
        assert_eq!(code(SigningKey::from_jwk(&other_type, algorithm)), "key_algorithm_mismatch");
        assert_eq!(signing_verdict(&members, algorithm), "accepted");
    }
}

#[test]
fn k18_refuses_a_public_key_of_another_length() {
    for algorithm in ALL {
        let members = private(algorithm);
        let (bytes, _) = sizes(algorithm);
        let public = self::bytes(&members, "pub");
        assert_eq!(public.len(), bytes);
        let lengths = [0, 1, 32, 1311, 1312, 1313, 1951, 1952, 1953, 2591, 2592, 2593];
        for length in lengths.into_iter().filter(|length| *length != bytes) {
            let other = public.iter().copied().cycle().take(length).collect::<Vec<_>>();
            let members = with(&members, "pub", base64url(other));
            assert_eq!(code(read(&members)), "key_member", "{algorithm}: {length}");
        }
        // An SPKI in place of the raw key: AWS-LC would take either.
        let spki = key(algorithm).verifying_key().to_der().unwrap();
        assert_eq!(code(read(&with(&members, "pub", base64url(spki)))), "key_member");
        for spoilt in [json!(7), json!(null), json!([]), json!("AA=="), json!("A"), json!("+A")] {
            assert_eq!(
                code(read(&with(&members, "pub", spoilt.clone()))),
                "key_member",
                "{spoilt}"
            );
        }
    }
}

#[test]
fn k18_refuses_a_private_key_that_is_no_seed() {
    for algorithm in ALL {
        let members = private(algorithm);
        let (_, expanded) = sizes(algorithm);
        let with_private =
            |length: usize| code(read(&with(&members, "priv", base64url(vec![7; length]))));
        for length in [0, 1, 31, 33, 64, 2559, 2561, 4031, 4033, 4895, 4897] {
            assert_eq!(with_private(length), "key_member", "{algorithm}: {length}");
        }
        assert_eq!(with_private(expanded), "key_expanded", "{algorithm}");
        for spoilt in [json!(7), json!(null), json!("=")] {
            let verdict = code(read(&with(&members, "priv", spoilt.clone())));
            assert_eq!(verdict, "key_member", "{spoilt}");
        }
        assert_eq!(signing_verdict(&members, algorithm), "accepted");
    }
}

#[test]
fn k18_refuses_halves_of_two_keys() {
    for algorithm in ALL {
        let (one, two) = (private(algorithm), private(algorithm));
        let mixed = with(&one, "priv", two["priv"].clone());
        assert_eq!(signing_verdict(&mixed, algorithm), "key_halves_mismatch", "{algorithm}");
        let mut public = bytes(&one, "pub");
        public[1000] ^= 1;
        let flipped = with(&one, "pub", base64url(public));
        assert_eq!(signing_verdict(&flipped, algorithm), "key_halves_mismatch", "{algorithm}");
        assert_eq!(signing_verdict(&one, algorithm), "accepted");
    }
}

/// A DER element.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let header = match u8::try_from(length) {
        Ok(short @ ..=0x7f) => vec![tag, short],
        Ok(long) => vec![tag, 0x81, long],
        Err(_) => {
            let [high, low] = u16::try_from(length).unwrap().to_be_bytes();
            vec![tag, 0x82, high, low]
        }
    };
    [header.as_slice(), content].concat()
}

/// The object identifier of an algorithm (RFC 9881 §2).
fn identifier(algorithm: Algorithm) -> Vec<u8> {
    let last = ALL.iter().position(|one| *one == algorithm).unwrap().to_le_bytes()[0];
    let arcs = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, last.wrapping_add(17)];
    element(0x06, &arcs)
}

/// A PKCS#8 with any inside, and more behind the identifier.
fn pkcs8(algorithm: Algorithm, parameters: &[u8], inner: &[u8]) -> Vec<u8> {
    let identifier = [identifier(algorithm).as_slice(), parameters].concat();
    let parts = [&[2, 1, 0], element(0x30, &identifier).as_slice(), &element(0x04, inner)].concat();
    element(0x30, &parts)
}

/// The expanded key of a seed, as `openssl` and AWS-LC write it.
fn expanded(algorithm: Algorithm, seed: &[u8]) -> Vec<u8> {
    use aws_lc_rs::encoding::AsRawBytes as _;
    use aws_lc_rs::signature::{
        ML_DSA_44_SIGNING, ML_DSA_65_SIGNING, ML_DSA_87_SIGNING, PqdsaKeyPair,
    };

    let signing = match algorithm.name() {
        "ML-DSA-44" => &ML_DSA_44_SIGNING,
        "ML-DSA-65" => &ML_DSA_65_SIGNING,
        _ => &ML_DSA_87_SIGNING,
    };
    let key = PqdsaKeyPair::from_seed(signing, seed).unwrap();
    key.private_key().as_raw_bytes().unwrap().as_ref().to_vec()
}

#[test]
fn k18_reads_the_seed_of_a_pkcs8_and_refuses_every_other_inside() {
    for algorithm in ALL {
        let members = private(algorithm);
        let seed = bytes(&members, "priv");
        let expanded = expanded(algorithm, &seed);
        assert_eq!(expanded.len(), sizes(algorithm).1);
        let mut spoilt = expanded.clone();
        spoilt[2000] ^= 1;
        let both = |seed: &[u8], expanded: &[u8]| {
            element(0x30, &[element(0x04, seed), element(0x04, expanded)].concat())
        };
        let verdict = |parameters: &[u8], inner: &[u8]| {
            code(SigningKey::from_der(pkcs8(algorithm, parameters, inner), algorithm))
        };
        let cases = [
            ("seed", element(0x80, &seed), "accepted"),
            ("both", both(&seed, &expanded), "accepted"),
            ("expanded", element(0x04, &expanded), "key_expanded"),
            ("both that disagree", both(&seed, &spoilt), "key_rejected"),
            ("both of two seeds", both(&[7; 32], &expanded), "key_rejected"),
            ("both, a short seed", both(&seed[1..], &expanded), "key_rejected"),
            ("both, a short key", both(&seed, &expanded[1..]), "key_rejected"),
            (
                "both and more",
                {
                    let three = [element(0x04, &seed), element(0x04, &expanded), vec![5, 0]];
                    element(0x30, &three.concat())
                },
                "key_format",
            ),
            ("both, one of them", element(0x30, &element(0x04, &seed)), "key_format"),
            ("a short seed", element(0x80, &seed[1..]), "key_format"),
            ("a long seed", element(0x80, &[seed.as_slice(), &[0]].concat()), "key_format"),
            ("a bare seed", seed.clone(), "key_format"),
            ("a seed as Ed25519 has it", element(0x04, &seed), "key_format"),
            ("a seed with an explicit tag", element(0xa0, &element(0x04, &seed)), "key_format"),
            ("a short expanded key", element(0x04, &expanded[1..]), "key_format"),
            ("a seed and more", [element(0x80, &seed), vec![0]].concat(), "key_format"),
            ("nothing", Vec::new(), "key_format"),
        ];
        for (form, inner, wanted) in cases {
            assert_eq!(verdict(&[], &inner), wanted, "{algorithm}: {form}");
        }
        assert_eq!(verdict(&[5, 0], &element(0x80, &seed)), "key_format", "parameters: NULL");

        // What is written is the form with the seed alone.
        let jwk = Jwk::from_der(pkcs8(algorithm, &[], &both(&seed, &expanded))).unwrap();
        let written = jwk.to_private_der().unwrap();
        assert_eq!(written.expose(), pkcs8(algorithm, &[], &element(0x80, &seed)), "{algorithm}");
        assert_eq!(jwk.thumbprint(), read(&members).unwrap().thumbprint());
    }
}

#[test]
fn k18_refuses_an_spki_that_is_no_key() {
    for algorithm in ALL {
        let public = bytes(&private(algorithm), "pub");
        let spki = |parameters: &[u8], key: &[u8]| {
            let identifier = [identifier(algorithm).as_slice(), parameters].concat();
            let bits = [&[0], key].concat();
            element(0x30, &[element(0x30, &identifier), element(0x03, &bits)].concat())
        };
        let cases = [
            (spki(&[], &public), "accepted"),
            (spki(&[], &public[1..]), "key_member"),
            (spki(&[], &[public.as_slice(), &[0]].concat()), "key_member"),
            (spki(&[], &[]), "key_member"),
            (spki(&[5, 0], &public), "key_format"),
            (spki(&[], &element(0x04, &public)), "key_member"),
        ];
        for (document, wanted) in cases {
            assert_eq!(code(VerifyingKey::from_der(&document, algorithm)), wanted, "{algorithm}");
        }
        // Nor is it a shared secret.
        let secret = SigningKey::from_secret(spki(&[], &public), Algorithm::Hs256);
        assert_eq!(code(secret), "key_secret_is_key", "{algorithm}");
    }
}

#[test]
fn k18_one_bad_member_of_a_set_fails_alone() {
    let good_key = key(Algorithm::MlDsa65).with_key_id("good");
    let sound = public_members(&good_key);
    let members = [
        without(&sound, &["alg"]),
        with(&with(&sound, "pub", "AAAA"), "kid", "short"),
        with(&with(&sound, "alg", "ML-DSA-1024"), "kid", "of tomorrow"),
        sound,
    ];
    // The first has the `kid` of the last, and its type: the name would not say which is meant.
    let ambiguous = KeySet::from_json(json!({ "keys": members }).to_string()).unwrap();
    assert_eq!(ambiguous.verifying_keys(&[]).len(), 0);
    let set = KeySet::from_json(json!({ "keys": &members[1..] }).to_string()).unwrap();
    let clock = jotem::testing::FixedClock::at(NOW);
    let verifier = Verifier::builder(set).clock(clock).build().unwrap();
    let header = r#"{"alg":"ML-DSA-65","kid":"good"}"#;
    assert_eq!(verdict(&verifier, &token(header, GOOD_CLAIMS, &good_key)), "accepted");
    assert_eq!(verdict(&verifier, &good(&key(Algorithm::MlDsa65))), "jws_signature_mismatch");
}

#[test]
fn k18_uses_a_key_for_what_it_was_published_only() {
    let members = private(Algorithm::MlDsa44);
    let public = without(&members, &["priv", "use"]);
    for (member, value) in [("use", json!("enc")), ("key_ops", json!(["sign"]))] {
        let jwk = read(&with(&public, member, value)).unwrap();
        assert_eq!(code(VerifyingKey::from_jwk(&jwk, Algorithm::MlDsa44)), "key_use", "{member}");
    }
    let jwk = read(&with(&without(&members, &["use"]), "key_ops", json!(["verify"]))).unwrap();
    assert_eq!(code(SigningKey::from_jwk(&jwk, Algorithm::MlDsa44)), "key_use");
    let jwk = read(&public).unwrap();
    assert_eq!(code(VerifyingKey::from_jwk(&jwk, Algorithm::MlDsa44)), "accepted");
    assert_eq!(code(SigningKey::from_jwk(&jwk, Algorithm::MlDsa44)), "key_public");
}
