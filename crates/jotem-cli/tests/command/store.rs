//! `jotem store`.

use super::sandbox::{Sandbox, with_filters};

fn sandbox() -> Sandbox {
    Sandbox::new().with("secret", "a master secret of the application, of 32 bytes")
}

#[test]
fn a_store_is_looked_at_and_what_is_none_is_refused() {
    let sandbox = sandbox().with("note.txt", "this is no database, whatever it is called");
    let transcript = sandbox.transcript(&[
        &["store"],
        &["store", "check"],
        &["store", "check", "memory:"],
        &["store", "check", "sqlite:sessions.db"],
        &["store", "check", "sqlite:note.txt"],
        &["store", "check", "sessions.db"],
        &["store", "check", "mysql://app:hunter2@localhost/app"],
        &["store", "schema", "redis:"],
        &["store", "schema", "mysql:"],
        &["store", "migrate", "sqlite:sessions.db", "sqlite:sessions.db"],
        &["store", "migrate", "memory:", "sqlite:sessions.db"],
        &["store", "migrate", "-", "sqlite:sessions.db"],
    ]);
    assert!(!transcript.replace("app:hunter2@localhost/app\n", "").contains("hunter2"));
    with_filters(|| insta::assert_snapshot!("store", transcript));
    let document = sandbox.run(&["store", "check", "sqlite:sessions.db", "--json"]).json();
    assert_eq!(document["store"], "sqlite");
    assert!(document["clock_ahead_ms"].as_i64().unwrap().abs() < 60_000);
}

#[test]
fn the_tables_that_are_printed_are_those_that_are_made() {
    let schema = sandbox().good(&["store", "schema", "sqlite:"]);
    assert!(schema.contains("CREATE TABLE jotem_session"), "{schema}");
    let schema = sandbox().good(&["store", "schema", "postgres://app@db/app"]);
    assert!(schema.contains("CREATE TABLE"), "{schema}");
    let document = sandbox().run(&["store", "schema", "sqlite:", "--json"]).json();
    assert_eq!(document["store"], "sqlite");
}

#[test]
fn sessions_that_move_go_on_in_the_other_store() {
    let sandbox = sandbox();
    let run = |rest: &[&str], store: &str| {
        let arguments = [&["session"], rest, &["--secret-file", "secret", "--store", store]];
        sandbox.run(&arguments.concat())
    };
    let start = |subject: &str, store: &str| run(&["start", subject, "--json"], store).stdout;
    std::fs::write(sandbox.path("ada.json"), start("ada", "sqlite:old.db")).unwrap();
    std::fs::write(sandbox.path("out.json"), start("grace", "sqlite:old.db")).unwrap();
    assert_eq!(run(&["revoke", "@out.json"], "sqlite:old.db").status, 0);

    let transcript = sandbox.transcript(&[
        &["store", "migrate", "sqlite:old.db", "sqlite:new.db"],
        &["store", "migrate", "sqlite:old.db", "sqlite:new.db", "--json"],
    ]);
    with_filters(|| insta::assert_snapshot!("store_migrated", transcript));
    assert_eq!(run(&["verify", "@ada.json"], "sqlite:new.db").status, 0, "the ring came along");
    assert_eq!(run(&["verify", "@out.json"], "sqlite:new.db").status, 1);
    assert_eq!(run(&["refresh", "@out.json"], "sqlite:new.db").status, 1);
    assert_eq!(run(&["refresh", "@ada.json"], "sqlite:new.db").status, 0);
}
