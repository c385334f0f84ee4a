//! Work on several threads whose results come in the order of the items.
//!
//! The caller's thread takes items from the iterator and hands results out; the others work. When
//! enough is on the way, the caller's thread works as well, on what is oldest.

use std::num::NonZero;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;
use std::time::{Duration, Instant};

use super::queue::{Done, Job, Queue};

/// A batch under way.
pub(super) struct InOrder<'w, W, F> {
    /// The caller's among them.
    threads: usize,
    /// How many items make a job: as many as keep a thread busy for a while.
    job_size: usize,
    most_in_job: usize,
    /// How many jobs may be on the way.
    most_jobs: u64,
    work: &'w W,
    take: F,
    /// The next job, and the next whose results are to be handed out.
    next_job: u64,
    next_result: u64,
    /// The iterator takes its time: results do not wait for it.
    slow_source: bool,
}

impl<'w, W, F> InOrder<'w, W, F> {
    pub(super) fn new(
        threads: NonZero<usize>,
        ahead: NonZero<usize>,
        work: &'w W,
        take: F,
    ) -> Self {
        let (threads, ahead) = (threads.get(), ahead.get());
        let most_in_job = ahead.div_ceil(JOBS_AHEAD);
        let most_jobs = threads.saturating_mul(ahead).checked_div(most_in_job).unwrap_or(1);
        Self {
            threads,
            job_size: 1,
            most_in_job,
            most_jobs: u64::try_from(most_jobs).unwrap_or(u64::MAX),
            work,
            take,
            next_job: 0,
            next_result: 0,
            slow_source: false,
        }
    }

    /// Works through the items until there are none, or until a result breaks off.
    pub(super) fn run<I, R, B>(mut self, mut items: impl Iterator<Item = I>) -> ControlFlow<B>
    where
        I: Send,
        R: Send,
        W: Fn(I) -> R + Sync,
        F: FnMut(R) -> ControlFlow<B>,
    {
        if !self.alone(&mut items)? {
            return ControlFlow::Continue(());
        }
        let queue = Queue::new();
        thread::scope(|scope| {
            // Whatever ends this closure, the threads must end, because the scope waits for them.
            let _closed_at_the_end = Closing(&queue);
            let (queue, work) = (&queue, self.work);
            let worker = move || {
                while let Some(job) = queue.wait_for_job() {
                    finish(queue, job, work);
                }
            };
            let start = || {
                let thread = thread::Builder::new().name("jotem-batch".to_owned());
                thread.spawn_scoped(scope, worker).is_ok()
            };
            self.together(queue, start, &mut items)
        })
    }

    /// Works on the caller's thread, item by item: to the end, or until threads are worth starting.
    fn alone<I, R, B>(&mut self, items: &mut impl Iterator<Item = I>) -> ControlFlow<B, bool>
    where
        W: Fn(I) -> R,
        F: FnMut(R) -> ControlFlow<B>,
    {
        if self.threads == 1 {
            for item in items {
                (self.take)((self.work)(item))?;
            }
            return ControlFlow::Continue(false);
        }
        let (mut waited, mut worked) = (Duration::ZERO, Duration::ZERO);
        while worked < START_COST || worked.saturating_mul(SLOWER) < waited {
            let begin = Instant::now();
            let Some(item) = items.next() else { return ControlFlow::Continue(false) };
            let has_item = Instant::now();
            let result = (self.work)(item);
            waited = waited.saturating_add(has_item.duration_since(begin));
            worked = worked.saturating_add(has_item.elapsed());
            (self.take)(result)?;
        }
        ControlFlow::Continue(true)
    }

    /// Works with the other threads, and starts one for each job until there are enough.
    fn together<I, R, B>(
        &mut self,
        queue: &Queue<I, R>,
        start: impl Fn() -> bool,
        items: &mut impl Iterator<Item = I>,
    ) -> ControlFlow<B>
    where
        W: Fn(I) -> R,
        F: FnMut(R) -> ControlFlow<B>,
    {
        let mut more = true;
        let mut to_start = self.threads.saturating_sub(1);
        loop {
            while let Some(done) = queue.done(self.next_result) {
                self.hand_out(done)?;
            }
            let under_way = self.next_job.saturating_sub(self.next_result);
            if more && under_way < self.most_jobs && !(self.slow_source && under_way > 0) {
                match self.job(items) {
                    Some(job) => {
                        queue.add(job);
                        // Where the system makes no more threads, those that there are do it: the
                        // caller's at least.
                        to_start =
                            if to_start > 0 && start() { to_start.saturating_sub(1) } else { 0 };
                    }
                    None => more = false,
                }
            } else if under_way == 0 {
                return ControlFlow::Continue(());
            } else if let Some(job) = queue.job() {
                finish(queue, job, self.work);
            } else {
                queue.wait_for_done(self.next_result);
            }
        }
    }

    /// Makes a job of the next items; none if there are none.
    fn job<I>(&mut self, items: &mut impl Iterator<Item = I>) -> Option<Job<I>> {
        let begin = Instant::now();
        let items: Vec<I> = items.take(self.job_size).collect();
        self.slow_source = begin.elapsed() > LONG;
        if self.slow_source {
            self.job_size = 1;
        }
        let number = self.next_job;
        self.next_job = number.saturating_add(u64::from(!items.is_empty()));
        (!items.is_empty()).then_some(Job { number, items })
    }

    fn hand_out<R, B>(&mut self, done: Done<R>) -> ControlFlow<B>
    where
        F: FnMut(R) -> ControlFlow<B>,
    {
        if done.took < SHORT {
            self.job_size = self.job_size.saturating_mul(2).min(self.most_in_job);
        } else if done.took > LONG {
            self.job_size = (self.job_size / 2).max(1);
        }
        let results = done.results.unwrap_or_else(|panic| resume_unwind(panic));
        results.into_iter().try_for_each(&mut self.take)?;
        self.next_result = self.next_result.saturating_add(1);
        ControlFlow::Continue(())
    }
}

/// Does a job. A panic is kept for the caller: an unfinished job would be waited for without end.
fn finish<I, R>(queue: &Queue<I, R>, job: Job<I>, work: &impl Fn(I) -> R) {
    let begin = Instant::now();
    let items = job.items.into_iter();
    let results = catch_unwind(AssertUnwindSafe(|| items.map(work).collect()));
    queue.finish(job.number, Done { results, took: begin.elapsed() });
}

/// Closes a queue when it is dropped.
struct Closing<'q, I, R>(&'q Queue<I, R>);

impl<I, R> Drop for Closing<'_, I, R> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Jobs a thread may have on the way: one under way, one that waits, one whose results wait for an
/// earlier one, and one to spare.
const JOBS_AHEAD: usize = 4;

/// What it costs to start a thread, with some to spare: a shorter batch is done alone.
const START_COST: Duration = Duration::from_micros(100);

/// An iterator that takes so many times as long as the work keeps one thread busy at most.
const SLOWER: u32 = 4;

/// A shorter job is mostly waking and waiting.
const SHORT: Duration = Duration::from_micros(200);

/// A longer one lets the other threads wait at the end of a batch.
const LONG: Duration = Duration::from_millis(1);
