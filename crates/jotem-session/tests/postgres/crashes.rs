//! The server is killed under load, again and again: what was acknowledged is there, no session has two
//! live successors, and each next refresh is decided as it should be (attack classes R03 and R16).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use jotem_session::revocation::Fingerprint;
use jotem_session::rotation::{Decision, RotationPolicy, State};
use jotem_session::store::{NewSession, Notice, Position, Postgres, Revoke, Store, Target};

use crate::server::Server;
use crate::sessions::{presented, started};

/// What the owner of one session knows.
struct Client {
    new: NewSession,
    /// The generation of the token that it has.
    has: u32,
    /// Whether something was asked and not answered.
    is_unsure: bool,
    /// Whether a revocation was acknowledged.
    is_revoked: bool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r03_r16_a_server_that_is_killed_thirty_times_loses_nothing_it_acknowledged() {
    let Some(server) = Server::start() else { return };
    let store = Arc::new(server.store("crashes").await);
    let mut acknowledged = 0;
    for round in 0..ROUNDS {
        let mut clients = Vec::new();
        for number in 0..CLIENTS {
            let new = started(&store, round * CLIENTS + number, None).await;
            clients.push(Client { new, has: 1, is_unsure: false, is_revoked: false });
        }
        let (is_over, answers) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
        let running: Vec<_> = clients
            .into_iter()
            .zip(0..)
            .map(|(client, number)| {
                let until = (Arc::clone(&is_over), Arc::clone(&answers));
                tokio::spawn(work(Arc::clone(&store), client, number, until))
            })
            .collect();
        // In the middle of what goes on: after another number of answers each time.
        let deadline = Instant::now() + Duration::from_secs(20);
        while answers.load(Ordering::Relaxed) < 20 + round * 3 {
            assert!(Instant::now() < deadline, "nothing is answered");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.kill();
        is_over.store(true, Ordering::Relaxed);
        let mut clients = Vec::new();
        for client in running {
            clients.push(client.await.unwrap());
        }
        acknowledged += answers.load(Ordering::Relaxed);
        server.run();
        for client in clients {
            see_that_it_is_right(&store, client).await;
        }
    }
    see_that_all_is_told(&store).await;
    eprintln!("postgres: killed {ROUNDS} times, {acknowledged} answers kept");
}

/// Refreshes until the server is gone; every fourth client is logged out in between.
async fn work(
    store: Arc<Postgres>,
    mut client: Client,
    number: u32,
    (is_over, answers): (Arc<AtomicBool>, Arc<AtomicU32>),
) -> Client {
    while !is_over.load(Ordering::Relaxed) && !client.is_unsure && !client.is_revoked {
        if number.is_multiple_of(4) && client.has == 4 {
            match store.revoke(&log_out(&client.new)).await {
                Ok(_) => client.is_revoked = true,
                Err(_) => client.is_unsure = true,
            }
        } else {
            match store.rotate(&presented(&client.new, client.has, patient())).await {
                Ok(rotated) => {
                    assert_eq!(rotated.unwrap().decision, Decision::Rotate);
                    client.has += 1;
                }
                Err(_) => client.is_unsure = true,
            }
        }
        if !client.is_unsure {
            answers.fetch_add(1, Ordering::Relaxed);
        }
    }
    client
}

async fn see_that_it_is_right(store: &Postgres, client: Client) {
    let Client { new, has, is_unsure, is_revoked } = client;
    let kept = store.find(new.subject, new.session).await.unwrap().unwrap().record;
    if is_revoked {
        assert_eq!(kept.state, State::LoggedOut, "a revocation was acknowledged");
    }
    // One more if the answer was lost, and never two: there is one line of successors.
    let most = if is_unsure { has + 1 } else { has };
    assert!((has..=most).contains(&kept.generation), "{} is not {has} to {most}", kept.generation);

    let next = presented(&new, has, patient());
    let decision = store.rotate(&next).await.unwrap().unwrap().decision;
    let expected = match (kept.state, kept.generation == has) {
        (State::Active, true) => Decision::Rotate,
        (State::Active, false) => Decision::Replay,
        (state, _) => Decision::Dead(state),
    };
    assert_eq!(decision, expected, "the same token once more");
    if decision == Decision::Replay {
        // What it gets is the current one, and that goes on.
        let next = presented(&new, kept.generation, patient());
        assert_eq!(store.rotate(&next).await.unwrap().unwrap().decision, Decision::Rotate);
    }
}

/// Each session that was logged out is in the row of revocations, and each that is there was.
async fn see_that_all_is_told(store: &Postgres) {
    let (mut place, mut told) = (Position::default(), 0);
    loop {
        let feed = store.feed(place, 50).await.unwrap();
        told += feed.revocations.len();
        place = feed.next;
        if !feed.has_more {
            break;
        }
    }
    let mut ended = 0;
    for number in 0..ROUNDS * CLIENTS {
        let (subject, _) = crate::sessions::subject(number);
        let sessions = store.list(subject).await.unwrap().sessions;
        ended += sessions.iter().filter(|(_, record, _)| record.state != State::Active).count();
    }
    assert_eq!(told, ended);
    assert!(ended > 0, "some were logged out");
}

fn log_out(new: &NewSession) -> Revoke {
    let what =
        Fingerprint::from_u64(u64::from_be_bytes(new.session.as_bytes()[8..].try_into().unwrap()));
    Revoke {
        target: Target::Session(new.subject, new.session),
        state: State::LoggedOut,
        notice: Notice::new(what, 3_600),
    }
}

const ROUNDS: u32 = 30;
const CLIENTS: u32 = 12;

/// A window that a kill and a start do not use up.
fn patient() -> RotationPolicy {
    RotationPolicy::web().window(Duration::from_secs(300), 1)
}
