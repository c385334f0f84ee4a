//! A log in files, one event a line.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder as ThreadBuilder;
use std::time::Duration;

use jotem::{Clock, SystemClock};

use super::book::{Book, Rotation};
use super::chain::{ChainKey, Checkpoint};
use super::error::AuditError;
use super::members::Addresses;
use super::queue::Queue;
use super::writer::{Shared, Writer, is_required};
use crate::event::{Action, Event, EventSink};

/// A log of events in a file: one line of JSON each, chained.
///
/// It is written by a thread of its own, through a bounded queue. If that is full, an event waits or
/// is dropped and counted ([`AuditLogBuilder::on_full`]), and a line says how many were. A failure to
/// write is counted, told to `tracing` once, and tried again every second; what is in the queue waits
/// for it. Dropping the log writes what is in the queue, for [`AuditLogBuilder::close_limit`] at most.
///
/// A log belongs to one process. In a child that was forked from it, every event is dropped and counted:
/// open a log there, with a file of its own.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use jotem::NumericDate;
/// use jotem_session::audit::{self, AuditLog};
/// use jotem_session::event::{Action, Event, EventSink as _};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("audit.jsonl");
/// let log = AuditLog::builder(&path).rotate_at(64 * 1024 * 1024).keep(30).open()?;
/// log.record(&Event::new(Action::RefreshReuse, NumericDate::from_secs(1_795_305_600)).client("web"));
/// assert!(log.flush(Duration::from_secs(10)));
/// # let text = std::fs::read_to_string(&path)?;
/// # assert!(text.contains(r#""time":"2026-11-22T00:00:00.000Z","action":"refresh.reuse","alarm":true,"client":"web","prev":""#));
/// drop(log);
///
/// let verified = audit::verify(std::io::BufReader::new(std::fs::File::open(&path)?), None)?;
/// assert_eq!((verified.lines(), verified.alarms()), (3, 1)); // it was opened, a theft, it was closed
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct AuditLog {
    shared: Arc<Shared>,
    patience: Patience,
    close_limit: Duration,
    process: u32,
    has_warned: AtomicBool,
}

/// How a log is written.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use jotem_session::audit::{Addresses, AuditLog, Durability, OnFull};
/// use jotem_session::event::Action;
///
/// # let folder = tempfile::tempdir()?;
/// let log = AuditLog::builder(folder.path().join("audit.jsonl"))
///     .rotate_daily()
///     .keep(90)
///     .addresses(Addresses::Whole)
///     .durability(Durability::EachBatch)
///     .on_full(Action::SessionStart, OnFull::Wait(Duration::from_millis(50)))
///     .open()?;
/// assert_eq!(log.counts().dropped, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "the log is opened by `open`"]
pub struct AuditLogBuilder {
    path: PathBuf,
    rotation: Rotation,
    key: Option<ChainKey>,
    capacity: usize,
    patience: Patience,
    addresses: Addresses,
    durability: Durability,
    close_limit: Duration,
    clock: Arc<dyn Clock>,
}

/// What becomes of an event while the queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnFull {
    /// It is dropped and counted.
    Drop,
    /// Whoever tells of it waits so long for room; then it is dropped and counted. Once somebody has
    /// waited in vain, nobody waits until the log is written again: a program never stands still.
    Wait(Duration),
}

/// When the system is asked to put on the disk what was written (`fdatasync`).
///
/// What was only written survives the end of the program, and not that of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Durability {
    /// After alarms and revocations, when a file is full, and when the log is closed.
    #[default]
    Required,
    /// After everything that is written together: up to 256 lines.
    EachBatch,
    /// When a file is full, and when the log is closed.
    Closing,
}

/// What a log did so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditCounts {
    /// Events that are in a file.
    pub written: u64,
    /// Events that are in none, and never will be.
    pub dropped: u64,
    /// How often writing failed; it is tried again.
    pub failures: u64,
}

impl AuditLog {
    /// Begins to open a log.
    pub fn builder(path: impl AsRef<Path>) -> AuditLogBuilder {
        AuditLogBuilder {
            path: path.as_ref().to_owned(),
            rotation: Rotation { bytes: 64 * 1024 * 1024, is_daily: false, keep: 30 },
            key: None,
            capacity: 8_192,
            patience: Patience::default(),
            addresses: Addresses::default(),
            durability: Durability::default(),
            close_limit: Duration::from_secs(5),
            clock: Arc::new(SystemClock),
        }
    }

    /// Waits until everything that was recorded is in the file; returns whether it is within `limit`.
    pub fn flush(&self, limit: Duration) -> bool {
        self.is_here() && self.shared.queue.wait_until_done(limit)
    }

    /// Returns what it did so far.
    #[must_use]
    pub fn counts(&self) -> AuditCounts {
        AuditCounts {
            written: self.shared.written.load(Ordering::Relaxed),
            dropped: self.shared.dropped.load(Ordering::Relaxed),
            failures: self.shared.failures.load(Ordering::Relaxed),
        }
    }

    /// Returns where the chain is: the last line that is in a file.
    ///
    /// Send it now and then to where whoever can change the log cannot: it shows whether the end was
    /// cut off. See [`Checkpoint`].
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        *self.shared.head.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this process opened it. In another the thread is not there, and locks may be held by
    /// threads that are not.
    fn is_here(&self) -> bool {
        self.process == std::process::id()
    }

    fn refuse_in_child(&self) {
        self.shared.drop_events(1);
        if !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                target: "jotem::audit",
                "the audit log was opened before a fork: open one in each process"
            );
        }
    }
}

impl EventSink for AuditLog {
    fn record(&self, event: &Event) {
        if !self.is_here() {
            return self.refuse_in_child();
        }
        if !self.shared.queue.push(event.clone(), self.patience.with(event)) {
            self.shared.drop_events(1);
        }
    }
}

impl Drop for AuditLog {
    /// Writes what is in the queue, and ends the thread.
    fn drop(&mut self) {
        if self.is_here() {
            self.shared.queue.close();
            if !self.shared.queue.wait_until_over(self.close_limit) {
                tracing::warn!(target: "jotem::audit", "the audit log was not written to its end");
            }
        }
    }
}

impl fmt::Debug for AuditLog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AuditLog({:?})", self.counts())
    }
}

impl AuditLogBuilder {
    /// Chains the lines under a key: then nobody without it can write a chain that holds.
    pub fn key(mut self, key: ChainKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Begins a new file before one would have more bytes; 64 MiB are the default.
    pub const fn rotate_at(mut self, bytes: u64) -> Self {
        self.rotation.bytes = bytes;
        self
    }

    /// Begins a new file with the first line of a day (UTC), too.
    pub const fn rotate_daily(mut self) -> Self {
        self.rotation.is_daily = true;
        self
    }

    /// Says how many full files are kept beside the one that is written; 30 are the default. The
    /// oldest goes first, and only files that this log has named.
    pub const fn keep(mut self, files: usize) -> Self {
        self.rotation.keep = files;
        self
    }

    /// Says how many events the queue has room for; 8192 are the default. The last quarter is for those
    /// that wait.
    pub const fn capacity(mut self, events: usize) -> Self {
        self.capacity = events;
        self
    }

    /// Says what becomes of events of an action while the queue is full. Alarms and revocations wait
    /// for 100 ms by default, the others are dropped.
    pub fn on_full(mut self, action: Action, then: OnFull) -> Self {
        self.patience.chosen.retain(|(one, _)| *one != action);
        self.patience.chosen.push((action, then));
        self
    }

    /// Says how much of addresses is written; their network by default.
    pub const fn addresses(mut self, addresses: Addresses) -> Self {
        self.addresses = addresses;
        self
    }

    /// Says when the system is asked to put lines on the disk.
    pub const fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Says how long dropping the log waits until everything is written; 5 s by default.
    pub const fn close_limit(mut self, limit: Duration) -> Self {
        self.close_limit = limit;
        self
    }

    /// Takes the time of the log's own lines from another clock.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Opens the file, or makes it so that only its owner can read it; goes on with its chain, or with
    /// that of the newest file beside it; writes the first line; and starts the thread.
    ///
    /// # Errors
    /// [`AuditError::Open`], [`AuditError::Locked`], [`AuditError::NotAFile`],
    /// [`AuditError::NotContinued`], [`AuditError::Random`], [`AuditError::Thread`].
    pub fn open(self) -> Result<AuditLog, AuditError> {
        let (book, found) = Book::open(&self.path, self.rotation, self.key.as_ref())?;
        let shared = Arc::new(Shared {
            queue: Queue::new(self.capacity),
            written: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            head: Mutex::new(book.head()),
        });
        let mut writer = Writer {
            shared: Arc::clone(&shared),
            book,
            key: self.key,
            clock: self.clock,
            addresses: self.addresses,
            durability: self.durability,
            told: 0,
            is_failing: false,
            staged: 0,
        };
        writer.begin(found).map_err(|error| AuditError::open(&self.path, &error))?;
        let thread = ThreadBuilder::new().name("jotem-audit".to_owned());
        thread.spawn(move || writer.run()).map_err(|_| AuditError::Thread)?;
        Ok(AuditLog {
            shared,
            patience: self.patience,
            close_limit: self.close_limit,
            process: std::process::id(),
            has_warned: AtomicBool::new(false),
        })
    }
}

impl Durability {
    pub(super) const fn wants_sync(self, is_required: bool) -> bool {
        match self {
            Self::Required => is_required,
            Self::EachBatch => true,
            Self::Closing => false,
        }
    }
}

/// How long events wait for room.
#[derive(Debug, Default)]
struct Patience {
    chosen: Vec<(Action, OnFull)>,
}

impl Patience {
    fn with(&self, event: &Event) -> Option<Duration> {
        match self.chosen.iter().find(|(action, _)| *action == event.action) {
            Some((_, OnFull::Drop)) => None,
            Some((_, OnFull::Wait(limit))) => Some(*limit),
            None => is_required(event).then_some(REQUIRED),
        }
    }
}

/// How long an alarm or a revocation waits for room.
const REQUIRED: Duration = Duration::from_millis(100);
