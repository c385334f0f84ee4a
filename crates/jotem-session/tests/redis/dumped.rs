//! What a server has written, in the hands of somebody else.

use std::sync::Arc;

use jotem_session::store::Redis;

use crate::dump::{Life, bytes_of};
use crate::server::{Program, Server};

#[tokio::test]
async fn r19_nothing_that_the_server_writes_makes_a_token() {
    // Its log has every command as it came, with all arguments.
    let as_they_come =
        ["--appendonly", "yes", "--appendfsync", "always", "--aof-use-rdb-preamble", "no"];
    let Some(server) = Server::with(Program::Redis, &as_they_come) else { return };
    let store = Redis::open(&server.url()).await.expect("a store");
    let life = Life::over(Arc::new(store)).await;
    life.is_not_given_away_by(&bytes_of(server.directory()));
    life.is_refreshed_by_its_owner_only().await;
}
