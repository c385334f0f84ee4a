//! jwt-simple: one type of key for each algorithm, options with issuers and audiences.

use std::collections::HashSet;

use jwt_simple::prelude::*;

use super::Outcome;
use crate::case::{Case, ISSUER, Key};

pub(super) fn verify(case: &Case) -> Outcome {
    let options = VerificationOptions {
        allowed_issuers: Some(HashSet::from_strings(&[ISSUER])),
        allowed_audiences: case
            .audience
            .as_ref()
            .map(|audience| HashSet::from_strings(&[audience])),
        ..VerificationOptions::default()
    };
    let token = case.token();
    macro_rules! public {
        ($key:ty) => {{
            let key = match case.key() {
                Key::Pem(pem) => <$key>::from_pem(pem),
                Key::Jwk(jwk) => <$key>::from_jwk(&jwk),
                Key::Secret(_) => return Outcome::Absent,
            };
            let verified = |key: $key| key.verify_token::<NoCustomClaims>(&token, Some(options));
            Outcome::of(key.and_then(verified))
        }};
    }
    match (case.alg.as_str(), case.key()) {
        ("HS256", Key::Secret(secret)) => {
            let key = HS256Key::from_bytes(secret);
            Outcome::of(key.verify_token::<NoCustomClaims>(&token, Some(options)))
        }
        ("RS256", _) => public!(RS256PublicKey),
        ("PS256", _) => public!(PS256PublicKey),
        ("ES256", _) => public!(ES256PublicKey),
        ("EdDSA", _) => public!(Ed25519PublicKey),
        _ => Outcome::Absent,
    }
}
