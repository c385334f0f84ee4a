//! Power that fails: the log of SQLite (WAL) ends somewhere, and what was answered before is there.

use std::fs;
use std::path::Path;

use jotem_session::rotation::{Decision, State};
use jotem_session::store::{Sqlite, Store};

use crate::session::{Session, open, runtime};

const HEADER: u64 = 32;
const FRAME: u64 = 24 + 4096;

/// What is known of a session from a length of the log on.
type Known = (u64, Session, State, u32);

fn log_of(path: &Path) -> std::path::PathBuf {
    path.with_extension("db-wal")
}

/// Works, and writes down after each answer how long the log was.
async fn work(store: &Sqlite, path: &Path) -> Vec<Known> {
    let length = || fs::metadata(log_of(path)).unwrap().len();
    let mut known = Vec::new();
    for number in 0..12 {
        let session = Session::new(number / 2, number);
        session.start(store).await.unwrap();
        known.push((length(), session, State::Active, 1));
        for generation in 1..6 {
            assert_eq!(session.rotate(store, generation).await, Ok(Decision::Rotate));
            known.push((length(), session, State::Active, generation + 1));
        }
        if number % 3 == 0 {
            store.revoke(&session.logout()).await.unwrap();
            known.push((length(), session, State::LoggedOut, 6));
        }
    }
    known
}

/// Opens a copy whose log ends there, and compares it with what was answered before.
async fn check(folder: &Path, (file, log): (&[u8], &[u8]), end: u64, known: &[Known]) {
    let path = folder.join(format!("cut-{end}.db"));
    fs::write(&path, file).unwrap();
    fs::write(log_of(&path), &log[..usize::try_from(end).unwrap()]).unwrap();
    let store = open(&path).await;
    // The last thing known of each session by then; something later may have been written, too.
    for (at, session, state, generation) in known.iter().filter(|(at, ..)| *at <= end) {
        let kept = session.kept(&store).await.unwrap().expect("it was started");
        assert!(kept.1 >= *generation, "cut at {end}: {session:?} of {at} is at {}", kept.1);
        assert!(*state == State::Active || kept.0 == *state, "cut at {end}: {session:?} lives");
    }
    for (_, session, ..) in known.iter().filter(|(at, ..)| *at > end) {
        // Nothing of what came later is there in part.
        if let Some((state, generation)) = session.kept(&store).await.unwrap() {
            assert!(
                known
                    .iter()
                    .any(|(_, of, was, at)| (of, *was, *at) == (session, state, generation))
            );
        }
    }
}

#[test]
fn r03_a_log_that_is_cut_anywhere_holds_what_was_answered_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.db");
    runtime().block_on(async {
        let store = open(&path).await;
        let known = work(&store, &path).await;
        let (file, log) = (fs::read(&path).unwrap(), fs::read(log_of(&path)).unwrap());
        let length = u64::try_from(log.len()).unwrap();
        let frames = (length - HEADER) / FRAME;
        assert_eq!(HEADER + frames * FRAME, length, "the log is made of frames");
        assert!(frames > 80, "{frames} frames");
        assert_eq!(known.last().unwrap().0, length, "the last answer is in the log");
        for frame in 0..=frames {
            let end = HEADER + frame * FRAME;
            check(folder.path(), (&file, &log), end, &known).await;
            // In the midst of the next one, too.
            let within = end + 24 + 100;
            if within < length && frame % 8 == 0 {
                check(folder.path(), (&file, &log), within, &known).await;
            }
        }
    });
}
