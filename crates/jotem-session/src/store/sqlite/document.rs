//! Documents with their revisions, and leases.

use rusqlite::{Connection, OptionalExtension as _, params};
use std::time::Duration;

use super::failure::{Failure, corrupt};
use super::row::milliseconds;
use crate::store::Document;

/// Returns a document, unless it is of this revision.
pub(super) fn document(
    connection: &Connection,
    name: &str,
    unless: u64,
) -> Result<Option<Document>, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT revision, text FROM jotem_document WHERE name = ?1")?;
    let found: Option<(i64, String)> =
        statement.query_row([name], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((revision, text)) = found else { return Ok(None) };
    let revision = u64::try_from(revision)
        .map_err(|_| Failure::Broken(corrupt("a document of a revision below 0")))?;
    Ok((revision != unless).then_some(Document { revision, text }))
}

/// Puts a document in the place of the one of the revision `expected`.
pub(super) fn put(
    connection: &Connection,
    name: &str,
    expected: u64,
    document: &Document,
) -> Result<bool, Failure> {
    let revision = |revision: u64| i64::try_from(revision).unwrap_or(i64::MAX);
    let found: Option<i64> = connection
        .prepare_cached("SELECT revision FROM jotem_document WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    if found.unwrap_or(0) != revision(expected) {
        return Ok(false);
    }
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO jotem_document (name, revision, text) VALUES (?1, ?2, ?3)",
    )?;
    statement.execute(params![name, revision(document.revision), document.text])?;
    Ok(true)
}

/// Takes or prolongs a lease, if nobody else has it.
pub(super) fn lease(
    connection: &Connection,
    name: &str,
    holder: [u8; 16],
    term: Duration,
    now_ms: u64,
) -> Result<bool, Failure> {
    let until_ms = now_ms.saturating_add(u64::try_from(term.as_millis()).unwrap_or(u64::MAX));
    let mut statement = connection.prepare_cached(
        "INSERT INTO jotem_lease (name, holder, until_ms) VALUES (?1, ?2, ?3) \
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms \
         WHERE holder = excluded.holder OR until_ms <= ?4",
    )?;
    let (until_ms, now_ms) = (milliseconds(until_ms), milliseconds(now_ms));
    Ok(statement.execute(params![name, holder, until_ms, now_ms])? == 1)
}
