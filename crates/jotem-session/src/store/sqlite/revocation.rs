//! What verifiers are told, in the order of commits.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::failure::Failure;
use crate::revocation::{Fingerprint, Revocation};
use crate::store::{Feed, Notice, Position};

/// Writes a revocation down.
pub(super) fn publish(connection: &Connection, revocation: Revocation) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO jotem_revocation (what, epoch, until_s) VALUES (?1, ?2, ?3)",
    )?;
    // SQLite has no numbers without a sign: the same 64 bits.
    let what = revocation.what().as_u64().cast_signed();
    statement.execute(params![what, revocation.epoch(), revocation.until_s()])?;
    Ok(())
}

/// Writes revocations down that change nothing else.
pub(super) fn publish_all(
    connection: &Connection,
    notices: &[Notice],
    now_ms: u64,
) -> Result<Vec<Revocation>, Failure> {
    let told = notices.iter().map(|notice| {
        let revocation = notice.at(now_ms, None);
        publish(connection, revocation).map(|()| revocation)
    });
    told.collect()
}

/// Returns what came after a place.
pub(super) fn feed(
    connection: &Connection,
    after: Position,
    most: usize,
    now_ms: u64,
) -> Result<Feed, Failure> {
    let mut from = i64::try_from(after.0).unwrap_or(i64::MAX);
    // A file that was restored from a copy has not come to that place again: all of it is news.
    if from > last_place(connection)? {
        from = 0;
    }
    let mut statement = connection.prepare_cached(
        "SELECT place, what, epoch, until_s FROM jotem_revocation WHERE place > ?1 \
         ORDER BY place LIMIT ?2",
    )?;
    // One more, to see whether there is more.
    let limit = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
    let mut rows = statement.query(params![from, limit])?;
    let mut revocations = Vec::new();
    let mut has_more = false;
    while let Some(row) = rows.next()? {
        if revocations.len() == most {
            has_more = true;
            break;
        }
        from = row.get(0)?;
        let what = Fingerprint::from_u64(row.get::<_, i64>(1)?.cast_unsigned());
        let (epoch, until_s): (Option<u32>, u32) = (row.get(2)?, row.get(3)?);
        revocations.push(match epoch {
            None => Revocation::of(what, until_s),
            Some(epoch) => Revocation::of_subject(what, epoch, until_s),
        });
    }
    let next = Position(u64::try_from(from).unwrap_or_default(), 0);
    Ok(Feed { revocations, next, has_more, now_ms })
}

/// Returns the last place that was ever given.
fn last_place(connection: &Connection) -> Result<i64, Failure> {
    let mut statement = connection
        .prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'jotem_revocation'")?;
    Ok(statement.query_row([], |row| row.get(0)).optional()?.unwrap_or(0))
}
