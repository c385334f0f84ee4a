//! The samples of the README that need more than the engine, with what they leave out.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::time::Duration;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    key_ring(&folder.path().join("ring.json"))?;

    let key = jotem::SigningKey::generate(jotem::Algorithm::Rs256)?.with_thumbprint_key_id();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    let keys = format!(r#"{{"keys":[{}]}}"#, key.verifying_key().to_jwk()?.to_json()?);
    let metadata = format!(r#"{{"issuer":"{url}","jwks_uri":"{url}/jwks.json"}}"#);
    serve(listener, keys, metadata);
    let issuer = jotem::Issuer::builder(key).issuer(&url).audience("api");
    let issuer = issuer.lifetime(Duration::from_secs(900)).build()?;
    let token = issuer.issue(&jotem::Claims::empty())?;
    pollster::block_on(remote_key_set(&url, &token))?;

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let store = format!("sqlite:{}", folder.path().join("sessions.db").display());
    runtime.block_on(sessions(jotem::Secret::from(vec![7; 32]), &store))?;
    Ok(())
}

fn key_ring(path: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    use jotem::{Algorithm, Claims, Verifier};
    use jotem_jwks::ring::KeyRing;

    let ring = KeyRing::builder(Algorithm::Es256).create_file(path, "a long password")?;
    let issuer = ring.issuer(|issuer| issuer.issuer("https://auth.example").audience("api"))?;
    let verifier =
        Verifier::builder(&ring).issuer("https://auth.example").audience("api").build()?;

    let token = issuer.issue(&Claims::empty().subject("42"))?; // with the key that is active now
    verifier.verify::<()>(&token)?; // with every key that is not removed
    let jwks = ring.publication()?; // body, ETag, Cache-Control
    ring.maintain()?; // rotates when it is time

    assert!(jwks.body().contains("\"keys\""));
    Ok(())
}

async fn remote_key_set(issuer: &str, token: &str) -> Result<(), Box<dyn std::error::Error>> {
    use jotem::{Algorithm, Verifier};
    use jotem_jwks::remote::JwksClient;

    let client = JwksClient::builder().issuer(issuer).build()?; // by discovery
    let verifier = Verifier::builder(&client)
        .algorithms([Algorithm::Rs256])
        .issuer(issuer)
        .audience("api")
        .build()?;
    let verified = client.verify::<()>(&verifier, token).await?; // or blocking_verify

    assert_eq!(verified.claims().issuer(), Some(issuer));
    Ok(())
}

async fn sessions(
    master: jotem::Secret,
    store: &str, // sqlite:///var/lib/app/sessions.db, redis://, postgres://
) -> Result<(), Box<dyn std::error::Error>> {
    use jotem_session::{Grant, Sessions};

    let sessions = Sessions::builder(master).store_url(store).audience("api").open().await?;
    let pair = sessions.start("ada", Grant::new().scopes(["invoices"])).await?; // login

    let live = sessions.verify::<()>(pair.access_token())?; // every request; the store is not asked
    assert!(live.has_scope("invoices"));
    let next = sessions.refresh(pair.refresh_token()).await?; // a token that comes twice ends the session
    sessions.revoke_subject("ada").await?; // log out everywhere
    assert!(sessions.verify::<()>(next.access_token()).is_err()); // at once

    Ok(())
}

/// Answers like an issuer, on this machine.
fn serve(listener: TcpListener, keys: String, metadata: String) {
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut request = String::new();
            let mut reader = BufReader::new(&stream);
            while reader.read_line(&mut request).is_ok_and(|read| read > 2) {}
            let body = if request.starts_with("GET /jwks.json ") { &keys } else { &metadata };
            let length = body.len();
            let _ = write!(
                &stream,
                "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
        }
    });
}

#[test]
fn the_samples_of_the_readme_run() {
    main().unwrap();
}
