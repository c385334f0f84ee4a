//! A file that is damaged while nobody looks.

use std::fs;

use jotem_session::rotation::Decision;
use jotem_session::store::{Position, Sqlite, Store, StoreError};

use crate::session::{Session, open};

const SESSIONS: u32 = 2_000;
const PAGE: usize = 4096;

/// Sees that an answer is either right, or says that the file is damaged.
fn is_damaged<T: PartialEq + std::fmt::Debug>(came: Result<T, StoreError>, right: &T) -> bool {
    match came {
        Ok(came) => {
            assert_eq!(came, *right);
            false
        }
        Err(StoreError::Corrupt { store: "sqlite", .. }) => true,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_damaged_page_is_said_to_be_one_and_what_is_on_others_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.db");
    let store = open(&path).await;
    for number in 0..SESSIONS {
        Session::new(number, number).start(&store).await.unwrap();
    }
    drop(store);
    let mut bytes = fs::read(&path).unwrap();
    // The first pages say what there is; of the others every fifth is overwritten.
    for page in bytes.chunks_mut(PAGE).skip(12).step_by(5) {
        page.fill(0xa5);
    }
    fs::write(&path, &bytes).unwrap();
    let store = Sqlite::open(&path).await.unwrap();
    let mut damaged = 0;
    for number in 0..SESSIONS {
        let session = Session::new(number, number);
        let came = session.rotate(&store, 1).await;
        damaged += u32::from(is_damaged(came, &Decision::Rotate));
    }
    assert!((SESSIONS / 50..SESSIONS * 49 / 50).contains(&damaged), "{damaged} are damaged");
    // What reads everything says so, and does not end there.
    assert!(store.export(None, usize::MAX).await.is_err());
    store.feed(Position::default(), 10).await.unwrap();
}

#[tokio::test]
async fn a_row_that_no_program_of_ours_wrote_is_corrupt() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.db");
    let store = open(&path).await;
    let session = Session::new(1, 1);
    for (change, what) in [
        ("state = 9", "a state that there is not"),
        ("state = -1", "a value that no column of ours has"),
        ("generation = 5000000000", "a value that no column of ours has"),
        ("rotated_at_ms = -1", "a time before 1970"),
        ("gaps_s = x'00'", "a value that no column of ours has"),
        ("secret_hash = x''", "a value that no column of ours has"),
    ] {
        session.start(&store).await.unwrap();
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.execute(&format!("UPDATE jotem_session SET {change}"), []).unwrap();
        let corrupt = StoreError::Corrupt { store: "sqlite", what: what.to_owned() };
        assert_eq!(session.rotate(&store, 1).await.unwrap_err(), corrupt, "{change}");
        assert_eq!(session.kept(&store).await.unwrap_err(), corrupt, "{change}");
    }
}

#[tokio::test]
async fn a_table_that_is_gone_is_corrupt() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.db");
    let store = open(&path).await;
    let session = Session::new(1, 1);
    session.start(&store).await.unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch("DROP VIEW jotem_readable; DROP TABLE jotem_session").unwrap();
    let what = "tables that are not as they were made".to_owned();
    let corrupt = StoreError::Corrupt { store: "sqlite", what };
    assert_eq!(session.rotate(&store, 1).await.unwrap_err(), corrupt);
}
