//! Who may cause a request: one at a time for each source, and for tokens with unknown keys few.
//! Attempts are counted, not successes, so that an outage does not become a storm.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::oneshot;

use super::error::RemoteError;
use super::event::{FetchReason, UnknownKeyRefusal};
use super::settings::CoolDown;

/// How an attempt ended.
pub(super) type Outcome = Result<(), RemoteError>;

/// The gate of one source in one process.
#[derive(Debug, Default)]
pub(super) struct Gate {
    open: bool,
    waiting: Vec<oneshot::Sender<Outcome>>,
    /// With how many those are looked for who no longer wait.
    crowded_at: usize,
    attempts: Attempts,
    absent: Absent,
    refusal_told: bool,
}

/// What a caller wants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand {
    pub(super) reason: FetchReason,
    /// What stands for the key that a token names.
    pub(super) key: Option<u64>,
}

/// What a caller gets.
#[derive(Debug)]
pub(super) enum Decision {
    /// An attempt begins now; its outcome comes here.
    Begin(oneshot::Receiver<Outcome>),
    /// An attempt is under way; its outcome comes here.
    Join(oneshot::Receiver<Outcome>),
    /// No request for this key. `told` is whether that was told before in this cool-down.
    Unknown { reason: UnknownKeyRefusal, told: bool },
    /// The next attempt is not due.
    Later(Duration),
}

impl Gate {
    /// Decides whether there is a request.
    pub(super) fn demand(&mut self, demand: Demand, now: Duration, cool: CoolDown) -> Decision {
        if demand.key.is_some_and(|key| self.absent.holds(key, now)) {
            return self.refuse(UnknownKeyRefusal::KnownAbsent);
        }
        if self.open {
            return Decision::Join(self.wait());
        }
        match demand.reason {
            FetchReason::Asked | FetchReason::Ahead => {}
            FetchReason::NoKeys => {
                if let Some(wait) = self.attempts.left(now) {
                    return Decision::Later(wait);
                }
            }
            FetchReason::UnknownKey => {
                if self.attempts.left(now).is_some() {
                    return self.refuse(UnknownKeyRefusal::CoolDown);
                }
                self.attempts.record(now, cool);
                self.refusal_told = false;
            }
        }
        self.open = true;
        Decision::Begin(self.wait())
    }

    /// Ends an attempt, and returns who waits for it and, after a failure, when the next is due.
    pub(super) fn close(
        &mut self,
        failed: bool,
        now: Duration,
        cool: CoolDown,
    ) -> (Vec<oneshot::Sender<Outcome>>, Option<Duration>) {
        self.open = false;
        if failed {
            self.attempts.record(now, cool);
        } else {
            self.absent.clear();
        }
        let due = failed.then(|| now.saturating_add(self.attempts.cool_down));
        (std::mem::take(&mut self.waiting), due)
    }

    /// Remembers that a set which was just fetched does not have a key.
    pub(super) fn remember_absent(&mut self, key: u64, until: Duration) {
        self.absent.add(key, until);
    }

    fn wait(&mut self) -> oneshot::Receiver<Outcome> {
        let (sender, receiver) = oneshot::channel();
        if self.waiting.len() >= self.crowded_at {
            // Those who no longer wait make room. Not at each call: a crowd would cost its square.
            self.waiting.retain(|one| !one.is_closed());
            self.crowded_at = self.waiting.len().saturating_mul(2).max(64);
        }
        self.waiting.push(sender);
        receiver
    }

    const fn refuse(&mut self, reason: UnknownKeyRefusal) -> Decision {
        let told = self.refusal_told;
        self.refusal_told = true;
        Decision::Unknown { reason, told }
    }
}

/// When tokens caused the last attempt, or any attempt failed.
#[derive(Debug, Default)]
struct Attempts {
    last: Option<Duration>,
    cool_down: Duration,
}

impl Attempts {
    /// Returns how long it is until the next may be.
    fn left(&self, now: Duration) -> Option<Duration> {
        let elapsed = now.saturating_sub(self.last?);
        self.cool_down.checked_sub(elapsed).filter(|left| !left.is_zero())
    }

    /// Counts one. After the first the pause is short, after the next ones long, and after ten long
    /// ones without any it is short again.
    fn record(&mut self, now: Duration, cool: CoolDown) {
        let quiet = cool.later.saturating_mul(10);
        let again = self.last.is_some_and(|last| now.saturating_sub(last) < quiet);
        // The failure of an attempt that was counted when it began is not a second one.
        let same = self.last.is_some_and(|last| now.saturating_sub(last) < cool.first);
        if !same {
            self.cool_down = if again { cool.later } else { cool.first };
        }
        self.last = Some(now);
    }
}

/// The keys that a set is known not to have: what stands for them, and until when. Bounded, oldest
/// first.
#[derive(Debug, Default)]
struct Absent(VecDeque<(u64, Duration)>);

impl Absent {
    const MOST: usize = 1_024;

    fn holds(&self, key: u64, now: Duration) -> bool {
        self.0.iter().any(|(one, until)| *one == key && now < *until)
    }

    fn add(&mut self, key: u64, until: Duration) {
        self.0.retain(|(one, _)| *one != key);
        if self.0.len() >= Self::MOST {
            self.0.pop_front();
        }
        self.0.push_back((key, until));
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::{Absent, Attempts, CoolDown, Decision, Demand, Gate};
    use crate::remote::event::{FetchReason, UnknownKeyRefusal};
    use std::time::Duration;

    const COOL: CoolDown =
        CoolDown { first: Duration::from_secs(10), later: Duration::from_secs(30) };

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_pause_of_ten_seconds_is_followed_by_pauses_of_thirty() {
        let mut attempts = Attempts::default();
        let mut allowed = Vec::new();
        for second in 0..200 {
            if attempts.left(at(second)).is_none() {
                attempts.record(at(second), COOL);
                allowed.push(second);
            }
        }
        assert_eq!(allowed, [0, 10, 40, 70, 100, 130, 160, 190]);
        let quiet = 190 + 300;
        attempts.record(at(quiet), COOL);
        assert_eq!(attempts.left(at(quiet)), Some(at(10)));
    }

    #[test]
    fn a_failure_counts_like_a_request_for_an_unknown_key() {
        let mut gate = Gate::default();
        let begin = Demand { reason: FetchReason::Ahead, key: None };
        assert!(matches!(gate.demand(begin, at(0), COOL), Decision::Begin(_)));
        let (waiting, due) = gate.close(true, at(1), COOL);
        assert_eq!((waiting.len(), due), (1, Some(at(11))));
        let unknown = Demand { reason: FetchReason::UnknownKey, key: Some(1) };
        assert!(matches!(gate.demand(unknown, at(5), COOL), Decision::Unknown { told: false, .. }));
        assert!(matches!(gate.demand(unknown, at(6), COOL), Decision::Unknown { told: true, .. }));
        let none = Demand { reason: FetchReason::NoKeys, key: None };
        assert!(matches!(gate.demand(none, at(5), COOL), Decision::Later(left) if left == at(6)));
        assert!(matches!(gate.demand(unknown, at(11), COOL), Decision::Begin(_)));
        assert!(matches!(gate.demand(none, at(12), COOL), Decision::Join(_)));
    }

    #[test]
    fn an_absent_key_is_asked_for_again_once_a_set_was_loaded_and_not_after_a_failure() {
        let mut gate = Gate::default();
        let unknown = Demand { reason: FetchReason::UnknownKey, key: Some(1) };
        let ahead = Demand { reason: FetchReason::Ahead, key: None };
        let absent = |decision: &Decision| {
            let reason = UnknownKeyRefusal::KnownAbsent;
            matches!(decision, Decision::Unknown { reason: one, .. } if *one == reason)
        };
        gate.remember_absent(1, at(60));
        assert!(absent(&gate.demand(unknown, at(0), COOL)));

        assert!(matches!(gate.demand(ahead, at(1), COOL), Decision::Begin(_)));
        gate.close(true, at(2), COOL);
        assert!(absent(&gate.demand(unknown, at(40), COOL)));

        assert!(matches!(gate.demand(ahead, at(41), COOL), Decision::Begin(_)));
        gate.close(false, at(42), COOL);
        assert!(matches!(gate.demand(unknown, at(43), COOL), Decision::Begin(_)));
    }

    #[test]
    fn those_who_no_longer_wait_take_bounded_room() {
        let mut gate = Gate::default();
        let none = Demand { reason: FetchReason::NoKeys, key: None };
        let patient: Vec<_> = (0..100).map(|_| gate.demand(none, at(0), COOL)).collect();
        for _ in 0..10_000 {
            drop(gate.demand(none, at(0), COOL));
        }
        assert!(gate.waiting.len() <= 256, "{}", gate.waiting.len());
        assert!(gate.close(false, at(1), COOL).0.len() >= patient.len());
    }

    #[test]
    fn absent_keys_take_bounded_room() {
        let mut absent = Absent::default();
        for key in 0..10_000 {
            absent.add(key, at(60));
        }
        assert_eq!(absent.0.len(), Absent::MOST);
        assert!(absent.holds(9_999, at(59)) && !absent.holds(9_999, at(60)));
        assert!(!absent.holds(0, at(0)));
    }
}
