//! Tables are made once, by whoever comes first, and those of a later version are left alone.

use jotem_session::rotation::{Decision, RotationPolicy};
use jotem_session::store::{Postgres, Store};

use crate::server::Server;
use crate::sessions::{presented, started};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_make_the_tables_at_once_all_find_them_made() {
    let Some(server) = Server::shared() else { return };
    let url = format!("{}?timeout=20000&connect_timeout=20", server.database("at_once").await);
    let programs: Vec<_> = (0..12)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { Postgres::open(&url).await.map(drop) })
        })
        .collect();
    for program in programs {
        program.await.unwrap().unwrap();
    }
    let client = server.client("at_once").await;
    let versions = client.query("SELECT version FROM jotem_schema", &[]).await.unwrap();
    assert_eq!(versions.len(), 1);
}

#[tokio::test]
async fn tables_of_a_later_version_are_refused() {
    let Some(server) = Server::shared() else { return };
    drop(server.store("newer").await);
    let client = server.client("newer").await;
    client.batch_execute("INSERT INTO jotem_schema (version) VALUES (99)").await.unwrap();
    let error =
        Postgres::open(&format!("{}?timeout=20000", server.url("newer"))).await.unwrap_err();
    assert_eq!(error.code(), "store_schema", "{error}");
    assert!(error.to_string().contains("99"));
}

#[tokio::test]
async fn tables_that_are_gone_are_named_as_such() {
    let Some(server) = Server::shared() else { return };
    let store = server.store("gone").await;
    let new = started(&store, 1, None).await;
    let client = server.client("gone").await;
    client.batch_execute("DROP TABLE jotem_sessions CASCADE").await.unwrap();
    let error = store.find(new.subject, new.session).await.unwrap_err();
    assert_eq!(error.code(), "store_schema", "{error}");
}

#[tokio::test]
async fn a_program_without_the_right_to_make_tables_is_told_so() {
    let Some(server) = Server::shared() else { return };
    let client = server.client("postgres").await;
    client.batch_execute("CREATE ROLE reader LOGIN PASSWORD 'secret'").await.unwrap();
    server.database("bare").await;
    let bare = server.client("bare").await;
    bare.batch_execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC").await.unwrap();
    let url = format!("{}?timeout=20000", server.url_of("reader:secret", "bare"));
    let error = Postgres::open(&url).await.unwrap_err();
    assert_eq!(error.code(), "store_denied", "{error}");
    assert!(!error.to_string().contains("secret"));
}

#[tokio::test]
async fn a_program_that_may_only_read_and_write_works_with_tables_that_somebody_made() {
    let Some(server) = Server::shared() else { return };
    let client = server.client("postgres").await;
    client.batch_execute("CREATE ROLE program LOGIN PASSWORD 'secret'").await.unwrap();
    server.database("prepared").await;
    let owner = server.client("prepared").await;
    owner.batch_execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC").await.unwrap();
    owner.batch_execute(&Postgres::schema()).await.unwrap();
    let url = format!("{}?timeout=20000", server.url_of("program:secret", "prepared"));
    let error = Postgres::open(&url).await.unwrap_err();
    assert_eq!(error.code(), "store_denied", "not even to read: {error}");

    owner.batch_execute(GRANT).await.unwrap();
    let store = Postgres::open(&url).await.unwrap();
    let new = started(&store, 1, None).await;
    let rotate = presented(&new, 1, RotationPolicy::strict());
    assert_eq!(store.rotate(&rotate).await.unwrap().unwrap().decision, Decision::Rotate);
    store.maintain(100).await.unwrap();
    let row = owner.query_one("SELECT count(*) FROM pg_inherits", &[]).await.unwrap();
    assert!(row.get::<_, i64>(0) >= 7, "partitions are made with the owner's rights");
}

#[tokio::test]
async fn tables_go_into_the_schema_that_the_url_names() {
    let Some(server) = Server::shared() else { return };
    let url = server.database("schemas").await;
    let client = server.client("schemas").await;
    client.batch_execute("CREATE SCHEMA a; CREATE SCHEMA b").await.unwrap();
    for schema in ["a", "b"] {
        let url = format!("{url}?timeout=20000&options=-c%20search_path%3D{schema}");
        let store = Postgres::open(&url).await.unwrap();
        started(&store, 1, None).await;
        store.maintain(10).await.unwrap();
        let count = format!("SELECT count(*) FROM {schema}.jotem_sessions");
        let row = client.query_one(&count, &[]).await.unwrap();
        assert_eq!(row.get::<_, i64>(0), 1, "{schema}");
    }
    let nowhere = format!("{url}?timeout=20000&options=-c%20search_path%3Dnowhere");
    let error = Postgres::open(&nowhere).await.unwrap_err();
    assert_eq!(error.code(), "store_denied", "{error}");
}

const GRANT: &str =
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO program";
