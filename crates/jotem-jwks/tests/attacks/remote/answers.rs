//! Answers that are not what was asked for.

use std::io::Write;
use std::time::Duration;

use jotem::Algorithm;
use jotem_jwks::remote::{JwksClient, JwksEvent, SkipReason};

use super::issuer::{
    ISSUER, client, key, listening, member, page, page_of, refusal, token, verifier,
};
use super::server::{Reply, Server};

/// What breaks a fetch, and how it is called.
fn broken() -> Vec<(Reply, &'static str)> {
    let raw = |text: &str| Reply::Raw(text.as_bytes().to_vec());
    let cut = "HTTP/1.1 200 X\r\ncontent-length: 1000\r\n\r\n{\"keys\":[";
    vec![
        (Reply::status(500), "jwks_status"),
        (Reply::status(404), "jwks_status"),
        (Reply::status(204), "jwks_status"),
        (Reply::status(206), "jwks_status"),
        (Reply::ok("").held(), "jwks_timeout"),
        (raw(""), "jwks_transfer"),
        (raw("not http at all\r\n\r\n"), "jwks_transfer"),
        (raw(cut), "jwks_transfer"),
        (raw("HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\nffff\r\n{"), "jwks_transfer"),
        (Reply::ok(""), "jwks_malformed"),
        (Reply::ok("<html><body>Sign in</body></html>"), "jwks_malformed"),
        (Reply::ok("[]"), "jwks_malformed"),
        (Reply::ok("{}"), "jwks_malformed"),
        (Reply::ok("{\"keys\":{}}"), "jwks_malformed"),
        (Reply::ok("{\"keys\":[]} x"), "jwks_malformed"),
        (Reply::ok("{\"keys\":[],\"keys\":[]}"), "jwks_malformed"),
        (Reply::ok(b"{\"keys\":[\"\xff\xfe\"]}".to_vec()), "jwks_malformed"),
        (Reply::ok(format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))), "jwks_malformed"),
        (Reply::ok("{\"keys\":[]}"), "jwks_no_usable_key"),
        (Reply::ok("{\"keys\":[1,null,\"a\",{}]}"), "jwks_no_usable_key"),
    ]
}

#[test]
fn j07_a_fetch_that_fails_after_a_good_one() {
    let key = key("a");
    for (reply, code) in broken() {
        let published = page(&[&key]);
        let server = Server::start(move |_| Reply::ok(published.clone()));
        let (builder, clock, heard) = listening(&server.url("/jwks.json"));
        let client = builder.deadline(Duration::from_secs(1)).build().unwrap();
        client.blocking_ready().unwrap();
        let reply = std::sync::Mutex::new(Some(reply));
        server.script(move |_| reply.lock().unwrap().take().unwrap_or_else(|| Reply::status(500)));
        assert_eq!(client.blocking_refresh().unwrap_err().code(), code);
        assert_eq!(heard.count(|event| matches!(event, JwksEvent::FetchFailed { .. })), 1);

        // For two days the keys are good, and then no more.
        clock.advance(48 * 3_600 - 1);
        assert!(verifier(&client).verify::<()>(&token(&key)).is_ok(), "{code}");
        clock.advance(1);
        assert_eq!(refusal(verifier(&client).verify::<()>(&token(&key))), "jws_keys_unavailable");
    }
}

#[test]
fn j10_a_body_that_is_no_key_set_leaves_the_keys_as_they_are() {
    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, _, _) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    let before = client.status();
    for (reply, code) in broken() {
        let Reply::Page { status: 200, body, .. } = reply else { continue };
        server.script(move |_| Reply::ok(body.clone()));
        assert_eq!(client.blocking_refresh().unwrap_err().code(), code);
        assert_eq!(client.status(), before);
    }
}

#[test]
fn j08_a_key_that_its_issuer_withdrew() {
    let (kept, withdrawn) = (key("kept"), key("withdrawn"));
    let published = page(&[&kept, &withdrawn]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, _, _) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();
    let verifier = verifier(&client);
    assert!(verifier.verify::<()>(&token(&withdrawn)).is_ok());

    let published = page(&[&kept]);
    server.script(move |_| Reply::ok(published.clone()));
    client.blocking_refresh().unwrap();
    assert_eq!(refusal(verifier.verify::<()>(&token(&withdrawn))), "jws_key_not_found");
    assert!(verifier.verify::<()>(&token(&kept)).is_ok());

    // The same name with another key: what is signed with the old one is refused.
    let again = key("kept");
    let published = page(&[&again]);
    server.script(move |_| Reply::ok(published.clone()));
    client.blocking_refresh().unwrap();
    assert_eq!(refusal(verifier.verify::<()>(&token(&kept))), "jws_signature_mismatch");
    assert!(verifier.verify::<()>(&token(&again)).is_ok());
}

#[test]
fn j09_an_answer_that_is_large_or_slow() {
    let head = "HTTP/1.1 200 X\r\n";
    let endless =
        |head: &str, again: &[u8]| Reply::Endless(head.as_bytes().to_vec(), again.to_vec());
    let spaces = vec![b' '; 60_000];
    let chunk = [b"ea60\r\n".as_slice(), &spaces, b"\r\n"].concat();
    let large = format!("{head}content-length: 1000000000\r\n\r\n");
    let too_large: [(Reply, &str); 6] = [
        (endless(&large, &spaces), "jwks_too_large"),
        (endless(&format!("{head}\r\n"), &spaces), "jwks_too_large"),
        (endless(&format!("{head}transfer-encoding: chunked\r\n\r\n"), &chunk), "jwks_too_large"),
        (Reply::ok(vec![b' '; 512 * 1_024 + 1]), "jwks_too_large"),
        (endless(&format!("{head}x: "), &[b'a'; 60_000]), "jwks_transfer"),
        (endless(head, b"a: b\r\n"), "jwks_transfer"),
    ];
    for (number, (reply, code)) in too_large.into_iter().enumerate() {
        let reply = std::sync::Mutex::new(Some(reply));
        let server = Server::start(move |_| reply.lock().unwrap().take().unwrap());
        let (client, _, _) = client(&server.url("/jwks.json"));
        assert_eq!(client.blocking_refresh().unwrap_err().code(), code, "{number}");
    }
    // One byte and then nothing more, at each place where a server can stop.
    for stop in ["H", "HTTP/1.1 200 X\r\nx", "HTTP/1.1 200 X\r\ncontent-length: 9\r\n\r\n{"] {
        let server = Server::start(move |_| Reply::Endless(stop.as_bytes().to_vec(), Vec::new()));
        let (builder, _, _) = listening(&server.url("/jwks.json"));
        let client = builder.deadline(Duration::from_millis(100)).build().unwrap();
        assert_eq!(client.blocking_refresh().unwrap_err().code(), "jwks_timeout", "{stop}");
    }
    let fits = format!("{}{}", page(&[&key("a")]), " ".repeat(400_000));
    let server = Server::start(move |_| Reply::ok(fits.clone()));
    client(&server.url("/jwks.json")).0.blocking_refresh().unwrap();
}

/// What comes is never late, and never all there: only a limit on the whole ends it.
#[test]
fn j09_an_answer_that_comes_one_byte_at_a_time() {
    let head = "HTTP/1.1 200 X\r\n";
    for (first, again) in [
        (format!("{head}x: "), "a"),
        (format!("{head}content-length: 100000\r\n\r\n"), " "),
        (format!("{head}transfer-encoding: chunked\r\n\r\n"), "1\r\n \r\n"),
        (format!("{head}\r\n{{\"keys\":["), " "),
    ] {
        let drip = (first.clone().into_bytes(), again.as_bytes().to_vec());
        let server = Server::start(move |_| Reply::Dripping(drip.0.clone(), drip.1.clone()));
        let deadline = Duration::from_millis(100);
        let key_set = JwksClient::builder().key_set(server.url("/jwks.json"));
        // Nor does an issuer's metadata get more time than that.
        let issuer = JwksClient::builder().issuer(server.url(""));
        for builder in [key_set, issuer] {
            let error = builder.deadline(deadline).build().unwrap().blocking_refresh();
            assert_eq!(error.unwrap_err().code(), "jwks_timeout", "{first}{again}");
        }
    }
}

#[test]
fn j09_a_small_answer_that_becomes_large() {
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..1_000 {
        bomb.write_all(&[b' '; 100_000]).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 200_000);
    for encoding in ["gzip", "br", "deflate", "zstd", "identity, gzip"] {
        let bomb = bomb.clone();
        let server =
            Server::start(move |_| Reply::ok(bomb.clone()).with("content-encoding", encoding));
        let (client, _, _) = client(&server.url("/jwks.json"));
        assert_eq!(client.blocking_refresh().unwrap_err().code(), "jwks_encoded", "{encoding}");
    }
    // Without the header it is only noise.
    let server = Server::start(move |_| Reply::ok(bomb.clone()));
    let (client, _, _) = client(&server.url("/jwks.json"));
    assert_eq!(client.blocking_refresh().unwrap_err().code(), "jwks_malformed");
}

#[test]
fn j09_a_set_of_too_many_keys() {
    let one = member(&key("a"));
    for (count, fits) in [(100, true), (101, false), (2_000, false)] {
        let mut members = vec![one.clone()];
        members.extend((1..count).map(|n| format!("{{\"kty\":\"x\",\"kid\":\"{n}\"}}")));
        let published = page_of(&members);
        let server = Server::start(move |_| Reply::ok(published.clone()));
        let (client, _, _) = client(&server.url("/jwks.json"));
        let outcome = client.blocking_refresh();
        assert_eq!(outcome.is_ok(), fits, "{count}");
        assert!(outcome.map_or_else(|error| error.code() == "jwks_too_many_keys", |()| true));
    }
}

#[test]
fn j14_a_shared_secret_in_a_published_set() {
    let good = key("good");
    let secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA";
    let oct = format!(r#"{{"kty":"oct","kid":"s","alg":"HS256","k":"{secret}"}}"#);
    let private = key("private");
    let leaked = private.to_jwk().unwrap().to_private_json();
    let leaked = std::str::from_utf8(leaked.expose()).unwrap().to_owned();
    let published = page_of(&[oct.clone(), member(&good), leaked]);
    let server = Server::start(move |_| Reply::ok(published.clone()));
    let (client, _, heard) = client(&server.url("/jwks.json"));
    client.blocking_ready().unwrap();

    let forged = jotem::SigningKey::from_base64_secret(secret, Algorithm::Hs256).unwrap();
    let forged = token(&forged.with_key_id("s"));
    assert_eq!(refusal(verifier(&client).verify::<()>(&forged)), "jws_alg_not_allowed");
    // Not even where the program says that it would take such a token.
    let builder = jotem::Verifier::builder(&client).algorithms([Algorithm::Hs256]);
    let careless = builder.issuer(ISSUER).build().unwrap();
    assert_eq!(refusal(careless.verify::<()>(&forged)), "jws_key_not_found");
    // What everybody can sign with is no better.
    assert_eq!(refusal(verifier(&client).verify::<()>(&token(&private))), "jws_key_not_found");
    assert!(verifier(&client).verify::<()>(&token(&good)).is_ok());
    let skipped = |wanted| {
        heard.count(
            |event| matches!(event, JwksEvent::MemberSkipped { reason, .. } if *reason == wanted),
        )
    };
    assert_eq!((skipped(SkipReason::Secret), skipped(SkipReason::Private)), (1, 1));

    // Nor can a program pin one.
    for list in [vec![Algorithm::Hs256], vec![Algorithm::Es256, Algorithm::Hs512], vec![]] {
        let error = JwksClient::builder().key_set("https://a.example").algorithms(list).build();
        assert_eq!(error.unwrap_err().code(), "jwks_algorithms");
    }
    server.script(move |_| Reply::ok(page_of(std::slice::from_ref(&oct))));
    assert_eq!(client.blocking_refresh().unwrap_err().code(), "jwks_no_usable_key");
}

#[test]
fn j18_a_lifetime_that_is_none() {
    let key = key("a");
    for (lifetime, seconds) in [
        ("max-age=0", 60),
        ("max-age=-1", 300),
        ("max-age=1e12", 300),
        ("max-age=1000000000000", 3_600),
        ("max-age=NaN", 300),
        ("max-age=inf", 300),
        ("no-store", 60),
        ("max-age=100, s-maxage=0", 100),
        ("", 300),
    ] {
        let published = page(&[&key]);
        let server =
            Server::start(move |_| Reply::ok(published.clone()).with("cache-control", lifetime));
        let (client, _, heard) = client(&server.url("/jwks.json"));
        client.blocking_refresh().unwrap();
        let fresh = heard.events().into_iter().find_map(|event| {
            let JwksEvent::FetchSucceeded { fresh_for, .. } = event else { return None };
            Some(fresh_for.as_secs())
        });
        assert_eq!(fresh, Some(seconds), "{lifetime}");
    }
    let published = page(&[&key]);
    let server = Server::start(move |_| {
        Reply::ok(published.clone()).with("cache-control", "max-age=600").with("age", "9999999")
    });
    let (client, clock, _) = client(&server.url("/jwks.json"));
    client.blocking_refresh().unwrap();
    clock.advance(60);
    assert!(client.status()[0].is_stale && client.status()[0].is_available);
}

#[test]
fn j18_a_configuration_that_makes_no_sense() {
    let (none, second, hour) = (Duration::ZERO, Duration::from_secs(1), Duration::from_secs(3_600));
    let builder = || JwksClient::builder().key_set("https://issuer.example/jwks.json");
    for refused in [
        builder().soft_age(none, hour),
        builder().soft_age(hour, second),
        builder().soft_age(second, Duration::MAX),
        builder().soft_age_unless_said(none),
        builder().soft_age_unless_said(Duration::MAX),
        builder().hard_age(none),
        builder().hard_age(Duration::from_secs(3_599)),
        builder().hard_age(Duration::MAX),
        builder().cool_down(none, hour),
        builder().cool_down(hour, second),
        builder().cool_down(second, Duration::MAX),
        builder().remember_absent(none),
        builder().remember_absent(Duration::MAX),
        builder().deadline(none),
        builder().deadline(Duration::MAX),
    ] {
        assert_eq!(refused.build().unwrap_err().code(), "jwks_setting");
    }
    let sound = builder().soft_age(second, hour).hard_age(hour).cool_down(second, second);
    assert!(sound.deadline(Duration::from_secs(60)).build().is_ok());
}
