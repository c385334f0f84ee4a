//! What verifiers are told after a file was restored from a copy.

use std::fs;

use jotem_session::revocation::Fingerprint;
use jotem_session::store::{Notice, Position, Store};

use crate::session::open;

#[tokio::test]
async fn a_reader_that_is_ahead_of_a_restored_file_reads_it_from_the_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("sessions.db"), folder.path().join("copy.db"));
    let notice = |number| Notice::new(Fingerprint::from_u64(number), 930);
    let store = open(&path).await;
    store.publish(&[notice(1), notice(2)]).await.unwrap();
    drop(store);
    fs::copy(&path, &copy).unwrap();
    let store = open(&path).await;
    store.publish(&[notice(3), notice(4)]).await.unwrap();
    let ahead = store.feed(Position::default(), 10).await.unwrap().next;

    let restored = open(&copy).await;
    restored.publish(&[notice(5)]).await.unwrap();
    let feed = restored.feed(ahead, 10).await.unwrap();
    let told: Vec<u64> = feed.revocations.iter().map(|one| one.what().as_u64()).collect();
    assert_eq!(told, [1, 2, 5]);
    assert!(feed.next < ahead);
}
