//! What every store has to do, as checks that run against it (feature `conformance`).
//!
//! For everybody who writes a [`Store`]. Every check uses subjects and names that nobody else has, so
//! the store may be shared and full. Nothing sleeps: sessions of the past are imported, and what is
//! compared with the time is compared at the time that the store named.
//!
//! A failure says what was asked, what came, and what should have come. [`Check::named`] runs one check
//! alone; [`CHECKS`] are all of them.
//!
//! # Examples
//! ```
//! use jotem_session::store::Memory;
//! use jotem_session::store::conformance::Suite;
//! use std::sync::Arc;
//!
//! # #[tokio::main(flavor = "multi_thread", worker_threads = 2)]
//! # async fn main() {
//! let suite = Suite::new(Arc::new(Memory::new())).cases(2_000).rounds(5, 8);
//! let report = suite.run().await;
//! assert!(report.failures.is_empty(), "{report}");
//! # }
//! ```

mod asking;
mod attacks;
mod differential;
mod ending;
mod failure;
mod keeping;
mod moving;
mod races;
mod samples;
mod starting;
mod table;
mod telling;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use asking::{Asking, Said};
pub use failure::Failure;
use failure::{Fault, Outcome};

use super::Store;

/// The checks, and how much of what is done by chance they do.
///
/// It runs in a tokio runtime, best in one of several threads.
///
/// # Examples
/// See the [module](self).
#[derive(Debug, Clone)]
pub struct Suite {
    store: Asking,
    beside: Vec<Asking>,
    cases: u32,
    rounds: u32,
    callers: u32,
    at_once: u32,
    seed: u64,
    patience_ms: u64,
    told_at_most: usize,
}

/// One thing that every store has to do.
#[derive(Clone, Copy)]
pub struct Check {
    name: &'static str,
    run: for<'s> fn(&'s Suite) -> Pin<Box<dyn Future<Output = Outcome> + Send + 's>>,
}

/// What came of a run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The word of the store.
    pub store: &'static str,
    /// What the random cases were made of: [`Suite::seed`] makes the same ones again.
    pub seed: u64,
    /// The checks that it passed.
    pub passed: Vec<&'static str>,
    /// The checks that it did not pass.
    pub failures: Vec<Failure>,
}

impl Suite {
    /// Begins with 20,000 random cases, 16 at a time, and 50 races of 32 callers each.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store: Asking(store),
            beside: Vec::new(),
            cases: 20_000,
            rounds: 50,
            callers: 32,
            at_once: 16,
            seed: samples::random().map_or(1, u64::from_be_bytes),
            patience_ms: 10_000,
            told_at_most: 1,
        }
    }

    /// Adds another handle of the same data, such as another server of the application has: callers
    /// that race use them in turn.
    #[must_use]
    pub fn beside(mut self, store: Arc<dyn Store>) -> Self {
        self.beside.push(Asking(store));
        self
    }

    /// Sets how many random cases are held against [`decide`](crate::rotation::decide).
    #[must_use]
    pub const fn cases(mut self, cases: u32) -> Self {
        self.cases = cases;
        self
    }

    /// Sets how often callers race, and how many.
    #[must_use]
    pub const fn rounds(mut self, rounds: u32, callers: u32) -> Self {
        self.rounds = rounds;
        self.callers = callers;
        self
    }

    /// Sets how many random cases are asked at a time.
    #[must_use]
    pub const fn at_once(mut self, at_once: u32) -> Self {
        self.at_once = at_once;
        self
    }

    /// Makes the random cases of a run once more: of the seed that its [`Report`] names.
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets how long it may take until readers see a revocation: ten seconds if nothing is said.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience_ms = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// Says that sessions and what verifiers are told are in places that are written one after the other,
    /// so that each caller who comes upon a theft may see to it that it is told: once a caller at most, in
    /// place of once.
    #[must_use]
    pub fn tells_in_two_steps(mut self) -> Self {
        self.told_at_most = usize::try_from(self.callers).unwrap_or(usize::MAX);
        self
    }

    /// Runs every check, one after the other, and goes on after a failure.
    pub async fn run(&self) -> Report {
        let store = self.store.0.name();
        let mut report =
            Report { store, seed: self.seed, passed: Vec::new(), failures: Vec::new() };
        for check in CHECKS {
            match check.run(self).await {
                Ok(()) => report.passed.push(check.name),
                Err(failure) => report.failures.push(failure),
            }
        }
        report
    }

    /// The handle that the caller of a number uses.
    fn handle(&self, caller: u32) -> &Asking {
        let mut handles = std::iter::once(&self.store).chain(&self.beside).cycle();
        handles.nth(usize::try_from(caller).unwrap_or_default()).unwrap_or(&self.store)
    }
}

impl Check {
    /// Returns the check of a name, which is that of its function.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        CHECKS.iter().find(|check| check.name == name).copied()
    }

    /// Returns its name: a sentence.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Runs it alone.
    ///
    /// # Errors
    /// [`Failure`]: the store did something else, or panicked.
    pub async fn run(&self, suite: &Suite) -> Result<(), Failure> {
        let (check, suite) = (*self, suite.clone());
        // In a task of its own, so that a panic of the store is a failure like others.
        let outcome = tokio::spawn(async move { (check.run)(&suite).await }).await;
        let outcome = outcome.unwrap_or_else(|_| {
            Err(Fault::new("anything", Said("a panic"), "an answer or an error"))
        });
        outcome.map_err(|fault| fault.of(self.name))
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { store, seed, passed, failures } = self;
        let (passed, failed) = (passed.len(), failures.len());
        write!(formatter, "{store}: {passed} checks passed, {failed} failed (seed {seed})")?;
        failures.iter().try_for_each(|failure| write!(formatter, "\n{failure}"))
    }
}

macro_rules! checks {
    ($($module:ident { $($name:ident),+ $(,)? })+) => {
        &[$($(Check { name: stringify!($name), run: |suite| Box::pin($module::$name(suite)) }),+),+]
    };
}

/// Every check there is, in the order in which they run.
pub const CHECKS: &[Check] = checks! {
    table {
        another_secret_changes_nothing,
        another_client_changes_nothing,
        a_key_that_is_not_proven_changes_nothing,
        secret_client_and_key_are_compared_in_this_order_and_before_all_else,
        a_session_that_ended_stays_ended,
        a_session_that_is_over_has_expired,
        the_current_token_is_exchanged_for_the_next,
        a_token_that_is_newer_than_the_store_is_repaired,
        a_token_that_is_newer_than_the_store_ends_the_session_if_the_policy_says_so,
        a_token_of_a_moment_ago_is_replayed_and_nothing_changes,
        a_token_of_long_ago_ends_the_session,
        a_window_of_nothing_is_nothing,
        the_window_ends_at_its_millisecond,
        a_bound_session_may_come_back_for_longer,
        the_largest_numbers_are_kept,
    }
    starting {
        a_session_is_kept_as_it_was_started,
        a_session_that_was_started_rotates,
        the_least_recently_used_sessions_end_if_there_are_too_many,
        a_session_that_ended_for_being_too_many_never_rotates_again,
        a_start_is_refused_if_the_epoch_is_another,
        names_of_any_text_are_kept,
        a_subject_who_was_revoked_before_the_first_session_has_a_name,
        who_is_not_there_is_not_found,
    }
    ending {
        a_session_that_was_revoked_is_dead,
        a_session_that_is_revoked_twice_ended_for_the_first_reason,
        a_session_that_is_not_there_is_revoked_and_told_all_the_same,
        all_sessions_of_a_subject_end_and_the_epoch_says_so,
        an_epoch_only_ever_grows,
        a_client_that_was_revoked_has_another_number,
        a_client_that_has_no_number_is_revoked_and_told,
        who_presents_a_wrong_token_never_ends_a_session,
    }
    telling {
        what_is_published_is_told_until_it_is_over,
        the_largest_and_smallest_fingerprints_are_told,
        reuse_is_told_once,
        what_ends_no_session_is_not_told,
        the_row_is_read_in_pages_of_any_size,
        who_reads_from_the_beginning_is_told_too,
        a_reader_is_told_everything_that_many_publish_meanwhile,
    }
    keeping {
        a_name_has_one_number_and_a_number_one_name,
        names_of_clients_and_of_grants_are_apart,
        no_number_is_one_that_the_same_store_without_its_latest_writes_would_give,
        a_document_is_replaced_only_by_who_knows_its_revision,
        a_lease_is_one_holders_until_it_is_over,
        what_is_over_is_forgotten_and_what_lives_stays,
        what_verifiers_must_know_is_not_forgotten,
    }
    moving {
        what_was_imported_is_exported_as_it_was,
        what_was_started_is_exported_as_it_became,
        an_import_replaces_the_session_and_never_sets_the_epoch_back,
        an_import_names_the_subject,
    }
    races {
        of_many_who_present_one_token_at_once_one_gets_the_next_and_one_is_a_thief,
        of_many_in_the_window_one_gets_the_next_token_and_all_others_the_same,
        a_start_beside_the_end_of_all_sessions_is_ended_or_of_the_new_epoch,
        a_rotation_beside_a_revocation_never_survives_it,
        of_many_who_expect_one_epoch_none_starts_after_it_changed,
        a_start_with_a_bound_never_leaves_more_than_that,
        of_many_who_put_a_document_in_the_place_of_one_one_does,
        of_many_who_want_a_lease_one_gets_it,
        many_who_ask_for_the_number_of_a_name_get_one,
    }
    attacks {
        r01_a_token_that_was_exchanged_ends_the_session_of_owner_and_thief,
        r02_however_many_refresh_at_once_one_token_lives,
        r03_what_was_answered_is_known_to_every_handle,
        r04_a_lost_answer_comes_again_in_the_window_only,
        r05_a_window_neither_slides_nor_multiplies,
        r06_a_revoked_session_gives_no_token,
        r09_use_never_moves_the_end,
        r11_the_end_of_all_sessions_is_exact_within_a_second,
        r12_a_revocation_outlives_every_token_that_it_is_about,
        r16_a_rotation_that_is_given_up_leaves_one_token,
        r20_sessions_are_never_more_than_there_may_be,
        r20_sessions_that_ended_are_not_kept_without_end,
        r23_theft_is_told_once_however_many_come,
    }
    differential {
        random_cases_are_decided_as_the_specification_says,
    }
};
