//! Rows, and the records that they are.

use rusqlite::Row;

use super::failure::{Failure, corrupt};
use crate::record::Record;
use crate::refresh_token::{SessionId, SubjectKey};
use crate::rotation::State;
use crate::store::Subject;

/// The columns of a record, in the order in which [`record`] reads them.
macro_rules! record_columns {
    () => {
        "state, generation, rotated_at_ms, gaps_s, idle_end_s, end_s, client, granted, authenticated_s, \
         secret_hash, binding"
    };
}
pub(super) use record_columns;

/// How many columns a record has.
pub(super) const RECORD_COLUMNS: usize = 11;

/// Reads the record that begins at a column.
pub(super) fn record(row: &Row<'_>, first: usize) -> Result<Record, Failure> {
    let mut column = first..;
    let mut next = || column.next().unwrap_or(usize::MAX);
    let state: u8 = row.get(next())?;
    let state = State::of_number(state).ok_or_else(|| broken("a state that there is not"))?;
    Ok(Record {
        state,
        generation: row.get(next())?,
        rotated_at_ms: u64::try_from(row.get::<_, i64>(next())?)
            .map_err(|_| broken("a time before 1970"))?,
        gaps_s: gaps(row.get(next())?),
        idle_end_s: row.get(next())?,
        end_s: row.get(next())?,
        client: row.get(next())?,
        grant: row.get(next())?,
        authenticated_s: row.get(next())?,
        secret_hash: row.get(next())?,
        binding: row.get(next())?,
    })
}

/// Reads who a subject is.
pub(super) fn who(row: &Row<'_>, column: usize) -> Result<Subject, Failure> {
    let text: String = row.get(column)?;
    Subject::from_text(&text).ok_or_else(|| broken("a subject that is not written as ours are"))
}

/// Reads where a subject's sessions are.
pub(super) fn subject(row: &Row<'_>, column: usize) -> Result<SubjectKey, Failure> {
    Ok(SubjectKey::from_bytes(row.get(column)?))
}

/// Reads the number of a session.
pub(super) fn session(row: &Row<'_>, column: usize) -> Result<SessionId, Failure> {
    Ok(SessionId::from_bytes(row.get(column)?))
}

/// Returns a time as a column has it.
pub(super) fn milliseconds(time_ms: u64) -> i64 {
    i64::try_from(time_ms).unwrap_or(i64::MAX)
}

/// Returns the gaps as a column has them.
pub(super) fn bytes_of_gaps(gaps_s: [u16; 3]) -> [u8; 6] {
    let [[a, b], [c, d], [e, f]] = gaps_s.map(u16::to_be_bytes);
    [a, b, c, d, e, f]
}

fn gaps([a, b, c, d, e, f]: [u8; 6]) -> [u16; 3] {
    [[a, b], [c, d], [e, f]].map(u16::from_be_bytes)
}

fn broken(what: &str) -> Failure {
    Failure::Broken(corrupt(what))
}
