//! `jotem ring`.

use super::sandbox::{Sandbox, with_filters};

const PASSWORD: [&str; 2] = ["--password-file", "password"];

/// A directory with a password and a ring.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new().with("password", "open sesame\n").with("wrong", "close sesame");
    sandbox.good(&[&["ring", "create", "ring.json", "--alg", "ES256"], &PASSWORD[..]].concat());
    sandbox
}

/// Runs `jotem ring VERB ring.json`, with the password.
fn ring(sandbox: &Sandbox, rest: &[&str]) -> super::sandbox::Answer {
    let (verb, rest) = rest.split_first().unwrap();
    sandbox.run(&[&["ring", verb, "ring.json"], rest, &PASSWORD[..]].concat())
}

fn shown(sandbox: &Sandbox) -> serde_json::Value {
    sandbox.run(&["ring", "show", "ring.json", "--json"]).json()
}

fn with_dates(check: impl FnOnce()) {
    with_filters(|| {
        let mut settings = insta::Settings::clone_current();
        settings.add_filter(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "[date]");
        settings.add_filter(r"known everywhere at \d+", "known everywhere at [seconds]");
        settings.add_filter(r#"(_at|_due)": \d{10}"#, "$1\": [seconds]");
        settings.add_filter(r#""etag": "[^,]*""#, "\"etag\": [tag]");
        // Names may begin or end with a hyphen, and stand within quotation marks.
        settings.add_filter(r"[\w-]{43}", "[43 characters]");
        settings.bind(check);
    });
}

#[test]
fn a_ring_is_made_rotated_shown_and_exported() {
    let sandbox = sandbox();
    let transcript = sandbox.transcript(&[
        &["ring", "show", "ring.json"],
        &["ring", "show", "ring.json", "--json"],
        &["ring", "rotate", "ring.json", "--password-file", "password"],
        &["ring", "rotate", "ring.json", "--password-file", "password", "--if-due"],
        &["ring", "rotate", "ring.json", "--password-file", "password", "--if-due", "--json"],
        &["ring", "rotate", "ring.json", "--password-file", "password", "--now"],
        &["ring", "rotate", "ring.json", "--password-file", "password", "--now", "--json"],
        &["ring", "show", "ring.json"],
        &["ring", "export", "ring.json"],
        &["ring", "export", "ring.json", "--json"],
        &["ring", "export", "ring.json", "--out", "jwks.json"],
        &["ring", "export", "ring.json", "--out", "jwks.json"],
        &["ring", "export", "ring.json", "--out", "jwks.json", "--force"],
    ]);
    with_dates(|| insta::assert_snapshot!("ring", transcript));
    assert_eq!(sandbox.names(), [".ring.json.lock", "jwks.json", "password", "ring.json", "wrong"]);
}

#[test]
fn what_does_not_work_says_what_to_do() {
    let sandbox = sandbox().with("empty", "").variable("RING", "open sesame");
    let create = |rest: &'static [&'static str]| {
        [&["ring", "create", "new.json", "--alg", "ES256"], rest].concat()
    };
    let runs: Vec<Vec<&str>> = vec![
        vec!["ring"],
        vec!["ring", "create", "new.json", "--password-env", "RING"],
        vec!["ring", "create", "new.json", "--alg", "HS256", "--password-env", "RING"],
        vec!["ring", "create", "ring.json", "--alg", "ES256", "--password-env", "RING"],
        create(&[]),
        create(&["--password-file", "empty"]),
        create(&["--password-env", "MISSING"]),
        create(&["--password-env", "RING", "--bits", "2048"]),
        create(&["--password-env", "RING", "--retire-for", "5m"]),
        create(&["--password-env", "RING", "--announce-for", "5m"]),
        create(&["--password-env", "RING", "--rotate-every", "5m"]),
        create(&["--password-env", "RING", "--leeway", "1h"]),
        create(&["--password-env", "RING", "--token-lifetime", "soon"]),
        vec!["ring", "create", "missing/new.json", "--alg", "ES256", "--password-env", "RING"],
        vec!["ring", "show", "missing.json"],
        vec!["ring", "show", "."],
        vec!["ring", "rotate", "ring.json"],
        vec!["ring", "rotate", "ring.json", "--password-file", "wrong"],
        vec!["ring", "rotate", "ring.json", "--now", "--if-due", "--password-env", "RING"],
        vec!["ring", "rotate", "missing.json", "--password-env", "RING"],
        vec!["ring", "compromise", "ring.json", "--password-env", "RING"],
        vec!["ring", "compromise", "ring.json", "-no-key", "--password-env", "RING"],
        vec!["ring", "compromise", "ring.json", "2026-11", "--password-env", "RING", "--json"],
        vec!["ring", "export", "missing.json"],
        vec!["ring", "export", "missing.json", "--json"],
    ];
    let runs: Vec<&[&str]> = runs.iter().map(Vec::as_slice).collect();
    let transcript = sandbox.transcript(&runs);
    with_dates(|| insta::assert_snapshot!("ring_refused", transcript));
    assert_eq!(shown(&sandbox)["revision"], 1);
    assert!(!sandbox.names().contains(&"new.json".to_owned()));
}

#[cfg(unix)]
#[test]
fn a_file_that_is_no_ring_is_not_taken_for_one() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = sandbox().with("key.jwk", super::sandbox::EC_KEY);
    let mode = |mode| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(sandbox.path("key.jwk"), mode).unwrap();
    };
    mode(0o644);
    let transcript_of_open_file = sandbox.transcript(&[&["ring", "show", "key.jwk"]]);
    mode(0o600);
    let text = std::fs::read_to_string(sandbox.path("ring.json")).unwrap();
    let newer = text.replacen("\"version\": 1", "\"version\": 2", 1);
    std::fs::write(sandbox.path("ring.json"), newer).unwrap();
    let transcript = sandbox.transcript(&[
        &["ring", "show", "key.jwk"],
        &["ring", "show", "ring.json"],
        &["ring", "export", "ring.json"],
        &["ring", "rotate", "ring.json", "--now", "--password-file", "password"],
    ]);
    let transcript = transcript_of_open_file + &transcript;
    with_dates(|| insta::assert_snapshot!("ring_damaged", transcript));
}

#[test]
fn a_compromise_removes_the_key_and_says_what_follows() {
    let sandbox = sandbox();
    ring(&sandbox, &["rotate", "--now"]);
    let before = shown(&sandbox);
    let [retiring, active, announced] =
        [0, 1, 2].map(|at| before["keys"][at]["kid"].as_str().unwrap().to_owned());
    let done = ring(&sandbox, &["compromise", &active, "--json"]).json();
    assert_eq!((&done["removed"], &done["was"]), (&active.into(), &"active".into()));
    assert_eq!(done["active"], announced.as_str());
    let done = ring(&sandbox, &["compromise", &retiring]);
    assert_eq!(done.status, 0, "{}", done.stderr);
    assert!(done.stderr.contains("which was retiring"), "{}", done.stderr);
    assert!(done.stderr.contains("note: the key that signs is known everywhere in 23 hours"));
    let states: Vec<_> = shown(&sandbox)["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["state"].clone())
        .collect();
    assert_eq!(states, ["active", "announced"]);
}

#[test]
fn what_is_exported_verifies_what_the_ring_signs_and_has_nothing_private() {
    use jotem_jwks::ring::KeyRing;
    let sandbox = sandbox();
    let ring = KeyRing::open_file(sandbox.path("ring.json"), "open sesame").unwrap();
    let token = ring.issuer(|issuer| issuer).unwrap().issue(&jotem::Claims::empty()).unwrap();
    let sandbox = sandbox.with("token", token);
    let exported = sandbox.good(&["ring", "export", "ring.json", "--out", "-"]);
    assert_eq!(exported, ring.publication().unwrap().body());
    assert!(!exported.contains("\"d\""));
    let sandbox = sandbox.with("jwks.json", exported);
    sandbox.good(&["verify", "@token", "--jwks", "jwks.json"]);
}

#[test]
fn durations_are_taken_as_they_are_written() {
    let sandbox = Sandbox::new().with("password", "p");
    let flags = ["--token-lifetime", "1h", "--leeway", "10s", "--jwks-max-age", "10m"];
    let more = ["--fetch-interval", "1m", "--announce-for", "2h", "--rotate-every", "7d"];
    let create = ["ring", "create", "ring.json", "--alg", "PS256", "--bits", "3072", "--json"];
    let last = ["--retire-for", "90m"];
    let made = sandbox.run(&[&create[..], &flags, &more, &last, &PASSWORD].concat());
    assert_eq!(made.status, 0, "{}", made.stderr);
    let timers = &made.json()["timers"];
    for (name, seconds) in [
        ("token_lifetime", 3_600),
        ("leeway", 10),
        ("jwks_max_age", 600),
        ("fetch_interval", 60),
        ("announce_for", 7_200),
        ("rotate_every", 604_800),
        ("retire_for", 5_400),
    ] {
        assert_eq!(timers[name], seconds, "{name}");
    }
    assert_eq!(shown(&sandbox)["algorithm"], "PS256");
}
