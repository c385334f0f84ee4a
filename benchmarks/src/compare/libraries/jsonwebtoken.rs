//! jsonwebtoken: a key of one family, a `Validation` with the algorithm, issuer and audience.

use jsonwebtoken::errors::Error;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};

use super::Outcome;
use crate::case::{Case, ISSUER, Key};

pub(super) fn verify(case: &Case) -> Outcome {
    case.alg.parse().map_or(Outcome::Absent, |algorithm| Outcome::of(run(case, algorithm)))
}

fn run(case: &Case, algorithm: Algorithm) -> Result<(), Error> {
    let key = match case.key() {
        Key::Secret(secret) => DecodingKey::from_secret(secret),
        Key::Pem(pem) => match &case.alg[..2] {
            "RS" | "PS" => DecodingKey::from_rsa_pem(pem.as_bytes())?,
            "ES" => DecodingKey::from_ec_pem(pem.as_bytes())?,
            _ => DecodingKey::from_ed_pem(pem.as_bytes())?,
        },
        Key::Jwk(jwk) => DecodingKey::from_jwk(&serde_json::from_str(&jwk)?)?,
    };
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[ISSUER]);
    if let Some(audience) = &case.audience {
        validation.set_audience(&[audience]);
    }
    jsonwebtoken::decode::<serde_json::Value>(case.token(), &key, &validation).map(drop)
}
