//! The decision about a refresh token: row by row of its table, and against a plain reading of it.

use std::time::Duration;

use jotem_session::record::Record;
use jotem_session::rotation::{
    Decision, Presented, RotationPolicy, RotationPolicyError, State, decide,
};
use proptest::prelude::*;

const NOW_S: u32 = 1_795_305_600;
const NOW_MS: u64 = NOW_S as u64 * 1_000;

fn record() -> Record {
    Record {
        state: State::Active,
        generation: 5,
        rotated_at_ms: NOW_MS - 4_000,
        gaps_s: [3, 20, 900],
        idle_end_s: NOW_S + 100,
        end_s: NOW_S + 1_000,
        client: 7,
        grant: 1,
        authenticated_s: NOW_S - 5_000,
        secret_hash: [9; 12],
        binding: None,
    }
}

fn presented(generation: u32) -> Presented {
    Presented { generation, secret_hash: [9; 12], client: 7, binding: None }
}

fn at(generation: u32, policy: &RotationPolicy) -> Decision {
    decide(&record(), &presented(generation), NOW_MS, policy)
}

#[test]
fn the_current_token_is_exchanged_for_the_next() {
    let policy = RotationPolicy::web();
    assert_eq!(at(5, &policy), Decision::Rotate);
    let next = Decision::Rotate.effect(&record(), &presented(5), NOW_MS, &policy).unwrap();
    let expected = Record {
        generation: 6,
        rotated_at_ms: NOW_MS,
        gaps_s: [4, 3, 20],
        // Never later than the end.
        idle_end_s: NOW_S + 1_000,
        ..record()
    };
    assert_eq!(next, expected);
}

#[test]
fn a_former_token_holds_in_the_window_only() {
    let (web, native, mcp) =
        (RotationPolicy::web(), RotationPolicy::native(), RotationPolicy::mcp());
    // One generation back: exchanged 4 s ago. Two: 7 s. Three: 27 s. Four: 927 s.
    for (policy, generation, expected) in [
        (&web, 4, Decision::Replay),
        (&web, 3, Decision::Reuse),
        (&native, 3, Decision::Replay),
        (&native, 2, Decision::Reuse),
        (&mcp, 2, Decision::Replay),
        (&mcp, 1, Decision::Reuse),
        (&mcp, 0, Decision::Reuse),
        (&RotationPolicy::strict(), 4, Decision::Reuse),
        (&web.window(Duration::from_secs(4), 1), 4, Decision::Reuse),
        (&web.window(Duration::from_millis(4_001), 1), 4, Decision::Replay),
        (&web.window(Duration::from_secs(7), 2), 3, Decision::Reuse),
    ] {
        assert_eq!(at(generation, policy), expected, "{generation} {policy:?}");
    }
    assert_eq!(Decision::Replay.effect(&record(), &presented(4), NOW_MS, &web), None);
}

#[test]
fn a_window_of_nothing_is_nothing_in_the_same_millisecond_too() {
    let record = Record { rotated_at_ms: NOW_MS, ..record() };
    let verdict = decide(&record, &presented(4), NOW_MS, &RotationPolicy::strict());
    assert_eq!(verdict, Decision::Reuse);
}

#[test]
fn reuse_ends_the_session() {
    let policy = RotationPolicy::web();
    let after = Decision::Reuse.effect(&record(), &presented(3), NOW_MS, &policy).unwrap();
    assert_eq!(after, Record { state: State::Reused, ..record() });
    for generation in [3, 4, 5, 6] {
        let verdict = decide(&after, &presented(generation), NOW_MS, &policy);
        assert_eq!(verdict, Decision::Dead(State::Reused));
    }
}

#[test]
fn a_token_that_is_newer_than_the_store_is_repaired_or_ends_the_session() {
    let policy = RotationPolicy::web();
    assert_eq!(at(8, &policy), Decision::Repair);
    let after = Decision::Repair.effect(&record(), &presented(8), NOW_MS, &policy).unwrap();
    assert_eq!(after.generation, 9);
    let policy = policy.end_if_behind();
    assert_eq!(at(8, &policy), Decision::Behind);
    let after = Decision::Behind.effect(&record(), &presented(8), NOW_MS, &policy).unwrap();
    assert_eq!(after.state, State::Revoked);
}

#[test]
fn who_is_not_entitled_changes_nothing_whatever_they_present() {
    let bound = Record { binding: Some([1; 12]), ..record() };
    let policy = RotationPolicy::web();
    for generation in [0, 3, 4, 5, 6, u32::MAX] {
        for (record, presented, expected) in [
            (
                record(),
                Presented { secret_hash: [8; 12], ..presented(generation) },
                Decision::SecretMismatch,
            ),
            (record(), Presented { client: 8, ..presented(generation) }, Decision::ClientMismatch),
            (bound, presented(generation), Decision::BindingMismatch),
            (
                bound,
                Presented { binding: Some([2; 12]), ..presented(generation) },
                Decision::BindingMismatch,
            ),
        ] {
            let verdict = decide(&record, &presented, NOW_MS, &policy);
            assert_eq!(verdict, expected);
            assert_eq!(verdict.effect(&record, &presented, NOW_MS, &policy), None);
        }
    }
}

#[test]
fn a_session_that_is_over_stays_over() {
    let policy = RotationPolicy::web();
    for state in [State::LoggedOut, State::Reused, State::Revoked] {
        let record = Record { state, ..record() };
        assert_eq!(decide(&record, &presented(5), NOW_MS, &policy), Decision::Dead(state));
    }
    for (idle_end_s, end_s) in [(NOW_S, NOW_S + 9), (NOW_S + 9, NOW_S), (0, 0)] {
        let record = Record { idle_end_s, end_s, ..record() };
        assert_eq!(decide(&record, &presented(5), NOW_MS, &policy), Decision::Expired);
        let before = NOW_MS - 1;
        let verdict = decide(&record, &presented(5), before, &policy);
        assert_eq!(verdict == Decision::Rotate, end_s != 0, "a millisecond earlier");
    }
}

#[test]
fn a_bound_session_on_a_phone_may_come_back_within_a_day() {
    let bound = Record { binding: Some([1; 12]), rotated_at_ms: NOW_MS - 80_000_000, ..record() };
    let proven = Presented { binding: Some([1; 12]), ..presented(4) };
    assert_eq!(decide(&bound, &proven, NOW_MS, &RotationPolicy::mobile()), Decision::Replay);
    assert_eq!(decide(&bound, &proven, NOW_MS, &RotationPolicy::web()), Decision::Reuse);
    let late = NOW_MS + 6_400_000;
    let late_record = Record { idle_end_s: u32::MAX, end_s: u32::MAX, ..bound };
    assert_eq!(decide(&late_record, &proven, late, &RotationPolicy::mobile()), Decision::Reuse);
    // Who proves a key that the session is not bound to gains nothing by it.
    let free = Record { binding: None, ..bound };
    assert_eq!(decide(&free, &proven, NOW_MS, &RotationPolicy::mobile()), Decision::Reuse);
}

/// How many exchanges it takes until somebody is refused, if two have one token and refresh in turns.
fn turns_until_reuse(policy: &RotationPolicy, every_ms: u64) -> Option<usize> {
    let mut record = Record { idle_end_s: u32::MAX, end_s: u32::MAX, gaps_s: [0; 3], ..record() };
    let mut tokens = [record.generation; 2];
    (0..100).find(|turn| {
        let now_ms = NOW_MS + every_ms * u64::try_from(*turn).unwrap();
        let presented = presented(tokens[turn % 2]);
        let verdict = decide(&record, &presented, now_ms, policy);
        record = verdict.effect(&record, &presented, now_ms, policy).unwrap_or(record);
        tokens[turn % 2] = record.generation;
        verdict == Decision::Reuse
    })
}

#[test]
fn the_owner_and_a_thief_who_refresh_in_turns_are_found_out_at_once() {
    for (policy, window_ms) in [
        (RotationPolicy::strict(), 0),
        (RotationPolicy::web(), 10_000),
        (RotationPolicy::native(), 30_000),
        (RotationPolicy::mcp(), 60_000),
        (RotationPolicy::mobile(), 30_000),
    ] {
        for every_ms in [window_ms, window_ms + 1, 900_000] {
            assert_eq!(turns_until_reuse(&policy, every_ms), Some(1), "{policy:?}");
        }
    }
    // What the window costs: who refreshes more often than that is another tab.
    assert_eq!(turns_until_reuse(&RotationPolicy::mcp(), 40_000), None);
}

#[test]
fn refuses_a_policy_that_makes_no_sense() {
    let web = RotationPolicy::web();
    let seconds = Duration::from_secs;
    for sound in [
        web,
        RotationPolicy::strict(),
        RotationPolicy::native(),
        RotationPolicy::mcp(),
        RotationPolicy::mobile(),
    ] {
        assert_eq!(sound.check(), Ok(()));
    }
    for (policy, error) in [
        (web.lifetime(Duration::ZERO), RotationPolicyError::Lifetime { seconds: 0 }),
        (web.lifetime(seconds(34_560_001)), RotationPolicyError::Lifetime { seconds: 34_560_001 }),
        (web.idle(Duration::ZERO), RotationPolicyError::Idle { idle: 0, lifetime: 2_592_000 }),
        (
            web.idle(seconds(2_592_001)),
            RotationPolicyError::Idle { idle: 2_592_001, lifetime: 2_592_000 },
        ),
        (web.window(seconds(301), 1), RotationPolicyError::Window { seconds: 301 }),
        (web.window(seconds(10), 0), RotationPolicyError::Depth { depth: 0 }),
        (web.window(seconds(10), 5), RotationPolicyError::Depth { depth: 5 }),
    ] {
        assert_eq!(policy.check(), Err(error));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    /// The table of the module, read a second time: in seconds and milliseconds since the exchange of
    /// each generation, instead of gaps.
    #[test]
    fn every_decision_is_that_of_its_table(
        (generation, presented_generation, depth) in (0..8_u32, 0..10_u32, 1..=4_u8),
        exchanged_ago_s in prop::array::uniform4(0..40_u16),
        (window_s, left_s, idle_left_s) in (0..120_u64, -2..3_i64, -2..3_i64),
        (state, entitled, bound) in (0..5_u8, 0..8_u8, any::<bool>()),
    ) {
        let state = match state { 0 => State::LoggedOut, 1 => State::Reused, _ => State::Active };
        let [latest, gaps_s @ ..] = exchanged_ago_s;
        let seconds = |left: i64| u32::try_from(i64::from(NOW_S) + left).unwrap();
        let record = Record {
            state,
            generation,
            rotated_at_ms: NOW_MS - u64::from(latest) * 1_000,
            gaps_s,
            idle_end_s: seconds(idle_left_s),
            end_s: seconds(left_s),
            binding: bound.then_some([1; 12]),
            ..record()
        };
        let presented = Presented {
            secret_hash: if entitled == 0 { [8; 12] } else { [9; 12] },
            client: if entitled == 1 { 8 } else { 7 },
            binding: if entitled == 2 { None } else { Some([1; 12]) },
            generation: presented_generation,
        };
        let policy = RotationPolicy::web().window(Duration::from_secs(window_s), depth);

        // Of the generation n back, the moment of its exchange is the sum of what came after it.
        let ago: Vec<u64> = (1..=4)
            .map(|back| exchanged_ago_s[..back].iter().map(|gap| u64::from(*gap)).sum())
            .collect();
        let expected = if entitled == 0 {
            Decision::SecretMismatch
        } else if entitled == 1 {
            Decision::ClientMismatch
        } else if entitled == 2 && bound {
            Decision::BindingMismatch
        } else if state != State::Active {
            Decision::Dead(state)
        } else if left_s <= 0 || idle_left_s <= 0 {
            Decision::Expired
        } else if presented_generation > generation {
            Decision::Repair
        } else if presented_generation == generation {
            Decision::Rotate
        } else {
            let back = usize::try_from(generation - presented_generation).unwrap();
            let is_near = back <= usize::from(depth) && ago[back - 1] < window_s;
            if is_near { Decision::Replay } else { Decision::Reuse }
        };
        prop_assert_eq!(decide(&record, &presented, NOW_MS, &policy), expected);
    }
}
