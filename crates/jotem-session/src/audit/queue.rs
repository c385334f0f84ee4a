//! A bounded queue between those who tell and the thread that writes.
//!
//! What may be dropped may fill three quarters of it. The last quarter is for what must not be lost:
//! a storm of the one does not push out the other.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

#[derive(Debug)]
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    /// There is something to take, or the end of it.
    filled: Condvar,
    /// There is room, or nothing is left to be done.
    drained: Condvar,
    capacity: usize,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<T>,
    /// What was taken is not done yet.
    is_busy: bool,
    is_closed: bool,
    /// Somebody waited in vain: until something is taken, nobody else need try.
    is_stuck: bool,
    /// Nothing will be taken any more.
    is_over: bool,
}

/// What was taken.
#[derive(Debug)]
pub(super) struct Taken<T> {
    pub(super) items: Vec<T>,
    /// Nothing more will come.
    pub(super) is_last: bool,
}

impl<T> Queue<T> {
    pub(super) fn new(capacity: usize) -> Self {
        let state = State {
            items: VecDeque::new(),
            is_busy: false,
            is_closed: false,
            is_stuck: false,
            is_over: false,
        };
        let (filled, drained) = (Condvar::new(), Condvar::new());
        Self { state: Mutex::new(state), filled, drained, capacity: capacity.max(4) }
    }

    /// Puts something in. With `patience` it waits so long for room; without, it does not wait.
    /// Returns whether it is in.
    pub(super) fn push(&self, item: T, patience: Option<Duration>) -> bool {
        let mut state = self.lock();
        let room = match patience {
            Some(_) => self.capacity,
            None => self.capacity.saturating_sub(self.capacity / 4),
        };
        let deadline = patience.and_then(deadline);
        while state.items.len() >= room && !state.is_closed {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let Some(left) = left.filter(|left| !left.is_zero() && !state.is_stuck) else {
                state.is_stuck |= patience.is_some();
                return false;
            };
            let waited = self.drained.wait_timeout(state, left);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
        if state.is_closed {
            return false;
        }
        state.items.push_back(item);
        drop(state);
        self.filled.notify_one();
        true
    }

    /// Takes up to `most`; waits for the first, for ever or until a time.
    pub(super) fn take(&self, most: usize, until: Option<Instant>) -> Taken<T> {
        let mut state = self.lock();
        while state.items.is_empty() && !state.is_closed {
            state = match until {
                None => self.filled.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        break;
                    }
                    let waited = self.filled.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        let number = state.items.len().min(most);
        let items: Vec<T> = state.items.drain(..number).collect();
        state.is_busy = !items.is_empty();
        state.is_stuck = false;
        let is_last = state.is_closed && state.items.is_empty();
        drop(state);
        self.drained.notify_all();
        Taken { items, is_last }
    }

    /// Says that what was taken is done.
    pub(super) fn done(&self) {
        self.lock().is_busy = false;
        self.drained.notify_all();
    }

    /// Says that nothing will be taken any more; returns how much was left.
    pub(super) fn over(&self) -> usize {
        let mut state = self.lock();
        (state.is_closed, state.is_over, state.is_busy) = (true, true, false);
        let left = state.items.len();
        state.items.clear();
        drop(state);
        self.drained.notify_all();
        left
    }

    /// Lets nothing more in; what is in is still taken.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.filled.notify_all();
        self.drained.notify_all();
    }

    /// Waits until everything that is in now is done; returns whether it is.
    pub(super) fn wait_until_done(&self, limit: Duration) -> bool {
        self.wait(limit, |state| state.is_over || (state.items.is_empty() && !state.is_busy))
    }

    /// Waits until the thread that takes has ended; returns whether it has.
    pub(super) fn wait_until_over(&self, limit: Duration) -> bool {
        self.wait(limit, |state| state.is_over)
    }

    /// Waits until the queue is closed; returns whether it is.
    pub(super) fn wait_until_closed(&self, limit: Duration) -> bool {
        self.wait(limit, |state| state.is_closed)
    }

    fn wait(&self, limit: Duration, is_so: impl Fn(&State<T>) -> bool) -> bool {
        let state = self.lock();
        let waited = self.drained.wait_timeout_while(state, limit, |state| !is_so(state));
        is_so(&waited.unwrap_or_else(PoisonError::into_inner).0)
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns when a wait is over. One that no clock sees the end of is a very long one: it must not come to
/// mean none at all.
fn deadline(patience: Duration) -> Option<Instant> {
    Instant::now().checked_add(patience.min(LONGEST_WAIT))
}

/// A year.
const LONGEST_WAIT: Duration = Duration::from_secs(365 * 24 * 3600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_without_end_is_a_long_one_and_not_none() {
        let begun = Instant::now();
        let end = deadline(Duration::MAX).unwrap();
        assert!(end.duration_since(begun) >= Duration::from_secs(24 * 3600));
        assert!(deadline(Duration::ZERO).unwrap() >= begun);
    }
}
