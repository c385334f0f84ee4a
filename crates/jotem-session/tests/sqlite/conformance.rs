//! What every store has to do.

use std::sync::Arc;

use jotem_session::store::conformance::Suite;

use crate::session::open;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn does_what_every_store_has_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.db");
    // A second handle has its own connections and threads, as another process has.
    let (one, other) = (open(&path).await, open(&path).await);
    let suite = Suite::new(Arc::new(one)).beside(Arc::new(other));
    let report = suite.at_once(64).run().await;
    assert!(report.failures.is_empty(), "{report}");
}
