//! When what is kept was looked at last, and whether that is too long ago.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::time::Duration;

use jotem::NumericDate;

/// The last look, in milliseconds since 1970.
pub(super) struct Looks(AtomicU64);

/// A look: dropped, it is over, however it ended. Not before, so that nobody goes on as if it were.
pub(super) struct Looking<'l> {
    looks: &'l Looks,
    now: NumericDate,
}

impl Looks {
    pub(super) fn new(now: NumericDate) -> Self {
        Self(AtomicU64::new(milliseconds(now)))
    }

    /// Whether it is time to look again.
    pub(super) fn is_due(&self, now: NumericDate) -> bool {
        !self.is_within(now, LOOK_AGAIN)
    }

    /// Whether what is known is so old that nobody goes on with it while somebody looks.
    pub(super) fn is_late(&self, now: NumericDate) -> bool {
        !self.is_within(now, LATE)
    }

    /// Begins a look, for whoever holds the lock.
    pub(super) const fn begin(&self, now: NumericDate) -> Looking<'_> {
        Looking { looks: self, now }
    }

    /// A clock that was set back must not stop it.
    fn is_within(&self, now: NumericDate, time: u64) -> bool {
        let last = self.0.load(Ordering::Acquire);
        (last..last.saturating_add(time)).contains(&milliseconds(now))
    }
}

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        // Who sees that it was looked sees what was found.
        self.looks.0.store(milliseconds(self.now), Ordering::Release);
    }
}

/// Takes the lock of who looks, if nobody has it; whoever is late waits for it, a second at most.
pub(super) fn try_lock<T>(lock: &Mutex<T>, is_late: bool) -> Option<MutexGuard<'_, T>> {
    let tries = if is_late { TRIES } else { 1 };
    for attempt in 1..=tries {
        match lock.try_lock() {
            Ok(guard) => return Some(guard),
            // A change that panicked has changed nothing: the snapshot is replaced whole.
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) if attempt < tries => std::thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {}
        }
    }
    None
}

fn milliseconds(date: NumericDate) -> u64 {
    u64::try_from(date.since_epoch().as_millis()).unwrap_or(u64::MAX)
}

/// How long what is kept is not looked at again, in milliseconds.
const LOOK_AGAIN: u64 = 1_000;

/// After how long without a look nobody goes on with what is known, in milliseconds.
const LATE: u64 = 5_000;

/// Together a second.
const TRIES: u32 = 200;
const PAUSE: Duration = Duration::from_millis(5);
