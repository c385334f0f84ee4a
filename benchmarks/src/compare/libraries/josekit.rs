//! josekit: a verifier of one algorithm, then a validator of the payload that is told the time.

use std::time::SystemTime;

use josekit::JoseError;
use josekit::jwk::Jwk;
use josekit::jws::{ES256, EdDSA, HS256, JwsVerifier, PS256, RS256};
use josekit::jwt::{self, JwtPayloadValidator};

use super::Outcome;
use crate::case::{Case, ISSUER, Key};

pub(super) fn verify(case: &Case) -> Outcome {
    verifier(case).map_or(Outcome::Absent, |verifier| {
        Outcome::of(verifier.and_then(|verifier| run(case, verifier.as_ref())))
    })
}

fn run(case: &Case, verifier: &dyn JwsVerifier) -> Result<(), JoseError> {
    let (payload, _) = jwt::decode_with_verifier(case.token(), verifier)?;
    let mut validator = JwtPayloadValidator::new();
    validator.set_base_time(SystemTime::now());
    validator.set_issuer(ISSUER);
    if let Some(audience) = &case.audience {
        validator.set_audience(audience);
    }
    validator.validate(&payload)
}

fn verifier(case: &Case) -> Option<Result<Box<dyn JwsVerifier>, JoseError>> {
    macro_rules! public {
        ($algorithm:expr) => {
            match case.key() {
                Key::Pem(pem) => $algorithm.verifier_from_pem(pem).map(boxed),
                Key::Jwk(jwk) => Jwk::from_bytes(jwk)
                    .and_then(|jwk| $algorithm.verifier_from_jwk(&jwk))
                    .map(boxed),
                Key::Secret(_) => return None,
            }
        };
    }
    Some(match (case.alg.as_str(), case.key()) {
        ("HS256", Key::Secret(secret)) => HS256.verifier_from_bytes(secret).map(boxed),
        ("HS256", Key::Jwk(jwk)) => {
            Jwk::from_bytes(jwk).and_then(|jwk| HS256.verifier_from_jwk(&jwk)).map(boxed)
        }
        ("RS256", _) => public!(RS256),
        ("PS256", _) => public!(PS256),
        ("ES256", _) => public!(ES256),
        ("EdDSA", _) => public!(EdDSA),
        _ => return None,
    })
}

fn boxed<V: JwsVerifier + 'static>(verifier: V) -> Box<dyn JwsVerifier> {
    Box::new(verifier)
}
