//! A service that takes tokens of two issuers, each with the keys that it publishes: one says itself
//! where they are, the other's page is known. Neither can speak for the other.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::time::Duration;

use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
use jotem_jwks::remote::{JwksClient, JwksEvent};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Two issuers on this machine. In production: https, and somebody else's.
    let [staff_key, partner_key] = [signing_key()?, signing_key()?];
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let staff = format!("http://{}/staff", listener.local_addr()?);
    let partner = "https://partner.example";
    let partner_keys = format!("http://{}/partner.json", listener.local_addr()?);
    let metadata = format!(r#"{{"issuer":"{staff}","jwks_uri":"{staff}/keys.json"}}"#);
    let (staff_page, partner_page) = (page(&staff_key)?, page(&partner_key)?);
    serve(listener, move |path| match path {
        "/staff/.well-known/openid-configuration" => metadata.clone(),
        "/staff/keys.json" => staff_page.clone(),
        _ => partner_page.clone(),
    });

    let (failures, log) = std::sync::mpsc::channel();

    // The service: one client, one verifier.
    let client = JwksClient::builder()
        .issuer(&staff)
        .key_set_of(partner, partner_keys)
        .algorithms([Algorithm::Es256])
        .on_event(move |event| {
            // For the log.
            if let JwksEvent::FetchFailed { url, error } = event {
                let _ = failures.send(format!("{url}: {}: {error}", error.code()));
            }
        })
        .build()?;
    client.blocking_ready()?;
    let verifier =
        Verifier::builder(&client).issuers([staff.as_str(), partner]).audience("api").build()?;

    for (issuer, key) in [(staff.as_str(), &staff_key), (partner, &partner_key)] {
        let token = token(issuer, key)?;
        let verified = client.blocking_verify::<()>(&verifier, &token)?;
        assert_eq!(verified.claims().issuer(), Some(issuer));
    }

    // The partner's key, and the staff's name.
    let forged = token(&staff, &partner_key)?;
    let refused = client.blocking_verify::<()>(&verifier, &forged).map(drop);
    let code = refused.err().map(|error| error.code().as_str());
    assert_eq!(code, Some("jwt_issuer_mismatch"));

    assert!(client.status().iter().all(|source| source.is_available && source.keys.len() == 1));
    assert_eq!(log.try_iter().count(), 0);
    Ok(())
}

fn signing_key() -> Result<SigningKey, jotem::Error> {
    Ok(SigningKey::generate(Algorithm::Es256)?.with_thumbprint_key_id())
}

fn page(key: &SigningKey) -> Result<String, jotem::Error> {
    Ok(format!("{{\"keys\":[{}]}}", key.verifying_key().to_jwk()?.to_json()?))
}

fn token(issuer: &str, key: &SigningKey) -> Result<String, jotem::Error> {
    let issuer = Issuer::builder(key.clone()).issuer(issuer).lifetime(Duration::from_secs(900));
    issuer.build()?.issue(&Claims::empty().subject("42").audience("api"))
}

/// Serves pages by their paths.
fn serve(listener: TcpListener, pages: impl Fn(&str) -> String + Send + 'static) {
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let request: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let first = request.first().map(String::as_str).unwrap_or_default();
            let body = pages(first.split(' ').nth(1).unwrap_or_default());
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
            let _ = (&stream).write_all([head, body].concat().as_bytes());
        }
    });
}

#[test]
fn each_issuer_speaks_for_itself() -> Result<(), Box<dyn std::error::Error>> {
    main()
}
