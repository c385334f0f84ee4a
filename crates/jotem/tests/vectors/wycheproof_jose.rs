//! Wycheproof's files of JOSE: `json_web_signature`, `json_web_key`, `json_web_crypto`, and the
//! tokens of `json_web_encryption`, none of which is a JWS.
//!
//! The stated result holds, but for the cases in `exceptions.json`: each has a reason, and one that
//! no longer differs fails the test.

use std::collections::BTreeMap;

use jotem::jwk::Member;
use jotem::{Algorithm, Jwk, KeyError, KeySet, SigningKey, VerifyingKey, dangerous, jws};
use serde_json::Value;

use crate::{Tally, code, decode, jwk, list, read, text};

const SIGNATURE: &str = "json_web_signature_test.json";
const KEY: &str = "json_web_key_test.json";
const CRYPTO: &str = "json_web_crypto_test.json";
const ENCRYPTION: &str = "json_web_encryption_test.json";

const ACCEPTED: &str = "valid, accepted";
const REFUSED: &str = "invalid, refused";
const EXCEPTION_ACCEPTED: &str = "exception: stated invalid, accepted";
const EXCEPTION_REFUSED: &str = "exception: stated valid, refused";
const POLICY: &str = "exception: a policy that agrees, pinned";
const JWE_INVALID: &str = "invalid JWE, refused as a JWS";
/// What a library without decryption cannot say about them is that they are valid.
const JWE_VALID: &str = "left out as valid JWE, refused as a JWS";

/// A case, and the group that has its keys.
struct Case {
    id: u64,
    group: Value,
    case: Value,
}

impl Case {
    /// Returns the token; the JSON serialization as its text.
    fn token(&self) -> String {
        let token = if self.is_jwe() { &self.case["jwe"] } else { &self.case["jws"] };
        token.as_str().map_or_else(|| token.to_string(), str::to_owned)
    }

    fn is_jwe(&self) -> bool {
        self.case.get("jwe").is_some()
    }

    fn stated(&self) -> &str {
        text(&self.case, "/result")
    }

    /// Returns the document that verifies: the public key where there is one.
    fn document(&self) -> &Value {
        self.group.get("public").unwrap_or_else(|| &self.group["private"])
    }

    /// Verifies the token under the group's key or keys, each with its own algorithm alone. A key
    /// that cannot be built is a refusal.
    fn verify(&self) -> Result<Vec<u8>, &'static str> {
        let document = self.document();
        let token = self.token();
        let verdict = if document.get("keys").is_some() {
            KeySet::from_json(document.to_string())
                .and_then(|set| jws::verify(&token, set, &jws::Options::new()))
        } else {
            let algorithm = self.algorithm().ok_or("the key names an unknown algorithm")?;
            let options = jws::Options::new().algorithms([algorithm]);
            Jwk::from_json(document.to_string())
                .and_then(|jwk| VerifyingKey::from_jwk(&jwk, algorithm))
                .and_then(|key| jws::verify(&token, key, &options))
        };
        let code = code(&verdict);
        verdict.map(jws::Verified::into_payload).map_err(|_| code)
    }

    /// Returns the one algorithm of the key; for a key that names none, the one of the header.
    fn algorithm(&self) -> Option<Algorithm> {
        let Some(declared) = self.document().get("alg") else {
            let token = self.token();
            let header = jotem::unverified_header(&token).unwrap().into_untrusted();
            return header.algorithm().unwrap().parse().ok();
        };
        declared.as_str().unwrap().parse().ok()
    }
}

fn cases(file: &str) -> Vec<Case> {
    let document = read(&format!("wycheproof/{file}"));
    let mut cases = Vec::new();
    for group in list(&document, "testGroups") {
        for case in list(group, "tests") {
            let id = case["tcId"].as_u64().unwrap();
            cases.push(Case { id, group: group.clone(), case: case.clone() });
        }
    }
    assert_eq!(Some(cases.len() as u64), document["numberOfTests"].as_u64());
    cases
}

fn case(file: &str, id: u64) -> Case {
    cases(file).into_iter().find(|case| case.id == id).unwrap()
}

/// Returns the exceptions of a file by case: what is stated, and what is right.
fn exceptions(file: &str) -> BTreeMap<u64, (String, String)> {
    let all = read("wycheproof/exceptions.json");
    let mine = all.as_array().unwrap().iter().filter(|entry| entry["file"] == file);
    mine.map(|entry| {
        assert!(text(entry, "/reason").len() > 40, "an exception needs a reason");
        let owned = |pointer| text(entry, pointer).to_owned();
        (entry["tcId"].as_u64().unwrap(), (owned("/stated"), owned("/right")))
    })
    .collect()
}

/// Runs a file: every verdict is the right one, and every exception is still needed.
fn run(file: &str, expected: &[(&'static str, usize)]) {
    let mut exceptions = exceptions(file);
    let mut tally = Tally::default();
    for case in cases(file) {
        let (id, stated) = (case.id, case.stated());
        if case.is_jwe() {
            run_encrypted(&case, &mut tally);
            continue;
        }
        let exception = exceptions.remove(&id);
        if exception.as_ref().is_some_and(|(recorded, _)| recorded != stated) {
            tally.fault(format!("{id}: the vector now says {stated}; remove the exception"));
        }
        let right = exception.as_ref().map_or(stated, |(_, right)| right.as_str());
        match case.verify() {
            Ok(payload) if right == "valid" => {
                let token = case.token();
                assert_eq!(payload, decode(token.split('.').nth(1).unwrap()), "{id}: the payload");
            }
            Err(_) if right == "invalid" => {}
            Ok(_) => tally.fault(format!("{id} is accepted: {}", case.case["comment"])),
            Err(code) => tally.fault(format!("{id} is refused, {code}: {}", case.case["comment"])),
        }
        tally.count(outcome(exception.is_some(), stated, right), 1);
    }
    assert!(exceptions.is_empty(), "there are no such cases: {:?}", exceptions.keys());
    tally.settle(file, expected);
}

fn outcome(excepted: bool, stated: &str, right: &str) -> &'static str {
    match (excepted, stated == right, right == "valid") {
        (false, _, true) => ACCEPTED,
        (false, _, false) => REFUSED,
        (true, true, _) => POLICY,
        (true, false, true) => EXCEPTION_ACCEPTED,
        (true, false, false) => EXCEPTION_REFUSED,
    }
}

/// Gives an encrypted token to the verifier of signatures: under the key as it is published, and
/// under the same numbers made into a key for signatures.
fn run_encrypted(case: &Case, tally: &mut Tally) {
    let token = case.token();
    let key = signature_key(case.document());
    let verdict = jws::verify(&token, &key, &jws::Options::new());
    if case.verify().is_ok() || verdict.is_ok() {
        tally.fault(format!("{} is accepted as a JWS", case.id));
    }
    // Five segments that begin with a character of a header are named for what they are.
    let is_whole = token.split('.').count() == 5 && token.starts_with('e');
    if is_whole && code(&verdict) != "jws_encrypted" {
        tally.fault(format!("{} is refused as {}", case.id, code(&verdict)));
    }
    tally.count(if case.stated() == "valid" { JWE_VALID } else { JWE_INVALID }, 1);
}

/// Makes a key for signatures out of one for encryption, which nobody should.
fn signature_key(document: &Value) -> VerifyingKey {
    let mut document = document.clone();
    let members = document.as_object_mut().unwrap();
    members.retain(|name, _| ["kty", "k", "n", "e", "crv", "x", "y"].contains(&name.as_str()));
    let algorithm = match (text(&document, "/kty"), document["crv"].as_str()) {
        ("oct", _) => {
            let secret = decode(text(&document, "/k"));
            return dangerous::short_secret(secret, Algorithm::Hs256).unwrap().verifying_key();
        }
        ("RSA", _) => Algorithm::Rs256,
        (_, Some("P-384")) => Algorithm::Es384,
        (_, _) => Algorithm::Es256,
    };
    VerifyingKey::from_jwk(&jwk(&document), algorithm).unwrap()
}

#[test]
fn agrees_on_signatures_but_for_the_exceptions() {
    run(
        SIGNATURE,
        &[
            (ACCEPTED, 39),
            (REFUSED, 353),
            (EXCEPTION_ACCEPTED, 2),
            (EXCEPTION_REFUSED, 6),
            (POLICY, 1),
        ],
    );
}

#[test]
fn agrees_on_keys() {
    run(KEY, &[(ACCEPTED, 5), (REFUSED, 21)]);
}

#[test]
fn agrees_on_the_older_collection() {
    run(CRYPTO, &[(ACCEPTED, 4), (REFUSED, 45), (JWE_VALID, 2), (JWE_INVALID, 32)]);
}

#[test]
fn refuses_every_encrypted_token_as_a_signature() {
    run(ENCRYPTION, &[(JWE_VALID, 65), (JWE_INVALID, 74)]);
}

#[test]
fn every_exception_belongs_to_a_file_that_is_run() {
    let all = read("wycheproof/exceptions.json");
    for entry in all.as_array().unwrap() {
        assert!([SIGNATURE, KEY, CRYPTO, ENCRYPTION].contains(&text(entry, "/file")));
    }
}

#[test]
fn refuses_for_the_right_reason() {
    for (file, id, code) in [
        (SIGNATURE, 346, "jws_alg_not_allowed"),
        (SIGNATURE, 347, "the key names an unknown algorithm"),
        (SIGNATURE, 350, "jws_alg_not_allowed"),
        (SIGNATURE, 351, "the key names an unknown algorithm"),
        (SIGNATURE, 353, "key_use"),
        (SIGNATURE, 355, "key_use"),
        (SIGNATURE, 372, "token_character"),
        (SIGNATURE, 373, "token_character"),
        (SIGNATURE, 374, "base64url_trailing_bits"),
        (KEY, 1, "misuse_keys_mixed"),
        (CRYPTO, 3, "jws_signature_missing"),
        (CRYPTO, 13, "token_empty"),
        (CRYPTO, 16, "jws_alg_none"),
        (CRYPTO, 17, "jws_json_serialization"),
        (CRYPTO, 31, "jws_alg_not_allowed"),
        (CRYPTO, 32, "jws_signature_mismatch"),
        (CRYPTO, 46, "key_rsa_modulus"),
    ] {
        assert_eq!(case(file, id).verify(), Err(code), "{file} {id}");
    }
}

#[test]
fn names_what_is_wrong_with_each_unusable_member_of_a_set() {
    for (id, code) in [
        (7, "key_rsa_modulus"),
        (8, "key_rsa_size"),
        (9, "key_rsa_exponent"),
        (16, "key_secret_empty"),
        (17, "key_secret_empty"),
        (18, "key_secret_empty"),
        (23, "key_member"),
        (24, "key_member_missing"),
    ] {
        let set = KeySet::from_json(case(KEY, id).document().to_string()).unwrap();
        let [Member::Unusable { reason, .. }] = set.members() else { panic!("{id} is usable") };
        assert_eq!(reason.code().as_str(), code, "{id}");
    }
    let set = KeySet::from_json(case(KEY, 22).document().to_string()).unwrap();
    let off_curve = VerifyingKey::from_jwk(set.keys().next().unwrap(), Algorithm::Es256);
    assert_eq!(code(&off_curve), "key_rejected", "the point is not on the curve");
}

#[test]
fn refuses_two_sound_keys_of_one_name() {
    // In the vector itself the second secret ends in a character with bits that belong to no byte.
    let case = case(KEY, 4);
    let document = case.document().to_string();
    let sound = document.replace("cruLCsbWlBingge", "cruLCsbWlBinggc");
    assert_ne!(document, sound);
    let set = KeySet::from_json(sound).unwrap();
    let verdict = jws::verify(&case.token(), set, &jws::Options::new());
    assert_eq!(code(&verdict), "jws_key_ambiguous");
}

#[test]
fn signs_nothing_with_a_key_whose_operations_are_one_malformed_string() {
    let case = case(SIGNATURE, 349);
    assert_eq!(case.group["private"]["key_ops"][0], "sign, verify");
    let private = SigningKey::from_jwk(&jwk(&case.group["private"]), Algorithm::Rs256);
    let error = private.unwrap_err();
    assert!(matches!(error.kind(), jotem::ErrorKind::Key(KeyError::Use { .. })), "{error}");
}
