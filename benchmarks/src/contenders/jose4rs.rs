//! jose4rs: a signature object per token, then one consumer for the claims. Its claims are dynamic, so
//! its verification ends with `JwtClaims`, not with a struct; its signing takes JSON, made by serde_json.

use std::hint::black_box;

use base64_simd::URL_SAFE_NO_PAD as BASE64URL;
use jose4rs::{
    jwa::{AlgorithmConstraints, ConstraintType},
    jwk::JsonWebKey,
    jws::{AlgorithmIdentifier, JsonWebSignature},
    jwt::{JwtConsumer, JwtConsumerBuilder},
    jwx::JsonWebStructure,
};

use super::{Contender, Sign, Verify};
use crate::{
    keys::KeyPair,
    token::{AUDIENCE, Algorithm, ISSUER},
};

pub(crate) const CONTENDER: Contender = Contender {
    name: "jose4rs",
    crates: &["jose4rs"],
    cryptography: "aws-lc",
    checks_claims: true,
    // It leaves the salt at the library's default, the longest that fits, and verifies any length.
    signs_apart: Some((
        Algorithm::Ps256,
        "its PS256 salt has 222 bytes, not the 32 of RFC 7518 §3.5: others refuse its signature",
    )),
    lacks: &[],
    verifier,
    signer,
};

fn verifier(algorithm: Algorithm, keys: &KeyPair) -> Verify {
    let key = web_key(algorithm, &keys.public);
    let constraints = AlgorithmConstraints::new(ConstraintType::Permit, [identifier(algorithm)]);
    let consumer = JwtConsumerBuilder::new()
        .set_expected_issuer(ISSUER)
        .set_expected_audience(true, false, &[AUDIENCE])
        .set_require_expiration_time()
        .build();
    Box::new(move |token| read(token, &key, &constraints, &consumer).is_some())
}

fn read(
    token: &str,
    key: &JsonWebKey,
    constraints: &AlgorithmConstraints<AlgorithmIdentifier>,
    consumer: &JwtConsumer<'_>,
) -> Option<()> {
    let mut jws = JsonWebSignature::new();
    jws.set_algorithm_constraints(constraints);
    jws.set_compact_serialization(token).ok()?;
    let payload = std::str::from_utf8(jws.payload(key).ok()?).ok()?;
    black_box(consumer.process_to_claims(payload).ok()?);
    Some(())
}

fn signer(algorithm: Algorithm, keys: &KeyPair) -> Sign {
    let key = web_key(algorithm, &keys.private);
    Box::new(move |claims| {
        let mut jws = JsonWebSignature::new();
        jws.set_algorithm(identifier(algorithm));
        jws.set_header_name("typ", "JWT");
        jws.set_payload(serde_json::to_vec(claims).expect("claims are JSON"));
        jws.compact_serialization(&key).expect("it signs")
    })
}

fn web_key(algorithm: Algorithm, bytes: &[u8]) -> JsonWebKey {
    match algorithm {
        Algorithm::Hs256 => {
            let secret = BASE64URL.encode_to_string(bytes);
            JsonWebKey::from_json(format!(r#"{{"kty":"oct","k":"{secret}"}}"#))
        }
        _ => JsonWebKey::from_der(bytes),
    }
    .expect("a key")
}

const fn identifier(algorithm: Algorithm) -> AlgorithmIdentifier {
    match algorithm {
        Algorithm::Hs256 => AlgorithmIdentifier::HmacSha256,
        Algorithm::Rs256 => AlgorithmIdentifier::RsaUsingSha256,
        Algorithm::Ps256 => AlgorithmIdentifier::RsaPssUsingSha256,
        Algorithm::Es256 => AlgorithmIdentifier::EcdsaUsingP256CurveAndSha256,
        Algorithm::Es384 => AlgorithmIdentifier::EcdsaUsingP384CurveAndSha384,
        Algorithm::EdDsa => AlgorithmIdentifier::EdDsa,
        Algorithm::MlDsa65 => AlgorithmIdentifier::MlDsa65,
    }
}
