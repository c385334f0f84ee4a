//! The examples of RFC 7515, 7517, 7519, 7638 and 8037.

use std::collections::BTreeMap;

use jotem::testing::FixedClock;
use jotem::{Algorithm, Jwk, KeySet, NumericDate, SigningKey, Verifier, VerifyingKey, jws};
use serde_json::Value;

use crate::{Tally, algorithm, code, decode, flipped, jwk, list, read, text};

/// The `exp` of the claims that most examples carry: 2011-03-22T18:43:00Z.
const EXPIRES: u64 = 1_300_819_380;

fn cases() -> Vec<Value> {
    list(&read("rfc-examples/rfc_examples.json"), "cases").to_vec()
}

fn case(id: &str) -> Value {
    cases().into_iter().find(|case| case["id"] == id).unwrap()
}

/// The private keys of the signed examples, each with the algorithm of its example.
fn signed() -> impl Iterator<Item = (Value, SigningKey)> {
    let signed = cases()
        .into_iter()
        .filter(|case| case["kind"] == "jws-compact" && case["result"] == "valid");
    signed.map(|case| {
        let key = SigningKey::from_jwk(&jwk(&case["key"]), algorithm(&case, "/alg")).unwrap();
        (case, key)
    })
}

#[test]
fn every_example_is_run_or_left_out_by_a_rule() {
    let mut tally = Tally::default();
    for case in cases() {
        tally.count(
            match text(&case, "/kind") {
                "jws-compact" | "jwt-claims" => "run as JWS and JWT",
                "jwks-public" | "jwks-private" | "jwks-symmetric" | "jwk-okp" => "run as keys",
                "jwk-x5c" | "jwk-private-plaintext" => "run as keys",
                "jws-general-json" | "jws-flattened-json" => "run as JSON serializations",
                "jwe-compact" | "jwt-encrypted" | "jwt-nested" => "left out: encryption",
                "jwe-general-json" | "jwe-flattened-json" => "left out: encryption",
                other => panic!("{other} is new"),
            },
            1,
        );
    }
    tally.settle(
        "examples of the RFCs",
        &[
            ("run as JWS and JWT", 7),
            ("run as keys", 6),
            ("run as JSON serializations", 2),
            ("left out: encryption", 7),
        ],
    );
}

#[test]
fn refuses_what_is_no_compact_jws_for_what_it_is() {
    let key = VerifyingKey::from_secret([7; 32], Algorithm::Hs256).unwrap();
    let mut codes = BTreeMap::new();
    for case in cases() {
        let token = match (case["token"].as_str(), case["json"].is_object()) {
            (Some(token), _) if case["kind"] != "jws-compact" => token.to_owned(),
            (None, true) => case["json"].to_string(),
            (_, _) => continue,
        };
        let verdict = jws::verify(&token, &key, &jws::Options::new());
        *codes.entry(code(&verdict)).or_insert(0) += 1;
    }
    assert_eq!(codes, BTreeMap::from([("jws_encrypted", 5), ("jws_json_serialization", 4)]));
}

#[test]
fn verifies_the_signed_examples_of_rfc_7515() {
    let mut tally = Tally::default();
    for (case, key) in signed() {
        let token = text(&case, "/token");
        let options = jws::Options::new().algorithms([key.algorithm()]);
        let verified = jws::verify(token, key.verifying_key(), &options).unwrap();
        assert_eq!(verified.payload(), decode(text(&case, "/payload_b64u")));
        assert_eq!(verified.header().algorithm(), Some(text(&case, "/alg")));
        tally.count(key.algorithm().name(), 1);
    }
    tally.settle("RFC 7515", &[("HS256", 1), ("RS256", 1), ("ES256", 1), ("ES512", 1)]);
}

#[test]
fn signs_the_deterministic_examples_byte_for_byte_and_the_others_anew() {
    let mut tally = Tally::default();
    for (case, key) in signed() {
        let (signing_input, signature) = text(&case, "/token").rsplit_once('.').unwrap();
        let signed = key.sign(signing_input.as_bytes()).unwrap();
        let same = signed.as_ref() == decode(signature);
        assert_eq!(case["deterministic"], same, "{}", case["id"]);
        assert!(key.verifying_key().verify(signing_input.as_bytes(), signed.as_ref()).is_ok());
        tally.count(if same { "the same bytes" } else { "another signature" }, 1);
    }
    tally.settle("RFC 7515, signed again", &[("the same bytes", 2), ("another signature", 2)]);
}

#[test]
fn refuses_the_signed_examples_with_any_bit_flipped() {
    let mut tally = Tally::default();
    for (case, key) in signed() {
        let verifying = key.verifying_key();
        for token in flipped(text(&case, "/token")) {
            let verdict = jws::verify(&token, &verifying, &jws::Options::new());
            assert!(verdict.is_err(), "{}: {token}", case["id"]);
            tally.count(key.algorithm().name(), 1);
        }
    }
    // Eight for each byte of header, payload and signature.
    let expected = [
        ("HS256", 8 * (30 + 70 + 32)),
        ("RS256", 8 * (15 + 70 + 256)),
        ("ES256", 8 * (15 + 70 + 64)),
        ("ES512", 8 * (15 + 7 + 132)),
    ];
    tally.settle("RFC 7515, bits flipped", &expected);
}

#[test]
fn refuses_the_unsecured_examples_under_every_key() {
    for (id, reason) in [("RFC 7515 A.5", "jws_alg_none"), ("RFC 7515 E", "jws_crit_unknown")] {
        let case = case(id);
        assert_eq!(case["result"], "invalid");
        for (_, key) in signed() {
            let verdict =
                jws::verify(text(&case, "/token"), key.verifying_key(), &jws::Options::new());
            assert_eq!(code(&verdict), reason, "{id}");
            let verifier =
                Verifier::builder(key.verifying_key()).clock(FixedClock::at(EXPIRES - 1));
            let verdict = verifier.build().unwrap().verify::<()>(text(&case, "/token"));
            assert_eq!(code(&verdict), reason, "{id}");
        }
    }
}

#[test]
fn verifies_the_claims_of_rfc_7519_until_they_expire() {
    let claims = case("RFC 7519 3.1/6.1 (=RFC 7515 A.1)")["claims"].clone();
    let mut verified_tokens = 0;
    for (case, key) in signed().filter(|(case, _)| case["id"] != "RFC 7515 A.4") {
        let clock = FixedClock::at(EXPIRES - 1);
        let builder = Verifier::builder(key.verifying_key()).issuer("joe").clock(clock.clone());
        let verifier = builder.leeway(std::time::Duration::ZERO).build().unwrap();
        let token = text(&case, "/token");
        let verified = verifier.verify::<BTreeMap<String, Value>>(token).unwrap();
        assert_eq!(verified.claims().issuer(), Some("joe"));
        assert_eq!(verified.claims().expires_at(), Some(NumericDate::from_secs(EXPIRES)));
        assert_eq!(verified.custom()["http://example.com/is_root"], true);
        let all: Value = serde_json::from_str(verified.claims().json()).unwrap();
        assert_eq!(all, claims);
        clock.set(EXPIRES);
        assert_eq!(code(&verifier.verify::<()>(token)), "jwt_expired");
        verified_tokens += 1;
    }
    assert_eq!(verified_tokens, 3, "A.1, A.2 and A.3; the payload of A.4 is not a claims set");
}

fn key_set(id: &str) -> KeySet {
    KeySet::from_json(case(id)["jwks"].to_string()).unwrap()
}

fn thumbprints(set: &KeySet) -> Vec<String> {
    set.keys().map(Jwk::thumbprint).collect()
}

#[test]
fn reads_the_public_set_of_rfc_7517_with_the_thumbprints_of_rfc_7638() {
    let case = case("RFC 7517 A.1 + RFC 7638");
    let set = KeySet::from_json(case["jwks"].to_string()).unwrap();
    assert_eq!(serde_json::json!(thumbprints(&set)), case["thumbprints"]);
    assert_eq!(set.keys().filter(|jwk| jwk.is_private()).count(), 0);
    let again: Value = serde_json::from_str(&set.to_json()).unwrap();
    assert_eq!(again, case["jwks"], "written as it was read");

    let keys = set.verifying_keys(&[]);
    let [key] = keys.as_slice() else { panic!("the other key is for encryption") };
    assert_eq!((key.key_id(), key.algorithm()), (Some("2011-04-29"), Algorithm::Rs256));
}

#[test]
fn signs_with_the_private_set_of_rfc_7517_and_publishes_none_of_it() {
    let public = key_set("RFC 7517 A.1 + RFC 7638");
    let private = key_set("RFC 7517 A.2");
    assert_eq!(thumbprints(&private), thumbprints(&public));
    assert_eq!(private.to_json(), public.to_json());

    let [encryption, signature] = &*private.keys().collect::<Vec<_>>() else { panic!() };
    let key = SigningKey::from_jwk(signature, Algorithm::Rs256).unwrap();
    let token = jws::sign(b"payload", &key).unwrap();
    assert!(jws::verify(&token, &public, &jws::Options::new()).is_ok());
    assert!(jws::verify(&token, &private, &jws::Options::new()).is_ok());
    assert_eq!(code(&SigningKey::from_jwk(encryption, Algorithm::Es256)), "key_use");
}

#[test]
fn finds_the_one_secret_for_signatures_in_the_symmetric_set_of_rfc_7517() {
    let set = key_set("RFC 7517 A.3");
    assert_eq!(set.keys().count(), 2);
    assert_eq!(set.to_json(), r#"{"keys":[]}"#, "secrets are not published");
    let example = case("RFC 7515 A.1");
    let token = text(&example, "/token");
    let pinned = jws::Options::new().algorithms([Algorithm::Hs256]);
    assert!(jws::verify(token, &set, &pinned).is_ok());
    let verdict = jws::verify(token, &set, &jws::Options::new());
    assert_eq!(code(&verdict), "misuse_keys_unusable", "no key of the set says HS256");
}

#[test]
fn reads_the_single_keys_of_rfc_7517() {
    let with_certificate = jwk(&case("RFC 7517 B")["jwk"]);
    assert_eq!(with_certificate.key_id(), Some("1b94c"));
    assert!(VerifyingKey::from_jwk(&with_certificate, Algorithm::Rs256).is_ok());

    let private = jwk(&case("RFC 7517 C.1")["jwk"]);
    assert!(private.is_private());
    assert_eq!(code(&SigningKey::from_jwk(&private, Algorithm::Rs256)), "key_use", "`use` is enc");
}

#[test]
fn reads_signs_and_verifies_with_the_key_of_rfc_8037() {
    let case = case("RFC 8037 A.1/A.2/A.3");
    let private = jwk(&case["private"]["keys"][0]);
    let public = jwk(&case["public"]["keys"][0]);
    assert_eq!(public.thumbprint(), text(&case, "/public/thumbprints/0"));
    assert_eq!(private.public().unwrap(), public);

    // A.4 and A.5 are in the cookbook.
    let example = read("ietf-jose-cookbook/curve25519/jws.json");
    let token = text(&example, "/output/compact");
    let key = SigningKey::from_jwk(&private, Algorithm::EdDsa).unwrap();
    let payload = text(&example, "/input/payload").as_bytes();
    assert_eq!(jws::sign(payload, &key).unwrap(), token);
    let key = VerifyingKey::from_jwk(&public, Algorithm::EdDsa).unwrap();
    assert_eq!(jws::verify(token, &key, &jws::Options::new()).unwrap().payload(), payload);
    for token in flipped(token) {
        assert!(jws::verify(&token, &key, &jws::Options::new()).is_err(), "{token}");
    }
}
