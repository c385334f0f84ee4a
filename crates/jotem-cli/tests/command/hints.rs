//! Every hint that the command has in words of its own, where a person meets it.

use jotem::{Algorithm, Jwk, SigningKey};

use super::sandbox::{CLAIMS, EC_KEY, ED25519_KEY, SECRET, Sandbox, with_filters};

fn key() -> SigningKey {
    let jwk = Jwk::from_json(ED25519_KEY.as_bytes()).unwrap();
    SigningKey::from_jwk(&jwk, Algorithm::EdDsa).unwrap()
}

/// A token of any payload, which `jotem sign` would refuse to make.
fn token(payload: &str) -> String {
    jotem::jws::sign(payload.as_bytes(), &key()).unwrap()
}

fn base64url(bytes: &[u8]) -> String {
    let token = jotem::jws::sign(bytes, &key()).unwrap();
    token.split('.').nth(1).unwrap().to_owned()
}

/// A token of any header, signed by nobody.
fn unsigned(header: &str, signature: &[u8]) -> String {
    let [header, signature] = [header.as_bytes(), signature].map(base64url);
    format!("{header}.e30.{signature}")
}

fn sandbox() -> Sandbox {
    let nameless = |key: &str| key.replace("\"kid\"", "\"x-kid\"");
    let oct = r#"{"kty":"oct","alg":"HS256","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}"#;
    let (rfc, other) = (nameless(ED25519_KEY), Sandbox::new());
    let other = other.good(&["key", "generate", "--alg", "EdDSA"]);
    Sandbox::new()
        .with("key.jwk", ED25519_KEY)
        .with("ec.jwk", EC_KEY)
        .with("secret", SECRET)
        .with("base64", base64url(SECRET.as_bytes()))
        .with("empty", "")
        .with("no.key", "this is no key")
        .with(
            "ssh2.pub",
            "---- BEGIN SSH2 PUBLIC KEY ----\nMAMCAQE=\n---- END SSH2 PUBLIC KEY ----\n",
        )
        .with("openssh", include_str!("../../../../vectors/keys/openssh-aes256-ctr"))
        .with("encrypted.pem", include_str!("../../../../vectors/keys/pkcs8-ed25519.pem"))
        .with("escaped.pem", "-----BEGIN PUBLIC KEY-----\\nMAMCAQE=\\n-----END PUBLIC KEY-----\\n")
        .with("two.jwks", format!("{{\"keys\":[{rfc},{}]}}", nameless(&other)))
        .with("none.jwks", "{\"keys\":[]}")
        .with("no.jwks", "{\"key\":[]}")
        .with("mixed.jwks", format!("{{\"keys\":[{ED25519_KEY},{oct}]}}"))
}

/// What is wrong with a token: its code, the token, and what it is verified with.
fn refused() -> Vec<(&'static str, String, Vec<&'static str>)> {
    let now = |claims: &str| token(&CLAIMS.replace('{', &format!("{{{claims},")));
    let long = "x".repeat(1025);
    let members: Vec<_> = (0..1025).map(|n| format!("\"{n}\":1")).collect();
    let nameless = token("{}")
        .replace(token("{}").split('.').next().unwrap(), &base64url(br#"{"alg":"EdDSA"}"#));
    let decoded = SigningKey::from_secret(SECRET.as_bytes(), Algorithm::Hs256).unwrap();
    let decoded = jotem::jws::sign(CLAIMS.as_bytes(), &decoded).unwrap();
    let mut der = [1_u8; 70];
    der[..4].copy_from_slice(&[0x30, 68, 2, 32]);
    der[36..38].copy_from_slice(&[2, 32]);
    let ed25519 = || vec!["--key", "key.jwk"];
    let with = |flags: &[&'static str]| [&["--key", "key.jwk"], flags].concat();
    vec![
        ("token_too_large", "a".repeat(16_385), ed25519()),
        ("token_whitespace", " a.b.c".to_owned(), ed25519()),
        ("jws_segment_count", "a.b".to_owned(), ed25519()),
        (
            "json_too_deep",
            token(&format!("{{\"a\":{}{}}}", "[".repeat(40), "]".repeat(40))),
            ed25519(),
        ),
        ("json_too_many_members", token(&format!("{{{}}}", members.join(","))), ed25519()),
        ("jws_crit_unknown", unsigned(r#"{"alg":"EdDSA","crit":["x"],"x":1}"#, b"a"), ed25519()),
        (
            "jws_unencoded_payload",
            unsigned(r#"{"alg":"EdDSA","crit":["b64"],"b64":false}"#, b"a"),
            ed25519(),
        ),
        ("jws_alg_unknown", unsigned(r#"{"alg":"XX256"}"#, b"a"), ed25519()),
        ("jws_alg_not_allowed", unsigned(r#"{"alg":"ES256"}"#, b"a"), ed25519()),
        ("jws_key_ambiguous", nameless, vec!["--jwks", "two.jwks"]),
        ("jws_signature_is_der", unsigned(r#"{"alg":"ES256"}"#, &der), vec!["--key", "ec.jwk"]),
        ("jws_secret_not_decoded", decoded, vec!["--secret-file", "base64"]),
        ("jwt_claim_too_long", now(&format!("\"iss\":\"{long}\"")), ed25519()),
        ("jwt_claim_missing", token("{}"), ed25519()),
        ("jwt_issuer_mismatch", now("\"iss\":\"a\""), with(&["--iss", "b"])),
        ("jwt_audience_mismatch", now("\"aud\":\"a\""), with(&["--aud", "b"])),
        ("jwt_audience_unexpected", now("\"aud\":\"a\""), ed25519()),
        ("jwt_confirmation_unchecked", now("\"cnf\":{\"jkt\":\"a\"}"), ed25519()),
    ]
}

#[test]
fn every_hint_of_the_command_is_given_where_it_helps() {
    let sandbox = sandbox();
    let holds = token(CLAIMS);
    let mut runs: Vec<(&str, Vec<&str>)> = vec![
        ("key_format", vec!["sign", "--key", "no.key"]),
        ("key_encrypted", vec!["sign", "--key", "encrypted.pem"]),
        ("key_open_ssh", vec!["sign", "--key", "ssh2.pub"]),
        ("key_open_ssh_encrypted", vec!["sign", "--key", "openssh"]),
        ("key_pem_escaped", vec!["sign", "--key", "escaped.pem"]),
        ("key_set_empty", vec!["verify", &holds, "--jwks", "no.jwks"]),
        ("key_secret_empty", vec!["sign", "--secret-file", "empty"]),
        ("key_secret_is_key", vec!["sign", "--secret-file", "key.jwk"]),
        ("key_secret_not_base64", vec!["sign", "--secret-file", "secret", "--base64-secret"]),
        ("key_secret_too_short", vec!["sign", "--secret-file", "no.key"]),
        ("misuse_expectation_empty", vec!["verify", &holds, "--key", "key.jwk", "--iss", ""]),
        ("misuse_header_reserved", vec!["sign", "--key", "key.jwk", "--header", "alg=none"]),
        ("misuse_keys_unusable", vec!["verify", &holds, "--jwks", "two.jwks", "--alg", "RS256"]),
        ("misuse_keys_missing", vec!["verify", &holds, "--jwks", "none.jwks"]),
        ("misuse_keys_mixed", vec!["verify", &holds, "--jwks", "mixed.jwks"]),
    ];
    let refused = refused();
    runs.extend(refused.iter().map(|(code, token, flags)| {
        let run = [&["verify", token.as_str()], flags.as_slice()].concat();
        (*code, run)
    }));
    let mut seen = String::new();
    for (code, run) in runs {
        let answer = sandbox.run(&[run, vec!["--json"]].concat());
        assert_ne!(answer.status, 0, "{code}");
        let document = answer.json();
        assert_eq!(document["code"], code, "{document}");
        seen.push_str(&format!("{code}\n  {}\n", document["hint"].as_str().unwrap()));
    }
    with_filters(|| insta::assert_snapshot!("hints", seen));
}
