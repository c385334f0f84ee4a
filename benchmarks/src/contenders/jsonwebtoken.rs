//! jsonwebtoken: typed claims, one `Validation` and one key made beforehand.

use std::hint::black_box;

use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation};

use super::{Contender, Sign, Verify};
use crate::{
    keys::KeyPair,
    token::{AUDIENCE, Algorithm, Claims, ISSUER},
};

pub(crate) const CONTENDER: Contender = Contender {
    name: "jsonwebtoken",
    crates: &["jsonwebtoken"],
    cryptography: "aws-lc",
    checks_claims: true,
    signs_apart: None,
    lacks: &[Algorithm::MlDsa65],
    verifier,
    signer,
};

const LACKED: &str = "it takes no part where `lacks` names the algorithm";

fn verifier(algorithm: Algorithm, keys: &KeyPair) -> Verify {
    let key = decoding_key(algorithm, keys);
    let mut validation = Validation::new(wire(algorithm));
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    Box::new(move |token| match jsonwebtoken::decode::<Claims>(token, &key, &validation) {
        Ok(verified) => {
            black_box(verified);
            true
        }
        Err(_) => false,
    })
}

fn signer(algorithm: Algorithm, keys: &KeyPair) -> Sign {
    let key = encoding_key(algorithm, keys);
    let header = Header::new(wire(algorithm));
    Box::new(move |claims| jsonwebtoken::encode(&header, claims, &key).expect("it signs"))
}

fn decoding_key(algorithm: Algorithm, keys: &KeyPair) -> DecodingKey {
    let pem = keys.public_pem();
    match algorithm {
        Algorithm::Hs256 => Ok(DecodingKey::from_secret(&keys.public)),
        Algorithm::Rs256 | Algorithm::Ps256 => DecodingKey::from_rsa_pem(pem.as_bytes()),
        Algorithm::Es256 | Algorithm::Es384 => DecodingKey::from_ec_pem(pem.as_bytes()),
        Algorithm::EdDsa => DecodingKey::from_ed_pem(pem.as_bytes()),
        Algorithm::MlDsa65 => unreachable!("{LACKED}"),
    }
    .expect("a public key")
}

fn encoding_key(algorithm: Algorithm, keys: &KeyPair) -> EncodingKey {
    let pem = keys.private_pem();
    match algorithm {
        Algorithm::Hs256 => Ok(EncodingKey::from_secret(&keys.private)),
        Algorithm::Rs256 | Algorithm::Ps256 => EncodingKey::from_rsa_pem(pem.as_bytes()),
        Algorithm::Es256 | Algorithm::Es384 => EncodingKey::from_ec_pem(pem.as_bytes()),
        Algorithm::EdDsa => EncodingKey::from_ed_pem(pem.as_bytes()),
        Algorithm::MlDsa65 => unreachable!("{LACKED}"),
    }
    .expect("a private key")
}

const fn wire(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    match algorithm {
        Algorithm::Hs256 => jsonwebtoken::Algorithm::HS256,
        Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
        Algorithm::Ps256 => jsonwebtoken::Algorithm::PS256,
        Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
        Algorithm::Es384 => jsonwebtoken::Algorithm::ES384,
        Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
        Algorithm::MlDsa65 => unreachable!(),
    }
}
