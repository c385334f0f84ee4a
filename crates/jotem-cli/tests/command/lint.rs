//! `jotem lint`.

use super::sandbox::{EC_KEY, ED25519_KEY, Sandbox, with_filters};

/// `alg` none; a password; no `exp`.
const WEAK: &str = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiI0MiIsInBhc3N3b3JkIjoieCJ9.";

const AT: &str = "2027-01-15T08:00:00Z";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new().with("key.jwk", EC_KEY).with("ed25519.jwk", ED25519_KEY);
    let public = sandbox.good(&["key", "show", "key.jwk", "--public", "--format", "pem"]);
    let claims = r#"{"iss":"https://auth.example","sub":"42","aud":"api","iat":1800000000,"exp":1800000900,"jti":"7d1f"}"#;
    let sound = sandbox.good(&["sign", "--key", "key.jwk", "--typ", "at+jwt", claims]);
    let set = format!("{{\"keys\":[{EC_KEY},{ED25519_KEY}]}}");
    sandbox
        .with("public.pem", format!("{public}\n"))
        .with("sound", format!("{sound}\n"))
        .with("weak", WEAK)
        .with("secret", "changeme\n")
        .with("set.json", set)
}

#[test]
fn says_what_is_weak_and_what_to_do() {
    let transcript = sandbox().transcript(&[
        &["lint", "@weak", "--at", AT],
        &["lint", "@sound", "--at", AT, "--key", "public.pem"],
        &["lint", "@secret"],
        &["lint", "@public.pem"],
        &["lint", "@set.json"],
        &["lint", "@secret", "--json"],
        &["lint", "@public.pem", "--json"],
        &["lint", "changeme"],
        &["lint", "@none"],
    ]);
    with_filters(|| insta::assert_snapshot!("lint", transcript));
}

#[test]
fn the_exit_status_tells_medium_and_above_from_the_rest() {
    let sandbox = sandbox();
    for (arguments, status) in [
        (["@weak", "--at", AT], 1),
        (["@sound", "--at", AT], 0),
        (["@secret", "--at", AT], 1),
        (["@public.pem", "--at", AT], 0),
        // Neither `use` nor `key_ops`: a note.
        (["@key.jwk", "--at", AT], 0),
        (["@set.json", "--at", AT], 1),
    ] {
        let answer = sandbox.run(&[&["lint"][..], &arguments[..]].concat());
        assert_eq!(answer.status, status, "{arguments:?}: {}{}", answer.text(), answer.stderr);
    }
}

#[test]
fn reads_standard_input_and_repeats_nothing_of_it() {
    let answer = Sandbox::new().run_with(&["lint", "-"], b"supersecret\n");
    assert_eq!(answer.status, 1);
    assert!(answer.text().contains("lint_secret_known"), "{}", answer.text());
    assert!(!answer.text().contains("supersecret"), "{}", answer.text());
    let answer = sandbox().run_with(&["lint", "-", "--key", "secret", "--json"], WEAK.as_bytes());
    assert_eq!(answer.json()["findings"][0]["code"], "lint_alg_none");
    assert_eq!(answer.json()["verdict"], "not verified");
}
