//! Requests that are led elsewhere, or come all at once.

use jotem_jwks::remote::{JwksClient, JwksEvent};

use super::issuer::{client, key, listening, page, token, verifier};
use super::server::{Reply, Server};

#[test]
fn j02_a_redirect() {
    let key = key("a");
    let published = page(&[&key]);
    let target = Server::start(move |_| Reply::ok(published.clone()));
    let published = page(&[&key]);
    for status in [300, 301, 302, 303, 305, 307, 308] {
        for location in
            [target.url("/jwks.json"), "http://169.254.169.254/".to_owned(), "/other".to_owned()]
        {
            let server =
                Server::start(move |_| Reply::status(status).with("location", location.clone()));
            let (client, _, _) = client(&server.url("/jwks.json"));
            assert_eq!(client.blocking_refresh().unwrap_err().code(), "jwks_redirect", "{status}");
            assert_eq!(server.hits(), 1);
        }
    }
    // A page that sends a browser elsewhere, and a header that only looks like it does.
    let meta = format!("<meta http-equiv=refresh content='0;url={}'>", target.url("/"));
    let server = Server::start(move |_| Reply::ok(meta.clone()));
    let (refused, _, _) = client(&server.url("/jwks.json"));
    assert_eq!(refused.blocking_refresh().unwrap_err().code(), "jwks_malformed");
    let (location, refresh) = (target.url("/"), format!("0; url={}", target.url("/")));
    server.script(move |_| {
        let reply = Reply::ok(published.clone()).with("location", location.clone());
        reply.with("refresh", refresh.clone())
    });
    let (client, _, _) = client(&server.url("/jwks.json"));
    client.blocking_refresh().unwrap();

    // Nor does an issuer's metadata follow one.
    let location = target.url("/");
    let server = Server::start(move |_| Reply::status(302).with("location", location.clone()));
    let client = JwksClient::builder().issuer(server.url("")).build().unwrap();
    assert_eq!(client.blocking_refresh().unwrap_err().code(), "jwks_redirect");
    assert_eq!(target.hits(), 0);
}

#[test]
fn j19_a_thousand_readers_at_the_end_of_the_soft_age() {
    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, clock, heard) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    let published = page(&[&key]);
    server.script(move |_| Reply::ok(published.clone()).held());
    let (verifier, token) = (verifier(&client), token(&key));

    clock.advance(300);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..125 {
                    assert!(client.blocking_verify::<()>(&verifier, &token).is_ok());
                }
            });
        }
    });
    // All of them are done, and the one request that they caused is not.
    server.wait_for_hits(2);
    assert_eq!(heard.count(|event| matches!(event, JwksEvent::FetchSucceeded { .. })), 1);
    server.release();
    client.blocking_refresh().unwrap();
    assert_eq!(server.hits(), client.counters().fetches_started as usize);
    assert!(client.counters().fetches_started <= 3);
}

#[test]
fn j19_programs_that_began_together_do_not_ask_together() {
    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let mut when = std::collections::BTreeSet::new();
    for seed in 0..20 {
        let (builder, _, _) = listening(&server.url("/jwks.json"));
        let client = builder.jitter_seed(seed).build().unwrap();
        client.blocking_ready().unwrap();
        let due = client.status()[0].due_in.as_secs();
        assert!((210..=270).contains(&due), "{due}");
        when.insert(due);
    }
    assert!(when.len() > 5, "{when:?}");
}
