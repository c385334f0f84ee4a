//! A copy that takes over.

use jotem::Secret;
use jotem_session::rotation::{Decision, RotationPolicy, State};
use jotem_session::store::{Position, Redis, Store as _};
use jotem_session::{Grant, Sessions};

use crate::samples::Login;
use crate::server::{Program, Sentinel, Server, until};

#[tokio::test]
async fn a_rotation_that_a_copy_never_got_is_repaired_and_is_no_theft() {
    let Some(primary) = Server::start(Program::Redis) else { return };
    let replica = Server::replica_of(&primary);
    let store = Redis::open(&primary.url()).await.expect("a store");
    let (ada, bob) = (Login::of("ada"), Login::of("bob"));
    for login in [&ada, &bob] {
        store.start(&login.start()).await.expect("a session");
        store.rotate(&login.rotate(1, RotationPolicy::web())).await.expect("a rotation");
    }
    primary.reaches(&replica);
    // Nothing reaches the copy from here on; it takes over later.
    assert_eq!(replica.ask("REPLICAOF NO ONE"), "OK");
    for login in [&ada, &bob] {
        for generation in 2..5 {
            store
                .rotate(&login.rotate(generation, RotationPolicy::web()))
                .await
                .expect("a rotation");
        }
    }
    drop(store);
    drop(primary);

    let store = Redis::open(&replica.url()).await.expect("a store");
    let kept = store.find(ada.subject, ada.session).await.expect("an answer").expect("a session");
    assert_eq!(kept.record.generation, 2, "the copy is behind");
    let rotated = store.rotate(&ada.rotate(5, RotationPolicy::web())).await;
    let rotated = rotated.expect("an answer").expect("a session");
    assert_eq!(rotated.decision, Decision::Repair);
    assert_eq!((rotated.record.generation, rotated.record.state), (6, State::Active));
    let next = store.rotate(&ada.rotate(6, RotationPolicy::web())).await;
    assert_eq!(next.expect("an answer").expect("a session").decision, Decision::Rotate);

    let policy = RotationPolicy::web().end_if_behind();
    let rotated =
        store.rotate(&bob.rotate(5, policy)).await.expect("an answer").expect("a session");
    assert_eq!((rotated.decision, rotated.record.state), (Decision::Behind, State::Revoked));
    let told = store.feed(Position::default(), 10).await.expect("an answer").revocations;
    assert_eq!(told.iter().map(|it| it.what()).collect::<Vec<_>>(), [bob.notice.what()]);
}

#[tokio::test]
async fn a_reader_of_the_feed_begins_anew_when_a_copy_lost_what_it_has_read() {
    let Some(primary) = Server::start(Program::Redis) else { return };
    let replica = Server::replica_of(&primary);
    let store = Redis::open(&primary.url()).await.expect("a store");
    store.publish(&[Login::of("ada").notice]).await.expect("the copy gets it");
    primary.reaches(&replica);
    assert_eq!(replica.ask("REPLICAOF NO ONE"), "OK");
    store.publish(&[Login::of("bob").notice]).await.expect("the copy does not get it");
    let read = store.feed(Position::default(), 10).await.expect("an answer");
    assert_eq!((read.revocations.len(), read.has_more), (2, false));
    drop(primary);

    let store = Redis::open(&replica.url()).await.expect("a store");
    let again = store.feed(read.next, 10).await.expect("an answer");
    assert_eq!(again.revocations.len(), 1, "all that the copy has");
    assert!(again.next < read.next);
    let cleo = Login::of("cleo");
    store.publish(&[cleo.notice]).await.expect("it is the primary now");
    let later = store.feed(again.next, 10).await.expect("an answer").revocations;
    assert_eq!(later.iter().map(|it| it.what()).collect::<Vec<_>>(), [cleo.notice.what()]);
}

#[tokio::test]
async fn nothing_is_missed_that_came_before_a_place_which_was_lost() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let store = Redis::open(&server.url()).await.expect("a store");
    store.publish(&[Login::of("ada").notice]).await.expect("it is told");
    let Position(ms, n) = store.feed(Position::default(), 10).await.expect("an answer").next;
    // A copy that never got it takes over; its clock is a second behind, and the reader is away until its
    // clock has passed the place. Entries are eight bytes of a fingerprint and four of a time.
    assert_eq!(server.ask("DEL jotem:feed"), "1");
    for (place, told) in [(ms - 1_000, "missed__TIME"), (ms + 1, "notmissdTIME")] {
        server.ask(&format!("XADD jotem:feed {place}-0 r {told}"));
    }
    let again = store.feed(Position(ms, n), 10).await.expect("an answer");
    assert_eq!(again.revocations.len(), 2);
    let later = store.feed(again.next, 10).await.expect("an answer");
    assert_eq!((later.revocations.len(), later.next), (0, again.next), "and that was all");
}

#[tokio::test]
async fn a_primary_that_has_become_a_copy_tells_readers_of_the_feed_so() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let Some(other) = Server::start(Program::Redis) else { return };
    let store = Redis::open(&server.url()).await.expect("a store");
    store.feed(Position::default(), 10).await.expect("an answer");
    assert_eq!(server.ask(&format!("REPLICAOF 127.0.0.1 {}", other.port)), "OK");
    let error = store.feed(Position::default(), 10).await.expect_err("it may be behind");
    assert_eq!(error.code(), "store_read_only");
}

#[tokio::test]
async fn a_session_is_not_refreshed_with_a_grant_whose_number_was_lost() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let program = || Sessions::builder(Secret::from(vec![7; 32])).store_url(server.url()).open();
    let one = program().await.expect("sessions");
    one.start("ada", Grant::new().scopes(["everything"])).await.expect("a login");
    // What a copy does not have that never got any of it.
    assert_eq!(server.ask("FLUSHALL"), "OK");
    let other = program().await.expect("sessions");
    let pair = other.start("bob", Grant::new().scopes(["read"])).await.expect("a login");
    // The first program still knows the number that it was told.
    let refreshed = one.refresh(pair.refresh_token()).await.expect("a refresh");
    assert_eq!(refreshed.scope(), "read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_store_follows_the_sentinels_to_the_copy() {
    let Some(mut servers) = Sentinel::start(Program::Redis) else { return };
    let store = Redis::open(&servers.url()).await.expect("a store");
    let login = Login::of("ada");
    store.start(&login.start()).await.expect("a session");
    servers.primary.reaches(&servers.replica);
    for sentinel in &servers.sentinels {
        assert_eq!(sentinel.ask("SENTINEL SET main down-after-milliseconds 500"), "OK");
    }
    servers.primary.kill();
    let replica = servers.replica.port.to_string();
    until("the Sentinels name the copy", || {
        servers.sentinels[0].ask("SENTINEL GET-MASTER-ADDR-BY-NAME main").contains(&replica)
    });
    until("the copy is the primary", || servers.replica.ask("ROLE").starts_with("master"));
    let rotated = loop {
        match store.rotate(&login.rotate(1, RotationPolicy::strict())).await {
            Ok(rotated) => break rotated,
            Err(error) => assert!(
                error.retry_after().is_some() || error.code() == "store_read_only",
                "{error}"
            ),
        }
    };
    assert_eq!(rotated.expect("a session").decision, Decision::Rotate);
}
