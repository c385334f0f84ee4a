//! Types of the application that become claims: an object of any kind, each name once, and nothing
//! else.

use std::collections::BTreeMap;

use jotem::{Algorithm, Claims, Issuer};
use serde::Serialize;
use serde::ser::{Error as _, SerializeMap, Serializer};
use serde_json::{Value, json};

use super::{code, key};

/// The payload of a token whose claims are these and nothing else.
fn written<T: Serialize>(claims: &T) -> String {
    let token = jotem::encode(claims, &key(Algorithm::Hs256)).unwrap();
    jotem::unverified_claims::<()>(&token).unwrap().as_untrusted().json().to_owned()
}

fn refused<T: Serialize>(claims: &T) -> (&'static str, String) {
    let error = jotem::encode(claims, &key(Algorithm::Hs256)).unwrap_err();
    (error.code().as_str(), error.to_string())
}

#[derive(Serialize)]
struct Profile {
    role: &'static str,
    level: u8,
}

const PROFILE: Profile = Profile { role: "admin", level: 3 };

#[derive(Serialize)]
struct Wrapped<T>(T);

#[derive(Serialize)]
struct Unit;

#[derive(Serialize)]
struct Pair(u8, u8);

#[derive(Serialize)]
enum Kind {
    Unit,
    Newtype(u8),
    Tuple(u8, u8),
    Struct { side: u8 },
}

#[test]
fn an_object_of_any_kind_is_written_as_serde_json_writes_it() {
    let map = BTreeMap::from([("role", json!("admin")), ("deep", json!({"a": [1, null]}))]);
    assert_eq!(written(&PROFILE), r#"{"role":"admin","level":3}"#);
    assert_eq!(written(&map), r#"{"deep":{"a":[1,null]},"role":"admin"}"#);
    assert_eq!(written(&Wrapped(PROFILE)), r#"{"role":"admin","level":3}"#);
    assert_eq!(written(&Some(PROFILE)), r#"{"role":"admin","level":3}"#);
    assert_eq!(written(&Kind::Newtype(5)), r#"{"Newtype":5}"#);
    assert_eq!(written(&BTreeMap::from([(7, "a"), (-1, "b")])), r#"{"-1":"b","7":"a"}"#);
    assert_eq!(written(&json!({"é\n\"": "\u{1f600}"})), "{\"é\\n\\\"\":\"\u{1f600}\"}");
}

#[test]
fn nothing_of_the_applications_own_is_an_empty_object() {
    assert_eq!(written(&()), "{}");
    assert_eq!(written(&Unit), "{}");
    assert_eq!(written(&None::<Profile>), "{}");
    assert_eq!(written(&json!({})), "{}");
}

#[test]
fn refuses_what_is_no_object_and_says_what_it_is() {
    let code = "misuse_claims_not_object";
    for (found, what) in [
        (refused(&true), "a boolean"),
        (refused(&1_i8), "a number"),
        (refused(&1_i16), "a number"),
        (refused(&1_i32), "a number"),
        (refused(&1_i64), "a number"),
        (refused(&1_u8), "a number"),
        (refused(&1_u16), "a number"),
        (refused(&1_u32), "a number"),
        (refused(&1_u64), "a number"),
        (refused(&1_f32), "a number"),
        (refused(&1_f64), "a number"),
        (refused(&'a'), "a string"),
        (refused(&"text"), "a string"),
        (refused(&Kind::Unit), "a string"),
        (refused(&[1, 2]), "an array"),
        (refused(&vec![PROFILE]), "an array"),
        (refused(&(1, 2)), "an array"),
        (refused(&Pair(1, 2)), "an array"),
        (refused(&Wrapped(1)), "a number"),
        (refused(&Some(1)), "a number"),
        (refused(&Kind::Tuple(1, 2)), "an enum variant"),
        (refused(&Kind::Struct { side: 1 }), "an enum variant"),
        (refused(&BTreeMap::from([((), 1)])), "a map without text keys"),
        (refused(&BTreeMap::from([([1], 1)])), "a map without text keys"),
        (refused(&BTreeMap::from([(true, 1)])), "a map without text keys"),
    ] {
        assert_eq!(found.0, code, "{what}: {}", found.1);
        assert!(found.1.contains(what), "{what}: {}", found.1);
    }
}

/// A map that writes a name twice.
struct Twice(&'static str, &'static str);

impl Serialize for Twice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.0, "one")?;
        map.serialize_entry("between", "two")?;
        map.serialize_entry(self.1, "three")?;
        map.end()
    }
}

#[test]
fn refuses_a_name_that_the_applications_type_writes_twice() {
    assert_eq!(refused(&Twice("a", "a")).0, "misuse_claim_twice");
    assert_eq!(refused(&Twice("", "")).0, "misuse_claim_twice");
    assert_eq!(refused(&Twice("exp", "exp")).0, "misuse_claim_twice");
    assert_eq!(refused(&Twice("a", "between")).0, "misuse_claim_twice");
    assert_eq!(written(&Twice("a", "b")), r#"{"a":"one","between":"two","b":"three"}"#);
}

#[test]
fn refuses_a_registered_claim_that_both_sides_write() {
    #[derive(Serialize)]
    struct Own {
        exp: u64,
    }
    #[derive(Serialize)]
    #[expect(non_camel_case_types, reason = "it becomes the name of a claim")]
    enum Named {
        iat(u64),
    }
    let issuer = Issuer::builder(key(Algorithm::EdDsa)).issuer("https://a.example").audience("api");
    let issuer = issuer.lifetime(std::time::Duration::from_secs(60)).token_ids().build().unwrap();
    for name in ["iss", "aud", "exp", "iat", "jti"] {
        let claims = Claims::new(BTreeMap::from([(name, 1)]));
        assert_eq!(code(issuer.issue(&claims)), "misuse_claim_twice", "{name}");
    }
    for name in ["sub", "nbf"] {
        let claims = Claims::new(json!({name: 1}));
        assert!(issuer.issue(&claims).is_ok(), "{name} is written once");
        let date = jotem::NumericDate::from_secs(1);
        let both = claims.subject("42").not_before(date);
        assert_eq!(code(issuer.issue(&both)), "misuse_claim_twice", "{name}");
    }
    assert_eq!(code(issuer.issue(&Claims::new(Own { exp: 1 }))), "misuse_claim_twice");
    assert_eq!(code(issuer.issue(&Claims::new(Named::iat(1)))), "misuse_claim_twice");
}

/// A type that cannot be written.
struct Broken;

impl Serialize for Broken {
    fn serialize<S: Serializer>(&self, _serializer: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("the disk is full"))
    }
}

#[test]
fn says_why_a_value_cannot_be_written() {
    let code = "misuse_claims_not_serializable";
    let found = refused(&Broken);
    assert_eq!(found.0, code);
    assert!(found.1.contains("the disk is full"), "{}", found.1);
    let inside = refused(&BTreeMap::from([("a", Wrapped(Broken))]));
    assert_eq!(inside.0, code);
    assert!(inside.1.contains("the disk is full"), "{}", inside.1);
    let named = refused(&BTreeMap::from([("a", BTreeMap::from([((), 1)]))]));
    assert_eq!(named.0, code, "the names of an inner map are texts as well");
}

/// The form in which `serde_json` passes raw text to itself.
#[derive(Serialize)]
#[serde(rename = "$serde_json::private::RawValue")]
struct Raw {
    #[serde(rename = "$serde_json::private::RawValue")]
    text: &'static str,
}

#[test]
fn refuses_raw_json_in_the_place_of_the_claims() {
    let found = refused(&Raw { text: r#"{"exp":1,"exp":2}"# });
    assert_eq!(found.0, "misuse_claims_not_object");
    assert!(found.1.contains("raw JSON"), "{}", found.1);
}

#[test]
fn a_registered_claim_is_written_once_and_in_its_own_form() {
    let key = key(Algorithm::Hs256);
    let issuer = Issuer::builder(key).never_expires().issuer("https://a.example");
    let issuer = issuer.clock(jotem::testing::FixedClock::at(7)).build().unwrap();
    let payload = |claims: &Claims<Value>| {
        let token = issuer.issue(claims).unwrap();
        jotem::unverified_claims::<()>(&token).unwrap().as_untrusted().json().to_owned()
    };
    let claims = Claims::new(json!({"role": "admin"}));
    let bare = r#"{"iss":"https://a.example","iat":7,"role":"admin"}"#;
    assert_eq!(payload(&claims), bare);
    let one = r#"{"iss":"https://a.example","aud":"api","iat":7,"role":"admin"}"#;
    assert_eq!(payload(&claims.clone().audience("api")), one);
    let two = r#"{"iss":"https://a.example","aud":["api","web"],"iat":7,"role":"admin"}"#;
    assert_eq!(payload(&claims.audiences(["api", "web"])), two);
}

#[test]
fn an_audience_that_is_nobody_is_refused_and_never_that_of_the_issuer() {
    let builder = || Issuer::builder(key(Algorithm::Hs256)).never_expires();
    let none: [&str; 0] = [];
    for issuer in [builder(), builder().audience("api")] {
        let issuer = issuer.build().unwrap();
        assert!(issuer.issue(&Claims::empty()).is_ok());
        for nobody in [none.as_slice(), &[""], &["web", ""]] {
            let claims = Claims::empty().audiences(nobody.iter().copied());
            assert_eq!(code(issuer.issue(&claims)), "misuse_expectation_empty", "{nobody:?}");
            assert_eq!(code(issuer.prepare(&claims)), "misuse_expectation_empty", "{nobody:?}");
        }
    }
    assert_eq!(code(builder().audience("").build()), "misuse_expectation_empty");
}

#[test]
fn issues_a_token_of_the_longest_length_and_none_that_is_longer() {
    let key = key(Algorithm::EdDsa);
    let issuer = |limits: jotem::Limits| {
        let issuer = Issuer::builder(key.clone()).never_expires().limits(limits);
        issuer.clock(jotem::testing::FixedClock::at(7)).build().unwrap()
    };
    let within = |bytes| issuer(jotem::Limits::default().token_bytes(bytes));
    let claims = Claims::empty().subject("42");
    let length = issuer(jotem::Limits::default()).issue(&claims).unwrap().len();
    assert_eq!(within(length).issue(&claims).unwrap().len(), length);
    assert_eq!(code(within(length - 1).issue(&claims)), "misuse_token_too_long");
    let unsigned = within(length - 1).prepare(&claims).unwrap();
    let signature = key.sign(unsigned.signing_input()).unwrap();
    assert_eq!(code(unsigned.attach(signature)), "misuse_token_too_long");
}
