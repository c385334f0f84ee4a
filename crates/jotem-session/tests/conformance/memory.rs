//! `Memory` does what every store has to do.

use std::sync::Arc;

use jotem_session::store::Memory;
use jotem_session::store::conformance::{CHECKS, Suite};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_does_what_every_store_has_to_do() {
    let report = Suite::new(Arc::new(Memory::new())).run().await;
    assert!(report.failures.is_empty(), "{report}");
    assert_eq!(report.passed.len(), CHECKS.len());
}
