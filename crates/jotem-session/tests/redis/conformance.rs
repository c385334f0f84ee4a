//! What every store has to do, on every kind of server.

use std::sync::Arc;

use jotem_session::store::Redis;
use jotem_session::store::conformance::{CHECKS, Suite};

use crate::server::{Cluster, Program, Sentinel, Server};

/// Runs all checks, over two handles as two application servers have them.
async fn holds(url: &str, cases: u32) {
    let suite = suite(url).await.cases(cases);
    holds_for(&suite).await;
}

async fn suite(url: &str) -> Suite {
    let one = Arc::new(Redis::open(url).await.expect("a store"));
    let other = Arc::new(Redis::open(url).await.expect("a store"));
    Suite::new(one).beside(other)
}

async fn holds_for(suite: &Suite) {
    let report = suite.run().await;
    assert!(report.failures.is_empty(), "{report}");
    assert_eq!(report.passed.len(), CHECKS.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_redis_does_what_every_store_has_to_do() {
    let Some(server) = Server::start(Program::Redis) else { return };
    holds(&server.url(), 20_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_valkey_does_what_every_store_has_to_do() {
    let Some(server) = Server::start(Program::Valkey) else { return };
    holds(&server.url(), 5_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_does_what_every_store_has_to_do() {
    let Some(cluster) = Cluster::start() else { return };
    // The feed is on another node than the sessions.
    holds_for(&suite(&cluster.url()).await.tells_in_two_steps()).await;
    for node in &cluster.0 {
        assert_ne!(node.ask("DBSIZE"), "0", "every node has a part");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_primary_that_sentinels_name_does_what_every_store_has_to_do() {
    let Some(servers) = Sentinel::start() else { return };
    holds(&servers.url(), 5_000).await;
}
