//! What a server has written, in the hands of somebody else.

use std::sync::Arc;

use crate::dump::{Life, bytes_of};
use crate::server::Server;

#[tokio::test]
async fn r19_nothing_that_the_server_writes_makes_a_token() {
    let Some(server) = Server::start() else { return };
    let life = Life::over(Arc::new(server.store("dumped").await)).await;
    // The log of what it changes has everything that was acknowledged; pages come into files later.
    life.is_not_given_away_by(&bytes_of(&server.data().join("pg_wal")));
    let client = server.client("dumped").await;
    client.batch_execute("CHECKPOINT").await.unwrap();
    life.is_not_given_away_by(&bytes_of(&server.data().join("base")));
    life.is_refreshed_by_its_owner_only().await;
}
