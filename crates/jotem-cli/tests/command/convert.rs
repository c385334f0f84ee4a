//! `jotem key convert`.

use serde_json::Value;

use super::sandbox::{EC_KEY, ED25519_KEY, SECRET, Sandbox, vector, with_filters};

/// Two public keys, a shared secret, and a member that nobody can read.
fn set(sandbox: &Sandbox) -> String {
    let public = |key: &str| sandbox.good(&["key", "convert", key, "--to", "jwk", "--public"]);
    let (ec, ed) = (public("ec.jwk"), public("ed25519.jwk"));
    format!(r#"{{"keys":[{ec},{ed},{OCT},{{"kty":"X","kid":"x"}}]}}"#)
}

const OCT: &str =
    r#"{"kty":"oct","kid":"s","alg":"HS256","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}"#;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new()
        .with("ec.jwk", EC_KEY)
        .with("ed25519.jwk", ED25519_KEY)
        .with("secret.jwk", OCT)
        .with("rsa.pem", vector("rsa2048.pem"))
        .with("mixed.jwk", EC_KEY.replace("jpsQ", "jpsR"))
        .with("encryption.jwk", EC_KEY.replace("\"kid\"", "\"use\":\"enc\",\"kid\""));
    let set = set(&sandbox);
    sandbox.with("set.json", set)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_key_comes_back_from_every_form_with_its_thumbprint() {
    let sandbox = sandbox();
    for key in ["ec.jwk", "ed25519.jwk", "rsa.pem"] {
        let thumbprint = sandbox.good(&["key", "thumbprint", key]);
        for form in ["jwk", "pem", "der"] {
            for public in [&[] as &[&str], &["--public"]] {
                let out = ["--to", form, "--out", "out", "--force"];
                sandbox.good(&[&["key", "convert", key], &out[..], public].concat());
                assert_eq!(sandbox.good(&["key", "thumbprint", "out"]), thumbprint, "{key} {form}");
                let shown = sandbox.run(&["key", "show", "out", "--json"]).json();
                assert_eq!(shown["private"], public.is_empty(), "{key} {form}");
            }
        }
    }
}

#[test]
fn every_container_of_others_becomes_a_jwk() {
    let sandbox = Sandbox::new().with("password", "open sesame\n");
    let files = [
        ("p256.pem", false, true),
        ("pkcs8-p256.pem", true, true),
        ("pkcs8-ed25519.der", true, true),
        ("openssh-ed25519", false, true),
        ("openssh-ed25519-password", true, true),
        ("openssh-ed25519.pub", false, false),
        ("x509-rsa2048.pem", false, false),
        ("x509-ed25519.der", false, false),
    ];
    for (file, encrypted, private) in files {
        let sandbox = &sandbox;
        std::fs::write(sandbox.path(file), vector(file)).unwrap();
        let password: &[&str] = if encrypted { &["--password-file", "password"] } else { &[] };
        for (command, flags) in [
            ("show", &[] as &[&str]),
            ("thumbprint", &[]),
            ("convert", &["--to", "jwk", "--out", "-"]),
        ] {
            sandbox.good(&[&["key", command, file], flags, password].concat());
        }
        let convert = [&["key", "convert", file, "--to", "jwk", "--out", "-"], password].concat();
        assert_eq!(json(&sandbox.good(&convert)).get("d").is_some(), private, "{file}");
        let shown = sandbox.good(&[&["key", "show", file], password].concat());
        let warned = shown.contains("neither dates nor issuer are checked");
        assert_eq!(warned, file.starts_with("x509"), "{file}: {shown}");
    }
}

#[test]
fn members_are_written_and_checked() {
    let sandbox = sandbox();
    let run = |flags: &[&str]| {
        json(
            &sandbox
                .good(&[&["key", "convert", "rsa.pem", "--to", "jwk", "--public"], flags].concat()),
        )
    };
    let named = run(&["--kid", "2026-11", "--alg", "RS256", "--use", "sig"]);
    assert_eq!((&named["kid"], &named["alg"]), (&"2026-11".into(), &"RS256".into()));
    assert_eq!(named["use"], "sig");
    assert!(named.get("d").is_none());
    let thumbprint = sandbox.good(&["key", "thumbprint", "rsa.pem"]);
    assert_eq!(run(&["--thumbprint-kid"])["kid"], thumbprint.as_str());
    // A key that has a name keeps it.
    let kept = ["key", "convert", "ec.jwk", "--to", "jwk", "--public", "--thumbprint-kid"];
    assert_eq!(json(&sandbox.good(&kept))["kid"], "rfc7515-a3");
}

#[test]
fn a_set_has_public_keys_only_and_says_what_it_left_out() {
    let sandbox = sandbox();
    let answer = sandbox.run(&["key", "convert", "set.json", "--to", "jwks"]);
    assert_eq!(answer.status, 0, "{}", answer.stderr);
    let expected = "note: left out member 3: a shared secret is not published\n\
                    note: left out member 4: the key type X is not known\n";
    assert_eq!(answer.stderr, expected);
    let written = json(answer.text());
    assert_eq!(written["keys"].as_array().unwrap().len(), 2);
    for key in ["ec.jwk", "ed25519.jwk"] {
        let set = sandbox.good(&["key", "convert", key, "--to", "jwks"]);
        assert!(json(&set)["keys"][0].get("d").is_none(), "{set}");
    }
}

#[test]
fn one_member_of_a_set_is_chosen_by_its_kid() {
    let sandbox = sandbox();
    let one = ["key", "convert", "set.json", "--to", "jwk", "--member", "rfc8037-a1"];
    assert_eq!(json(&sandbox.good(&one))["crv"], "Ed25519");
    let secret = ["key", "convert", "set.json", "--to", "base64", "--member", "s"];
    assert_eq!(sandbox.good(&secret), "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLr/T");
}

#[test]
fn what_does_not_go_together_is_refused() {
    let sandbox = sandbox().with("two.json", format!(r#"{{"keys":[{EC_KEY},{EC_KEY}]}}"#));
    let transcript = sandbox.transcript(&[
        &["key", "convert", "ec.jwk"],
        &["key", "convert", "ec.jwk", "--to", "pkcs12"],
        &["key", "convert", "missing", "--to", "jwk"],
        &["key", "convert", "ec.jwk", "--to", "base64"],
        &["key", "convert", "secret.jwk", "--to", "pem"],
        &["key", "convert", "secret.jwk", "--to", "jwk", "--public"],
        &["key", "convert", "secret.jwk", "--to", "jwks"],
        &["key", "convert", "secret.jwk", "--to", "jwk", "--thumbprint-kid"],
        &["key", "convert", "mixed.jwk", "--to", "pem"],
        &["key", "convert", "ec.jwk", "--to", "pem", "--kid", "a"],
        &["key", "convert", "ec.jwk", "--to", "jwk", "--kid", "a", "--thumbprint-kid"],
        &["key", "convert", "ec.jwk", "--to", "jwk", "--alg", "ES384"],
        &["key", "convert", "rsa.pem", "--to", "jwk", "--alg", "ES256"],
        &["key", "convert", "encryption.jwk", "--to", "jwk", "--use", "sig"],
        &["key", "convert", "ec.jwk", "--to", "jwk", "--member", "a"],
        &["key", "convert", "set.json", "--to", "jwk"],
        &["key", "convert", "set.json", "--to", "jwk", "--member", "x"],
        &["key", "convert", "two.json", "--to", "jwk", "--member", "rfc7515-a3"],
        &["key", "convert", "set.json", "--to", "jwks", "--kid", "a"],
        &["key", "convert", "ec.jwk", "--to", "der", "--json"],
        &["key", "convert", "ec.jwk", "--to", "pem", "--out", "set.json"],
        &["key", "convert", "ec.jwk", "--to", "pem", "--force"],
        &["key", "convert", "ec.jwk", "--to", "jwk", "--encrypt"],
        &["key", "convert", "ec.jwk", "--to", "pem", "--encrypt", "--public"],
        &["key", "convert", "ec.jwk", "--to", "pem", "--encrypt"],
    ]);
    with_filters(|| insta::assert_snapshot!("key_convert_refused", transcript));
}

#[test]
fn a_key_for_encryption_is_converted_all_the_same() {
    let sandbox = sandbox();
    sandbox.good(&["key", "convert", "encryption.jwk", "--to", "pem"]);
    let jwk = sandbox.good(&["key", "convert", "encryption.jwk", "--to", "jwk", "--public"]);
    assert_eq!(json(&jwk)["use"], "enc");
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_a_private_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = sandbox();
    let mode = |flags: &[&str]| {
        let out = ["key", "convert", "ec.jwk", "--to", "pem", "--out", "out", "--force"];
        sandbox.good(&[&out[..], flags].concat());
        sandbox.path("out").metadata().unwrap().permissions().mode() & 0o777
    };
    assert_eq!(mode(&[]), 0o600);
    assert_ne!(mode(&["--public"]) & 0o044, 0);
}

#[test]
fn an_encrypted_key_opens_with_its_password_and_with_no_other() {
    let sandbox = sandbox()
        .with("password", "correct horse\r\n")
        .with("wrong", "correct horse ")
        .variable("PASSWORD", "correct horse")
        .with("secret", SECRET);
    let close = ["--encrypt", "--new-password-file", "password"];
    for form in ["pem", "der"] {
        let out = ["key", "convert", "ec.jwk", "--to", form, "--out", "locked", "--force"];
        sandbox.good(&[&out[..], &close[..]].concat());
        let token = sandbox.good(&["sign", "--key", "locked", "--password-env", "PASSWORD"]);
        sandbox.good(&["verify", &token, "--key", "locked", "--password-file", "password"]);
        let runs: [(&[&str], i32, &str); 5] = [
            (&["--password-file", "wrong"], 3, "key_password_wrong"),
            (&["--password-env", "MISSING"], 3, "MISSING is not set"),
            (&["--password-file", "missing"], 4, "cannot read missing"),
            (&["--password-file", "password", "--password-env", "PASSWORD"], 2, "cannot be used"),
            (&[], 3, "key_encrypted"),
        ];
        for (flags, status, message) in runs {
            let answer = sandbox.run(&[&["key", "show", "locked"], flags].concat());
            assert_eq!((answer.status, answer.text()), (status, ""), "{form} {flags:?}");
            assert!(answer.stderr.contains(message), "{form} {flags:?}: {}", answer.stderr);
        }
    }
    let generate = ["key", "generate", "--alg", "EdDSA", "--format", "pem"];
    let pem = sandbox.good(&[&generate[..], &close[..]].concat());
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "{pem}");
    let jwk = ["key", "generate", "--alg", "EdDSA"];
    assert_eq!(sandbox.run(&[&jwk[..], &close[..]].concat()).status, 2);
}
