//! Sessions in PostgreSQL, from version 13 on: tables that one can look into, and one round trip for each
//! thing that is asked.
//!
//! | file | what |
//! |---|---|
//! | `settings.rs` | what the URL says |
//! | `tls.rs` | TLS, where it is asked for |
//! | `connections.rs` | a connection, one statement, the time limit |
//! | `failure.rs` | what the server's errors mean |
//! | `schema.rs`, `tables.sql`, `weeks.sql` | tables, their versions, one partition for each week in which sessions end |
//! | `sessions.rs`, `start.sql`, `rotate.sql`, `revoke.sql` | the life of a session |
//! | `feed.rs` | revocations, in an order in which none is left out |
//! | `names.rs`, `names.sql` | names, documents, leases |
//! | `copies.rs`, `copies.sql`, `maintain.sql` | copies, and what is over |
//! | `values.rs` | how things are written in columns |
//!
//! Each question is one statement and its own transaction, so nothing is left half done, and poolers
//! between program and server may give each one another connection. Where no pooler is in between,
//! which every new connection is asked for, the server remembers the statements of each connection.

mod connections;
mod copies;
mod failure;
mod feed;
mod names;
mod schema;
mod sessions;
mod settings;
mod tls;
mod values;

use std::fmt;
use std::time::Duration;

use deadpool_postgres::Pool;
use tokio_postgres::types::Type;

use self::connections::Connections;
use self::settings::Settings;
use super::data::{
    Document, Feed, Kept, Listed, Maintained, NameKind, NewSession, Notice, Page, Position, Revoke,
    Revoked, Rotate, Rotated, Started,
};
use super::error::StoreError;
use super::{Answer, Store};
use crate::refresh_token::{SessionId, SubjectKey};
use crate::revocation::Revocation;

/// Keeps sessions in PostgreSQL.
///
/// # The URL
/// `postgres://user:password@host:5432/database?parameter=value`, as libpq has it, with several hosts if
/// there are standbys. Besides what libpq and tokio-postgres know (`host`, `target_session_attrs`,
/// `keepalives`, `options` …):
///
/// | parameter | default | |
/// |---|---|---|
/// | `pool` | 16 | how many connections at most |
/// | `timeout` | 500 | milliseconds that the server has for an answer |
/// | `connect_timeout` | 2 | seconds until a connection must be there |
/// | `sslmode` | `prefer` | `disable`, `prefer`, `require` (TLS with anybody), `verify-full` (the certificate holds) |
/// | `sslrootcert` | | a file of certificate authorities in place of the system's, PEM |
///
/// Tables go into the first schema of `search_path`: `?options=-c%20search_path%3Dsessions`.
///
/// # Rights
/// [`Self::open`] makes the tables if they are missing, and needs the right to create in the schema for
/// that. Where the program may not have it, somebody who has runs the text of [`Self::schema`], and
/// then `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA … TO program`. Partitions are made
/// and dropped with the rights of the tables' owner.
///
/// # Poolers
/// PgBouncer in transaction mode works: no statement is prepared under a name, and nothing is set for a
/// connection. `timeout` is sent as `statement_timeout` when a connection is made; where a pooler refuses
/// that or drops it, each statement brings it along, in the same round trip. `options` in the URL are
/// refused by such a pooler: name the schema with `ALTER ROLE … SET search_path` there.
///
/// # Durability
/// As of a commit. A server with `fsync` or `synchronous_commit` off is refused. With
/// `synchronous_standby_names`, an answer means that the standbys have it, too.
///
/// # Examples
/// ```no_run
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use jotem_session::store::{Postgres, Store};
///
/// let store = Postgres::open("postgres://jotem@localhost/sessions?pool=8").await?;
/// assert!(store.ping().await? > 0);
/// # Ok(())
/// # }
/// ```
pub struct Postgres {
    connections: Connections,
}

impl Postgres {
    /// Connects, makes the tables if there are none, and sees that the server is fit.
    ///
    /// # Errors
    /// [`StoreError::Url`], [`StoreError::Denied`], [`StoreError::Unavailable`],
    /// [`StoreError::ReadOnly`] for a standby, [`StoreError::Schema`] for tables of a later version,
    /// [`StoreError::Unsafe`] for a server that would lose sessions.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let settings = Settings::parse(url)?;
        Self::ready(Connections::open(&settings).await?).await
    }

    /// Takes connections that the program has already. Statements have `timeout`; the pool says how long
    /// a connection may take.
    ///
    /// # Security
    /// A pool does not say whom it trusts. A statement that is given up is cancelled over a connection
    /// of its own, with TLS where the pool has it, and whoever answers there: that is told which
    /// statement to end, and nothing else.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn with_pool(pool: Pool, timeout: Duration) -> Result<Self, StoreError> {
        Self::ready(Connections::of_pool(pool, timeout)?).await
    }

    /// Returns the statements that make the tables: what `psql` takes, in one transaction.
    #[must_use]
    pub fn schema() -> String {
        schema::script()
    }

    async fn ready(mut connections: Connections) -> Result<Self, StoreError> {
        connections.see_that_it_is_fit().await?;
        schema::migrate(&connections).await?;
        Ok(Self { connections })
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Postgres")
    }
}

impl Store for Postgres {
    fn name(&self) -> &'static str {
        NAME
    }

    fn start<'a>(&'a self, new: &'a NewSession) -> Answer<'a, Started> {
        Box::pin(sessions::start(&self.connections, new))
    }

    fn rotate<'a>(&'a self, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        Box::pin(sessions::rotate(&self.connections, rotate))
    }

    fn revoke<'a>(&'a self, revoke: &'a Revoke) -> Answer<'a, Revoked> {
        Box::pin(sessions::revoke(&self.connections, revoke))
    }

    fn publish<'a>(&'a self, notices: &'a [Notice]) -> Answer<'a, Vec<Revocation>> {
        Box::pin(feed::publish(&self.connections, notices))
    }

    fn feed(&self, after: Position, most: usize) -> Answer<'_, Feed> {
        Box::pin(feed::read(&self.connections, after, most))
    }

    fn find(&self, subject: SubjectKey, session: SessionId) -> Answer<'_, Option<Kept>> {
        Box::pin(sessions::find(&self.connections, subject, session))
    }

    fn list(&self, subject: SubjectKey) -> Answer<'_, Listed> {
        Box::pin(sessions::list(&self.connections, subject))
    }

    fn number<'a>(&'a self, kind: NameKind, name: &'a str) -> Answer<'a, u32> {
        Box::pin(names::number(&self.connections, kind, name))
    }

    fn name_of(&self, kind: NameKind, number: u32) -> Answer<'_, Option<String>> {
        Box::pin(names::name_of(&self.connections, kind, number))
    }

    fn document<'a>(&'a self, name: &'a str, unless: u64) -> Answer<'a, Option<Document>> {
        Box::pin(names::document(&self.connections, name, unless))
    }

    fn put_document<'a>(
        &'a self,
        name: &'a str,
        expected: u64,
        document: &'a Document,
    ) -> Answer<'a, bool> {
        Box::pin(names::put_document(&self.connections, name, expected, document))
    }

    fn lease<'a>(&'a self, name: &'a str, holder: [u8; 16], term: Duration) -> Answer<'a, bool> {
        Box::pin(names::lease(&self.connections, name, holder, term))
    }

    fn maintain(&self, most: u32) -> Answer<'_, Maintained> {
        Box::pin(copies::maintain(&self.connections, most))
    }

    fn ping(&self) -> Answer<'_, u64> {
        Box::pin(async {
            let row = self.connections.one("SELECT jotem_now_ms()", &[]).await?;
            values::u64_at(&row, 0)
        })
    }

    fn import<'a>(&'a self, sessions: &'a [Kept]) -> Answer<'a, ()> {
        Box::pin(copies::import(&self.connections, sessions))
    }

    fn export<'a>(&'a self, from: Option<&'a str>, most: usize) -> Answer<'a, Page> {
        Box::pin(copies::export(&self.connections, from, most))
    }
}

/// A value of a statement, and what the server takes it for.
type Value<'a> = (&'a (dyn tokio_postgres::types::ToSql + Sync), Type);

const NAME: &str = "postgres";
