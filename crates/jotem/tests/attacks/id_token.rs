//! H30: what an ID token says of the tokens beside it.

use jotem::jwt::token_hash;
use jotem::{Algorithm, Verified, Verifier};

use crate::forge::*;
use crate::sample::*;

const BESIDE: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";

/// A verified ID token with these members besides its `exp`.
fn id_token(algorithm: Algorithm, members: &str) -> Verified {
    let key = key(algorithm);
    let header = format!(r#"{{"alg":"{algorithm}"}}"#);
    let claims = format!(r#"{{"exp":4102444800{members}}}"#);
    let verifier: Verifier = roomy(&key);
    verifier.verify(&token(header, claims, &key)).unwrap()
}

#[track_caller]
fn refuses_hash(token: &Verified, code: &str) {
    let at_hash = token.check_access_token(BESIDE).unwrap_err();
    assert_eq!(at_hash.code().as_str(), code);
    let shown = format!("{at_hash:?} {at_hash}");
    assert!(!shown.contains(BESIDE) && !shown.contains("77Qm"), "{shown}");
}

#[test]
fn h30_refuses_a_hash_that_the_algorithm_does_not_name() {
    for algorithm in [Algorithm::MlDsa44, Algorithm::MlDsa65, Algorithm::MlDsa87] {
        assert_eq!(token_hash(algorithm, BESIDE), None);
        // Whatever stands there: half of each hash, all of it, nothing.
        for value in ["77QmUPtjPfzWtF2AnpK9RQ", "", "null", "undefined"] {
            let token = id_token(algorithm, &format!(r#","at_hash":"{value}","c_hash":"{value}""#));
            refuses_hash(&token, "jwt_hash_undefined");
            let c_hash = token.check_code(BESIDE).unwrap_err();
            assert_eq!(c_hash.code().as_str(), "jwt_hash_undefined");
        }
    }
}

#[test]
fn h30_refuses_every_hash_but_the_left_half_of_the_right_one() {
    let right = token_hash(Algorithm::Es256, BESIDE).unwrap();
    assert_eq!(right, "77QmUPtjPfzWtF2AnpK9RQ");
    for wrong in [
        token_hash(Algorithm::Es384, BESIDE).unwrap(),
        token_hash(Algorithm::Es512, BESIDE).unwrap(),
        token_hash(Algorithm::Es256, "another").unwrap(),
        token_hash(Algorithm::Es256, "").unwrap(),
        format!("{right}=="),
        format!("{right}="),
        format!(" {right}"),
        right.to_lowercase(),
        right.chars().skip(1).collect(),
        right.chars().take(21).collect(),
        BESIDE.to_owned(),
        String::new(),
    ] {
        let token = id_token(Algorithm::Es256, &format!(r#","at_hash":"{wrong}""#));
        refuses_hash(&token, "jwt_hash_mismatch");
    }
    let token = id_token(Algorithm::Es256, &format!(r#","at_hash":"{right}""#));
    token.check_access_token(BESIDE).unwrap();
    let code = token.check_code(BESIDE).unwrap_err();
    assert_eq!(code.code().as_str(), "jwt_claim_missing", "at_hash is no c_hash");
}

#[test]
fn h30_refuses_a_hash_that_is_absent_or_no_text() {
    refuses_hash(&id_token(Algorithm::Es256, ""), "jwt_claim_missing");
    for value in ["null", "true", "7", "[]", "{}", r#"["77QmUPtjPfzWtF2AnpK9RQ"]"#] {
        let token = id_token(Algorithm::Es256, &format!(r#","at_hash":{value}"#));
        refuses_hash(&token, "jwt_claim_type");
    }
    let inside = r#","more":{"at_hash":"77QmUPtjPfzWtF2AnpK9RQ"}"#;
    refuses_hash(&id_token(Algorithm::Es256, inside), "jwt_claim_missing");
}

#[test]
fn h30_each_algorithm_has_the_hash_of_its_name() {
    for (algorithm, characters) in [
        (Algorithm::Hs256, 22),
        (Algorithm::Rs384, 32),
        (Algorithm::Ps512, 43),
        (Algorithm::Es256K, 22),
        (Algorithm::Es384, 32),
        (Algorithm::Es512, 43),
        (Algorithm::EdDsa, 43),
        (Algorithm::Ed25519, 43),
    ] {
        let value = token_hash(algorithm, BESIDE).unwrap();
        assert_eq!(value.len(), characters, "{algorithm}");
        let token = id_token(algorithm, &format!(r#","c_hash":"{value}""#));
        token.check_code(BESIDE).unwrap();
    }
}
