//! What the threads of a batch share: the jobs that wait, and the results that do.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Some items that follow each other, and which of the jobs it is.
pub(super) struct Job<I> {
    pub(super) number: u64,
    pub(super) items: Vec<I>,
}

/// What came of a job.
pub(super) struct Done<R> {
    /// A result for each item, or what the work panicked with.
    pub(super) results: Result<Vec<R>, Box<dyn Any + Send>>,
    /// How long the work took.
    pub(super) took: Duration,
}

/// Jobs on their way to the threads, and results on their way back. Who fills it sees to it that it
/// stays small.
pub(super) struct Queue<I, R> {
    state: Mutex<State<I, R>>,
    job_added: Condvar,
    job_done: Condvar,
}

struct State<I, R> {
    jobs: VecDeque<Job<I>>,
    done: BTreeMap<u64, Done<R>>,
    closed: bool,
}

impl<I, R> Queue<I, R> {
    pub(super) const fn new() -> Self {
        let state = State { jobs: VecDeque::new(), done: BTreeMap::new(), closed: false };
        Self { state: Mutex::new(state), job_added: Condvar::new(), job_done: Condvar::new() }
    }

    pub(super) fn add(&self, job: Job<I>) {
        self.lock().jobs.push_back(job);
        self.job_added.notify_one();
    }

    /// Returns the oldest job, if one waits.
    pub(super) fn job(&self) -> Option<Job<I>> {
        self.lock().jobs.pop_front()
    }

    /// Waits for a job; returns none once the queue is closed.
    pub(super) fn wait_for_job(&self) -> Option<Job<I>> {
        let state = self.lock();
        let nothing = |state: &mut State<I, R>| state.jobs.is_empty() && !state.closed;
        let state = self.job_added.wait_while(state, nothing);
        state.unwrap_or_else(PoisonError::into_inner).jobs.pop_front()
    }

    pub(super) fn finish(&self, number: u64, done: Done<R>) {
        self.lock().done.insert(number, done);
        self.job_done.notify_one();
    }

    /// Returns what came of a job, if it is finished.
    pub(super) fn done(&self, number: u64) -> Option<Done<R>> {
        self.lock().done.remove(&number)
    }

    /// Waits until a job is finished that a thread has taken.
    pub(super) fn wait_for_done(&self, number: u64) {
        let state = self.lock();
        let missing = |state: &mut State<I, R>| !state.done.contains_key(&number);
        drop(self.job_done.wait_while(state, missing));
    }

    /// Takes the jobs back that nobody has begun, and lets the threads end.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        let unbegun = std::mem::take(&mut state.jobs);
        drop(state);
        self.job_added.notify_all();
        // Not under the lock: this is code of the application's.
        drop(unbegun);
    }

    /// Nothing of the application's runs under the lock, so there is nothing half done to find.
    fn lock(&self) -> MutexGuard<'_, State<I, R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
