//! Scopes are words, and each is compared as a whole (attack class C21).

use std::time::Duration;

use jotem::{Algorithm, Claims, Issuer, SigningKey};
use jotem_session::Grant;
use serde_json::{Value, json};

use crate::bench::Bench;

#[tokio::test]
async fn c21_a_part_of_a_scope_is_another_scope() {
    let bench = Bench::new().await;
    let grant = Grant::new().scopes(["nonadmin", "admin:read", "write"]);
    let pair = bench.sessions.start("ada", grant).await.unwrap();
    let live = bench.sessions.verify::<()>(pair.access_token()).unwrap();
    assert_eq!(live.scopes().collect::<Vec<_>>(), ["admin:read", "nonadmin", "write"]);
    assert!(live.has_scope("write") && live.has_scope("nonadmin") && live.has_scope("admin:read"));
    for other in
        ["admin", "", " ", "Write", "write ", " write", "nonadmin write", "admin:read nonadmin"]
    {
        assert!(!live.has_scope(other), "{other:?}");
    }
    // Nobody grants two scopes as one.
    for not_one in ["a b", "", " ", "a\tb", "a\nb"] {
        let refused =
            bench.sessions.start("ada", Grant::new().scopes([not_one])).await.unwrap_err();
        assert_eq!(refused.code(), "session_scope_shape", "{not_one:?}");
    }
}

#[tokio::test]
async fn c21_scopes_are_one_text_with_spaces_between_and_nothing_else() {
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let bench = Bench::with(|builder| builder.signing_key(key.clone())).await;
    let issuer = Issuer::builder(key)
        .issuer("https://auth.example")
        .audience("api")
        .clock(bench.clock.clone())
        .lifetime(Duration::from_secs(900))
        .token_type("at+jwt")
        .build()
        .unwrap();
    let verify = |scope: Value| {
        let claims = json!({
            "client_id": "web", "sid": "AAAAAAAAAAAAAAAAAAAAAA", "sep": 0, "cep": 1, "auth_time": 0,
            "scope": scope,
        });
        let token = issuer.issue(&Claims::new(claims).subject("ada")).unwrap();
        bench.sessions.verify::<()>(&token)
    };
    for other in [json!(["a b"]), json!(["admin"]), json!({ "admin": true }), json!(1), json!(true)]
    {
        let refused = verify(other.clone()).unwrap_err();
        assert_eq!(refused.public().error, "invalid_token", "{other}");
    }
    for (text, scopes) in [
        ("a  b", vec!["a", "b"]),
        (" a", vec!["a"]),
        ("", vec![]),
        // Other white space separates nothing.
        ("a\tb\u{a0}c", vec!["a\tb\u{a0}c"]),
        ("a,b", vec!["a,b"]),
    ] {
        let live = verify(json!(text)).unwrap();
        assert_eq!(live.scopes().collect::<Vec<_>>(), scopes, "{text:?}");
        assert!(!live.has_scope("") && !live.has_scope("admin"));
    }
}
