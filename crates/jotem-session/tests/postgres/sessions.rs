//! What is special to sessions in tables: what they take, and what is found damaged.

use std::time::{Duration, Instant};

use jotem::Secret;
use jotem_session::refresh_token::{RefreshKeys, SessionId, SubjectKey};
use jotem_session::revocation::Fingerprint;
use jotem_session::rotation::{Decision, Presented, RotationPolicy};
use jotem_session::store::{Kept, NewSession, Notice, Postgres, Rotate, Store, Subject};

use crate::server::Server;

/// A subject whose key is made of a number.
pub(crate) fn subject(number: u32) -> (SubjectKey, Subject) {
    let keys = RefreshKeys::derive(&Secret::from(vec![7; 32])).unwrap();
    let name = format!("user-{number}");
    (keys.subject(None, &name), Subject::new(name))
}

/// Starts a session that ends in thirty days.
pub(crate) async fn started(store: &Postgres, number: u32, label: Option<&str>) -> NewSession {
    let (key, who) = subject(number);
    let now_s = u32::try_from(store.ping().await.unwrap() / 1000).unwrap();
    let session = SessionId::generate(now_s + 30 * 86_400).unwrap();
    let mut new = NewSession::new(key, &who, session, [9; 12]);
    new.label = label.map(str::to_owned);
    store.start(&new).await.unwrap();
    new
}

/// A refresh token of a session, presented.
pub(crate) fn presented(new: &NewSession, generation: u32, policy: RotationPolicy) -> Rotate {
    let presented =
        Presented { generation, secret_hash: new.secret_hash, client: new.client, binding: None };
    let notice = Notice::new(Fingerprint::from_u64(generation.into()), 930);
    Rotate { subject: new.subject, session: new.session, presented, policy, notice }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_rotations_stay_in_their_place_and_take_no_room() {
    // Alone: a long transaction in another database keeps PostgreSQL from using the room of old rows.
    let Some(server) = Server::start() else { return };
    let store = server.store("sizes").await;
    let client = server.client("sizes").await;
    const SUBJECTS: u32 = 2_000;
    let label = "l".repeat(100);
    let sessions = two_each(&store, SUBJECTS, Some(&label)).await;
    let before = bytes(&client).await;

    // Those that lie beside each other: their pages have no other room than what was left in them.
    let mut neighbours = sessions[..1_000].to_vec();
    neighbours.sort_by_key(|kept| kept.subject);
    rotated_ten_times(&store, &neighbours[..128]).await;
    let after = bytes(&client).await;
    assert!(after * 100 <= before * 105, "from {before} to {after} bytes by rotations");

    // Connections count for themselves, and hand it in a little later.
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        client.batch_execute("SELECT pg_stat_clear_snapshot()").await.unwrap();
        let row = client.query_one(UPDATES, &[]).await.unwrap();
        let (updates, in_place): (i64, i64) = (row.get(0), row.get(1));
        assert_eq!(updates, in_place, "rotations are HOT");
        if updates == 1_280 {
            break;
        }
        assert!(Instant::now() < deadline, "{updates} updates were counted");
        store.ping().await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Keeps two sessions of each of so many subjects.
async fn two_each(store: &Postgres, subjects: u32, label: Option<&str>) -> Vec<Kept> {
    let first = started(store, 0, label).await;
    let kept = store.find(first.subject, first.session).await.unwrap().unwrap();
    let mut sessions = Vec::new();
    for number in (0..subjects).chain(0..subjects) {
        let (subject, who) = subject(number);
        let session = SessionId::generate(kept.record.end_s).unwrap();
        sessions.push(Kept { subject, who, session, ..kept.clone() });
    }
    store.import(&sessions).await.unwrap();
    sessions
}

#[tokio::test]
async fn a_session_takes_at_most_320_bytes_beside_its_label() {
    let Some(server) = Server::shared() else { return };
    // Pages of an index are half full after they were split, and full before: this is in between.
    const SUBJECTS: u32 = 14_000;
    let store = server.store("plain").await;
    two_each(&store, SUBJECTS, None).await;
    let each = bytes(&server.client("plain").await).await / i64::from(SUBJECTS * 2);
    assert!(each <= 320, "{each} bytes a session");
}

async fn rotated_ten_times(store: &Postgres, sessions: &[Kept]) {
    for generation in 1..=10 {
        for Kept { subject, who, session, record, .. } in sessions {
            let new = NewSession::new(*subject, who, *session, record.secret_hash);
            let rotate = presented(&new, generation, RotationPolicy::strict());
            assert_eq!(store.rotate(&rotate).await.unwrap().unwrap().decision, Decision::Rotate);
        }
    }
}

async fn bytes(client: &tokio_postgres::Client) -> i64 {
    client.query_one(BYTES, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn what_is_damaged_is_said_to_be_and_nothing_is_decided_by_it() {
    let Some(server) = Server::shared() else { return };
    let store = server.store("damaged").await;
    let client = server.client("damaged").await;
    for (number, damage) in
        (0..).zip(["state = 9", "state = -1", "secret_hash = '\\x0909'", "binding = '\\x01'"])
    {
        let new = started(&store, number, None).await;
        let statement = format!("UPDATE jotem_sessions SET {damage} WHERE subject = $1");
        client.execute(&statement, &[&new.subject.as_bytes().as_slice()]).await.unwrap();
        let found = store.find(new.subject, new.session).await.unwrap_err();
        assert_eq!(found.code(), "store_corrupt", "{damage}");
        let rotate = presented(&new, 1, RotationPolicy::strict());
        if let Ok(rotated) = store.rotate(&rotate).await {
            let decision = rotated.unwrap().decision;
            assert_ne!(decision, Decision::Rotate, "{damage}");
        }
    }
    client.batch_execute("UPDATE jotem_subjects SET who = 'no colon'").await.unwrap();
    let (key, _) = subject(0);
    let listed = store.list(key).await.unwrap_err();
    assert_eq!(listed.code(), "store_corrupt");
}

/// What sessions and subjects take in all, indexes included.
const BYTES: &str = "SELECT sum(pg_relation_size(oid) + pg_indexes_size(oid))::bigint FROM pg_class
    WHERE relkind = 'r' AND (relname LIKE 'jotem_sessions_2%' OR relname = 'jotem_subjects')
      AND pg_relation_size(oid) > 0";
const UPDATES: &str = "SELECT sum(n_tup_upd)::bigint, sum(n_tup_hot_upd)::bigint
    FROM pg_stat_user_tables WHERE relname LIKE 'jotem_sessions_%'";
