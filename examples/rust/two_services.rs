//! Two services that share no secret: one issues, the other knows its JWKS document and nothing
//! else. What the second is broken into for, it cannot do: sign.

use std::time::Duration;

use jotem::error::Code;
use jotem::{Algorithm, Claims, Error, Issuer, KeySet, SigningKey, Verified, Verifier};

const ISSUER: &str = "https://auth.example";

/// Where people log in.
struct Auth {
    issuer: Issuer,
    jwks: String,
}

impl Auth {
    fn start() -> Result<Self, Error> {
        let key = SigningKey::generate(Algorithm::EdDsa)?.with_thumbprint_key_id();
        let set: KeySet = [key.verifying_key().to_jwk()?].into_iter().collect();
        let issuer = Issuer::builder(key)
            .issuer(ISSUER)
            .token_type("at+jwt")
            .lifetime(Duration::from_secs(300))
            .build()?;
        Ok(Self { issuer, jwks: set.to_json() })
    }

    fn log_in(&self, user: &str, service: &str) -> Result<String, Error> {
        self.issuer.issue(&Claims::empty().subject(user).audience(service))
    }
}

/// A service that takes their tokens.
struct Orders {
    verifier: Verifier,
}

impl Orders {
    /// `jwks` was fetched over HTTPS from an address that the configuration names, never from one
    /// that a token names.
    fn start(jwks: &str) -> Result<Self, Error> {
        let verifier = Verifier::builder(KeySet::from_json(jwks)?)
            .algorithms([Algorithm::EdDsa])
            .issuer(ISSUER)
            .audience("orders")
            .token_type("at+jwt")
            .build()?;
        Ok(Self { verifier })
    }

    fn caller(&self, token: &str) -> Result<Verified, Error> {
        self.verifier.verify(token)
    }
}

fn main() -> Result<(), Error> {
    let auth = Auth::start()?;
    let orders = Orders::start(&auth.jwks)?;

    let caller = orders.caller(&auth.log_in("42", "orders")?)?;
    assert_eq!(caller.claims().subject(), Some("42"));

    // A token for another service is of no use here, even from the right issuer.
    let refused = orders.caller(&auth.log_in("42", "mail")?);
    assert!(refused.is_err_and(|error| error.code() == Code::AudienceMismatch));

    // Somebody else who says the same and has a key of his own.
    let impostor = Auth::start()?;
    let refused = orders.caller(&impostor.log_in("42", "orders")?);
    assert!(refused.is_err_and(|error| error.code() == Code::KeyNotFound));
    Ok(())
}

#[test]
fn the_program_runs() -> Result<(), Error> {
    main()
}
