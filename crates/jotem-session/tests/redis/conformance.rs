//! What every store has to do, on every kind of server.

use std::sync::Arc;

use jotem_session::store::Redis;
use jotem_session::store::conformance::{CHECKS, Suite};

use crate::server::{Cluster, Program, Sentinel, Server};

/// All checks, over two handles as two application servers have them.
async fn suite(url: &str) -> Suite {
    let one = Arc::new(Redis::open(url).await.expect("a store"));
    let other = Arc::new(Redis::open(url).await.expect("a store"));
    Suite::new(one).beside(other)
}

async fn holds(suite: &Suite) {
    let report = suite.run().await;
    assert!(report.failures.is_empty(), "{report}");
    assert_eq!(report.passed.len(), CHECKS.len());
}

async fn one_server_holds(program: Program) {
    let Some(server) = Server::start(program) else { return };
    holds(&suite(&server.url()).await).await;
}

async fn a_cluster_holds(program: Program) {
    let Some(cluster) = Cluster::start(program) else { return };
    // The feed is on another node than the sessions.
    let suite = suite(&cluster.url()).await.tells_in_two_steps();
    holds(&suite.cases(program.cases())).await;
    for node in &cluster.0 {
        assert_ne!(node.ask("DBSIZE"), "0", "every node has a part");
    }
}

async fn a_primary_that_sentinels_name_holds(program: Program) {
    let Some(servers) = Sentinel::start(program) else { return };
    holds(&suite(&servers.url()).await.cases(program.cases())).await;
}

impl Program {
    /// How many cases servers together are held to: one Valkey alone is held to as many as Redis.
    const fn cases(self) -> u32 {
        match self {
            Self::Redis => 20_000,
            Self::Valkey => 5_000,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_redis_does_what_every_store_has_to_do() {
    one_server_holds(Program::Redis).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_valkey_does_what_every_store_has_to_do() {
    one_server_holds(Program::Valkey).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_of_redis_does_what_every_store_has_to_do() {
    a_cluster_holds(Program::Redis).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_of_valkey_does_what_every_store_has_to_do() {
    a_cluster_holds(Program::Valkey).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_sentinels_name_does_what_every_store_has_to_do() {
    a_primary_that_sentinels_name_holds(Program::Redis).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_valkey_that_sentinels_name_does_what_every_store_has_to_do() {
    a_primary_that_sentinels_name_holds(Program::Valkey).await;
}
