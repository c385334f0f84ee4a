//! Issuing with whichever key is active, never for longer than the key is published.

use std::time::Duration;

use jotem::{Claims, NumericDate, Verifier, unverified_header};
use jotem_jwks::ring::{KeyRing, KeyState::Active};

use super::memory::{NOW, PASSWORD, in_state, ring};

fn key_id(token: &str) -> String {
    unverified_header(token).unwrap().as_untrusted().key_id().unwrap().to_owned()
}

#[test]
fn the_active_key_signs_at_the_very_next_call() {
    let (ring, _, clock) = ring();
    let issuer = ring.issuer(|issuer| issuer.token_type("at+jwt").audience("api")).unwrap();
    let verifier = Verifier::builder(&ring).clock(clock.clone()).audience("api");
    let verifier = verifier.build().unwrap();
    for _ in 0..3 {
        let token = issuer.issue(&Claims::empty().subject("42")).unwrap();
        assert_eq!([key_id(&token)].as_slice(), in_state(&ring, Active));
        let verified = verifier.verify::<()>(&token).unwrap();
        assert_eq!(verified.header().token_type(), Some("at+jwt"), "the settings stay");
        ring.rotate_now().unwrap();
        clock.advance(Duration::from_secs(1));
    }
    ring.compromise(&in_state(&ring, Active)[0]).unwrap();
    let token = issuer.issue(&Claims::empty()).unwrap();
    assert_eq!([key_id(&token)].as_slice(), in_state(&ring, Active));
}

#[test]
fn tokens_live_as_long_as_the_ring_says_if_nothing_else_is_said() {
    let (ring, _, clock) = ring();
    let token = ring.issuer(|issuer| issuer).unwrap().issue(&Claims::empty()).unwrap();
    let verifier = Verifier::builder(&ring).clock(clock).build().unwrap();
    let expiry = verifier.verify::<()>(&token).unwrap().claims().expires_at();
    assert_eq!(expiry, Some(NumericDate::from_secs(NOW + 900)));
}

#[test]
fn no_issuer_makes_tokens_that_outlive_their_key() {
    let (ring, _, _) = ring();
    let seconds = Duration::from_secs;
    assert!(ring.issuer(|issuer| issuer.lifetime(seconds(900))).is_ok());
    let error = ring.issuer(|issuer| issuer.lifetime(seconds(901))).unwrap_err();
    assert_eq!(error.code(), "ring_token_outlives_key");
    assert!(error.to_string().contains("901") && error.to_string().contains("900"), "{error}");
    let error = ring.issuer(jotem::jwt::IssuerBuilder::never_expires).unwrap_err();
    assert_eq!(error.code(), "ring_token_never_expires");
}

#[test]
fn no_claims_make_a_token_that_outlives_its_key() {
    let (ring, _, _) = ring();
    let issuer = ring.issuer(|issuer| issuer).unwrap();
    let date = NumericDate::from_secs;
    let good = [Claims::empty().expires_at(date(NOW + 900)), Claims::empty().issued_at(date(NOW))];
    for claims in good {
        issuer.issue(&claims).unwrap();
    }
    let bad = [
        Claims::empty().expires_at(date(NOW + 901)),
        Claims::empty().expires_at(NumericDate::MAX),
        Claims::empty().issued_at(date(NOW + 1)),
    ];
    for claims in bad {
        assert_eq!(issuer.issue(&claims).unwrap_err().code(), "ring_token_outlives_key");
    }
}

#[test]
fn a_ring_without_its_password_verifies_and_publishes_and_does_nothing_else() {
    let (ring, memory, _) = ring();
    let public = KeyRing::open_public(memory.clone()).unwrap();
    assert_eq!(public.publication().unwrap(), ring.publication().unwrap());
    assert_eq!(public.keys(), ring.keys());
    assert_eq!(public.verifying_keys().len(), 2);
    let refused = [
        public.rotate().unwrap_err(),
        public.rotate_now().unwrap_err(),
        public.compromise(ring.keys()[0].key_id()).unwrap_err(),
        public.maintain().unwrap_err(),
        public.signing_key().unwrap_err(),
        public.issuer(|issuer| issuer).unwrap_err(),
    ];
    for error in refused {
        assert_eq!(error.code(), "ring_public_only");
    }
    assert_eq!(memory.open(&jotem::testing::FixedClock::at(NOW)).revision(), 1);
    assert!(!memory.text().contains(PASSWORD));
}

#[test]
fn a_verifier_needs_no_list_of_algorithms_and_takes_no_other_algorithm() {
    let (ring, _, clock) = ring();
    let verifier = Verifier::builder(&ring).clock(clock.clone()).build().unwrap();
    let active = in_state(&ring, Active).remove(0);
    for algorithm in [jotem::Algorithm::Es256, jotem::Algorithm::Hs256] {
        let other = jotem::SigningKey::generate(algorithm).unwrap().with_key_id(active.clone());
        let issuer = jotem::Issuer::builder(other).clock(clock.clone());
        let issuer = issuer.lifetime(Duration::from_secs(60)).build().unwrap();
        let error = verifier.verify::<()>(&issuer.issue(&Claims::empty()).unwrap()).unwrap_err();
        assert_eq!(error.code().as_str(), "jws_alg_not_allowed", "{algorithm}");
    }
    // Another key of the same algorithm, under the same name.
    let other = jotem::SigningKey::generate(jotem::Algorithm::EdDsa).unwrap().with_key_id(active);
    let issuer = jotem::Issuer::builder(other).clock(clock).lifetime(Duration::from_secs(60));
    let token = issuer.build().unwrap().issue(&Claims::empty()).unwrap();
    let error = verifier.verify::<()>(&token).unwrap_err();
    assert_eq!(error.code().as_str(), "jws_signature_mismatch");
}

#[test]
fn a_verifier_that_remembers_tokens_forgets_those_of_a_removed_key() {
    let (ring, _, clock) = ring();
    let verifier = Verifier::builder(&ring).clock(clock).cache(1 << 20).build().unwrap();
    let token = ring.issuer(|issuer| issuer).unwrap().issue(&Claims::empty()).unwrap();
    for _ in 0..3 {
        verifier.verify::<()>(&token).unwrap();
    }
    ring.compromise(&in_state(&ring, Active)[0]).unwrap();
    let error = verifier.verify::<()>(&token).unwrap_err();
    assert_eq!(error.code().as_str(), "jws_key_not_found");
}
