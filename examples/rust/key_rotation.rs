//! Replacing a key by hand: announce, sign, remove. At no moment is a good token refused.

use std::time::Duration;

use jotem::error::Code;
use jotem::{Algorithm, Claims, Error, Issuer, KeySet, SigningKey, Verifier};

/// The keys of an issuer: one signs, all are published.
struct Keys {
    active: SigningKey,
    published: Vec<SigningKey>,
}

impl Keys {
    fn issuer(&self) -> Result<Issuer, Error> {
        Issuer::builder(self.active.clone()).lifetime(Duration::from_secs(900)).build()
    }

    /// What stands at /.well-known/jwks.json: public keys, each with its `kid`.
    fn jwks(&self) -> Result<String, Error> {
        let documents = self.published.iter().map(|key| key.verifying_key().to_jwk());
        Ok(documents.collect::<Result<KeySet, Error>>()?.to_json())
    }
}

/// What another service makes of the document, each time it loads it.
fn verifier(jwks: &str) -> Result<Verifier, Error> {
    Verifier::builder(KeySet::from_json(jwks)?).build()
}

fn new_key() -> Result<SigningKey, Error> {
    Ok(SigningKey::generate(Algorithm::Es256)?.with_thumbprint_key_id())
}

fn main() -> Result<(), Error> {
    let (old, new) = (new_key()?, new_key()?);
    let mut keys = Keys { active: old.clone(), published: vec![old] };
    let early = keys.issuer()?.issue(&Claims::empty().subject("42"))?;

    // 1. Announce: both are published, the old one signs. Wait until every verifier has loaded it.
    keys.published.push(new.clone());
    let verifiers = verifier(&keys.jwks()?)?;

    // 2. The new one signs. Wait until the last token of the old one has expired.
    keys.active = new.clone();
    let late = keys.issuer()?.issue(&Claims::empty().subject("42"))?;
    verifiers.verify::<()>(&early)?;
    verifiers.verify::<()>(&late)?;

    // 3. Remove: the old one is gone. A stolen key goes to this step at once.
    keys.published = vec![new];
    let verifiers = verifier(&keys.jwks()?)?;
    verifiers.verify::<()>(&late)?;
    let refused = verifiers.verify::<()>(&early);
    assert!(refused.is_err_and(|error| error.code() == Code::KeyNotFound));
    Ok(())
}

#[test]
fn the_program_runs() -> Result<(), Error> {
    main()
}
