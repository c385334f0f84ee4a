//! The smallest whole program: one key, one token, one verdict.

use std::time::Duration;

use jotem::error::Code;
use jotem::{Algorithm, Claims, Error, Issuer, SigningKey, Verifier};

fn main() -> Result<(), Error> {
    // A program has its key in a file or a secret store: see key_files.rs.
    let key = SigningKey::generate(Algorithm::Es256)?;

    // Both are built once, when the program starts, and kept.
    let issuer = Issuer::builder(key.clone())
        .issuer("https://auth.example")
        .lifetime(Duration::from_secs(900))
        .build()?;
    let verifier = Verifier::builder(key.verifying_key())
        .issuer("https://auth.example")
        .audience("api")
        .build()?;

    let token = issuer.issue(&Claims::empty().subject("42").audience("api"))?;
    let verified = verifier.verify::<()>(&token)?;
    assert_eq!(verified.claims().subject(), Some("42"));

    // A token for somebody else is signed as well as any, and refused.
    let token = issuer.issue(&Claims::empty().subject("42").audience("mail"))?;
    let refused = verifier.verify::<()>(&token);
    assert!(refused.is_err_and(|error| error.code() == Code::AudienceMismatch));
    Ok(())
}

#[test]
fn the_program_runs() -> Result<(), Error> {
    main()
}
