//! Attacks, and why each is refused.

use std::error::Error;

use jotem::testing::{Forgery, TestIssuer};
use jotem::{Algorithm, SigningKey, Verifier, VerifyingKey, jws};

use crate::{heading, row};

/// Sends forged tokens to a verifier of the good ones.
pub(crate) fn show() -> Result<(), Box<dyn Error>> {
    heading("Attacks, and why each is refused");
    let issuer = TestIssuer::new()?;
    let verifier = issuer.verifier()?;
    let good = issuer.token(&())?;
    verifier.verify::<()>(&good)?;
    for forgery in Forgery::ALL {
        refused(&format!("{forgery:?}"), &verifier, &issuer.forge(forgery)?)?;
    }
    refused("a second spelling of the token", &verifier, &format!("{good}="))?;
    refused("four segments", &verifier, &format!("{good}.AAAA"))?;
    refused("pasted with its scheme", &verifier, &format!("Bearer {good}"))?;
    confusion(&issuer, &verifier)?;
    duplicates()
}

/// The oldest attack: the public key as the secret of an HMAC (CVE-2015-9235).
fn confusion(issuer: &TestIssuer, verifier: &Verifier) -> Result<(), Box<dyn Error>> {
    let public = issuer.verifying_key().to_pem()?;
    let forger = jotem::dangerous::short_secret(&public, Algorithm::Hs256)?;
    let token = jws::sign(br#"{"sub":"admin","exp":4102444800}"#, &forger)?;
    refused("HS256 with the public key", verifier, &token)?;
    match VerifyingKey::from_secret(&public, Algorithm::Hs256) {
        Ok(_) => Err("a public key was taken as a secret".into()),
        Err(error) => {
            row("the public key as a secret", &format!("{error}"));
            Ok(())
        }
    }
}

/// Claims that two parsers would read differently.
fn duplicates() -> Result<(), Box<dyn Error>> {
    let key = SigningKey::generate(Algorithm::Hs256)?;
    let claims = br#"{"sub":"user","exp":4102444800,"\u0073ub":"admin"}"#;
    let token = jws::sign(claims, &key)?;
    let verifier = Verifier::builder(key.verifying_key()).build()?;
    refused("sub twice, once escaped", &verifier, &token)
}

fn refused(name: &str, verifier: &Verifier, token: &str) -> Result<(), Box<dyn Error>> {
    match verifier.verify::<serde_json::Value>(token) {
        Ok(_) => Err(format!("accepted: {name}").into()),
        Err(error) => {
            row(name, &format!("{error}"));
            Ok(())
        }
    }
}
