//! No command that may have run is sent twice.

use std::time::Duration;

use fred::interfaces::ClientLike as _;
use fred::prelude::{Builder, ReconnectPolicy};
use fred::types::config::Config;
use jotem_session::rotation::{Decision, RotationPolicy, State};
use jotem_session::store::{Redis, RedisSettings, Store as _};

use crate::proxy::Wire;
use crate::samples::Login;
use crate::server::{Program, Server};

/// Rotates once while the wire is cut, and sees what the server keeps when the store is back.
async fn rotates_once(store: &Redis, wire: &Wire) {
    let login = Login::of("ada");
    store.start(&login.start()).await.expect("a session");
    store.rotate(&login.rotate(1, RotationPolicy::strict())).await.expect("the script is there");
    wire.cut_at_the_next_answer();
    let error =
        store.rotate(&login.rotate(2, RotationPolicy::strict())).await.expect_err("no answer");
    assert!(wire.was_cut());
    assert!(error.retry_after().is_some(), "{error}");
    // Each connection answers: nothing is under way any more.
    for _ in 0..16 {
        while store.ping().await.is_err() {}
    }
    let kept =
        store.find(login.subject, login.session).await.expect("an answer").expect("a session");
    assert_eq!(kept.record.state, State::Active, "a rotation that ran twice looks like theft");
    assert_eq!(kept.record.generation, 3, "it ran, once");
    // Who heard nothing comes again, and gets the very same token.
    let again = store
        .rotate(&login.rotate(2, RotationPolicy::web().window(Duration::from_secs(300), 1)))
        .await
        .expect("an answer");
    assert_eq!(again.expect("a session").decision, Decision::Replay);
}

#[tokio::test]
async fn a_rotation_whose_answer_was_lost_is_not_sent_again() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let wire = Wire::to(server.port).await;
    let url = format!("redis://127.0.0.1:{}?timeout=20000", wire.port);
    let store = Redis::open(&url).await.expect("a store");
    for _ in 0..10 {
        rotates_once(&store, &wire).await;
    }
}

#[tokio::test]
async fn nor_over_connections_of_the_program_that_repeat_commands() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let wire = Wire::to(server.port).await;
    let config = Config::from_url(&format!("redis://127.0.0.1:{}", wire.port)).expect("a URL");
    let mut builder = Builder::from_config(config);
    builder.set_policy(ReconnectPolicy::new_constant(0, 20));
    let pool = builder.build_pool(2).expect("a pool");
    pool.init().await.expect("a connection");
    let store = Redis::with_pool(pool, &RedisSettings::new().timeout(Duration::from_secs(20)))
        .await
        .expect("a store");
    rotates_once(&store, &wire).await;
}
