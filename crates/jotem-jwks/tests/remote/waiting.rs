//! Who waits for what: readers never, and those who lack a key for one request.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use jotem::{Algorithm, Verifier};
use jotem_jwks::remote::{JwksClient, JwksEvent};

use crate::issuer::{
    ISSUER, OTHER, client, key, listening, page, refusal, token, token_of, verifier,
};
use crate::server::{Reply, Server};

/// An executor of a dozen lines: it spins.
fn spin<T>(future: impl Future<Output = T>) -> T {
    struct Flag(AtomicBool);
    impl Wake for Flag {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let mut future = pin!(future);
    let flag = Arc::new(Flag(AtomicBool::new(true)));
    let waker = Waker::from(Arc::clone(&flag));
    loop {
        if !flag.0.swap(false, Ordering::SeqCst) {
            std::thread::yield_now();
            continue;
        }
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
    }
}

#[test]
fn the_first_token_waits_for_the_first_fetch_and_the_next_for_nothing() {
    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, _, _) = client(&server.url("/jwks.json"));
    let (verifier, token) = (verifier(&client), token(&key));

    assert!(client.blocking_verify::<()>(&verifier, &token).is_ok());
    for _ in 0..100 {
        assert!(verifier.verify::<()>(&token).is_ok());
    }
    assert_eq!(server.hits(), 1);
}

#[test]
fn it_can_be_awaited_in_any_executor() {
    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let token = token(&key);

    let (own, _, _) = client(&server.url("/own"));
    assert!(spin(own.verify::<()>(&verifier(&own), &token)).is_ok());

    let (tokio, _, _) = client(&server.url("/tokio"));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert!(runtime.block_on(tokio.verify::<()>(&verifier(&tokio), &token)).is_ok());

    // Even where it blocks a thread of an executor, it does no harm but to block it.
    let (blocking, _, _) = client(&server.url("/blocking"));
    let verdict = runtime
        .block_on(async { blocking.blocking_verify::<()>(&verifier(&blocking), &token).is_ok() });
    assert!(verdict);
}

#[test]
fn what_is_awaited_travels_between_threads() {
    fn travels<T: Send>(future: T) -> T {
        future
    }
    let (client, _, _) = client("http://127.0.0.1:9/jwks.json");
    let verifier = verifier(&client);
    drop(travels(client.verify::<()>(&verifier, "")));
    drop(travels(client.refresh()));
    drop(travels(client.ready()));
    fn is_shared<T: Send + Sync + Clone + 'static>(_: &T) {}
    is_shared(&client);
}

#[test]
fn a_plain_verifier_never_waits_and_has_keys_fetched_behind_its_back() {
    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start(move |_| Reply::ok(published.clone()).held());
    let (client, _, _) = client(&server.url("/jwks.json"));
    let (verifier, token) = (verifier(&client), token(&key));

    assert_eq!(refusal(verifier.verify::<()>(&token)), "jws_keys_unavailable");
    server.wait_for_hits(1);
    for _ in 0..100 {
        assert_eq!(refusal(verifier.verify::<()>(&token)), "jws_keys_unavailable");
    }
    server.release();
    client.blocking_ready().unwrap();
    assert!(verifier.verify::<()>(&token).is_ok());
    assert_eq!(server.hits(), 1);
}

#[test]
fn while_the_server_hangs_ten_thousand_known_keys_are_verified() {
    let (known, unknown) = (key("known"), key("unknown"));
    let published = page(&[&known]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (builder, _, _) = listening(&server.url("/jwks.json"));
    let client = builder.deadline(Duration::from_secs(60)).build().unwrap();
    client.blocking_ready().unwrap();
    let published = page(&[&known, &unknown]);
    server.script(move |_| Reply::ok(published.clone()).held());

    let verifier = verifier(&client);
    let (known, unknown) = (token(&known), token(&unknown));
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| client.blocking_verify::<()>(&verifier, &unknown).is_ok());
        server.wait_for_hits(2);
        for _ in 0..10_000 {
            assert!(client.blocking_verify::<()>(&verifier, &known).is_ok());
        }
        assert!(!waits.is_finished());
        server.release();
        assert!(waits.join().unwrap());
    });
}

#[test]
fn two_hundred_callers_with_unknown_keys_make_one_request() {
    let known = key("known");
    let published = page(&[&known]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, clock, heard) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    let verifier = verifier(&client);
    let stranger = key("stranger");
    let tokens: Vec<String> =
        (0..200).map(|n| token(&stranger.clone().with_key_id(format!("unknown-{n}")))).collect();

    let together = Barrier::new(200);
    std::thread::scope(|scope| {
        for token in &tokens {
            let (client, verifier, together) = (&client, &verifier, &together);
            scope.spawn(move || {
                together.wait();
                let verdict = client.blocking_verify::<()>(verifier, token);
                assert_eq!(refusal(verdict), "jws_key_not_found");
            });
        }
    });
    assert_eq!(server.hits(), 2, "the first load, and one for all of them");
    assert_eq!(client.counters().fetches_started, 2);

    // Once in the cool-down it is told, however many come.
    for token in &tokens {
        assert_eq!(refusal(client.blocking_verify::<()>(&verifier, token)), "jws_key_not_found");
    }
    assert_eq!(server.hits(), 2);
    assert_eq!(heard.count(|event| matches!(event, JwksEvent::UnknownKeyRefused { .. })), 1);

    // Ten seconds later there may be one more, then one in thirty.
    let mut hits = Vec::new();
    for _ in 0..6 {
        clock.advance(10);
        let fresh = token(&stranger.clone().with_key_id(format!("later-{}", hits.len())));
        assert_eq!(refusal(client.blocking_verify::<()>(&verifier, &fresh)), "jws_key_not_found");
        hits.push(server.hits());
    }
    assert_eq!(hits, [3, 3, 3, 4, 4, 4]);
}

#[test]
fn issuers_at_one_url_are_two_sources_each_with_its_own_request() {
    let shared = key("shared");
    let published = page(&[&shared]);
    let server = Server::start(move |_| Reply::ok(published.clone()).held());
    let url = server.url("/jwks.json");
    let client = JwksClient::builder().key_set_of(ISSUER, &url).key_set_of(OTHER, &url);
    let client = client.build().unwrap();
    std::thread::scope(|scope| {
        let waiting: Vec<_> = (0..8).map(|_| scope.spawn(|| client.blocking_ready())).collect();
        // Both are under way at once, and all others wait for these.
        server.wait_for_hits(2);
        while client.counters().fetches_joined < 14 {
            std::thread::yield_now();
        }
        server.release();
        waiting.into_iter().for_each(|one| one.join().unwrap().unwrap());
    });
    assert_eq!(server.hits(), 2);

    let builder = Verifier::builder(&client).algorithms([Algorithm::Es256]);
    let verifier = builder.issuers([ISSUER, OTHER]).build().unwrap();
    for issuer in [ISSUER, OTHER] {
        assert!(verifier.verify::<()>(&token_of(issuer, &shared)).is_ok());
        // What the tokens of one cause takes nothing from the other.
        let hits = server.hits();
        let verdict = client.blocking_verify::<()>(&verifier, &token_of(issuer, &key("stranger")));
        assert_eq!(refusal(verdict), "jws_key_not_found");
        assert_eq!(server.hits().checked_sub(hits), Some(1), "{issuer}");
    }
}

#[test]
fn a_key_that_was_just_published_is_found() {
    let (old, new) = (key("old"), key("new"));
    let published = page(&[&old]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, _, heard) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    let published = page(&[&new]);
    server.script(move |_| Reply::ok(published.clone()));

    let verifier = verifier(&client);
    assert_eq!(refusal(verifier.verify::<()>(&token(&new))), "jws_key_not_found");
    assert!(client.blocking_verify::<()>(&verifier, &token(&new)).is_ok());
    // And the one that it replaced is gone.
    assert_eq!(refusal(verifier.verify::<()>(&token(&old))), "jws_key_not_found");
    let replaced = heard.events().into_iter().rev().find_map(|event| {
        let JwksEvent::KeysReplaced { added, removed, .. } = event else { return None };
        Some((added, removed))
    });
    let (added, removed) = replaced.unwrap();
    assert_eq!((added[0].as_str(), removed[0].as_str()), ("new", "old"));
}

#[test]
fn a_key_that_the_fetched_set_did_not_have_is_not_asked_for_again_at_once() {
    let known = key("known");
    let published = page(&[&known]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, clock, _) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    let (verifier, stranger) = (verifier(&client), token(&key("stranger")));

    assert_eq!(refusal(client.blocking_verify::<()>(&verifier, &stranger)), "jws_key_not_found");
    assert_eq!(server.hits(), 2);
    clock.advance(59);
    assert_eq!(refusal(client.blocking_verify::<()>(&verifier, &stranger)), "jws_key_not_found");
    assert_eq!((server.hits(), client.counters().unknown_refused_as_absent), (2, 1));
    clock.advance(1);
    assert_eq!(refusal(client.blocking_verify::<()>(&verifier, &stranger)), "jws_key_not_found");
    assert_eq!(server.hits(), 3);
}

#[test]
fn a_key_that_was_absent_is_asked_for_again_once_another_set_was_loaded() {
    let known = key("known");
    let published = page(&[&known]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, clock, _) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    let (verifier, late) = (verifier(&client), key("late"));
    let token = token(&late);
    assert_eq!(refusal(client.blocking_verify::<()>(&verifier, &token)), "jws_key_not_found");

    // The cool-down is over, and the key is known to be absent for half a minute more.
    clock.advance(30);
    assert_eq!(refusal(client.blocking_verify::<()>(&verifier, &token)), "jws_key_not_found");
    assert_eq!(server.hits(), 2);
    client.blocking_refresh().unwrap();
    let published = page(&[&known, &late]);
    server.script(move |_| Reply::ok(published.clone()));
    assert!(client.blocking_verify::<()>(&verifier, &token).is_ok());
}

#[test]
fn other_refusals_and_tokens_of_other_issuers_fetch_nothing() {
    let known = key("known");
    let published = page(&[&known]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, _, _) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    let verifier = verifier(&client);

    let good = token(&known);
    let (at, byte) = (good.len() - 40, good.as_bytes()[good.len() - 40]);
    let other = if byte == b'A' { "B" } else { "A" };
    let forged = format!("{}{other}{}", &good[..at], &good[at + 1..]);
    let elsewhere = token_of(OTHER, &key("elsewhere"));
    for bad in ["", "a.b.c", "not a token", forged.as_str(), elsewhere.as_str()] {
        assert!(client.blocking_verify::<()>(&verifier, bad).is_err());
    }
    assert_eq!(server.hits(), 1);
}

#[test]
fn a_caller_that_goes_away_leaves_nothing_behind() {
    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start(move |_| Reply::ok(published.clone()).held());
    let (client, _, _) = client(&server.url("/jwks.json"));
    let (verifier, token) = (verifier(&client), token(&key));
    for _ in 0..10 {
        let mut future = Box::pin(client.verify::<()>(&verifier, &token));
        let poll = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(poll.is_pending());
    }
    server.release();
    assert!(client.blocking_verify::<()>(&verifier, &token).is_ok());
    assert_eq!(server.hits(), 1);
}

#[test]
fn the_thread_is_made_on_first_use_and_ends_with_the_last_clone() {
    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start(move |_| Reply::ok(published.clone()).held());
    let alive = Arc::new(());
    let held = Arc::clone(&alive);
    let client = JwksClient::builder()
        .key_set_of(ISSUER, server.url("/jwks.json"))
        .on_event(move |_| assert_eq!(*held, ()))
        .build()
        .unwrap();
    assert_eq!(client.counters().threads_started, 0);
    let verifier =
        Verifier::builder(client.clone()).algorithms([Algorithm::Es256]).issuer(ISSUER).build();
    let verifier = verifier.unwrap();
    assert_eq!(refusal(verifier.verify::<()>(&token(&key))), "jws_keys_unavailable");
    server.wait_for_hits(1);
    assert_eq!(client.counters().threads_started, 1);

    // What the thread shares with the client is gone when it is, though a request was under way.
    drop((client, verifier));
    while Arc::strong_count(&alive) > 1 {
        std::thread::yield_now();
    }
}
