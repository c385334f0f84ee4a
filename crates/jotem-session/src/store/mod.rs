//! Where sessions are kept: the trait, and the stores that there are.
//!
//! | URL | store | for |
//! |---|---|---|
//! | `memory:` | [`Memory`] | tests; what is in it ends with the process |
//! | `sqlite:///path/to/file.db` | `Sqlite` (feature `sqlite`) | one machine; the default |
//! | `redis://`, `rediss://`, `redis+sentinel://`, `redis+cluster://` | Redis, Valkey | many machines |
//! | `postgres://` | PostgreSQL | many machines, and tables that one can look into |
//!
//! [`open`] makes one of a URL. All of them keep the same [`Record`](crate::record::Record)s, under the same keys, and decide as
//! [`rotation::decide`](crate::rotation::decide) does; so [`copy`] carries what one keeps into another.
//!
//! # Writing a store
//!
//! Implement [`Store`], and hold it to `store::conformance` (feature `conformance`), as the stores here
//! are. What matters most:
//!
//! - **A rotation is one step.** Read, decide and write under one lock, in one script, or with a write
//!   that fails if the record was changed meanwhile. [`Memory`] is the shortest example.
//! - **What was answered is kept.** A store answers when what it says is as durable as it ever gets.
//! - **The clock is the store's**: application servers may differ.
//! - **A store that cannot be asked says so** within its time limit ([`StoreError::Unavailable`]), and
//!   never answers instead of it.

#[cfg(feature = "conformance")]
pub mod conformance;
mod copy;
mod data;
mod error;
mod memory;
mod number;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "sqlite")]
mod sqlite;
mod subject;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod tls;
mod url;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

pub use copy::{Copied, copy};
pub use data::{
    Document, Feed, Kept, Listed, Maintained, NameKind, NewSession, Notice, Page, Position, Revoke,
    Revoked, Rotate, Rotated, Started, Target,
};
pub use error::StoreError;
pub use memory::Memory;
pub use number::draw_number;
#[cfg(feature = "postgres")]
pub use postgres::Postgres;
#[cfg(feature = "redis")]
pub use redis::{Redis, RedisSettings};
#[cfg(feature = "sqlite")]
pub use sqlite::{Sqlite, SqliteOptions};
pub use subject::Subject;
pub use url::open;

use crate::refresh_token::{SessionId, SubjectKey};
use crate::revocation::Revocation;

/// What a store answers, when it does.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Keeps sessions: one [`Record`](crate::record::Record) each, the epoch of each subject, and what verifiers are told.
///
/// Every method may fail with [`StoreError::Unavailable`] and [`StoreError::Corrupt`]. None of them
/// panics, whatever is found.
///
/// # Examples
/// ```
/// use jotem::Secret;
/// use jotem_session::refresh_token::{RefreshKeys, RefreshToken, SessionId};
/// use jotem_session::revocation::Fingerprints;
/// use jotem_session::rotation::{Decision, Presented, RotationPolicy};
/// use jotem_session::store::{Memory, NewSession, Notice, Rotate, Store, Subject};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
///
/// let master = Secret::from(vec![7; 32]);
/// let (keys, fingerprints) = (RefreshKeys::derive(&master)?, Fingerprints::derive(&master)?);
/// let store = Memory::new();
///
/// let (subject, session) = (keys.subject(None, "ada"), SessionId::generate(1_900_000_000)?);
/// let token = RefreshToken::first(subject, session)?;
/// let who = Subject::new("ada");
/// let new = NewSession::new(subject, &who, session, token.secret_hash());
/// assert_eq!(store.start(&new).await?.epoch, 0);
///
/// let presented = Presented { generation: 1, secret_hash: token.secret_hash(), client: 0, binding: None };
/// let notice = Notice::new(fingerprints.session(&session), 930);
/// let rotate = Rotate { subject, session, presented, policy: RotationPolicy::strict(), notice };
/// assert_eq!(store.rotate(&rotate).await?.unwrap().decision, Decision::Rotate);
/// assert_eq!(store.rotate(&rotate).await?.unwrap().decision, Decision::Reuse);
/// # Ok(())
/// # }
/// ```
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// Returns a word for what it is, such as `sqlite`: for logs and metrics.
    fn name(&self) -> &'static str;

    /// Keeps a new session, and ends the least recently used ones of the subject if there are more
    /// than `most`.
    ///
    /// # Errors
    /// [`StoreError::EpochChanged`] if the subject's epoch is not the one that was expected.
    fn start<'a>(&'a self, new: &'a NewSession) -> Answer<'a, Started>;

    /// Decides about a refresh token as [`decide`](crate::rotation::decide) does, and keeps what comes
    /// of it, in one step. If it is theft, or the store is behind and the policy ends the session,
    /// verifiers are told in the same step where the store can do that, or else right after it.
    /// Absent: there is no such session.
    fn rotate<'a>(&'a self, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>>;

    /// Ends what is named, and tells verifiers. Once this has answered, no rotation of it succeeds.
    fn revoke<'a>(&'a self, revoke: &'a Revoke) -> Answer<'a, Revoked>;

    /// Tells verifiers of revocations that change nothing in the store: of a token or a key, or of
    /// sessions that ended for being too many. They hold for so long from the store's time on.
    fn publish<'a>(&'a self, notices: &'a [Notice]) -> Answer<'a, Vec<Revocation>>;

    /// Returns the revocations that came after a position, at most about so many, in an order in which
    /// none is left out for ever; one may come twice. What is over need not be among them.
    fn feed(&self, after: Position, most: usize) -> Answer<'_, Feed>;

    /// Returns one session of a subject, whether it lives or not.
    fn find(&self, subject: SubjectKey, session: SessionId) -> Answer<'_, Option<Kept>>;

    /// Returns the sessions of a subject that are kept, and the subject's epoch.
    fn list(&self, subject: SubjectKey) -> Answer<'_, Listed>;

    /// Returns the number of a name, and gives it one if it has none: what [`draw_number`] gives, or a part
    /// of it, or the next that is free.
    fn number<'a>(&'a self, kind: NameKind, name: &'a str) -> Answer<'a, u32>;

    /// Returns the name that has a number; absent if none has, or if it has another by now.
    fn name_of(&self, kind: NameKind, number: u32) -> Answer<'_, Option<String>>;

    /// Returns a document, unless it is still of this revision. Absent: it is, or there is none.
    fn document<'a>(&'a self, name: &'a str, unless: u64) -> Answer<'a, Option<Document>>;

    /// Puts a document in the place of the one of the revision `expected`, 0 if there is none yet.
    /// Returns whether it was: `false` if another one is kept by now.
    fn put_document<'a>(
        &'a self,
        name: &'a str,
        expected: u64,
        document: &'a Document,
    ) -> Answer<'a, bool>;

    /// Takes or prolongs a lease: whether `holder` has it from now on for that long. Nobody else gets
    /// it meanwhile.
    fn lease<'a>(&'a self, name: &'a str, holder: [u8; 16], term: Duration) -> Answer<'a, bool>;

    /// Forgets what is over, at most about so many sessions or entries, and makes ready for what is to
    /// come. Nothing else waits for it long.
    fn maintain(&self, most: u32) -> Answer<'_, Maintained>;

    /// Sees that the store answers, and returns its clock: milliseconds since 1970.
    fn ping(&self) -> Answer<'_, u64>;

    /// Keeps sessions as they are: for copies from another store, and for tests. One that is kept
    /// already is replaced, and the subject's epoch never goes back.
    fn import<'a>(&'a self, sessions: &'a [Kept]) -> Answer<'a, ()>;

    /// Returns sessions as they are kept, at most about so many, from a place that a page before named:
    /// for copies into another store. A session that is started meanwhile may be left out. Absent
    /// place: the beginning.
    fn export<'a>(&'a self, from: Option<&'a str>, most: usize) -> Answer<'a, Page>;
}
