//! SQLite beside a bare loop over the same file: one thread that updates 64 rows and commits, with the
//! same library, settings and rows, and nothing else: no reading, no deciding, nobody who waits for an
//! answer. And what a purge costs those who rotate.

use std::fs;
use std::path::Path;
use std::time::Instant;

use jotem_session::store::{Sqlite, Store as _};
use rusqlite::{Connection, params};

use crate::load::{Beside, ROTATIONS, ROUNDS, SESSIONS, fill, ids, rotate, rotations, session_of};

/// Callers at a time, each with one rotation on its way.
const CALLERS: u32 = 128;
/// Updates that share a commit in the bare loop.
const TOGETHER: u32 = 64;

pub(crate) async fn measure() {
    let folder = tempfile::tempdir().unwrap();
    println!("SQLite, {SESSIONS} sessions, two a subject, {CALLERS} callers");
    let path = folder.path().join("sessions.db");
    size(&path, None).await;
    compare(&path).await;
    println!("  after them: {:.1} bytes a session", bytes_a_session(&path));
    purge(&path).await;
    size(&folder.path().join("labelled.db"), Some("x".repeat(100))).await;
}

async fn open(path: &Path) -> &'static Sqlite {
    Box::leak(Box::new(Sqlite::open(path).await.unwrap()))
}

/// The file after its log was brought into it.
fn bytes_a_session(path: &Path) -> f64 {
    let connection = Connection::open(path).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    fs::metadata(path).unwrap().len() as f64 / f64::from(SESSIONS)
}

async fn size(path: &Path, label: Option<String>) {
    let length = label.as_ref().map_or(0, String::len);
    let a_second = fill(open(path).await, CALLERS, label).await;
    println!(
        "  with a label of {length} bytes: {:.1} bytes a session; {a_second:.0} logins/s",
        bytes_a_session(path)
    );
}

/// The bare loop: the statement of a rotation, 64 times, and a commit.
fn bare(connection: &Connection, round: u32) -> f64 {
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
    f64::from(ROTATIONS) / began.elapsed().as_secs_f64()
}

async fn compare(path: &Path) {
    let copy = path.with_extension("bare.db");
    fs::copy(path, &copy).unwrap();
    let connection = Connection::open(&copy).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").unwrap();
    let store = open(path).await;
    let mut beside = Beside::default();
    for round in 0..ROUNDS {
        let ours = rotations(store, CALLERS, round).await;
        beside.add(ours, tokio::task::block_in_place(|| bare(&connection, round)));
    }
    beside.print("rotations", "the bare loop", 0.8);
}

/// Ends half of the sessions, forgets them, and measures those that rotate meanwhile.
async fn purge(path: &Path) {
    let connection = Connection::open(path).unwrap();
    let over = "UPDATE jotem_session SET end_s = 1 WHERE substr(hex(session), 5, 1) < '8'";
    let ended = connection.execute(over, []).unwrap();
    drop(connection);
    let store = open(path).await;
    let purge = tokio::spawn(async move {
        let (began, mut forgotten) = (Instant::now(), 0);
        loop {
            let done = store.maintain(1_000).await.unwrap();
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
        "  purge of {forgotten}: {took:.2?}; {} rotations meanwhile took {:.2?}, 99 % at most {:.2?}, \
         the longest {:.2?}",
        waits.len(),
        share(50),
        share(99),
        share(100)
    );
}
