//! What is different on Cluster: the feed is elsewhere.

use std::collections::BTreeSet;

use jotem_session::refresh_token::SessionId;
use jotem_session::rotation::{Decision, RotationPolicy};
use jotem_session::store::{Position, Redis, Store as _};

use crate::samples::Login;
use crate::server::{Cluster, Program, Server};

/// The node that has a key.
fn node_of<'c>(cluster: &'c Cluster, key: &[u8]) -> &'c Server {
    let has = |node: &&Server| !node.ask_words(&[b"EXISTS", key]).starts_with("MOVED");
    cluster.0.iter().find(has).expect("one of them")
}

/// Leaves a notice beside a session, as a program does that dies before it has told it.
async fn leave_untold(cluster: &Cluster, store: &Redis, login: &Login) {
    store.start(&login.start()).await.expect("a session");
    for generation in 1..3 {
        store
            .rotate(&login.rotate(generation, RotationPolicy::strict()))
            .await
            .expect("a rotation");
    }
    let node = node_of(cluster, &login.key());
    let what = login.notice.what().as_u64().to_be_bytes();
    let told = [what.as_slice(), &u32::MAX.to_be_bytes()].concat();
    let field = [b"o".as_slice(), login.session.as_bytes()].concat();
    assert_eq!(node.ask_words(&[b"HSET", &login.key(), &field, &told]), "1");
}

/// What has been told so far, and how often.
async fn told(store: &Redis) -> Vec<u64> {
    let feed = store.feed(Position::default(), 1_000).await.expect("an answer");
    feed.revocations.iter().map(|it| it.what().as_u64()).collect()
}

fn fields(cluster: &Cluster, login: &Login) -> String {
    node_of(cluster, &login.key()).ask_words(&[b"HLEN", &login.key()])
}

#[tokio::test]
async fn what_a_program_left_untold_is_told_by_the_next_token_or_by_maintenance() {
    let Some(cluster) = Cluster::start(Program::Redis) else { return };
    let store = Redis::open(&cluster.url()).await.expect("a store");
    let presented = Login::of("ada");
    leave_untold(&cluster, &store, &presented).await;
    assert_eq!(fields(&cluster, &presented), "3", "record, name, notice");
    assert!(told(&store).await.is_empty());
    let rotated = store.rotate(&presented.rotate(3, RotationPolicy::strict())).await;
    assert_eq!(rotated.expect("an answer").expect("a session").decision, Decision::Rotate);
    assert_eq!(told(&store).await, [presented.notice.what().as_u64()]);
    assert_eq!(fields(&cluster, &presented), "2", "what was told is not told again");

    let logins: Vec<Login> =
        (0..20).map(|number| Login::of(&format!("subject {number}"))).collect();
    for login in &logins {
        leave_untold(&cluster, &store, login).await;
    }
    // Each time some subjects of one node; so many times that it has been everywhere.
    for _ in 0..100 {
        store.maintain(10).await.expect("an answer");
    }
    let expected: BTreeSet<u64> = logins.iter().map(|login| login.notice.what().as_u64()).collect();
    let found = told(&store).await;
    assert_eq!(found.len(), expected.len() + 1, "each of them once");
    assert!(expected.is_subset(&found.into_iter().collect()));
}

#[tokio::test]
async fn theft_and_the_end_of_sessions_are_told_at_once() {
    let Some(cluster) = Cluster::start(Program::Redis) else { return };
    let store = Redis::open(&cluster.url()).await.expect("a store");
    let mut expected = Vec::new();
    for number in 0..30 {
        let login = Login::of(&format!("subject {number}"));
        store.start(&login.start()).await.expect("a session");
        match number % 3 {
            0 => {
                store.rotate(&login.rotate(1, RotationPolicy::strict())).await.expect("a rotation");
                let reused = store.rotate(&login.rotate(1, RotationPolicy::strict())).await;
                assert_eq!(
                    reused.expect("an answer").expect("a session").decision,
                    Decision::Reuse
                );
            }
            1 => drop(store.revoke(&login.revoke()).await.expect("a revocation")),
            _ => drop(store.revoke(&login.revoke_all()).await.expect("a revocation")),
        }
        expected.push(login.notice.what().as_u64());
        let left = if number % 3 == 2 { "3" } else { "2" };
        assert_eq!(fields(&cluster, &login), left, "nothing is left to be told");
    }
    assert_eq!(told(&store).await, expected);
}

#[tokio::test]
async fn who_ended_for_a_login_is_told_although_a_node_refuses_to_forget_the_label() {
    let Some(cluster) = Cluster::start(Program::Redis) else { return };
    let store = Redis::open(&cluster.url()).await.expect("a store");
    let labels =
        |login: &Login| [b"jotem:l:".as_slice(), login.subject.as_bytes().as_slice()].concat();
    let is_apart = |login: &Login| {
        node_of(&cluster, &login.key()).port != node_of(&cluster, &labels(login)).port
    };
    let mut logins = (0..).map(|number| Login::of(&format!("subject {number}")));
    let first = logins.find(is_apart).expect("one whose labels are on another node");
    let mut new = first.start();
    new.label = Some("a browser".to_owned());
    store.start(&new).await.expect("a session");

    // Only the node of the labels refuses writes.
    let node = node_of(&cluster, &labels(&first));
    assert_eq!(node.ask("CONFIG SET min-replicas-to-write 1"), "OK");
    let mut second = first.clone();
    second.session = SessionId::generate(1_900_000_000).expect("random numbers");
    let mut labelled = second.start();
    labelled.label = Some("a phone".to_owned());
    let error = store.start(&labelled).await.expect_err("its label cannot be kept");
    assert_eq!(error.code(), "store_unavailable", "{error}");
    let mut only = second.start();
    only.most = 1;
    let started = store.start(&only).await.expect("the session is kept");
    assert_eq!(started.ended, [first.session], "verifiers have to be told of it");
    let listed = store.list(first.subject).await.expect("an answer").sessions;
    assert_eq!(listed.iter().map(|(id, _, _)| *id).collect::<Vec<_>>(), [second.session]);
}

#[tokio::test]
async fn a_slot_that_moves_takes_its_sessions_along() {
    let Some(cluster) = Cluster::start(Program::Redis) else { return };
    let store = Redis::open(&cluster.url()).await.expect("a store");
    let login = Login::of("ada");
    store.start(&login.start()).await.expect("a session");
    let from = node_of(&cluster, &login.key());
    let slot = from.ask_words(&[b"CLUSTER", b"KEYSLOT", &login.key()]);
    let to = cluster.0.iter().find(|node| node.port != from.port).expect("another");
    let (from_id, to_id) = (from.ask("CLUSTER MYID"), to.ask("CLUSTER MYID"));
    assert_eq!(to.ask(&format!("CLUSTER SETSLOT {slot} IMPORTING {from_id}")), "OK");
    assert_eq!(from.ask(&format!("CLUSTER SETSLOT {slot} MIGRATING {to_id}")), "OK");
    let port = to.port.to_string();
    let migrate: [&[u8]; 6] =
        [b"MIGRATE", b"127.0.0.1", port.as_bytes(), &login.key(), b"0", b"5000"];
    assert_eq!(from.ask_words(&migrate), "OK");
    // The key is there already, the slot is not. What is sent on is not run twice: it is refused.
    let error =
        store.rotate(&login.rotate(1, RotationPolicy::strict())).await.expect_err("it moves");
    assert_eq!(error.code(), "store_unavailable", "{error}");
    for node in [to, from] {
        assert_eq!(node.ask(&format!("CLUSTER SETSLOT {slot} NODE {to_id}")), "OK");
    }
    // The client hears of it by the first that is refused.
    for generation in 1..10 {
        let rotated = loop {
            match store.rotate(&login.rotate(generation, RotationPolicy::strict())).await {
                Ok(rotated) => break rotated.expect("a session"),
                Err(error) => assert!(error.retry_after().is_some(), "{error}"),
            }
        };
        assert_eq!(
            (rotated.decision, rotated.record.generation),
            (Decision::Rotate, generation + 1)
        );
    }
}

#[tokio::test]
async fn r15_a_cluster_of_which_one_node_evicts_is_refused() {
    let Some(cluster) = Cluster::start(Program::Redis) else { return };
    for node in &cluster.0 {
        assert_eq!(node.ask("CONFIG SET maxmemory-policy allkeys-lru"), "OK");
        let error = Redis::open(&cluster.url()).await.expect_err("it loses sessions");
        assert_eq!(error.code(), "store_unsafe", "{error}");
        assert_eq!(node.ask("CONFIG SET maxmemory-policy noeviction"), "OK");
    }
    assert!(Redis::open(&cluster.url()).await.is_ok());
}
