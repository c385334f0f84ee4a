//! A process that is killed in the midst of its work (kill -9): what it had answered is there.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use jotem_session::rotation::{Decision, State};
use jotem_session::store::{Position, Sqlite, Store};

use crate::processes::{child, place, tell};
use crate::session::{Session, open, runtime};

const KILLS: u32 = 30;
const CLIENTS: u32 = 24;
/// The generation after which a client logs out, and in again.
const LAST: u32 = 12;

/// What a session had been answered when the process died.
#[derive(Debug, Default, Clone, Copy)]
struct Answered {
    generation: u32,
    is_revoked: bool,
}

#[test]
#[ignore = "a child's part"]
fn works_until_it_is_killed() {
    let runtime = runtime();
    let store = std::sync::Arc::new(runtime.block_on(open(Path::new(&place()))));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let store = std::sync::Arc::clone(&store);
            runtime.spawn(async move { work(&store, client).await })
        })
        .collect();
    for client in clients {
        runtime.block_on(client).unwrap();
    }
}

async fn work(store: &Sqlite, client: u32) {
    let round = std::process::id();
    for login in 0.. {
        // A number that no other process had.
        let number = round.wrapping_mul(100_000).wrapping_add(login * CLIENTS + client);
        let session = Session::new(client, number);
        session.start(store).await.unwrap();
        tell(&format!("started {client} {number} 1"));
        for generation in 1..LAST {
            assert_eq!(session.rotate(store, generation).await, Ok(Decision::Rotate));
            tell(&format!("rotated {client} {number} {}", generation + 1));
        }
        store.revoke(&session.logout()).await.unwrap();
        tell(&format!("revoked {client} {number} {LAST}"));
    }
}

/// Lets a child work until it has answered so often, kills it, and returns all that it answered.
fn killed_after(answers: usize, path: &Path) -> HashMap<Session, Answered> {
    let mut process = child("killed::works_until_it_is_killed", path).spawn().unwrap();
    let mut output = BufReader::new(process.stdout.take().unwrap());
    let mut text = String::new();
    while text.matches("answer ").count() < answers {
        assert_ne!(output.read_line(&mut text).unwrap(), 0, "it ended by itself: {text}");
    }
    process.kill().unwrap();
    output.read_to_string(&mut text).unwrap();
    assert!(!process.wait().unwrap().success());

    let mut sessions: HashMap<Session, Answered> = HashMap::new();
    let whole = text.rsplit_once('\n').unwrap().0;
    for line in whole.lines().filter_map(|line| Some(line.split_once("answer ")?.1)) {
        let words: Vec<&str> = line.split(' ').collect();
        let session = Session::new(words[1].parse().unwrap(), words[2].parse().unwrap());
        let answered = sessions.entry(session).or_default();
        answered.generation = words[3].parse().unwrap();
        answered.is_revoked = words[0] == "revoked";
    }
    sessions
}

async fn told(store: &Sqlite) -> Vec<u64> {
    let feed = store.feed(Position::default(), usize::MAX).await.unwrap();
    feed.revocations.iter().map(|revocation| revocation.what().as_u64()).collect()
}

/// Holds what is kept of a session against what was answered, and refreshes it once more.
async fn check(store: &Sqlite, session: Session, answered: Answered, told: &[u64]) {
    let (state, generation) = session.kept(store).await.unwrap().expect("it was started");
    // One more may have been written and not answered.
    let ahead = generation - answered.generation;
    assert!(ahead <= 1, "{session:?}: {answered:?}, kept {generation}");
    let may_be_out = answered.is_revoked || answered.generation >= LAST;
    assert!(state == State::Active || may_be_out, "{session:?} is {state:?}");
    if answered.is_revoked {
        assert_eq!(state, State::LoggedOut, "{session:?}");
        assert!(told.contains(&session.fingerprint().as_u64()), "{session:?}: nobody was told");
    }
    let expected = match (state, ahead) {
        (State::Active, 0) => Decision::Rotate,
        (State::Active, _) => Decision::Replay,
        (ended, _) => Decision::Dead(ended),
    };
    // The client has the token of what was answered to it.
    assert_eq!(session.rotate(store, answered.generation).await, Ok(expected), "{session:?}");
    let again = session.rotate(store, answered.generation).await.unwrap();
    assert_ne!(again, Decision::Rotate, "{session:?} has two successors");
}

#[test]
fn r03_r16_what_was_answered_outlives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.db");
    let runtime = runtime();
    let mut checked = 0;
    for kill in 0..KILLS {
        let answers = 30 + usize::try_from(kill * 37 % 400).unwrap();
        let sessions = killed_after(answers, &path);
        runtime.block_on(async {
            let store = open(&path).await;
            let told = told(&store).await;
            for (session, answered) in &sessions {
                check(&store, *session, *answered, &told).await;
            }
        });
        checked += sessions.len();
    }
    assert!(checked >= usize::try_from(KILLS * CLIENTS).unwrap() / 2, "{checked} sessions");
}
