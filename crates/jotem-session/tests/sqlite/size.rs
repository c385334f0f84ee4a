//! How large the file is.

use std::fs;

use jotem_session::rotation::Decision;

use crate::session::{Session, open};

const SUBJECTS: u32 = 5_000;
const SESSIONS: u32 = SUBJECTS * 2;

async fn bytes_a_session(label: Option<&str>, rotations: u32) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.db");
    let store = std::sync::Arc::new(open(&path).await);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..SESSIONS {
        let session = Session::new(number % SUBJECTS, number);
        let (store, label) = (std::sync::Arc::clone(&store), label.map(str::to_owned));
        tasks.spawn(async move {
            let mut new = session.new_session();
            new.label = label;
            jotem_session::store::Store::start(&*store, &new).await.unwrap();
            for generation in 1..=rotations {
                assert_eq!(session.rotate(&store, generation).await, Ok(Decision::Rotate));
            }
        });
        if tasks.len() == 256 {
            tasks.join_next().await.unwrap().unwrap();
        }
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    drop(store);
    let bytes = fs::metadata(&path).unwrap().len();
    f64::from(u32::try_from(bytes).unwrap()) / f64::from(SESSIONS)
}

#[tokio::test]
async fn a_session_takes_at_most_125_bytes_and_no_more_after_ten_rotations() {
    let (new, rotated) = (bytes_a_session(None, 0).await, bytes_a_session(None, 10).await);
    assert!(new <= 125.0, "{new} bytes");
    assert!(rotated <= 125.0, "{rotated} bytes");
    // A generation of two digits takes one byte that the first does not.
    assert!(rotated - new <= 3.0, "{rotated} bytes after ten rotations, {new} before");
}

#[tokio::test]
async fn a_label_takes_its_own_bytes_and_few_more() {
    let label = "x".repeat(100);
    let labelled = bytes_a_session(Some(&label), 0).await;
    assert!(labelled <= 125.0 + 120.0, "{labelled} bytes with a label of 100");
}
