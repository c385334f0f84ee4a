//! The thread that has a connection: it takes what waits, does it in one transaction, and answers when
//! that is committed. So one `fdatasync` is shared by all who waited for it.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use jotem::Clock;
use rusqlite::Connection;

use super::failure::{Failure, busy};
use super::queue::{Job, Queue};
use crate::store::StoreError;

/// A connection, and the requests that it is for.
pub(super) struct Worker {
    pub(super) connection: Connection,
    pub(super) queue: Arc<Queue>,
    pub(super) clock: Arc<dyn Clock>,
    /// How a transaction begins: that of a writer takes the lock at once.
    pub(super) begin: &'static str,
    /// For how long it is tried to get that lock.
    pub(super) patience: Duration,
}

/// Why a transaction was rolled back.
enum RolledBack {
    /// One request failed, and the others may succeed without it.
    ByRequest(Failure),
    /// None of them can succeed now.
    Whole(Failure),
}

impl Worker {
    /// Does what is asked until the queue is closed and empty.
    pub(super) fn run(self) {
        while let Some(batch) = self.queue.take(MOST_TOGETHER) {
            self.serve(&batch);
        }
    }

    fn serve(&self, batch: &[Arc<dyn Job>]) {
        match self.persist(batch) {
            Ok(()) => batch.iter().for_each(|job| job.answer()),
            Err(RolledBack::ByRequest(_)) if batch.len() > 1 => {
                // Nothing of the batch is kept. Alone, each is answered what is true of it.
                batch.iter().for_each(|job| self.serve(std::slice::from_ref(job)));
            }
            Err(RolledBack::ByRequest(failure) | RolledBack::Whole(failure)) => {
                let error = StoreError::from(failure);
                batch.iter().for_each(|job| job.fail(error.clone()));
            }
        }
    }

    /// Tries for as long as something else has the lock. SQLite would wait by itself, and longer each
    /// time: beside a busy process it would seldom come to its turn.
    fn persist(&self, batch: &[Arc<dyn Job>]) -> Result<(), RolledBack> {
        let began = Instant::now();
        loop {
            match self.attempt(batch) {
                Err(RolledBack::ByRequest(Failure::Busy) | RolledBack::Whole(Failure::Busy)) => {
                    if began.elapsed() >= self.patience {
                        return Err(RolledBack::Whole(Failure::Broken(busy())));
                    }
                    thread::sleep(PAUSE);
                }
                done => return done,
            }
        }
    }

    fn attempt(&self, batch: &[Arc<dyn Job>]) -> Result<(), RolledBack> {
        let whole = |error: rusqlite::Error| RolledBack::Whole(error.into());
        self.execute(self.begin).map_err(whole)?;
        let done = batch
            .iter()
            .try_for_each(|job| job.run(&self.connection, self.now_ms()))
            .map_err(RolledBack::ByRequest)
            .and_then(|()| self.execute("COMMIT").map_err(whole));
        // Some failures have rolled back already.
        if done.is_err() && !self.connection.is_autocommit() {
            self.execute("ROLLBACK").map_err(whole)?;
        }
        done
    }

    fn execute(&self, statement: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(statement)?.execute([]).map(drop)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.clock.now().since_epoch().as_millis()).unwrap_or_default()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.queue.abandon();
    }
}

/// How many requests share a transaction at most.
const MOST_TOGETHER: usize = 64;

/// How long to wait before the lock is tried again: about as long as a transaction takes.
const PAUSE: Duration = Duration::from_micros(500);
