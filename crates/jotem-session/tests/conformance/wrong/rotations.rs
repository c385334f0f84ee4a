//! Wrong rotations.

use std::time::Duration;

use jotem_session::revocation::Fingerprint;
use jotem_session::rotation::{Decision, State, decide};
use jotem_session::store::{Answer, Kept, Memory, Notice, Rotate, Rotated, Store};

use super::{Fault, is_caught_by};

/// Keeps a record as it is told to.
pub(super) async fn put(store: &Memory, rotate: &Rotate, change: impl FnOnce(&mut Kept)) {
    if let Ok(Some(mut kept)) = store.find(rotate.subject, rotate.session).await {
        change(&mut kept);
        let _ = store.import(&[kept]).await;
    }
}

/// `<=` where the window ends.
#[derive(Debug)]
struct WindowOfOneMore;

impl Fault for WindowOfOneMore {
    fn rotate<'a>(&'a self, store: &'a Memory, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        Box::pin(async move {
            let mut policy = rotate.policy;
            let window = Duration::from_millis(policy.window_ms(false) + 1);
            if policy.window_ms(true) == policy.window_ms(false) {
                policy = policy.window(window, policy.depth());
            }
            store.rotate(&Rotate { policy, ..rotate.clone() }).await
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_that_includes_its_end_is_caught() {
    let checks = ["a_window_of_nothing_is_nothing", "the_window_ends_at_its_millisecond"];
    is_caught_by(WindowOfOneMore, &checks, &["another_secret_changes_nothing"]).await;
}

/// A session ends for a secret that is another.
#[derive(Debug)]
struct EndsByGuessing;

impl Fault for EndsByGuessing {
    fn rotate<'a>(&'a self, store: &'a Memory, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        Box::pin(async move {
            let answer = store.rotate(rotate).await?;
            if answer.as_ref().is_some_and(|it| it.decision == Decision::SecretMismatch) {
                put(store, rotate, |kept| kept.record.state = State::Revoked).await;
            }
            Ok(answer)
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_by_guessing_is_caught() {
    let checks = [
        "another_secret_changes_nothing",
        "who_presents_a_wrong_token_never_ends_a_session",
        "random_cases_are_decided_as_the_specification_says",
    ];
    is_caught_by(EndsByGuessing, &checks, &["another_client_changes_nothing"]).await;
}

/// A replay is answered with the token after the one that was presented.
#[derive(Debug)]
struct MintsSiblings;

impl Fault for MintsSiblings {
    fn rotate<'a>(&'a self, store: &'a Memory, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        Box::pin(async move {
            let mut answer = store.rotate(rotate).await?;
            if let Some(it) = answer.as_mut().filter(|it| it.decision == Decision::Replay) {
                it.record.generation = rotate.presented.generation + 1;
            }
            Ok(answer)
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_that_makes_a_sibling_is_caught() {
    let checks = [
        "a_token_of_a_moment_ago_is_replayed_and_nothing_changes",
        "random_cases_are_decided_as_the_specification_says",
    ];
    is_caught_by(MintsSiblings, &checks, &["a_token_of_long_ago_ends_the_session"]).await;
}

/// Read, decide and write are three steps.
#[derive(Debug)]
struct ThreeSteps;

impl Fault for ThreeSteps {
    fn rotate<'a>(&'a self, store: &'a Memory, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        Box::pin(async move {
            let Some(mut kept) = store.find(rotate.subject, rotate.session).await? else {
                return Ok(None);
            };
            let now_ms = store.ping().await?;
            let (presented, policy) = (&rotate.presented, &rotate.policy);
            let decision = decide(&kept.record, presented, now_ms, policy);
            // Others have their turn.
            tokio::task::yield_now().await;
            if let Some(record) = decision.effect(&kept.record, presented, now_ms, policy) {
                kept.record = record;
                store.import(std::slice::from_ref(&kept)).await?;
            }
            if decision.ends_session() {
                store.publish(&[rotate.notice]).await?;
            }
            let Kept { record, who, epoch, .. } = kept;
            Ok(Some(Rotated { decision, record, who, epoch, now_ms }))
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_in_three_steps_is_caught_and_only_by_races() {
    let races = [
        "of_many_who_present_one_token_at_once_one_gets_the_next_and_one_is_a_thief",
        "of_many_in_the_window_one_gets_the_next_token_and_all_others_the_same",
        "a_rotation_beside_a_revocation_never_survives_it",
        R23,
    ];
    let alone =
        ["the_current_token_is_exchanged_for_the_next", "a_token_of_long_ago_ends_the_session"];
    is_caught_by(ThreeSteps, &races, &alone).await;
}

/// The gaps are not moved on.
#[derive(Debug)]
struct ForgetsGaps;

impl Fault for ForgetsGaps {
    fn rotate<'a>(&'a self, store: &'a Memory, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        Box::pin(async move {
            let mut answer = store.rotate(rotate).await?;
            if let Some(it) = answer.as_mut() {
                let gaps_s = [it.record.gaps_s[0]; 3];
                it.record.gaps_s = gaps_s;
                put(store, rotate, |kept| kept.record.gaps_s = gaps_s).await;
            }
            Ok(answer)
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gaps_that_are_not_moved_on_are_caught() {
    is_caught_by(ForgetsGaps, &["the_current_token_is_exchanged_for_the_next"], &[]).await;
}

/// The next token of a session that is bound to a key is given to who does not prove it.
#[derive(Debug)]
struct ForgetsTheKey;

impl Fault for ForgetsTheKey {
    fn rotate<'a>(&'a self, store: &'a Memory, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        Box::pin(async move {
            let mut rotate = rotate.clone();
            let kept = store.find(rotate.subject, rotate.session).await?;
            rotate.presented.binding = kept.and_then(|kept| kept.record.binding);
            store.rotate(&rotate).await
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_not_looked_at_is_caught() {
    let checks = [
        "a_key_that_is_not_proven_changes_nothing",
        "random_cases_are_decided_as_the_specification_says",
    ];
    is_caught_by(ForgetsTheKey, &checks, &["another_client_changes_nothing"]).await;
}

/// Verifiers are told of theft under a name that nobody looks for.
#[derive(Debug)]
struct TellsNobody;

impl Fault for TellsNobody {
    fn rotate<'a>(&'a self, store: &'a Memory, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        Box::pin(async move {
            let notice = Notice::new(Fingerprint::from_u64(7), 1);
            store.rotate(&Rotate { notice, ..rotate.clone() }).await
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn theft_that_nobody_is_told_of_is_caught() {
    let checks = ["a_token_of_long_ago_ends_the_session", "reuse_is_told_once"];
    is_caught_by(TellsNobody, &checks, &["what_ends_no_session_is_not_told"]).await;
}

/// Theft is told at each time that the token comes.
#[derive(Debug)]
struct TellsAgain;

impl Fault for TellsAgain {
    fn rotate<'a>(&'a self, store: &'a Memory, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        Box::pin(async move {
            let answer = store.rotate(rotate).await?;
            if answer.as_ref().is_some_and(|it| it.record.state == State::Reused) {
                store.publish(&[rotate.notice]).await?;
            }
            Ok(answer)
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn theft_that_is_told_again_and_again_is_caught() {
    is_caught_by(TellsAgain, &["reuse_is_told_once", R23], &["what_ends_no_session_is_not_told"])
        .await;
}

/// It does not survive an old token.
#[derive(Debug)]
struct Panics;

impl Fault for Panics {
    fn rotate<'a>(&'a self, store: &'a Memory, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        assert!(rotate.presented.generation > 0, "on purpose");
        store.rotate(rotate)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_is_a_failure_and_no_more() {
    let checks = ["another_secret_changes_nothing"];
    is_caught_by(Panics, &checks, &["a_session_that_was_started_rotates"]).await;
}

const R23: &str = "r23_theft_is_told_once_however_many_come";
