//! Servers that can keep nothing more: one clear error each, and nothing that was acknowledged is lost
//! (attack class R14).

use std::time::{Duration, Instant};

use jotem_session::revocation::Fingerprint;
use jotem_session::rotation::{Decision, RotationPolicy, State};
use jotem_session::store::{
    NewSession, Notice, Position, Postgres, Revoke, Store, StoreError, Target,
};

use crate::server::Server;
use crate::sessions::{presented, started, subject};

const FULL: StoreError = StoreError::Full { store: "postgres" };

fn revoke(new: &NewSession) -> Revoke {
    let notice = Notice::new(Fingerprint::from_u64(7), 930);
    Revoke { target: Target::Session(new.subject, new.session), state: State::LoggedOut, notice }
}

/// Another session of the same kind, of somebody else.
fn another(new: &NewSession, number: u32) -> NewSession {
    let (key, who) = subject(number);
    NewSession::new(key, &who, new.session, [9; 12])
}

/// Makes the server raise an error whenever a table is written to.
async fn raises(client: &tokio_postgres::Client, code: &str) {
    let function = format!(
        "CREATE OR REPLACE FUNCTION raises() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE 'of the test' USING ERRCODE = '{code}'; END $$"
    );
    client.batch_execute(&function).await.unwrap();
    for table in ["jotem_sessions", "jotem_subjects", "jotem_feed"] {
        let trigger = format!(
            "CREATE OR REPLACE TRIGGER raises BEFORE INSERT OR UPDATE OR DELETE ON {table}
             FOR EACH ROW EXECUTE FUNCTION raises()"
        );
        client.batch_execute(&trigger).await.unwrap();
    }
}

async fn raises_no_more(client: &tokio_postgres::Client) {
    for table in ["jotem_sessions", "jotem_subjects", "jotem_feed"] {
        client.batch_execute(&format!("DROP TRIGGER raises ON {table}")).await.unwrap();
    }
}

/// What everybody is told who would have something kept.
async fn refusals(store: &Postgres, new: &NewSession) -> Vec<(&'static str, StoreError)> {
    let next = presented(new, 2, RotationPolicy::web());
    let theft = presented(new, 1, RotationPolicy::strict());
    let notice = Notice::new(Fingerprint::from_u64(8), 930);
    vec![
        ("a login", store.start(&another(new, 2)).await.unwrap_err()),
        ("a rotation", store.rotate(&next).await.unwrap_err()),
        ("theft", store.rotate(&theft).await.unwrap_err()),
        ("a logout", store.revoke(&revoke(new)).await.unwrap_err()),
        ("a notice", store.publish(&[notice]).await.unwrap_err()),
    ]
}

/// What is kept can be read all the while, and who comes again within the window is answered.
async fn is_read_as_it_was(store: &Postgres, new: &NewSession) {
    let kept = store.find(new.subject, new.session).await.unwrap().unwrap();
    assert_eq!((kept.record.generation, kept.record.state), (2, State::Active));
    assert_eq!(store.list(new.subject).await.unwrap().sessions.len(), 1);
    assert_eq!(store.export(None, 10).await.unwrap().sessions.len(), 1);
    assert!(store.feed(Position::default(), 10).await.unwrap().revocations.is_empty());
    let again = store
        .rotate(&presented(new, 1, RotationPolicy::web().window(Duration::from_secs(300), 1)))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(again.decision, Decision::Replay);
}

/// With room again all goes on: what was refused has left nothing behind.
async fn goes_on(store: &Postgres, new: &NewSession) {
    let rotated = store.rotate(&presented(new, 2, RotationPolicy::strict())).await.unwrap();
    assert_eq!(rotated.unwrap().decision, Decision::Rotate);
    store.start(&another(new, 2)).await.unwrap();
    store.revoke(&revoke(new)).await.unwrap();
    let told = store.feed(Position::default(), 10).await.unwrap().revocations;
    assert_eq!(told.iter().map(|it| it.what().as_u64()).collect::<Vec<_>>(), [7]);
}

#[tokio::test]
async fn r14_each_way_of_having_no_room_is_one_clear_error_and_changes_nothing() {
    let Some(server) = Server::shared() else { return };
    // disk_full; out_of_memory, too_many_connections and the class; an error of the disk itself.
    let ways = [
        ("53100", "store_full"),
        ("53200", "store_unavailable"),
        ("53300", "store_unavailable"),
        ("53400", "store_unavailable"),
        ("58030", "store_unavailable"),
    ];
    for (number, (code, expected)) in (1..).zip(ways) {
        let store = server.store(&format!("full_{code}")).await;
        let client = server.client(&format!("full_{code}")).await;
        let new = started(&store, number + 10, None).await;
        store.rotate(&presented(&new, 1, RotationPolicy::web())).await.unwrap().unwrap();
        raises(&client, code).await;
        for (what, error) in refusals(&store, &new).await {
            assert_eq!(error.code(), expected, "{code}, {what}: {error}");
            assert_eq!(error.retry_after().is_some(), expected == "store_unavailable");
        }
        is_read_as_it_was(&store, &new).await;
        raises_no_more(&client).await;
        goes_on(&store, &new).await;
    }
}

/// A login that takes some room.
fn large(like: &NewSession, number: u32) -> NewSession {
    let mut new = another(like, number);
    new.label = Some("l".repeat(200));
    new
}

async fn all_are_there(store: &Postgres, kept: &[NewSession]) {
    for new in kept {
        let found = store.find(new.subject, new.session).await.unwrap();
        assert!(found.is_some(), "what was acknowledged is there");
    }
}

#[tokio::test]
async fn r14_a_server_whose_disk_is_full_is_full_and_goes_on_with_room_again() {
    // The log has room in its segment for all that the tables still take.
    let Some(server) = Server::on_a_disk(16) else { return };
    let Some(disk) = server.disk() else { return };
    let store = server.store("disk").await;
    let new = started(&store, 1, None).await;
    store.rotate(&presented(&new, 1, RotationPolicy::web())).await.unwrap().unwrap();
    disk.fill();
    let mut kept = Vec::new();
    let refused = loop {
        let new = large(&new, 100 + u32::try_from(kept.len()).unwrap());
        match store.start(&new).await {
            Ok(_) => kept.push(new),
            Err(error) => {
                assert_eq!(error, FULL);
                break new;
            }
        }
        assert!(kept.len() < 50_000, "the disk is never full");
    };
    all_are_there(&store, &kept).await;
    assert_eq!(store.find(refused.subject, refused.session).await.unwrap(), None);
    assert_eq!(store.start(&refused).await.unwrap_err(), FULL, "it stays so");
    // A rotation writes where its session is, so it goes on; and so does what is only read.
    let rotated = store.rotate(&presented(&new, 2, RotationPolicy::strict())).await;
    assert_eq!(rotated.unwrap().unwrap().decision, Decision::Rotate);
    assert_eq!(store.list(new.subject).await.unwrap().sessions.len(), 1);

    disk.make_room();
    store.start(&refused).await.unwrap();
    kept.push(refused);
    for new in &kept {
        let rotated = store.rotate(&presented(new, 1, RotationPolicy::strict())).await;
        assert_eq!(rotated.unwrap().unwrap().decision, Decision::Rotate);
    }
}

#[tokio::test]
async fn r14_a_server_that_cannot_write_its_log_is_unavailable_and_has_lost_nothing_when_it_is_back()
 {
    let Some(server) = Server::on_a_disk(1) else { return };
    let Some(disk) = server.disk() else { return };
    let store = server.store("log").await;
    let new = started(&store, 1, None).await;
    let client = server.client("log").await;
    let mut kept: Vec<NewSession> = (10..30).map(|number| large(&new, number)).collect();
    for new in &kept {
        store.start(new).await.unwrap();
    }
    disk.fill();
    let mut numbers = 100..1_000;
    let error = loop {
        // Segments that are ready are used up soon; then the next one asks for room. That ends the
        // server, and whoever is connected to it.
        drop(client.batch_execute("SELECT pg_switch_wal()").await);
        let new = large(&new, numbers.next().expect("the log never asks for room"));
        match store.start(&new).await {
            Ok(_) => kept.push(new),
            Err(error) if error == FULL => {}
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), "store_unavailable", "{error}");
    assert!(error.retry_after().is_some());
    let log = server.log();
    assert!(log.contains("PANIC") && log.contains("No space left"), "{log}");

    // However far it has come with starting anew on a full disk: somebody makes room, and starts it.
    server.kill();
    disk.make_room();
    server.run();
    let deadline = Instant::now() + Duration::from_secs(20);
    while let Err(error) = store.ping().await {
        assert_eq!(error.code(), "store_unavailable", "{error}");
        assert!(Instant::now() < deadline, "{error}");
    }
    all_are_there(&store, &kept).await;
    let rotated = store.rotate(&presented(&new, 1, RotationPolicy::strict())).await;
    assert_eq!(rotated.unwrap().unwrap().decision, Decision::Rotate);
    store.start(&another(&new, 2)).await.unwrap();
}
