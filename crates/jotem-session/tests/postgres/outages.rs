//! A server that does not answer, or refuses: one clear error each, within the limit (attack class R14).

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jotem_session::rotation::{Decision, RotationPolicy};
use jotem_session::store::{Postgres, Store, StoreError};
use tokio::task::JoinSet;

use crate::outage::Program;
use crate::server::Server;
use crate::sessions::{presented, started};

#[tokio::test]
async fn r14_nobody_listens() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = Postgres::open(&format!("postgres://jotem@127.0.0.1:{port}/x")).await.unwrap_err();
    assert_eq!(error.code(), "store_unavailable", "{error}");
    assert!(error.retry_after().is_some());
}

#[tokio::test]
async fn r14_somebody_listens_and_says_nothing() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let began = Instant::now();
    let url = format!("postgres://jotem@127.0.0.1:{port}/x?connect_timeout=1");
    let error = Postgres::open(&url).await.unwrap_err();
    assert_eq!(error.code(), "store_unavailable", "{error}");
    assert!(began.elapsed() >= Duration::from_millis(900), "it was waited for");
}

#[tokio::test]
async fn r14_something_else_answers() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in other.incoming().flatten() {
            drop(std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n"));
        }
    });
    let url = format!("postgres://jotem@127.0.0.1:{port}/x");
    let error = Postgres::open(&url).await.unwrap_err();
    assert!(["store_unavailable", "store_corrupt"].contains(&error.code()), "{error}");
}

#[tokio::test]
async fn r14_a_server_that_was_killed_is_unavailable_and_serves_again_when_it_is_back() {
    let Some(server) = Server::start() else { return };
    let store = server.store("outage").await;
    let new = started(&store, 1, None).await;
    server.kill();
    let rotate = presented(&new, 1, RotationPolicy::strict());
    for _ in 0..3 {
        let error = store.rotate(&rotate).await.unwrap_err();
        assert_eq!(error.code(), "store_unavailable", "{error}");
        assert!(error.retry_after().is_some());
    }
    server.run();
    let rotated = store.rotate(&rotate).await.unwrap().unwrap();
    assert_eq!(rotated.decision, Decision::Rotate, "nothing of it was done before");
}

/// Sessions in a database of their own, which give up soon. The tables are there before.
async fn program(server: &Server) -> Program {
    drop(server.store("sessions").await);
    let url = format!("{}?timeout=2000&connect_timeout=2", server.url("sessions"));
    Program::over(Arc::new(Postgres::open(&url).await.unwrap())).await
}

#[tokio::test]
async fn r14_while_the_server_is_gone_tokens_are_verified_and_everybody_else_is_told_to_come_again()
{
    let Some(server) = Server::start() else { return };
    let program = program(&server).await;
    server.kill();
    program.goes_without_its_store().await;
    server.run();
    program.goes_on().await;
}

#[tokio::test]
async fn r14_while_the_server_hangs_tokens_are_verified_and_everybody_else_is_told_to_come_again() {
    let Some(server) = Server::start() else { return };
    let program = program(&server).await;
    server.signal("-STOP");
    program.goes_without_its_store().await;
    server.signal("-CONT");
    program.goes_on().await;
}

#[tokio::test]
async fn r14_a_statement_over_the_limit_is_a_timeout_and_ends_on_the_server() {
    let Some(server) = Server::shared() else { return };
    let patient = server.store("limits").await;
    let new = started(&patient, 1, None).await;
    let mut client = server.client("limits").await;
    let url = format!("{}?timeout=2000&connect_timeout=20", server.url("limits"));
    let store = Postgres::open(&url).await.unwrap();

    let holder = client.transaction().await.unwrap();
    holder.batch_execute("SELECT FROM jotem_sessions FOR UPDATE").await.unwrap();
    let rotate = presented(&new, 1, RotationPolicy::strict());
    let error = store.rotate(&rotate).await.unwrap_err();
    assert_eq!(error.code(), "store_timeout", "{error}");

    // Nobody waits for the lock any more: what was given up can do nothing later.
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let row = holder.query_one(WAITING, &[]).await.unwrap();
        if row.get::<_, i64>(0) == 0 {
            break;
        }
        assert!(Instant::now() < deadline, "the statement goes on");
    }
    holder.commit().await.unwrap();
    let rotated = patient.rotate(&rotate).await.unwrap().unwrap();
    assert_eq!(rotated.decision, Decision::Rotate);
}

#[tokio::test]
async fn w19_callers_that_give_up_while_they_wait_leave_connections_that_can_be_used() {
    let Some(server) = Server::shared() else { return };
    let store = Arc::new(server.store("given_up").await);
    let new = started(&store, 1, None).await;
    let policy = RotationPolicy::web().window(Duration::from_secs(300), 1);
    let mut client = server.client("given_up").await;
    let holder = client.transaction().await.unwrap();
    holder.batch_execute("SELECT FROM jotem_sessions FOR UPDATE").await.unwrap();
    // More than there are connections.
    let mut callers = JoinSet::new();
    for _ in 0..64 {
        let (store, rotate) = (Arc::clone(&store), presented(&new, 1, policy));
        callers.spawn(async move { store.rotate(&rotate).await });
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    while holder.query_one(WAITING, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        assert!(Instant::now() < deadline, "nobody waits");
    }
    callers.abort_all();
    while let Some(caller) = callers.join_next().await {
        assert!(caller.unwrap_err().is_cancelled());
    }
    holder.commit().await.unwrap();
    // What had arrived is still done, by whichever comes first: one that came after two further rotations
    // would look like theft. Nobody refreshes twice in the time that a statement has.
    while client.query_one(ACTIVE, &[]).await.unwrap().get::<_, i64>(0) != 0 {
        assert!(Instant::now() < deadline, "statements go on");
    }
    // They were done as one.
    let rotated = store.rotate(&presented(&new, 1, policy)).await.unwrap().unwrap();
    assert!(matches!(rotated.decision, Decision::Rotate | Decision::Replay), "{rotated:?}");
    assert_eq!(rotated.record.generation, 2);
    for generation in 2..66 {
        let rotated = store.rotate(&presented(&new, generation, policy)).await.unwrap().unwrap();
        assert_eq!(rotated.decision, Decision::Rotate);
    }
}

#[tokio::test]
async fn a_statement_of_somebody_elses_pool_is_cancelled_too() {
    let Some(server) = Server::shared() else { return };
    let new = started(&server.store("pools").await, 1, None).await;
    let config: tokio_postgres::Config = server.url("pools").parse().unwrap();
    let manager = deadpool_postgres::Manager::new(config, tokio_postgres::NoTls);
    let pool = deadpool_postgres::Pool::builder(manager).max_size(2).build().unwrap();
    let store = Postgres::with_pool(pool, Duration::from_secs(10)).await.unwrap();

    let mut client = server.client("pools").await;
    let holder = client.transaction().await.unwrap();
    holder.batch_execute("SELECT FROM jotem_sessions FOR UPDATE").await.unwrap();
    let rotate = presented(&new, 1, RotationPolicy::strict());
    assert_eq!(store.rotate(&rotate).await.unwrap_err().code(), "store_timeout");
    let deadline = Instant::now() + Duration::from_secs(20);
    while holder.query_one(WAITING, &[]).await.unwrap().get::<_, i64>(0) != 0 {
        assert!(Instant::now() < deadline, "the statement goes on");
    }
    holder.commit().await.unwrap();
    assert_eq!(store.rotate(&rotate).await.unwrap().unwrap().decision, Decision::Rotate);
}

#[tokio::test]
async fn who_may_not_come_in_is_denied_and_no_message_has_the_password() {
    let Some(server) = Server::shared() else { return };
    let client = server.client("postgres").await;
    client.batch_execute("CREATE ROLE mallory LOGIN PASSWORD 'right'").await.unwrap();
    for (who, database) in
        [("mallory:wr0ng", "postgres"), ("nobody:wr0ng", "postgres"), ("owner:wr0ng", "no_such")]
    {
        let url = format!("{}?timeout=20000&connect_timeout=20", server.url_of(who, database));
        let error = Postgres::open(&url).await.unwrap_err();
        assert_eq!(error.code(), "store_denied", "{error}");
        assert!(!format!("{error} {error:?}").contains("wr0ng"), "{error:?}");
    }
}

#[tokio::test]
async fn a_database_that_may_only_be_read_is_refused() {
    let Some(server) = Server::shared() else { return };
    let url = server.database("only_read").await;
    let store = Postgres::open(&format!("{url}?timeout=20000")).await.unwrap();
    let read_only = format!("{url}?timeout=20000&options=-c%20default_transaction_read_only%3Don");
    let error = Postgres::open(&read_only).await.unwrap_err();
    assert_eq!(error.code(), "store_read_only", "{error}");

    // A server that becomes a copy while the program runs.
    let client = server.client("only_read").await;
    let set = "ALTER DATABASE only_read SET default_transaction_read_only = on";
    client.batch_execute(set).await.unwrap();
    client.batch_execute(OTHERS_OUT).await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let error = store.publish(&[]).await.err();
        let lease = store.lease("x", [1; 16], Duration::from_secs(9)).await;
        match lease {
            Err(StoreError::ReadOnly { .. }) => break,
            Err(StoreError::Unavailable { .. }) | Ok(_) => {}
            Err(other) => panic!("{other} after {error:?}"),
        }
        assert!(Instant::now() < deadline);
    }
}

#[tokio::test]
async fn a_server_that_would_lose_what_it_acknowledged_is_refused() {
    let Some(server) = Server::shared() else { return };
    let url = server.database("lossy").await;
    for setting in ["synchronous_commit%3Doff", "default_transaction_isolation%3Dserializable"] {
        let url = format!("{url}?timeout=20000&options=-c%20{setting}");
        let error = Postgres::open(&url).await.unwrap_err();
        assert_eq!(error.code(), "store_unsafe", "{error}");
    }
    let client = server.client("postgres").await;
    let latin = "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0";
    client.batch_execute(latin).await.unwrap();
    let error =
        Postgres::open(&format!("{}?timeout=20000", server.url("latin"))).await.unwrap_err();
    assert_eq!(error.code(), "store_unsafe", "{error}");
}

const WAITING: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'";
const ACTIVE: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()";
const OTHERS_OUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()";
