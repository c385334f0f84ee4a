//! Sessions over a server that goes away, hangs, or loses what it had answered.

use std::sync::{Arc, Mutex};

use jotem::{Algorithm, Secret, SigningKey};
use jotem_session::event::{Action, Event};
use jotem_session::rotation::RotationPolicy;
use jotem_session::store::Redis;
use jotem_session::{Grant, Sessions, TokenPair};

use crate::outage::Program;
use crate::server::{self, Server};

/// Quick to give up: what is asked in vain is asked often.
async fn program(server: &Server) -> Program {
    let store = Redis::open(&format!("{}?timeout=1500", server.address())).await.expect("a store");
    Program::over(Arc::new(store)).await
}

#[tokio::test]
async fn while_the_server_is_gone_tokens_are_verified_and_everybody_else_is_told_to_come_again() {
    let always = ["--appendonly", "yes", "--appendfsync", "always"];
    let Some(mut server) = Server::with(server::Program::Redis, &always) else { return };
    let program = program(&server).await;
    server.kill();
    program.goes_without_its_store().await;
    server.restart();
    program.goes_on().await;
}

#[tokio::test]
async fn while_the_server_hangs_tokens_are_verified_and_everybody_else_is_told_to_come_again() {
    let Some(server) = Server::start(server::Program::Redis) else { return };
    let program = program(&server).await;
    server.signal("-STOP");
    program.goes_without_its_store().await;
    server.signal("-CONT");
    program.goes_on().await;
}

/// Sessions at a server, and what is told of them.
async fn at(
    server: &Server,
    key: &SigningKey,
    policy: RotationPolicy,
) -> (Sessions, Arc<Mutex<Vec<Event>>>) {
    let told: Arc<Mutex<Vec<Event>>> = Arc::default();
    let hears = Arc::clone(&told);
    let builder = Sessions::builder(Secret::from(vec![7; 32])).store_url(server.url());
    let builder = builder.signing_key(key.clone()).policy(policy);
    let builder =
        builder.on_event(move |event| hears.lock().expect("no panic").push(event.clone()));
    (builder.open().await.expect("sessions"), told)
}

#[tokio::test]
async fn r15_an_eviction_policy_that_was_changed_since_is_an_alarm() {
    let Some(server) = Server::start(server::Program::Redis) else { return };
    let store = Arc::new(Redis::open(&server.url()).await.expect("a store"));
    server.ask("CONFIG SET maxmemory-policy volatile-ttl");
    let (tells, mut told) = tokio::sync::mpsc::unbounded_channel();
    let key = SigningKey::generate(Algorithm::EdDsa).expect("a key");
    let builder = Sessions::builder(Secret::from(vec![7; 32])).store(store).signing_key(key);
    let builder = builder.on_event(move |event| drop(tells.send(event.clone())));
    let sessions = builder.open().await.expect("sessions");
    let event = told.recv().await.expect("an event");
    assert_eq!((event.action, event.reason), (Action::StoreFailed, Some("store_unsafe")));
    assert!(event.action.is_alarm());
    drop(sessions);
}

async fn refreshed(sessions: &Sessions, pair: &TokenPair) -> TokenPair {
    sessions.refresh(pair.refresh_token()).await.expect("a refresh")
}

#[tokio::test]
async fn whose_rotations_a_copy_never_got_goes_on_there_and_it_is_told() {
    let Some(primary) = Server::start(server::Program::Redis) else { return };
    let replica = Server::replica_of(&primary);
    let key = SigningKey::generate(Algorithm::EdDsa).expect("a key");
    let (before, _) = at(&primary, &key, RotationPolicy::web()).await;
    let mut ada = before.start("ada", Grant::new()).await.expect("a login");
    let mut bob = before.start("bob", Grant::new()).await.expect("a login");
    primary.reaches(&replica);
    // Nothing reaches the copy from here on; it takes over later.
    assert_eq!(replica.ask("REPLICAOF NO ONE"), "OK");
    for _ in 0..3 {
        ada = refreshed(&before, &ada).await;
        bob = refreshed(&before, &bob).await;
    }
    drop(before);
    drop(primary);

    let (after, told) = at(&replica, &key, RotationPolicy::web()).await;
    let next = refreshed(&after, &ada).await;
    let told_so_far = std::mem::take(&mut *told.lock().expect("no panic"));
    let [event] = told_so_far.as_slice() else { panic!("{told_so_far:?}") };
    assert_eq!((event.action, event.session), (Action::RefreshRepaired, Some(ada.session())));
    let detail = event.detail.as_ref().expect("what helps to see it");
    assert_eq!(detail.as_str(), "generation 4 presented, 5 current");
    assert_eq!(after.verify::<()>(next.access_token()).expect("it is sound").subject(), "ada");
    refreshed(&after, &next).await;
    let actions = |told: &[Event]| told.iter().map(|event| event.action).collect::<Vec<_>>();
    assert_eq!(actions(&told.lock().expect("no panic")), [Action::RefreshRotated]);

    let (strict, told) = at(&replica, &key, RotationPolicy::web().end_if_behind()).await;
    let refused = strict.refresh(bob.refresh_token()).await.expect_err("it is behind");
    assert_eq!(refused.code(), "session_behind");
    assert_eq!(actions(&told.lock().expect("no panic")), [Action::RefreshBehind]);
    let refused = strict.verify::<()>(bob.access_token()).expect_err("the session ended");
    assert_eq!(refused.code(), "access_revoked");
}
