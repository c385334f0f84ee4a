//! The cache of verified tokens as an application uses it; what it must never do is in `attacks`.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use jotem::jwt::{ClaimsSet, Verified, VerifierBuilder};
use jotem::testing::FixedClock;
use jotem::{Algorithm, SigningKey, Verifier};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{code, key};

#[derive(Debug, PartialEq, Deserialize)]
struct Role {
    role: String,
}

fn token(key: &SigningKey, number: usize) -> String {
    let claims = json!({"sub": number.to_string(), "role": "admin", "exp": 1_700_000_900});
    jotem::encode(&claims, key).unwrap()
}

fn builder(key: &SigningKey) -> VerifierBuilder {
    Verifier::builder(key.verifying_key()).clock(FixedClock::at(1_700_000_000))
}

#[test]
fn a_cache_without_room_for_one_set_is_a_mistake() {
    let key = key(Algorithm::EdDsa);
    for bytes in [0, 1, 16 * 1024 - 1] {
        assert_eq!(code(builder(&key).cache(bytes).build()), "misuse_cache_too_small");
    }
    let verifier = builder(&key).cache(16 * 1024).build().unwrap();
    assert_eq!(verifier.cache_state().unwrap().capacity(), 16 * 1024);
    let verifier = builder(&key).cache(50_000).build().unwrap();
    assert_eq!(verifier.cache_state().unwrap().capacity(), 48 * 1024, "whole sets");
}

#[test]
fn there_is_no_cache_unless_it_is_asked_for() {
    let key = key(Algorithm::EdDsa);
    let verifier = builder(&key).build().unwrap();
    let [first, second] =
        [(); 2].map(|()| verifier.verify_shared::<Role>(&token(&key, 0)).unwrap());
    assert_eq!(first.custom(), second.custom());
    assert!(!Arc::ptr_eq(&first, &second));
    assert!(verifier.cache_state().is_none());
}

#[test]
fn callers_share_the_claims_in_the_type_that_was_first() {
    let key = key(Algorithm::EdDsa);
    let verifier = builder(&key).cache(1 << 20).build().unwrap();
    let token = token(&key, 7);
    let first = verifier.verify_shared::<Role>(&token).unwrap();
    let second = verifier.verify_shared::<Role>(&token).unwrap();
    assert!(Arc::ptr_eq(&first, &second));

    for _ in 0..2 {
        let other = verifier.verify_shared::<Value>(&token).unwrap();
        assert_eq!(other.custom()["role"], "admin");
        assert_eq!(other.claims().subject(), Some("7"));
        assert_eq!(other.header(), first.header());
    }
    assert!(Arc::ptr_eq(&first, &verifier.verify_shared::<Role>(&token).unwrap()));
    let state = verifier.cache_state().unwrap();
    assert_eq!((state.entries(), state.misses(), state.hits()), (1, 1, 4));
}

#[test]
fn claims_of_ones_own_are_remembered_as_a_signature_and_shared_from_then_on() {
    let key = key(Algorithm::EdDsa);
    let verifier = builder(&key).cache(1 << 20).build().unwrap();
    let token = token(&key, 7);
    for _ in 0..2 {
        let own = verifier.verify::<Role>(&token).unwrap();
        assert_eq!(own.into_custom(), Role { role: "admin".to_owned() });
    }
    let before = verifier.cache_state().unwrap();
    let [first, second] = [(); 2].map(|()| verifier.verify_shared::<Role>(&token).unwrap());
    assert!(Arc::ptr_eq(&first, &second));
    let after = verifier.cache_state().unwrap();
    assert_eq!((after.entries(), after.misses(), after.hits()), (1, 1, 3));
    assert!(after.bytes() > before.bytes(), "with claims it takes more");
}

#[test]
fn clones_share_a_cache_and_verifiers_of_one_builder_do_not() {
    let key = key(Algorithm::EdDsa);
    let builder = builder(&key).cache(1 << 20);
    let [verifier, other] = [(); 2].map(|()| builder.clone().build().unwrap());
    let clone = verifier.clone();
    clone.verify::<()>(&token(&key, 0)).unwrap();
    assert_eq!(verifier.cache_state(), clone.cache_state());
    assert_eq!(verifier.cache_state().unwrap().entries(), 1);
    assert_eq!(other.cache_state().unwrap().entries(), 0);

    verifier.clear_cache();
    assert_eq!(clone.cache_state().unwrap().entries(), 0);
}

#[test]
fn claims_outlive_their_place() {
    let key = key(Algorithm::EdDsa);
    let verifier = builder(&key).cache(16 * 1024).build().unwrap();
    let held = verifier.verify_shared::<Role>(&token(&key, 0)).unwrap();
    let [first, own] = [(); 2].map(|()| verifier.verify::<Role>(&token(&key, 0)).unwrap());
    for number in 1..60 {
        verifier.verify_shared::<Role>(&token(&key, number)).unwrap();
    }
    verifier.clear_cache();
    for held in [&*held, &first, &own] {
        assert_eq!(held.claims().subject(), Some("0"));
        assert_eq!(held.custom().role, "admin");
        assert_eq!(held.header().algorithm(), Some("EdDSA"));
        assert!(held.claims().json().starts_with('{'));
        assert_eq!(format!("{held:?}"), format!("{own:?}"));
    }
}

#[test]
fn what_was_verified_travels_between_threads_and_past_panics() {
    const fn travels<T: Send + Sync + UnwindSafe + RefUnwindSafe>() {}
    travels::<Verified<()>>();
    travels::<ClaimsSet<String>>();
}

#[test]
fn a_debug_print_shows_no_token() {
    let key = key(Algorithm::EdDsa);
    let verifier = builder(&key).cache(16 * 1024).build().unwrap();
    let token = token(&key, 0);
    verifier.verify_shared::<Role>(&token).unwrap();
    let printed = format!("{verifier:?}");
    let (_, signature) = token.rsplit_once('.').unwrap();
    assert!(!printed.contains(signature), "{printed}");
}
