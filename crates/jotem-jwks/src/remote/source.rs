//! Where keys come from, and the set that was fetched last.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use jotem::error::Excerpt;
use reqwest::header::HeaderValue;

use super::endpoint::{Endpoint, shown};
use super::key_index::KeyIndex;

/// A key set, or an issuer that says where its key set is.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) origin: Origin,
    /// Whose keys they are; without, the verifier alone decides.
    pub(super) issuer: Option<String>,
    pub(super) loaded: ArcSwapOption<Loaded>,
    /// When the set is to be fetched again, in milliseconds of the client's clock. Zero at first:
    /// there is none yet.
    due: AtomicU64,
    /// Whether the next attempt asks the issuer anew where its keys are.
    pub(super) discover: AtomicBool,
}

/// What the program named.
#[derive(Debug)]
pub(super) enum Origin {
    /// The key set itself.
    KeySet(Endpoint),
    /// An issuer, by where its metadata may be: OpenID Connect Discovery §4, RFC 8414 §3.
    Issuer([Endpoint; 2]),
}

impl Origin {
    /// Returns the URL whose host the program named.
    pub(super) const fn endpoint(&self) -> &Endpoint {
        match self {
            Self::KeySet(endpoint) | Self::Issuer([endpoint, _]) => endpoint,
        }
    }
}

/// A set as it was fetched.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) keys: Arc<KeyIndex>,
    /// Where it was.
    pub(super) endpoint: Endpoint,
    pub(super) entity_tag: Option<HeaderValue>,
    /// When the server said so last.
    pub(super) at: Duration,
    /// Until when it is fresh.
    pub(super) soft: Duration,
    /// From when on it is no longer served.
    pub(super) hard: Duration,
    /// Until when the issuer need not be asked where it is.
    pub(super) discovered: Duration,
    pub(super) stale_said: AtomicBool,
    pub(super) hard_said: AtomicBool,
}

impl Source {
    pub(super) fn new(origin: Origin, issuer: Option<String>) -> Self {
        Self {
            origin,
            issuer,
            loaded: ArcSwapOption::empty(),
            due: AtomicU64::new(0),
            discover: AtomicBool::new(true),
        }
    }

    /// Returns what the source goes by in events: its issuer, or the URL of its set.
    pub(super) fn shown(&self) -> Excerpt {
        match (&self.origin, &self.issuer) {
            (Origin::Issuer(_), Some(issuer)) => Excerpt::new(issuer),
            (origin, _) => shown(origin.endpoint().url().as_str()),
        }
    }

    /// Whether there are keys that may be served.
    pub(super) fn serves(&self, now: Duration) -> bool {
        self.loaded.load().as_ref().is_some_and(|loaded| now < loaded.hard)
    }

    /// Whether it is time to fetch: one comparison for each look-up.
    pub(super) fn is_due(&self, now: Duration) -> bool {
        milliseconds(now) >= self.due.load(Ordering::Relaxed)
    }

    /// Returns how long it is until then.
    pub(super) fn due_in(&self, now: Duration) -> Duration {
        let due = self.due.load(Ordering::Relaxed);
        Duration::from_millis(due.saturating_sub(milliseconds(now)))
    }

    /// Lets one caller of those that found it due go on, and the others no sooner than this.
    pub(super) fn claim_due(&self, now: Duration, again: Duration) -> bool {
        let due = self.due.load(Ordering::Relaxed);
        let order = Ordering::Relaxed;
        milliseconds(now) >= due
            && self.due.compare_exchange(due, milliseconds(again), order, order).is_ok()
    }

    /// Puts off what is due before then.
    pub(super) fn put_off(&self, until: Duration) {
        self.due.fetch_max(milliseconds(until), Ordering::Relaxed);
    }

    pub(super) fn set_due(&self, at: Duration) {
        self.due.store(milliseconds(at), Ordering::Relaxed);
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
