//! A disk that is full, a file that is locked, a thread that hangs, a fork.

use std::time::Duration;

use rusqlite::Connection;

use super::super::{NAME, SqliteOptions};
use super::{new_session, open, rotate};
use crate::rotation::Decision;
use crate::store::{Position, Store, StoreError};

#[tokio::test]
async fn a_full_file_says_so_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.start(&new_session(0)).await.unwrap();
    // The pages that there are, and three more.
    let bound = store.push(|connection, _| {
        let count: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
        let bound = format!("PRAGMA max_page_count = {}", count + 3);
        connection.query_row(&bound, [], |_| Ok(()))?;
        Ok(())
    });
    bound.unwrap().await.unwrap().unwrap();
    let mut kept = 0;
    let full = loop {
        let mut new = new_session(kept + 1);
        new.label = Some("x".repeat(900));
        match store.start(&new).await {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(full, StoreError::Full { store: NAME });
    assert!(kept > 5, "{kept}");
    // A rotation changes a row in its place.
    for number in 0..=kept {
        let rotated = store.rotate(&rotate(number, 1)).await.unwrap().unwrap();
        assert_eq!(rotated.decision, Decision::Rotate, "{number}");
    }
}

#[tokio::test]
async fn a_lock_of_something_else_is_waited_for_and_then_it_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions::new().limit(Duration::from_secs(10));
    let store = options.open(folder.path().join("sessions.db")).await.unwrap();
    store.start(&new_session(1)).await.unwrap();
    let other = Connection::open(folder.path().join("sessions.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.rotate(&rotate(1, 1)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the store (sqlite) does not answer: something else holds the lock of the file"
    );
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    // Who reads does not wait for who writes.
    assert!(store.list(super::ids(1).0).await.unwrap().sessions.len() == 1);
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(store.rotate(&rotate(1, 1)).await.unwrap().unwrap().decision, Decision::Rotate);
}

#[tokio::test]
async fn a_thread_that_hangs_is_answered_for() {
    let folder = tempfile::tempdir().unwrap();
    let limit = Duration::from_secs(2);
    let store = SqliteOptions::new().limit(limit).open(folder.path().join("s.db")).await.unwrap();
    let busy = store.keep_busy();
    let error = store.start(&new_session(1)).await.unwrap_err();
    assert_eq!(error.code(), "store_unavailable", "{error}");
    let hung = busy.done.await.unwrap();
    assert_eq!(hung, Err(StoreError::Timeout { store: NAME, limit }));
    drop(busy._ends);
    // Nothing of what was said not to be done is done.
    assert_eq!(store.list(super::ids(1).0).await.unwrap().sessions, []);
    store.start(&new_session(1)).await.unwrap();
}

#[tokio::test]
async fn no_more_than_some_thousand_requests_wait() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let busy = store.keep_busy();
    let (mut answers, mut refused) = (Vec::new(), Vec::new());
    for _ in 0..10_000 {
        match store.push(|_, _| Ok(())) {
            Ok(answer) => answers.push(answer),
            Err(error) => refused.push(error),
        }
    }
    assert_eq!((answers.len(), refused.len()), (8_192, 1_808));
    assert_eq!(refused[0].code(), "store_unavailable");
    drop(busy.end());
    for answer in answers {
        answer.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_store_of_before_a_fork_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path()).await;
    store.start(&new_session(1)).await.unwrap();
    let own = store.process;
    // As a child sees it.
    store.process = own.wrapping_add(1);
    let text = "the store (sqlite) does not answer: it was opened before a fork: open it anew";
    assert_eq!(store.rotate(&rotate(1, 1)).await.unwrap_err().to_string(), text);
    assert_eq!(store.feed(Position::default(), 1).await.unwrap_err().to_string(), text);
    store.process = own;
    assert_eq!(store.rotate(&rotate(1, 1)).await.unwrap().unwrap().decision, Decision::Rotate);
}
