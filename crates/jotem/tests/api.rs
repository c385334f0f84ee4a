//! The API as an application uses it: builders, keys, one-call forms, keys that live elsewhere.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

#[path = "api/beginnings.rs"]
mod beginnings;
#[path = "api/caching.rs"]
mod caching;
#[path = "api/claims.rs"]
mod claims;
#[path = "api/dates.rs"]
mod dates;
#[cfg(feature = "encrypted-keys")]
#[path = "api/encrypted.rs"]
mod encrypted;
#[path = "api/explaining.rs"]
mod explaining;
#[path = "api/fixtures.rs"]
mod fixtures;
#[path = "api/keys.rs"]
mod keys;
#[path = "api/lookup.rs"]
mod lookup;
#[cfg(feature = "encrypted-keys")]
#[path = "api/openssh.rs"]
mod openssh;
#[path = "api/reading.rs"]
mod reading;
#[path = "api/serializations.rs"]
mod serializations;
#[path = "api/signatures.rs"]
mod signatures;
#[path = "api/ssh.rs"]
mod ssh;
#[path = "api/writing.rs"]
mod writing;
#[path = "api/x509.rs"]
mod x509;

use std::error::Error as _;
use std::time::Duration;

use jotem::crypto::{Sign, Signature};
use jotem::error::Excerpt;
use jotem::jws::{KeyRequest, KeyResolver, Keys};
use jotem::testing::{FixedClock, TestIssuer};
use jotem::{
    Algorithm, Claims, Issuer, KeySet, NumericDate, Rejection, SigningKey, Validation, Verifier,
    VerifyingKey,
};
use serde_json::json;

fn key(algorithm: Algorithm) -> SigningKey {
    SigningKey::generate(algorithm).unwrap()
}

fn code<T: std::fmt::Debug>(result: Result<T, jotem::Error>) -> &'static str {
    result.unwrap_err().code().as_str()
}

#[test]
fn what_is_shared_between_threads_can_be() {
    fn shared<T: Send + Sync + Clone + std::fmt::Debug + 'static>() {}
    shared::<Verifier>();
    shared::<Issuer>();
    shared::<SigningKey>();
    shared::<VerifyingKey>();
    shared::<KeySet>();
    shared::<jotem::Verified<()>>();
}

#[test]
fn an_issuer_writes_what_it_was_set_to_and_claims_win() {
    let clock = FixedClock::at(1_700_000_000);
    let key = key(Algorithm::Es256).with_key_id("a");
    let issuer = Issuer::builder(key.clone())
        .issuer("https://a.example")
        .audience("api")
        .lifetime(Duration::from_secs(60))
        .token_type("at+jwt")
        .token_ids()
        .header("x-tenant", 7)
        .clock(clock.clone())
        .build()
        .unwrap();
    let verifier =
        Verifier::builder(key.verifying_key()).any_audience().clock(clock).build().unwrap();

    let verified = verifier.verify::<()>(&issuer.issue(&Claims::empty()).unwrap()).unwrap();
    let claims = verified.claims();
    assert_eq!(claims.issuer(), Some("https://a.example"));
    assert_eq!(claims.audience().iter().collect::<Vec<_>>(), ["api"]);
    assert_eq!(claims.issued_at().unwrap().as_secs(), 1_700_000_000);
    assert_eq!(claims.expires_at().unwrap().as_secs(), 1_700_000_060);
    assert_eq!(claims.token_id().unwrap().len(), 22);
    assert_eq!(verified.header().token_type(), Some("at+jwt"));
    assert_eq!(verified.header().key_id(), Some("a"));
    assert_eq!(verified.header().parameter::<u8>("x-tenant"), Some(7));

    let own = Claims::empty()
        .issuer("https://b.example")
        .audiences(["x", "y"])
        .expires_at(NumericDate::from_secs(1_700_000_010))
        .token_id("one");
    let verified = verifier.verify::<()>(&issuer.issue(&own).unwrap()).unwrap();
    assert_eq!(verified.claims().issuer(), Some("https://b.example"));
    assert_eq!(verified.claims().audience().iter().collect::<Vec<_>>(), ["x", "y"]);
    assert_eq!(verified.claims().expires_at().unwrap().as_secs(), 1_700_000_010);
    assert_eq!(verified.claims().token_id(), Some("one"));
}

#[test]
fn an_issuer_refuses_what_no_verifier_would_accept() {
    let build = || Issuer::builder(key(Algorithm::EdDsa));
    assert_eq!(code(build().build()), "misuse_lifetime_missing");
    assert_eq!(code(build().never_expires().issuer("").build()), "misuse_expectation_empty");
    assert_eq!(
        code(build().never_expires().header("alg", "none").build()),
        "misuse_header_reserved"
    );
    for (name, value) in [("typ", json!(5)), ("cty", json!(["a"])), ("x-deep", nested(40))] {
        let built = build().never_expires().header(name, value).build();
        assert_eq!(code(built), "misuse_header_refused", "{name}");
    }
    let issuer = build().lifetime(Duration::from_secs(60)).build().unwrap();
    assert_eq!(code(issuer.issue(&Claims::new(json!({"exp": 1})))), "misuse_claim_twice");
    assert_eq!(code(issuer.issue(&Claims::new(json!([1])))), "misuse_claims_not_object");
    assert_eq!(code(issuer.issue(&Claims::new("text"))), "misuse_claims_not_object");
    let huge = Claims::new(json!({"data": "x".repeat(20_000)}));
    assert_eq!(code(issuer.issue(&huge)), "misuse_token_too_long");
}

fn nested(levels: usize) -> serde_json::Value {
    (0..levels).fold(json!(0), |inner, _| json!([inner]))
}

#[test]
fn no_form_of_signing_writes_a_name_that_verifiers_find_too_long() {
    let named = |bytes| key(Algorithm::EdDsa).with_key_id("k".repeat(bytes));
    let claims = json!({"exp": 4_102_444_800_u64});
    for bytes in [1025, 5000] {
        let key = named(bytes);
        let built = Issuer::builder(key.clone()).never_expires().build();
        assert_eq!(code(built), "misuse_header_refused");
        assert_eq!(code(jotem::encode(&claims, &key)), "misuse_header_refused");
        assert_eq!(code(jotem::jws::sign(b"payload", &key)), "misuse_header_refused");
    }
    let key = named(1024);
    let token = jotem::encode(&claims, &key).unwrap();
    let read = jotem::decode::<serde_json::Value>(&token, &key.verifying_key(), &Validation::new());
    assert_eq!(read.unwrap(), claims);
}

#[test]
fn a_verifier_refuses_settings_that_protect_nothing() {
    let public = || key(Algorithm::Es256).verifying_key();
    let secret = || key(Algorithm::Hs256).verifying_key();
    let none: [Algorithm; 0] = [];
    let unused: [&str; 0] = [];
    for (builder, expected) in [
        (Verifier::builder(Vec::new()), "misuse_keys_missing"),
        (Verifier::builder([public(), secret()]), "misuse_keys_mixed"),
        (Verifier::builder(public()).algorithms(none), "misuse_algorithms_empty"),
        (Verifier::builder(public()).algorithms([Algorithm::Hs256]), "misuse_keys_unusable"),
        (
            Verifier::builder(public()).algorithms([Algorithm::Es256, Algorithm::Hs256]),
            "misuse_keys_mixed",
        ),
        (Verifier::builder(public()).issuer(""), "misuse_expectation_empty"),
        (Verifier::builder(public()).audiences(unused), "misuse_expectation_empty"),
        (Verifier::builder(public()).leeway(Duration::from_secs(301)), "misuse_leeway_too_long"),
        (Verifier::builder(Keys::resolver(Known(Vec::new()))), "misuse_algorithms_needed"),
    ] {
        assert_eq!(code(builder.build()), expected);
    }
}

#[derive(Debug)]
struct Known(Vec<VerifyingKey>);

impl KeyResolver for Known {
    fn resolve(&self, request: &KeyRequest<'_>) -> Result<Vec<VerifyingKey>, Excerpt> {
        if request.untrusted_key_id() == Some("offline") {
            return Err(Excerpt::new("the key server does not answer"));
        }
        Ok(self.0.clone())
    }
}

#[test]
fn a_resolver_is_asked_after_the_algorithm_and_held_to_it() {
    let sign = |key: &SigningKey| jotem::encode(&json!({"exp": 4_102_444_800_u64}), key).unwrap();
    let (good, other) = (key(Algorithm::Es256), key(Algorithm::EdDsa));
    let verifier =
        Verifier::builder(Keys::resolver(Known(vec![good.verifying_key(), other.verifying_key()])))
            .algorithms([Algorithm::Es256])
            .build()
            .unwrap();
    assert!(verifier.verify::<()>(&sign(&good)).is_ok());
    assert_eq!(code(verifier.verify::<()>(&sign(&other))), "jws_alg_not_allowed");
    let offline = good.with_key_id("offline");
    assert_eq!(code(verifier.verify::<()>(&sign(&offline))), "jws_keys_unavailable");
}

#[test]
fn several_fitting_keys_are_ambiguous_unless_several_tries_are_allowed() {
    let keys = [key(Algorithm::Es256), key(Algorithm::Es256)];
    let token = jotem::encode(&json!({"exp": 4_102_444_800_u64}), &keys[1]).unwrap();
    let both = || keys.each_ref().map(SigningKey::verifying_key);
    let strict = Verifier::builder(both()).build().unwrap();
    assert_eq!(code(strict.verify::<()>(&token)), "jws_key_ambiguous");
    let patient = Verifier::builder(both()).try_keys(2).build().unwrap();
    assert!(patient.verify::<()>(&token).is_ok());
}

/// A signer that answers with what it is told to.
#[derive(Debug)]
struct Hsm(Vec<u8>);

impl Sign for Hsm {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn sign(&self, _: &[u8]) -> Result<Signature, Box<dyn std::error::Error + Send + Sync>> {
        if self.0.is_empty() {
            Err("no session".into())
        } else {
            Ok(Signature::from(self.0.clone()))
        }
    }
}

#[test]
fn a_signer_that_fails_or_lies_is_found_out_before_the_token_leaves() {
    let public = key(Algorithm::Es256).verifying_key();
    for answer in [Vec::new(), vec![7; 64], vec![7; 63]] {
        let signer = SigningKey::from_signer(Hsm(answer), public.clone()).unwrap();
        let error = jotem::encode(&json!({}), &signer).unwrap_err();
        assert_eq!(error.code().as_str(), "signing_failed");
        assert!(error.source().is_some());
    }
    let other = key(Algorithm::EdDsa).verifying_key();
    assert_eq!(code(SigningKey::from_signer(Hsm(Vec::new()), other)), "key_algorithm_mismatch");
}

#[test]
fn a_prepared_token_takes_only_its_own_signature() {
    let held = key(Algorithm::Es256);
    let issuer = Issuer::builder(SigningKey::held_elsewhere(held.verifying_key()))
        .lifetime(Duration::from_secs(60))
        .build()
        .unwrap();
    assert_eq!(code(issuer.issue(&Claims::empty())), "misuse_key_elsewhere");
    let unsigned = issuer.prepare(&Claims::empty()).unwrap();
    let signature = held.sign(unsigned.signing_input()).unwrap();
    let token = unsigned.clone().attach(&signature).unwrap();
    assert!(Verifier::builder(held.verifying_key()).build().unwrap().verify::<()>(&token).is_ok());

    let wrong = held.sign(b"something else").unwrap();
    let error = unsigned.clone().attach(wrong).unwrap_err();
    let reason = error.source().and_then(|source| source.downcast_ref::<Rejection>());
    assert!(matches!(reason, Some(Rejection::SignatureMismatch { .. })));

    let mut der = vec![0x30, 0x44, 0x02, 0x20];
    der.extend_from_slice(&signature.as_ref()[..32]);
    der.extend_from_slice(&[0x02, 0x20]);
    der.extend_from_slice(&signature.as_ref()[32..]);
    let error = unsigned.attach(der).unwrap_err();
    let reason = error.source().and_then(|source| source.downcast_ref::<Rejection>());
    assert!(matches!(reason, Some(Rejection::SignatureIsDer { .. })));
    assert!(error.hint().contains("r and s"));
}

#[test]
fn the_claims_type_is_the_last_thing_that_is_looked_at() {
    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "it is read by nobody")]
    struct Role {
        role: u8,
    }
    let key = key(Algorithm::Hs256);
    let verdict = |claims: serde_json::Value| {
        let token = jotem::encode(&claims, &key).unwrap();
        code(jotem::decode::<Role>(&token, &key.verifying_key(), &Validation::new()))
    };
    assert_eq!(verdict(json!({"exp": 4_102_444_800_u64, "role": "admin"})), "jwt_claims_shape");
    assert_eq!(verdict(json!({"exp": 1, "role": "admin"})), "jwt_expired");
    assert_eq!(verdict(json!({"exp": "soon", "role": "admin"})), "jwt_claim_type");
}

#[test]
fn a_fixed_clock_moves_only_when_it_is_moved() {
    let issuer = TestIssuer::new().unwrap();
    let verifier = issuer.verifier().unwrap();
    let token = issuer.token(&json!({"role": "user"})).unwrap();
    assert!(verifier.verify::<()>(&token).is_ok());
    issuer.clock().advance(Duration::from_secs(900 + 30));
    assert_eq!(code(verifier.verify::<()>(&token)), "jwt_expired");
    issuer.clock().set(1_700_000_000);
    assert!(verifier.verify::<()>(&token).is_ok());
}

#[test]
fn an_ed25519_document_whose_halves_do_not_belong_together_is_not_read() {
    use jotem::Jwk;
    let [one, other] = [key(Algorithm::EdDsa), key(Algorithm::EdDsa)];
    // PKCS#8 version 2 (RFC 5958): the seed of one key, and the public key of another.
    let mut document = one.to_der().unwrap().expose().to_vec();
    let public = other.verifying_key().to_der().unwrap();
    document[1] += 35;
    document[4] = 1;
    document.extend_from_slice(&[0x81, 0x21, 0x00]);
    document.extend_from_slice(&public[12..]);
    assert_eq!(code(Jwk::from_der(&document)), "key_halves_mismatch");
    let own = one.verifying_key().to_der().unwrap();
    document.truncate(document.len() - 32);
    document.extend_from_slice(&own[12..]);
    assert!(Jwk::from_der(&document).is_ok());
}
