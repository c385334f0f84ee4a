//! Any bytes as a JOSE header, under a signature that holds: what is accepted is exactly what the
//! rules allow.

use std::sync::LazyLock;

use jotem::jws::{Header, Options};
use jotem::{Verifier, VerifyingKey};
use serde_json::Value;

use crate::{encode, keys, oracle};

/// The `kid` of the second verifier's key.
const NAME: &str = "a";

static KEYS: LazyLock<[VerifyingKey; 2]> = LazyLock::new(|| {
    let key = keys::hs256().verifying_key();
    [key.clone(), key.with_key_id(NAME)]
});

static VERIFIERS: LazyLock<[Verifier; 2]> = LazyLock::new(|| {
    KEYS.each_ref().map(|key| Verifier::builder(key).expiry_optional().build().unwrap())
});

/// Feeds one header.
///
/// # Panics
/// If a promise is broken.
pub fn run(data: &[u8]) {
    let token = encode::token(data, b"{}", keys::hs256());
    for verifier in VERIFIERS.iter() {
        match verifier.verify::<()>(&token) {
            Ok(verified) => accepted(data, verified.header(), verifier),
            Err(error) => refused(data, oracle::sound(&error)),
        }
    }
    // As a JWS of any payload, where nothing of the claims is in the way.
    let options = [Options::new(), Options::new().unencoded(b"{}")];
    for (key, options) in KEYS.iter().zip(options) {
        if let Err(error) = jotem::jws::verify(&token, key, &options) {
            oracle::sound(&error);
        }
    }
}

fn accepted(data: &[u8], header: &Header, verifier: &Verifier) {
    assert_eq!(header.json().as_bytes(), data);
    let value = oracle::read(data).expect("serde_json reads it too");
    let members = value.as_object().expect("an object");
    assert_eq!(members.get("alg").and_then(Value::as_str), Some("HS256"));
    assert_eq!(header.algorithm(), Some("HS256"));
    let key_id = members.get("kid").and_then(Value::as_str);
    assert_eq!(header.key_id(), key_id);
    let named = std::ptr::eq(verifier, &raw const VERIFIERS[1]);
    assert!(!named || key_id.is_none_or(|key_id| key_id == NAME), "the key of another name");
    // The verifier understands nothing that could be critical but `b64`.
    if let Some(critical) = members.get("crit") {
        assert_eq!(*critical, serde_json::json!(["b64"]));
    }
    assert!(members.get("b64").is_none_or(|b64| *b64 == Value::Bool(true)), "unencoded");
    for forbidden in ["enc", "zip", "epk"] {
        assert!(!members.contains_key(forbidden), "{forbidden}");
    }
    for text in ["kid", "typ", "cty", "jku", "x5u", "x5t", "x5t#S256"] {
        assert!(members.get(text).is_none_or(Value::is_string), "{text}");
    }
    for (name, value) in members {
        let read: Value = header.parameter(name).expect("the parameter is there");
        assert!(oracle::same(&read, value), "{name}");
    }
}

fn refused(data: &[u8], code: &str) {
    if code.starts_with("json_") {
        oracle::agrees(code, data);
    } else if code != "jws_segment_empty" && !code.ends_with("_too_large") {
        assert!(oracle::read(data).is_ok_and(|value| value.is_object()), "{code}");
    }
}

/// Headers of every kind.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    [
        r#"{"alg":"HS256"}"#,
        r#"{"alg":"HS256","typ":"JWT","kid":"a","cty":"JWT"}"#,
        r#"{"alg":"HS256","b64":true,"crit":["b64"]}"#,
        r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#,
        r#"{"alg":"HS256","crit":["x"],"x":[1,{"y":null}]}"#,
        r#"{"alg":"none"}"#,
        r#"{ "typ" : "JWT" ,"alg":"\u0048S256", "x5c":["a"],"jwk":{"kty":"oct"}}"#,
        r#"{"alg":"HS256","jku":"https://a","x5u":"a","x5t":"a","x5t#S256":"a","n":-1.5e3}"#,
        r#"{"alg":"HS256","a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":0,"k":1,"l":2,"a-long-name":3,"a-long-nam\u0065":4}"#,
        r#"{"alg":"HS256","enc":"A128GCM","zip":"DEF","epk":{}}"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}
