//! `Memory` does what every store has to do.

use std::collections::BTreeSet;
use std::sync::Arc;

use jotem_session::store::conformance::{CHECKS, Check, Suite};
use jotem_session::store::{Memory, Store};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_does_what_every_store_has_to_do() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let suite = Suite::new(Arc::clone(&store)).beside(store);
    let report = suite.run().await;
    assert!(report.failures.is_empty(), "{report}");
    assert_eq!(report.passed.len(), CHECKS.len());
    // What was left behind disturbs nobody: as on a server that others use.
    let again = suite.clone().cases(1_000).rounds(2, 8).run().await;
    assert!(again.failures.is_empty(), "{again}");
}

#[tokio::test]
async fn the_checks_run_in_one_thread_too() {
    let report = Suite::new(Arc::new(Memory::new())).cases(1_000).rounds(2, 8).run().await;
    assert!(report.failures.is_empty(), "{report}");
}

#[test]
fn every_check_has_a_name_of_its_own_and_is_found_by_it() {
    let names: BTreeSet<&str> = CHECKS.iter().map(Check::name).collect();
    assert_eq!(names.len(), CHECKS.len());
    for name in names {
        assert_eq!(Check::named(name).map(|check| check.name()), Some(name));
    }
    assert!(Check::named("a_check_that_there_is_not").is_none());
}

#[tokio::test]
async fn a_report_names_the_store_the_seed_and_what_passed() {
    let report = Suite::new(Arc::new(Memory::new())).seed(42).cases(8).rounds(1, 2).run().await;
    let words = format!("memory: {} checks passed, 0 failed (seed 42)", CHECKS.len());
    assert_eq!(report.to_string(), words);
}
