//! URLs that no program should fetch.

use jotem::{Algorithm, Verifier};
use jotem_jwks::remote::JwksClient;

use super::issuer::{client, key, listening, page, token, verifier};
use super::server::{Reply, Server};

fn refused(url: &str) -> &'static str {
    let key_set = JwksClient::builder().key_set(url).build().unwrap_err().code();
    let issuer = JwksClient::builder().issuer(url).build().unwrap_err().code();
    assert_eq!(key_set, issuer, "{url}");
    key_set
}

fn accepted(url: &str) {
    assert!(JwksClient::builder().key_set(url).build().is_ok(), "{url}");
}

#[test]
fn j01_a_scheme_that_is_not_https() {
    for url in [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        " file:///etc/passwd",
        "ftp://issuer.example/jwks.json",
        "data:application/json,{\"keys\":[]}",
        "gopher://issuer.example/",
        "ws://issuer.example/jwks.json",
        "javascript:alert(1)",
        "//issuer.example/jwks.json",
        "issuer.example/jwks.json",
        "HTTPS://issuer.example/jwks.json",
        "https:issuer.example",
        "https:/issuer.example",
        "https://",
        "",
    ] {
        assert_eq!(refused(url), "jwks_url", "{url:?}");
    }
    for url in ["http://issuer.example/jwks.json", "http://10.0.0.1/", "http://localhost.example/"]
    {
        assert_eq!(refused(url), "jwks_url_not_https", "{url}");
    }
    for url in [
        "https://issuer.example/jwks.json",
        "https://issuer.example",
        "https://Issuer.Example:8443/jwks.json?tenant=1",
        "https://[2606:4700::1111]/jwks.json",
        "http://localhost:8080/jwks.json",
        "http://127.0.0.1/jwks.json",
        "http://[::1]:8080/jwks.json",
    ] {
        accepted(url);
    }
    let builder =
        JwksClient::builder().key_set("http://issuer.example/").allow_http("issuer.example");
    assert!(builder.build().is_ok());
}

#[test]
fn j04_a_url_that_two_parsers_read_differently() {
    for url in [
        "https://user@issuer.example/",
        "https://user:password@issuer.example/",
        "http://localhost:80@attacker.example/",
        "https://issuer.example/jwks.json#fragment",
        "https://issuer.example\\@attacker.example/",
        "https://issuer.example\\.attacker.example/",
        "https://issuer.example/a\tb",
        "https://issuer\t.example/",
        "https://issuer.example/\r\nHost: attacker.example",
        "https://issuer\u{3002}example/",
        "https://\u{ff49}ssuer.example/",
        "https://issuer%2eexample/",
        "https://issuer.example./",
        "https://issuer.example:0/",
        "https://issuer.example:00443/",
        "https://issuer.example:65536/",
        "https://issuer.example:/",
        "https://issuer.example:+443/",
        "https://issuer.example/a/../b",
        "https://issuer.example/./a",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://[::ffff:1.2.3.4]/",
        "https://[0:0:0:0:0:0:0:1]/",
        "https://[::1",
        "https://::1/",
    ] {
        assert_eq!(refused(url), "jwks_url", "{url:?}");
    }
    // A message says nothing of what may be a secret.
    for url in ["https://user:password@issuer.example/", "ftp://issuer.example/?key=password"] {
        let error = JwksClient::builder().key_set(url).build().unwrap_err();
        assert!(!error.to_string().contains("password"), "{error}");
    }
    accepted("https://issuer.example:443/a/b.json?c=d&e=%2e");
}

#[test]
fn j20_headers_go_to_their_origin_only_and_no_proxy_of_the_environment_is_used() {
    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start(move |_| Reply::ok(published.clone()).with("set-cookie", "a=b"));
    let (builder, _, _) = listening(&server.url("/jwks.json"));
    let client = builder
        .header(server.url(""), "x-api-key", "for this one")
        .header("https://other.example", "x-other", "for another")
        .header(format!("http://127.0.0.1:{}", server.port() ^ 1), "x-port", "for another port")
        .build()
        .unwrap();
    for _ in 0..2 {
        client.blocking_refresh().unwrap();
    }
    assert!(verifier(&client).verify::<()>(&token(&key)).is_ok());
    for asked in server.asked() {
        assert_eq!(asked.header("x-api-key"), Some("for this one"));
        for never in
            ["x-other", "x-port", "cookie", "authorization", "referer", "proxy-authorization"]
        {
            assert_eq!(asked.header(never), None, "{never}");
        }
        assert!(asked.header("user-agent").unwrap().starts_with("jotem-jwks/"));
        assert_eq!(asked.header("accept-encoding"), Some("identity"));
    }
    for reserved in
        ["Host", "cookie", "Accept-Encoding", "content-length", "If-None-Match", "a b", ""]
    {
        let (builder, _, _) = listening(&server.url("/jwks.json"));
        let error = builder.header(server.url(""), reserved, "x").build().unwrap_err();
        assert_eq!(error.code(), "jwks_request_header", "{reserved}");
    }
    let (builder, _, _) = listening(&server.url("/jwks.json"));
    let error = builder.header(server.url(""), "x", "a\r\nb: c").build().unwrap_err();
    assert_eq!(error.code(), "jwks_request_header");
}

/// A proxy of the environment is not asked: this test runs itself with one that leads nowhere.
#[test]
fn j20_a_proxy_is_used_only_if_the_program_names_it() {
    if std::env::var_os("JOTEM_TEST_BEHIND_A_PROXY").is_some() {
        let key = key("a");
        let published = page(&[&key]);
        let server = Server::start(move |_| Reply::ok(published.clone()));
        let (client, _, _) = client(&server.url("/jwks.json"));
        client.blocking_refresh().unwrap();
        assert_eq!(server.hits(), 1);
        return;
    }
    let nowhere = "http://127.0.0.1:1";
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["j20_a_proxy_is_used_only", "--nocapture"])
        .env("JOTEM_TEST_BEHIND_A_PROXY", "1")
        .envs(
            ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"]
                .map(|name| (name, nowhere)),
        )
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));

    // A proxy that is named is asked for nothing on this machine, with TLS as well.
    let here = Server::start_tls(&["localhost", "127.0.0.1"], |_| Reply::status(503));
    let proxy = Server::start(|_| Reply::status(502));
    for host in ["localhost", "127.0.0.1"] {
        let (builder, _, _) = listening(&here.url_on(host, "/jwks.json"));
        let builder = builder.certificate_authorities(here.authority()).proxy(proxy.url(""));
        assert_eq!(builder.build().unwrap().blocking_refresh().unwrap_err().code(), "jwks_status");
    }
    assert_eq!((here.hits(), proxy.hits()), (2, 0));

    // It is asked for the whole URL of everybody else.
    let key = key("a");
    let published = page(&[&key]);
    let proxy = Server::start(move |_| Reply::ok(published.clone()));
    let (builder, _, _) = listening("http://issuer.example/jwks.json");
    let builder = builder.allow_http("issuer.example").proxy(proxy.url(""));
    let client = builder.proxy_login("user", "password").build().unwrap();
    client.blocking_refresh().unwrap();
    assert_eq!(proxy.asked()[0].path, "http://issuer.example/jwks.json");
    assert_eq!(proxy.asked()[0].header("proxy-authorization"), Some("Basic dXNlcjpwYXNzd29yZA=="));
}

#[test]
fn no_message_and_no_debug_output_shows_what_may_be_a_secret_in_a_url() {
    let client = JwksClient::builder()
        .key_set_of("https://issuer.example", "https://keys.example/jwks.json?key=hush")
        .build()
        .unwrap();
    let verifier = Verifier::builder(&client).algorithms([Algorithm::Es256]).build().unwrap();
    let shown = format!("{client:?} {:?} {verifier:?}", client.status());
    assert!(shown.contains("https://keys.example/jwks.json"), "{shown}");
    assert!(!shown.contains("hush"), "{shown}");

    for url in [
        "https://user:hush@keys.example/jwks.json",
        "https://user:hu/hush@keys.example/jwks.json",
        "https://user:hu?hush@keys.example/jwks.json",
        "https:///user:hush@keys.example/jwks.json",
        "https:/user:hush@keys.example/jwks.json",
        "user:hush@keys.example",
        "https://keys.example/jwks.json#hush",
        "http://keys.example/jwks.json?key=hush",
    ] {
        let named = JwksClient::builder().key_set(url).build().unwrap_err();
        let issuer = JwksClient::builder().issuer(url).build().unwrap_err();
        let proxy = JwksClient::builder().key_set("https://keys.example/").proxy(url).build();
        for error in [Some(named), Some(issuer), proxy.err()].into_iter().flatten() {
            assert!(!format!("{error} {error:?}").contains("hush"), "{url}: {error:?}");
        }
    }
}
