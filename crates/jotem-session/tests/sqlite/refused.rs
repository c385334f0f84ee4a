//! URLs and files that are none of ours.

use std::fs;

use jotem_session::store::{self, Sqlite, SqliteOptions, Store, StoreError};

use crate::session::{Session, open};

async fn refused(url: &str) -> StoreError {
    store::open(url).await.unwrap_err()
}

#[tokio::test]
async fn a_url_names_a_file_and_asks_for_nothing_that_there_is_not() {
    for (url, reason) in [
        ("sqlite:", "it names no file"),
        ("sqlite://", "a file has no host: three slashes before its path, or none"),
        ("sqlite:///", "it names no file"),
        ("sqlite::memory:", "for sessions in memory say memory:"),
        ("sqlite://host/x.db", "a file has no host: three slashes before its path, or none"),
        ("sqlite:x.db?cache=shared", "mode=ro and mode=rwc are all that it can ask for"),
        ("sqlite:x.db?mode=memory", "mode=ro and mode=rwc are all that it can ask for"),
        ("sqlite:///no/such/folder/x.db", "there is no such file or folder"),
        ("sqlite:///dev/null/x.db", "a part of its path is no folder"),
        ("sqlite:///tmp", "it names a folder, not a file"),
        ("sqlite:///no/such/file.db?mode=ro", "there is no such file or folder"),
    ] {
        assert_eq!(refused(url).await, StoreError::Url { reason: reason.to_owned() }, "{url}");
    }
}

#[tokio::test]
async fn an_absolute_path_has_three_slashes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.db");
    let store = store::open(&format!("sqlite://{}", path.display())).await.unwrap();
    assert_eq!(store.name(), "sqlite");
    assert!(path.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_a_file_that_is_made() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("sessions.db")).await;
    Session::new(1, 1).start(&store).await.unwrap();
    for name in ["sessions.db", "sessions.db-wal", "sessions.db-shm"] {
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

async fn corrupt(path: &std::path::Path) -> String {
    match Sqlite::open(path).await.unwrap_err() {
        StoreError::Corrupt { store: "sqlite", what } => what,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn what_is_no_database_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    let text = "Dear Ada, ".repeat(1_000);
    fs::write(&path, &text).unwrap();
    assert_eq!(corrupt(&path).await, "a file that is no SQLite database");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_database_of_another_program_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for (name, statements) in [
        ("tables.db", "CREATE TABLE invoice (number INTEGER)"),
        ("application.db", "PRAGMA application_id = 42"),
        ("version.db", "PRAGMA user_version = 1"),
    ] {
        let path = folder.path().join(name);
        rusqlite::Connection::open(&path).unwrap().execute_batch(statements).unwrap();
        let before = fs::read(&path).unwrap();
        assert_eq!(corrupt(&path).await, "a database of another program", "{name}");
        assert_eq!(fs::read(&path).unwrap(), before, "{name}");
    }
}

#[tokio::test]
async fn tables_of_a_later_version_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.db");
    drop(open(&path).await);
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA user_version = 2").unwrap();
    let expected = StoreError::Schema { store: "sqlite", found: 2, expected: 1 };
    assert_eq!(Sqlite::open(&path).await.unwrap_err(), expected);
    assert_eq!(SqliteOptions::new().read_only().open(&path).await.unwrap_err(), expected);
}

#[tokio::test]
async fn a_file_without_tables_cannot_only_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.db");
    fs::write(&path, "").unwrap();
    let error = SqliteOptions::new().read_only().open(&path).await.unwrap_err();
    assert_eq!(error, StoreError::Schema { store: "sqlite", found: 0, expected: 1 });
}

#[tokio::test]
async fn tables_that_were_made_by_hand_are_those_that_it_makes() {
    let folder = tempfile::tempdir().unwrap();
    let (by_hand, by_itself) = (folder.path().join("hand.db"), folder.path().join("itself.db"));
    let connection = rusqlite::Connection::open(&by_hand).unwrap();
    connection.execute_batch(&Sqlite::schema()).unwrap();
    drop((connection, open(&by_hand).await, open(&by_itself).await));
    let tables = |path| -> Vec<String> {
        let connection = rusqlite::Connection::open(path).unwrap();
        let mut statement =
            connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert!(tables(&by_hand).len() > 6);
    assert_eq!(tables(&by_hand), tables(&by_itself));
}

#[tokio::test]
async fn what_may_only_be_read_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.db");
    let session = Session::new(1, 1);
    session.start(&open(&path).await).await.unwrap();
    let url = format!("sqlite://{}?mode=ro", path.display());
    let store = store::open(&url).await.unwrap();
    assert!(store.find(session.key(), session.id()).await.unwrap().is_some());
    let read_only = StoreError::ReadOnly { store: "sqlite" };
    let rotate = session.presents(1, crate::session::patient());
    assert_eq!(store.rotate(&rotate).await.unwrap_err(), read_only);
    assert_eq!(store.start(&session.new_session()).await.unwrap_err(), read_only);
    assert_eq!(store.revoke(&session.logout()).await.unwrap_err(), read_only);
}

#[tokio::test]
async fn people_can_read_what_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.db");
    let store = open(&path).await;
    let mut new = Session::new(1, 1).new_session();
    new.label = Some("Firefox on Linux".to_owned());
    new.client = store.number(store::NameKind::Client, "web").await.unwrap();
    store.start(&new).await.unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    let read = |row: &rusqlite::Row<'_>| -> rusqlite::Result<[String; 4]> {
        Ok([row.get("who")?, row.get("state")?, row.get("client")?, row.get("label")?])
    };
    let found = connection.query_row("SELECT * FROM jotem_readable", [], read).unwrap();
    assert_eq!(found, [":user-00000001", "active", "web", "Firefox on Linux"]);
}
