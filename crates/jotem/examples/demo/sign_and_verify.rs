//! A token under each algorithm, with a new key.

use std::error::Error;
use std::time::Duration;

use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};

use crate::{heading, row};

/// Issues a token under each algorithm and verifies it.
pub(crate) fn show() -> Result<(), Box<dyn Error>> {
    heading("A token under each algorithm, with a new key");
    for algorithm in Algorithm::ALL {
        let key = SigningKey::generate(algorithm)?.with_key_id("demo");
        let issuer = Issuer::builder(key.clone())
            .issuer("https://auth.example")
            .lifetime(Duration::from_secs(900))
            .build()?;
        let token = issuer.issue(&Claims::empty().subject("42").audience("api"))?;

        let verifier = Verifier::builder(key.verifying_key())
            .issuer("https://auth.example")
            .audience("api")
            .build()?;
        let verified = verifier.verify::<()>(&token)?;
        let subject = verified.claims().subject().unwrap_or("nobody");
        let text = format!("{} bytes, verified: about subject {subject}", token.len());
        row(algorithm.name(), &text);
    }
    Ok(())
}
