//! PostgreSQL beside `pgbench`, which updates one row by its key on the same server, with as many
//! connections and as durably.

use std::process::Command;

use jotem_session::store::{Postgres, Store as _};

use crate::load::{Beside, ROUNDS, SESSIONS, fill, rotations};
use crate::postgres_server::Server;

/// Connections, and callers.
const CONNECTIONS: u32 = 16;

pub(crate) async fn measure() {
    let Some(server) = Server::start() else { return };
    println!(
        "PostgreSQL, {SESSIONS} sessions, two a subject, {CONNECTIONS} connections, each commit durable"
    );
    as_it_comes(&server).await;
    let url = server.database("sessions").await;
    let store = open(&url).await;
    size(&server, "sessions", store, None).await;
    compare(&server, store).await;
    println!("  after them: {:.0} bytes a session", bytes_a_session(&server, "sessions").await);
    let url = server.database("labelled").await;
    size(&server, "labelled", open(&url).await, Some("x".repeat(100))).await;
}

/// With the memory that PostgreSQL has by default: that of the tests is smaller than the tables.
async fn as_it_comes(server: &Server) {
    let client = server.client("postgres").await;
    for setting in ["shared_buffers = '128MB'", "max_wal_size = '1GB'"] {
        client.batch_execute(&format!("ALTER SYSTEM SET {setting}")).await.unwrap();
    }
    server.kill();
    server.run();
}

async fn open(url: &str) -> &'static Postgres {
    let url = format!("{url}?pool={CONNECTIONS}&timeout=20000");
    Box::leak(Box::new(Postgres::open(&url).await.unwrap()))
}

async fn size(server: &Server, database: &str, store: &'static Postgres, label: Option<String>) {
    let length = label.as_ref().map_or(0, String::len);
    let logins = fill(store, CONNECTIONS, label).await;
    let bytes = bytes_a_session(server, database).await;
    println!("  with a label of {length} bytes: {bytes:.0} bytes a session; {logins:.0} logins/s");
}

/// Tables and indices of sessions and subjects.
async fn bytes_a_session(server: &Server, database: &str) -> f64 {
    let client = server.client(database).await;
    let row = client
        .query_one(
            "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class \
             WHERE relkind = 'r' AND relname LIKE 'jotem_s%'",
            &[],
        )
        .await
        .unwrap();
    row.get::<_, i64>(0) as f64 / f64::from(SESSIONS)
}

async fn compare(server: &Server, store: &'static Postgres) {
    server.database("plain").await;
    let client = server.client("plain").await;
    let rows = format!(
        "CREATE TABLE plain (id int PRIMARY KEY, rotated_at_ms bigint NOT NULL, generation int NOT NULL, \
         filler text) WITH (fillfactor = 80); \
         INSERT INTO plain SELECT id, 0, 1, repeat('x', 100) FROM generate_series(1, {SESSIONS}) id; \
         VACUUM ANALYZE plain;"
    );
    for statement in rows.split_inclusive(';') {
        client.batch_execute(statement).await.unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("update.sql");
    let text = format!(
        "\\set id random(1, {SESSIONS})\n\
         UPDATE plain SET generation = generation + 1, rotated_at_ms = 1795305600000 WHERE id = :id;\n"
    );
    std::fs::write(&script, text).unwrap();
    store.ping().await.unwrap();
    let mut beside = Beside::default();
    for round in 0..ROUNDS {
        let ours = rotations(store, CONNECTIONS, round).await;
        let theirs = tokio::task::block_in_place(|| pgbench(server, &script));
        beside.add(ours, theirs);
    }
    beside.print("rotations", "pgbench, one row", 0.8);
}

/// What `pgbench` says, without the time that connecting takes.
fn pgbench(server: &Server, script: &std::path::Path) -> f64 {
    let connections = CONNECTIONS.to_string();
    let output = Command::new(server.program("pgbench"))
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--time=1"])
        .args(["--client", &connections, "--file"])
        .arg(script)
        .arg(server.url("plain"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().find(|line| line.starts_with("tps = "));
    let line = line.unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    line.split_whitespace().nth(2).unwrap().parse().unwrap()
}
