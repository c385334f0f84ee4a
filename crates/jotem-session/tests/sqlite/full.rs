//! A disk without room.

use std::path::Path;
use std::process::Stdio;

use jotem_session::rotation::{Decision, State};
use jotem_session::store::{Sqlite, Store as _, StoreError};

use crate::disk::{Disk, fill};
use crate::processes::{child, place};
use crate::session::{Session, open, runtime};

const FULL: StoreError = StoreError::Full { store: "sqlite" };

#[test]
fn r14_a_disk_that_is_full_is_one_clear_error_and_nothing_that_was_answered_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mounted_at(folder.path(), "16m", 0) else { return };
    // SQLite follows every link to a file, so only a process that sees the disk can open one on it.
    let path = folder.path().join("sessions.db");
    let part = child("full::meets_a_full_disk", &path);
    let mut command = disk.command(Path::new(part.get_program()), folder.path(), 0);
    command.args(part.get_args()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, value) in part.get_envs() {
        command.env(name, value.unwrap());
    }
    let ended = command.output().unwrap();
    let told = String::from_utf8_lossy(&ended.stdout) + String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && told.contains("1 passed"), "{told}");
    assert!(disk.path().join("sessions.db").exists(), "it was on another disk");
}

#[test]
#[ignore = "a child's part"]
fn meets_a_full_disk() {
    let path = place();
    let ballast = Path::new(&path).with_file_name("ballast");
    runtime().block_on(async {
        let store = open(Path::new(&path)).await;
        let first = Session::new(0, 0);
        first.start(&store).await.unwrap();
        assert_eq!(first.rotate(&store, 1).await, Ok(Decision::Rotate));
        fill(&ballast);
        let mut kept = sessions_until_it_is_full(&store).await;
        let refused = Session::new(200_000, 200_000);
        assert_eq!(refused.start(&store).await, Err(FULL), "it stays so");
        assert_eq!(refused.kept(&store).await, Ok(None));
        assert_eq!(first.rotate(&store, 2).await, Err(FULL));
        assert_eq!(store.revoke(&first.logout()).await.unwrap_err(), FULL);
        // What is only read goes on, and is as it was.
        assert_eq!(first.kept(&store).await, Ok(Some((State::Active, 2))));

        std::fs::remove_file(&ballast).unwrap();
        assert_eq!(first.rotate(&store, 2).await, Ok(Decision::Rotate));
        refused.start(&store).await.unwrap();
        kept.push(refused);
        for session in kept {
            assert_eq!(session.kept(&store).await, Ok(Some((State::Active, 1))));
            assert_eq!(session.rotate(&store, 1).await, Ok(Decision::Rotate));
        }
        store.revoke(&first.logout()).await.unwrap();
        assert_eq!(first.kept(&store).await, Ok(Some((State::LoggedOut, 3))));
    });
}

async fn sessions_until_it_is_full(store: &Sqlite) -> Vec<Session> {
    let mut kept = Vec::new();
    for number in 1..100_000 {
        let session = Session::new(number, number);
        match session.start(store).await {
            Ok(()) => kept.push(session),
            Err(error) => {
                assert_eq!(error, FULL);
                return kept;
            }
        }
    }
    panic!("the disk is never full")
}
