//! Sessions in Redis or Valkey: one server, Sentinel, Cluster.
//!
//! | key, after the prefix | what it is | until |
//! |---|---|---|
//! | `s:` and the subject (12 bytes) | a hash: each session (16 bytes) with its record; `u` the subject's name, `e` its epoch, `o…` what is still to be told on Cluster | two days after its last session |
//! | `l:` and the subject | a hash: the labels of its sessions | the same |
//! | `u:` and the subject | its name, if that takes more than 64 bytes | the same |
//! | `feed` | a stream: what was revoked | each entry until it is over |
//! | `n:client`, `n:grant` | a hash: names and their numbers | for ever |
//! | `d:` and a name | a hash: a document and its revision | for ever |
//! | `k:` and a name | who has a lease | it ends |
//! | `layout` | the version of all this | for ever |
//!
//! A hash whose values take at most 64 bytes is kept in half the memory; so labels and long names have
//! keys of their own. Sessions are forgotten by the server itself.
//!
//! # One step
//!
//! Every operation is one script (`*.lua`), and a rotation is one round trip. A script touches one key;
//! where all keys are on one server, theft and its notice to verifiers are written in the same script. On
//! Cluster the notice is kept beside the session, in the same step, and put into the feed right after it.
//! If the program dies in between, the next token of the session that is presented, or
//! [`maintain`](crate::store::Store::maintain), completes it; at worst, verifiers do not hear of it, and
//! its access tokens hold until they expire, some minutes later. The session itself has ended at once.
//!
//! # What is promised
//!
//! What was answered is as durable as the server makes it: with `appendonly yes` and `appendfsync always`
//! it survives the server's end, with `everysec` all but the last second does. Copies are written to
//! later: a copy that takes over may lack the last writes. A rotation that was lost so is
//! [`Repair`](crate::rotation::Decision::Repair), not theft; a revocation waits for copies if the URL says
//! `wait=1`, or fails with [`StoreError::NotReplicated`].
//!
//! No command is sent twice, except one that names a script which the server does not know. While a
//! Cluster moves a slot, commands for it are [`StoreError::Unavailable`]. `maxmemory-policy` must be
//! `noeviction`: a session that is evicted is a logout, an epoch that is evicted a hole. Upkeep looks
//! again once a minute, and fails as opening would.
//!
//! A server that can keep nothing more refuses before a script has written anything, so nothing is left
//! half done: with its memory or disk full that is [`StoreError::Full`], with a disk that fails otherwise
//! [`StoreError::Unavailable`]. Reading goes on, and a token that is presented again within the window
//! gets its answer. With `everysec` the write that finds the disk full is answered all the same, as any
//! other of the last second.

mod answer;
mod check;
mod connection;
mod error;
mod feed;
mod layout;
mod names;
mod script;
mod session;
mod settings;
mod tls;
mod transfer;
mod url;

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use fred::clients::Pool;

pub use settings::RedisSettings;

use self::connection::Connection;
use self::feed::Sweep;
use self::layout::Layout;
use super::data::{
    Document, Feed, Kept, Listed, Maintained, NameKind, NewSession, Notice, Page, Position, Revoke,
    Revoked, Rotate, Rotated, Started,
};
use super::{Answer, Store, StoreError};
use crate::refresh_token::{SessionId, SubjectKey};
use crate::revocation::Revocation;

/// Keeps sessions in Redis 6.2 or newer, or in Valkey.
///
/// # Examples
/// ```no_run
/// use jotem_session::store::{Redis, Store};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
///
/// let store = Redis::open("redis://127.0.0.1:6379?prefix=acme:&wait=1").await?;
/// println!("its clock is {} ms", store.ping().await?);
/// # Ok(())
/// # }
/// ```
pub struct Redis {
    connection: Connection,
    layout: Layout,
    copies: u32,
    /// How far maintenance has come.
    sweep: Mutex<Sweep>,
}

impl Redis {
    /// Opens the store that a URL names, and sees that it is set up so that nothing is lost.
    ///
    /// | URL | servers |
    /// |---|---|
    /// | `redis://[user:password@]host[:port][/database]` | one |
    /// | `redis+sentinel://[user:password@]host[:port][,…]/service[/database]` | the primary that Sentinels name |
    /// | `redis+cluster://[user:password@]host[:port][,…]` | a Cluster, by some of its nodes |
    ///
    /// With `rediss` in the place of `redis`: over TLS. The nodes of a Cluster are held to the first host of
    /// the URL that answers; a primary that Sentinels name, to what they name, often an address: its
    /// certificate has to have that. Parameters: `prefix` (what every key begins with,
    /// `jotem:`), `timeout` (of a command, 500 ms), `wait` (how many copies confirm a revocation, 0), `ca`
    /// (a file of certificate authorities, in PEM, in the place of the system's).
    ///
    /// # Errors
    /// [`StoreError::Url`]; [`StoreError::Unavailable`] after two seconds at most;
    /// [`StoreError::Denied`], [`StoreError::ReadOnly`], [`StoreError::Unsafe`], and
    /// [`StoreError::Schema`] where a later version keeps its sessions under the same prefix.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let address = url::read(url)?;
        let settings = address.settings.clone();
        Self::checked(Connection::open(address).await?, &settings).await
    }

    /// Takes connections that the program has already, and that it keeps up itself: with a policy by which
    /// they reconnect. How often they repeat
    /// a command makes no difference: those of the store are not repeated.
    ///
    /// # Errors
    /// See [`Self::open`].
    ///
    /// # Examples
    /// ```no_run
    /// use fred::prelude::{Builder, ClientLike, ReconnectPolicy};
    /// use jotem_session::store::{Redis, RedisSettings};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///
    /// let mut builder = Builder::default_centralized();
    /// builder.set_policy(ReconnectPolicy::new_exponential(0, 20, 1_000, 2));
    /// let pool = builder.build_pool(8)?;
    /// pool.init().await?;
    /// let store = Redis::with_pool(pool, &RedisSettings::new()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn with_pool(pool: Pool, settings: &RedisSettings) -> Result<Self, StoreError> {
        settings.check()?;
        Self::checked(Connection::over(pool, settings.timeout), settings).await
    }

    async fn checked(connection: Connection, settings: &RedisSettings) -> Result<Self, StoreError> {
        check::servers(&connection).await?;
        let layout = Layout::new(&settings.prefix, connection.is_cluster());
        check::version(&connection, &layout).await?;
        let (copies, sweep) = (settings.wait, Mutex::default());
        Ok(Self { connection, layout, copies, sweep })
    }
}

impl fmt::Debug for Redis {
    /// Nothing of the connection: there is a password in it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Redis").field("layout", &self.layout).finish_non_exhaustive()
    }
}

impl Store for Redis {
    fn name(&self) -> &'static str {
        error::STORE
    }

    fn start<'a>(&'a self, new: &'a NewSession) -> Answer<'a, Started> {
        Box::pin(self.start_session(new))
    }

    fn rotate<'a>(&'a self, rotate: &'a Rotate) -> Answer<'a, Option<Rotated>> {
        Box::pin(self.rotate_session(rotate))
    }

    fn revoke<'a>(&'a self, revoke: &'a Revoke) -> Answer<'a, Revoked> {
        Box::pin(self.revoke_target(revoke))
    }

    fn publish<'a>(&'a self, notices: &'a [Notice]) -> Answer<'a, Vec<Revocation>> {
        Box::pin(self.publish_notices(notices))
    }

    fn feed(&self, after: Position, most: usize) -> Answer<'_, Feed> {
        Box::pin(self.read_feed(after, most))
    }

    fn find(&self, subject: SubjectKey, session: SessionId) -> Answer<'_, Option<Kept>> {
        Box::pin(self.find_session(subject, session))
    }

    fn list(&self, subject: SubjectKey) -> Answer<'_, Listed> {
        Box::pin(self.list_sessions(subject))
    }

    fn number<'a>(&'a self, kind: NameKind, name: &'a str) -> Answer<'a, u32> {
        Box::pin(self.number_of(kind, name))
    }

    fn name_of(&self, kind: NameKind, number: u32) -> Answer<'_, Option<String>> {
        Box::pin(self.name_with(kind, number))
    }

    fn document<'a>(&'a self, name: &'a str, unless: u64) -> Answer<'a, Option<Document>> {
        Box::pin(self.read_document(name, unless))
    }

    fn put_document<'a>(
        &'a self,
        name: &'a str,
        expected: u64,
        document: &'a Document,
    ) -> Answer<'a, bool> {
        Box::pin(self.write_document(name, expected, document))
    }

    fn lease<'a>(&'a self, name: &'a str, holder: [u8; 16], term: Duration) -> Answer<'a, bool> {
        Box::pin(self.take_lease(name, holder, term))
    }

    fn maintain(&self, most: u32) -> Answer<'_, Maintained> {
        Box::pin(self.forget(most))
    }

    fn ping(&self) -> Answer<'_, u64> {
        Box::pin(self.clock())
    }

    fn import<'a>(&'a self, sessions: &'a [Kept]) -> Answer<'a, ()> {
        Box::pin(self.import_sessions(sessions))
    }

    fn export<'a>(&'a self, from: Option<&'a str>, most: usize) -> Answer<'a, Page> {
        Box::pin(self.export_sessions(from, most))
    }
}
