//! URLs, and servers that are refused.

use std::time::Duration;

use fred::clients::Pool;
use fred::interfaces::ClientLike as _;
use fred::prelude::Builder;
use fred::types::config::Config;
use jotem_session::record::Record;
use jotem_session::rotation::RotationPolicy;
use jotem_session::store::{Position, Redis, RedisSettings, Store as _, StoreError, open};

use crate::samples::Login;
use crate::server::{Program, Server};

#[tokio::test]
async fn a_url_that_is_wrong_is_refused_and_never_repeated() {
    let wrong = [
        "redis:",
        "redis://",
        "redis:///1",
        "redis://u:pa55word@",
        "redis://u:pa55word@host:port",
        "redis://u:pa55word@host:66000",
        "redis://pa55word@host",
        "redis://u:pa55word@a,b",
        "redis://u:pa55word@host/pa55word",
        "redis://u:pa55word@host/256",
        "redis://u:pa55word@host/1/2",
        "redis://u:pa55word%@host",
        "redis://u:pa55word%zz@host",
        "redis://u:pa55word%ff@host",
        "redis://u:pa55word%+1@host",
        "redis://u:pa55word#1@host",
        "redis://u:pa55word@[::1",
        "redis://u:pa55word@[::1]6379",
        "redis://u:pa55word@ho st",
        "redis://host?pa55word=1",
        "redis://host?timeout=pa55word",
        "redis://host?timeout=0",
        "redis://host?timeout=60001",
        "redis://host?timeout=-1",
        "redis://host?wait=one",
        "redis://host?prefix=",
        "redis://host?prefix={pa55word}",
        "redis://host?prefix=pa55*word",
        "redis://host?wait=1&wait=2",
        "redis://host?ca=/pa55word",
        "rediss://host?ca=/no/such/pa55word",
        "redis+sentinel://u:pa55word@host",
        "redis+sentinel://u:pa55word@host/",
        "redis+sentinel://u:pa55word@host/service/pa55word",
        "redis+cluster://u:pa55word@host/1",
        "redis+cluster://u:pa55word@,",
    ];
    for url in wrong {
        let error = open(url).await.expect_err(url);
        assert_eq!(error.code(), "store_url", "{url}: {error}");
        let said = format!("{error} {error:?} {}", error.hint());
        assert!(!said.contains("pa55"), "{url}: {said}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_unavailable() {
    for scheme in ["redis", "redis+cluster"] {
        let error =
            Redis::open(&format!("{scheme}://u:pa55word@127.0.0.1:1")).await.expect_err("nobody");
        assert_eq!(error.code(), "store_unavailable", "{error}");
        assert!(error.retry_after().is_some());
        assert!(!format!("{error:?}").contains("pa55word"));
    }
    let error = Redis::open("redis+sentinel://127.0.0.1:1/main").await.expect_err("nobody");
    assert_eq!(error.code(), "store_unavailable", "{error}");
}

#[tokio::test]
async fn what_is_wrong_with_a_password_is_said_without_it() {
    let Some(server) = Server::with(Program::Redis, &["--save", "", "--requirepass", "right"])
    else {
        return;
    };
    for url in
        ["redis://127.0.0.1", "redis://:pa55word@127.0.0.1", "redis://ada:pa55word@127.0.0.1"]
    {
        let error =
            Redis::open(&format!("{url}:{}", server.port)).await.expect_err("another password");
        assert_eq!(error.code(), "store_denied", "{url}: {error}");
        assert!(!format!("{error} {error:?}").contains("pa55word"));
    }
    let store = Redis::open(&format!("redis://:right@127.0.0.1:{}", server.port)).await;
    let store = store.expect("the right password");
    assert!(!format!("{store:?}").contains("right"));
    assert!(store.ping().await.is_ok());
}

#[tokio::test]
async fn r15_a_server_that_evicts_is_refused() {
    for program in [Program::Redis, Program::Valkey] {
        let Some(server) = Server::start(program) else { return };
        for policy in [
            "allkeys-lru",
            "allkeys-lfu",
            "allkeys-random",
            "volatile-lru",
            "volatile-lfu",
            "volatile-random",
            "volatile-ttl",
        ] {
            assert_eq!(server.ask(&format!("CONFIG SET maxmemory-policy {policy}")), "OK");
            let error = Redis::open(&server.url()).await.expect_err(policy);
            assert_eq!(error.code(), "store_unsafe", "{program:?}: {error}");
            assert!(error.to_string().contains(policy) && error.hint().contains("noeviction"));
        }
        server.ask("CONFIG SET maxmemory-policy noeviction");
        assert!(Redis::open(&server.url()).await.is_ok());
    }
}

#[tokio::test]
async fn r15_a_server_that_begins_to_evict_later_is_told_of_by_the_upkeep() {
    for program in [Program::Redis, Program::Valkey] {
        let Some(server) = Server::start(program) else { return };
        let store = Redis::open(&server.url()).await.expect("a store");
        store.maintain(100).await.expect("all is well");
        server.ask("CONFIG SET maxmemory-policy allkeys-lru");
        let error = store.maintain(100).await.expect_err("it evicts");
        assert_eq!(error.code(), "store_unsafe", "{program:?}: {error}");
        server.ask("CONFIG SET maxmemory-policy noeviction");
        store.maintain(100).await.expect("all is well again");
    }
}

#[tokio::test]
async fn a_copy_that_can_only_be_read_is_refused() {
    let Some(primary) = Server::start(Program::Redis) else { return };
    let replica = Server::replica_of(&primary);
    let error = Redis::open(&replica.url()).await.expect_err("a copy");
    assert_eq!(error.code(), "store_read_only", "{error}");

    let store = Redis::open(&primary.url()).await.expect("a store");
    let login = Login::of("ada");
    store.start(&login.start()).await.expect("a session");
    primary.ask(&format!("REPLICAOF 127.0.0.1 {}", replica.port));
    let error =
        store.rotate(&login.rotate(1, RotationPolicy::web())).await.expect_err("it is a copy now");
    assert_eq!(error.code(), "store_read_only", "{error}");
}

#[tokio::test]
async fn who_may_do_only_what_the_store_does_can_use_it() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let may = "ACL SETUSER jotem on >word ~jotem:* resetchannels -@all +@hash +@string +@stream \
               +@scripting +time +wait +scan +pexpire +pttl +exists +del +ping";
    assert_eq!(server.ask(may), "OK");
    let url = format!("redis://jotem:word@127.0.0.1:{}?timeout=20000", server.port);
    let store = Redis::open(&url).await.expect("a store");
    let login = Login::of("ada");
    store.start(&login.start()).await.expect("a session");
    store.rotate(&login.rotate(1, RotationPolicy::web())).await.expect("a rotation");
    store.revoke(&login.revoke_all()).await.expect("a revocation");
    assert_eq!(store.export(None, 100).await.expect("a page").sessions.len(), 1);

    let error = Redis::open(&format!("{url}&prefix=others:")).await.expect_err("keys of others");
    assert_eq!(error.code(), "store_denied", "{error}");
}

#[tokio::test]
async fn what_something_else_wrote_is_named_corrupt() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let store = Redis::open(&server.url()).await.expect("a store");
    let login = Login::of("ada");
    store.start(&login.start()).await.expect("a session");
    let good =
        store.find(login.subject, login.session).await.expect("an answer").expect("it").record;
    let mut form = good.encode();
    form[0] = 0x20;
    let mut state = good.encode();
    state[0] = 0x1f;
    let wrong: [&[u8]; 5] = [b"", b"x", &good.encode()[..60], &form, &state];
    let rotate = login.rotate(1, RotationPolicy::web());
    for record in wrong {
        server.ask_words(&[b"HSET", &login.key(), login.session.as_bytes(), record]);
        let errors = [
            store.rotate(&rotate).await.expect_err("no record"),
            store.find(login.subject, login.session).await.expect_err("no record"),
            store.list(login.subject).await.expect_err("no record"),
            store.export(None, 10).await.expect_err("no record"),
        ];
        for error in errors {
            assert_eq!(error.code(), "store_corrupt", "{error}");
        }
        // It can be ended all the same, and others can log in.
        assert!(store.revoke(&login.revoke()).await.is_ok());
        store.start(&Login::of("ada").start()).await.expect("another session");
    }
    let good: [u8; Record::BYTES] = good.encode();
    server.ask_words(&[b"HSET", &login.key(), login.session.as_bytes(), &good]);
    for (field, value) in [("e", "no number"), ("e", "-1"), ("u", "no colon"), ("u", "\u{fffd}")] {
        server.ask_words(&[b"HSET", &login.key(), field.as_bytes(), value.as_bytes()]);
        let error = store.rotate(&rotate).await.expect_err("not ours");
        assert_eq!(error.code(), "store_corrupt", "{field}={value}: {error}");
        server.ask_words(&[b"HDEL", &login.key(), b"e"]);
    }
    server.ask_words(&[b"SET", &login.key(), b"another type"]);
    let error = store.rotate(&rotate).await.expect_err("another type");
    assert_eq!(error.code(), "store_corrupt", "{error}");
    server.ask("XADD jotem:feed * r short");
    let error = store.feed(Position::default(), 10).await.expect_err("no revocation");
    assert_eq!(error.code(), "store_corrupt", "{error}");
}

#[tokio::test]
async fn sessions_of_a_later_version_are_refused() {
    let Some(server) = Server::start(Program::Redis) else { return };
    drop(Redis::open(&server.url()).await.expect("an empty server"));
    drop(Redis::open(&server.url()).await.expect("its own sessions"));
    assert_eq!(server.ask("GET jotem:layout"), "1");
    server.ask("SET jotem:layout 99");
    let error = Redis::open(&server.url()).await.expect_err("a later version");
    assert_eq!(error, StoreError::Schema { store: "redis", found: 99, expected: 1 });
    // Under another prefix it is another store.
    assert!(Redis::open(&format!("{}&prefix=acme:", server.url())).await.is_ok());
    for wrong in ["SET jotem:layout one", "SET jotem:layout -1"] {
        server.ask(wrong);
        let error = Redis::open(&server.url()).await.expect_err(wrong);
        assert_eq!(error.code(), "store_corrupt", "{error}");
    }
    server.ask("DEL jotem:layout");
    let may = "ACL SETUSER reader on >word ~jotem:* resetchannels -@all +get +@scripting +ping";
    assert_eq!(server.ask(may), "OK");
    let reader = format!("redis://reader:word@127.0.0.1:{}?timeout=20000", server.port);
    drop(Redis::open(&reader).await.expect("there is nothing to misread"));
    assert_eq!(server.ask("EXISTS jotem:layout"), "0", "who may only read says nothing");
    server.ask("CONFIG SET maxmemory 1");
    drop(Redis::open(&server.url()).await.expect("a full server is read"));
    server.ask("CONFIG SET maxmemory 0");
    server.ask("LPUSH jotem:layout 1");
    let error = Redis::open(&server.url()).await.expect_err("another type");
    assert_eq!(error.code(), "store_corrupt", "{error}");
}

#[tokio::test]
async fn stores_of_two_prefixes_know_nothing_of_each_other() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let one = Redis::open(&format!("{}&prefix=one:", server.url())).await.expect("a store");
    let other = format!("{}/0?prefix=other:&timeout=20000", server.address());
    let other = Redis::open(&other).await.expect("a store");
    let login = Login::of("ada");
    one.start(&login.start()).await.expect("a session");
    one.revoke(&login.revoke()).await.expect("a revocation");
    assert_eq!(other.find(login.subject, login.session).await.expect("an answer"), None);
    assert!(other.feed(Position::default(), 10).await.expect("an answer").revocations.is_empty());
    assert!(other.export(None, 10).await.expect("an answer").sessions.is_empty());
}

#[tokio::test]
async fn a_script_that_the_server_forgot_is_sent_once_more() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let store = Redis::open(&server.url()).await.expect("a store");
    let login = Login::of("ada");
    store.start(&login.start()).await.expect("a session");
    for generation in 1..5 {
        server.ask("SCRIPT FLUSH");
        let rotated = store.rotate(&login.rotate(generation, RotationPolicy::strict())).await;
        assert_eq!(
            rotated.expect("an answer").expect("a session").record.generation,
            generation + 1
        );
    }
}

#[tokio::test]
async fn a_rotation_is_one_round_trip() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let store = Redis::open(&server.url()).await.expect("a store");
    let login = Login::of("ada");
    store.start(&login.start()).await.expect("a session");
    store.rotate(&login.rotate(1, RotationPolicy::strict())).await.expect("the script is there");
    // What a script calls is counted, too: three commands in the script, and the script.
    let before = server.figure("total_commands_processed");
    for generation in 2..102 {
        let rotated = store.rotate(&login.rotate(generation, RotationPolicy::strict())).await;
        assert!(rotated.expect("an answer").is_some());
    }
    let asked = server.figure("total_commands_processed") - before;
    let calls = |name: &str| {
        let about = server.ask("INFO commandstats");
        let line = about.lines().find(|line| line.starts_with(&format!("cmdstat_{name}:")));
        let calls = line.and_then(|line| line.split(['=', ',']).nth(1)?.parse::<u64>().ok());
        calls.unwrap_or_default()
    };
    assert_eq!(calls("evalsha"), 103, "three scripts that were not known, and 100 rotations");
    assert!(asked <= 100 * 4 + 10, "{asked} commands for 100 rotations");
}

/// Connections as a program has them, to one server.
fn pool(server: &Server) -> Pool {
    let config = Config::from_url(&server.address()).expect("a URL");
    Builder::from_config(config).build_pool(2).expect("a pool")
}

#[tokio::test]
async fn connections_of_the_program_are_taken_unless_sessions_would_be_lost() {
    let Some(server) = Server::start(Program::Redis) else { return };
    let hurried = RedisSettings::new().prefix("acme:").timeout(Duration::from_millis(300));
    let error = Redis::with_pool(pool(&server), &hurried).await.expect_err("nobody connected it");
    assert_eq!(error.code(), "store_unavailable", "{error}");
    let settings = RedisSettings::new().prefix("acme:").timeout(Duration::from_secs(20));
    let pool = pool(&server);
    pool.init().await.expect("a connection");
    let wrong = RedisSettings::new().prefix("{acme}");
    let error = Redis::with_pool(pool.clone(), &wrong).await.expect_err("a prefix with braces");
    assert_eq!(error.code(), "store_url", "{error}");
    server.ask("CONFIG SET maxmemory-policy allkeys-lru");
    let error = Redis::with_pool(pool.clone(), &settings).await.expect_err("it evicts");
    assert_eq!(error.code(), "store_unsafe", "{error}");
    server.ask("CONFIG SET maxmemory-policy noeviction");

    let store = Redis::with_pool(pool.clone(), &settings).await.expect("a store");
    let login = Login::of("ada");
    store.start(&login.start()).await.expect("a session");
    store.rotate(&login.rotate(1, RotationPolicy::strict())).await.expect("a rotation");
    let beside = Redis::open(&format!("{}&prefix=acme:", server.url())).await.expect("a store");
    beside.revoke(&login.revoke()).await.expect("a revocation");
    let read = store.feed(Position::default(), 10).await.expect("an answer");
    assert_eq!(read.revocations.len(), 1, "both are one store");
    // What the program has stays the program's.
    drop(store);
    assert!(pool.ping::<String>(None).await.is_ok());
}
