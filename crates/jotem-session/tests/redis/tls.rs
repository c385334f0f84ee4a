//! TLS.

use std::path::Path;

use jotem_session::store::{Redis, Store as _};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::server::{Program, Server};

/// Writes an authority and a certificate of hers for a name: `ca.pem`, `server.pem`, `server.key`.
fn certificates(directory: &Path, name: &str) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let authority = CertifiedIssuer::self_signed(authority, key).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new([name.to_owned()]).expect("a name");
    let certificate = certificate.signed_by(&key, &authority).expect("a certificate");
    let write =
        |file: &str, text: String| std::fs::write(directory.join(file), text).expect("a file");
    write("ca.pem", authority.pem());
    write("server.pem", certificate.pem());
    write("server.key", key.serialize_pem());
}

/// A server whose certificate is for a name.
fn encrypted(directory: &Path, name: &str, plain_port: &str) -> Option<(Server, String)> {
    certificates(directory, name);
    let file = |file: &str| directory.join(file).to_string_lossy().into_owned();
    let (ca, certificate, key) = (file("ca.pem"), file("server.pem"), file("server.key"));
    let arguments = [
        "--save",
        "",
        "--tls-port",
        plain_port,
        "--tls-cert-file",
        &certificate,
        "--tls-key-file",
        &key,
        "--tls-ca-cert-file",
        &ca,
        "--tls-auth-clients",
        "no",
    ];
    Some((Server::with(Program::Redis, &arguments)?, ca))
}

fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port().to_string()
}

#[tokio::test]
async fn a_server_is_reached_over_tls_and_held_to_its_name_and_its_authority() {
    let directory = tempfile::tempdir().expect("a directory");
    let port = free_port();
    let Some((server, ca)) = encrypted(directory.path(), "localhost", &port) else { return };
    let store = Redis::open(&format!("rediss://localhost:{port}?ca={ca}")).await.expect("a store");
    assert!(store.ping().await.is_ok());

    let others = tempfile::tempdir().expect("a directory");
    certificates(others.path(), "localhost");
    let other = others.path().join("ca.pem").to_string_lossy().into_owned();
    let wrong = [
        ("another authority", format!("rediss://localhost:{port}?ca={other}")),
        ("the system's authorities", format!("rediss://localhost:{port}")),
        ("another name", format!("rediss://127.0.0.1:{port}?ca={ca}")),
        ("a port without TLS", format!("rediss://localhost:{}?ca={ca}", server.port)),
        ("no TLS", format!("redis://localhost:{port}")),
    ];
    for (what, url) in wrong {
        let error = Redis::open(&url).await.expect_err(what);
        assert_eq!(error.code(), "store_unavailable", "{what}: {error}");
    }
}
