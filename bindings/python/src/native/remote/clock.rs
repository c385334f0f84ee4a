//! The clock of a client: a callable of the program's, asked on whatever thread needs the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jotem_jwks::remote::MonotonicClock;

use super::callback::Callback;

/// Tells the age of keys by a callable. While that one fails time goes on as the system's does: keys
/// that stopped growing old would be trusted without end.
#[derive(Debug)]
pub(super) struct CallableClock {
    callable: Arc<Callback>,
    began: Instant,
    /// By how many microseconds the callable was ahead of the time since then. An atomic, because
    /// there may be a fork at any time.
    ahead: AtomicI64,
}

impl CallableClock {
    /// A clock that has just told this time.
    pub(super) fn new(callable: Arc<Callback>, told: Duration) -> Self {
        Self { callable, began: Instant::now(), ahead: AtomicI64::new(microseconds(told)) }
    }
}

impl MonotonicClock for CallableClock {
    fn now(&self) -> Duration {
        let told = self.callable.time();
        let elapsed = microseconds(self.began.elapsed());
        if let Some(told) = told {
            let ahead = microseconds(told).saturating_sub(elapsed);
            self.ahead.store(ahead, Ordering::Relaxed);
            return told;
        }
        let now = elapsed.saturating_add(self.ahead.load(Ordering::Relaxed));
        Duration::from_micros(u64::try_from(now).unwrap_or_default())
    }
}

fn microseconds(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}
