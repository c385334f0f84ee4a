//! The mistakes of the first hour: each gets one line, and a hint that helps at a terminal.

use super::sandbox::{CLAIMS, EC_KEY, SECRET, Sandbox, with_filters};

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new()
        .variable("SHORT", "changeme")
        .variable("EMPTY", "")
        .variable("SECRET", SECRET)
        .with("key.jwk", EC_KEY)
        .with("secret", SECRET)
        .with("empty", "")
        .with("certificate.pem", CERTIFICATE)
        .with("encrypted.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAMCAQE=\n-----END ENCRYPTED PRIVATE KEY-----\n")
        .with("openssh", "-----BEGIN OPENSSH PRIVATE KEY-----\nMAMCAQE=\n-----END OPENSSH PRIVATE KEY-----\n")
        .with("escaped.pem", "-----BEGIN PUBLIC KEY-----\\nMAMCAQE=\\n-----END PUBLIC KEY-----\\n")
        .with("utf16", [0xff, 0xfe, b'e', 0]);
    let public = sandbox.good(&["key", "show", "key.jwk", "--public"]);
    let token = sandbox.good(&["sign", "--key", "key.jwk", CLAIMS]);
    sandbox.with("public.jwk", public).with("token", token)
}

#[test]
fn keys_and_secrets_that_cannot_be_used_say_what_to_do() {
    let transcript = sandbox().transcript(&[
        &["sign"],
        &["sign", "--key", "missing.pem"],
        &["sign", "--key", "public.jwk"],
        &["sign", "--key", "empty"],
        &["sign", "--key", "secret"],
        &["sign", "--key", "certificate.pem"],
        &["sign", "--key", "encrypted.pem"],
        &["sign", "--key", "openssh"],
        &["verify", "@token", "--key", "escaped.pem"],
        &["sign", "--secret-env", "MISSING"],
        &["sign", "--secret-env", "EMPTY"],
        &["sign", "--secret-env", "SHORT"],
        &["sign", "--secret-env", "SECRET", "--base64-secret"],
        &["sign", "--secret-env", "SECRET", "--alg", "ES256"],
        &["sign", "--secret-env", "SECRET", "--alg", "HS512"],
        &["sign", "--secret-file", "key.jwk"],
        &["sign", "--key", "key.jwk", "--base64-secret"],
        &["sign", "--secret", "hunter2"],
        &["sign", "--key", "key.jwk", "--secret-env", "SECRET"],
        &["sign", "--key", "-----BEGIN PRIVATE KEY-----"],
        &["verify", "@token", "--jwks", "https://auth.example/jwks.json"],
    ]);
    with_filters(|| insta::assert_snapshot!("errors_keys", transcript));
}

#[test]
fn texts_that_are_no_token_say_what_they_are() {
    let key = ["--key", "public.jwk"];
    let sandbox = sandbox();
    let token = sandbox.good(&["sign", "--key", "key.jwk", CLAIMS]);
    let texts = [
        "",
        "Bearer a.b.c",
        "\"a.b.c\"",
        " a.b.c",
        "{\"payload\":\"\"}",
        "a.b",
        "a.b.c.d.e",
        "a=.b.c",
        "eyJhbGciOiJub25lIn0.e30.",
        "eyJhbGciOiJIUzI1NiJ9.e30.AA",
        "@empty",
        "@missing",
        "@utf16",
        "token",
    ];
    let runs: Vec<_> = texts.iter().map(|text| [&["verify", text], &key[..]].concat()).collect();
    let runs: Vec<&[&str]> = runs.iter().map(Vec::as_slice).collect();
    with_filters(|| insta::assert_snapshot!("errors_tokens", sandbox.transcript(&runs)));

    let answer = sandbox.run(&["verify", "Bearer", &token, "--key", "key.jwk"]);
    assert_eq!(answer.status, 2);
    assert!(!answer.stderr.contains(&token), "a token is not repeated");
}

#[test]
fn no_message_shows_a_secret() {
    let sandbox = sandbox();
    for arguments in [
        &["sign", "--secret=hunter2"] as &[&str],
        &["sign", "--secret", "hunter2"],
        &["sign", "{}", "hunter2"],
        &["sign", "--key", "{\"kty\":\"oct\",\"k\":\"hunter2\"}"],
        &["sign", "--key", "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----"],
        &["sign", "--secret-file", "-hunter2-is-long-enough"],
    ] {
        let answer = sandbox.run(arguments);
        assert_eq!(answer.status, 2, "{arguments:?}");
        assert!(!answer.stderr.contains("hunter2"), "{}", answer.stderr);
    }
}

#[test]
fn every_error_is_one_line_and_a_hint() {
    let sandbox = sandbox();
    let runs: [&[&str]; 6] = [
        &["frobnicate"],
        &["verify"],
        &["sign", "--key", "missing"],
        &["sign", "--alg", "none"],
        &["verify", "a", "--key", "key.jwk", "--jwks", "key.jwk"],
        &["key", "show", "key.jwk", "--format", "pem"],
    ];
    for arguments in runs {
        let answer = sandbox.run(arguments);
        assert_ne!(answer.status, 0, "{arguments:?}");
        let lines: Vec<_> = answer.stderr.lines().collect();
        let [error, hint] = lines.as_slice() else { panic!("{arguments:?}: {lines:?}") };
        assert!(error.starts_with("error: ") && hint.starts_with("hint: "), "{lines:?}");
    }
}
