//! The SQLite store beside a bare loop over the same file: rotations a second, bytes a session, and
//! what a purge costs those who rotate. `make bench-session`.
//!
//! The bare loop is one thread that updates 64 rows and commits, with the same library, settings and
//! rows, and nothing else: no reading, no deciding, nobody who waits for an answer. Rounds of both are
//! interleaved, and ratios are taken round by round: so the machine may be busy otherwise.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a measurement stops where it fails"
)]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jotem_session::refresh_token::{SessionId, SubjectKey};
use jotem_session::revocation::Fingerprint;
use jotem_session::rotation::{Decision, Presented, RotationPolicy};
use jotem_session::store::{NewSession, Notice, Rotate, Sqlite, Store, Subject};
use rusqlite::{Connection, params};
use tokio::task::JoinSet;

/// Sessions in the file, two a subject.
const SESSIONS: u32 = 200_000;
/// Callers at a time, each with one rotation on its way.
const CALLERS: u32 = 128;
const ROUNDS: u32 = 11;
/// Rotations in a round.
const ROTATIONS: u32 = 64 * 256;
/// Updates that share a commit in the bare loop.
const TOGETHER: u32 = 64;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.db");
    runtime.block_on(async {
        sizes(&path, None).await;
        compare(&path).await;
        println!("  after them: {:.1} bytes a session", bytes_a_session(&path));
        purge(&path).await;
        let labelled = folder.path().join("labelled.db");
        sizes(&labelled, Some("x".repeat(100))).await;
    });
}

/// Numbers as scattered as the real ones, which are MACs and random.
fn scattered(number: u32) -> u64 {
    let mixed = u64::from(number).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93)
}

fn ids(number: u32) -> (SubjectKey, SessionId) {
    let subject = number % (SESSIONS / 2);
    let (mut key, mut id) = ([0; 12], [0x51; 16]);
    key[..8].copy_from_slice(&scattered(subject).to_be_bytes());
    key[8..].copy_from_slice(&subject.to_be_bytes());
    id[2..10].copy_from_slice(&scattered(number).to_be_bytes());
    id[10..14].copy_from_slice(&number.to_be_bytes());
    (SubjectKey::from_bytes(key), SessionId::from_bytes(id))
}

fn rotate(number: u32, generation: u32) -> Rotate {
    let (subject, session) = ids(number);
    let presented = Presented { generation, secret_hash: [7; 12], client: 1, binding: None };
    let notice = Notice::new(Fingerprint::from_u64(1), 930);
    Rotate { subject, session, presented, policy: RotationPolicy::web(), notice }
}

async fn start(store: &Sqlite, number: u32, label: Option<String>) {
    let (subject, session) = ids(number);
    let who = Subject::new(format!("user-{:08}", number % (SESSIONS / 2)));
    let mut new = NewSession::new(subject, &who, session, [7; 12]);
    (new.client, new.grant, new.label) = (1, 3, label);
    store.start(&new).await.unwrap();
}

/// The file after its log was brought into it, which closing does.
fn bytes_a_session(path: &Path) -> f64 {
    fs::metadata(path).unwrap().len() as f64 / f64::from(SESSIONS)
}

/// Shares numbers among callers, and returns how long all of them took.
async fn by_callers<F, W>(most: u32, work: W) -> Duration
where
    F: Future<Output = ()> + Send + 'static,
    W: Fn(u32) -> F + Clone + Send + 'static,
{
    let began = Instant::now();
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let work = work.clone();
        callers.spawn(async move {
            for number in (caller..most).step_by(CALLERS as usize) {
                work(number).await;
            }
        });
    }
    while let Some(done) = callers.join_next().await {
        done.unwrap();
    }
    began.elapsed()
}

async fn sizes(path: &Path, label: Option<String>) {
    let store = Arc::new(Sqlite::open(path).await.unwrap());
    let length = label.as_ref().map_or(0, String::len);
    let made = Arc::clone(&store);
    let took = by_callers(SESSIONS, move |number| {
        let (store, label) = (Arc::clone(&made), label.clone());
        async move { start(&store, number, label).await }
    });
    let a_second = f64::from(SESSIONS) / took.await.as_secs_f64();
    drop(store);
    println!(
        "{SESSIONS} sessions, two a subject, with a label of {length} bytes: {:.1} bytes a session, \
         {a_second:.0} logins/s",
        bytes_a_session(path)
    );
}

/// Which session a rotation is about: each of them once, in all rounds together.
fn session_of(step: u32) -> u32 {
    u32::try_from(u64::from(step) * 98_887 % u64::from(SESSIONS)).unwrap()
}

async fn through_the_store(store: &Arc<Sqlite>, round: u32) -> Duration {
    let store = Arc::clone(store);
    by_callers(ROTATIONS, move |step| {
        let store = Arc::clone(&store);
        async move {
            let rotate = rotate(session_of(round * ROTATIONS + step), 1);
            let rotated = store.rotate(&rotate).await.unwrap().unwrap();
            assert_eq!(rotated.decision, Decision::Rotate);
        }
    })
    .await
}

/// The bare loop: the statement of a rotation, 64 times, and a commit.
fn bare(connection: &Connection, round: u32) -> Duration {
    let began = Instant::now();
    let mut update = connection
        .prepare_cached(
            "UPDATE jotem_session \
             SET state = ?3, generation = ?4, rotated_at_ms = ?5, gaps_s = ?6, idle_end_s = ?7 \
             WHERE subject = ?1 AND session = ?2",
        )
        .unwrap();
    for step in 0..ROTATIONS {
        if step % TOGETHER == 0 {
            connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        }
        let (subject, session) = ids(session_of(round * ROTATIONS + step));
        let (subject, session) = (subject.as_bytes(), session.as_bytes());
        let (rotated_at_ms, idle_end_s) = (1_795_305_600_000_i64 + i64::from(step), 1_795_910_400);
        let changed =
            update.execute(params![subject, session, 0, 2, rotated_at_ms, [3_u8; 6], idle_end_s]);
        assert_eq!(changed, Ok(1));
        if step % TOGETHER == TOGETHER - 1 {
            connection.execute_batch("COMMIT").unwrap();
        }
    }
    began.elapsed()
}

async fn compare(path: &Path) {
    let copy = path.with_extension("bare.db");
    fs::copy(path, &copy).unwrap();
    let connection = Connection::open(&copy).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").unwrap();
    let store = Arc::new(Sqlite::open(path).await.unwrap());
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let took = through_the_store(&store, round).await.as_secs_f64();
        let floor = tokio::task::block_in_place(|| bare(&connection, round)).as_secs_f64();
        ours.push(f64::from(ROTATIONS) / took);
        theirs.push(f64::from(ROTATIONS) / floor);
        ratios.push(floor / took);
    }
    for values in [&mut ours, &mut theirs, &mut ratios] {
        values.sort_by(f64::total_cmp);
    }
    let (middle, last) = (ours.len() / 2, ours.len() - 1);
    println!(
        "rotations of {CALLERS} callers: {:.0}/s (best {:.0}); the bare loop: {:.0}/s (best {:.0}); \
         ratio {:.2} (of the best {:.2}); wanted: 0.80",
        ours[middle],
        ours[last],
        theirs[middle],
        theirs[last],
        ratios[middle],
        ours[last] / theirs[last]
    );
}

/// Ends half of the sessions, forgets them, and measures those that rotate meanwhile.
async fn purge(path: &Path) {
    let connection = Connection::open(path).unwrap();
    let over = "UPDATE jotem_session SET end_s = 1 WHERE substr(hex(session), 5, 1) < '8'";
    let ended = connection.execute(over, []).unwrap();
    drop(connection);
    let store = Arc::new(Sqlite::open(path).await.unwrap());
    let purging = Arc::clone(&store);
    let purge = tokio::spawn(async move {
        let (began, mut forgotten) = (Instant::now(), 0);
        loop {
            let done = purging.maintain(1_000).await.unwrap();
            forgotten += done.forgotten;
            if !done.has_more {
                return (forgotten, began.elapsed());
            }
        }
    });
    let mut waits = Vec::new();
    let mut step = 0;
    while !purge.is_finished() {
        let began = Instant::now();
        store.rotate(&rotate(session_of(step), 1)).await.unwrap();
        waits.push(began.elapsed());
        step += 1;
    }
    let (forgotten, took) = purge.await.unwrap();
    assert_eq!(forgotten, ended as u64);
    waits.sort();
    let share = |percent: usize| waits[(waits.len() - 1) * percent / 100];
    println!(
        "purge of {forgotten}: {took:.2?}; {} rotations meanwhile took {:.2?}, 99 % at most {:.2?}, \
         the longest {:.2?}",
        waits.len(),
        share(50),
        share(99),
        share(100)
    );
}
