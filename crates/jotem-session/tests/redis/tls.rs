//! TLS.

use std::path::Path;

use jotem_session::rotation::{Decision, RotationPolicy};
use jotem_session::store::{Redis, Store as _};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

use crate::samples::Login;
use crate::server::{Cluster, Program, Server, free_port, until, watch};

/// Writes an authority and a certificate of hers for some names: `ca.pem`, `server.pem`, `server.key`.
fn certificates(directory: &Path, names: &[&str]) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // Of another name than the certificate: servers take that for its own authority otherwise.
    authority.distinguished_name.push(DnType::CommonName, "the authority");
    let key = KeyPair::generate().expect("a key");
    let authority = CertifiedIssuer::self_signed(authority, key).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let certificate = CertificateParams::new(names).expect("names");
    let certificate = certificate.signed_by(&key, &authority).expect("a certificate");
    let write =
        |file: &str, text: String| std::fs::write(directory.join(file), text).expect("a file");
    write("ca.pem", authority.pem());
    write("server.pem", certificate.pem());
    write("server.key", key.serialize_pem());
}

/// The authority's file, as a URL has it.
fn authority(directory: &Path) -> String {
    directory.join("ca.pem").to_string_lossy().into_owned()
}

/// What a server is started with that speaks TLS on a port.
fn encrypted(directory: &Path, port: u16) -> Vec<String> {
    let file = |file: &str| directory.join(file).to_string_lossy().into_owned();
    let arguments = [
        ("--tls-port", port.to_string()),
        ("--tls-cert-file", file("server.pem")),
        ("--tls-key-file", file("server.key")),
        ("--tls-ca-cert-file", authority(directory)),
        ("--tls-auth-clients", "no".to_owned()),
    ];
    arguments.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect()
}

fn start(arguments: &[String]) -> Option<Server> {
    let arguments: Vec<&str> =
        ["--save", ""].into_iter().chain(arguments.iter().map(String::as_str)).collect();
    Server::with(Program::Redis, &arguments)
}

/// A session is started and moves on.
async fn rotates(url: &str) {
    let store = Redis::open(url).await.expect("a store");
    for number in 0..10 {
        let login = Login::of(&format!("subject {number}"));
        store.start(&login.start()).await.expect("a session");
        let rotated = store.rotate(&login.rotate(1, RotationPolicy::strict())).await;
        assert_eq!(rotated.expect("an answer").expect("a session").decision, Decision::Rotate);
        store.revoke(&login.revoke()).await.expect("a revocation");
    }
}

/// Nobody comes in, and the error says why.
async fn is_refused(what: &str, url: &str, code: &str, reason: &str) {
    let error = Redis::open(url).await.expect_err(what);
    assert_eq!(error.code(), code, "{what}: {error}");
    assert!(error.to_string().contains(reason), "{what}: {error}");
}

/// What is said of a certificate that does not hold.
const CERTIFICATE: &str = "TLS: its certificate does not hold: ";

#[tokio::test]
async fn a_cluster_is_reached_over_tls_and_each_node_held_to_the_authority() {
    let (directory, others) =
        (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    certificates(directory.path(), &["localhost"]);
    certificates(others.path(), &["localhost"]);
    let mut ports = Vec::new();
    let cluster = Cluster::with(Program::Redis, || {
        let port = free_port();
        ports.push(port);
        let mut arguments = encrypted(directory.path(), port);
        arguments.extend(["--tls-cluster".to_owned(), "yes".to_owned()]);
        arguments
    });
    let Some(_cluster) = cluster else { return };
    let url = |name: &str, ca: &Path| {
        let hosts: Vec<String> = ports.iter().map(|port| format!("{name}:{port}")).collect();
        format!("rediss+cluster://{}?ca={}", hosts.join(","), authority(ca))
    };
    for (what, url) in [
        ("another authority", url("localhost", others.path())),
        ("another name", url("127.0.0.1", directory.path())),
    ] {
        is_refused(what, &url, "store_denied", CERTIFICATE).await;
    }
    // Nodes are named by their addresses, and held to the name that the URL has.
    rotates(&url("localhost", directory.path())).await;
}

#[tokio::test]
async fn a_primary_that_sentinels_name_is_reached_over_tls_and_held_to_the_name_that_they_say() {
    let (directory, others) =
        (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    for directory in [&directory, &others] {
        certificates(directory.path(), &["127.0.0.1"]);
    }
    let (port, other_port) = (free_port(), free_port());
    let Some(_primary) = start(&encrypted(directory.path(), port)) else { return };
    let _other = start(&encrypted(others.path(), other_port)).expect("as the first");
    // Both Sentinels have certificates that hold; of what they name, one has.
    let [(sentinel, place), (_misled, misled_place)] = [port, other_port].map(|primary| {
        let own = free_port();
        let mut arguments = encrypted(directory.path(), own);
        arguments.extend(["--tls-replication".to_owned(), "yes".to_owned()]);
        (watch(Program::Redis, primary, &arguments), own)
    });
    until("the Sentinel sees the primary", || {
        sentinel.ask("SENTINEL MASTER main").contains("flags\nmaster\n")
    });
    let url = |host: &str, port: u16, ca: &Path| {
        format!("rediss+sentinel://{host}:{port}/main?ca={}", authority(ca))
    };
    let (ours, theirs) = (directory.path(), others.path());
    for (what, url) in [
        ("another authority", url("127.0.0.1", place, theirs)),
        ("another name", url("localhost", place, ours)),
    ] {
        is_refused(what, &url, "store_unavailable", "none whose certificate holds").await;
    }
    let misled = url("127.0.0.1", misled_place, ours);
    is_refused("another primary", &misled, "store_denied", CERTIFICATE).await;
    rotates(&url("127.0.0.1", place, ours)).await;
}

#[tokio::test]
async fn a_server_is_reached_over_tls_and_held_to_its_name_and_its_authority() {
    let directory = tempfile::tempdir().expect("a directory");
    certificates(directory.path(), &["localhost"]);
    let port = free_port();
    let Some(server) = start(&encrypted(directory.path(), port)) else { return };
    let ca = authority(directory.path());
    let store = Redis::open(&format!("rediss://localhost:{port}?ca={ca}&timeout=20000"))
        .await
        .expect("a store");
    assert!(store.ping().await.is_ok());

    let others = tempfile::tempdir().expect("a directory");
    certificates(others.path(), &["localhost"]);
    let other = authority(others.path());
    for (what, url) in [
        ("another authority", format!("rediss://localhost:{port}?ca={other}&timeout=20000")),
        ("the system's authorities", format!("rediss://localhost:{port}?timeout=20000")),
        ("another name", format!("rediss://127.0.0.1:{port}?ca={ca}&timeout=20000")),
    ] {
        is_refused(what, &url, "store_denied", CERTIFICATE).await;
    }
    for (what, url) in [
        ("a port without TLS", format!("rediss://localhost:{}?ca={ca}&timeout=20000", server.port)),
        ("no TLS", format!("redis://localhost:{port}")),
    ] {
        is_refused(what, &url, "store_unavailable", "does not answer").await;
    }
}
