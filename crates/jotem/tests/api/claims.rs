//! What a token says, claim by claim: what was written is what is read, and what is absent is none.

use std::time::Duration;

use jotem::testing::FixedClock;
use jotem::{Algorithm, Claims, Issuer, NumericDate, SigningKey, Verified, Verifier};
use serde_json::{Value, json};

use super::key;

const NOW: u64 = 1_700_000_000;

fn issuer(key: &SigningKey) -> Issuer {
    let issuer = Issuer::builder(key.clone()).lifetime(Duration::from_secs(60));
    issuer.clock(FixedClock::at(NOW)).build().unwrap()
}

/// Issues and verifies.
fn round_trip(claims: &Claims<Value>) -> Verified<Value> {
    let key = key(Algorithm::EdDsa);
    let token = issuer(&key).issue(claims).unwrap();
    let verifier = Verifier::builder(key.verifying_key()).any_audience();
    let verifier = verifier.clock(FixedClock::at(NOW)).build().unwrap();
    verifier.verify(&token).unwrap()
}

#[test]
fn every_claim_that_was_set_is_read() {
    let set = Claims::new(json!({"role": "admin"}))
        .issuer("https://a.example")
        .subject("42")
        .audiences(["api", "web"])
        .expires_at(NumericDate::from_secs(NOW + 3))
        .not_before(NumericDate::from_secs(NOW - 2))
        .issued_at(NumericDate::from_secs(NOW - 1))
        .token_id("one");
    let verified = round_trip(&set);
    let claims = verified.claims();
    assert_eq!(claims.issuer(), Some("https://a.example"));
    assert_eq!(claims.subject(), Some("42"));
    assert_eq!(claims.audience().iter().collect::<Vec<_>>(), ["api", "web"]);
    assert_eq!(claims.expires_at(), Some(NumericDate::from_secs(NOW + 3)));
    assert_eq!(claims.not_before(), Some(NumericDate::from_secs(NOW - 2)));
    assert_eq!(claims.issued_at(), Some(NumericDate::from_secs(NOW - 1)));
    assert_eq!(claims.token_id(), Some("one"));
    assert_eq!(claims.custom()["role"], "admin");
    let written: Value = claims.json().parse().unwrap();
    assert_eq!(written["sub"], "42");
    assert_eq!(written["nbf"], NOW - 2);
    assert_eq!(verified.clone().into_claims().into_custom(), written, "a type sees every member");
    assert_eq!(verified.into_custom(), written);
}

#[test]
fn a_claim_that_is_absent_is_none() {
    let key = key(Algorithm::Hs256);
    let token = jotem::encode(&json!({}), &key).unwrap();
    let verifier = Verifier::builder(key.verifying_key()).expiry_optional().build().unwrap();
    let verified = verifier.verify::<()>(&token).unwrap();
    let claims = verified.claims();
    assert_eq!((claims.issuer(), claims.subject(), claims.token_id()), (None, None, None));
    assert_eq!((claims.expires_at(), claims.not_before(), claims.issued_at()), (None, None, None));
    assert!(claims.audience().is_empty());
    assert_eq!(claims.audience().iter().next(), None);
    assert_eq!(claims.json(), "{}");
}

#[test]
fn an_audience_holds_whole_recipients_only() {
    let verified = round_trip(&Claims::new(json!({})).audiences(["api", "web"]));
    let audience = verified.claims().audience();
    assert!(audience.contains("api") && audience.contains("web"));
    assert!(!audience.is_empty());
    for other in ["", "ap", "apis", "API", "api web", "mobile"] {
        assert!(!audience.contains(other), "{other}");
    }
}

#[test]
fn a_verified_token_says_which_of_its_names_the_algorithm_was_called_by() {
    for algorithm in [Algorithm::Es256, Algorithm::Hs512, Algorithm::Ed25519] {
        let key = key(algorithm);
        let token = jotem::encode(&json!({"exp": 4_102_444_800_u64, "n": 7}), &key).unwrap();
        let verifier = Verifier::builder(key.verifying_key()).build().unwrap();
        let verified = verifier.verify::<Value>(&token).unwrap();
        assert_eq!(verified.algorithm(), algorithm);
        assert_eq!(verified.header().algorithm(), Some(algorithm.name()));
        assert_eq!(verified.custom()["n"], 7);
        assert!(verifier.algorithms().contains(&algorithm));
        assert!(!verifier.algorithms().contains(&Algorithm::Rs256));
    }
    let verifier = Verifier::builder(key(Algorithm::Es384).verifying_key()).build().unwrap();
    assert_eq!(verifier.algorithms(), [Algorithm::Es384]);
}

#[test]
fn what_nobody_verified_is_read_and_only_read() {
    let key = key(Algorithm::Hs256).with_key_id("a");
    let expired = json!({"exp": 1, "iss": "https://a.example", "role": "admin"});
    let token = jotem::encode(&expired, &key).unwrap();
    let header = jotem::unverified_header(&token).unwrap();
    assert_eq!(header.as_untrusted().key_id(), Some("a"));
    assert_eq!(header.into_untrusted().algorithm(), Some("HS256"));
    let claims = jotem::unverified_claims::<Value>(&token).unwrap();
    assert_eq!(claims.as_untrusted().issuer(), Some("https://a.example"));
    assert_eq!(claims.into_untrusted().into_custom(), expired);
}

#[test]
fn a_header_shows_every_parameter_as_it_was_signed() {
    let key = key(Algorithm::EdDsa).with_key_id("a");
    let signer = jotem::jws::Signer::new(&key);
    let signer = signer.header("cty", "text/plain").unwrap().header("x-n", 7).unwrap();
    let token = signer.header("typ", "x+jws").unwrap().sign(b"text").unwrap();
    let options = jotem::jws::Options::new();
    let verified = jotem::jws::verify(&token, key.verifying_key(), &options).unwrap();
    let header = verified.header();
    assert_eq!(header.content_type(), Some("text/plain"));
    assert_eq!(header.token_type(), Some("x+jws"));
    assert_eq!(header.key_id(), Some("a"));
    assert!(header.critical_names().is_empty());
    assert!(!header.is_unencoded());
    assert_eq!(header.parameter::<u8>("x-n"), Some(7));
    assert_eq!(header.parameter::<String>("x-n"), None, "it is of another type");
    assert_eq!(header.parameter::<u8>("x-m"), None, "it is absent");
    let json = r#"{"alg":"EdDSA","cty":"text/plain","kid":"a","typ":"x+jws","x-n":7}"#;
    assert_eq!(header.json(), json);
    assert_eq!(verified.payload(), b"text");
    assert_eq!(verified.into_payload(), b"text");
}

#[test]
fn a_header_names_its_critical_extensions() {
    let key = key(Algorithm::EdDsa);
    let token = jotem::jws::Signer::new(&key).unencoded().sign(b"$.02").unwrap();
    let header = jotem::unverified_header(&token).unwrap().into_untrusted();
    assert_eq!(header.critical_names(), ["b64"]);
    assert!(header.is_unencoded());
    assert_eq!((header.content_type(), header.token_type(), header.key_id()), (None, None, None));
}
