//! What a session takes in the server's memory.

use std::sync::Arc;

use jotem_session::rotation::{Decision, RotationPolicy};
use jotem_session::store::{Redis, Store as _};

use crate::samples::Login;
use crate::server::{Program, Server};

const SUBJECTS: u64 = 50_000;
const TASKS: u64 = 32;

/// Starts two sessions for each subject of a part of all, and returns some of them.
async fn start(store: Arc<Redis>, part: u64, label: Option<String>) -> Vec<Login> {
    let mut some = Vec::new();
    for number in (0..SUBJECTS).filter(|number| number % TASKS == part) {
        for _ in 0..2 {
            let login = Login::of(&format!("subject-{number:08}"));
            let mut new = login.start();
            new.label.clone_from(&label);
            store.start(&new).await.expect("a session");
            if number < 2_000 {
                some.push(login);
            }
        }
    }
    some
}

async fn rotate_ten_times(store: Arc<Redis>, logins: Vec<Login>) {
    for login in logins {
        for generation in 1..=10 {
            let rotated = store.rotate(&login.rotate(generation, RotationPolicy::web())).await;
            assert_eq!(rotated.expect("an answer").expect("a session").decision, Decision::Rotate);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_takes_at_most_170_bytes_and_does_not_grow() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let store = Arc::new(Redis::open(&server.url()).await.expect("a store"));
    store.start(&Login::of("first").start()).await.expect("the script is there");
    store
        .rotate(&Login::of("first").rotate(1, RotationPolicy::web()))
        .await
        .expect("the other, too");
    let empty = server.figure("used_memory");
    let tasks: Vec<_> =
        (0..TASKS).map(|part| tokio::spawn(start(Arc::clone(&store), part, None))).collect();
    let mut some = Vec::new();
    for task in tasks {
        some.push(task.await.expect("no panic"));
    }
    let sessions = SUBJECTS * 2;
    let kept = server.figure("used_memory") - empty;
    println!("{} bytes a session, with its part of everything", kept / sessions);
    assert!(kept <= 170 * sessions, "{} bytes a session", kept / sessions);

    let rotated: usize = some.iter().map(Vec::len).sum();
    let tasks: Vec<_> = some
        .into_iter()
        .map(|logins| tokio::spawn(rotate_ten_times(Arc::clone(&store), logins)))
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    let grown = server.figure("used_memory").saturating_sub(empty + kept);
    println!("{grown} bytes more after 10 rotations of {rotated} sessions");
    // Buffers of connections come and go; a byte for each rotation would be five times that.
    assert!(grown < 8_192, "{grown} bytes more after 10 rotations of {rotated} sessions");
}

#[tokio::test]
async fn a_label_has_a_key_of_its_own_and_leaves_the_sessions_as_small_as_they_are() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let store = Redis::open(&server.url()).await.expect("a store");
    let login = Login::of("a name of forty characters, which is long");
    let mut new = login.start();
    new.label = Some("x".repeat(100));
    store.start(&new).await.expect("a session");
    let encoding = |key: &[u8]| server.ask_words(&[b"OBJECT", b"ENCODING", key]);
    assert_eq!(encoding(&login.key()), "listpack");
    let long = Login::of(&"n".repeat(300));
    store.start(&long.start()).await.expect("a session");
    assert_eq!(encoding(&long.key()), "listpack");
    let kept = store.find(long.subject, long.session).await.expect("an answer").expect("a session");
    assert_eq!(kept.who, long.who);
    let rotated = store.rotate(&long.rotate(1, RotationPolicy::web())).await.expect("an answer");
    assert_eq!(rotated.expect("a session").who, long.who);
    // All of it is forgotten some day.
    for kind in ["s:", "l:"] {
        let key = [b"jotem:", kind.as_bytes(), login.subject.as_bytes()].concat();
        let left: i64 = server.ask_words(&[b"TTL", &key]).parse().expect("a number");
        assert!(left > 30 * 86_400, "{kind}: {left} s");
    }
}
