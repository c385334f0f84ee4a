//! `jotem verify` and `jotem decode`.

use super::sandbox::{CLAIMS, EC_KEY, ED25519_KEY, SECRET, Sandbox, with_filters};

fn sandbox() -> (Sandbox, String) {
    let sandbox = Sandbox::new().with("key.jwk", ED25519_KEY).with("ec.jwk", EC_KEY);
    let public = sandbox.good(&["key", "show", "key.jwk", "--public"]);
    let sandbox = sandbox.with("public.jwk", public);
    let claims = CLAIMS.replace('{', r#"{"iss":"https://auth.example","aud":["api","web"],"#);
    let token = sandbox.good(&["sign", "--key", "key.jwk", &claims]);
    (sandbox.with("token", format!("\u{feff} {token}\r\n")), token)
}

#[test]
fn prints_the_claims_of_a_token_that_holds() {
    let (sandbox, token) = sandbox();
    let flags = [
        "--key",
        "key.jwk",
        "--aud",
        "web",
        "--iss",
        "https://auth.example",
        "--sub",
        "42",
        "--typ",
        "jwt",
    ];
    let answer = sandbox.run(&[&["verify", &token], &flags[..]].concat());
    assert_eq!(answer.status, 0, "{}", answer.stderr);
    with_filters(|| insta::assert_snapshot!("verify_accepted", answer.text()));
}

#[test]
fn a_token_comes_from_an_argument_a_file_or_standard_input() {
    let (sandbox, token) = sandbox();
    let from = |token: &str, stdin: &str| {
        let arguments = ["verify", token, "--key", "key.jwk", "--any-aud"];
        sandbox.run_with(&arguments, stdin.as_bytes()).status
    };
    assert_eq!(from(&token, ""), 0);
    assert_eq!(from("@token", ""), 0);
    assert_eq!(from("-", &format!("\n{token}\n")), 0);
    assert_eq!(from(&format!(" {token}"), ""), 1, "an argument is taken as it is");
}

#[test]
fn a_token_is_refused_for_each_expectation_that_fails() {
    let (sandbox, _) = sandbox();
    let runs: [&[&str]; 11] = [
        &[],
        &["--aud", "other"],
        &["--any-aud", "--iss", "https://auth.example/"],
        &["--any-aud", "--sub", "43"],
        &["--any-aud", "--typ", "at+jwt"],
        &["--any-aud", "--at", "2101-01-01"],
        &["--any-aud", "--at", "2101-01-01", "--no-exp"],
        &["--any-aud", "--at", "2000-01-01T00:00:00Z"],
        &["--any-aud", "--leeway", "10m"],
        &["--any-aud", "--alg", "ES256"],
        &["--any-aud", "--iss", ""],
    ];
    let runs: Vec<_> = runs
        .iter()
        .map(|run| [&["verify", "@token", "--key", "public.jwk"], *run].concat())
        .collect();
    let runs: Vec<&[&str]> = runs.iter().map(Vec::as_slice).collect();
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("verify_refused", sandbox.transcript(&runs));
    });
}

#[test]
fn a_token_without_exp_is_accepted_only_when_that_is_said() {
    let (sandbox, _) = sandbox();
    let token = sandbox.good(&["sign", "--key", "key.jwk", "--no-exp"]);
    assert_eq!(sandbox.run(&["verify", &token, "--key", "key.jwk"]).status, 1);
    assert_eq!(sandbox.run(&["verify", &token, "--key", "key.jwk", "--no-exp"]).status, 0);
}

#[test]
fn the_wrong_key_is_refused() {
    let (sandbox, _) = sandbox();
    sandbox.good(&["key", "generate", "--alg", "EdDSA", "--format", "pem", "--out", "other.pem"]);
    sandbox.good(&["key", "generate", "--alg", "EdDSA", "--kid", "other", "--out", "other.jwk"]);
    let run = |key: &str| {
        let answer = sandbox.run(&["verify", "@token", "--any-aud", "--key", key]);
        assert_eq!((answer.status, answer.text()), (1, ""), "{key}");
        answer.stderr
    };
    assert!(run("other.pem").contains("(jws_signature_mismatch)\nhint: the token was altered"));
    assert!(run("other.jwk").contains("(jws_key_not_found)\nhint: the issuer may have rotated"));
    assert!(run("ec.jwk").contains("(jws_alg_not_allowed)\nhint: is this the right key?"));
}

#[test]
fn a_key_set_finds_the_key_by_its_kid() {
    let (sandbox, token) = sandbox();
    let set = format!("{{\"keys\":[{EC_KEY},{ED25519_KEY}]}}");
    let sandbox = sandbox.with("jwks.json", &set).with("empty.json", "{\"keys\":[]}");
    let verified = sandbox.run(&["verify", &token, "--jwks", "jwks.json", "--any-aud", "--json"]);
    assert_eq!(verified.json()["header"]["kid"], "rfc8037-a1");
    let transcript = sandbox.transcript(&[
        &["verify", "@token", "--jwks", "empty.json"],
        &["verify", "@token", "--jwks", "key.jwk"],
        &["verify", "@token", "--key", "jwks.json"],
        &["sign", "--key", "jwks.json"],
        &["verify", "@token", "--jwks", "jwks.json", "--alg", "RS256"],
    ]);
    with_filters(|| insta::assert_snapshot!("jwks", transcript));
}

#[test]
fn both_names_of_eddsa_are_one_key() {
    let (sandbox, token) = sandbox();
    let flags = ["--key", "key.jwk", "--any-aud", "--alg", "EdDSA", "--alg", "Ed25519"];
    sandbox.good(&[&["verify", &token], &flags[..]].concat());
}

#[test]
fn a_public_key_is_no_shared_secret() {
    let (sandbox, token) = sandbox();
    let public = sandbox.good(&["key", "show", "ec.jwk", "--public", "--format", "pem"]);
    let sandbox = sandbox.with("public.pem", public);
    let answer = sandbox.run(&["verify", &token, "--secret-file", "public.pem"]);
    assert_eq!(answer.status, 3);
    assert!(answer.stderr.ends_with("hint: keys are given with --key, in PEM, DER or as a JWK\n"));
}

#[test]
fn standard_input_is_read_only_once() {
    let (sandbox, _) = sandbox();
    let answer = sandbox.run_with(&["verify", "-", "--key", "-"], b"a.b.c");
    let expected =
        "error: standard input can be read only once\nhint: give one of them as a file\n";
    assert_eq!((answer.status, answer.stderr.as_str()), (2, expected));
}

#[test]
fn decode_shows_everything_and_says_that_nothing_is_verified() {
    let (sandbox, token) = sandbox();
    let forged = token.replace(token.rsplit('.').next().unwrap(), "AA");
    let milliseconds = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3MDAwMDAwMDAwMDAsIm4iOjEuMTB9.";
    let transcript = sandbox.transcript(&[
        &["decode", &forged],
        &["decode", "@token", "--json"],
        &["decode", milliseconds],
        &["decode", "a.b"],
        &["decode", "eyJhbGciOiJIUzI1NiJ9.W10.AA"],
    ]);
    with_filters(|| insta::assert_snapshot!("decode", transcript));
}

#[test]
fn what_a_terminal_would_obey_is_escaped() {
    let sandbox = Sandbox::new().with("secret", SECRET);
    let token =
        sandbox.good(&["sign", "--secret-file", "secret", "{\"sub\":\"a\u{9b}2J\u{202e}b\"}"]);
    for arguments in
        [&["decode"] as &[&str], &["decode", "--json"], &["verify", "--secret-file", "secret"]]
    {
        let shown = sandbox.good(&[arguments, &[&token]].concat());
        assert!(shown.contains(r"a\u009b2J\u202eb"), "{shown}");
    }
}
