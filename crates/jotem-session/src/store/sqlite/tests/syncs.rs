//! A batch is on the disk before it is answered: writes to the log and syncs of it are written down by
//! a library that is loaded before the C library, and answers by the test.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::SqliteOptions;
use super::super::file::Synchronous;
use super::{new_session, rotate};
use crate::rotation::Decision;
use crate::store::Store;

const ROUNDS: usize = 20;
const AT_ONCE: u8 = 16;

/// The part of the child: asks for many things at once, and writes down that all were answered.
#[tokio::test]
#[ignore = "a child's part"]
async fn works_under_observation() {
    let folder = PathBuf::from(env::var_os("SYNCS_FOLDER").unwrap());
    let mut options = SqliteOptions::new();
    if env::var_os("SYNCS_OFF").is_some() {
        options.synchronous = Synchronous::Off;
    }
    let store = options.open(folder.join("sessions.db")).await.unwrap();
    let mut journal = OpenOptions::new().append(true).open(folder.join("journal")).unwrap();
    for number in 0..AT_ONCE {
        store.start(&new_session(number)).await.unwrap();
        journal.write_all(b"answer\n").unwrap();
    }
    for generation in 1..=u32::try_from(ROUNDS).unwrap() {
        let asked: Vec<_> = (0..AT_ONCE).map(|number| rotate(number, generation)).collect();
        let answers: Vec<_> = asked.iter().map(|rotate| store.rotate(rotate)).collect();
        for answer in answers {
            assert_eq!(answer.await.unwrap().unwrap().decision, Decision::Rotate);
        }
        journal.write_all(b"answer\n").unwrap();
    }
}

/// What the child's journal says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Observed {
    answers: usize,
    /// Answers after which something was in the log that was not on the disk.
    too_early: usize,
    /// Answers before which nothing was brought to the disk since the last one.
    without_sync: usize,
}

fn observed(is_off: bool) -> Observed {
    let folder = tempfile::tempdir().unwrap();
    let library = built(folder.path());
    let journal = folder.path().join("journal");
    fs::write(&journal, "").unwrap();
    let mut child = Command::new(env::current_exe().unwrap());
    let part = "store::sqlite::tests::syncs::works_under_observation";
    child.args(["--exact", part, "--ignored"]);
    child.env("LD_PRELOAD", library).env("SYNCS", &journal).env("SYNCS_FOLDER", folder.path());
    if is_off {
        child.env("SYNCS_OFF", "1");
    }
    let output = child.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let mut seen = Observed::default();
    let (mut unsynced, mut syncs) = (0, 0);
    for line in fs::read_to_string(&journal).unwrap().lines() {
        match line {
            "write" => unsynced += 1,
            "sync" => (unsynced, syncs) = (0, syncs + 1),
            "answer" => {
                seen.answers += 1;
                seen.too_early += usize::from(unsynced > 0);
                seen.without_sync += usize::from(syncs == 0);
                syncs = 0;
            }
            other => panic!("{other}"),
        }
    }
    seen
}

/// Builds the library with the compiler that has built SQLite.
fn built(folder: &Path) -> PathBuf {
    let library = folder.join("syncs.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sqlite/syncs.c");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).args([source, "-ldl"]);
    let status = compiler.status().expect("a C compiler, which SQLite was built with, too");
    assert!(status.success());
    library
}

#[test]
fn every_answer_comes_after_its_batch_is_on_the_disk() {
    let answers = ROUNDS + usize::from(AT_ONCE);
    assert_eq!(observed(false), Observed { answers, too_early: 0, without_sync: 0 });
}

#[test]
fn it_is_noticed_if_answers_do_not_wait_for_the_disk() {
    let answers = ROUNDS + usize::from(AT_ONCE);
    let all_too_early = Observed { answers, too_early: answers, without_sync: answers };
    assert_eq!(observed(true), all_too_early);
}
