//! TLS where it is asked for, and certificates that do not hold.

use jotem_session::store::{Postgres, Store};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::server::Server;

/// A server with a certificate for 127.0.0.1, and the authority that vouches for it.
fn with_tls(server: &Server) -> String {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let names = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = names.signed_by(&key, &authority).unwrap();
    server.file("server.crt", &certificate.pem());
    server.file("server.key", &key.serialize_pem());
    server.file("authority.crt", &authority.pem());
    server.kill();
    server.file("postgresql.auto.conf", "ssl = on\n");
    let access = "host all owner 127.0.0.1/32 trust\nhostssl all private 127.0.0.1/32 trust\n";
    server.file("pg_hba.conf", access);
    server.run();
    server.data().join("authority.crt").display().to_string().replace('/', "%2F")
}

async fn is_private(url: &str, server: &Server) -> bool {
    let store = Postgres::open(url).await.unwrap();
    assert!(store.ping().await.unwrap() > 0);
    let client = server.client("private").await;
    let row = client.query_one(PRIVATE, &[]).await.unwrap();
    row.get(0)
}

#[tokio::test]
async fn connections_are_private_as_the_url_says() {
    let Some(server) = Server::start() else { return };
    let plain = format!("{}?timeout=20000", server.database("private").await);
    let error = Postgres::open(&format!("{plain}&sslmode=require")).await.unwrap_err();
    assert_eq!(error.code(), "store_denied", "no TLS there: {error}");
    assert!(!is_private(&plain, &server).await, "prefer does without");

    let authority = with_tls(&server);
    let url = plain;
    assert!(is_private(&url, &server).await, "prefer takes it");
    assert!(!is_private(&format!("{url}&sslmode=disable"), &server).await);
    assert!(is_private(&format!("{url}&sslmode=require"), &server).await);
    let known = format!("{url}&sslmode=verify-full&sslrootcert={authority}");
    assert!(is_private(&known, &server).await);

    let unknown = format!("{url}&sslmode=verify-full");
    let error = Postgres::open(&unknown).await.unwrap_err();
    assert_eq!(error.code(), "store_denied", "nobody vouches for it: {error}");
    let other_name = known.replace("127.0.0.1", "localhost");
    let error = Postgres::open(&other_name).await.unwrap_err();
    assert_eq!(error.code(), "store_denied", "a certificate of another name: {error}");
}

const PRIVATE: &str = "SELECT bool_or(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
    WHERE application_name = 'jotem' AND datname = 'private'";
