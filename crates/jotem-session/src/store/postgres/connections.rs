//! A connection, one statement, the time limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool_postgres::{
    Hook, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType,
};
use jotem::error::Excerpt;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{CancelToken, Config, Row};

use super::settings::{self, Settings};
use super::tls::{Tls, Trust};
use super::{NAME, Value, failure, values};
use crate::store::StoreError;

/// Connections, and how long they and their answers may take.
pub(super) struct Connections {
    pool: Pool,
    /// For requests to cancel something.
    tls: Tls,
    limit: Duration,
    connect_limit: Duration,
    /// Whether every connection is one to the server itself, so that it may remember statements.
    is_direct: Arc<AtomicBool>,
    /// Whether each statement tells the server its limit, since connections do not have it.
    tells_limits: bool,
}

impl Connections {
    /// Makes connections as the URL says.
    pub(super) async fn open(settings: &Settings) -> Result<Self, StoreError> {
        let with_limits = Self::make(settings, settings.with_limits())?;
        match with_limits.connection().await {
            Ok(_) => Ok(with_limits),
            // A pooler that passes no settings on: each statement brings its limit along then.
            Err(StoreError::Denied { reason, .. }) if reason.contains(REFUSED_SETTING) => {
                Self::make(settings, settings.config.clone())
            }
            Err(error) => Err(error),
        }
    }

    fn make(settings: &Settings, config: Config) -> Result<Self, StoreError> {
        let tls = Tls::new(&settings.trust)?;
        // Asking each time whether a connection lives would be a second round trip.
        let manager = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let is_direct = Arc::new(AtomicBool::new(true));
        let pool = Pool::builder(Manager::from_config(config, tls.clone(), manager))
            .max_size(settings.pool)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(settings.connect_timeout))
            .create_timeout(Some(settings.connect_timeout))
            .post_create(look_whether_direct(Arc::clone(&is_direct)))
            .build()
            .map_err(|_| failure::unavailable("no pool of connections could be made"))?;
        let (limit, connect_limit) = (settings.timeout, settings.connect_timeout);
        let tells_limits = false;
        Ok(Self { pool, tls, limit, connect_limit, is_direct, tells_limits })
    }

    /// Takes connections that somebody else made.
    pub(super) fn of_pool(pool: Pool, limit: Duration) -> Result<Self, StoreError> {
        let connect_limit = pool.timeouts().create.unwrap_or(CONNECT_LIMIT);
        let (tls, is_direct) = (Tls::new(&Trust::Anybody)?, Arc::default());
        Ok(Self { pool, tls, limit, connect_limit, is_direct, tells_limits: false })
    }

    /// Sees that the server is none that loses sessions or cannot keep them, and whether it has the limit.
    pub(super) async fn see_that_it_is_fit(&mut self) -> Result<(), StoreError> {
        let row = self
            .one(
                "SELECT current_setting('transaction_read_only'), current_setting('server_encoding'),
                        current_setting('fsync'), current_setting('synchronous_commit'),
                        current_setting('transaction_isolation'),
                        (SELECT setting FROM pg_settings WHERE name = 'statement_timeout')",
                &[],
            )
            .await?;
        if values::text_at(&row, 0)? == "on" {
            return Err(StoreError::ReadOnly { store: NAME });
        }
        let is_lossy = |setting, found: &str| match setting {
            "server_encoding" => found != "UTF8",
            "transaction_isolation" => found != "read committed",
            _ => found == "off",
        };
        for (place, setting) in
            ["server_encoding", "fsync", "synchronous_commit", "transaction_isolation"]
                .into_iter()
                .enumerate()
        {
            let found = values::text_at(&row, place.saturating_add(1))?;
            if is_lossy(setting, &found) {
                let found = Excerpt::new(&found);
                return Err(StoreError::Unsafe { store: NAME, setting, found });
            }
        }
        // In milliseconds; 0 is none. Poolers drop it, and pools of others may never have had it.
        let limit_ms = values::text_at(&row, 5)?.parse::<u128>().unwrap_or_default();
        self.tells_limits = limit_ms == 0 || limit_ms > self.limit.as_millis();
        Ok(())
    }

    /// Asks one thing that has one row as its answer.
    pub(super) async fn one(
        &self,
        statement: &str,
        values: &[Value<'_>],
    ) -> Result<Row, StoreError> {
        let row = self.ask(statement, values).await?.into_iter().next();
        row.ok_or_else(|| failure::corrupt("an answer without a row"))
    }

    /// Asks one thing, in one round trip; in two the first time on a connection that remembers statements.
    pub(super) async fn ask(
        &self,
        statement: &str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        let mut tries = 1;
        loop {
            let connection = self.connection().await?;
            let asking = self.send(&connection, statement, values);
            match tokio::time::timeout(self.limit, asking).await {
                Ok(Ok(rows)) => return Ok(rows),
                // The server undid it, and says so.
                Ok(Err(error)) if failure::is_conflict(&error) && tries < TRIES => {
                    tries = tries.saturating_add(1);
                }
                Ok(Err(error)) => return Err(failure::of(&error, self.limit)),
                Err(_) => {
                    self.abandon(connection);
                    return Err(failure::timeout(self.limit));
                }
            }
        }
    }

    /// Sends a statement: by the name that it has on this connection after the first time, which saves
    /// the server reading and planning it; without one where a pooler may take another connection.
    async fn send(
        &self,
        connection: &Object,
        statement: &str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        if self.tells_limits {
            return self.send_with_limit(connection, statement, values).await;
        }
        if !self.is_direct.load(Ordering::Acquire) {
            return connection.query_typed(statement, values).await;
        }
        let types: Vec<Type> = values.iter().map(|(_, kind)| kind.clone()).collect();
        let named = connection.prepare_typed_cached(statement, &types).await?;
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|(value, _)| *value).collect();
        connection.query(&named, &values).await
    }

    /// Sends a statement with its limit. All of it is sent at once, in this order: so it is one round
    /// trip, too.
    async fn send_with_limit(
        &self,
        connection: &Object,
        statement: &str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        let limit_ms = settings::limit_ms(self.limit);
        let begin = format!("BEGIN; SET LOCAL statement_timeout = {limit_ms}");
        let (begun, rows, ended) = tokio::join!(
            biased;
            connection.batch_execute(&begin),
            connection.query_typed(statement, values),
            connection.batch_execute("COMMIT"),
        );
        begun?;
        let rows = rows?;
        ended?;
        Ok(rows)
    }

    /// Does several things in one transaction, with a limit of its own.
    pub(super) async fn together(
        &self,
        limit: Duration,
        statement: &str,
    ) -> Result<Vec<Row>, StoreError> {
        let mut connection = self.connection().await?;
        let token = connection.cancel_token();
        let asking = async {
            let transaction = connection.transaction().await?;
            let limit_ms = limit.as_millis();
            transaction.batch_execute(&format!("SET LOCAL statement_timeout = {limit_ms}")).await?;
            let rows = transaction.query_typed(statement, &[]).await?;
            transaction.commit().await?;
            Ok::<_, tokio_postgres::Error>(rows)
        };
        match tokio::time::timeout(limit, asking).await {
            Ok(answer) => answer.map_err(|error| failure::of(&error, limit)),
            Err(_) => {
                self.cancel(token);
                drop(Object::take(connection));
                Err(failure::timeout(limit))
            }
        }
    }

    /// Returns a connection: one that is free, or a new one.
    pub(super) async fn connection(&self) -> Result<Object, StoreError> {
        match tokio::time::timeout(self.connect_limit, self.pool.get()).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(PoolError::Backend(error))) => Err(failure::of_connecting(&error)),
            Ok(Err(PoolError::Timeout(TimeoutType::Wait))) => {
                Err(failure::unavailable("all connections are in use"))
            }
            Ok(Err(PoolError::Closed)) => Err(failure::unavailable("the pool was closed")),
            Ok(Err(_)) | Err(_) => Err(failure::unavailable("no connection in time")),
        }
    }

    /// Gives a connection up whose answer did not come, and what it does on the server with it.
    fn abandon(&self, connection: Object) {
        self.cancel(connection.cancel_token());
        drop(Object::take(connection));
    }

    fn cancel(&self, token: CancelToken) {
        let (tls, limit) = (self.tls.clone(), self.connect_limit);
        tokio::spawn(async move {
            // If it does not come through, the server's own limit holds.
            drop(tokio::time::timeout(limit, token.cancel_query(tls)).await);
        });
    }
}

/// Asks each new connection for the setting that ours begin with. The server has it if nobody is in
/// between; a pooler refuses it, or drops it and shares connections that were made without it. Then two
/// programs may have given one name to two statements.
fn look_whether_direct(is_direct: Arc<AtomicBool>) -> Hook {
    Hook::async_fn(move |client, _| {
        let is_direct = Arc::clone(&is_direct);
        Box::pin(async move {
            let asked = "SELECT current_setting('jotem.is_direct', true) = 'on'";
            let rows = client.query_typed(asked, &[]).await.unwrap_or_default();
            let said =
                rows.first().and_then(|row| row.try_get::<_, Option<bool>>(0).ok()).flatten();
            if said != Some(true) {
                is_direct.store(false, Ordering::Release);
            }
            Ok(())
        })
    })
}

/// What PgBouncer says of settings that it does not know.
const REFUSED_SETTING: &str = "unsupported startup parameter";
/// How often something is asked that the server undid because of somebody else.
const TRIES: u32 = 5;
/// For pools that name none.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);
