//! Tables and functions, and their versions.

use std::time::Duration;

use super::connections::Connections;
use super::{NAME, failure, values};
use crate::store::StoreError;

/// The version of the tables that this program works with.
pub(super) const VERSION: u32 = 1;

/// What leads from each version to the next, the first from nothing.
const MIGRATIONS: [&str; 1] = [concat!(
    include_str!("tables.sql"),
    include_str!("weeks.sql"),
    include_str!("names.sql"),
    include_str!("start.sql"),
    include_str!("rotate.sql"),
    include_str!("revoke.sql"),
    include_str!("copies.sql"),
    include_str!("maintain.sql"),
)];

/// Returns everything as one script.
pub(super) fn script() -> String {
    let mut script = format!("BEGIN;\n{VERSIONS}");
    for (migration, version) in MIGRATIONS.iter().zip(1_u32..) {
        script.push_str(&step(migration, version));
    }
    script.push_str("COMMIT;\n");
    script
}

/// Makes what is missing. Of many programs that begin at once one does it, and the others wait.
pub(super) async fn migrate(connections: &Connections) -> Result<(), StoreError> {
    if found(connections).await? == VERSION {
        return Ok(());
    }
    let mut connection = connections.connection().await?;
    let making = async {
        let transaction = connection.transaction().await?;
        transaction.batch_execute(ALONE).await?;
        transaction.batch_execute(VERSIONS).await?;
        let rows = transaction.query_typed(LATEST, &[]).await?;
        let found = rows.first().map_or(Ok(0), |row| row.try_get::<_, i32>(0))?;
        for (migration, version) in MIGRATIONS.iter().zip(1_i32..) {
            if version > found {
                transaction.batch_execute(&step(migration, version)).await?;
            }
        }
        transaction.commit().await
    };
    match tokio::time::timeout(LIMIT, making).await {
        Ok(made) => made.map_err(|error| failure::of(&error, LIMIT))?,
        Err(_) => return Err(failure::timeout(LIMIT)),
    }
    match found(connections).await? {
        VERSION => Ok(()),
        found => Err(StoreError::Schema { store: NAME, found, expected: VERSION }),
    }
}

/// Returns the version of the tables that there are, 0 if there are none.
async fn found(connections: &Connections) -> Result<u32, StoreError> {
    let row = connections.one("SELECT to_regclass('jotem_schema') IS NOT NULL", &[]).await?;
    if !values::at::<bool>(&row, 0)? {
        return Ok(0);
    }
    let row = connections.one(LATEST, &[]).await?;
    let found = values::at::<i32>(&row, 0)?.cast_unsigned();
    if found > VERSION {
        return Err(StoreError::Schema { store: NAME, found, expected: VERSION });
    }
    Ok(found)
}

fn step(migration: &str, version: impl std::fmt::Display) -> String {
    format!("{migration}\nINSERT INTO jotem_schema (version) VALUES ({version});\n")
}

/// Holds off others who make tables in the same schema, until the end of the transaction.
const ALONE: &str = "SET LOCAL statement_timeout = 0;
SELECT pg_advisory_xact_lock(7233171, hashtext(current_schema()))";
const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS jotem_schema (
  version int PRIMARY KEY,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
";
const LATEST: &str = "SELECT coalesce(max(version), 0) FROM jotem_schema";
/// Tables are made in a tenth of a second; the rest is for those who wait.
const LIMIT: Duration = Duration::from_secs(30);
