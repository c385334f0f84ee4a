//! Servers that do not answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jotem_session::rotation::{Decision, RotationPolicy};
use jotem_session::store::{Redis, Store as _, StoreError};
use tokio::task::JoinSet;

use crate::samples::Login;
use crate::server::{Program, Server};

/// Whether somebody who asks is told to come again.
fn says_to_come_again(error: &StoreError) {
    let is_outage = matches!(error, StoreError::Unavailable { .. } | StoreError::Timeout { .. });
    assert!(is_outage, "{error}");
    assert!(error.retry_after().is_some());
}

#[tokio::test]
async fn while_the_server_is_gone_everybody_is_told_so_and_then_it_goes_on() {
    let Some(mut server) =
        Server::with(Program::Redis, &["--appendonly", "yes", "--appendfsync", "always"])
    else {
        return;
    };
    let patient = Redis::open(&server.url()).await.expect("a store");
    let store = Redis::open(&format!("{}?timeout=1000", server.address())).await.expect("a store");
    let login = Login::of("ada");
    patient.start(&login.start()).await.expect("a session");
    server.kill();
    for _ in 0..3 {
        let begin = Instant::now();
        says_to_come_again(&store.start(&Login::of("bob").start()).await.expect_err("gone"));
        says_to_come_again(
            &store.rotate(&login.rotate(1, RotationPolicy::web())).await.expect_err("gone"),
        );
        says_to_come_again(&store.revoke(&login.revoke()).await.expect_err("gone"));
        says_to_come_again(&store.ping().await.expect_err("gone"));
        // Four calls of a second each, and a machine that does other things.
        assert!(begin.elapsed() < Duration::from_secs(60), "{:?}", begin.elapsed());
    }
    server.restart();
    while patient.ping().await.is_err() {}
    let rotated = patient.rotate(&login.rotate(1, RotationPolicy::strict())).await;
    assert_eq!(rotated.expect("it is back").expect("a session").decision, Decision::Rotate);
}

#[tokio::test]
async fn a_server_that_hangs_is_waited_for_no_longer_than_the_limit_says() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let patient = Redis::open(&server.url()).await.expect("a store");
    let store = Redis::open(&format!("{}?timeout=1000", server.address())).await.expect("a store");
    let login = Login::of("ada");
    patient.start(&login.start()).await.expect("a session");
    server.signal("-STOP");
    let error = store.rotate(&login.rotate(1, RotationPolicy::web())).await.expect_err("it hangs");
    assert_eq!(error, StoreError::Timeout { store: "redis", limit: Duration::from_millis(1000) });
    let error = Redis::open(&server.address()).await.expect_err("it hangs");
    says_to_come_again(&error);
    server.signal("-CONT");
    // What was asked may have been done: the owner comes again, and is not taken for a thief.
    while patient.ping().await.is_err() {}
    let rotated = patient.rotate(&login.rotate(1, RotationPolicy::web())).await;
    let decision = rotated.expect("it goes on").expect("a session").decision;
    assert!(matches!(decision, Decision::Rotate | Decision::Replay), "{decision:?}");
}

#[tokio::test]
async fn w19_callers_that_give_up_while_they_wait_leave_connections_that_can_be_used() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let url = server.url();
    let store = Arc::new(Redis::open(&url).await.expect("a store"));
    let login = Login::of("ada");
    store.start(&login.start()).await.expect("a session");
    let policy = RotationPolicy::web().window(Duration::from_secs(300), 1);
    assert_eq!(server.ask("CLIENT PAUSE 60000 WRITE"), "OK");
    let mut callers = JoinSet::new();
    for _ in 0..64 {
        let (store, rotate) = (Arc::clone(&store), login.rotate(1, policy));
        callers.spawn(async move { store.rotate(&rotate).await });
    }
    let began = Instant::now();
    while !server.ask("CLIENT LIST").contains(" flags=b ") {
        assert!(began.elapsed() < Duration::from_secs(50), "nobody waits");
        tokio::task::yield_now().await;
    }
    callers.abort_all();
    while let Some(caller) = callers.join_next().await {
        assert!(caller.expect_err("nobody was answered").is_cancelled());
    }
    assert_eq!(server.ask("CLIENT UNPAUSE"), "OK");
    // Each connection answers in turn: nothing is under way any more that could look like theft later.
    for _ in 0..16 {
        store.ping().await.expect("an answer");
    }
    // Those that had arrived may have been done, as one.
    let rotated = store.rotate(&login.rotate(1, policy)).await.expect("an answer");
    let rotated = rotated.expect("a session");
    assert!(matches!(rotated.decision, Decision::Rotate | Decision::Replay), "{rotated:?}");
    assert_eq!(rotated.record.generation, 2);
    for generation in 2..66 {
        let rotated = store.rotate(&login.rotate(generation, policy)).await.expect("an answer");
        assert_eq!(rotated.expect("a session").decision, Decision::Rotate);
    }
}

#[tokio::test]
async fn a_revocation_that_copies_do_not_confirm_is_an_error() {
    let Some(primary) = Server::start(Program::Redis) else { return };
    let store =
        Redis::open(&format!("{}?wait=1&timeout=2000", primary.address())).await.expect("a store");
    let login = Login::of("ada");
    store.start(&login.start()).await.expect("sessions wait for nobody");
    let error = store.revoke(&login.revoke()).await.expect_err("there is no copy");
    assert_eq!(error, StoreError::NotReplicated { confirmed: 0, wanted: 1 });

    let replica = Server::replica_of(&primary);
    primary.reaches(&replica);
    // A copy that has just come confirms nothing for a moment; revoking again does no harm.
    let came = Instant::now();
    while let Err(error) = store.revoke(&login.revoke_all()).await {
        assert_eq!(error.code(), "store_not_replicated");
        assert!(came.elapsed() < Duration::from_secs(60), "the copy never confirms");
    }
    store.publish(&[login.notice]).await.expect("the copy confirms");
    replica.signal("-STOP");
    let error = store.publish(&[login.notice]).await.expect_err("the copy hangs");
    assert_eq!(error.code(), "store_not_replicated");
    replica.signal("-CONT");
}
