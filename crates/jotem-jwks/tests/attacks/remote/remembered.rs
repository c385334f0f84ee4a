//! Tokens that a verifier remembers, when the key that they were signed with goes.

use jotem::{Algorithm, Verifier};
use jotem_jwks::remote::JwksClient;

use super::issuer::{ISSUER, OTHER, client, key, page, refusal, token, token_of};
use super::server::{Reply, Server};

/// A verifier of one issuer's tokens that remembers them.
fn remembering(client: &JwksClient, issuer: &str) -> Verifier {
    let builder = Verifier::builder(client).algorithms([Algorithm::Es256]);
    builder.issuer(issuer).cache(1 << 20).build().unwrap()
}

/// Has a token verified until it is remembered, in both forms of claims.
fn remember(verifier: &Verifier, token: &str) {
    let hits = || verifier.cache_state().unwrap().hits();
    assert!(verifier.verify::<()>(token).is_ok());
    assert!(verifier.verify_shared::<()>(token).is_ok());
    let before = hits();
    assert!(verifier.verify::<()>(token).is_ok());
    assert!(verifier.verify_shared::<()>(token).is_ok());
    assert_eq!(hits().checked_sub(before), Some(2), "it was not remembered");
}

/// Why a token is refused, whichever way it is verified.
fn refusal_of(client: &JwksClient, verifier: &Verifier, token: &str) -> &'static str {
    let plain = refusal(verifier.verify::<()>(token));
    assert_eq!(refusal(verifier.verify_shared::<()>(token)), plain);
    assert_eq!(refusal(client.blocking_verify::<()>(verifier, token)), plain);
    plain
}

#[test]
fn j08_a_remembered_token_whose_key_was_withdrawn_is_refused_at_the_next_call() {
    let (kept, withdrawn) = (key("kept"), key("withdrawn"));
    let published = page(&[&kept, &withdrawn]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, _, _) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    let verifier = remembering(&client, ISSUER);
    let (good, bad) = (token(&kept), token(&withdrawn));
    remember(&verifier, &good);
    remember(&verifier, &bad);

    let published = page(&[&kept]);
    server.script(move |_| Reply::ok(published.clone()));
    client.blocking_refresh().unwrap();
    let hits = verifier.cache_state().unwrap().hits();
    assert_eq!(refusal_of(&client, &verifier, &bad), "jws_key_not_found");
    assert_eq!(verifier.cache_state().unwrap().hits(), hits);
    // The other one is remembered still.
    remember(&verifier, &good);
}

#[test]
fn j08_a_remembered_token_whose_key_was_replaced_under_its_name_is_refused_at_the_next_call() {
    let (before, after) = (key("a"), key("a"));
    let published = page(&[&before]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, _, _) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    let verifier = remembering(&client, ISSUER);
    let (old, new) = (token(&before), token(&after));
    remember(&verifier, &old);

    let published = page(&[&after]);
    server.script(move |_| Reply::ok(published.clone()));
    client.blocking_refresh().unwrap();
    assert_eq!(refusal_of(&client, &verifier, &old), "jws_signature_mismatch");
    remember(&verifier, &new);
    assert_eq!(refusal_of(&client, &verifier, &old), "jws_signature_mismatch");
}

#[test]
fn j08_a_remembered_token_is_refused_past_the_hard_age() {
    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, clock, _) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    let (verifier, token) = (remembering(&client, ISSUER), token(&key));
    remember(&verifier, &token);

    server.script(|_| Reply::status(503));
    clock.advance(48 * 3_600 - 1);
    remember(&verifier, &token);
    clock.advance(1);
    assert_eq!(refusal_of(&client, &verifier, &token), "jws_keys_unavailable");
    // It is in the cache as before, and there is no answer to be had from it.
    assert!(verifier.remembers(&token));
}

#[test]
fn j15_a_token_that_is_remembered_under_one_issuers_key_is_not_good_for_another() {
    let (one, other) = (key("1"), key("1"));
    let (first, second) = (page(&[&one]), page(&[&other]));
    let server = Server::start(move |asked| {
        Reply::ok(if asked.path == "/one" { first.clone() } else { second.clone() })
    });
    let client = JwksClient::builder()
        .key_set_of(ISSUER, server.url("/one"))
        .key_set_of(OTHER, server.url("/other"))
        .build()
        .unwrap();
    client.blocking_ready().unwrap();
    let builder = Verifier::builder(&client).algorithms([Algorithm::Es256]);
    let builder = builder.issuers([ISSUER, OTHER]).cache(1 << 20);
    let verifier = builder.build().unwrap();
    let token = token_of(ISSUER, &one);
    remember(&verifier, &token);

    // The key moves to the other issuer, name and all.
    let (first, second) = (page(&[&other]), page(&[&one]));
    server.script(move |asked| {
        Reply::ok(if asked.path == "/one" { first.clone() } else { second.clone() })
    });
    client.blocking_refresh().unwrap();
    assert_eq!(refusal_of(&client, &verifier, &token), "jws_signature_mismatch");
    remember(&verifier, &token_of(OTHER, &one));
    assert_eq!(refusal_of(&client, &verifier, &token), "jws_signature_mismatch");
}
