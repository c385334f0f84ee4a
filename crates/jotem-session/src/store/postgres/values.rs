//! How things are written in columns.

use tokio_postgres::Row;
use tokio_postgres::types::FromSqlOwned;

use super::failure::corrupt;
use crate::record::Record;
use crate::rotation::State;
use crate::store::{StoreError, Subject};

/// The columns of a record, as [`record_at`] reads them.
pub(super) const RECORD: &str = "s.state, s.generation, s.rotated_at_ms, s.gap_1, s.gap_2, s.gap_3, \
     s.idle_end_s, s.end_s, s.client, s.granted, s.authenticated_s, s.secret_hash, s.binding";
/// How many there are.
pub(super) const RECORD_COLUMNS: usize = 13;

/// Reads the columns of a record, from one on.
pub(super) fn record_at(row: &Row, first: usize) -> Result<Record, StoreError> {
    let place = |offset: usize| first.saturating_add(offset);
    let number = |offset| Ok::<_, StoreError>(at::<i32>(row, place(offset))?.cast_unsigned());
    let gap = |offset| Ok::<_, StoreError>(at::<i16>(row, place(offset))?.cast_unsigned());
    Ok(Record {
        state: state_of(at(row, first)?)?,
        generation: number(1)?,
        rotated_at_ms: u64_at(row, place(2))?,
        gaps_s: [gap(3)?, gap(4)?, gap(5)?],
        idle_end_s: number(6)?,
        end_s: number(7)?,
        client: number(8)?,
        grant: number(9)?,
        authenticated_s: number(10)?,
        secret_hash: bytes_at(row, place(11))?,
        binding: optional_bytes_at(row, place(12))?,
    })
}

pub(super) fn state_of(number: i16) -> Result<State, StoreError> {
    let state = u8::try_from(number).ok().and_then(State::of_number);
    state.ok_or_else(|| corrupt("a session in a state that there is not"))
}

/// Reads a column.
pub(super) fn at<T: FromSqlOwned>(row: &Row, place: usize) -> Result<T, StoreError> {
    row.try_get(place).map_err(|_| corrupt("a column of another type, or an empty one"))
}

/// Reads a number that is not negative.
pub(super) fn u64_at(row: &Row, place: usize) -> Result<u64, StoreError> {
    u64::try_from(at::<i64>(row, place)?).map_err(|_| corrupt("a number below zero"))
}

/// Reads a number of 32 bits that has a column of 64.
pub(super) fn u32_at(row: &Row, place: usize) -> Result<u32, StoreError> {
    u32::try_from(at::<i64>(row, place)?).map_err(|_| corrupt("a number of more than 32 bits"))
}

/// Reads so many bytes.
pub(super) fn bytes_at<const N: usize>(row: &Row, place: usize) -> Result<[u8; N], StoreError> {
    optional_bytes_at(row, place)?.ok_or_else(|| corrupt("an empty column"))
}

fn optional_bytes_at<const N: usize>(
    row: &Row,
    place: usize,
) -> Result<Option<[u8; N]>, StoreError> {
    let bytes: Option<Vec<u8>> = at(row, place)?;
    bytes.map(array).transpose()
}

/// Takes so many bytes.
pub(super) fn array<const N: usize>(bytes: Vec<u8>) -> Result<[u8; N], StoreError> {
    bytes.try_into().map_err(|_| corrupt("a name or a hash of another length"))
}

/// Reads text.
pub(super) fn text_at(row: &Row, place: usize) -> Result<String, StoreError> {
    Ok(read_text(&at::<String>(row, place)?))
}

/// Reads text that may be absent.
pub(super) fn optional_text_at(row: &Row, place: usize) -> Result<Option<String>, StoreError> {
    Ok(at::<Option<String>>(row, place)?.as_deref().map(read_text))
}

/// Reads who a subject is.
pub(super) fn who_at(row: &Row, place: usize) -> Result<Subject, StoreError> {
    let who = Subject::from_text(&text_at(row, place)?);
    who.ok_or_else(|| corrupt("a subject without a name"))
}

/// Writes text as a column has it. U+0000 cannot be in one: it becomes `\0`, and `\` becomes `\\`.
pub(super) fn write_text(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\0', "\\0")
}

fn read_text(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('0') => read.push('\0'),
                Some(other) => read.push(other),
                None => {}
            },
            _ => read.push(character),
        }
    }
    read
}

/// A number of 64 bits without a sign in a column that has one: the largest one for more.
pub(super) fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A duration that sums stay within their columns with.
pub(super) fn span(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX).min(1 << 53)
}
