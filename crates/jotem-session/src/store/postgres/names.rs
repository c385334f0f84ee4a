//! Names and their numbers, documents, leases.

use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio_postgres::types::Type;

use super::connections::Connections;
use super::values;
use crate::store::{Document, NameKind, StoreError, draw_number};

/// Returns the number of a name.
pub(super) async fn number(
    connections: &Connections,
    kind: NameKind,
    name: &str,
) -> Result<u32, StoreError> {
    let row = connections
        .one(
            "SELECT jotem_number($1, $2, $3, $4, false)",
            &[
                (&kind.as_str(), Type::TEXT),
                (&Sha256::digest(name).as_slice(), Type::BYTEA),
                (&values::write_text(name), Type::TEXT),
                (&draw_number(name).cast_signed(), Type::INT4),
            ],
        )
        .await?;
    Ok(values::at::<i32>(&row, 0)?.cast_unsigned())
}

/// Returns the name that has a number.
pub(super) async fn name_of(
    connections: &Connections,
    kind: NameKind,
    number: u32,
) -> Result<Option<String>, StoreError> {
    let names = [(&kind.as_str() as _, Type::TEXT), (&number.cast_signed() as _, Type::INT4)];
    let rows = connections
        .ask("SELECT name FROM jotem_names WHERE kind = $1 AND number = $2", &names)
        .await?;
    rows.first().map(|row| values::text_at(row, 0)).transpose()
}

/// Returns a document, unless it is still of this revision.
pub(super) async fn document(
    connections: &Connections,
    name: &str,
    unless: u64,
) -> Result<Option<Document>, StoreError> {
    let rows = connections
        .ask(
            "SELECT revision, content FROM jotem_documents WHERE name = $1 AND revision <> $2",
            &[(&values::write_text(name), Type::TEXT), (&values::whole(unless), Type::INT8)],
        )
        .await?;
    let document = rows.first().map(|row| {
        Ok(Document { revision: values::u64_at(row, 0)?, text: values::text_at(row, 1)? })
    });
    document.transpose()
}

/// Puts a document in the place of another one.
pub(super) async fn put_document(
    connections: &Connections,
    name: &str,
    expected: u64,
    document: &Document,
) -> Result<bool, StoreError> {
    let statement = if expected == 0 {
        "INSERT INTO jotem_documents (name, revision, content)
         SELECT $1, $3, $4 WHERE $2 = 0 ON CONFLICT (name) DO NOTHING RETURNING true"
    } else {
        "UPDATE jotem_documents SET revision = $3, content = $4
         WHERE name = $1 AND revision = $2 RETURNING true"
    };
    let rows = connections
        .ask(
            statement,
            &[
                (&values::write_text(name), Type::TEXT),
                (&values::whole(expected), Type::INT8),
                (&values::whole(document.revision), Type::INT8),
                (&values::write_text(&document.text), Type::TEXT),
            ],
        )
        .await?;
    Ok(!rows.is_empty())
}

/// Takes or prolongs a lease.
pub(super) async fn lease(
    connections: &Connections,
    name: &str,
    holder: [u8; 16],
    term: Duration,
) -> Result<bool, StoreError> {
    let term_ms = u64::try_from(term.as_millis()).unwrap_or(u64::MAX);
    // The clock is looked at once the row is held.
    let rows = connections
        .ask(
            "INSERT INTO jotem_leases AS l (name, holder, until_ms)
             VALUES ($1, $2, jotem_now_ms() + $3)
             ON CONFLICT (name) DO UPDATE SET holder = $2, until_ms = jotem_now_ms() + $3
             WHERE l.holder = $2 OR l.until_ms <= jotem_now_ms() RETURNING true",
            &[
                (&values::write_text(name), Type::TEXT),
                (&holder.as_slice(), Type::BYTEA),
                (&values::span(term_ms), Type::INT8),
            ],
        )
        .await?;
    Ok(!rows.is_empty())
}
