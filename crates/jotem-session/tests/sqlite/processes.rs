//! Processes that have the same file open, and present the same token in the same moment.

use std::env;
use std::io::{BufRead, BufReader, Write, stdin, stdout};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use jotem_session::rotation::RotationPolicy;
use jotem_session::store::Store;
use tokio::sync::Barrier;

use crate::session::{Session, open, patient, runtime};

/// This program once more, as the one test that is a child's part.
pub(crate) fn child(part: &str, path: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", part, "--ignored", "--nocapture", "--test-threads=1"]);
    command.env(FILE, path).stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// Where the file of a child is.
pub(crate) fn file() -> std::path::PathBuf {
    env::var_os(FILE).expect("only as a child of another test").into()
}

const FILE: &str = "JOTEM_TEST_FILE";

const PROCESSES: usize = 4;
const CALLERS: usize = 8;
const ROUNDS: u32 = 50;

struct Presenter {
    process: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Presenter {
    fn new(path: &Path) -> Self {
        let mut process = child("processes::presents_what_it_is_told_to", path).spawn().unwrap();
        let orders = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        let mut presenter = Self { process, orders, answers };
        assert_eq!(presenter.answer(), "ready");
        presenter
    }

    fn order(&mut self, text: &str) {
        writeln!(self.orders, "{text}").unwrap();
    }

    /// Returns the next line that is for the parent: the test harness writes lines too.
    fn answer(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.answers.read_line(&mut line).unwrap(), 0, "the child has ended");
            // The harness ends its own line only when the test does.
            if let Some((_, answer)) = line.split_once("answer ") {
                return answer.trim_end().to_owned();
            }
        }
    }
}

/// Says something to the parent, in one write.
pub(crate) fn tell(text: &str) {
    let mut out = stdout().lock();
    out.write_all(format!("answer {text}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

#[test]
#[ignore = "a child's part"]
fn presents_what_it_is_told_to() {
    let runtime = runtime();
    let store = Arc::new(runtime.block_on(open(&file())));
    tell("ready");
    for line in stdin().lines() {
        let line = line.unwrap();
        let (number, policy) = line.split_once(' ').unwrap();
        let session = Session::new(0, number.parse().unwrap());
        let policy = if policy == "strict" { RotationPolicy::strict() } else { patient() };
        let (rotate, barrier) = (session.presents(1, policy), Arc::new(Barrier::new(CALLERS)));
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let (store, rotate) = (Arc::clone(&store), rotate.clone());
                let barrier = Arc::clone(&barrier);
                runtime.spawn(async move {
                    barrier.wait().await;
                    store.rotate(&rotate).await.unwrap().unwrap()
                })
            })
            .collect();
        for caller in callers {
            let rotated = runtime.block_on(caller).unwrap();
            tell(&format!("{:?} {}", rotated.decision, rotated.record.generation));
        }
    }
}

fn race(policy: &str, check: impl Fn(&mut Vec<String>)) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.db");
    let runtime = runtime();
    let store = runtime.block_on(open(&path));
    let mut presenters: Vec<_> = (0..PROCESSES).map(|_| Presenter::new(&path)).collect();
    for round in 0..ROUNDS {
        runtime.block_on(Session::new(0, round).start(&store)).unwrap();
        let order = format!("{round} {policy}");
        presenters.iter_mut().for_each(|presenter| presenter.order(&order));
        let mut answers = Vec::new();
        for presenter in &mut presenters {
            answers.extend((0..CALLERS).map(|_| presenter.answer()));
        }
        answers.sort();
        check(&mut answers);
    }
    for presenter in presenters {
        drop(presenter.orders);
        let mut process = presenter.process;
        assert!(process.wait().unwrap().success());
    }
}

#[test]
fn r02_of_all_processes_one_rotates_and_the_others_get_the_same_successor() {
    race("window", |answers| {
        let mut expected = vec!["Replay 2".to_owned(); PROCESSES * CALLERS - 1];
        expected.push("Rotate 2".to_owned());
        assert_eq!(*answers, expected);
    });
}

#[test]
fn r02_without_a_window_one_rotates_and_one_is_reuse() {
    race("strict", |answers| {
        let mut expected = vec!["Dead(Reused) 2".to_owned(); PROCESSES * CALLERS - 2];
        expected.extend(["Reuse 2".to_owned(), "Rotate 2".to_owned()]);
        assert_eq!(*answers, expected);
    });
}
