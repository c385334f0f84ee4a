//! `jotem session`, on a SQLite file.

use super::sandbox::{Answer, Sandbox, with_filters};

/// 32 bytes and more.
const MASTER: &str = "a master secret of the application, of 32 bytes";

fn sandbox() -> Sandbox {
    Sandbox::new()
        .with("secret", format!("{MASTER}\n"))
        .with("other", "another master secret, which is as long")
        .with("short", "too short")
        .variable("JOTEM_STORE", "sqlite:sessions.db")
}

/// Runs `jotem session …` with the secret.
fn session(sandbox: &Sandbox, arguments: &[&str]) -> Answer {
    sandbox.run(&[&["session"], arguments, &["--secret-file", "secret"]].concat())
}

/// Starts a session, and keeps what it printed in a file.
fn started(sandbox: Sandbox, file: &str, arguments: &[&str]) -> Sandbox {
    let answer = session(&sandbox, &[&["start"], arguments, &["--json"]].concat());
    assert_eq!(answer.status, 0, "{}", answer.text());
    sandbox.with(file, answer.stdout)
}

fn with_tokens(check: impl FnOnce()) {
    with_filters(|| {
        let mut settings = insta::Settings::clone_current();
        settings.add_filter(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "[access token]");
        settings.add_filter(r"jr1_[\w-]+", "[refresh token]");
        settings.add_filter(r#"(_at|exp|iat|auth_time)": \d{10}"#, "$1\": [seconds]");
        settings.add_filter(r#""jti": "[\w-]+""#, "\"jti\": [token]");
        settings.add_filter(r#""cep": \d+"#, "\"cep\": [number]");
        settings.add_filter(r"[\w-]{43}", "[43 characters]");
        settings.add_filter(r"(session[: \x22]+|web  |sid[: \x22]+)[\w-]{22}\b-?", "$1[session]");
        settings.add_filter(r"used now", "used [a while] ago");
        settings.add_filter(r"\b\d{10}\b", "[seconds]");
        settings.bind(check);
    });
}

#[test]
fn a_session_begins_goes_on_and_is_seen() {
    let start = ["ada", "--client", "web", "--scope", "a b", "--amr", "pwd"];
    let label = ["--acr", "2", "--label", "\u{1b}[31m", "--aud", "api", "--tenant", "acme"];
    let sandbox = started(sandbox(), "pair.json", &[&start[..], &label].concat());
    let secret = ["--secret-file", "secret"];
    let refresh = ["session", "refresh", "@pair.json", "--client", "web"];
    let transcript = sandbox.transcript(&[
        &[&["session", "verify", "@pair.json"], &secret[..]].concat(),
        &[&["session", "verify", "@pair.json", "--aud", "api", "--json"], &secret[..]].concat(),
        &[&["session", "list", "ada", "--tenant", "acme"], &secret[..]].concat(),
        &[&["session", "list", "ada", "--tenant", "acme", "--json"], &secret[..]].concat(),
        &[&["session", "list", "ada"], &secret[..]].concat(),
        &[&refresh[..], &["--scope", "b"], &secret[..]].concat(),
        &[&refresh[..], &["--json"], &secret[..]].concat(),
    ]);
    with_tokens(|| insta::assert_snapshot!("session", transcript));
}

#[test]
fn tokens_of_another_tenant_are_refused_where_one_is_expected() {
    let sandbox = started(sandbox(), "pair.json", &["ada", "--tenant", "acme"]);
    for (command, code) in
        [("verify", "access_tenant_mismatch"), ("refresh", "session_tenant_mismatch")]
    {
        let refused = session(&sandbox, &[command, "@pair.json", "--tenant", "other", "--json"]);
        assert_eq!((refused.status, &refused.json()["code"]), (1, &code.into()));
        let good = session(&sandbox, &[command, "@pair.json", "--tenant", "acme"]);
        assert_eq!(good.status, 0, "{}", good.stderr);
    }
}

#[test]
fn what_was_printed_is_what_a_token_endpoint_answers() {
    let sandbox = sandbox();
    let answer = session(&sandbox, &["start", "ada", "--scope", "a", "--json"]).json();
    assert_eq!((&answer["token_type"], &answer["scope"]), (&"Bearer".into(), &"a".into()));
    assert_eq!(answer["expires_in"], 900);
    let token = answer["access_token"].as_str().unwrap();
    // Each of the three ways in which a token is given.
    let sandbox = sandbox.with("token", token);
    assert_eq!(session(&sandbox, &["verify", "@token"]).status, 0);
    assert_eq!(session(&sandbox, &["verify", token]).status, 0);
    let refresh = answer["refresh_token"].as_str().unwrap();
    let piped = ["session", "refresh", "--secret-file", "secret"];
    assert_eq!(sandbox.run_with(&piped, format!("{refresh}\n").as_bytes()).status, 0);
}

#[test]
fn a_refresh_token_that_comes_twice_ends_the_session() {
    let sandbox = started(sandbox(), "pair.json", &["ada"]);
    let refresh = ["refresh", "@pair.json", "--policy", "strict", "--json"];
    let next = session(&sandbox, &refresh);
    assert_eq!(next.status, 0, "{}", next.text());
    let sandbox = sandbox.with("next.json", next.stdout);
    for (file, code) in [("@pair.json", "session_reuse"), ("@next.json", "session_ended")] {
        let refused = session(&sandbox, &["refresh", file, "--policy", "strict", "--json"]);
        assert_eq!(refused.status, 1);
        let document = refused.json();
        assert_eq!((&document["code"], &document["verdict"]), (&code.into(), &"refused".into()));
        assert_eq!(document["public"]["error"], "invalid_grant");
        assert_eq!(session(&sandbox, &["verify", file]).status, 1, "{file}");
    }
}

#[test]
fn whatever_is_revoked_is_refused_and_nothing_else_is() {
    let mut sandbox = sandbox();
    for (file, subject, client) in [
        ("token.json", "ada", "web"),
        ("session.json", "ada", "web"),
        ("subject.json", "ada", "web"),
        ("client.json", "grace", "app"),
        ("key.json", "grace", "web"),
    ] {
        sandbox = started(sandbox, file, &[subject, "--client", client]);
    }
    let verify = |file: &str| session(&sandbox, &["verify", &format!("@{file}"), "--json"]);
    let first = verify("session.json").json();
    let (sid, kid) = (first["session"].as_str().unwrap(), first["header"]["kid"].as_str().unwrap());
    let files = ["token.json", "session.json", "subject.json", "client.json", "key.json"];
    let revocations: [&[&str]; 5] = [
        &["revoke", "@token.json"],
        &["revoke", "--subject", "ada", "--session", sid],
        &["revoke", "--subject", "ada"],
        &["revoke", "--client", "app"],
        &["revoke", "--key", kid],
    ];
    for (done, revoke) in revocations.into_iter().enumerate() {
        let answer = session(&sandbox, revoke);
        assert_eq!(answer.status, 0, "{revoke:?}: {}", answer.stderr);
        for (number, file) in files.into_iter().enumerate() {
            assert_eq!(verify(file).status == 1, number <= done, "{revoke:?}: {file}");
        }
    }
    // The key is gone, and the session of the last one lives on under another.
    let again = session(&sandbox, &["refresh", "@key.json", "--client", "web", "--json"]);
    let sandbox = sandbox.with("again.json", again.stdout);
    assert_eq!(session(&sandbox, &["verify", "@again.json"]).status, 0);
}

#[test]
fn what_does_not_work_says_what_to_do() {
    let sandbox = started(sandbox(), "pair.json", &["ada", "--client", "web"]);
    let sandbox = sandbox.with("no.json", "{}").with("garbage", "jr1_AQ").with("jwt", "a.b.c");
    let with = |rest: &[&'static str]| {
        [&["session"], rest, &["--secret-file", "secret"]].concat::<&'static str>()
    };
    let runs: Vec<Vec<&str>> = vec![
        vec!["session"],
        vec!["session", "list", "ada"],
        vec!["session", "list", "ada", "--secret-file", "other"],
        vec!["session", "list", "ada", "--secret-file", "short"],
        vec!["session", "list", "ada", "--secret", "hunter2"],
        vec!["session", "revoke", "--subject", "ada", "--secret-file", "other"],
        with(&["list", "ada", "--store", "memory:"]),
        with(&["list", "ada", "--store", "mysql://localhost"]),
        with(&["list", "ada", "--store", "sqlite:/missing/sessions.db"]),
        with(&["start", ""]),
        with(&["start", "ada", "--expires-in", "2d"]),
        with(&["start", "ada", "--password-file", "other"]),
        with(&["refresh", "jr1_AQHGmM7ms800htdtQYtRSdx0EIvEKmIC21citM"]),
        with(&["refresh", "@garbage"]),
        with(&["refresh", "@no.json"]),
        with(&["refresh", "@pair.json"]),
        with(&["refresh", "@pair.json", "--client", "web", "--scope", "admin"]),
        with(&["refresh", "@pair.json", "--store", "sqlite:empty.db"]),
        with(&["verify", "@jwt"]),
        with(&["verify", "@pair.json", "--aud", "api"]),
        with(&["verify", "@pair.json", "--iss", "https://auth.example"]),
        with(&["revoke", "@jwt"]),
        with(&["revoke", "--subject", "ada", "--session", "UUncdBCLxCpiAttXIrTPow"]),
        with(&["revoke", "--subject", "ada", "--session", "no"]),
        with(&["revoke", "--subject", "nobody"]),
        with(&["revoke", "--session", "UUncdBCLxCpiAttXIrTPow"]),
        with(&["revoke", "--key", "no-key"]),
        with(&["revoke", "--key", "no-key", "--client", "web"]),
    ];
    let runs: Vec<&[&str]> = runs.iter().map(Vec::as_slice).collect();
    let transcript = sandbox.transcript(&runs);
    with_tokens(|| insta::assert_snapshot!("session_refused", transcript));
    assert_eq!(session(&sandbox, &["verify", "@pair.json"]).status, 0, "nothing had ended");
}

#[test]
fn a_wrong_secret_leaves_no_ring_behind() {
    let sandbox = sandbox();
    for arguments in [&["list", "ada"] as &[&str], &["revoke", "--subject", "ada"]] {
        let run = [&["session"], arguments, &["--secret-file", "other"]].concat();
        assert_eq!(sandbox.run(&run).status, 0, "{arguments:?}");
    }
    // Were there a ring under the other secret, this one could not be used any more.
    let sandbox = started(sandbox, "pair.json", &["ada"]);
    assert_eq!(session(&sandbox, &["verify", "@pair.json"]).status, 0);
}

#[test]
fn a_ring_in_a_file_signs_in_place_of_the_one_in_the_store() {
    let sandbox = sandbox().with("password", "open sesame");
    let ring = ["ring.json", "--alg", "ES256", "--password-file", "password"];
    sandbox.good(&[&["ring", "create"], &ring[..], &["--token-lifetime", "5m"]].concat());
    let keys = ["--ring", "ring.json", "--password-file", "password"];
    let sandbox = started(sandbox, "pair.json", &[&["ada"], &keys[..]].concat());
    let accepted = session(&sandbox, &[&["verify", "@pair.json", "--json"], &keys[..]].concat());
    assert_eq!(accepted.json()["algorithm"], "ES256");
    let claims = &accepted.json()["claims"];
    let lifetime = claims["exp"].as_f64().unwrap() - claims["iat"].as_f64().unwrap();
    assert!((lifetime - 300.0).abs() < 1.0, "as the ring says, not {lifetime} s");
    let refused = session(&sandbox, &["verify", "@pair.json", "--json"]);
    assert_eq!((refused.status, &refused.json()["code"]), (3, &"ring_missing".into()));
}
