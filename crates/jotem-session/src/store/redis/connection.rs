//! Reaching the servers, and asking them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fred::clients::{Client, Pool};
use fred::interfaces::{ClientLike as _, ClusterInterface as _, EventInterface as _};
use fred::types::config::{
    Config, ConnectionConfig, Options, PerformanceConfig, ReconnectPolicy, Server, TcpConfig,
};
use fred::types::{ClusterHash, CustomCommand, Key, Value};
use tokio::task::AbortHandle;

use super::error::{self, unavailable};
use super::script::Script;
use super::settings::RedisSettings;
use super::tls;
use super::url::Address;
use crate::store::StoreError;

/// How many connections there are to each server. Commands of many callers go over one at the same time,
/// so a few are enough.
const CONNECTIONS: usize = 4;

/// How long the first connection may take, with TLS.
const CONNECT: Duration = Duration::from_secs(2);

/// The connections.
pub(super) struct Connection {
    pool: Pool,
    /// What keeps connections of our own up; it ends with the store.
    tasks: Vec<AbortHandle>,
    options: Options,
    limit: Duration,
    is_renewing: Arc<AtomicBool>,
}

impl Connection {
    /// Reaches the servers that a URL names.
    pub(super) async fn open(address: Address) -> Result<Self, StoreError> {
        let limit = address.settings.timeout;
        let pool = pool(address)?;
        let mut connection = Self::over(pool, limit);
        let reached = async {
            let mut tasks = Vec::new();
            for client in connection.pool.clients() {
                tasks.push(client.init().await?.abort_handle());
            }
            Ok(tasks)
        };
        match tokio::time::timeout(CONNECT, reached).await {
            Ok(tasks) => {
                connection.tasks = tasks.map_err(|error| error::read(&error, CONNECT))?;
                Ok(connection)
            }
            Err(_) => Err(unavailable("no connection within two seconds")),
        }
    }

    /// Takes connections that somebody else made, and keeps.
    pub(super) fn over(pool: Pool, limit: Duration) -> Self {
        // A command that may have run is never sent again: under `strict`, a rotation that ran twice
        // would look like theft. So there is one attempt; and with `fail_fast` the client answers with
        // the error at once, and keeps nothing for later. The price is that a command which a Cluster
        // redirects is refused: the client learns from it, and the next one goes to the right node.
        let options = Options {
            timeout: Some(limit),
            max_attempts: Some(1),
            fail_fast: true,
            ..Options::default()
        };
        Self { pool, tasks: Vec::new(), options, limit, is_renewing: Arc::default() }
    }

    pub(super) fn is_cluster(&self) -> bool {
        self.pool.is_clustered()
    }

    /// Returns the servers that are asked, in an order that does not change.
    pub(super) fn primaries(&self) -> Vec<Server> {
        let mut servers = match self.pool.next_connected().cached_cluster_state() {
            Some(state) => state.unique_primary_nodes(),
            None => Vec::new(),
        };
        servers.sort_by_key(ToString::to_string);
        servers
    }

    /// Runs a script. One round trip, once the server has it.
    pub(super) async fn run(
        &self,
        script: &Script,
        keys: Vec<Key>,
        arguments: Vec<Value>,
    ) -> Result<Value, StoreError> {
        let client = self.client().await?;
        let answer = self.run_on(&client, script, keys, arguments).await;
        answer.map_err(|error| self.read(&client, &error))
    }

    /// Runs a script, and waits until so many copies have what it wrote.
    pub(super) async fn run_replicated(
        &self,
        script: &Script,
        keys: Vec<Key>,
        arguments: Vec<Value>,
        wanted: u32,
    ) -> Result<Value, StoreError> {
        if wanted == 0 {
            return self.run(script, keys, arguments).await;
        }
        let client = self.client().await?;
        let slot = slot(&keys);
        // `WAIT` speaks of what its own connection wrote: on a new one it would confirm anything.
        let mut renewed = client.reconnect_rx();
        let answer = self.run_on(&client, script, keys, arguments).await;
        let answer = answer.map_err(|error| self.read(&client, &error))?;
        let patience = self.limit.saturating_mul(4).checked_div(5).unwrap_or_default();
        let patience = i64::try_from(patience.as_millis()).unwrap_or(i64::MAX);
        let wait = CustomCommand::new_static("WAIT", slot, false);
        let asked = client.with_options(&self.options);
        let confirmed =
            asked.custom::<i64, i64>(wait, vec![i64::from(wanted), patience.max(1)]).await;
        let confirmed = if renewed.try_recv().is_ok() { 0 } else { confirmed.unwrap_or_default() };
        let confirmed = u32::try_from(confirmed).unwrap_or_default();
        if confirmed < wanted {
            return Err(StoreError::NotReplicated { confirmed, wanted });
        }
        Ok(answer)
    }

    /// Sends a command to one server, or to any.
    pub(super) async fn ask(
        &self,
        command: &'static str,
        arguments: Vec<Value>,
        server: Option<&Server>,
    ) -> Result<Value, StoreError> {
        let client = self.client().await?;
        let mut options = self.options.clone();
        options.cluster_node = server.cloned();
        let command = CustomCommand::new_static(command, ClusterHash::Random, false);
        let answer = client.with_options(&options).custom(command, arguments).await;
        answer.map_err(|error| self.read(&client, &error))
    }

    async fn run_on(
        &self,
        client: &Client,
        script: &Script,
        keys: Vec<Key>,
        arguments: Vec<Value>,
    ) -> Result<Value, fred::error::Error> {
        // Of the client's own ways to run a script none heeds options: they would repeat it.
        let client = client.with_options(&self.options);
        let slot = slot(&keys);
        let send = |command, script: Value, rest: Vec<Value>| {
            let command = CustomCommand::new_static(command, slot.clone(), false);
            client.custom::<Value, Value>(command, [vec![script], rest].concat())
        };
        let count = Value::Integer(i64::try_from(keys.len()).unwrap_or_default());
        let keys = keys.into_iter().map(|key| Value::Bytes(key.into_bytes()));
        let rest: Vec<Value> = std::iter::once(count).chain(keys).chain(arguments).collect();
        match send("EVALSHA", Value::String(script.name.clone()), rest.clone()).await {
            // Nothing has run.
            Err(error) if error::is_unknown_script(&error) => {
                send("EVAL", Value::String(script.text()), rest).await
            }
            answer => answer,
        }
    }

    /// Returns a client that is connected. After a short outage it waits for that, not longer than a
    /// command may take.
    async fn client(&self) -> Result<Client, StoreError> {
        let client = self.pool.next_connected();
        if !client.is_connected() {
            let connected = tokio::time::timeout(self.limit, client.wait_for_connect()).await;
            if !matches!(connected, Ok(Ok(()))) {
                return Err(unavailable("there is no connection"));
            }
        }
        Ok(client.clone())
    }

    /// Reads an error. Who was the primary and is a copy now says that it can only be read: whoever can
    /// tell which one is the primary is asked again.
    fn read(&self, client: &Client, error: &fred::error::Error) -> StoreError {
        let error = error::read(error, self.limit);
        let is_single = client.client_config().server.is_centralized();
        if matches!(error, StoreError::ReadOnly { .. })
            && !is_single
            && !self.is_renewing.swap(true, Ordering::AcqRel)
        {
            let (pool, renewing) = (self.pool.clone(), Renewing(Arc::clone(&self.is_renewing)));
            tokio::spawn(async move {
                for client in pool.clients() {
                    // What comes of it is seen by the next command.
                    let _renewed = client.force_reconnection().await;
                }
                drop(renewing);
            });
        }
        error
    }
}

/// Connections are being made anew. It may end early: with the runtime of whoever asked.
struct Renewing(Arc<AtomicBool>);

impl Drop for Renewing {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

/// The place of a script's keys on Cluster. All of them are in one, since there is one.
fn slot(keys: &[Key]) -> ClusterHash {
    keys.first().map_or(ClusterHash::Random, |key| ClusterHash::Custom(key.cluster_hash()))
}

fn pool(address: Address) -> Result<Pool, StoreError> {
    let RedisSettings { timeout, .. } = address.settings;
    let is_cluster = address.servers.is_clustered();
    let tls = address
        .is_encrypted
        .then(|| tls::configuration(address.authorities.as_deref(), is_cluster));
    let config = Config {
        server: address.servers,
        username: address.user,
        password: address.password,
        database: address.database,
        tls: tls.transpose()?,
        fail_fast: true,
        ..Config::default()
    };
    let connection = ConnectionConfig {
        connection_timeout: CONNECT,
        internal_command_timeout: CONNECT,
        tcp: TcpConfig { nodelay: Some(true), ..TcpConfig::default() },
        ..ConnectionConfig::default()
    };
    let performance =
        PerformanceConfig { default_command_timeout: timeout, ..PerformanceConfig::default() };
    let reconnect = ReconnectPolicy::new_exponential(0, 20, 1_000, 2);
    Pool::new(config, Some(performance), Some(connection), Some(reconnect), CONNECTIONS)
        .map_err(|error| error::read(&error, timeout))
}
