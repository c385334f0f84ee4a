//! Processes that have the same store open, and present the same token in the same moment.

#![expect(clippy::expect_used, reason = "a test stops where it fails")]

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader, Write as _, stdin, stdout};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use jotem::Secret;
use jotem_session::refresh_token::{RefreshKeys, SessionId};
use jotem_session::revocation::Fingerprints;
use jotem_session::rotation::{Presented, RotationPolicy};
use jotem_session::store::{self, NewSession, Notice, Rotate, Store, Subject};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Barrier;

/// This program once more, as the one test that is a child's part.
pub(crate) fn child(part: &str, place: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(env::current_exe().expect("this program"));
    command.args(["--exact", part, "--ignored", "--nocapture", "--test-threads=1"]);
    command.env(PLACE, place).stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// Where the store of a child is.
pub(crate) fn place() -> OsString {
    env::var_os(PLACE).expect("only as a child of another test")
}

const PLACE: &str = "JOTEM_TEST_STORE";

const PROCESSES: usize = 4;
const CALLERS: usize = 8;

struct Presenter {
    process: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Presenter {
    fn new(url: &str) -> Self {
        let part = "processes::presents_what_it_is_told_to";
        let mut process = child(part, url).spawn().expect("a child");
        let orders = process.stdin.take().expect("its input");
        let answers = BufReader::new(process.stdout.take().expect("its output"));
        let mut presenter = Self { process, orders, answers };
        assert_eq!(presenter.answer(), "ready");
        presenter
    }

    fn order(&mut self, text: &str) {
        writeln!(self.orders, "{text}").expect("it listens");
    }

    /// Returns the next line that is for the parent: the test harness writes lines too.
    fn answer(&mut self) -> String {
        loop {
            let mut line = String::new();
            let read = self.answers.read_line(&mut line).expect("text");
            assert_ne!(read, 0, "the child has ended");
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
    out.write_all(format!("answer {text}\n").as_bytes()).expect("the parent listens");
    out.flush().expect("the parent listens");
}

/// With a window that no slow machine outlasts.
fn patient() -> RotationPolicy {
    RotationPolicy::web().window(Duration::from_secs(300), 1)
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

fn opened(runtime: &Runtime, url: &str) -> Arc<dyn Store> {
    runtime.block_on(store::open(url)).expect("a store")
}

/// The first token of a session, presented.
fn presented(new: &NewSession, policy: RotationPolicy) -> Rotate {
    let (subject, session) = (new.subject, new.session);
    let presented =
        Presented { generation: 1, secret_hash: new.secret_hash, client: 0, binding: None };
    let prints = Fingerprints::derive(&Secret::from(vec![7; 32])).expect("keys");
    let notice = Notice::new(prints.session(&session), 930);
    Rotate { subject, session, presented, policy, notice }
}

fn new_session(session: SessionId) -> NewSession {
    let keys = RefreshKeys::derive(&Secret::from(vec![7; 32])).expect("keys");
    NewSession::new(keys.subject(None, "ada"), &Subject::new("ada"), session, [7; 12])
}

#[test]
#[ignore = "a child's part"]
fn presents_what_it_is_told_to() {
    let runtime = runtime();
    let store = opened(&runtime, place().to_str().expect("a URL"));
    tell("ready");
    for line in stdin().lines() {
        let line = line.expect("text");
        let (session, policy) = line.split_once(' ').expect("two words");
        let new = new_session(SessionId::from_text(session).expect("a session"));
        let policy = if policy == "strict" { RotationPolicy::strict() } else { patient() };
        let (rotate, barrier) = (presented(&new, policy), Arc::new(Barrier::new(CALLERS)));
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let (store, rotate) = (Arc::clone(&store), rotate.clone());
                let barrier = Arc::clone(&barrier);
                runtime.spawn(async move {
                    barrier.wait().await;
                    store.rotate(&rotate).await.expect("an answer").expect("a session")
                })
            })
            .collect();
        for caller in callers {
            let rotated = runtime.block_on(caller).expect("no panic");
            tell(&format!("{:?} {}", rotated.decision, rotated.record.generation));
        }
    }
}

/// Has all processes present the first token of so many sessions, and sees what they are answered.
fn race(url: &str, rounds: u32, policy: &str, expected: &[String]) {
    let runtime = runtime();
    let store = opened(&runtime, url);
    let mut presenters: Vec<_> = (0..PROCESSES).map(|_| Presenter::new(url)).collect();
    for _ in 0..rounds {
        let now_s = runtime.block_on(store.ping()).expect("its clock") / 1000;
        let end_s = u32::try_from(now_s.saturating_add(30 * 86_400)).expect("before 2106");
        let new = new_session(SessionId::generate(end_s).expect("random numbers"));
        runtime.block_on(store.start(&new)).expect("a session");
        let order = format!("{} {policy}", new.session);
        presenters.iter_mut().for_each(|presenter| presenter.order(&order));
        let mut answers = Vec::new();
        for presenter in &mut presenters {
            answers.extend((0..CALLERS).map(|_| presenter.answer()));
        }
        answers.sort();
        assert_eq!(answers, expected);
    }
    for presenter in presenters {
        drop(presenter.orders);
        let mut process = presenter.process;
        assert!(process.wait().expect("it ends").success());
    }
}

/// So many answers of one kind and some others, in the order of their texts.
fn all_but(others: &[&str], of: &str) -> Vec<String> {
    let rest = (PROCESSES * CALLERS).saturating_sub(others.len());
    let mut answers = vec![of.to_owned(); rest];
    answers.extend(others.iter().map(ToString::to_string));
    answers.sort();
    answers
}

/// With a window one rotates, and all others get the same successor.
pub(crate) fn one_rotates_and_the_others_get_the_same(url: &str, rounds: u32) {
    race(url, rounds, "window", &all_but(&["Rotate 2"], "Replay 2"));
}

/// Without a window one rotates, and one of the others is theft.
pub(crate) fn one_rotates_and_one_is_reuse(url: &str, rounds: u32) {
    race(url, rounds, "strict", &all_but(&["Reuse 2", "Rotate 2"], "Dead(Reused) 2"));
}
