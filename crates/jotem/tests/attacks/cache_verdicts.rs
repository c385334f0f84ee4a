//! Layer S: whatever the tokens, the times, the keys and the expectations, a verifier with a cache
//! says what one without says (S22).

#![expect(clippy::unwrap_used, reason = "a signature that cannot be made is a failed test")]

use std::collections::BTreeMap;
use std::fmt::Formatter;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use jotem::error::Excerpt;
use jotem::jws::{KeyRequest, KeyResolver, Keys};
use jotem::jwt::VerifierBuilder;
use jotem::testing::FixedClock;
use jotem::{Algorithm, Error, SigningKey, Verifier, VerifyingKey};
use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::forge::*;

/// Keys that can be in the ring: two under one name, one without, one of another algorithm.
static KEYS: LazyLock<Vec<SigningKey>> = LazyLock::new(|| {
    let key = |algorithm| SigningKey::generate(algorithm).unwrap();
    vec![
        key(Algorithm::EdDsa).with_key_id("a"),
        key(Algorithm::EdDsa).with_key_id("a"),
        key(Algorithm::EdDsa),
        key(Algorithm::Es256).with_key_id("b"),
    ]
});

/// Every key signs every header and every claims set; then signatures are moved to other texts.
static TOKENS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut tokens = Vec::new();
    for key in KEYS.iter() {
        let algorithm = key.algorithm();
        for header in [
            format!(r#"{{"alg":"{algorithm}"}}"#),
            format!(r#"{{"alg":"{algorithm}","kid":"a"}}"#),
            format!(r#"{{"alg":"{algorithm}","kid":"b","typ":"at+jwt"}}"#),
            format!(r#"{{"alg":"{algorithm}","crit":["x"],"x":1}}"#),
        ] {
            for claims in [
                r#"{"exp":1700000010,"sub":"42"}"#,
                r#"{"exp":1700000050,"nbf":1700000020,"aud":"api","sub":"43"}"#,
                r#"{"exp":1700000050,"iat":1700000000,"aud":["api","web"],"iss":"i","role":1}"#,
                r#"{"iss":"i","sub":"44","cnf":{}}"#,
                r#"{"exp":1700000050,"sub":"s","sub":"s"}"#,
                r#"{"exp":"1700000050"}"#,
                r#"{"exp":1700000050,"role":2,"sub":"45"}"#,
                r#" { "exp" : 1700000050 , "a\/b" : { "c" : [ 1 , { "d" : -0.5e1 } ] } , "role" : 3 } "#,
                r#"{"exp":1700000050.5,"a name of many letters":[{"x":null},true],"role":"4","sub":"ü"}"#,
            ] {
                tokens.push(token(&header, claims, key));
            }
        }
    }
    let moved = |pair: &[String]| {
        let [text, other] = [&pair[0], &pair[1]].map(|token| token.rsplit_once('.').unwrap());
        format!("{}.{}", text.0, other.1)
    };
    let moved: Vec<_> = tokens.windows(2).map(moved).collect();
    tokens.extend(moved);
    tokens
});

#[derive(Debug, Clone, serde::Deserialize, PartialEq)]
struct Role {
    role: u8,
}

/// Sees every member twice.
#[derive(Debug, Clone, serde::Deserialize, PartialEq)]
struct Flat {
    sub: Option<String>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

/// Reads one member and leaves the others.
#[derive(Debug, Clone, PartialEq)]
struct First(Option<(String, Value)>);

/// Reads names, and no values: no reader of JSON can go on from there.
#[derive(Debug, Clone, PartialEq)]
struct Careless(Vec<String>);

macro_rules! read_members {
    ($type:ident, $members:ident, $read:expr) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Read;
                impl<'de> Visitor<'de> for Read {
                    type Value = $type;
                    fn expecting(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
                        formatter.write_str("an object")
                    }
                    fn visit_map<A: MapAccess<'de>>(
                        self,
                        mut $members: A,
                    ) -> Result<$type, A::Error> {
                        $read
                    }
                }
                deserializer.deserialize_map(Read)
            }
        }
    };
}

read_members!(First, members, members.next_entry().map(First));
read_members!(Careless, members, {
    let mut names = Vec::new();
    while let Some(name) = members.next_key()? {
        names.push(name);
    }
    Ok(Careless(names))
});

/// Keys that change while the verifier stands.
#[derive(Debug, Clone, Default)]
struct Ring(Arc<Mutex<Vec<VerifyingKey>>>);

impl KeyResolver for Ring {
    fn resolve(&self, _request: &KeyRequest<'_>) -> Result<Vec<VerifyingKey>, Excerpt> {
        Ok(self.0.lock().unwrap().clone())
    }
}

/// What happens between two calls, and the call.
#[derive(Debug, Clone)]
struct Call {
    time: u64,
    keys: u8,
    token: usize,
    form: u8,
}

/// A token comes again often, and the keys change seldom, so that there is something to remember.
fn call() -> impl Strategy<Value = Call> {
    let keys = prop_oneof![4 => Just(0b1111_u8), 1 => 0..16_u8];
    let token = prop_oneof![2 => 0..6_usize, 1 => 0..TOKENS.len()];
    (0..80_u64, keys, token, 0..9_u8).prop_map(|(time, keys, token, form)| Call {
        time: NOW + time,
        keys,
        token,
        form,
    })
}

fn policy() -> impl Strategy<Value = u16> {
    prop_oneof![1 => Just(0b10_0001_u16), 3 => 0..512_u16]
}

/// A verifier of the ring that expects what the bits say.
fn expecting(bits: u16, ring: &Ring, clock: &FixedClock) -> VerifierBuilder {
    let on = |bit: u32| bits & (1 << bit) != 0;
    let mut builder = Verifier::builder(Keys::resolver(ring.clone()))
        .algorithms([Algorithm::EdDsa, Algorithm::Es256])
        .clock(clock.clone())
        .leeway(Duration::from_secs(if on(1) { 5 } else { 0 }))
        .try_keys(if on(0) { 4 } else { 1 });
    builder = if on(2) { builder.audience("api") } else { builder };
    builder = if on(3) { builder.issuer("i") } else { builder };
    builder = if on(4) { builder.expiry_optional().accept_bound_tokens() } else { builder };
    builder = if on(5) { builder.any_audience() } else { builder };
    builder = if on(6) { builder.max_age(Duration::from_secs(30)) } else { builder };
    builder = if on(7) { builder.critical(["x"]).require("sub") } else { builder };
    if on(8) { builder.token_type("at+jwt") } else { builder }
}

/// Everything that a caller can see of a verdict.
fn seen(verifier: &Verifier, token: &str, form: u8) -> Result<String, Error> {
    match form {
        0 => verifier.verify::<Value>(token).map(|verified| format!("{verified:?}")),
        1 => verifier.verify_shared::<Value>(token).map(|verified| format!("{verified:?}")),
        2 => verifier.verify_shared::<Role>(token).map(|verified| format!("{verified:?}")),
        3 => verifier.verify_shared::<()>(token).map(|verified| format!("{verified:?}")),
        4 => verifier.verify::<Role>(token).map(|verified| format!("{verified:?}")),
        5 => verifier.verify::<()>(token).map(|verified| format!("{verified:?}")),
        6 => verifier.verify::<Flat>(token).map(|verified| format!("{verified:?}")),
        7 => verifier.verify::<First>(token).map(|verified| format!("{verified:?}")),
        _ => verifier.verify::<Careless>(token).map(|verified| format!("{verified:?}")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn s22_says_what_a_verifier_without_a_cache_says(
        policy in policy(), calls in prop::collection::vec(call(), 1..40),
    ) {
        let (ring, clock) = (Ring::default(), FixedClock::at(NOW));
        let cached = expecting(policy, &ring, &clock).cache(16 * 1024).build().unwrap();
        let plain = expecting(policy, &ring, &clock).build().unwrap();
        for Call { time, keys, token, form } in calls {
            clock.set(time);
            let chosen = KEYS.iter().enumerate().filter(|(bit, _)| keys & (1 << bit) != 0);
            *ring.0.lock().unwrap() = chosen.map(|(_, key)| key.verifying_key()).collect();
            let token = &TOKENS[token];
            let [with, without] = [&cached, &plain].map(|verifier| seen(verifier, token, form));
            prop_assert_eq!(format!("{:?}", with), format!("{:?}", without));
            let state = cached.cache_state().unwrap();
            prop_assert!(state.bytes() <= state.capacity());
        }
    }
}

#[test]
fn s22_the_comparison_meets_remembered_tokens() {
    let (ring, clock) = (Ring::default(), FixedClock::at(NOW));
    *ring.0.lock().unwrap() = KEYS.iter().map(SigningKey::verifying_key).collect();
    let verifier = expecting(0b10_0001, &ring, &clock).cache(1 << 20).build().unwrap();
    for _ in 0..2 {
        for token in TOKENS.iter() {
            let _verdict = seen(&verifier, token, 1);
        }
    }
    let state = verifier.cache_state().unwrap();
    assert!(state.hits() >= 10 && state.entries() >= 10, "{state:?}");
}

#[test]
fn s22_every_type_reads_of_a_remembered_token_what_it_reads_of_a_new_one() {
    let (ring, clock) = (Ring::default(), FixedClock::at(NOW));
    *ring.0.lock().unwrap() = KEYS.iter().map(SigningKey::verifying_key).collect();
    let remembering = expecting(0b10_0001, &ring, &clock).cache(1 << 20).build().unwrap();
    let plain = expecting(0b10_0001, &ring, &clock).build().unwrap();
    let mut remembered = 0;
    for token in TOKENS.iter() {
        let _verdict = seen(&remembering, token, 5);
        remembered += usize::from(remembering.remembers(token));
        for form in [0, 1, 2, 4, 5, 6, 7, 8] {
            let [again, first] = [&remembering, &plain].map(|verifier| seen(verifier, token, form));
            assert_eq!(format!("{again:?}"), format!("{first:?}"), "{form} of {token}");
        }
    }
    assert!(remembered >= 20, "{remembered}");
}
