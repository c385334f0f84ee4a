//! What SQLite says went wrong, in the words of stores.

use std::time::Duration;

use rusqlite::Error;
use rusqlite::ffi;

use super::NAME;
use crate::store::StoreError;

/// Why a request was not done.
#[derive(Debug)]
pub(super) enum Failure {
    /// The request asks for what cannot be, and has written nothing: others of its transaction hold.
    Refused(StoreError),
    /// Something else has the file: the whole transaction may be tried again.
    Busy,
    /// The database failed: the transaction is rolled back.
    Broken(StoreError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match primary_code(&error) {
            Some(ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED) => Self::Busy,
            _ => Self::Broken(store_error(&error)),
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(error) | Failure::Broken(error) => error,
            Failure::Busy => busy(),
        }
    }
}

/// Says that something else has the file.
pub(super) fn busy() -> StoreError {
    unavailable("something else holds the lock of the file".to_owned())
}

/// Says that it cannot be asked now.
pub(super) fn unavailable(reason: String) -> StoreError {
    StoreError::Unavailable { store: NAME, reason, retry_after: RETRY }
}

/// Says that what is kept is none of ours.
pub(super) fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt { store: NAME, what: what.to_owned() }
}

/// Puts what SQLite says in the words of stores. Its own messages are left out: they may have names and
/// values of the database in them.
pub(super) fn store_error(error: &Error) -> StoreError {
    let Some(code) = primary_code(error) else {
        return corrupt("a value that no column of ours has");
    };
    match code {
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => busy(),
        ffi::SQLITE_FULL => StoreError::Full { store: NAME },
        ffi::SQLITE_READONLY => StoreError::ReadOnly { store: NAME },
        ffi::SQLITE_CORRUPT => corrupt("a damaged page of the file"),
        ffi::SQLITE_NOTADB => corrupt("a file that is no SQLite database"),
        // A statement of ours does not fit the tables that there are.
        ffi::SQLITE_ERROR | ffi::SQLITE_SCHEMA | ffi::SQLITE_MISMATCH => {
            corrupt("tables that are not as they were made")
        }
        ffi::SQLITE_CONSTRAINT => corrupt("a row that contradicts another"),
        ffi::SQLITE_PERM | ffi::SQLITE_AUTH => {
            StoreError::Denied { store: NAME, reason: "the file may not be opened".to_owned() }
        }
        ffi::SQLITE_CANTOPEN => unavailable("the file cannot be opened".to_owned()),
        _ => {
            let extended = error.sqlite_error().map_or(code, |error| error.extended_code);
            unavailable(format!("reading or writing the file failed (SQLite code {extended})"))
        }
    }
}

fn primary_code(error: &Error) -> Option<i32> {
    error.sqlite_error().map(|error| error.extended_code & 0xff)
}

/// When to try again: a lock is held for milliseconds, and whoever makes room needs longer.
const RETRY: Duration = Duration::from_secs(1);
