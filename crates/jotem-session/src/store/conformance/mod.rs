//! What every store has to do, as checks that run against it (feature `conformance`).
//!
//! For everybody who writes a [`Store`]. Every check uses subjects and names that nobody else has, so
//! the store may be shared and full. Nothing sleeps: sessions of the past are imported.
//!
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
mod differential;
mod failure;
mod samples;
mod table;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

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
        let every = std::iter::once(&self.store).chain(&self.beside).cycle();
        let place = usize::try_from(caller).unwrap_or_default();
        every.skip(place % self.beside.len().saturating_add(1)).next().unwrap_or(&self.store)
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
    differential {
        random_cases_are_decided_as_the_specification_says,
    }
};
