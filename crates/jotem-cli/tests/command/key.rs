//! `jotem key`.

use super::sandbox::{EC_KEY, ED25519_KEY, Sandbox, with_filters};

const SET: &str = r#"{"keys":[
{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
{"kty":"AKP","alg":"ML-DSA-44","kid":"b","pub":"AA"},
{"kty":"EC","crv":"P-256","kid":"c","use":"enc",
 "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
 "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
{"kty":"EC","crv":"P-256","kid":"d",
 "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
 "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
{"kty":"EC","crv":"P-256","kid":"d","x":"AA","y":"AA"},
{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#;

#[test]
fn shows_what_kind_of_key_a_file_holds() {
    let sandbox = Sandbox::new()
        .with("ec.jwk", EC_KEY)
        .with("ed25519.jwk", ED25519_KEY)
        .with("set.json", SET)
        .with(
            "secret.jwk",
            r#"{"kty":"oct","alg":"HS256","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}"#,
        )
        .with("short.jwk", r#"{"kty":"oct","alg":"HS256","k":"c2VjcmV0"}"#)
        .with("encryption.jwk", EC_KEY.replace("\"kid\"", "\"alg\":\"ECDH-ES\",\"kid\""))
        .with("mixed.jwk", EC_KEY.replace("jpsQ", "jpsR"));
    let transcript = sandbox.transcript(&[
        &["key", "show", "ec.jwk"],
        &["key", "show", "ec.jwk", "--json"],
        &["key", "show", "ec.jwk", "--public"],
        &["key", "show", "ec.jwk", "--public", "--format", "pem"],
        &["key", "show", "ed25519.jwk"],
        &["key", "show", "secret.jwk"],
        &["key", "show", "secret.jwk", "--public"],
        &["key", "show", "short.jwk"],
        &["key", "show", "encryption.jwk"],
        &["key", "show", "mixed.jwk"],
        &["key", "show", "set.json"],
        &["key", "show", "set.json", "--json"],
        &["key", "show", "set.json", "--public"],
    ]);
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("key_show", transcript);
    });
}

#[test]
fn never_shows_a_private_member() {
    let sandbox =
        Sandbox::new().with("ec.jwk", EC_KEY).with("set.json", format!("{{\"keys\":[{EC_KEY}]}}"));
    for file in ["ec.jwk", "set.json"] {
        for flags in [&[] as &[&str], &["--json"], &["--public"], &["--public", "--json"]] {
            let shown = sandbox.good(&[&["key", "show", file], flags].concat());
            assert!(!shown.contains("jpsQnnGQmL"), "{file} {flags:?}");
        }
    }
}

#[test]
fn reads_a_key_from_standard_input() {
    let answer = Sandbox::new().run_with(&["key", "show", "-"], EC_KEY.as_bytes());
    assert!(answer.text().starts_with("key         EC private key, P-256"), "{}", answer.text());
}

#[test]
fn names_a_new_key_by_its_thumbprint() {
    let sandbox = Sandbox::new();
    sandbox.good(&["key", "generate", "--alg", "ES384", "--out", "key.jwk"]);
    let shown = sandbox.run(&["key", "show", "key.jwk", "--json"]).json();
    assert_eq!(shown["kid"], shown["thumbprint"]);
    assert_eq!(shown["algorithms"], serde_json::json!(["ES384"]));

    let named = sandbox.run(&["key", "generate", "--alg", "ES256", "--kid", "2026-11", "--json"]);
    assert_eq!(named.json()["private"]["kid"], "2026-11");
    assert_eq!(named.json()["public"]["kid"], "2026-11");
}

#[test]
fn makes_and_shows_a_key_of_ml_dsa() {
    let sandbox = Sandbox::new();
    for (algorithm, bits) in [("ML-DSA-44", 10_496), ("ML-DSA-65", 15_616), ("ML-DSA-87", 20_736)] {
        sandbox.good(&["key", "generate", "--alg", algorithm, "--out", "key.jwk", "--force"]);
        let text = sandbox.good(&["key", "show", "key.jwk"]);
        assert!(text.starts_with(&format!("key         AKP private key, {algorithm}\n")), "{text}");
        let shown = sandbox.run(&["key", "show", "key.jwk", "--json"]).json();
        assert_eq!(shown["kty"], "AKP");
        assert_eq!(shown["crv"], serde_json::Value::Null);
        assert_eq!(shown["bits"], bits);
        assert_eq!(shown["algorithms"], serde_json::json!([algorithm]));
        assert_eq!(shown["kid"], shown["thumbprint"]);
        let public = sandbox.good(&["key", "show", "key.jwk", "--public"]);
        assert!(!public.contains("priv"), "{public}");
    }
}

#[test]
fn gives_a_shared_secret_no_name_that_is_made_of_it() {
    let secret = Sandbox::new().run(&["key", "generate", "--alg", "HS256", "--json"]).json();
    assert_eq!(secret["kid"], serde_json::Value::Null);
    assert!(secret.get("public").is_none());
}

#[test]
fn writes_a_shared_secret_as_base64_of_full_length() {
    for (algorithm, length) in [("HS256", 44), ("HS384", 64), ("HS512", 88)] {
        let secret =
            Sandbox::new().good(&["key", "generate", "--alg", algorithm, "--format", "base64"]);
        assert_eq!(secret.len(), length, "{algorithm}");
    }
}

#[test]
fn makes_an_rsa_key_of_the_size_that_was_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.good(&["key", "generate", "--alg", "PS256", "--bits", "3072", "--out", "key.jwk"]);
    assert_eq!(sandbox.run(&["key", "show", "key.jwk", "--json"]).json()["bits"], 3072);
}

#[test]
fn refuses_what_does_not_go_together() {
    let transcript = Sandbox::new().transcript(&[
        &["key", "generate"],
        &["key", "generate", "--alg", "none"],
        &["key", "generate", "--alg", "es256"],
        &["key", "generate", "--alg", "ES256", "--bits", "2048"],
        &["key", "generate", "--alg", "RS256", "--bits", "1024"],
        &["key", "generate", "--alg", "HS256", "--format", "pem"],
        &["key", "generate", "--alg", "HS256", "--public-out", "public.jwk"],
        &["key", "generate", "--alg", "ES256", "--format", "base64"],
        &["key", "generate", "--alg", "ES256", "--format", "pem", "--kid", "a"],
        &["key", "generate", "--alg", "ES256", "--format", "der", "--json"],
        &["key", "generate", "--alg", "ES256", "--out", "a", "--public-out", "a"],
        &["key", "generate", "--alg", "ES256", "--public-out", "-"],
    ]);
    with_filters(|| insta::assert_snapshot!("key_generate_refused", transcript));
}
