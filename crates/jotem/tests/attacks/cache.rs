//! Layer S: the cache of verified tokens says no more than that a signature held (S22).

#![expect(clippy::unwrap_used, reason = "a signature that cannot be made is a failed test")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jotem::crypto::{Verify, VerifyError};
use jotem::error::Excerpt;
use jotem::jws::{KeyRequest, KeyResolver, Keys};
use jotem::jwt::VerifierBuilder;
use jotem::testing::FixedClock;
use jotem::{Algorithm, Jwk, SigningKey, Verifier, VerifyingKey};
use serde::Deserialize;
use serde_json::Value;

use crate::documents::{code, from_base64};
use crate::forge::*;
use crate::sample::{good, key, segments};

/// The smallest cache: one set, in which all tokens meet.
const ONE_SET: usize = 16 * 1024;

fn cached(key: &SigningKey) -> VerifierBuilder {
    builder(key).cache(ONE_SET)
}

/// A token with these claims.
fn claiming(claims: &str, key: &SigningKey) -> String {
    token(format!(r#"{{"alg":"{}"}}"#, key.algorithm()), claims, key)
}

/// The code with which a verifier refuses a token, or `"accepted"`: the same for shared claims.
#[track_caller]
fn both(verifier: &Verifier, token: &str) -> &'static str {
    let own = verdict(verifier, token);
    let shared = code(verifier.verify_shared::<Value>(token));
    assert_eq!(own, shared, "{token}");
    own
}

fn entries(verifier: &Verifier) -> usize {
    verifier.cache_state().unwrap().entries()
}

fn hits(verifier: &Verifier) -> u64 {
    verifier.cache_state().unwrap().hits()
}

/// Keys that change while the verifier stands.
#[derive(Debug, Clone)]
struct Ring(Arc<Mutex<Result<Vec<VerifyingKey>, Excerpt>>>);

impl Ring {
    fn of(keys: impl Into<Vec<VerifyingKey>>) -> Self {
        Self(Arc::new(Mutex::new(Ok(keys.into()))))
    }

    fn set(&self, keys: impl Into<Vec<VerifyingKey>>) {
        *self.0.lock().unwrap() = Ok(keys.into());
    }
}

impl KeyResolver for Ring {
    fn resolve(&self, _request: &KeyRequest<'_>) -> Result<Vec<VerifyingKey>, Excerpt> {
        self.0.lock().unwrap().clone()
    }
}

fn with_ring(ring: &Ring) -> VerifierBuilder {
    Verifier::builder(Keys::resolver(ring.clone()))
        .algorithms([Algorithm::EdDsa, Algorithm::Es256])
        .clock(FixedClock::at(NOW))
        .cache(ONE_SET)
}

/// The same key, read anew from its document.
fn read_anew(key: &VerifyingKey) -> VerifyingKey {
    let document = key.to_jwk().unwrap().to_json().unwrap();
    VerifyingKey::from_jwk(&Jwk::from_json(document).unwrap(), key.algorithm()).unwrap()
}

#[test]
fn s22_a_remembered_signature_vouches_for_no_other_text() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256, Algorithm::Ps256] {
        let key = key(algorithm);
        let verifier = cached(&key).build().unwrap();
        let token = good(&key);
        assert_eq!(both(&verifier, &token), "accepted");
        let [header, payload, signature] = segments(&token);

        // What is hashed is the beginning of the signature, so all of these hash as the token does.
        let admin = base64url(r#"{"sub":"admin","exp":1700000900}"#);
        let named = base64url(format!(r#"{{"alg":"{algorithm}","kid":"a"}}"#));
        let spaced = base64url(format!(r#"{{"alg":"{algorithm}" }}"#));
        let mut changed = from_base64(&signature);
        changed[20] ^= 1;
        for forged in [
            format!("{header}.{admin}.{signature}"),
            format!("{named}.{payload}.{signature}"),
            format!("{spaced}.{payload}.{signature}"),
            format!("{header}.{payload}.{}", base64url(changed)),
        ] {
            assert_eq!(both(&verifier, &forged), "jws_signature_mismatch", "{algorithm}");
        }
        for odd in [format!("{token}A"), format!("{token}."), format!(" {token}")] {
            assert_ne!(both(&verifier, &odd), "accepted", "{algorithm}: {odd}");
        }
        assert_eq!(entries(&verifier), 1);
    }
}

#[test]
fn s22_a_remembered_token_expires_to_the_second() {
    let key = key(Algorithm::EdDsa);
    let clock = FixedClock::at(NOW);
    let verifier = cached(&key).clock(clock.clone()).build().unwrap();
    let claims = r#"{"exp":1700000900,"nbf":1699999900,"iat":1699999900}"#;
    let token = claiming(claims, &key);
    assert_eq!(both(&verifier, &token), "accepted");
    for (time, wanted) in [
        (1_700_000_929, "accepted"),
        (1_700_000_930, "jwt_expired"),
        (4_102_444_800, "jwt_expired"),
        (1_699_999_869, "jwt_not_yet_valid"),
        (0, "jwt_not_yet_valid"),
        (1_699_999_870, "accepted"),
    ] {
        clock.set(time);
        let before = hits(&verifier);
        assert_eq!(both(&verifier, &token), wanted, "at {time}");
        assert_eq!(hits(&verifier), before + 2, "the signature is remembered, the verdict is not");
    }
}

#[test]
fn s22_an_age_is_counted_at_each_call() {
    let key = key(Algorithm::EdDsa);
    let clock = FixedClock::at(NOW);
    let builder = cached(&key).clock(clock.clone()).max_age(Duration::from_secs(60));
    let verifier = builder.build().unwrap();
    let token = claiming(r#"{"exp":1700009000,"iat":1700000000}"#, &key);
    assert_eq!(both(&verifier, &token), "accepted");
    clock.set(NOW + 90);
    assert_eq!(both(&verifier, &token), "accepted");
    clock.set(NOW + 91);
    assert_eq!(both(&verifier, &token), "jwt_too_old");
}

#[test]
fn s22_a_removed_key_is_gone_at_the_next_call() {
    let key = key(Algorithm::EdDsa).with_key_id("a");
    let token = token(r#"{"alg":"EdDSA","kid":"a"}"#, GOOD_CLAIMS, &key);
    let ring = Ring::of([key.verifying_key()]);
    let verifier = with_ring(&ring).build().unwrap();
    assert_eq!(both(&verifier, &token), "accepted");

    ring.set([]);
    assert_eq!(both(&verifier, &token), "jws_key_not_found");
    *ring.0.lock().unwrap() = Err(Excerpt::new("the key server is down"));
    assert_eq!(both(&verifier, &token), "jws_keys_unavailable");

    let before = hits(&verifier);
    ring.set([read_anew(&key.verifying_key())]);
    assert_eq!(both(&verifier, &token), "accepted");
    assert_eq!(hits(&verifier), before + 2, "the same key, read anew, is the same key");
}

#[test]
fn s22_a_replaced_key_is_another_whatever_its_name() {
    let [old, new] = [(); 2].map(|()| key(Algorithm::EdDsa).with_key_id("a"));
    let token = token(r#"{"alg":"EdDSA","kid":"a"}"#, GOOD_CLAIMS, &old);
    let ring = Ring::of([old.verifying_key()]);
    let verifier = with_ring(&ring).try_keys(2).build().unwrap();
    assert_eq!(both(&verifier, &token), "accepted");

    ring.set([new.verifying_key()]);
    assert_eq!(both(&verifier, &token), "jws_signature_mismatch");
    ring.set([old.verifying_key().with_key_id("b")]);
    assert_eq!(both(&verifier, &token), "jws_key_not_found");
    ring.set([new.verifying_key(), old.verifying_key()]);
    assert_eq!(both(&verifier, &token), "accepted");
}

#[test]
fn s22_several_keys_are_as_ambiguous_as_before() {
    let [old, new] = [(); 2].map(|()| key(Algorithm::EdDsa));
    let token = good(&old);
    let ring = Ring::of([old.verifying_key()]);
    let verifier = with_ring(&ring).build().unwrap();
    assert_eq!(both(&verifier, &token), "accepted");
    ring.set([old.verifying_key(), new.verifying_key()]);
    assert_eq!(both(&verifier, &token), "jws_key_ambiguous");
}

#[test]
fn s22_a_key_that_changed_hands_speaks_for_its_new_owner_only() {
    let key = key(Algorithm::EdDsa);
    let issuers = ["https://a.example", "https://b.example"];
    let owned_by = |issuer: &str| key.verifying_key().of_issuers([issuer]);
    let token = claiming(r#"{"iss":"https://a.example","exp":1700000900}"#, &key);
    let ring = Ring::of([owned_by(issuers[0])]);
    let verifier = with_ring(&ring).issuers(issuers).build().unwrap();
    assert_eq!(both(&verifier, &token), "accepted");
    ring.set([owned_by(issuers[1])]);
    assert_ne!(both(&verifier, &token), "accepted");
}

#[test]
fn s22_verifiers_share_no_verdicts() {
    let key = key(Algorithm::EdDsa);
    let token = claiming(r#"{"sub":"42","aud":"api","exp":1700000900}"#, &key);
    let shared = cached(&key);
    for (verifier, wanted) in [
        (shared.clone().audience("api"), "accepted"),
        (shared.clone().audience("admin"), "jwt_audience_mismatch"),
        (shared.clone(), "jwt_audience_unexpected"),
        (shared.clone().audience("api").issuer("https://a.example"), "jwt_claim_missing"),
        (shared.clone().audience("api").subject("43"), "jwt_subject_mismatch"),
        (shared.clone().audience("api").token_type("at+jwt"), "jwt_type_mismatch"),
        (shared.audience("api").require("scope"), "jwt_claim_missing"),
    ] {
        let verifier = verifier.build().unwrap();
        assert_eq!(both(&verifier, &token), wanted);
        assert_eq!(both(&verifier, &token), wanted, "again");
        assert_eq!(entries(&verifier), usize::from(wanted == "accepted"));
    }
}

#[test]
fn s22_a_refused_token_is_not_kept() {
    let [key, stranger] = [(); 2].map(|()| key(Algorithm::EdDsa));
    let verifier = cached(&key).build().unwrap();
    let header = r#"{"alg":"EdDSA"}"#;
    let critical = r#"{"alg":"EdDSA","crit":["x"],"x":1}"#;
    for (token, wanted) in [
        (good(&stranger), "jws_signature_mismatch"),
        (token(header, r#"{"exp":1600000000}"#, &key), "jwt_expired"),
        (token(header, r#"{"exp":1700000900,"nbf":1700000900}"#, &key), "jwt_not_yet_valid"),
        (token(header, r#"{"exp":1700000900,"aud":"api"}"#, &key), "jwt_audience_unexpected"),
        (token(header, r#"{"exp":1700000900,"exp":1}"#, &key), "json_duplicate_member"),
        (token(header, r#"{"exp":1700000900,"sub":1}"#, &key), "jwt_claim_type"),
        (token(header, r#"{"exp":1700000900,"cnf":{}}"#, &key), "jwt_confirmation_unchecked"),
        (token(header, "[]", &key), "json_not_object"),
        (token(critical, GOOD_CLAIMS, &key), "jws_crit_unknown"),
    ] {
        assert_eq!(both(&verifier, &token), wanted);
        assert_eq!(both(&verifier, &token), wanted, "again");
    }
    assert_eq!((entries(&verifier), hits(&verifier)), (0, 0));
}

#[test]
fn s22_claims_that_do_not_fit_a_type_do_not_fit_it_later() {
    #[derive(Debug, Deserialize)]
    struct Role {
        role: String,
    }
    let key = key(Algorithm::EdDsa);
    let verifier = cached(&key).build().unwrap();
    let token = claiming(r#"{"sub":"42","exp":1700000900}"#, &key);
    assert_eq!(both(&verifier, &token), "accepted");
    for _ in 0..2 {
        let role = verifier.verify_shared::<Role>(&token).map(|token| token.custom().role.clone());
        assert_eq!(code(role), "jwt_claims_shape");
        assert_eq!(code(verifier.verify::<Role>(&token)), "jwt_claims_shape");
    }
}

#[test]
fn s22_who_has_no_key_puts_nothing_in_and_pushes_nothing_out() {
    let [key, stranger] = [(); 2].map(|()| key(Algorithm::EdDsa));
    let verifier = cached(&key).build().unwrap();
    let live: Vec<_> = (0..8)
        .map(|number| claiming(&format!(r#"{{"sub":"{number}","exp":1700000900}}"#), &key))
        .collect();
    for token in &live {
        assert_eq!(verdict(&verifier, token), "accepted");
    }
    let before = verifier.cache_state().unwrap();
    let remembered = segments(&live[0]);
    for number in 0..500 {
        let payload = base64url(format!(r#"{{"sub":"{number}","exp":1700000900}}"#));
        let copied = format!("{}.{payload}.{}", remembered[0], remembered[2]);
        if copied != live[0] {
            assert_eq!(verdict(&verifier, &copied), "jws_signature_mismatch");
        }
        let own = claiming(&format!(r#"{{"sub":"{number}","exp":1700000900}}"#), &stranger);
        assert_eq!(verdict(&verifier, &own), "jws_signature_mismatch");
    }
    let after = verifier.cache_state().unwrap();
    assert_eq!((after.entries(), after.bytes()), (before.entries(), before.bytes()));
    assert_eq!(after.hits(), before.hits());
    for token in &live {
        assert_eq!(verdict(&verifier, token), "accepted");
    }
    assert_eq!(hits(&verifier), before.hits() + 8);
}

#[test]
fn s22_explaining_neither_asks_nor_adds() {
    let key = key(Algorithm::EdDsa);
    let verifier = cached(&key).build().unwrap();
    let token = good(&key);
    assert!(verifier.explain(&token).is_verified());
    assert_eq!(verifier.cache_state().unwrap().misses(), 0);
    assert_eq!(entries(&verifier), 0);
    assert_eq!(both(&verifier, &token), "accepted");
    let before = verifier.cache_state().unwrap();
    assert!(verifier.explain(&token).is_verified());
    assert_eq!(verifier.cache_state().unwrap(), before);
}

#[test]
fn s22_a_key_that_lives_elsewhere_is_asked_every_time() {
    /// Vouches for everything, until it does not.
    #[derive(Debug)]
    struct Changing(Arc<Mutex<bool>>);
    impl Verify for Changing {
        fn algorithm(&self) -> Algorithm {
            Algorithm::Es256
        }
        fn verify(&self, _message: &[u8], _signature: &[u8]) -> Result<(), VerifyError> {
            if *self.0.lock().unwrap() { Ok(()) } else { Err(VerifyError::Mismatch) }
        }
    }
    let enabled = Arc::new(Mutex::new(true));
    let verifier = Verifier::builder(VerifyingKey::from_verifier(Changing(Arc::clone(&enabled))))
        .clock(FixedClock::at(NOW))
        .cache(ONE_SET)
        .build()
        .unwrap();
    let token = good(&key(Algorithm::Es256));
    assert_eq!(both(&verifier, &token), "accepted");
    *enabled.lock().unwrap() = false;
    assert_eq!(both(&verifier, &token), "jws_signature_mismatch");
    assert_eq!(entries(&verifier), 0);
}

#[test]
fn s22_secrets_have_no_cache() {
    let verifier = cached(&hs256()).build().unwrap();
    assert_eq!(both(&verifier, &good(&hs256())), "accepted");
    assert!(verifier.cache_state().is_none());
    verifier.clear_cache();
}

#[test]
fn s22_threads_never_get_the_claims_of_each_other() {
    let key = key(Algorithm::EdDsa);
    // One set, three times as many tokens as it has places, and one thread that empties it.
    let verifier = cached(&key).build().unwrap();
    let tokens: Vec<_> = (0..48)
        .map(|number| claiming(&format!(r#"{{"sub":"{number}","exp":1700000900}}"#), &key))
        .collect();
    std::thread::scope(|scope| {
        for thread in 0..3_usize {
            let (verifier, tokens) = (&verifier, &tokens);
            scope.spawn(move || {
                for round in 0..2_000_usize {
                    // Most calls go to a few hot tokens, so that hits and evictions meet.
                    let number = if round % 4 == 0 { (round * 7 + thread) % 48 } else { round % 3 };
                    let subject = number.to_string();
                    let token = &tokens[number];
                    let shared = verifier.verify_shared::<Value>(token).unwrap();
                    assert_eq!(shared.claims().subject(), Some(&*subject));
                    assert_eq!(shared.custom()["sub"], *subject);
                    let own = verifier.verify::<Value>(token).unwrap();
                    assert_eq!(own.custom()["sub"], *subject);
                    if thread == 0 && round % 100 == 0 {
                        verifier.clear_cache();
                    }
                }
            });
        }
    });
    let state = verifier.cache_state().unwrap();
    assert!(state.bytes() <= state.capacity() && state.entries() <= 16, "{state:?}");
    assert_eq!(state.hits() + state.misses(), 12_000);
    assert!(state.hits() > 0, "{state:?}");
}
