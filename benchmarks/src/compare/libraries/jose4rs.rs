//! jose4rs: a signature object with the one algorithm, then a consumer of claims.

use base64_simd::URL_SAFE_NO_PAD as BASE64URL;
use jose4rs::{
    jwa::{AlgorithmConstraints, ConstraintType},
    jwk::JsonWebKey,
    jws::{AlgorithmIdentifier, JsonWebSignature},
    jwt::JwtConsumerBuilder,
    jwx::JsonWebStructure,
};

use super::Outcome;
use crate::case::{Case, ISSUER, Key};

pub(super) fn verify(case: &Case) -> Outcome {
    let algorithm = match case.alg.as_str() {
        "HS256" => AlgorithmIdentifier::HmacSha256,
        "RS256" => AlgorithmIdentifier::RsaUsingSha256,
        "PS256" => AlgorithmIdentifier::RsaPssUsingSha256,
        "ES256" => AlgorithmIdentifier::EcdsaUsingP256CurveAndSha256,
        "EdDSA" => AlgorithmIdentifier::EdDsa,
        _ => return Outcome::Absent,
    };
    if run(case, algorithm).is_some() { Outcome::Accepted } else { Outcome::Refused }
}

fn run(case: &Case, algorithm: AlgorithmIdentifier) -> Option<()> {
    let key = match case.key() {
        Key::Secret(secret) => {
            let secret = BASE64URL.encode_to_string(secret);
            JsonWebKey::from_json(format!(r#"{{"kty":"oct","k":"{secret}"}}"#))
        }
        Key::Pem(pem) => JsonWebKey::from_pem(pem),
        Key::Jwk(jwk) => JsonWebKey::from_json(jwk),
    };
    let key = key.ok()?;
    let constraints = AlgorithmConstraints::new(ConstraintType::Permit, [algorithm]);
    let mut consumer = JwtConsumerBuilder::new().set_expected_issuer(ISSUER);
    if let Some(audience) = &case.audience {
        consumer = consumer.set_expected_audience(true, false, &[audience]);
    }
    let mut jws = JsonWebSignature::new();
    jws.set_algorithm_constraints(&constraints);
    jws.set_compact_serialization(&case.token()).ok()?;
    let payload = std::str::from_utf8(jws.payload(&key).ok()?).ok()?;
    consumer.build().process_to_claims(payload).ok().map(drop)
}
