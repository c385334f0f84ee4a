//! The JOSE cookbook: RFC 7520, RFC 7797 and RFC 8037 as published by the working group.

use jotem::testing::FixedClock;
use jotem::{Algorithm, Jwk, SigningKey, Verifier, VerifyingKey, jws};
use serde_json::Value;

use crate::{Tally, algorithm, code, decode, encode, flipped, jwk, path, read, text};

/// The signatures that have a compact form with the payload in it.
const SIGNED: [&str; 5] = [
    "jws/4_1.rsa_v15_signature.json",
    "jws/4_2.rsa-pss_signature.json",
    "jws/4_3.ecdsa_signature.json",
    "jws/4_4.hmac-sha2_integrity_protection.json",
    "curve25519/jws.json",
];
const DETACHED: &str = "jws/4_5.signature_with_detached_content.json";
/// RFC 7797 §4.2, whose header lacks `crit` here.
const UNENCODED_WITHOUT_CRIT: &str = "rfc7797/4.2.hmac-sha2_b64_false.json";
const UNENCODED: &str = "rfc7797/hmac-sha2_b64_false.json";
const NESTING: &str = "6.nesting_signatures_and_encryption.json";

fn load(name: &str) -> Value {
    read(&format!("ietf-jose-cookbook/{name}"))
}

/// Every JSON file of the cookbook.
fn files() -> Vec<String> {
    let mut files = Vec::new();
    for folder in [".", "jwk", "jws", "jwe", "rfc7797", "curve25519"] {
        for entry in std::fs::read_dir(path("ietf-jose-cookbook").join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".json") {
                files.push(format!("{folder}/{name}").replace("./", ""));
            }
        }
    }
    files
}

/// Builds the private key, or the secret, of an example, and with it the one that verifies.
fn keys(example: &Value) -> (SigningKey, VerifyingKey) {
    let key =
        SigningKey::from_jwk(&jwk(&example["input"]["key"]), algorithm(example, "/input/alg"));
    let key = key.unwrap();
    let verifying = key.verifying_key();
    (key, verifying)
}

fn payload(example: &Value) -> &[u8] {
    text(example, "/input/payload").as_bytes()
}

/// Returns the JWE of an example that has one in the compact form.
fn encrypted(example: &Value) -> Option<&str> {
    let output = example.get("encrypt").unwrap_or(example);
    output["encrypting_content"].as_object()?;
    output["output"]["compact"].as_str()
}

#[test]
fn every_file_is_run_or_left_out_by_a_rule() {
    let mut tally = Tally::default();
    for file in files() {
        let example = load(&file);
        let run = [DETACHED, UNENCODED_WITHOUT_CRIT, UNENCODED, NESTING].contains(&file.as_str());
        tally.count(
            if file.starts_with("jwk/") {
                "run as keys"
            } else if run || SIGNED.contains(&file.as_str()) {
                "run as signatures"
            } else if example.get("encrypting_content").is_some() {
                "left out: encryption"
            } else if example["output"].get("compact").is_none() {
                "run as a JSON serialization only"
            } else {
                panic!("{file} is new")
            },
            1,
        );
    }
    tally.settle(
        "the JOSE cookbook",
        &[
            ("run as keys", 6),
            ("run as signatures", 9),
            ("left out: encryption", 14),
            ("run as a JSON serialization only", 3),
        ],
    );
}

#[test]
fn refuses_what_is_no_compact_jws_for_what_it_is() {
    let key = VerifyingKey::from_secret([7; 32], Algorithm::Hs256).unwrap();
    let mut tally = Tally::default();
    for file in files() {
        let example = load(&file);
        if let Some(token) = encrypted(&example) {
            let verdict = jws::verify(token, &key, &jws::Options::new());
            tally.count(code(&verdict), 1);
        }
        for form in ["json", "json_flat"] {
            if let Some(token) = example.pointer(&format!("/output/{form}")) {
                let verdict = jws::verify(&token.to_string(), &key, &jws::Options::new());
                tally.count(code(&verdict), 1);
            }
        }
    }
    tally.settle(
        "forms that are no compact JWS",
        &[("jws_encrypted", 11), ("jws_json_serialization", 48)],
    );
}

#[test]
fn verifies_the_signatures() {
    for file in SIGNED {
        let example = load(file);
        let (_, key) = keys(&example);
        let token = text(&example, "/output/compact");
        let options = jws::Options::new().algorithms([key.algorithm()]);
        let verified = jws::verify(token, &key, &options).unwrap();
        assert_eq!(verified.payload(), payload(&example), "{file}");
        let header: Value = serde_json::from_str(verified.header().json()).unwrap();
        assert_eq!(header, example["signing"]["protected"], "{file}");
    }
}

#[test]
fn writes_the_reproducible_tokens_byte_for_byte_and_the_others_anew() {
    let mut tally = Tally::default();
    for file in SIGNED {
        let example = load(file);
        let (key, verifying) = keys(&example);
        let token = jws::sign(payload(&example), &key).unwrap();
        let same = token == text(&example, "/output/compact");
        assert_eq!(same, example["reproducible"] == true, "{file}");
        // Whatever the signature, the header and the payload are the example's.
        assert_eq!(token.rsplit_once('.').unwrap().0, text(&example, "/signing/sig-input"));
        assert!(jws::verify(&token, verifying, &jws::Options::new()).is_ok(), "{file}");
        tally.count(if same { "the same token" } else { "another signature" }, 1);
    }
    tally.settle("RFC 7520, again", &[("the same token", 3), ("another signature", 2)]);
}

#[test]
fn refuses_the_signatures_with_any_bit_flipped() {
    for file in SIGNED {
        let example = load(file);
        let (_, key) = keys(&example);
        for token in flipped(text(&example, "/output/compact")) {
            let verdict = jws::verify(&token, &key, &jws::Options::new());
            assert!(verdict.is_err(), "{file}: {token}");
        }
    }
}

#[test]
fn verifies_the_detached_signature_with_its_payload_and_no_other() {
    let example = load(DETACHED);
    let (key, verifying) = keys(&example);
    let (token, payload) = (text(&example, "/output/compact"), payload(&example));
    assert_eq!(jws::Signer::new(&key).detached().sign(payload).unwrap(), token);
    let verify = |options: &jws::Options<'_>| code(&jws::verify(token, &verifying, options));

    assert_eq!(verify(&jws::Options::new().detached(payload)), "accepted");
    assert_eq!(verify(&jws::Options::new().detached(b"another")), "jws_signature_mismatch");
    assert_eq!(verify(&jws::Options::new()), "jws_payload_detached");
    assert_eq!(verify(&jws::Options::new().unencoded(payload)), "jws_payload_encoded");
    let attached = load("jws/4_4.hmac-sha2_integrity_protection.json");
    let attached = text(&attached, "/output/compact");
    let verdict = jws::verify(attached, &verifying, &jws::Options::new().detached(payload));
    assert_eq!(code(&verdict), "jws_payload_attached");
}

#[test]
fn refuses_an_unencoded_payload_that_is_not_critical_although_its_mac_holds() {
    let example = load(UNENCODED_WITHOUT_CRIT);
    let (_, key) = keys(&example);
    let protected = text(&example, "/output/json_flat/protected");
    let signature = text(&example, "/output/json_flat/signature");
    let signing_input = format!("{protected}.$.02");
    assert!(key.verify(signing_input.as_bytes(), &decode(signature)).is_ok());

    let token = format!("{protected}..{signature}");
    let verdict = jws::verify(&token, &key, &jws::Options::new().unencoded(b"$.02"));
    assert_eq!(code(&verdict), "jws_b64_not_critical");
}

#[test]
fn verifies_and_writes_the_example_of_rfc_7797_itself() {
    // RFC 7797 §4.2: the same key and payload as the file, with `crit`.
    let token = "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19\
                 ..A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY";
    let (key, verifying) = keys(&load(UNENCODED_WITHOUT_CRIT));
    let verdict = jws::verify(token, verifying, &jws::Options::new().unencoded(b"$.02"));
    assert_eq!(code(&verdict), "accepted");
    assert_eq!(jws::Signer::new(&key).unencoded().sign(b"$.02").unwrap(), token);
}

#[test]
fn verifies_an_unencoded_payload_apart_from_the_token_only() {
    let example = load(UNENCODED);
    let (key, verifying) = keys(&example);
    let payload = payload(&example);
    let attached = text(&example, "/output/compact");
    let (protected, rest) = attached.split_once('.').unwrap();
    let token = format!("{protected}..{}", rest.rsplit_once('.').unwrap().1);
    let verify =
        |token: &str, options: &jws::Options<'_>| code(&jws::verify(token, &verifying, options));

    let unencoded = jws::Options::new().unencoded(payload);
    assert_eq!(verify(&token, &unencoded), "accepted");
    assert_eq!(jws::Signer::new(&key).unencoded().sign(payload).unwrap(), token);
    assert_eq!(verify(attached, &unencoded), "jws_payload_attached");
    assert_eq!(verify(attached, &jws::Options::new()), "jws_unencoded_payload");
    assert_eq!(verify(&token, &jws::Options::new().detached(payload)), "jws_unencoded_payload");
    let other = jws::Options::new().unencoded(b"This is another string!");
    assert_eq!(verify(&token, &other), "jws_signature_mismatch");
    let encoded = encode(payload);
    let other = jws::Options::new().unencoded(encoded.as_bytes());
    assert_eq!(verify(&token, &other), "jws_signature_mismatch");
}

#[test]
fn reads_the_keys_and_publishes_no_private_part() {
    for (public, private) in [
        ("jwk/3_1.ec_public_key.json", "jwk/3_2.ec_private_key.json"),
        ("jwk/3_3.rsa_public_key.json", "jwk/3_4.rsa_private_key.json"),
    ] {
        let document = load(public);
        let (public, private) = (jwk(&document), jwk(&load(private)));
        assert!(private.is_private() && !public.is_private());
        assert_eq!(private.public().unwrap(), public);
        assert_eq!(private.thumbprint(), public.thumbprint());
        let published: Value = serde_json::from_str(&private.to_json().unwrap()).unwrap();
        assert_eq!(published, document);
    }
}

#[test]
fn signs_and_verifies_with_the_keys() {
    let load = |name: &str| jwk(&load(name));
    let ec = (load("jwk/3_2.ec_private_key.json"), load("jwk/3_1.ec_public_key.json"));
    let rsa = (load("jwk/3_4.rsa_private_key.json"), load("jwk/3_3.rsa_public_key.json"));
    let mac = load("jwk/3_5.symmetric_key_mac_computation.json");
    let signs = |(private, public): &(Jwk, Jwk), algorithm: Algorithm| {
        let key = SigningKey::from_jwk(private, algorithm).unwrap();
        let token = jws::sign(b"payload", &key).unwrap();
        let key = VerifyingKey::from_jwk(public, algorithm).unwrap();
        assert!(jws::verify(&token, key, &jws::Options::new()).is_ok(), "{algorithm}");
    };
    signs(&ec, Algorithm::Es512);
    signs(&rsa, Algorithm::Rs256);
    signs(&rsa, Algorithm::Ps384);
    signs(&(mac.clone(), mac), Algorithm::Hs256);

    let encryption = load("jwk/3_6.symmetric_key_encryption.json");
    assert_eq!(code(&SigningKey::from_jwk(&encryption, Algorithm::Hs256)), "key_use");
    assert_eq!(code(&VerifyingKey::from_jwk(&encryption, Algorithm::Hs256)), "key_use");
}

#[test]
fn verifies_the_signed_half_of_the_nested_token() {
    let nested = load(NESTING);
    let example = &nested["sign"];
    let key = jwk(&example["input"]["key"]).public().unwrap();
    let key = VerifyingKey::from_jwk(&key, Algorithm::Ps256).unwrap();
    let token = text(example, "/output/compact");
    let verified = jws::verify(token, &key, &jws::Options::new()).unwrap();
    assert_eq!(verified.payload(), payload(example));

    let builder = Verifier::builder(&key).issuer("hobbiton.example").token_type("JWT");
    let verifier = builder.clock(FixedClock::at(1_300_819_379)).build().unwrap();
    let verified = verifier.verify::<Value>(token).unwrap();
    assert_eq!(verified.custom()["http://example.com/is_root"], true);
    assert_eq!(nested["encrypt"]["input"]["plaintext"], token);
}
