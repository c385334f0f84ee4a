//! Work and damage that a sender or a publisher must not be able to cause.

#![cfg(feature = "aws-lc")]
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test stops where it fails")]

use std::collections::BTreeMap;

use jotem::{Algorithm, Jwk, KeySet, SigningKey, Verifier, jws};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

fn key() -> SigningKey {
    SigningKey::from_secret([7; 32], Algorithm::Hs256).unwrap()
}

/// The verdict on claims that an issuer signed as they stand.
fn verdict<T: serde::de::DeserializeOwned>(claims: &str) -> &'static str {
    let token = jws::sign(claims.as_bytes(), &key()).unwrap();
    let verifier = Verifier::builder(key().verifying_key()).expiry_optional().build().unwrap();
    verifier.verify::<T>(&token).map_or_else(|error| error.code().as_str(), |_| "accepted")
}

#[test]
fn a_long_list_of_critical_names_is_not_compared() {
    let names: Vec<String> = (0..200).map(|number| format!("x{number}")).collect();
    let signer = key();
    let mut header = serde_json::Map::from_iter([("alg".to_owned(), json!("HS256"))]);
    header.insert("crit".to_owned(), json!(names));
    header.extend(names.iter().map(|name| (name.clone(), json!(0))));
    // The header of a signed token, written by hand through the payload of another.
    let encoded = jws::sign(Value::Object(header).to_string().as_bytes(), &signer).unwrap();
    let encoded = encoded.split('.').nth(1).unwrap();
    let error = jotem::unverified_header(&format!("{encoded}.e30.AA")).unwrap_err();
    assert_eq!(error.code().as_str(), "jws_crit_unknown");
}

#[test]
fn a_long_list_of_operations_is_not_compared() {
    let operations: Vec<String> = (0..10_000).map(|number| number.to_string()).collect();
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "key_ops": operations,
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    assert_eq!(Jwk::from_json(jwk.to_string()).unwrap_err().code().as_str(), "key_member");
}

#[test]
fn a_text_of_many_pem_documents_is_not_taken_apart() {
    let error = Jwk::from_pem("-----BEGIN A\n".repeat(80_000)).unwrap_err();
    assert_eq!(error.code().as_str(), "key_pem_several");
}

#[test]
fn a_secret_in_a_set_does_not_break_the_keys_that_are_allowed() {
    let public = SigningKey::generate(Algorithm::Es256).unwrap().verifying_key().to_jwk().unwrap();
    let secret = key().to_jwk().unwrap();
    let set: KeySet = [public, secret].into_iter().collect();
    assert!(Verifier::builder(&set).algorithms([Algorithm::Es256]).build().is_ok());
    let error = Verifier::builder(&set).build().unwrap_err();
    assert_eq!(error.code().as_str(), "misuse_keys_mixed");
}

/// A type that forgives one field everything.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only whether it can be read matters")]
struct Forgiving {
    #[serde(deserialize_with = "forgive", default)]
    x: Option<u8>,
    sub: Option<String>,
}

fn forgive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u8>, D::Error> {
    Ok(u8::deserialize(deserializer).ok())
}

#[test]
fn json_that_is_none_is_refused_even_if_the_type_forgives() {
    assert_eq!(verdict::<Forgiving>(r#"{"x":1,"sub":"a"}"#), "accepted");
    assert_eq!(verdict::<Forgiving>(r#"{"x":"text","sub":"a"}"#), "accepted");
    for claims in [
        r#"{"x":01,"sub":"admin"}"#,
        r#"{"x":-,"sub":"admin"}"#,
        r#"{"x":1.,"sub":"admin"}"#,
        r#"{"x":1e999,"sub":"admin"}"#,
        r#"{"x":"\q,"sub":"admin"}"#,
        r#"{"x":"\ud800","sub":"admin"}"#,
    ] {
        assert_ne!(verdict::<Forgiving>(claims), "accepted", "{claims}");
    }
}

#[test]
fn a_number_as_a_name_has_one_spelling() {
    type Roles = BTreeMap<String, BTreeMap<u32, String>>;
    assert_eq!(verdict::<Roles>(r#"{"roles":{"1":"user"}}"#), "accepted");
    for claims in [r#"{"roles":{"1":"user","01":"admin"}}"#, r#"{"roles":{"+1":"admin"}}"#] {
        assert_eq!(verdict::<Roles>(claims), "jwt_claims_shape", "{claims}");
    }
}

#[test]
fn the_private_names_of_a_parser_are_no_claims() {
    let claims = r#"{"$serde_json::private::RawValue":"{\"sub\":\"admin\"}","sub":"user"}"#;
    assert_eq!(verdict::<Value>(claims), "json_syntax");
}

#[test]
fn a_private_number_of_no_bytes_is_no_number() {
    let key = SigningKey::generate(Algorithm::Rs256).unwrap().to_jwk().unwrap().to_private_json();
    let members: Value = serde_json::from_slice(key.expose()).unwrap();
    for name in ["d", "p", "q", "dp", "dq", "qi"] {
        let mut members = members.clone();
        members[name] = json!("");
        let error = Jwk::from_json(members.to_string()).unwrap_err();
        assert_eq!(error.code().as_str(), "key_member", "{name}");
    }
}
