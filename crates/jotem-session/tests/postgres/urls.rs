//! URLs that are none are refused before anything is asked, and never repeated; and connections that a
//! program has already.

use std::time::Duration;

use deadpool_postgres::{Manager, Pool};
use jotem_session::rotation::{Decision, RotationPolicy};
use jotem_session::store::{Postgres, Store, open};
use tokio_postgres::{Config, NoTls};

use crate::server::Server;
use crate::sessions::{presented, started};

#[tokio::test]
async fn a_url_that_is_wrong_is_refused_without_being_repeated() {
    for url in [
        "postgres://",
        "postgres://u:hunter2@",
        "postgresql://u:hunter2@host:port/x",
        "postgres://u:hunter2@host/x?pool=0",
        "postgres://u:hunter2@host/x?pool=many",
        "postgres://u:hunter2@host/x?timeout=0",
        "postgres://u:hunter2@host/x?timeout=-1",
        "postgres://u:hunter2@host/x?sslmode=verify-ca",
        "postgres://u:hunter2@host/x?sslmode=allow",
        "postgres://u:hunter2@host/x?sslmode=verify-full&sslrootcert=/no/such/file",
        "postgres://u:hunter2@host/x?sslmode=verify-full&sslrootcert=%2",
        "postgres://u:hunter2@host/x?sslmode=verify-full&sslrootcert=%ff",
        "postgres://u:hunter2@host/x?no_such=parameter",
        // A password that should have been percent-encoded.
        "postgres://u:hu?nter2@host/x",
        "postgres://u:?hunter2@host/x",
    ] {
        for error in [Postgres::open(url).await.unwrap_err(), open(url).await.unwrap_err()] {
            assert_eq!(error.code(), "store_url", "{url}: {error}");
            assert!(!format!("{error} {error:?}").contains("nter2"), "{error:?}");
        }
    }
}

/// Connections as a program has them.
fn pool(config: Config) -> Pool {
    Pool::builder(Manager::new(config, NoTls)).max_size(2).build().unwrap()
}

#[tokio::test]
async fn connections_of_the_program_are_taken_unless_sessions_would_be_lost() {
    let Some(server) = Server::shared() else { return };
    let config: Config = server.database("taken").await.parse().unwrap();
    let limit = Duration::from_secs(20);
    let closed = pool(config.clone());
    closed.close();
    let error = Postgres::with_pool(closed, limit).await.unwrap_err();
    assert_eq!(error.code(), "store_unavailable", "{error}");
    for (options, expected) in [
        ("-c synchronous_commit=off", "store_unsafe"),
        ("-c default_transaction_read_only=on", "store_read_only"),
    ] {
        let mut config = config.clone();
        let error = Postgres::with_pool(pool(config.options(options).clone()), limit).await;
        let error = error.unwrap_err();
        assert_eq!(error.code(), expected, "{options}: {error}");
    }

    let pool = pool(config);
    let store = Postgres::with_pool(pool.clone(), limit).await.unwrap();
    let new = started(&store, 1, Some("a browser")).await;
    let rotate = presented(&new, 1, RotationPolicy::strict());
    assert_eq!(store.rotate(&rotate).await.unwrap().unwrap().decision, Decision::Rotate);
    store.maintain(100).await.unwrap();
    drop(store);
    // What the program has stays the program's, and as it was: the limit went with each statement.
    let client = pool.get().await.unwrap();
    let row = client.query_one("SELECT current_setting('statement_timeout')", &[]).await.unwrap();
    assert_eq!(row.get::<_, String>(0), "0");
}
