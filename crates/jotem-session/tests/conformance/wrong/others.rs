//! Wrong starts, ends, rows of revocations, names and copies.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use jotem_session::refresh_token::SubjectKey;
use jotem_session::revocation::{Fingerprint, Revocation};
use jotem_session::store::{
    Answer, Document, Feed, Kept, Memory, NameKind, NewSession, Notice, Page, Position, Revoke,
    Revoked, Started, Store, Target,
};

use super::{Fault, is_caught_by};

/// Every seventh revocation is never read.
#[derive(Debug, Default)]
struct Skips(AtomicU64);

impl Fault for Skips {
    fn feed<'a>(&'a self, store: &'a Memory, after: Position, most: usize) -> Answer<'a, Feed> {
        Box::pin(async move {
            let mut page = store.feed(after, most).await?;
            page.revocations.retain(|_| !self.0.fetch_add(1, Ordering::Relaxed).is_multiple_of(7));
            Ok(page)
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_leaves_some_out_is_caught() {
    let checks = [
        "a_reader_is_told_everything_that_many_publish_meanwhile",
        "the_row_is_read_in_pages_of_any_size",
    ];
    is_caught_by(Skips::default(), &checks, &["an_epoch_only_ever_grows"]).await;
}

/// A reader is placed behind what comes next.
#[derive(Debug)]
struct GoesTooFar;

impl Fault for GoesTooFar {
    fn feed<'a>(&'a self, store: &'a Memory, after: Position, most: usize) -> Answer<'a, Feed> {
        Box::pin(async move {
            let mut page = store.feed(after, most).await?;
            page.next.0 += u64::from(!page.revocations.is_empty());
            Ok(page)
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_that_is_too_far_is_caught() {
    let checks = ["the_row_is_read_in_pages_of_any_size"];
    is_caught_by(GoesTooFar, &checks, &["an_epoch_only_ever_grows"]).await;
}

/// The epoch begins anew.
#[derive(Debug, Default)]
struct Resets(Mutex<BTreeMap<SubjectKey, u32>>);

impl Fault for Resets {
    fn revoke<'a>(&'a self, store: &'a Memory, revoke: &'a Revoke) -> Answer<'a, Revoked> {
        Box::pin(async move {
            let mut revoked = store.revoke(revoke).await?;
            if let Target::Subject(subject) = revoke.target {
                // In seconds, and no more.
                let now_s = u32::try_from(store.ping().await? / 1_000).unwrap();
                self.0.lock().unwrap().insert(subject, now_s);
                let told = revoked.revocation;
                revoked.revocation = Revocation::of_subject(told.what(), now_s, told.until_s());
            }
            Ok(revoked)
        })
    }

    fn start<'a>(&'a self, store: &'a Memory, new: &'a NewSession) -> Answer<'a, Started> {
        Box::pin(async move {
            let mut started = store.start(new).await?;
            let known = self.0.lock().unwrap().get(&new.subject).copied();
            started.epoch = known.unwrap_or(started.epoch);
            Ok(started)
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_epoch_of_seconds_alone_is_caught() {
    is_caught_by(Resets::default(), &["an_epoch_only_ever_grows"], &[]).await;
}

/// Every session is of the first epoch.
#[derive(Debug)]
struct NoEpoch;

impl Fault for NoEpoch {
    fn start<'a>(&'a self, store: &'a Memory, new: &'a NewSession) -> Answer<'a, Started> {
        Box::pin(async move {
            let mut started = store.start(new).await?;
            started.epoch = 0;
            Ok(started)
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_of_the_epoch_before_are_caught() {
    let checks = [
        "all_sessions_of_a_subject_end_and_the_epoch_says_so",
        "a_start_beside_the_end_of_all_sessions_is_ended_or_of_the_new_epoch",
        "a_subject_who_was_revoked_before_the_first_session_has_a_name",
    ];
    is_caught_by(NoEpoch, &checks, &["a_session_is_kept_as_it_was_started"]).await;
}

/// There is no bound, and nobody is named.
#[derive(Debug)]
struct Unbounded;

impl Fault for Unbounded {
    fn start<'a>(&'a self, store: &'a Memory, new: &'a NewSession) -> Answer<'a, Started> {
        Box::pin(async move {
            let mut new = new.clone();
            new.most = 0;
            store.start(&new).await
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_without_a_bound_are_caught() {
    let checks = [
        "the_least_recently_used_sessions_end_if_there_are_too_many",
        "a_session_that_ended_for_being_too_many_never_rotates_again",
        "a_start_with_a_bound_never_leaves_more_than_that",
        "r20_sessions_are_never_more_than_there_may_be",
        "r20_sessions_that_ended_are_not_kept_without_end",
    ];
    is_caught_by(Unbounded, &checks, &["a_session_that_was_started_rotates"]).await;
}

/// The epoch that is expected is not looked at.
#[derive(Debug)]
struct ExpectsNothing;

impl Fault for ExpectsNothing {
    fn start<'a>(&'a self, store: &'a Memory, new: &'a NewSession) -> Answer<'a, Started> {
        Box::pin(async move {
            let mut new = new.clone();
            new.expected_epoch = None;
            store.start(&new).await
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_in_another_epoch_is_caught() {
    is_caught_by(ExpectsNothing, &["a_start_is_refused_if_the_epoch_is_another"], &[]).await;
}

/// A client is told of and keeps its number.
#[derive(Debug)]
struct KeepsTheNumber;

impl Fault for KeepsTheNumber {
    fn revoke<'a>(&'a self, store: &'a Memory, revoke: &'a Revoke) -> Answer<'a, Revoked> {
        Box::pin(async move {
            if matches!(revoke.target, Target::Client(_)) {
                let told = store.publish(&[revoke.notice]).await?;
                return Ok(Revoked { sessions: None, revocation: told[0] });
            }
            store.revoke(revoke).await
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_keeps_its_number_is_caught() {
    let pass = ["a_client_that_has_no_number_is_revoked_and_told"];
    is_caught_by(KeepsTheNumber, &["a_client_that_was_revoked_has_another_number"], &pass).await;
}

/// What is ended is not told.
#[derive(Debug)]
struct EndsInSilence;

impl Fault for EndsInSilence {
    fn revoke<'a>(&'a self, store: &'a Memory, revoke: &'a Revoke) -> Answer<'a, Revoked> {
        Box::pin(async move {
            let notice = Notice::new(Fingerprint::from_u64(7), revoke.notice.keep_s());
            let mut revoked = store.revoke(&Revoke { notice, ..revoke.clone() }).await?;
            let told = revoked.revocation;
            revoked.revocation = revoke.notice.at(store.ping().await?, told.epoch());
            Ok(revoked)
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_that_is_not_told_is_caught() {
    let checks = [
        "a_session_that_is_revoked_twice_ended_for_the_first_reason",
        "all_sessions_of_a_subject_end_and_the_epoch_says_so",
        "what_verifiers_must_know_is_not_forgotten",
    ];
    is_caught_by(EndsInSilence, &checks, &["a_session_that_was_revoked_is_dead"]).await;
}

/// Numbers are given one after the other.
#[derive(Debug, Default)]
struct InARow(AtomicU32);

impl Fault for InARow {
    fn number<'a>(&'a self, _: &'a Memory, _: NameKind, _: &'a str) -> Answer<'a, u32> {
        let last = self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(Ok(last + 1)))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_in_a_row_are_caught() {
    let checks = ["no_number_is_one_that_the_same_store_without_its_latest_writes_would_give"];
    is_caught_by(InARow::default(), &checks, &["names_of_clients_and_of_grants_are_apart"]).await;
}

/// A number is looked for and then given, in two steps.
#[derive(Debug)]
struct TwoNumbers;

impl Fault for TwoNumbers {
    fn number<'a>(&'a self, store: &'a Memory, kind: NameKind, name: &'a str) -> Answer<'a, u32> {
        Box::pin(async move {
            let found = store.document(name, 0).await?;
            tokio::task::yield_now().await;
            if let Some(found) = found {
                return Ok(found.text.parse().unwrap());
            }
            let count = store.document("count", 0).await?.map_or(0, |it| it.revision);
            let spare = format!("{name} {count}");
            let number = store.number(kind, &spare).await?;
            let next = Document { revision: count + 1, text: String::new() };
            store.put_document("count", count, &next).await?;
            let text = number.to_string();
            store.put_document(name, 0, &Document { revision: 1, text }).await?;
            Ok(number)
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_of_two_numbers_is_caught() {
    is_caught_by(TwoNumbers, &["many_who_ask_for_the_number_of_a_name_get_one"], &[]).await;
}

/// The last who puts a document wins.
#[derive(Debug)]
struct LastWins;

impl Fault for LastWins {
    fn put_document<'a>(
        &'a self,
        store: &'a Memory,
        name: &'a str,
        _expected: u64,
        document: &'a Document,
    ) -> Answer<'a, bool> {
        Box::pin(async move {
            let found = store.document(name, 0).await?.map_or(0, |it| it.revision);
            store.put_document(name, found, document).await
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_that_anybody_replaces_is_caught() {
    let checks = [
        "a_document_is_replaced_only_by_who_knows_its_revision",
        "of_many_who_put_a_document_in_the_place_of_one_one_does",
    ];
    is_caught_by(LastWins, &checks, &["of_many_who_want_a_lease_one_gets_it"]).await;
}

/// Labels are not in the export, and subjects not in the import.
#[derive(Debug)]
struct LosesNames;

impl Fault for LosesNames {
    fn export<'a>(
        &'a self,
        store: &'a Memory,
        from: Option<&'a str>,
        most: usize,
    ) -> Answer<'a, Page> {
        Box::pin(async move {
            let mut page = store.export(from, most).await?;
            page.sessions.iter_mut().for_each(|kept| kept.label = None);
            Ok(page)
        })
    }

    fn import<'a>(&'a self, store: &'a Memory, sessions: &'a [Kept]) -> Answer<'a, ()> {
        Box::pin(async move {
            let nobody: Vec<Kept> =
                sessions.iter().map(|kept| Kept { who: "".into(), ..kept.clone() }).collect();
            store.import(&nobody).await
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_loses_something_is_caught() {
    let checks = [
        "what_was_imported_is_exported_as_it_was",
        "what_was_started_is_exported_as_it_became",
        "an_import_names_the_subject",
    ];
    is_caught_by(LosesNames, &checks, &["a_session_that_was_started_rotates"]).await;
}
