//! How a file is opened, and the threads that are made for it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jotem::{Clock, SystemClock};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::failure::unavailable;
use super::file::{self, Synchronous};
use super::queue::Queue;
use super::worker::Worker;
use super::{Sqlite, Threads};
use crate::fork::Open;
use crate::store::StoreError;

/// How a file is opened.
///
/// # Examples
/// ```
/// use jotem_session::store::{SqliteOptions, Store};
/// use std::time::Duration;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("sessions.db");
///
/// let store = SqliteOptions::new().limit(Duration::from_secs(2)).open(&path).await?;
/// # drop(store);
/// let copy = SqliteOptions::new().read_only().open(&path).await?;
/// assert_eq!(copy.publish(&[]).await.unwrap_err().code(), "store_read_only");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    limit: Duration,
    is_read_only: bool,
    clock: Arc<dyn Clock>,
    pub(super) synchronous: Synchronous,
}

impl SqliteOptions {
    /// Begins with five seconds, a file that is written to, and the clock of the system.
    #[must_use]
    pub fn new() -> Self {
        Self {
            limit: Duration::from_secs(5),
            is_read_only: false,
            clock: Arc::new(SystemClock),
            synchronous: Synchronous::Full,
        }
    }

    /// Sets how long a request may take: about that, and at most a quarter more. For four fifths of it
    /// a lock is waited for that another process holds.
    #[must_use]
    pub const fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Never writes to the file: what would is refused with [`StoreError::ReadOnly`].
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.is_read_only = true;
        self
    }

    /// Takes another clock than the system's: for tests.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Opens the file.
    ///
    /// # Errors
    /// As [`Sqlite::open`].
    pub async fn open(self, path: impl AsRef<Path>) -> Result<Sqlite, StoreError> {
        let path = path.as_ref().to_owned();
        let mut store = Sqlite {
            writer: None,
            reader: Queue::new(self.limit),
            walk: Arc::new(Mutex::default()),
            process: std::process::id(),
            threads: Threads::default(),
            _open: Open::new().ok_or_else(open_at_fork)?,
        };
        if !self.is_read_only {
            let writer = Queue::new(self.limit);
            let (patience, synchronous) = (self.patience(), self.synchronous);
            let to_write = move |path: &Path| file::open_to_write(path, patience, synchronous);
            let worker = self.worker(&writer, "BEGIN IMMEDIATE");
            let thread = spawn("jotem-sqlite-write", &path, to_write, worker).await?;
            store.threads.writing = Some(thread);
            store.writer = Some(writer);
        }
        let patience = self.patience();
        let to_read = move |path: &Path| file::open_to_read(path, patience);
        let worker = self.worker(&store.reader, "BEGIN");
        store.threads.reading = Some(spawn("jotem-sqlite-read", &path, to_read, worker).await?);
        let queues = [Some(Arc::clone(&store.reader)), store.writer.clone()];
        store.threads.watching =
            Some(watch(queues.into_iter().flatten().collect(), self.limit.mul_f64(0.25))?);
        Ok(store)
    }

    fn patience(&self) -> Duration {
        self.limit.mul_f64(0.8)
    }

    fn worker(
        &self,
        queue: &Arc<Queue>,
        begin: &'static str,
    ) -> impl FnOnce(Connection) -> Worker + Send + use<> {
        let (queue, clock, patience) =
            (Arc::clone(queue), Arc::clone(&self.clock), self.patience());
        move |connection| Worker { connection, queue, clock, begin, patience }
    }
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// Makes a thread that opens the file and then works; returns when it is open.
async fn spawn(
    name: &str,
    path: &Path,
    open: impl FnOnce(&Path) -> Result<Connection, StoreError> + Send + 'static,
    worker: impl FnOnce(Connection) -> Worker + Send + 'static,
) -> Result<JoinHandle<()>, StoreError> {
    let (opened, is_open) = oneshot::channel();
    let path: PathBuf = path.to_owned();
    let thread = thread::Builder::new().name(name.to_owned()).spawn(move || match open(&path) {
        Ok(connection) => {
            let worker = worker(connection);
            drop(opened.send(Ok(())));
            worker.run();
        }
        Err(error) => drop(opened.send(Err(error))),
    });
    let thread = thread.map_err(|error| no_thread(&error))?;
    is_open.await.unwrap_or_else(|_| Err(unavailable("its thread has ended".to_owned())))?;
    Ok(thread)
}

/// Makes the thread that answers what the others cannot answer in time.
fn watch(queues: Vec<Arc<Queue>>, pause: Duration) -> Result<JoinHandle<()>, StoreError> {
    let watch = move || {
        while queues.iter().any(|queue| !queue.is_done()) {
            queues.iter().for_each(|queue| queue.expire());
            thread::park_timeout(pause);
        }
    };
    let thread = thread::Builder::new().name("jotem-sqlite-watch".to_owned()).spawn(watch);
    thread.map_err(|error| no_thread(&error))
}

fn open_at_fork() -> StoreError {
    unavailable(
        "a store was open when this process was forked: open it after the fork only".to_owned(),
    )
}

fn no_thread(error: &std::io::Error) -> StoreError {
    unavailable(format!("no thread could be made: {}", error.kind()))
}
