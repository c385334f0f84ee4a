//! The JSON serializations of the examples: RFC 7515 A.6 and A.7, RFC 7520, RFC 7797, RFC 8037, and
//! the one of Wycheproof.

use jotem::jws::{self, Options, Signer, flattened, general};
use jotem::{Algorithm, Jwk, SigningKey, VerifyingKey};
use serde_json::{Value, json};

use crate::{Tally, code, decode, encode, jwk, list, read, text};

/// What is to come of each example, as it stands in both serializations.
const COOKBOOK: [(&str, &str); 10] = [
    ("jws/4_1.rsa_v15_signature.json", "accepted"),
    ("jws/4_2.rsa-pss_signature.json", "accepted"),
    ("jws/4_3.ecdsa_signature.json", "accepted"),
    ("jws/4_4.hmac-sha2_integrity_protection.json", "accepted"),
    ("jws/4_5.signature_with_detached_content.json", "accepted"),
    ("jws/4_6.protecting_specific_header_fields.json", "accepted"),
    // RFC 7515 allows an `alg` that nobody signed; this engine does not.
    ("jws/4_7.protecting_content_only.json", "jws_parameter_unprotected"),
    ("curve25519/jws.json", "accepted"),
    // The file leaves `crit` out, which RFC 7797 §6 requires.
    ("rfc7797/4.2.hmac-sha2_b64_false.json", "jws_b64_not_critical"),
    ("rfc7797/hmac-sha2_b64_false.json", "accepted"),
];

const SEVERAL: &str = "jws/4_8.multiple_signatures.json";

fn load(name: &str) -> Value {
    read(&format!("ietf-jose-cookbook/{name}"))
}

fn key(document: &Value, algorithm: &Value) -> SigningKey {
    let algorithm = algorithm.as_str().unwrap().parse().unwrap();
    SigningKey::from_jwk(&jwk(document), algorithm).unwrap()
}

/// Says where the payload of an example is, and how it was signed.
fn options<'e>(example: &'e Value, document: &Value) -> Options<'e> {
    if document.get("payload").is_none() {
        return Options::new().detached(text(example, "/input/payload").as_bytes());
    }
    if example["signing"]["protected"]["b64"] == false {
        return Options::new().unencoded_attached();
    }
    Options::new()
}

#[test]
fn verifies_the_cookbook_in_both_serializations() {
    let mut tally = Tally::default();
    for (file, wanted) in COOKBOOK {
        let example = load(file);
        let key = key(&example["input"]["key"], &example["input"]["alg"]).verifying_key();
        let payload = text(&example, "/input/payload").as_bytes();

        let document = &example["output"]["json_flat"];
        let options = options(&example, document);
        let verdict = flattened::verify(&document.to_string(), &key, &options);
        assert_eq!(code(&verdict), wanted, "{file}, flattened");
        tally.count(wanted, 1);
        if let Ok(verified) = verdict {
            assert_eq!(verified.payload(), payload, "{file}");
            let header: Value = serde_json::from_str(verified.header().json()).unwrap();
            assert_eq!(header, example["signing"]["protected"], "{file}");
        }

        let document = example["output"]["json"].to_string();
        let verdict = general::verify_any(&document, &key, &options);
        assert_eq!(code(&verdict), wanted, "{file}, general");
        tally.count(wanted, 1);
        if let Ok(verified) = verdict {
            assert_eq!(verified.payload(), payload, "{file}");
            let [signature] = verified.signatures() else { panic!("{file} has one") };
            assert_eq!(signature.key().thumbprint(), key.thumbprint());
        }
        let verdict = flattened::verify(&document, &key, &options);
        assert_eq!(code(&verdict), "jws_serialization_other", "{file}");
    }
    let expected =
        [("accepted", 16), ("jws_b64_not_critical", 2), ("jws_parameter_unprotected", 2)];
    tally.settle("JSON serializations of the cookbook", &expected);
}

#[test]
fn refuses_an_unprotected_alg_although_its_mac_holds() {
    let example = load("jws/4_7.protecting_content_only.json");
    let key = key(&example["input"]["key"], &example["input"]["alg"]);
    let signature = decode(text(&example, "/output/json_flat/signature"));
    let signing_input = text(&example, "/signing/sig-input");
    assert!(key.verifying_key().verify(signing_input.as_bytes(), &signature).is_ok());
}

#[test]
fn writes_the_reproducible_documents_member_for_member_and_the_others_anew() {
    let mut tally = Tally::default();
    for (file, wanted) in COOKBOOK {
        if wanted != "accepted" {
            continue;
        }
        let example = load(file);
        let mut document = example["input"]["key"].clone();
        let protected_kid = example["signing"]["protected"].get("kid").is_some();
        if !protected_kid {
            document.as_object_mut().unwrap().remove("kid");
        }
        let key = key(&document, &example["input"]["alg"]);
        let mut signer = Signer::new(&key);
        if let Some(kid) = example["signing"]["unprotected"]["kid"].as_str() {
            signer = signer.unprotected("kid", kid).unwrap();
        }
        if example["output"]["json_flat"].get("payload").is_none() {
            signer = signer.detached();
        }
        if example["signing"]["protected"]["b64"] == false {
            signer = signer.unencoded_attached();
        }
        let payload = text(&example, "/input/payload").as_bytes();
        let flat: Value = serde_json::from_str(&signer.sign_flattened(payload).unwrap()).unwrap();
        let several: Value =
            serde_json::from_str(&general::sign(payload, &[signer]).unwrap()).unwrap();
        let same = flat == example["output"]["json_flat"];
        assert_eq!(same, several == example["output"]["json"], "{file}");
        assert_eq!(same, example["reproducible"] == true, "{file}");
        assert_eq!(flat["protected"], example["output"]["json_flat"]["protected"], "{file}");
        tally.count(if same { "the same document" } else { "another signature" }, 1);
    }
    tally.settle("documents, again", &[("the same document", 6), ("another signature", 2)]);
}

#[test]
fn verifies_two_of_the_three_signatures_of_rfc_7520_and_says_which() {
    let example = load(SEVERAL);
    let keys: Vec<_> = list(&example["input"], "key")
        .iter()
        .zip(list(&example["input"], "alg"))
        .map(|(document, algorithm)| key(document, algorithm).verifying_key())
        .collect();
    let [rsa, ec, mac] = keys.as_slice() else { panic!("three signers") };
    let document = example["output"]["json"].to_string();
    let any = |key: &VerifyingKey| general::verify_any(&document, key, &Options::new());

    for (key, place, protected) in [(rsa, 0, 0), (mac, 2, 2)] {
        let verified = any(key).unwrap();
        assert_eq!(verified.payload(), text(&example, "/input/payload").as_bytes());
        let [signature] = verified.signatures() else { panic!("one is this key's") };
        assert_eq!(signature.position(), place);
        let header: Value = serde_json::from_str(signature.header().json()).unwrap();
        assert_eq!(header, example["signing"][protected]["protected"]);
    }
    // The second has its `alg` in the unprotected header only.
    assert_eq!(code(&any(ec)), "jws_parameter_unprotected");

    let all = |signers: &[&VerifyingKey]| {
        code(&general::verify_all(&document, signers.iter().copied(), &Options::new()))
    };
    assert_eq!(all(&[rsa, mac]), "accepted");
    assert_eq!(all(&[mac, rsa]), "accepted");
    assert_eq!(all(&[rsa, ec]), "jws_signer_missing");
    assert_eq!(all(&[rsa, ec, mac]), "jws_signer_missing");
    assert_eq!(all(&[rsa, rsa]), "jws_signer_missing", "one key is one signer");
}

fn case(id: &str) -> Value {
    let cases = read("rfc-examples/rfc_examples.json");
    list(&cases, "cases").iter().find(|case| case["id"] == id).unwrap().clone()
}

/// The keys of RFC 7515 A.6, of which A.7 has the second.
fn keys_of_a6() -> [VerifyingKey; 2] {
    let case = case("RFC 7515 A.6");
    let public = |index: usize, algorithm| {
        let key: Jwk = jwk(&case["keys"][index]).public().unwrap();
        VerifyingKey::from_jwk(&key, algorithm).unwrap()
    };
    [public(0, Algorithm::Rs256), public(1, Algorithm::Es256)]
}

#[test]
fn verifies_rfc_7515_a_6_under_each_key_and_both() {
    let case = case("RFC 7515 A.6");
    let document = case["json"].to_string();
    let [rsa, ec] = keys_of_a6();
    for (key, place) in [(&rsa, 0), (&ec, 1)] {
        let verified = general::verify_any(&document, key, &Options::new()).unwrap();
        assert_eq!(verified.signatures().len(), 1);
        assert_eq!(verified.signatures()[0].position(), place);
        assert_eq!(verified.payload(), decode(text(&case, "/payload_b64u")));
    }
    // The keys under the names that stand in the unprotected headers, and under each other's.
    let [first, second] = ["2010-12-29", "e9bc097a-ce51-4036-9562-d2ade882db0d"];
    let named = |one: &str, other: &str| {
        let keys = [rsa.clone().with_key_id(one), ec.clone().with_key_id(other)];
        general::verify_any(&document, keys, &Options::new())
    };
    assert_eq!(named(first, second).unwrap().signatures().len(), 2);
    assert_eq!(named(first, first).unwrap().signatures().len(), 1);
    assert_eq!(code(&named(second, first)), "jws_key_not_found");
    let verified = general::verify_all(&document, [ec, rsa], &Options::new()).unwrap();
    assert_eq!(verified.signatures()[0].position(), 1, "in the order of the signers");
}

#[test]
fn verifies_rfc_7515_a_7() {
    let case = case("RFC 7515 A.7");
    let [_, ec] = keys_of_a6();
    let verified = flattened::verify(&case["json"].to_string(), &ec, &Options::new()).unwrap();
    assert_eq!(verified.payload(), decode(text(&case, "/payload_b64u")));
    assert_eq!(verified.header().json(), r#"{"alg":"ES256"}"#);
    let other = ec.with_key_id("another");
    let verdict = flattened::verify(&case["json"].to_string(), other, &Options::new());
    assert_eq!(code(&verdict), "jws_key_not_found");
}

/// Every document that differs in one bit of what the text at `pointer` stands for.
fn flipped(document: &Value, pointer: &str) -> impl Iterator<Item = String> {
    let bytes = decode(text(document, pointer));
    (0..8 * bytes.len()).map(move |bit| {
        let (mut bytes, mut document) = (bytes.clone(), document.clone());
        bytes[bit / 8] ^= 1 << (bit % 8);
        *document.pointer_mut(pointer).unwrap() = json!(encode(&bytes));
        document.to_string()
    })
}

#[test]
fn refuses_the_documents_of_rfc_7515_with_any_signed_bit_flipped() {
    let [rsa, ec] = keys_of_a6();
    let mut tally = Tally::default();
    let document = &case("RFC 7515 A.7")["json"];
    for pointer in ["/payload", "/protected", "/signature"] {
        for document in flipped(document, pointer) {
            assert!(flattened::verify(&document, &ec, &Options::new()).is_err(), "{document}");
            tally.count("A.7", 1);
        }
    }
    let document = &case("RFC 7515 A.6")["json"];
    let signers = [rsa, ec];
    for pointer in ["/payload", "/signatures/0/protected", "/signatures/1/protected"] {
        for document in flipped(document, pointer) {
            let verdict = general::verify_all(&document, signers.clone(), &Options::new());
            assert!(verdict.is_err(), "{document}");
            tally.count("A.6", 1);
        }
    }
    for (index, other) in [(0, 1), (1, 0)] {
        for document in flipped(document, &format!("/signatures/{index}/signature")) {
            let verdict = general::verify_any(&document, signers.clone(), &Options::new());
            let verified = verdict.unwrap();
            let [signature] = verified.signatures() else { panic!("only the other holds") };
            assert_eq!(signature.position(), other);
            tally.count("A.6, one signature", 1);
        }
    }
    let expected = [
        ("A.7", 8 * (70 + 15 + 64)),
        ("A.6", 8 * (70 + 15 + 15)),
        ("A.6, one signature", 8 * (256 + 64)),
    ];
    tally.settle("RFC 7515 in JSON, bits flipped", &expected);
}

#[test]
fn refuses_encrypted_documents_and_compact_tokens() {
    let key = VerifyingKey::from_secret([7; 32], Algorithm::Hs256).unwrap();
    let mut tally = Tally::default();
    let mut count = |document: &str| {
        for verdict in [
            flattened::verify(document, &key, &Options::new()).map(drop),
            general::verify_any(document, &key, &Options::new()).map(drop),
        ] {
            tally.count(code(&verdict), 1);
        }
    };
    for case in list(&read("rfc-examples/rfc_examples.json"), "cases") {
        if case["json"].get("ciphertext").is_some() {
            count(&case["json"].to_string());
        }
        if let Some(token) = case["token"].as_str() {
            count(token);
        }
    }
    for folder in ["jwe", "curve25519"] {
        for entry in std::fs::read_dir(crate::path("ietf-jose-cookbook").join(folder)).unwrap() {
            let example: Value =
                serde_json::from_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap())
                    .unwrap();
            for form in ["json", "json_flat"] {
                let document = &example["output"][form];
                if document.get("ciphertext").is_some() {
                    count(&document.to_string());
                }
            }
        }
    }
    let outcomes =
        [("jws_member_missing", 31), ("jws_serialization_other", 39), ("json_syntax", 10)];
    tally.settle("documents and tokens of other kinds", &outcomes);
}

#[test]
fn verifies_the_document_that_wycheproof_wants_refused_as_a_compact_token() {
    let file = read("wycheproof/json_web_crypto_test.json");
    let groups = list(&file, "testGroups").iter();
    let (group, case) = groups
        .flat_map(|group| list(group, "tests").iter().map(move |case| (group, case)))
        .find(|(_, case)| case["tcId"] == 17)
        .unwrap();
    let key = VerifyingKey::from_jwk(&jwk(&group["private"]), Algorithm::Hs256).unwrap();
    let document = case["jws"].to_string();
    let compact = jws::verify(&document, &key, &Options::new());
    assert_eq!(code(&compact), "jws_json_serialization");

    let verified = general::verify_any(&document, &key, &Options::new()).unwrap();
    assert_eq!(verified.payload(), b"foo");
    // Its unprotected header says `unknown`, and nobody signed that.
    assert_eq!(verified.signatures()[0].header().parameter::<String>("unknown"), None);
    assert!(!format!("{verified:?}").contains("untrustworthy"));
}
