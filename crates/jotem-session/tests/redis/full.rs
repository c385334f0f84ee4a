//! Servers that can keep nothing more: one clear error each, and nothing that was acknowledged is lost
//! (attack class R14).

use std::path::Path;
use std::time::Duration;

use jotem_session::rotation::{Decision, RotationPolicy, State};
use jotem_session::store::{Position, Redis, Store as _, StoreError};

use crate::samples::Login;
use crate::server::{Program, Server, until};

const FULL: StoreError = StoreError::Full { store: "redis" };

/// A store with one session, whose second token is the next one.
async fn with_a_session(server: &Server) -> (Redis, Login) {
    let store = Redis::open(&server.url()).await.expect("a store");
    let login = Login::of("ada");
    store.start(&login.start()).await.expect("a session");
    let rotated = store.rotate(&login.rotate(1, RotationPolicy::web())).await;
    assert_eq!(rotated.expect("an answer").expect("a session").decision, Decision::Rotate);
    (store, login)
}

/// What everybody is told who would have something kept: a login, a rotation, theft, revocations.
async fn refusals(store: &Redis, login: &Login) -> Vec<(&'static str, StoreError)> {
    let other = Login::of("bob");
    let labelled = {
        let mut new = other.start();
        new.label = Some("a browser".to_owned());
        new
    };
    let next = login.rotate(2, RotationPolicy::web());
    let theft = login.rotate(1, RotationPolicy::strict());
    vec![
        ("a login", store.start(&other.start()).await.expect_err("a login")),
        ("a labelled login", store.start(&labelled).await.expect_err("a labelled login")),
        ("a rotation", store.rotate(&next).await.expect_err("a rotation")),
        ("theft", store.rotate(&theft).await.expect_err("theft")),
        ("a logout", store.revoke(&login.revoke()).await.expect_err("a logout")),
        ("all logouts", store.revoke(&login.revoke_all()).await.expect_err("all logouts")),
        ("a notice", store.publish(&[login.notice]).await.expect_err("a notice")),
    ]
}

/// What is kept can be read all the while, and who comes again within the window is answered.
async fn is_read_as_it_was(store: &Redis, login: &Login) {
    let kept = store.find(login.subject, login.session).await.expect("an answer").expect("it");
    assert_eq!((kept.record.generation, kept.record.state), (2, State::Active));
    assert_eq!(store.list(login.subject).await.expect("an answer").sessions.len(), 1);
    assert_eq!(store.export(None, 10).await.expect("an answer").sessions.len(), 1);
    assert!(store.feed(Position::default(), 10).await.expect("an answer").revocations.is_empty());
    assert!(store.ping().await.is_ok());
    let again = store
        .rotate(&login.rotate(1, RotationPolicy::web().window(Duration::from_secs(300), 1)))
        .await;
    assert_eq!(again.expect("nothing is written").expect("it").decision, Decision::Replay);
}

/// With room again all goes on: what was refused has left nothing behind.
async fn goes_on(store: &Redis, login: &Login) {
    let rotated = store.rotate(&login.rotate(2, RotationPolicy::strict())).await;
    assert_eq!(rotated.expect("an answer").expect("a session").decision, Decision::Rotate);
    store.start(&Login::of("bob").start()).await.expect("another session");
    assert_eq!(store.list(Login::of("bob").subject).await.expect("an answer").sessions.len(), 1);
    store.revoke(&login.revoke()).await.expect("a revocation");
    let told = store.feed(Position::default(), 10).await.expect("an answer").revocations;
    assert_eq!(told.iter().map(|it| it.what()).collect::<Vec<_>>(), [login.notice.what()]);
}

#[tokio::test]
async fn r14_a_server_without_memory_is_full_and_keeps_what_it_has() {
    for program in [Program::Redis, Program::Valkey] {
        let Some(server) = Server::start(program) else { continue };
        let (store, login) = with_a_session(&server).await;
        assert_eq!(server.ask("CONFIG SET maxmemory 1"), "OK");
        for (what, error) in refusals(&store, &login).await {
            assert_eq!(error, FULL, "{what}");
            assert_eq!(error.retry_after(), None, "somebody has to make room");
        }
        let opened = Redis::open(&server.url()).await.expect("it answers");
        for store in [&store, &opened] {
            is_read_as_it_was(store, &login).await;
        }
        store.maintain(100).await.expect("forgetting makes room");
        assert_eq!(server.ask("CONFIG SET maxmemory 0"), "OK");
        goes_on(&store, &login).await;
    }
}

#[tokio::test]
async fn r14_logins_until_the_memory_is_full_are_all_kept_or_refused() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let store = Redis::open(&server.url()).await.expect("a store");
    server.ask("SETRANGE ballast 4000000 x");
    let most = server.figure("used_memory") + 400_000;
    assert_eq!(server.ask(&format!("CONFIG SET maxmemory {most}")), "OK");
    let mut kept = Vec::new();
    let refused = loop {
        let login = Login::of(&format!("subject {}", kept.len()));
        match store.start(&login.start()).await {
            Ok(_) => kept.push(login),
            Err(error) => {
                assert_eq!(error, FULL);
                break login;
            }
        }
        assert!(kept.len() < 100_000, "it is never full");
    };
    assert!(!kept.is_empty(), "there was room");
    let nobody = store.find(refused.subject, refused.session).await.expect("an answer");
    assert_eq!(nobody, None, "what was refused is not there");
    for login in &kept {
        let found = store.find(login.subject, login.session).await.expect("an answer");
        assert!(found.is_some(), "what was acknowledged is there");
    }
    assert_eq!(server.ask("DEL ballast"), "1");
    store.start(&refused.start()).await.expect("there is room");
    for login in kept.iter().chain([&refused]) {
        let rotated = store.rotate(&login.rotate(1, RotationPolicy::strict())).await;
        assert_eq!(rotated.expect("an answer").expect("a session").decision, Decision::Rotate);
    }
}

#[tokio::test]
async fn r14_a_server_that_cannot_save_is_unavailable_and_not_corrupt() {
    for program in [Program::Redis, Program::Valkey] {
        let arguments = ["--save", "3600 1", "--appendonly", "no"];
        let Some(server) = Server::with(program, &arguments) else { continue };
        let (store, login) = with_a_session(&server).await;
        // No file can take the place of a directory, whoever asks for it.
        let in_the_way = server.directory().join("dump.rdb");
        std::fs::create_dir(&in_the_way).expect("a directory");
        server.ask("BGSAVE");
        let says = |what: &str| server.ask("INFO persistence").contains(what);
        until("saving fails", || says("rdb_last_bgsave_status:err"));
        for (what, error) in refusals(&store, &login).await {
            assert_eq!(error.code(), "store_unavailable", "{what}: {error}");
            assert!(error.to_string().contains("cannot write to its disk"), "{what}: {error}");
            assert!(error.retry_after().is_some(), "{what}");
        }
        is_read_as_it_was(&store, &login).await;
        std::fs::remove_dir(&in_the_way).expect("a directory");
        server.ask("BGSAVE");
        until("saving works", || says("rdb_last_bgsave_status:ok"));
        goes_on(&store, &login).await;
    }
}

#[tokio::test]
async fn r14_a_server_whose_log_finds_the_disk_full_is_full() {
    let disk = Path::new("/dev/full");
    if !disk.exists() {
        eprintln!("skipped: this system has no /dev/full");
        return;
    }
    let Some(server) = Server::start(Program::Redis) else { return };
    let (store, login) = with_a_session(&server).await;
    // The file that it begins to write to when it is told to keep a log.
    let logs = server.directory().join("appendonlydir");
    std::fs::create_dir(&logs).expect("a directory");
    std::os::unix::fs::symlink(disk, logs.join("temp-appendonly.aof.incr")).expect("a link");
    assert_eq!(server.ask("CONFIG SET appendonly yes"), "OK");
    let says = |what: &str| server.ask("INFO persistence").contains(what);
    // With `everysec` it answers, and sees only then that the disk is full.
    until("writing fails", || {
        server.ask("SET ballast x");
        says("aof_last_write_status:err")
    });
    for (what, error) in refusals(&store, &login).await {
        assert_eq!(error, FULL, "{what}");
    }
    is_read_as_it_was(&store, &login).await;
    assert_eq!(server.ask("CONFIG SET appendonly no"), "OK");
    goes_on(&store, &login).await;
}

#[tokio::test]
async fn a_server_that_wants_copies_and_has_none_is_unavailable_and_not_corrupt() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let (store, login) = with_a_session(&server).await;
    assert_eq!(server.ask("CONFIG SET min-replicas-to-write 1"), "OK");
    for (what, error) in refusals(&store, &login).await {
        assert_eq!(error.code(), "store_unavailable", "{what}: {error}");
        assert!(error.to_string().contains("copies"), "{what}: {error}");
        assert!(error.retry_after().is_some(), "{what}");
    }
    is_read_as_it_was(&store, &login).await;
    assert_eq!(server.ask("CONFIG SET min-replicas-to-write 0"), "OK");
    goes_on(&store, &login).await;
}
