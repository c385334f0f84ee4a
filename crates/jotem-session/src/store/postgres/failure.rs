//! What the server's errors mean (PostgreSQL, appendix A: error codes).

use std::time::Duration;

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

use super::{NAME, schema};
use crate::store::StoreError;

/// Whether the server undid what was asked because of what others did meanwhile: it may be asked again.
pub(super) fn is_conflict(error: &Error) -> bool {
    error.code().is_some_and(|code| {
        [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(code)
    })
}

/// What an answer means that is none.
pub(super) fn of(error: &Error, limit: Duration) -> StoreError {
    match error.as_db_error() {
        Some(error) => of_server(error, limit),
        None if error.is_closed() => unavailable("the connection was lost"),
        // The text of what was sent and received is in none of these.
        None => match std::error::Error::source(error).map(ToString::to_string) {
            Some(cause) if cause.contains("Column") || error.to_string().contains("deserializ") => {
                corrupt("a column of another type")
            }
            _ => unavailable("the connection broke"),
        },
    }
}

/// What it means that there is no connection.
pub(super) fn of_connecting(error: &Error) -> StoreError {
    if let Some(error) = error.as_db_error() {
        return match error.code() {
            // A pooler has this one code for all that it says itself.
            code if *code == SqlState::PROTOCOL_VIOLATION => {
                let is_outage = POOLER_OUTAGES.iter().any(|words| error.message().contains(words));
                if is_outage { unavailable(error.message()) } else { denied(error) }
            }
            _ => of_server(error, Duration::ZERO),
        };
    }
    let text = error.to_string();
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    match text.as_str() {
        "error performing TLS handshake" => {
            StoreError::Denied { store: NAME, reason: format!("TLS: {cause}") }
        }
        "invalid configuration" | "authentication error" => {
            StoreError::Denied { store: NAME, reason: cause }
        }
        _ if cause.is_empty() => unavailable(&text),
        _ => unavailable(&cause),
    }
}

fn of_server(error: &DbError, limit: Duration) -> StoreError {
    let code = error.code();
    let (class, _) = code.code().split_at_checked(2).unwrap_or_default();
    match code.code() {
        "57014" | "55P03" => timeout(limit),
        "25006" => StoreError::ReadOnly { store: NAME },
        "53100" => StoreError::Full { store: NAME },
        "42501" | "3D000" | "3F000" => denied(error),
        "42P01" | "42883" => {
            StoreError::Schema { store: NAME, found: 0, expected: schema::VERSION }
        }
        // Deadlocks and the like, more often than is tried; shutting down, starting, no connection or memory
        // free; a disk that cannot be read or written.
        _ if ["40", "53", "57", "58", "08"].contains(&class) => unavailable(error.message()),
        _ if class == "28" => denied(error),
        _ => corrupt(&format!("the server says {}", code.code())),
    }
}

fn denied(error: &DbError) -> StoreError {
    StoreError::Denied { store: NAME, reason: error.message().to_owned() }
}

pub(super) fn timeout(limit: Duration) -> StoreError {
    StoreError::Timeout { store: NAME, limit }
}

pub(super) fn unavailable(reason: &str) -> StoreError {
    StoreError::Unavailable { store: NAME, reason: reason.to_owned(), retry_after: RETRY_AFTER }
}

pub(super) fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt { store: NAME, what: what.to_owned() }
}

/// What PgBouncer says when it has no connection to give away, or cannot get one: the rest is of settings,
/// users and databases.
const POOLER_OUTAGES: [&str; 5] =
    ["no more connections", "timeout", "cannot connect", "server login", "shut"];
/// A server that was killed is back in about that time.
const RETRY_AFTER: Duration = Duration::from_secs(1);
