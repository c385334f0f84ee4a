//! `--json`: one document on standard output, whatever happens.

use super::sandbox::{CLAIMS, EC_KEY, Sandbox};

#[test]
fn every_answer_is_one_document_and_standard_error_is_empty() {
    let sandbox = Sandbox::new().with("key.jwk", EC_KEY);
    let token = sandbox.good(&["sign", "--key", "key.jwk", CLAIMS]);
    let runs: [(&[&str], i32, &str); 21] = [
        (&["key", "generate", "--alg", "ES256"], 0, ""),
        (&["key", "generate", "--alg", "ES256", "--out", "a.jwk"], 0, ""),
        (&["sign", "--key", "key.jwk"], 0, ""),
        (&["verify", &token, "--key", "key.jwk"], 0, "accepted"),
        (&["verify", &token, "--key", "key.jwk", "--aud", "api"], 1, "refused"),
        (&["verify", &token], 2, "error"),
        (&["decode", &token], 0, "not verified"),
        (&["explain", &token, "--key", "key.jwk"], 0, "accepted"),
        (&["key", "show", "key.jwk"], 0, ""),
        (&["key", "convert", "key.jwk", "--to", "pem"], 0, ""),
        (&["key", "convert", "key.jwk", "--to", "jwks", "--out", "a.jwks"], 0, ""),
        (&["key", "convert", "key.jwk", "--to", "base64"], 3, "error"),
        (&["key", "thumbprint", "key.jwk"], 0, ""),
        (&["completions", "zsh"], 0, ""),
        (&["man"], 0, ""),
        (&["man", "missing"], 4, "error"),
        (&["frobnicate"], 2, "error"),
        (&["key"], 2, "error"),
        (&[], 2, "error"),
        (&["key", "show", "/dev/null"], 3, "error"),
        (&["key", "show", "missing"], 4, "error"),
    ];
    for (arguments, status, verdict) in runs {
        let answer = sandbox.run(&[arguments, &["--json"]].concat());
        assert_eq!(answer.status, status, "{arguments:?}");
        let document = answer.json();
        assert_eq!(document["verdict"].as_str().unwrap_or_default(), verdict, "{arguments:?}");
        assert_eq!(document.get("message").is_some(), status != 0, "{arguments:?}");
    }
}

#[test]
fn a_refusal_carries_its_code_and_what_may_be_said_on_the_wire() {
    let sandbox = Sandbox::new().with("key.jwk", EC_KEY);
    let token = sandbox.good(&["sign", "--key", "key.jwk", CLAIMS, "--aud", "api"]);
    let refused = sandbox.run(&["verify", &token, "--key", "key.jwk", "--json"]).json();
    let expected = serde_json::json!({
        "verdict": "refused",
        "code": "jwt_audience_unexpected",
        "message": "the token names an audience, and the verifier expects none",
        "hint": "name this service with --aud, or accept every audience with --any-aud",
        "public": {
            "error": "invalid_token",
            "error_description": "the token is meant for another audience",
        },
    });
    assert_eq!(refused, expected);
}
