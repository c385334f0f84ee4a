//! kill -9 of a server under load: what it has answered, it has kept.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use jotem_session::revocation::Fingerprint;
use jotem_session::rotation::{Decision, RotationPolicy, State};
use jotem_session::store::{Position, Redis, Store as _};

use crate::samples::Login;
use crate::server::{Program, Server};

/// How often the server is killed.
const TIMES: u32 = 30;

/// How many clients refresh meanwhile, and how many log out.
const CLIENTS: usize = 8;

/// A client: the generation of the token that it has.
struct Client {
    login: Login,
    generation: u32,
}

/// Refreshes until told to stop, and returns the client, and whether its last answer was lost.
async fn refresh(
    store: Arc<Redis>,
    mut client: Client,
    ends: Arc<AtomicBool>,
    done: Arc<AtomicU32>,
) -> (Client, bool) {
    while !ends.load(Ordering::Relaxed) {
        let rotate = client.login.rotate(client.generation, patient());
        match store.rotate(&rotate).await {
            Ok(Some(rotated)) => {
                assert_eq!(rotated.decision, Decision::Rotate);
                client.generation = rotated.record.generation;
                done.fetch_add(1, Ordering::Relaxed);
            }
            Ok(None) => panic!("a session was lost"),
            Err(_) => return (client, true),
        }
    }
    (client, false)
}

/// Logs in and out until told to stop, and returns the sessions whose end was answered.
async fn log_out(store: Arc<Redis>, ends: Arc<AtomicBool>) -> Vec<Login> {
    let mut ended = Vec::new();
    while !ends.load(Ordering::Relaxed) {
        let login = Login::of("eve");
        if store.start(&login.start()).await.is_err()
            || store.revoke(&login.revoke()).await.is_err()
        {
            break;
        }
        ended.push(login);
    }
    ended
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r03_r16_what_was_answered_outlives_thirty_ends_of_the_server() {
    let always = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"];
    let Some(mut server) = Server::with(Program::Redis, &always) else { return };
    let store = Arc::new(
        Redis::open(&format!("{}?timeout=5000", server.address())).await.expect("a store"),
    );
    let mut clients = Vec::new();
    for number in 0..CLIENTS {
        let login = Login::of(&format!("client {number}"));
        store.start(&login.start()).await.expect("a session");
        clients.push(Client { login, generation: 1 });
    }
    let (mut lost, mut ended) = (0, 0);
    for _ in 0..TIMES {
        let (ends, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
        let begin = |client| {
            let (store, ends, done) = (Arc::clone(&store), Arc::clone(&ends), Arc::clone(&done));
            tokio::spawn(refresh(store, client, ends, done))
        };
        let refreshing: Vec<_> = clients.drain(..).map(begin).collect();
        let logging_out = tokio::spawn(log_out(Arc::clone(&store), Arc::clone(&ends)));
        // Under load: at a moment that is another each time.
        let is_under_load = || refreshing.iter().any(|client| !client.is_finished());
        while done.load(Ordering::Relaxed) < 100 && is_under_load() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.kill();
        ends.store(true, Ordering::Relaxed);
        let mut came = Vec::new();
        for client in refreshing {
            came.push(client.await.expect("no panic"));
        }
        let logged_out = logging_out.await.expect("no panic");
        server.restart();
        answers_again(&store).await;
        for (mut client, is_lost) in came {
            lost += u32::from(is_lost);
            client.generation = comes_back(&store, &client, is_lost).await;
            clients.push(client);
        }
        stays_ended(&store, &logged_out).await;
        ended += logged_out.len();
    }
    println!("{TIMES} ends: {lost} answers were lost, {ended} ends of sessions were answered");
    assert!(lost > 0 && ended > 0, "the server was killed under load");
}

/// Whoever logged out, and was told so, presents the token again: it is refused, and verifiers are told.
async fn stays_ended(store: &Redis, logged_out: &[Login]) {
    let told = told(store).await;
    for login in logged_out {
        let rotated = store.rotate(&login.rotate(1, RotationPolicy::web())).await;
        let rotated = rotated.expect("an answer").expect("a session");
        assert_eq!(rotated.decision, Decision::Dead(State::LoggedOut));
        assert!(told.contains(&login.notice.what()), "the end of a session is not told");
    }
}

/// Everything that verifiers are told.
async fn told(store: &Redis) -> HashSet<Fingerprint> {
    let (mut place, mut told) = (Position::default(), HashSet::new());
    loop {
        let feed = store.feed(place, 100).await.expect("an answer");
        told.extend(feed.revocations.iter().map(|revocation| revocation.what()));
        place = feed.next;
        if !feed.has_more {
            return told;
        }
    }
}

/// Waits until the server that was started again answers.
async fn answers_again(store: &Redis) {
    let restarted = Instant::now();
    while store.ping().await.is_err() {
        assert!(restarted.elapsed() < Duration::from_secs(60), "the server does not come back");
    }
}

/// The client presents the token that it has: nothing that was answered is lost, and nothing is theft.
async fn comes_back(store: &Redis, client: &Client, is_lost: bool) -> u32 {
    let Client { login, generation } = client;
    let kept =
        store.find(login.subject, login.session).await.expect("an answer").expect("a session");
    let next = generation + u32::from(is_lost);
    assert!(
        (*generation..=next).contains(&kept.record.generation),
        "{} not {generation}",
        kept.record.generation
    );
    let rotated = store.rotate(&login.rotate(*generation, patient())).await;
    let rotated = rotated.expect("an answer").expect("a session");
    let expected =
        if kept.record.generation == *generation { Decision::Rotate } else { Decision::Replay };
    assert_eq!(rotated.decision, expected);
    // One live successor: both ways lead to the same token.
    assert_eq!(rotated.record.generation, generation + 1);
    rotated.record.generation
}

/// A window that a kill and a start do not use up.
fn patient() -> RotationPolicy {
    RotationPolicy::web().window(Duration::from_secs(300), 1)
}
