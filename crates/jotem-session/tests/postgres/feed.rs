//! No revocation is left out of the row, whoever commits first. Each has a server alone: what others do
//! on it would be told twice.

use jotem_session::revocation::Fingerprint;
use jotem_session::store::{Notice, Position, Store};

use crate::server::Server;

fn notices(numbers: impl IntoIterator<Item = u64>) -> Vec<Notice> {
    numbers.into_iter().map(|number| Notice::new(Fingerprint::from_u64(number), 930)).collect()
}

/// Reads from a place on, page by page.
async fn told(store: &dyn Store, from: &mut Position, most: usize) -> Vec<u64> {
    let mut told = Vec::new();
    loop {
        let feed = store.feed(*from, most).await.unwrap();
        *from = feed.next;
        told.extend(feed.revocations.iter().map(|revocation| revocation.what().as_u64()));
        if !feed.has_more {
            return told;
        }
    }
}

#[tokio::test]
async fn a_revocation_that_is_committed_late_is_told_and_holds_up_no_other() {
    let Some(server) = Server::start() else { return };
    let store = server.store("late").await;
    let mut slow = server.client("late").await;
    let mut place = Position::default();
    store.publish(&notices(1..=3)).await.unwrap();
    assert_eq!(told(&store, &mut place, 2).await, [1, 2, 3]);

    // It has its number, and is not committed.
    let late = slow.transaction().await.unwrap();
    late.batch_execute("SELECT jotem_publish(100, NULL, jotem_now_ms(), 930)").await.unwrap();
    store.publish(&notices(4..=9)).await.unwrap();
    for _ in 0..3 {
        let at_once = told(&store, &mut place, 2).await;
        assert_eq!(at_once, [4, 5, 6, 7, 8, 9], "nothing waits for it");
    }
    late.commit().await.unwrap();
    let mut then = told(&store, &mut place, 2).await;
    then.sort_unstable();
    assert_eq!(then, [4, 5, 6, 7, 8, 9, 100]);
    assert_eq!(told(&store, &mut place, 2).await, [0; 0], "and that was all");
}

#[tokio::test]
async fn a_long_transaction_of_somebody_else_delays_no_revocation() {
    let Some(server) = Server::start() else { return };
    let store = server.store("delayed").await;
    let mut other = server.client("postgres").await;
    let long = other.transaction().await.unwrap();
    long.batch_execute("SELECT pg_current_xact_id()").await.unwrap();
    let mut place = Position::default();
    for number in 1..=5 {
        store.publish(&notices([number])).await.unwrap();
        assert!(told(&store, &mut place, 100).await.contains(&number));
    }
    long.rollback().await.unwrap();
}

#[tokio::test]
async fn a_place_of_another_server_begins_anew() {
    let Some(server) = Server::start() else { return };
    let store = server.store("restored").await;
    store.publish(&notices(1..=3)).await.unwrap();
    let mut place = Position(u64::MAX / 4, 77);
    assert_eq!(told(&store, &mut place, 100).await, [1, 2, 3]);
    assert_eq!(told(&store, &mut place, 100).await, [0; 0]);
}

#[tokio::test]
async fn a_server_that_stands_by_by_now_tells_readers_so() {
    let Some(server) = Server::start() else { return };
    let store = server.store("standby").await;
    store.publish(&notices(1..=3)).await.unwrap();
    assert_eq!(store.feed(Position::default(), 10).await.unwrap().revocations.len(), 3);
    server.kill();
    server.file("standby.signal", "");
    server.run();
    let error = loop {
        match store.feed(Position::default(), 10).await {
            Err(error) if error.code() == "store_unavailable" => {}
            answer => break answer.unwrap_err(),
        }
    };
    assert_eq!(error.code(), "store_read_only", "it may be behind without end");
}
