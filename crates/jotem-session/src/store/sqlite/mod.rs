//! Sessions in one file: SQLite, built in.
//!
//! One thread has the connection that writes. It takes up to 64 requests that wait, does them in one
//! transaction, and answers when that is on the disk: so many rotations share one `fdatasync`. A
//! rotation reads the row, calls [`decide`](crate::rotation::decide) and writes what comes of it: nothing
//! is said twice. Another thread reads, beside the writer. Several processes may have the same file open;
//! each waits for its turn.

mod document;
mod failure;
mod file;
mod listing;
mod migration;
mod name;
mod options;
mod purge;
mod queue;
mod revocation;
mod row;
mod session;
#[cfg(test)]
mod tests;
mod url;
mod worker;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

pub use options::SqliteOptions;

use self::failure::{Failure, unavailable};
use self::purge::Walk;
use self::queue::Queue;
use super::{
    Answer, Document, Feed, Kept, Listed, Maintained, NameKind, NewSession, Notice, Page, Position,
    Revoke, Revoked, Rotate, Rotated, Started, Store, StoreError,
};
use crate::fork::Open;
use crate::refresh_token::{SessionId, SubjectKey};
use crate::revocation::Revocation;

/// Keeps sessions in a file.
///
/// What was answered is on the disk: it survives the end of the process and of the machine. About 123
/// bytes a session, however often it is rotated. The file may be looked into while it is used:
/// `sqlite3 sessions.db 'SELECT * FROM jotem_readable'`.
///
/// A store that was opened before a fork answers [`StoreError::Unavailable`] in the child, and a child can
/// open none while its parent had one open: SQLite would lose what it writes. So open it after the fork,
/// or drop it before. Dropping a store does what was asked of it, and closes the file.
///
/// # Examples
/// ```
/// use jotem_session::store::{Sqlite, Store};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("sessions.db");
///
/// let store = Sqlite::open(&path).await?;
/// assert_eq!(store.name(), "sqlite");
/// assert!(store.ping().await? > 1_700_000_000_000);
///
/// let error = Sqlite::open(folder.path()).await.unwrap_err();
/// assert_eq!(error.to_string(), "the URL of the store is wrong: it names a folder, not a file");
/// # Ok(())
/// # }
/// ```
pub struct Sqlite {
    /// Absent if the file may only be read.
    writer: Option<Arc<Queue>>,
    reader: Arc<Queue>,
    walk: Arc<Mutex<Walk>>,
    /// Threads do not survive a fork: whose they are.
    process: u32,
    threads: Threads,
    /// Dropped after the threads have ended.
    _open: Open,
}

/// The threads of a store; absent while it is being opened.
#[derive(Default)]
struct Threads {
    writing: Option<JoinHandle<()>>,
    reading: Option<JoinHandle<()>>,
    watching: Option<JoinHandle<()>>,
}

impl Sqlite {
    /// Opens a file, and makes it if there is none: one that nobody else may read. What takes longer
    /// than five seconds is answered with [`StoreError::Timeout`]; [`SqliteOptions`] has more to choose.
    ///
    /// # Errors
    /// [`StoreError::Url`]: the path is none. [`StoreError::Denied`], [`StoreError::ReadOnly`],
    /// [`StoreError::Full`]: the system says no. [`StoreError::Corrupt`]: the file is no database, or
    /// another program's. [`StoreError::Schema`]: a later version made it.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        SqliteOptions::new().open(path).await
    }

    /// Opens what a URL names, after its `sqlite:`.
    pub(super) async fn open_url(rest: &str) -> Result<Self, StoreError> {
        let (path, options) = url::parse(rest)?;
        options.open(path).await
    }

    /// Writes the statements that make the tables, for whoever makes them by hand.
    ///
    /// # Examples
    /// ```
    /// let statements = jotem_session::store::Sqlite::schema();
    /// assert!(statements.contains("CREATE TABLE jotem_session"));
    /// ```
    #[must_use]
    pub fn schema() -> String {
        migration::statements()
    }

    fn read<'a, T, W>(&'a self, work: W) -> Answer<'a, T>
    where
        T: Send + 'static,
        W: Fn(&Connection, u64) -> Result<T, Failure> + Send + Sync + 'static,
    {
        self.ask(Some(&self.reader), work)
    }

    fn write<'a, T, W>(&'a self, work: W) -> Answer<'a, T>
    where
        T: Send + 'static,
        W: Fn(&Connection, u64) -> Result<T, Failure> + Send + Sync + 'static,
    {
        self.ask(self.writer.as_ref(), work)
    }

    /// Puts a request in a row at once, and returns what waits for its answer.
    fn ask<'a, T, W>(&'a self, queue: Option<&Arc<Queue>>, work: W) -> Answer<'a, T>
    where
        T: Send + 'static,
        W: Fn(&Connection, u64) -> Result<T, Failure> + Send + Sync + 'static,
    {
        // Before any lock: at the fork, a thread that is not here may have had it.
        let pushed = if self.process == std::process::id() {
            queue.ok_or(StoreError::ReadOnly { store: NAME }).and_then(|queue| queue.push(work))
        } else {
            Err(unavailable("it was opened before a fork: open it anew".to_owned()))
        };
        Box::pin(async move {
            let gone = |_| unavailable("its thread has ended".to_owned());
            pushed?.await.unwrap_or_else(|error| Err(gone(error)))
        })
    }
}

impl Store for Sqlite {
    fn name(&self) -> &'static str {
        NAME
    }

    fn start<'a>(&'a self, new: &'a NewSession) -> Answer<'a, Started> {
        let new = new.clone();
        self.write(move |connection, now_ms| session::start(connection, &new, now_ms))
    }

    fn rotate<'a>(&'a self, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        let rotate = rotate.clone();
        self.write(move |connection, now_ms| session::rotate(connection, &rotate, now_ms))
    }

    fn revoke<'a>(&'a self, revoke: &'a Revoke) -> Answer<'a, Revoked> {
        let revoke = revoke.clone();
        self.write(move |connection, now_ms| session::revoke(connection, &revoke, now_ms))
    }

    fn publish<'a>(&'a self, notices: &'a [Notice]) -> Answer<'a, Vec<Revocation>> {
        let notices = notices.to_vec();
        self.write(move |connection, now_ms| revocation::publish_all(connection, &notices, now_ms))
    }

    fn feed(&self, after: Position, most: usize) -> Answer<'_, Feed> {
        self.read(move |connection, now_ms| revocation::feed(connection, after, most, now_ms))
    }

    fn find(&self, subject: SubjectKey, session: SessionId) -> Answer<'_, Option<Kept>> {
        self.read(move |connection, _| listing::find(connection, subject, session))
    }

    fn list(&self, subject: SubjectKey) -> Answer<'_, Listed> {
        self.read(move |connection, now_ms| listing::list(connection, subject, now_ms))
    }

    fn number<'a>(&'a self, kind: NameKind, name: &'a str) -> Answer<'a, u32> {
        Box::pin(async move {
            // Nearly always it has one, and nothing needs to be written.
            let text = name.to_owned();
            let known = self.read(move |connection, _| name::known_number(connection, kind, &text));
            if let Some(number) = known.await? {
                return Ok(number);
            }
            let text = name.to_owned();
            self.write(move |connection, _| name::number(connection, kind, &text)).await
        })
    }

    fn name_of(&self, kind: NameKind, number: u32) -> Answer<'_, Option<String>> {
        self.read(move |connection, _| name::name_of(connection, kind, number))
    }

    fn document<'a>(&'a self, name: &'a str, unless: u64) -> Answer<'a, Option<Document>> {
        let name = name.to_owned();
        self.read(move |connection, _| document::document(connection, &name, unless))
    }

    fn put_document<'a>(
        &'a self,
        name: &'a str,
        expected: u64,
        document: &'a Document,
    ) -> Answer<'a, bool> {
        let (name, document) = (name.to_owned(), document.clone());
        self.write(move |connection, _| document::put(connection, &name, expected, &document))
    }

    fn lease<'a>(&'a self, name: &'a str, holder: [u8; 16], term: Duration) -> Answer<'a, bool> {
        let name = name.to_owned();
        self.write(move |connection, now_ms| {
            document::lease(connection, &name, holder, term, now_ms)
        })
    }

    fn maintain(&self, most: u32) -> Answer<'_, Maintained> {
        Box::pin(async move {
            let walk = self.walk.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let look = move |connection: &_, now_ms| purge::look(connection, &walk, most, now_ms);
            let found = Arc::new(self.read(look).await?);
            let forgotten = if found.is_empty() {
                0
            } else {
                let found = Arc::clone(&found);
                self.write(move |connection, now_ms| purge::forget(connection, &found, now_ms))
                    .await?
            };
            *self.walk.lock().unwrap_or_else(PoisonError::into_inner) = found.walk.clone();
            Ok(found.maintained(forgotten))
        })
    }

    fn ping(&self) -> Answer<'_, u64> {
        self.read(|connection, now_ms| {
            connection
                .prepare_cached("SELECT count(*) FROM sqlite_schema")?
                .query_row([], |_| Ok(()))?;
            Ok(now_ms)
        })
    }

    fn import<'a>(&'a self, sessions: &'a [Kept]) -> Answer<'a, ()> {
        let sessions = sessions.to_vec();
        self.write(move |connection, _| session::import(connection, &sessions))
    }

    fn export<'a>(&'a self, from: Option<&'a str>, most: usize) -> Answer<'a, Page> {
        let from = from.map(str::to_owned);
        self.read(move |connection, _| listing::export(connection, from.as_deref(), most))
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        let threads = std::mem::take(&mut self.threads);
        if self.process != std::process::id() {
            // They are the parent's: here there is nothing to wait for, and nothing to close.
            std::mem::forget(threads);
            return;
        }
        // The writer last: who closes a file last brings its log into it, and a reader cannot.
        self.reader.close();
        threads.reading.map(JoinHandle::join);
        self.writer.iter().for_each(|writer| writer.close());
        threads.writing.map(JoinHandle::join);
        if let Some(watching) = threads.watching {
            watching.thread().unpark();
            drop(watching.join());
        }
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sqlite")
    }
}

/// The word for this store.
const NAME: &str = "sqlite";
