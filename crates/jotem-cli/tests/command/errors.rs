//! The mistakes of the first hour: each gets one line, and a hint that helps at a terminal.

use super::sandbox::{CLAIMS, EC_KEY, SECRET, Sandbox, vector, with_filters};

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new()
        .variable("SHORT", "changeme")
        .variable("EMPTY", "")
        .variable("SECRET", SECRET)
        .with("key.jwk", EC_KEY)
        .with("secret", SECRET)
        .with("empty", "")
        .with("certificate.pem", vector("x509-p256.pem"))
        .with("encrypted.pem", vector("pkcs8-p256.pem"))
        .with("legacy.pem", vector("legacy.pem"))
        .with("openssh", vector("openssh-p256-password"))
        .with("chacha", vector("openssh-chacha20-poly1305"))
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
        &["sign", "--key", "legacy.pem"],
        &["sign", "--key", "openssh"],
        &["sign", "--key", "chacha"],
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
fn input_that_is_no_text_no_file_or_without_end_is_one_clear_line() {
    let sandbox = sandbox()
        .with("binary", [0, 159, 146, 150, 255, 0])
        .with("zeros", [0; 300])
        .with("huge", vec![b'a'; 1024 * 1024 + 1]);
    std::fs::create_dir(sandbox.path("directory")).unwrap();
    let long = "x".repeat(100_000);
    for file in ["binary", "zeros", "huge", "directory", "empty", "missing", &long] {
        let (at, token) = (format!("@{file}"), "@token");
        let runs: [&[&str]; 8] = [
            &["verify", &at, "--key", "public.jwk"],
            &["verify", token, "--key", file],
            &["verify", token, "--jwks", file],
            &["verify", token, "--secret-file", file],
            &["sign", "--key", file],
            &["sign", &at, "--key", "key.jwk"],
            &["key", "show", file],
            &["decode", &at],
        ];
        for run in runs {
            let answer = sandbox.run(run);
            assert!((1..=4).contains(&answer.status), "{file}: {}", answer.stderr);
            assert!(answer.stdout.is_empty(), "{file}");
            assert!(answer.stderr.lines().count() <= 2 && answer.stderr.len() < 400, "{file}");
        }
    }
}

#[test]
fn an_empty_key_file_is_called_empty_by_every_command() {
    let sandbox = sandbox();
    let runs: [&[&str]; 4] = [
        &["sign", "--key", "empty"],
        &["key", "show", "empty"],
        &["verify", "@token", "--key", "empty"],
        &["verify", "@token", "--jwks", "empty"],
    ];
    for run in runs {
        let answer = sandbox.run(run);
        let expected = "error: empty is empty\nhint: is it the right file?\n";
        assert_eq!((answer.status, answer.stderr.as_str()), (3, expected), "{run:?}");
    }
}

#[test]
fn standard_input_with_nothing_in_it_is_said_to_be_empty() {
    let sandbox = sandbox();
    let runs: [(&[&str], i32); 5] = [
        (&["verify", "-", "--key", "public.jwk"], 1),
        (&["decode", "-"], 1),
        (&["sign", "--key", "-"], 3),
        (&["sign", "--secret-file", "-"], 3),
        (&["sign", "-", "--key", "key.jwk"], 2),
    ];
    for (run, status) in runs {
        let answer = sandbox.run(run);
        assert_eq!((answer.status, answer.text()), (status, ""), "{run:?}");
        assert_eq!(answer.stderr.lines().count(), 2, "{run:?}: {}", answer.stderr);
    }
}

#[cfg(unix)]
#[test]
fn arguments_that_are_no_utf8_are_refused_or_taken_as_names() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let sandbox = sandbox();
    let odd = OsStr::from_bytes(b"key\xff\n\x1b[31m.jwk");
    let run = |before: &[&str]| sandbox.command(before).arg(odd).output().unwrap();
    for before in [&[] as &[&str], &["verify"], &["sign", "--key", "key.jwk", "--sub"]] {
        let answer = run(before);
        assert_eq!(answer.status.code(), Some(2), "{before:?}");
        let text = String::from_utf8(answer.stderr).unwrap();
        assert!(text.lines().count() == 2 && !text.contains('\u{1b}'), "{before:?}: {text}");
    }
    // macOS takes no such names.
    if cfg!(target_os = "linux") {
        assert_eq!(run(&["key", "generate", "--alg", "ES256", "--out"]).status.code(), Some(0));
        assert_eq!(run(&["key", "show"]).status.code(), Some(0));
    }
}

#[test]
fn what_a_terminal_would_obey_is_not_repeated() {
    let sandbox = sandbox();
    for odd in ["a\u{1b}[31mb", "a\u{202e}b", "a\u{9b}2Jb", "a\rb"] {
        let runs: [&[&str]; 5] = [
            &[odd],
            &["sign", "--exp-in", odd],
            &["key", "generate", "--alg", odd],
            &["key", "show", odd],
            &["sign", "--key", "key.jwk", "--header", odd],
        ];
        for run in runs {
            let answer = sandbox.run(run);
            assert_ne!(answer.status, 0, "{run:?}");
            let obeyed = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            assert!(!answer.stderr.contains(obeyed), "{run:?}: {}", answer.stderr);
        }
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
