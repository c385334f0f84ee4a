//! TLS does not depend on the provider that rustls has for the whole process: here that one can do
//! nothing at all. A program in which several providers are enabled, and none was chosen, is in the
//! same place: whoever asks for the default gets none.

#![cfg(feature = "remote")]
#![expect(clippy::unwrap_used, reason = "a test may stop where it is surprised")]

#[path = "../server/issuer.rs"]
mod issuer;
#[path = "../server/mod.rs"]
mod server;

use issuer::{ISSUER, key, page, token, verifier};
use jotem_jwks::remote::JwksClient;
use server::{Reply, Server};

#[test]
fn tls_works_whatever_the_process_default_is() {
    let useless = rustls::crypto::CryptoProvider {
        cipher_suites: Vec::new(),
        kx_groups: Vec::new(),
        ..rustls::crypto::aws_lc_rs::default_provider()
    };
    useless.install_default().unwrap();
    // Who does ask for the default is refused.
    let asking = std::panic::catch_unwind(|| {
        rustls::ClientConfig::builder()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth()
    });
    assert!(asking.is_err());

    let key = key("a");
    let published = page(&[&key]);
    let server = Server::start_tls(&["localhost"], move |_| Reply::ok(published.clone()));
    let client = JwksClient::builder()
        .key_set_of(ISSUER, server.url_on("localhost", "/jwks.json"))
        .certificate_authorities(server.authority())
        .build()
        .unwrap();
    assert!(client.blocking_verify::<()>(&verifier(&client), &token(&key)).is_ok());
    assert_eq!(server.hits(), 1);
}
