//! Requests that wait for the one thread that has the connection.
//!
//! A request is answered once: by the thread that did it, or by the one that watches the clock. Neither
//! needs the runtime of whoever asks, or any runtime.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::NAME;
use super::failure::{Failure, unavailable};
use crate::store::StoreError;

/// What is to be done with the connection. It can be done again if the transaction was rolled back.
pub(super) trait Job: Send + Sync {
    /// Does it, and remembers what to answer. A failure rolls the transaction back.
    fn run(&self, connection: &Connection, now_ms: u64) -> Result<(), Failure>;
    /// Answers what was remembered.
    fn answer(&self);
    /// Answers that it was not done.
    fn fail(&self, error: StoreError);
    /// Returns since when it waits.
    fn since(&self) -> Instant;
}

/// A request with what it returns.
struct Call<T, W> {
    work: W,
    since: Instant,
    outcome: Mutex<Option<Result<T, StoreError>>>,
    reply: Mutex<Option<oneshot::Sender<Result<T, StoreError>>>>,
}

impl<T, W> Job for Call<T, W>
where
    T: Send,
    W: Fn(&Connection, u64) -> Result<T, Failure> + Send + Sync,
{
    fn run(&self, connection: &Connection, now_ms: u64) -> Result<(), Failure> {
        let outcome = match (self.work)(connection, now_ms) {
            Ok(answer) => Ok(answer),
            Err(Failure::Refused(error)) => Err(error),
            Err(failure) => return Err(failure),
        };
        *locked(&self.outcome) = Some(outcome);
        Ok(())
    }

    fn answer(&self) {
        if let (Some(outcome), Some(reply)) =
            (locked(&self.outcome).take(), locked(&self.reply).take())
        {
            // Who asked may have gone.
            drop(reply.send(outcome));
        }
    }

    fn fail(&self, error: StoreError) {
        if let Some(reply) = locked(&self.reply).take() {
            drop(reply.send(Err(error)));
        }
    }

    fn since(&self) -> Instant {
        self.since
    }
}

/// The requests of one thread: those that wait, and those that it is busy with.
pub(super) struct Queue {
    limit: Duration,
    state: Mutex<State>,
    came: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Arc<dyn Job>>,
    running: Vec<Arc<dyn Job>>,
    is_closed: bool,
}

impl Queue {
    /// Makes an empty one, whose requests are answered within the limit and a quarter of it.
    pub(super) fn new(limit: Duration) -> Arc<Self> {
        Arc::new(Self { limit, state: Mutex::default(), came: Condvar::new() })
    }

    /// Adds a request, and returns where its answer will be.
    pub(super) fn push<T, W>(&self, work: W) -> Result<Receiver<T>, StoreError>
    where
        T: Send + 'static,
        W: Fn(&Connection, u64) -> Result<T, Failure> + Send + Sync + 'static,
    {
        let (reply, receiver) = oneshot::channel();
        let call = Call {
            work,
            since: Instant::now(),
            outcome: Mutex::new(None),
            reply: Mutex::new(Some(reply)),
        };
        let mut state = locked(&self.state);
        if state.is_closed {
            return Err(unavailable("it was closed".to_owned()));
        }
        if state.waiting.len() >= MOST_WAITING {
            return Err(unavailable(format!("{MOST_WAITING} requests wait already")));
        }
        state.waiting.push_back(Arc::new(call));
        drop(state);
        self.came.notify_one();
        Ok(receiver)
    }

    /// Waits for requests, and takes what is there, at most `most` of them. Absent: it is closed, and
    /// none is left.
    pub(super) fn take(&self, most: usize) -> Option<Vec<Arc<dyn Job>>> {
        let mut state = locked(&self.state);
        state.running.clear();
        while state.waiting.is_empty() {
            if state.is_closed {
                return None;
            }
            state = self.came.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let count = state.waiting.len().min(most);
        let batch: Vec<_> = state.waiting.drain(..count).collect();
        state.running.clone_from(&batch);
        Some(batch)
    }

    /// Answers requests that have waited for too long. Those that are being done may be done all the
    /// same; the others will not be.
    pub(super) fn expire(&self) {
        let mut state = locked(&self.state);
        let is_late = |job: &Arc<dyn Job>| job.since().elapsed() >= self.limit;
        for job in state.running.iter().filter(|job| is_late(job)) {
            job.fail(StoreError::Timeout { store: NAME, limit: self.limit });
        }
        let late = state.waiting.iter().take_while(|job| is_late(job)).count();
        for job in state.waiting.drain(..late) {
            job.fail(unavailable("too many requests wait, or the disk is too slow".to_owned()));
        }
    }

    /// Returns whether it is closed, and nothing is left to be answered.
    pub(super) fn is_done(&self) -> bool {
        let state = locked(&self.state);
        state.is_closed && state.waiting.is_empty() && state.running.is_empty()
    }

    /// Takes no more requests. What waits is still done.
    pub(super) fn close(&self) {
        locked(&self.state).is_closed = true;
        self.came.notify_all();
    }

    /// Takes no more requests, and answers all that are left: nobody is there to do them.
    pub(super) fn abandon(&self) {
        self.close();
        let State { waiting, running, .. } = &mut *locked(&self.state);
        for job in waiting.drain(..).chain(running.drain(..)) {
            job.fail(unavailable("its thread has ended".to_owned()));
        }
    }
}

/// Where an answer will be.
pub(super) type Receiver<T> = oneshot::Receiver<Result<T, StoreError>>;

/// More than any disk does within the limit, and some megabytes of memory.
const MOST_WAITING: usize = 8_192;

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
