//! A key set on this machine, fetched when the first token comes.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::time::Duration;

use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
use jotem_jwks::remote::JwksClient;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = SigningKey::generate(Algorithm::Es256)?.with_thumbprint_key_id();

    // The issuer: one page.
    let page = format!("{{\"keys\":[{}]}}", key.verifying_key().to_jwk()?.to_json()?);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/jwks.json", listener.local_addr()?);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let request = BufReader::new(&stream).lines().map_while(Result::ok);
            request.take_while(|line| !line.is_empty()).for_each(drop);
            let length = page.len();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
            let _ = (&stream).write_all([head, page.clone()].concat().as_bytes());
        }
    });

    // The service.
    let client = JwksClient::builder().key_set_of("https://issuer.example", url).build()?;
    let verifier = Verifier::builder(&client)
        .algorithms([Algorithm::Es256])
        .issuer("https://issuer.example")
        .audience("api")
        .build()?;

    let issuer = Issuer::builder(key)
        .issuer("https://issuer.example")
        .lifetime(Duration::from_secs(900))
        .build()?;
    let token = issuer.issue(&Claims::empty().subject("42").audience("api"))?;

    let verified = client.blocking_verify::<()>(&verifier, &token)?;
    assert_eq!(verified.claims().subject(), Some("42"));
    // From now on nobody waits.
    assert!(verifier.verify::<()>(&token).is_ok());
    assert_eq!(client.counters().fetches_succeeded, 1);
    Ok(())
}
