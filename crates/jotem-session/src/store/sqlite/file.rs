//! The file: made, opened, and seen to be one of ours.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::NAME;
use super::failure::{corrupt, store_error, unavailable};
use super::migration::{APPLICATION_ID, MIGRATIONS, version};
use crate::store::StoreError;

/// How a commit is made durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Synchronous {
    /// It is on the disk before it is answered.
    Full,
    /// It is wherever the system has it: to show that a test notices.
    #[cfg(test)]
    Off,
}

/// Opens the file for the one thread that writes; makes it, and its tables, if there are none.
pub(super) fn open_to_write(
    path: &Path,
    patience: Duration,
    synchronous: Synchronous,
) -> Result<Connection, StoreError> {
    create(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = connect(path, flags, patience)?;
    if connection.is_readonly("main").map_err(|error| store_error(&error))? {
        return Err(StoreError::ReadOnly { store: NAME });
    }
    // Before anything is written: what belongs to something else stays as it is.
    let found = version_of(&connection)?;
    prepare(&mut connection, found, synchronous).map_err(|error| store_error(&error))?;
    recheck(&connection)?;
    ready(connection)
}

/// Opens the file for a thread that reads.
pub(super) fn open_to_read(path: &Path, patience: Duration) -> Result<Connection, StoreError> {
    inspect(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = connect(path, flags, patience)?;
    version_of(&connection)?;
    recheck(&connection)?;
    ready(connection)
}

/// Makes an empty file that nobody else may read; SQLite gives its other files the same rights.
fn create(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => inspect(path),
        Err(error) => Err(of_system(&error)),
    }
}

/// Sees that the file is one, where SQLite would only say that it cannot be opened.
fn inspect(path: &Path) -> Result<(), StoreError> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            Err(StoreError::Url { reason: "it names a folder, not a file".to_owned() })
        }
        Ok(_) => Ok(()),
        Err(error) => Err(of_system(&error)),
    }
}

fn of_system(error: &std::io::Error) -> StoreError {
    let reason = || error.kind().to_string();
    if error.kind() == ErrorKind::NotFound {
        return StoreError::Url { reason: "there is no such file or folder".to_owned() };
    }
    if error.kind() == ErrorKind::NotADirectory {
        return StoreError::Url { reason: "a part of its path is no folder".to_owned() };
    }
    if error.kind() == ErrorKind::PermissionDenied {
        return StoreError::Denied { store: NAME, reason: reason() };
    }
    if error.kind() == ErrorKind::ReadOnlyFilesystem {
        return StoreError::ReadOnly { store: NAME };
    }
    if error.kind() == ErrorKind::StorageFull {
        return StoreError::Full { store: NAME };
    }
    unavailable(reason())
}

fn connect(path: &Path, flags: OpenFlags, patience: Duration) -> Result<Connection, StoreError> {
    let connection =
        Connection::open_with_flags(path, flags).map_err(|error| store_error(&error))?;
    connection.busy_timeout(patience).map_err(|error| store_error(&error))?;
    Ok(connection)
}

/// From here on, who has the connection waits by itself.
fn ready(connection: Connection) -> Result<Connection, StoreError> {
    connection.busy_timeout(Duration::ZERO).map_err(|error| store_error(&error))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Returns the version of the tables; 0 for a file in which nothing is.
fn version_of(connection: &Connection) -> Result<u32, StoreError> {
    // One look: another process may be making the tables.
    let connection = connection.unchecked_transaction().map_err(|error| store_error(&error))?;
    let number = |pragma: &str| {
        let read = connection.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
        read.map_err(|error| store_error(&error))
    };
    let (application, found) = (number("application_id")?, number("user_version")?);
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(|error| store_error(&error))?;
    if application != APPLICATION_ID && (application != 0 || found != 0 || tables != 0) {
        return Err(corrupt("a database of another program"));
    }
    let found = u32::try_from(found).unwrap_or(u32::MAX);
    if found > version() {
        return Err(StoreError::Schema { store: NAME, found, expected: version() });
    }
    Ok(found)
}

/// Sees that the tables are those of this version.
fn recheck(connection: &Connection) -> Result<(), StoreError> {
    let found = version_of(connection)?;
    if found != version() {
        return Err(StoreError::Schema { store: NAME, found, expected: version() });
    }
    Ok(())
}

fn prepare(
    connection: &mut Connection,
    found: u32,
    synchronous: Synchronous,
) -> rusqlite::Result<()> {
    let synchronous = match synchronous {
        Synchronous::Full => "FULL",
        #[cfg(test)]
        Synchronous::Off => "OFF",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    // Answers with the mode that it is.
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    if found == version() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let missing = MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(usize::MAX));
    missing.into_iter().try_for_each(|statements| transaction.execute_batch(statements))?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", version().max(found))?;
    transaction.commit()
}

/// More than there are statements.
const STATEMENTS: usize = 64;
