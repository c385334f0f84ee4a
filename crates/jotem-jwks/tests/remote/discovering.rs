//! Issuers that say themselves where their keys are, and several of them in one verifier.

use jotem::{Algorithm, Verifier};
use jotem_jwks::remote::{JwksClient, JwksEvent};

use crate::issuer::{Heard, Moved, key, page, refusal, token_of, verifier_of};
use crate::server::{Asked, Reply, Server};

fn metadata(issuer: &str, key_set: &str) -> String {
    format!(r#"{{"issuer":"{issuer}","jwks_uri":"{key_set}","scopes_supported":["openid"]}}"#)
}

fn paths(server: &Server) -> Vec<String> {
    server.asked().into_iter().map(|Asked { path, .. }| path).collect()
}

#[test]
fn an_issuer_says_where_its_keys_are() {
    let key = key("a");
    for (path, expected) in [
        ("", "/.well-known/openid-configuration"),
        ("/", "/.well-known/openid-configuration"),
        ("/tenant", "/tenant/.well-known/openid-configuration"),
        ("/tenant/", "/tenant/.well-known/openid-configuration"),
    ] {
        let server = Server::start(|_| Reply::status(404));
        let issuer = server.url(path);
        let (metadata, published) = (metadata(&issuer, &server.url("/keys")), page(&[&key]));
        server.script(move |asked| match asked.path.as_str() {
            "/keys" => Reply::ok(published.clone()),
            _ => Reply::ok(metadata.clone()),
        });
        let heard = Heard::default();
        let client = JwksClient::builder().issuer(&issuer).on_event(heard.ear()).build().unwrap();
        let verifier = verifier_of(&client, &issuer);
        assert!(client.blocking_verify::<()>(&verifier, &token_of(&issuer, &key)).is_ok());
        assert_eq!(paths(&server), [expected, "/keys"]);
        assert_eq!(heard.count(|event| matches!(event, JwksEvent::Discovered { .. })), 1);
    }
}

#[test]
fn metadata_may_be_where_rfc_8414_has_it() {
    let key = key("a");
    for (path, expected) in [
        ("", "/.well-known/oauth-authorization-server"),
        ("/tenant/one", "/.well-known/oauth-authorization-server/tenant/one"),
        ("/tenant/", "/.well-known/oauth-authorization-server/tenant"),
    ] {
        let server = Server::start(|_| Reply::status(404));
        let issuer = server.url(path);
        let (metadata, published) = (metadata(&issuer, &server.url("/keys")), page(&[&key]));
        server.script(move |asked| match asked.path.as_str() {
            "/keys" => Reply::ok(published.clone()),
            path if path == expected => Reply::ok(metadata.clone()),
            _ => Reply::status(404),
        });
        let client = JwksClient::builder().issuer(&issuer).build().unwrap();
        client.blocking_ready().unwrap();
        assert_eq!(paths(&server)[1..], [expected, "/keys"]);
    }
    // A server that fails is not one that has its metadata elsewhere.
    let server = Server::start(|_| Reply::status(500));
    let client = JwksClient::builder().issuer(server.url("")).build().unwrap();
    assert_eq!(client.blocking_ready().unwrap_err().code(), "jwks_status");
    assert_eq!(server.hits(), 1);
}

#[test]
fn an_issuer_is_asked_again_when_its_answer_is_old_and_when_its_keys_have_moved() {
    let key = key("a");
    let server = Server::start(|_| Reply::status(404));
    let issuer = server.url("");
    let serve = |at: &'static str| {
        let (metadata, published) = (metadata(&issuer, &server.url(at)), page(&[&key]));
        server.script(move |asked| match asked.path.as_str() {
            "/.well-known/openid-configuration" => {
                Reply::ok(metadata.clone()).with("cache-control", "max-age=3600")
            }
            path if path == at => Reply::ok(published.clone()).with("etag", "\"tag\""),
            _ => Reply::status(404),
        });
    };
    serve("/old");
    let clock = Moved::default();
    let client = JwksClient::builder().issuer(&issuer).clock(clock.clone()).build().unwrap();
    client.blocking_ready().unwrap();
    clock.advance(1_000);
    client.blocking_refresh().unwrap();
    assert_eq!(paths(&server)[1..], ["/old", "/old"]);

    serve("/new");
    assert_eq!(client.blocking_refresh().unwrap_err().code(), "jwks_status");
    client.blocking_refresh().unwrap();
    assert_eq!(paths(&server)[3..], ["/old", "/.well-known/openid-configuration", "/new"]);
    // The tag of the old page is not shown to the new one.
    assert_eq!(server.asked()[5].header("if-none-match"), None);
    clock.advance(3_600);
    client.blocking_refresh().unwrap();
    assert_eq!(paths(&server)[6..], ["/.well-known/openid-configuration", "/new"]);
    assert_eq!(server.asked()[7].header("if-none-match"), Some("\"tag\""));
}

#[test]
fn one_issuer_that_is_down_does_not_stop_another() {
    let (up_key, down_key) = (key("up"), key("down"));
    let published = page(&[&up_key]);
    let up = Server::start(move |_| Reply::ok(published.clone()));
    let down = Server::start(|_| Reply::status(500).held());
    let (one, other) = ("https://up.example", "https://down.example");
    let client = JwksClient::builder()
        .key_set_of(one, up.url("/jwks.json"))
        .key_set_of(other, down.url("/jwks.json"))
        .algorithms([Algorithm::Es256])
        .build()
        .unwrap();
    // The client knows the algorithms, so the verifier need not.
    let verifier = Verifier::builder(&client).issuers([one, other]).build().unwrap();
    assert!(client.blocking_verify::<()>(&verifier, &token_of(one, &up_key)).is_ok());
    down.wait_for_hits(1);
    assert!(client.blocking_verify::<()>(&verifier, &token_of(one, &up_key)).is_ok());
    down.release();
    let verdict = client.blocking_verify::<()>(&verifier, &token_of(other, &down_key));
    assert_eq!(refusal(verdict), "jws_keys_unavailable");
    assert_eq!(up.hits(), 1);
    let available: Vec<_> = client.status().iter().map(|one| one.is_available).collect();
    assert_eq!(available, [true, false]);
}

#[test]
fn a_published_rsa_key_without_alg_is_for_rs256_unless_the_program_says_otherwise() {
    let key = jotem::SigningKey::generate(Algorithm::Rs256).unwrap().with_key_id("r");
    let jwk = key.verifying_key().to_jwk().unwrap().to_json().unwrap();
    let bare = jwk.replace("\"alg\":\"RS256\",", "").replace(",\"alg\":\"RS256\"", "");
    assert!(!bare.contains("\"alg\""));
    let published = format!("{{\"keys\":[{bare}]}}");
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let issuer = "https://issuer.example";
    let token = token_of(issuer, &key);
    let verdict = |algorithms: Option<[Algorithm; 1]>| {
        let builder = JwksClient::builder().key_set_of(issuer, server.url("/"));
        let builder = match algorithms {
            Some(algorithms) => builder.algorithms(algorithms),
            None => builder,
        };
        let client = builder.build().unwrap();
        let verifier = Verifier::builder(&client).algorithms([Algorithm::Rs256, Algorithm::Ps256]);
        let verifier = verifier.issuer(issuer).build().unwrap();
        client.blocking_verify::<()>(&verifier, &token)
    };
    assert!(verdict(None).is_ok());
    assert!(verdict(Some([Algorithm::Rs256])).is_ok());
    assert_eq!(refusal(verdict(Some([Algorithm::Ps256]))), "jws_key_not_found");
    let no_list = JwksClient::builder().key_set(server.url("/")).build().unwrap();
    assert_eq!(refusal(Verifier::builder(&no_list).build()), "misuse_algorithms_needed");
}
