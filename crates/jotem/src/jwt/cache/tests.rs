//! The table itself, with signatures that are chosen: what randomness makes unlikely happens here.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test may stop where it is surprised"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Entry, Kept, SET_BYTES, TokenCache};
use crate::VerifyingKey;
use crate::crypto::{Verify, VerifyError};
use crate::jwa::Algorithm;
use crate::jws::Header;
use crate::jwt::payload::Payload;
use crate::jwt::registered::Registered;
use crate::jwt::{NumericDate, Verified};
use crate::limits::Limits;

const NOW: NumericDate = NumericDate::from_secs(1_700_000_000);

fn cache(sets: usize) -> TokenCache {
    TokenCache::new(sets * SET_BYTES)
}

/// A public key as its owner publishes it (RFC 7517 appendix A.1).
fn key() -> VerifyingKey {
    let jwk = crate::Jwk::from_json(
        r#"{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}"#,
    );
    VerifyingKey::from_jwk(&jwk.unwrap(), Algorithm::Es256).unwrap()
}

fn header() -> Arc<Header> {
    Arc::new(Header::read("eyJhbGciOiJFUzI1NiJ9", &Limits::default()).unwrap())
}

fn entry(token: &str, exp: u64) -> Entry {
    let mut registered = Registered::default();
    let payload = format!(r#"{{"exp":{exp}}}"#);
    crate::jwt::registered::read::<()>(&payload, &mut registered, &Limits::default()).unwrap();
    let kept = Payload::read(payload.clone(), registered.clone(), header());
    let verified = Verified::new(Algorithm::Es256, kept, token.to_owned());
    let expires = Some(NumericDate::from_secs(exp));
    let entry =
        Entry::new(token, &key(), &header(), (&payload, &registered), &Limits::default(), expires)
            .unwrap();
    entry.with_claims(Some(Arc::new(verified)))
}

fn found(cache: &TokenCache, token: &str) -> Option<String> {
    let remembered = cache.find(token, "signature")?;
    let claims = remembered.as_deref()?.claims::<String>()?;
    Some(claims.custom().clone())
}

#[test]
fn tokens_that_hash_alike_never_stand_for_each_other() {
    let cache = cache(4);
    let tokens: Vec<_> = (0..8).map(|number| format!("token {number}")).collect();
    for token in &tokens {
        assert_eq!(found(&cache, token), None);
        cache.keep(entry(token, 1_700_000_900), "signature", NOW);
    }
    for token in &tokens {
        assert_eq!(found(&cache, token).as_ref(), Some(token));
    }
    for stranger in ["token", "token 8", "token 00", "Token 0", ""] {
        assert_eq!(found(&cache, stranger), None, "{stranger:?}");
    }
}

#[test]
fn claims_come_back_as_the_type_they_were_read_into_and_as_no_other() {
    let cache = cache(1);
    cache.keep(entry("token", 1_700_000_900), "signature", NOW);
    let remembered = cache.find("token", "signature").unwrap();
    let entry = remembered.as_deref().unwrap();
    assert!(entry.claims::<String>().is_some());
    assert!(entry.claims::<()>().is_none());
    assert!(entry.claims::<Vec<u8>>().is_none());
}

#[test]
fn what_goes_is_overwritten_unless_somebody_still_has_it() {
    let cache = cache(1);
    cache.keep(entry("token", 1_700_000_900), "signature", NOW);
    let remembered = cache.find("token", "signature").unwrap();
    let held = remembered.as_deref().unwrap().claims::<String>().unwrap();
    drop(remembered);
    cache.clear();
    let mut alone = Arc::into_inner(held).unwrap();
    assert_eq!(alone.claims.json(), r#"{"exp":1700000900}"#);
    Kept::wipe(&mut alone);
    assert_eq!(alone.claims.json(), "");
}

/// Claims that count how often they were overwritten.
struct Watched(Arc<AtomicUsize>);

impl Kept for Watched {
    fn bytes(&self) -> usize {
        0
    }

    fn wipe(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn whichever_way_an_entry_goes_its_claims_are_overwritten() {
    let cache = cache(1);
    let wiped = Arc::new(AtomicUsize::new(0));
    let mut made = 0;
    let mut keep = |token: &str, exp, now| {
        let entry = entry(token, exp).with_claims(Some(Arc::new(Watched(Arc::clone(&wiped)))));
        cache.keep(entry, "signature", now);
        made += 1;
        assert_eq!(wiped.load(Ordering::SeqCst) + cache.state().entries(), made, "{token}");
        made
    };
    // Pushed out, or not let in; too large; replaced.
    for number in 0..100 {
        keep(&format!("token {number}"), 1_700_000_900, NOW);
    }
    keep(&"x".repeat(SET_BYTES), 1_700_000_900, NOW);
    for _ in 0..8 {
        keep("again", 1_700_000_900, NOW);
    }
    // Expired: of all these only the new one stays.
    let made = keep("new", 1_700_009_999, NumericDate::from_secs(1_700_000_900));
    assert_eq!(cache.state().entries(), 1);

    // Forgotten, while somebody still reads it; and with the cache.
    let remembered = cache.find("new", "signature").unwrap();
    cache.clear();
    assert_eq!(wiped.load(Ordering::SeqCst), made - 1);
    drop(remembered);
    assert_eq!(wiped.load(Ordering::SeqCst), made);
    let last = entry("last", 1_700_009_999).with_claims(Some(Arc::new(Watched(wiped.clone()))));
    cache.keep(last, "signature", NOW);
    drop(cache);
    assert_eq!(wiped.load(Ordering::SeqCst), made + 1);
}

#[test]
fn a_set_stays_within_its_bytes_and_its_places() {
    let cache = cache(1);
    for (size, most) in [(10, 16), (1_000, 16), (3_000, 16), (14_000, 16), (10, 16)] {
        for number in 0..100 {
            cache.keep(entry(&format!("{number:0size$}"), 1_700_000_900), "signature", NOW);
            let state = cache.state();
            assert!(state.entries() >= 1 && state.entries() <= most, "{state:?}");
            assert!(state.bytes() <= state.capacity(), "{state:?}");
        }
    }
}

#[test]
fn a_token_larger_than_a_set_is_not_kept_and_pushes_nothing_out() {
    let cache = cache(1);
    cache.keep(entry("small", 1_700_000_900), "signature", NOW);
    let large = "x".repeat(SET_BYTES);
    cache.keep(entry(&large, 1_700_000_900), "signature", NOW);
    assert_eq!(found(&cache, &large), None);
    assert!(found(&cache, "small").is_some());
}

#[test]
fn what_has_expired_goes_before_what_is_of_use() {
    let cache = cache(1);
    for number in 0..16 {
        let exp = if number % 2 == 0 { 1_700_000_010 } else { 1_700_000_900 };
        cache.keep(entry(&format!("token {number}"), exp), "signature", NOW);
    }
    assert_eq!(cache.state().entries(), 16);
    let later = NumericDate::from_secs(1_700_000_010);
    cache.keep(entry("new", 1_700_000_900), "signature", later);
    assert_eq!(cache.state().entries(), 9);
    for number in 0..16 {
        let kept = found(&cache, &format!("token {number}")).is_some();
        assert_eq!(kept, number % 2 == 1, "token {number}");
    }
}

#[test]
fn what_was_of_use_lately_stays() {
    let cache = cache(1);
    for number in 0..16 {
        cache.keep(entry(&format!("token {number}"), 1_700_000_900), "signature", NOW);
    }
    for number in 0..100 {
        assert!(found(&cache, "token 7").is_some(), "after {number} others");
        cache.keep(entry(&format!("passing {number}"), 1_700_000_900), "signature", NOW);
    }
    assert_eq!(found(&cache, "token 3"), None);
}

#[test]
fn tokens_that_come_in_turn_and_are_too_many_are_of_use_all_the_same() {
    for tokens in [17, 20, 24] {
        let cache = cache(1);
        let mut hits = 0;
        for round in 0..100 {
            for number in 0..tokens {
                let token = format!("token {number}");
                if found(&cache, &token).is_some() {
                    hits += usize::from(round >= 20);
                } else {
                    cache.keep(entry(&token, 1_700_000_900), "signature", NOW);
                }
            }
        }
        let calls = 80 * tokens;
        assert!(hits * 2 > calls, "{tokens} in turn: {hits} hits of {calls}");
    }
}

#[test]
fn a_token_that_is_used_gets_into_a_full_set_after_a_few_calls() {
    let cache = cache(1);
    for number in 0..16 {
        cache.keep(entry(&format!("old {number}"), 1_700_000_900), "signature", NOW);
        assert!(found(&cache, &format!("old {number}")).is_some());
    }
    let calls = (1..=8).find(|_| {
        cache.keep(entry("new", 1_700_000_900), "signature", NOW);
        found(&cache, "new").is_some()
    });
    assert_eq!(calls, Some(4));
}

#[test]
fn a_token_that_comes_again_takes_one_place() {
    let cache = cache(1);
    for _ in 0..40 {
        cache.keep(entry("token", 1_700_000_900), "signature", NOW);
    }
    assert_eq!(cache.state().entries(), 1);
    cache.clear();
    assert_eq!(cache.state().entries(), 0);
    assert_eq!(found(&cache, "token"), None);
}

#[test]
fn a_writer_that_finds_another_at_work_leaves() {
    let cache = cache(1);
    let hand = cache.sets[0].hand.lock();
    cache.keep(entry("token", 1_700_000_900), "signature", NOW);
    assert_eq!(found(&cache, "token"), None);
    drop(hand);
    cache.keep(entry("token", 1_700_000_900), "signature", NOW);
    assert!(found(&cache, "token").is_some());
}

#[test]
fn a_key_that_lives_elsewhere_and_a_secret_are_never_remembered() {
    #[derive(Debug)]
    struct Elsewhere;
    impl Verify for Elsewhere {
        fn algorithm(&self) -> Algorithm {
            Algorithm::Es256
        }
        fn verify(&self, _message: &[u8], _signature: &[u8]) -> Result<(), VerifyError> {
            Ok(())
        }
    }
    let secret = VerifyingKey::from_secret([7; 32], Algorithm::Hs256).unwrap();
    for key in [VerifyingKey::from_verifier(Elsewhere), secret] {
        let entry = Entry::new(
            "a",
            &key,
            &header(),
            ("{}", &Registered::default()),
            &Limits::default(),
            None,
        );
        assert!(entry.is_none(), "{key:?}");
    }
}
