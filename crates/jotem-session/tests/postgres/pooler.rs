//! PgBouncer between program and server: in transaction mode each statement may get another connection, and
//! nothing that is set for a connection holds.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jotem_session::revocation::Fingerprint;
use jotem_session::rotation::{Decision, RotationPolicy, State};
use jotem_session::store::conformance::{CHECKS, Suite};
use jotem_session::store::{Notice, Position, Postgres, Revoke, Store, Target};
use tempfile::TempDir;

use crate::server::{NOBODY, Server, free_port};
use crate::sessions::{presented, started};

/// A pooler that runs.
struct Pooler {
    process: Child,
    directory: TempDir,
    port: u16,
}

impl Pooler {
    /// Starts one in front of a server; absent, and said so, where PgBouncer is not installed.
    fn before(server: &Server, settings: &[&str]) -> Option<Self> {
        let Some(program) = program() else {
            let how = "PgBouncer is not installed (Debian: apt-get install pgbouncer)";
            assert!(std::env::var_os("CI").is_none(), "{how}");
            eprintln!("skipped: {how}");
            return None;
        };
        let (directory, port) = (TempDir::new().unwrap(), free_port());
        let lines = format!(
            "[databases]\n* = host=127.0.0.1 port={}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             pool_mode = transaction\nauth_type = trust\nauth_file = users\n\
             server_tls_sslmode = disable\nlogfile = log\n{}\n",
            server.port(),
            settings.join("\n")
        );
        std::fs::write(directory.path().join("settings"), lines).unwrap();
        std::fs::write(directory.path().join("users"), "\"owner\" \"\"\n").unwrap();
        let mut command = Command::new(program);
        command.arg("settings").current_dir(directory.path()).process_group(0);
        if server.is_root() {
            // PgBouncer refuses to run as root.
            chown(directory.path(), Some(NOBODY), Some(NOBODY)).unwrap();
            command.uid(NOBODY).gid(NOBODY);
        }
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut pooler = Self { process, directory, port };
        pooler.answers();
        Some(pooler)
    }

    fn answers(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(self.process.try_wait().unwrap().is_none(), "it ended: {}", self.log());
            assert!(Instant::now() < deadline, "the pooler did not start: {}", self.log());
            std::thread::yield_now();
        }
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://owner@127.0.0.1:{}/{database}?connect_timeout=20", self.port)
    }

    /// What it has said so far.
    fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Finds PgBouncer: on the path, or where Debian has what only root starts.
fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = Path::new("/usr/sbin").to_owned();
    let mut places = std::env::split_paths(&path).chain([debian]);
    places.find_map(|place| Some(place.join("pgbouncer")).filter(|program| program.is_file()))
}

#[tokio::test]
async fn what_a_pooler_refuses_is_told_apart_by_who_can_mend_it() {
    let Some(server) = Server::shared() else { return };
    let url = server.database("refused_by_pooler").await;
    drop(Postgres::open(&format!("{url}?timeout=20000")).await.unwrap());
    let settings = ["max_client_conn = 2", "client_login_timeout = 20"];
    let Some(pooler) = Pooler::before(&server, &settings) else { return };

    // The program is set up wrongly: asking again is of no use.
    let url = pooler.url("refused_by_pooler");
    let set = format!("{url}&timeout=20000&options=-c%20search_path%3Dpublic");
    let error = Postgres::open(&set).await.unwrap_err();
    assert_eq!(error.code(), "store_denied", "it passes no settings on: {error}");
    assert!(error.to_string().contains("startup parameter"), "{error}");
    for wrong in [url.replace("owner@", "mallory@"), pooler.url("no_such_database")] {
        let error = Postgres::open(&format!("{wrong}&timeout=20000")).await.unwrap_err();
        assert_eq!(error.code(), "store_denied", "{error}");
    }

    // It has no connection to give away: later it may.
    let held = Postgres::open(&format!("{url}&pool=1&timeout=20000")).await.unwrap();
    let second = Postgres::open(&format!("{url}&pool=1&timeout=20000")).await.unwrap();
    let error = Postgres::open(&format!("{url}&timeout=20000")).await.unwrap_err();
    assert_eq!(error.code(), "store_unavailable", "all its connections are in use: {error}");
    assert!(error.retry_after().is_some());
    drop(second);
    assert!(held.ping().await.unwrap() > 0);
}

#[tokio::test]
async fn r14_a_server_that_is_gone_behind_its_pooler_is_unavailable_until_it_is_back() {
    let Some(server) = Server::start() else { return };
    let direct = server.store("behind").await;
    let new = started(&direct, 1, None).await;
    let settings = ["client_login_timeout = 5", "server_login_retry = 1", "query_wait_timeout = 1"];
    let Some(pooler) = Pooler::before(&server, &settings) else { return };
    let url = format!("{}&timeout=20000", pooler.url("behind"));
    let store = Postgres::open(&url).await.unwrap();
    server.kill();
    let rotate = presented(&new, 1, RotationPolicy::strict());
    for _ in 0..3 {
        let error = store.rotate(&rotate).await.unwrap_err();
        assert_eq!(error.code(), "store_unavailable", "{error}");
        let error = Postgres::open(&url).await.unwrap_err();
        assert_eq!(error.code(), "store_unavailable", "{error}");
    }
    server.run();
    let deadline = Instant::now() + Duration::from_secs(20);
    let rotated = loop {
        match store.rotate(&rotate).await {
            Ok(rotated) => break rotated.unwrap(),
            Err(error) => assert_eq!(error.code(), "store_unavailable", "{error}"),
        }
        assert!(Instant::now() < deadline, "it stays away");
    };
    assert_eq!(rotated.decision, Decision::Rotate, "nothing of it was done before");
}

#[tokio::test]
async fn through_a_pooler_that_passes_no_limit_on_each_statement_brings_it_along() {
    let Some(server) = Server::shared() else { return };
    let new = started(&server.store("unlimited").await, 1, None).await;
    let Some(pooler) = Pooler::before(&server, &[]) else { return };
    let url = format!("{}&timeout=3000", pooler.url("unlimited"));
    let store = Postgres::open(&url).await.unwrap();
    assert!(pooler.log().contains("unsupported startup parameter"), "{}", pooler.log());

    let mut client = server.client("unlimited").await;
    let holder = client.transaction().await.unwrap();
    holder.batch_execute("SELECT FROM jotem_sessions FOR UPDATE").await.unwrap();
    let rotate = presented(&new, 1, RotationPolicy::strict());
    let error = store.rotate(&rotate).await.unwrap_err();
    assert_eq!(error.code(), "store_timeout", "{error}");
    // Nobody waits for the lock any more: what was given up can do nothing later.
    let deadline = Instant::now() + Duration::from_secs(20);
    while holder.query_one(WAITING, &[]).await.unwrap().get::<_, i64>(0) != 0 {
        assert!(Instant::now() < deadline, "the statement goes on");
    }
    holder.commit().await.unwrap();
    let patient = Postgres::open(&url.replace("timeout=3000", "timeout=20000")).await.unwrap();
    assert_eq!(patient.rotate(&rotate).await.unwrap().unwrap().decision, Decision::Rotate);
}

#[tokio::test]
async fn a_pooler_that_ignores_the_limit_is_no_way_around_it() {
    let Some(server) = Server::shared() else { return };
    let new = started(&server.store("ignored").await, 1, None).await;
    let settings = ["ignore_startup_parameters = options"];
    let Some(pooler) = Pooler::before(&server, &settings) else { return };
    let url = format!("{}&timeout=3000", pooler.url("ignored"));
    let store = Postgres::open(&url).await.unwrap();
    let mut client = server.client("ignored").await;
    let holder = client.transaction().await.unwrap();
    holder.batch_execute("SELECT FROM jotem_sessions FOR UPDATE").await.unwrap();
    let rotate = presented(&new, 1, RotationPolicy::strict());
    assert_eq!(store.rotate(&rotate).await.unwrap_err().code(), "store_timeout");
    let deadline = Instant::now() + Duration::from_secs(20);
    while holder.query_one(WAITING, &[]).await.unwrap().get::<_, i64>(0) != 0 {
        assert!(Instant::now() < deadline, "the statement goes on");
    }
}

#[tokio::test]
async fn sessions_begin_move_and_end_through_a_pooler_with_one_connection() {
    let Some(server) = Server::shared() else { return };
    server.database("pooled").await;
    let Some(pooler) = Pooler::before(&server, &["default_pool_size = 1"]) else { return };
    let url = format!("{}&timeout=20000", pooler.url("pooled"));
    // The tables are made through it, too.
    let store = Postgres::open(&url).await.unwrap();
    let other = Postgres::open(&url).await.unwrap();
    let new = started(&store, 1, Some("a browser")).await;
    for generation in 1..10 {
        let store = if generation % 2 == 0 { &store } else { &other };
        let rotate = presented(&new, generation, RotationPolicy::strict());
        assert_eq!(store.rotate(&rotate).await.unwrap().unwrap().decision, Decision::Rotate);
    }
    store.maintain(100).await.unwrap();
    let notice = Notice::new(Fingerprint::from_u64(7), 930);
    let target = Target::Session(new.subject, new.session);
    other.revoke(&Revoke { target, state: State::LoggedOut, notice }).await.unwrap();
    let told = store.feed(Position::default(), 10).await.unwrap().revocations;
    assert_eq!(told.iter().map(|it| it.what().as_u64()).collect::<Vec<_>>(), [7]);
    let rotate = presented(&new, 10, RotationPolicy::strict());
    let decision = store.rotate(&rotate).await.unwrap().unwrap().decision;
    assert_eq!(decision, Decision::Dead(State::LoggedOut));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn through_a_pooler_postgres_does_what_every_store_has_to_do() {
    let Some(server) = Server::shared() else { return };
    server.database("pooled_suite").await;
    let Some(pooler) = Pooler::before(&server, &["default_pool_size = 8"]) else { return };
    let url = format!("{}&timeout=20000", pooler.url("pooled_suite"));
    let store = Arc::new(Postgres::open(&url).await.unwrap());
    let beside = Arc::new(Postgres::open(&url).await.unwrap());
    let report = Suite::new(store).beside(beside).cases(100).rounds(3, 6).run().await;
    assert!(report.failures.is_empty(), "{report}");
    assert_eq!(report.passed.len(), CHECKS.len());
}

const WAITING: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'";
