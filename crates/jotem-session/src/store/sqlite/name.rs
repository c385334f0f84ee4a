//! Clients and grants, and their numbers.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::failure::Failure;
use crate::store::number::renewed;
use crate::store::{NameKind, draw_number};

/// Returns the number that a name has, if it has one.
pub(super) fn known_number(
    connection: &Connection,
    kind: NameKind,
    name: &str,
) -> Result<Option<u32>, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT number FROM jotem_name WHERE kind = ?1 AND name = ?2")?;
    Ok(statement.query_row([kind.as_str(), name], |row| row.get(0)).optional()?)
}

/// Returns the number of a name, a new one if it has none.
pub(super) fn number(connection: &Connection, kind: NameKind, name: &str) -> Result<u32, Failure> {
    match known_number(connection, kind, name)? {
        Some(number) => Ok(number),
        // Every session has it: a number of three bytes, while there are such.
        None => give(connection, kind, name, (draw_number(name) >> 7).max(1)),
    }
}

/// Gives a name a new number. The old one stays without a name, so that it is not given again.
pub(super) fn renew(
    connection: &Connection,
    kind: NameKind,
    name: &str,
    now_ms: u64,
) -> Result<u32, Failure> {
    let old = known_number(connection, kind, name)?.unwrap_or_default();
    let mut forget = connection
        .prepare_cached("UPDATE jotem_name SET name = NULL WHERE kind = ?1 AND name = ?2")?;
    forget.execute([kind.as_str(), name])?;
    give(connection, kind, name, renewed(old, now_ms))
}

/// Returns the name that has a number.
pub(super) fn name_of(
    connection: &Connection,
    kind: NameKind,
    number: u32,
) -> Result<Option<String>, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT name FROM jotem_name WHERE kind = ?1 AND number = ?2")?;
    let name: Option<Option<String>> =
        statement.query_row(params![kind.as_str(), number], |row| row.get(0)).optional()?;
    Ok(name.flatten())
}

/// Gives a name a number, or the next that is free.
fn give(
    connection: &Connection,
    kind: NameKind,
    name: &str,
    mut number: u32,
) -> Result<u32, Failure> {
    let mut is_taken = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM jotem_name WHERE kind = ?1 AND number = ?2)",
    )?;
    while is_taken.query_row(params![kind.as_str(), number], |row| row.get(0))? {
        number = number.saturating_add(1);
    }
    let mut insert = connection
        .prepare_cached("INSERT INTO jotem_name (kind, number, name) VALUES (?1, ?2, ?3)")?;
    insert.execute(params![kind.as_str(), number, name])?;
    Ok(number)
}
