//! How long keys are served: fetched again before they are old, served while they cannot be, and
//! then no more.

use std::time::Duration;

use jotem_jwks::remote::{FetchReason, JwksEvent};

use crate::issuer::{Heard, client, key, listening, page, refusal, token, verifier};
use crate::server::{Reply, Server};

fn failures(heard: &Heard) -> usize {
    heard.count(|event| matches!(event, JwksEvent::FetchFailed { .. }))
}

#[test]
fn keys_are_fetched_again_before_they_are_old_and_readers_do_not_wait() {
    let key = key("a");
    let published = page(&[&key]);
    let server =
        Server::start(move |_| Reply::ok(published.clone()).with("cache-control", "max-age=1000"));
    let (client, clock, heard) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    let (verifier, token) = (verifier(&client), token(&key));

    clock.advance(699);
    assert!(verifier.verify::<()>(&token).is_ok());
    assert_eq!(client.counters().fetches_started, 1);
    clock.advance(201);
    assert!(verifier.verify::<()>(&token).is_ok());
    server.wait_for_hits(2);
    // Joins the fetch, or finds it done.
    client.blocking_refresh().unwrap();
    let ahead = |event: &JwksEvent| {
        matches!(event, JwksEvent::FetchStarted { reason: FetchReason::Ahead, .. })
    };
    assert_eq!(heard.count(ahead), 1);
    assert_eq!(client.status()[0].age, Some(Duration::ZERO));
    assert_eq!(client.counters().stale_served, 0);
}

#[test]
fn an_outage_up_to_the_hard_age_loses_no_verification() {
    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, clock, heard) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    server.script(|_| Reply::status(503));
    let (verifier, token) = (verifier(&client), token(&key));

    let hard = 48 * 3_600;
    let mut age = 0;
    while age + 600 < hard {
        clock.advance(600);
        age += 600;
        assert!(verifier.verify::<()>(&token).is_ok(), "after {age} s");
        // The attempt that this began is over before the clock moves on.
        let failed = failures(&heard);
        assert!(client.blocking_refresh().is_err());
        assert!(failures(&heard) > failed);
    }
    clock.advance(hard - age - 1);
    assert!(client.blocking_verify::<()>(&verifier, &token).is_ok());
    assert!(client.status()[0].is_stale && client.status()[0].is_available);
    clock.advance(1);
    assert_eq!(refusal(verifier.verify::<()>(&token)), "jws_keys_unavailable");
    assert_eq!(refusal(client.blocking_verify::<()>(&verifier, &token)), "jws_keys_unavailable");
    assert!(!client.status()[0].is_available);
    assert_eq!(heard.count(|event| matches!(event, JwksEvent::StaleServed { .. })), 1);
    assert_eq!(heard.count(|event| matches!(event, JwksEvent::HardAgeReached { .. })), 1);

    // When the issuer is back, so are its keys.
    let published = page(&[&key]);
    server.script(move |_| Reply::ok(published.clone()));
    clock.advance(30);
    assert!(client.blocking_verify::<()>(&verifier, &token).is_ok());
}

#[test]
fn an_outage_is_no_storm() {
    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, clock, heard) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    server.script(|_| Reply::status(500));
    let (verifier, known, unknown) =
        (verifier(&client), token(&key), token(&crate::issuer::key("b")));

    clock.advance(400);
    for second in 0..600 {
        for _ in 0..5 {
            assert!(client.blocking_verify::<()>(&verifier, &known).is_ok());
            let verdict = client.blocking_verify::<()>(&verifier, &unknown);
            assert_eq!(refusal(verdict), "jws_key_not_found", "{second}");
        }
        // No attempt is under way when the clock moves.
        let started = client.counters().fetches_started;
        while (failures(&heard) as u64) < started - 1 {
            std::thread::yield_now();
        }
        clock.advance(1);
    }
    // Ten minutes: one each 30 s, and the first two.
    assert!((15..=23).contains(&(server.hits() - 1)), "{}", server.hits());
}

#[test]
fn without_any_keys_a_failed_attempt_is_not_repeated_at_once() {
    let key = key("a");
    let server = Server::start(|_| Reply::status(500));
    let (client, clock, _) = client(&server.url("/jwks.json"));
    let (verifier, token) = (verifier(&client), token(&key));

    assert_eq!(client.blocking_ready().unwrap_err().code(), "jwks_status");
    for _ in 0..100 {
        let verdict = client.blocking_verify::<()>(&verifier, &token);
        assert_eq!(refusal(verdict), "jws_keys_unavailable");
    }
    assert_eq!(client.blocking_ready().unwrap_err().code(), "jwks_cool_down");
    assert_eq!(server.hits(), 1);
    let published = page(&[&key]);
    server.script(move |_| Reply::ok(published.clone()));
    clock.advance(10);
    assert!(client.blocking_verify::<()>(&verifier, &token).is_ok());
}

#[test]
fn a_set_that_is_what_it_was_is_not_sent_again() {
    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start(move |asked| match asked.header("if-none-match") {
        Some("\"one\"") => Reply::status(304).with("cache-control", "max-age=600"),
        Some(_) | None => Reply::ok(published.clone()).with("etag", "\"one\""),
    });
    let (client, clock, heard) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    clock.advance(100);
    client.blocking_refresh().unwrap();
    assert_eq!(client.counters().fetches_not_modified, 1);
    assert_eq!(client.status()[0].age, Some(Duration::ZERO));
    assert!(verifier(&client).verify::<()>(&token(&key)).is_ok());
    let fresh = heard.events().into_iter().find_map(|event| {
        let JwksEvent::NotModified { fresh_for, .. } = event else { return None };
        Some(fresh_for)
    });
    assert_eq!(fresh, Some(Duration::from_secs(600)));
    // The tag stays, though the answer did not repeat it.
    client.blocking_refresh().unwrap();
    assert_eq!(client.counters().fetches_not_modified, 2);
}

#[test]
fn nobody_who_was_not_asked_says_that_nothing_changed() {
    let server = Server::start(|_| Reply::status(304));
    let (client, _, _) = client(&server.url("/jwks.json"));
    assert_eq!(client.blocking_refresh().unwrap_err().code(), "jwks_redirect");
}

#[test]
fn a_listener_that_panics_stops_nothing() {
    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (builder, _, _) = listening(&server.url("/jwks.json"));
    let client = builder.on_event(|_| std::panic::resume_unwind(Box::new(()))).build().unwrap();
    assert!(client.blocking_verify::<()>(&verifier(&client), &token(&key)).is_ok());
    assert!(client.counters().listener_panics >= 3);
}
