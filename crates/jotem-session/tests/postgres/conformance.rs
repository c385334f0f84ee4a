//! PostgreSQL does what every store has to do.

use std::sync::Arc;

use jotem_session::store::Postgres;
use jotem_session::store::conformance::{CHECKS, Suite};

use crate::server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_does_what_every_store_has_to_do() {
    let Some(server) = Server::shared() else { return };
    let store = server.store("conformance").await;
    let url = format!("{}?timeout=20000&connect_timeout=20", server.url("conformance"));
    let beside = Postgres::open(&url).await.unwrap();
    let report = Suite::new(Arc::new(store)).beside(Arc::new(beside)).run().await;
    assert!(report.failures.is_empty(), "{report}");
    assert_eq!(report.passed.len(), CHECKS.len());
}
