//! Partitions come and go.

use std::sync::Arc;

use jotem_session::refresh_token::SessionId;
use jotem_session::rotation::{Decision, RotationPolicy};
use jotem_session::store::{Kept, NewSession, Store};
use tokio::task::JoinSet;

use crate::server::Server;
use crate::sessions::{presented, started, subject};

async fn weeks(client: &tokio_postgres::Client) -> Vec<String> {
    let rows = client.query(WEEKS, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn the_partitions_of_the_coming_weeks_are_made_ahead_and_only_once() {
    let Some(server) = Server::shared() else { return };
    let store = server.store("ahead").await;
    let client = server.client("ahead").await;
    assert_eq!(weeks(&client).await.len(), 0);
    store.maintain(100).await.unwrap();
    let made = weeks(&client).await;
    assert_eq!(made.len(), 6);
    store.maintain(100).await.unwrap();
    assert_eq!(weeks(&client).await, made);
}

#[tokio::test]
async fn a_session_whose_partition_is_missing_starts_and_rotates() {
    let Some(server) = Server::shared() else { return };
    let store = server.store("missing").await;
    let client = server.client("missing").await;
    let new = started(&store, 1, None).await;
    assert_eq!(weeks(&client).await.len(), 1);

    // Days of which there is no partition: long ago, and later than any session ends.
    for day in [0, 1, 65_535] {
        let mut id = *new.session.as_bytes();
        id[..2].copy_from_slice(&u16::to_be_bytes(day));
        let (key, who) = subject(2);
        let new = NewSession::new(key, &who, SessionId::from_bytes(id), [9; 12]);
        store.start(&new).await.unwrap();
        let rotate = presented(&new, 1, RotationPolicy::strict());
        let rotated = store.rotate(&rotate).await.unwrap().unwrap();
        assert_eq!(rotated.decision, Decision::Rotate, "day {day}");
    }
    assert_eq!(weeks(&client).await.len(), 1);
}

#[tokio::test]
async fn many_who_begin_a_week_at_the_same_time_all_begin_it() {
    let Some(server) = Server::shared() else { return };
    let store = Arc::new(server.store("weeks_at_once").await);
    let today = u16::try_from(store.ping().await.unwrap() / 86_400_000).unwrap();
    for week in 0..12 {
        let mut callers = JoinSet::new();
        for caller in 0..16 {
            let store = Arc::clone(&store);
            callers.spawn(async move {
                let mut id = [caller; 16];
                id[..2].copy_from_slice(&(today + 7 * week).to_be_bytes());
                let (key, who) = subject(u32::from(caller));
                let new = NewSession::new(key, &who, SessionId::from_bytes(id), [9; 12]);
                store.start(&new).await
            });
        }
        while let Some(started) = callers.join_next().await {
            started.unwrap().unwrap();
        }
    }
    assert_eq!(weeks(&server.client("weeks_at_once").await).await.len(), 12);
}

#[tokio::test]
async fn a_partition_that_cannot_be_made_now_takes_its_sessions_in_later() {
    let Some(server) = Server::shared() else { return };
    let store = server.store("later").await;
    let mut client = server.client("later").await;
    let held = client.transaction().await.unwrap();
    held.batch_execute("SELECT FROM jotem_sessions_other").await.unwrap();
    let new = started(&store, 1, None).await;
    held.commit().await.unwrap();
    assert_eq!(weeks(&client).await.len(), 0, "somebody read the table that it is made of");

    store.maintain(100).await.unwrap();
    let row = client.query_one("SELECT count(*) FROM jotem_sessions_other", &[]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 0);
    let rotate = presented(&new, 1, RotationPolicy::strict());
    assert_eq!(store.rotate(&rotate).await.unwrap().unwrap().decision, Decision::Rotate);
}

#[tokio::test]
async fn a_partition_that_is_over_is_dropped_unless_something_in_it_lives() {
    let Some(server) = Server::shared() else { return };
    let store = server.store("over").await;
    let client = server.client("over").await;
    let (living, dead) = (started(&store, 1, None).await, started(&store, 2, None).await);
    client.batch_execute(LAST_MONTH).await.unwrap();

    let now_s = u32::try_from(store.ping().await.unwrap() / 1000).unwrap();
    let mut of_last_month = Vec::new();
    for (new, weeks_ago, end_s) in [(&living, 4, now_s + 60), (&dead, 5, now_s - 60)] {
        let kept = store.find(new.subject, new.session).await.unwrap().unwrap();
        let mut id = *new.session.as_bytes();
        let day = u16::try_from(now_s / 86_400).unwrap() - 7 * weeks_ago;
        id[..2].copy_from_slice(&day.to_be_bytes());
        let mut record = kept.record;
        (record.end_s, record.idle_end_s) = (end_s, end_s);
        of_last_month.push(Kept { session: SessionId::from_bytes(id), record, ..kept });
    }
    store.import(&of_last_month).await.unwrap();
    assert_eq!(weeks(&client).await.len(), 3);

    let maintained = store.maintain(100).await.unwrap();
    assert!(maintained.forgotten >= 1);
    let found =
        |place: usize| store.find(of_last_month[place].subject, of_last_month[place].session);
    assert!(found(0).await.unwrap().is_some(), "it lives");
    assert!(found(1).await.unwrap().is_none());
    // This week and five ahead, the one of thirty days among them, and the one in use.
    assert_eq!(weeks(&client).await.len(), 7);
}

#[tokio::test]
async fn one_maintains_at_a_time_and_the_others_do_not_wait() {
    let Some(server) = Server::shared() else { return };
    let store = server.store("one_maintains").await;
    let mut client = server.client("one_maintains").await;
    let other = client.transaction().await.unwrap();
    let locked = "SELECT pg_advisory_xact_lock(7233173, hashtext(current_schema()))";
    other.batch_execute(locked).await.unwrap();
    let maintained = store.maintain(100).await.unwrap();
    assert_eq!((maintained.forgotten, maintained.has_more), (0, false));
    other.commit().await.unwrap();
    assert_eq!(weeks(&client).await.len(), 0);
}

const WEEKS: &str = "SELECT relname::text FROM pg_class
    WHERE relname ~ '^jotem_sessions_[0-9]{8}$' ORDER BY 1";
const LAST_MONTH: &str =
    "SELECT jotem_make_week(jotem_today() / 7 - 4), jotem_make_week(jotem_today() / 7 - 5)";
