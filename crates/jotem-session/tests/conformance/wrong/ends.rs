//! Wrong ends: of windows, sessions, revocations and leases.

use std::time::Duration;

use jotem_session::rotation::{Decision, State};
use jotem_session::store::{
    Answer, Kept, Maintained, Memory, Notice, Revoke, Revoked, Rotate, Rotated, Store, Target,
};

use super::rotations::put;
use super::{Fault, is_caught_by};

/// The window begins anew each time that it is used.
#[derive(Debug)]
struct Slides;

impl Fault for Slides {
    fn rotate<'a>(&'a self, store: &'a Memory, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        Box::pin(async move {
            let answer = store.rotate(rotate).await?;
            if let Some(it) = answer.as_ref().filter(|it| it.decision == Decision::Replay) {
                put(store, rotate, |kept| kept.record.rotated_at_ms = it.now_ms).await;
            }
            Ok(answer)
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_that_slides_is_caught() {
    let checks = [
        "r05_a_window_neither_slides_nor_multiplies",
        "a_token_of_a_moment_ago_is_replayed_and_nothing_changes",
    ];
    is_caught_by(Slides, &checks, &["a_token_of_long_ago_ends_the_session"]).await;
}

/// Each exchange moves the end.
#[derive(Debug)]
struct LivesOn;

impl Fault for LivesOn {
    fn rotate<'a>(&'a self, store: &'a Memory, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        Box::pin(async move {
            let mut answer = store.rotate(rotate).await?;
            if let Some(it) = answer.as_mut().filter(|it| it.decision == Decision::Rotate) {
                it.record.end_s = it.record.end_s.saturating_add(1);
                put(store, rotate, |kept| kept.record.end_s = it.record.end_s).await;
            }
            Ok(answer)
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_lives_on_by_use_is_caught() {
    let checks = ["r09_use_never_moves_the_end", "the_current_token_is_exchanged_for_the_next"];
    is_caught_by(LivesOn, &checks, &["a_session_that_is_over_has_expired"]).await;
}

/// What verifiers are told ends before the tokens do.
#[derive(Debug)]
struct EndsEarly;

impl Fault for EndsEarly {
    fn revoke<'a>(&'a self, store: &'a Memory, revoke: &'a Revoke) -> Answer<'a, Revoked> {
        Box::pin(async move {
            let notice = Notice::new(revoke.notice.what(), revoke.notice.keep_s() - 2);
            store.revoke(&Revoke { notice, ..revoke.clone() }).await
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_that_ends_seconds_early_is_caught() {
    let checks = ["r12_a_revocation_outlives_every_token_that_it_is_about"];
    is_caught_by(EndsEarly, &checks, &["an_epoch_only_ever_grows"]).await;
}

/// The end of all sessions is an epoch, and the sessions go on.
#[derive(Debug)]
struct GoesOn;

impl Fault for GoesOn {
    fn revoke<'a>(&'a self, store: &'a Memory, revoke: &'a Revoke) -> Answer<'a, Revoked> {
        Box::pin(async move {
            let Target::Subject(subject) = revoke.target else { return store.revoke(revoke).await };
            let before = store.list(subject).await?.sessions;
            let revoked = store.revoke(revoke).await?;
            for (session, record, _) in before {
                if let Some(kept) = store.find(subject, session).await? {
                    store.import(&[Kept { record, ..kept }]).await?;
                }
            }
            Ok(revoked)
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_that_go_on_after_the_end_of_all_are_caught() {
    let checks = [
        "all_sessions_of_a_subject_end_and_the_epoch_says_so",
        "what_verifiers_must_know_is_not_forgotten",
        "r06_a_revoked_session_gives_no_token",
    ];
    is_caught_by(GoesOn, &checks, &["a_session_that_was_revoked_is_dead"]).await;
}

/// The last reason why a session ended is kept, and a thief's session is somebody's who logged out.
#[derive(Debug)]
struct LastReason;

impl Fault for LastReason {
    fn revoke<'a>(&'a self, store: &'a Memory, revoke: &'a Revoke) -> Answer<'a, Revoked> {
        Box::pin(async move {
            if let Target::Session(subject, session) = revoke.target
                && let Some(mut kept) = store.find(subject, session).await?
                && kept.record.state != State::Active
            {
                kept.record.state = revoke.state;
                store.import(&[kept]).await?;
            }
            store.revoke(revoke).await
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_reason_is_caught() {
    let checks = ["a_session_that_is_revoked_twice_ended_for_the_first_reason"];
    is_caught_by(LastReason, &checks, &["a_session_that_was_revoked_is_dead"]).await;
}

/// Nothing is ever forgotten, and nobody says so.
#[derive(Debug)]
struct Remembers;

impl Fault for Remembers {
    fn maintain<'a>(&'a self, store: &'a Memory, _most: u32) -> Answer<'a, Maintained> {
        Box::pin(async move {
            store.ping().await?;
            Ok(Maintained { has_more: true, ..Maintained::default() })
        })
    }

    fn lease<'a>(
        &'a self,
        store: &'a Memory,
        name: &'a str,
        holder: [u8; 16],
        term: Duration,
    ) -> Answer<'a, bool> {
        Box::pin(async move {
            // Whoever asks has it.
            let name = format!("{name} {holder:?}");
            store.lease(&name, holder, term).await
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_of_two_and_work_without_end_are_caught() {
    let checks = [
        "a_lease_is_one_holders_until_it_is_over",
        "of_many_who_want_a_lease_one_gets_it",
        "what_is_over_is_forgotten_and_what_lives_stays",
    ];
    is_caught_by(Remembers, &checks, &["a_name_has_one_number_and_a_number_one_name"]).await;
}
