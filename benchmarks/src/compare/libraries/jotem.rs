//! jotem: a key of one algorithm, a verifier with issuer and audience.

use jotem::{Algorithm, Error, Jwk, Verifier, VerifyingKey};

use super::Outcome;
use crate::case::{Case, ISSUER, Key};

pub(super) fn verify(case: &Case) -> Outcome {
    case.alg.parse().map_or(Outcome::Absent, |algorithm| Outcome::of(run(case, algorithm)))
}

fn run(case: &Case, algorithm: Algorithm) -> Result<(), Error> {
    let key = match case.key() {
        Key::Secret(secret) => VerifyingKey::from_secret(secret, algorithm),
        Key::Pem(pem) => VerifyingKey::from_pem(pem, algorithm),
        Key::Jwk(jwk) => VerifyingKey::from_jwk(&Jwk::from_json(jwk)?, algorithm),
    }?;
    let mut verifier = Verifier::builder(key).issuer(ISSUER);
    if let Some(audience) = &case.audience {
        verifier = verifier.audience(audience);
    }
    verifier.build()?.verify::<serde_json::Value>(&case.token()).map(drop)
}
