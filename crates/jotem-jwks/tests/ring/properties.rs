//! Rings under any sequence of rotations, compromises, maintenance and time.

use std::time::Duration;

use jotem::testing::FixedClock;
use jotem::{Claims, KeySet, Verifier};
use jotem_jwks::ring::KeyState::{Active, Announced};
use jotem_jwks::ring::{KeyRing, KeyState};
use proptest::prelude::*;

use super::memory::{Memory, NOW, PASSWORD, builder, in_state};

/// What happens to a ring.
#[derive(Debug, Clone)]
enum Step {
    Wait(u64),
    Maintain,
    Rotate,
    RotateNow,
    Compromise(usize),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..200_000_u64).prop_map(Step::Wait),
        3 => Just(Step::Maintain),
        2 => Just(Step::Rotate),
        1 => Just(Step::RotateNow),
        1 => (0..4_usize).prop_map(Step::Compromise),
        1 => Just(Step::Reopen),
    ]
}

fn is_sound(ring: &KeyRing) {
    let keys = ring.keys();
    let count = |state: KeyState| keys.iter().filter(|key| key.state() == state).count();
    assert_eq!(count(Active), 1, "exactly one key is active");
    assert!(count(Announced) >= 1, "at least one is announced");
    let active = in_state(ring, Active).remove(0);
    assert_eq!(ring.signing_key().unwrap().key_id(), Some(active.as_str()));
    let published = KeySet::from_json(ring.publication().unwrap().body()).unwrap();
    let published: Vec<_> = published.keys().map(|key| key.key_id().unwrap().to_owned()).collect();
    let names: Vec<_> = keys.iter().map(|key| key.key_id().to_owned()).collect();
    assert_eq!(published, names, "what is published is what verifies, in its order");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// At no time is there not exactly one active and at least one announced key.
    #[test]
    fn a_ring_is_sound_whatever_happens_to_it(steps in prop::collection::vec(step(), 1..40)) {
        let (clock, memory) = (FixedClock::at(NOW), Memory::default());
        let mut ring = builder(&clock).create_in(memory.clone(), PASSWORD).unwrap();
        for step in steps {
            match step {
                Step::Wait(seconds) => clock.advance(Duration::from_secs(seconds)),
                Step::Maintain => drop(ring.maintain().unwrap()),
                Step::Rotate => match ring.rotate() {
                    Ok(_) => {}
                    Err(error) => prop_assert_eq!(error.code(), "ring_spare_too_new"),
                },
                Step::RotateNow => drop(ring.rotate_now().unwrap()),
                Step::Compromise(at) => {
                    let keys = ring.keys();
                    let key_id = keys[at % keys.len()].key_id();
                    ring.compromise(key_id).unwrap();
                    prop_assert!(!memory.text().contains(key_id));
                }
                // The derivation is slow on purpose: the public half says as much of the dates.
                Step::Reopen => {
                    let public = KeyRing::open_public(memory.clone()).unwrap();
                    prop_assert_eq!(public.revision(), ring.revision());
                    ring = ring.clone();
                }
            }
            is_sound(&ring);
        }
    }

    /// Every token is accepted until it expires, by a verifier whose copy is as old as it may be.
    #[test]
    fn no_token_is_refused_before_it_expires(
        lifetime in 1..5_000_u64,
        leeway in 0..=300_u64,
        max_age in 0..2_000_u64,
        fetch_interval in 0..2_000_u64,
        pause in 1..700_u64,
        late in 0..40_000_u64,
    ) {
        let seconds = Duration::from_secs;
        let clock = FixedClock::at(NOW);
        let room = max_age + fetch_interval;
        let shortest = room.max((lifetime + leeway + 2).div_ceil(16)).max(1);
        let ring = builder(&clock)
            .token_lifetime(seconds(lifetime))
            .leeway(seconds(leeway))
            .jwks_max_age(seconds(max_age))
            .fetch_interval(seconds(fetch_interval))
            .announce_for(seconds(room))
            .retire_for(seconds(lifetime + leeway + 2))
            .rotate_every(seconds(shortest))
            .create_in(Memory::default(), PASSWORD)
            .unwrap();
        let issuer = ring.issuer(|issuer| issuer).unwrap();
        let mut live: Vec<(u64, String)> = Vec::new();
        let mut fetched: Option<(u64, Verifier)> = None;
        let mut now = NOW;
        for round in 0..60 {
            // Once somebody was late with the maintenance.
            now += if round == 30 { late } else { pause };
            clock.set(now);
            // Whoever holds the oldest copy that is allowed fetches just before it is too old.
            let old = fetched.as_ref().is_none_or(|(at, _)| now - at > room);
            if old {
                let set = KeySet::from_json(ring.publication().unwrap().body()).unwrap();
                let verifier = Verifier::builder(set).clock(clock.clone()).leeway(seconds(leeway));
                fetched = Some((now, verifier.build().unwrap()));
            }
            ring.maintain().unwrap();
            live.push((now + lifetime, issuer.issue(&Claims::empty()).unwrap()));
            live.retain(|(expiry, _)| expiry + leeway > now);
            let (_, verifier) = fetched.as_ref().unwrap();
            for (_, token) in &live {
                let verdict = verifier.verify::<()>(token);
                prop_assert!(verdict.is_ok(), "{:?}", verdict.err());
            }
        }
    }
}
