//! The JSON serializations as an application writes and reads them.

use std::collections::BTreeSet;

use jotem::jws::{KeyRequest, KeyResolver, Keys, Options, Signer, flattened, general};
use jotem::{Algorithm, KeySet, SigningKey, VerifyingKey, error::Excerpt};
use serde_json::{Value, json};

use super::{code, key};

fn named(algorithm: Algorithm, name: &str) -> SigningKey {
    key(algorithm).with_key_id(name)
}

#[expect(clippy::disallowed_methods, reason = "what the crate wrote, read by another")]
fn parsed(document: &str) -> Value {
    serde_json::from_str(document).unwrap()
}

#[test]
fn writes_the_members_of_rfc_7515_and_no_others() {
    let key = named(Algorithm::EdDsa, "a");
    let document = Signer::new(&key)
        .header("typ", "x")
        .unwrap()
        .unprotected("note", json!({"é\"": [1, null]}))
        .unwrap()
        .sign_flattened(b"pay 10")
        .unwrap();
    let value = parsed(&document);
    let names: BTreeSet<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["header", "payload", "protected", "signature"]));
    assert_eq!(value["payload"], "cGF5IDEw");
    assert_eq!(value["header"], json!({"note": {"é\"": [1, null]}}));
    let verified = flattened::verify(&document, key.verifying_key(), &Options::new()).unwrap();
    assert_eq!(verified.header().json(), r#"{"alg":"EdDSA","kid":"a","typ":"x"}"#);

    let signer = Signer::new(&key).detached();
    let value = parsed(&signer.sign_flattened(b"pay 10").unwrap());
    assert!(value.get("payload").is_none() && value.get("header").is_none());
    let value = parsed(&general::sign(b"pay 10", &[signer]).unwrap());
    assert_eq!(value.as_object().unwrap().len(), 1, "only the signatures");
}

#[test]
fn the_compact_serialization_has_no_room_for_what_is_json_only() {
    let key = key(Algorithm::EdDsa);
    let signer = Signer::new(&key).unprotected("note", 1).unwrap();
    assert_eq!(code(signer.sign(b"x")), "misuse_json_only");
    let signer = Signer::new(&key).unencoded_attached();
    assert_eq!(code(signer.sign(b"x")), "misuse_json_only");
    // Nor does the verifier of compact tokens take an unencoded payload between the dots.
    let token = Signer::new(&key).unencoded().sign(b"x").unwrap();
    let options = Options::new().unencoded_attached();
    for token in [token.replace("..", ".x."), token] {
        let verdict = jotem::jws::verify(&token, key.verifying_key(), &options);
        assert_eq!(code(verdict), "jws_unencoded_payload", "{token}");
    }
}

#[test]
fn refuses_to_write_headers_that_no_verifier_would_take() {
    let key = named(Algorithm::EdDsa, "a");
    for name in ["alg", "crit", "b64", "enc", "zip", "epk", "jwk", "iv", "tag", "p2c", "p2s"] {
        let signer = Signer::new(&key).unprotected(name, "x");
        let written = signer.and_then(|signer| signer.sign_flattened(b""));
        let code = code(written);
        assert!(matches!(code, "misuse_header_reserved" | "misuse_header_refused"), "{name}");
    }
    for (name, value) in [("kid", json!("b")), ("typ", json!(7)), ("x5c", json!("x"))] {
        let signer = Signer::new(&key).unprotected(name, value).unwrap();
        assert_eq!(code(signer.sign_flattened(b"")), "misuse_header_refused", "{name}");
        assert_eq!(code(general::sign(b"", &[signer])), "misuse_header_refused", "{name}");
    }
    let twice = Signer::new(&key).header("x", 1).unwrap().unprotected("x", 1).unwrap();
    assert_eq!(code(twice.sign_flattened(b"")), "misuse_header_refused");
}

#[test]
fn refuses_to_write_documents_of_which_the_signers_think_differently() {
    let (a, b) = (key(Algorithm::EdDsa), key(Algorithm::Es256));
    let [one, other] = [Signer::new(&a), Signer::new(&b)];
    assert_eq!(code(general::sign(b"x", &[])), "misuse_signers_missing");
    for other in [other.clone().detached(), other.clone().unencoded(), other.unencoded_attached()] {
        let verdict = general::sign(b"x", &[one.clone(), other]);
        assert_eq!(code(verdict), "misuse_signers_disagree");
    }
    let plain = Signer::new(&a).unencoded_attached();
    assert_eq!(code(plain.sign_flattened(b"a\xff")), "misuse_payload_not_text");
    assert_eq!(code(general::sign(b"\xff", &[plain])), "misuse_payload_not_text");
}

#[test]
fn an_unencoded_payload_is_any_text() {
    let key = key(Algorithm::EdDsa);
    let signer = Signer::new(&key).unencoded_attached();
    let options = Options::new().unencoded_attached();
    for payload in ["", ".", "$.02", "a.b.c", "\u{1f600}\n\"\\\0", "{\"payload\":1}"] {
        let document = signer.sign_flattened(payload.as_bytes()).unwrap();
        let verified = flattened::verify(&document, key.verifying_key(), &options).unwrap();
        assert_eq!(verified.payload(), payload.as_bytes());
        let document = general::sign(payload.as_bytes(), std::slice::from_ref(&signer)).unwrap();
        let verified = general::verify_any(&document, key.verifying_key(), &options).unwrap();
        assert_eq!(verified.into_payload(), payload.as_bytes());
    }
}

#[derive(Debug)]
struct Elsewhere(Result<Vec<VerifyingKey>, Excerpt>);

impl KeyResolver for Elsewhere {
    fn resolve(&self, request: &KeyRequest<'_>) -> Result<Vec<VerifyingKey>, Excerpt> {
        assert_eq!(request.untrusted_type(), None, "an unprotected typ tells nobody anything");
        self.0.clone()
    }
}

#[test]
fn signers_are_keys_sets_and_resolvers() {
    let (a, b) = (named(Algorithm::Es256, "a"), named(Algorithm::EdDsa, "b"));
    let signer = Signer::new(&a).unprotected("typ", "x").unwrap();
    let document = general::sign(b"x", &[signer, Signer::new(&b)]).unwrap();
    let set: KeySet = [b.verifying_key().to_jwk().unwrap()].into_iter().collect();
    let verify = |resolver: Elsewhere| {
        let options = Options::new().algorithms([Algorithm::Es256, Algorithm::EdDsa]);
        let signers = [Keys::resolver(resolver), Keys::from(&set)];
        general::verify_all(&document, signers, &options)
    };
    let verified = verify(Elsewhere(Ok(vec![a.verifying_key()]))).unwrap();
    let places: Vec<_> = verified.signatures().iter().map(general::Signature::position).collect();
    assert_eq!(places, [0, 1]);
    // Keys that could not be had are no verdict about the signer.
    let away = Elsewhere(Err(Excerpt::new("the key server is away")));
    assert_eq!(code(verify(away)), "jws_keys_unavailable");
    assert_eq!(code(verify(Elsewhere(Ok(Vec::new())))), "jws_signer_missing");
}

#[test]
fn one_that_cannot_be_asked_does_not_hide_one_that_holds() {
    let a = named(Algorithm::EdDsa, "a");
    let document = general::sign(b"x", &[Signer::new(&a)]).unwrap();
    let away = || Elsewhere(Err(Excerpt::new("away")));
    let options = Options::new().algorithms([Algorithm::EdDsa]);
    let verdict = general::verify_any(&document, Keys::resolver(away()), &options);
    assert_eq!(code(verdict), "jws_keys_unavailable");
    let signers = [Keys::from(a.verifying_key()), Keys::resolver(away())];
    let verdict = general::verify_all(&document, signers, &options);
    assert_eq!(code(verdict), "jws_keys_unavailable");
}

#[test]
fn the_reason_is_that_of_the_signature_that_came_closest() {
    let (es, ed) = (named(Algorithm::Es256, "a"), named(Algorithm::EdDsa, "b"));
    let document = general::sign(b"x", &[Signer::new(&es), Signer::new(&ed)]).unwrap();
    let reason = |key: &SigningKey| {
        code(general::verify_any(&document, key.verifying_key(), &Options::new()))
    };
    assert_eq!(reason(&key(Algorithm::Hs256)), "jws_alg_not_allowed");
    assert_eq!(reason(&named(Algorithm::EdDsa, "c")), "jws_key_not_found");
    assert_eq!(reason(&key(Algorithm::EdDsa)), "jws_signature_mismatch");
}

#[test]
fn members_that_nobody_knows_are_ignored_and_their_order_is_too() {
    let key = named(Algorithm::EdDsa, "a");
    let value = parsed(&flattened::sign(b"x", &key).unwrap());
    let part = |name: &str| value[name].clone();
    let (payload, protected, signature) = (part("payload"), part("protected"), part("signature"));
    for document in [
        format!(r#"{{"signature":{signature},"protected":{protected},"payload":{payload}}}"#),
        format!(
            " {{ \"x\" : [ {{}} ] ,\"payload\":{payload},\n\"signature\":{signature},\"recipients\":[],\"protected\":{protected}\t}} "
        ),
        format!(
            r#"{{"\u0070ayload":{payload},"Signature":1,"signature":{signature},"protected":{protected},"header":{{}}}}"#
        ),
    ] {
        let verdict = flattened::verify(&document, key.verifying_key(), &Options::new());
        assert_eq!(verdict.unwrap().payload(), b"x", "{document}");
    }
}
