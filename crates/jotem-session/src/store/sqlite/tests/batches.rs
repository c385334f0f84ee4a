//! Requests that share a transaction, and what one that fails does to the others.

use rusqlite::Connection;

use super::super::failure::{Failure, corrupt};
use super::super::session;
use super::{Busy, new_session, open, rotate};
use crate::rotation::Decision;
use crate::store::{Store, StoreError};

fn start(connection: &Connection, now_ms: u64, number: u8) -> Result<(), Failure> {
    session::start(connection, &new_session(number), now_ms).map(drop)
}

#[tokio::test]
async fn requests_that_wait_are_done_in_one_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let frames = || std::fs::metadata(folder.path().join("sessions.db-wal")).unwrap().len() / 4120;
    let before = frames();
    let busy = store.keep_busy();
    let answers: Vec<_> = (0..50)
        .map(|number| store.push(move |connection, now_ms| start(connection, now_ms, number)))
        .collect();
    drop(busy.end());
    for answer in answers {
        answer.unwrap().await.unwrap().unwrap();
    }
    // Fifty transactions write a hundred pages and more.
    assert!(frames() - before < 20, "{} pages", frames() - before);
}

#[tokio::test]
async fn a_request_that_fails_fails_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let busy: Busy = store.keep_busy();
    let answers: Vec<_> = (0..9)
        .map(|number| {
            store.push(move |connection, now_ms| {
                start(connection, now_ms, number)?;
                // After it has written: what it wrote must not stay.
                if number == 4 { Err(Failure::Broken(corrupt("it"))) } else { Ok(()) }
            })
        })
        .collect();
    drop(busy.end());
    for (number, answer) in (0..9_u8).zip(answers) {
        let answer = answer.unwrap().await.unwrap();
        let (subject, session) = super::ids(number);
        let is_kept = store.find(subject, session).await.unwrap().is_some();
        assert_eq!((answer.is_ok(), is_kept), (number != 4, number != 4), "{number}");
    }
}

#[tokio::test]
async fn a_refusal_leaves_the_others_in_their_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.start(&new_session(1)).await.unwrap();
    let busy = store.keep_busy();
    let other = store.push(|connection, now_ms| start(connection, now_ms, 2)).unwrap();
    let mut new = new_session(1);
    new.expected_epoch = Some(5);
    let refused = store.push(move |connection, now_ms| session::start(connection, &new, now_ms));
    drop(busy.end());
    let changed = StoreError::EpochChanged { found: 0, expected: 5 };
    assert_eq!(refused.unwrap().await.unwrap().unwrap_err(), changed);
    other.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_commit_that_fails_fails_all_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let busy = store.keep_busy();
    let first = store.push(|connection, now_ms| start(connection, now_ms, 1)).unwrap();
    // SQLite looks for what is referred to when it commits, and does not find it.
    let second = store.push(|connection, _| {
        connection.execute_batch(
            "CREATE TABLE parent (id INTEGER PRIMARY KEY); \
             CREATE TABLE child (id REFERENCES parent DEFERRABLE INITIALLY DEFERRED); \
             INSERT INTO child VALUES (1)",
        )?;
        Ok(())
    });
    drop(busy.end());
    let failed = Err(corrupt("a row that contradicts another"));
    assert_eq!(first.await.unwrap(), failed);
    assert_eq!(second.unwrap().await.unwrap(), failed);
    assert_eq!(store.rotate(&rotate(1, 1)).await, Ok(None));
    store.start(&new_session(1)).await.unwrap();
    assert_eq!(store.rotate(&rotate(1, 1)).await.unwrap().unwrap().decision, Decision::Rotate);
}

#[tokio::test]
async fn what_was_asked_before_a_store_is_dropped_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let busy = store.keep_busy();
    let answers: Vec<_> = (0..200)
        .map(|number| store.push(move |connection, now_ms| start(connection, now_ms, number)))
        .collect();
    drop(busy.end());
    drop(store);
    let store = open(folder.path()).await;
    for (number, answer) in (0..200).zip(answers) {
        answer.unwrap().await.unwrap().unwrap();
        let (subject, session) = super::ids(number);
        assert!(store.find(subject, session).await.unwrap().is_some(), "{number}");
    }
}
