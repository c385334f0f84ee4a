//! Fetches keys over TLS in a program that has enabled two providers of rustls and chosen none. Then
//! has a program fetch them that knows TLS by nothing but jotem-jwks: it is named by the argument, and
//! its sources are in `../tls_alone`. `make test` runs both.

#[allow(dead_code, reason = "the tests use the rest")]
#[path = "../../server/issuer.rs"]
mod issuer;
#[path = "../../server/mod.rs"]
mod server;

use std::io::Write as _;
use std::process::{Command, Stdio};

use issuer::{ISSUER, key, page, token, verifier};
use jotem_jwks::remote::JwksClient;
use server::{Reply, Server};

fn main() {
    let alone = std::env::args().nth(1).expect("the program of ../tls_alone");
    // Both are there, none is the default, and whoever asks for one is refused.
    assert!(!rustls::crypto::ring::default_provider().cipher_suites.is_empty());
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
    std::panic::set_hook(Box::new(|_| {}));
    let asking = std::panic::catch_unwind(rustls::ClientConfig::builder);
    drop(std::panic::take_hook());
    assert!(asking.is_err(), "rustls chose a provider by itself");

    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start_tls(&["localhost"], move |_| Reply::ok(published.clone()));
    let client = JwksClient::builder()
        .key_set_of(ISSUER, server.url_on("localhost", "/jwks.json"))
        .certificate_authorities(server.authority())
        .build()
        .expect("a client");
    let verdict = client.blocking_verify::<()>(&verifier(&client), &token(&key));
    assert!(verdict.is_ok(), "{verdict:?}");
    assert_eq!(server.hits(), 1);
    println!("TLS works with two providers and no default");

    // Old servers have nothing newer than TLS 1.2.
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let published = page(&[&key]);
        let server =
            Server::start_tls_of(&[version], &["localhost"], move |_| Reply::ok(published.clone()));
        fetch_with(&alone, &server);
        assert_eq!(server.hits(), 1);
    }
    println!("TLS works where nothing else knows it");
}

/// Has another program fetch the server's keys.
fn fetch_with(program: &str, server: &Server) {
    let mut command = Command::new(program);
    command.arg(server.url_on("localhost", "/jwks.json")).stdin(Stdio::piped());
    let mut child = command.spawn().expect("the other program");
    let mut authority = child.stdin.take().expect("its input");
    authority.write_all(server.authority().as_bytes()).expect("it reads the authority");
    drop(authority);
    assert!(child.wait().expect("it ends").success());
}
