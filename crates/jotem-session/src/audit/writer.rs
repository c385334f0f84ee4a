//! The thread that writes.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jotem::{Clock, NumericDate};

use super::book::{Book, Found};
use super::chain::{ChainKey, Checkpoint};
use super::line::NewLine;
use super::log::Durability;
use super::members::{self, Addresses, Member, Value};
use super::queue::Queue;
use crate::event::Event;

/// What the thread and those who tell it share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) queue: Queue<Event>,
    pub(super) written: AtomicU64,
    pub(super) dropped: AtomicU64,
    pub(super) failures: AtomicU64,
    /// The last line that is in a file.
    pub(super) head: Mutex<Checkpoint>,
}

impl Shared {
    /// Counts what will never be written.
    pub(super) fn drop_events(&self, number: u64) {
        self.dropped.fetch_add(number, Ordering::Relaxed);
        #[cfg(feature = "metrics")]
        crate::metrics::count_audit_dropped(number);
    }
}

#[derive(Debug)]
pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    pub(super) book: Book,
    pub(super) key: Option<ChainKey>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) addresses: Addresses,
    pub(super) durability: Durability,
    /// How many dropped events the log speaks of.
    pub(super) told: u64,
    /// A failure that was warned of, and is not over.
    pub(super) is_failing: bool,
    /// Events of which lines are staged.
    pub(super) staged: u64,
}

/// The log was closed, and what is left cannot be written.
#[derive(Debug)]
struct GaveUp;

impl Writer {
    /// Writes that the log was opened. It is here that a full disk is noticed.
    pub(super) fn begin(&mut self, found: Found) -> io::Result<()> {
        let begun = if found.is_continued { "the chain goes on" } else { "a new chain" };
        let mut said = vec![("detail", Value::Text(begun.to_owned()))];
        if found.torn > 0 {
            said.push(("torn_bytes", Value::Number(found.torn)));
        }
        let line = self.line((self.clock.now(), "log.open"), &said);
        if self.book.is_full_for(&line) {
            self.book.turn()?;
        }
        self.book.stage(line);
        self.book.write()?;
        self.book.sync()?;
        self.remember();
        Ok(())
    }

    /// Writes until the log is closed.
    pub(super) fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        let (ended, staged) = (self.write_all(), self.staged);
        // The lock is given back first: who waited for the end may open the log again.
        drop(self);
        let left = u64::try_from(shared.queue.over()).unwrap_or(u64::MAX);
        if ended.is_err() {
            shared.drop_events(left.saturating_add(staged));
        }
    }

    fn write_all(&mut self) -> Result<(), GaveUp> {
        loop {
            let taken = self.shared.queue.take(BATCH, None);
            let required = taken.items.iter().any(is_required);
            let number = u64::try_from(taken.items.len()).unwrap_or(u64::MAX);
            self.staged = number;
            for event in &taken.items {
                self.write(event)?;
            }
            self.tell_of_dropped()?;
            if taken.is_last {
                self.stage((self.clock.now(), "log.close"), &[])?;
            }
            self.persist(Book::write)?;
            if self.durability.wants_sync(required) || taken.is_last {
                self.persist(|book| book.sync())?;
            }
            self.shared.written.fetch_add(number, Ordering::Relaxed);
            self.staged = 0;
            self.remember();
            self.shared.queue.done();
            if taken.is_last {
                return Ok(());
            }
        }
    }

    fn write(&mut self, event: &Event) -> Result<(), GaveUp> {
        let said = members::of_event(event, self.addresses);
        self.stage((event.at, event.action.as_str()), &said)
    }

    /// Writes how many events were dropped since the last time.
    fn tell_of_dropped(&mut self) -> Result<(), GaveUp> {
        let dropped = self.shared.dropped.load(Ordering::Relaxed);
        let since = dropped.saturating_sub(self.told);
        if since > 0 {
            self.told = dropped;
            self.stage((self.clock.now(), "log.dropped"), &[("count", Value::Number(since))])?;
        }
        Ok(())
    }

    fn stage(&mut self, what: (NumericDate, &str), said: &[Member]) -> Result<(), GaveUp> {
        let mut line = self.line(what, said);
        if self.book.is_full_for(&line) {
            self.persist(Book::turn)?;
            // It is the same line: the chain goes on from file to file.
            line = self.line(what, said);
        }
        self.book.stage(line);
        Ok(())
    }

    fn line(&self, what: (NumericDate, &str), said: &[Member]) -> NewLine {
        NewLine::after(self.book.head(), self.key.as_ref(), what, said)
    }

    /// Tries until it is done, or until the log is closed and it fails once more.
    fn persist(&mut self, step: fn(&mut Book) -> io::Result<()>) -> Result<(), GaveUp> {
        loop {
            let was_closed = self.shared.queue.wait_until_closed(Duration::ZERO);
            let Err(error) = step(&mut self.book) else {
                if self.is_failing {
                    self.is_failing = false;
                    tracing::info!(target: "jotem::audit", "the audit log is written again");
                }
                return Ok(());
            };
            self.shared.failures.fetch_add(1, Ordering::Relaxed);
            #[cfg(feature = "metrics")]
            crate::metrics::count_audit_failure();
            if !self.is_failing {
                self.is_failing = true;
                let reason = jotem::error::Excerpt::new(&error.to_string());
                tracing::warn!(target: "jotem::audit", %reason, "the audit log cannot be written");
            }
            if was_closed {
                return Err(GaveUp);
            }
            self.shared.queue.wait_until_closed(RETRY);
        }
    }

    /// Remembers where the chain is, for a checkpoint.
    fn remember(&self) {
        *self.shared.head.lock().unwrap_or_else(PoisonError::into_inner) = self.book.head();
    }
}

/// Whether an event must not be lost for want of room: alarms, and what was revoked.
pub(super) const fn is_required(event: &Event) -> bool {
    event.action.is_alarm() || event.action.is_revocation()
}

/// How many events are written together.
const BATCH: usize = 256;

/// How long after a failure it is tried again.
const RETRY: Duration = Duration::from_secs(1);
