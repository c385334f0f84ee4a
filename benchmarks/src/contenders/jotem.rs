//! jotem: a verifier that is kept, typed claims; `encode` with a key that is kept.

use std::hint::black_box;

use jotem::{SigningKey, Verifier, VerifyingKey};

use super::{Contender, Sign, Verify};
use crate::{
    keys::KeyPair,
    token::{AUDIENCE, Algorithm, Claims, ISSUER},
};

pub(crate) const CONTENDER: Contender = Contender {
    name: super::JOTEM,
    crates: &["jotem"],
    cryptography: "aws-lc; HMAC: hmac, sha2",
    checks_claims: true,
    signs_apart: None,
    lacks: &[],
    verifier,
    signer,
};

fn verifier(algorithm: Algorithm, keys: &KeyPair) -> Verify {
    let wire = wire(algorithm);
    let key = match algorithm {
        Algorithm::Hs256 => VerifyingKey::from_secret(&keys.public, wire),
        _ => VerifyingKey::from_der(&keys.public, wire),
    };
    let verifier = Verifier::builder(key.expect("a public key"))
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .build()
        .expect("a verifier");
    Box::new(move |token| match verifier.verify::<Claims>(token) {
        Ok(verified) => {
            black_box(verified);
            true
        }
        Err(_) => false,
    })
}

fn signer(algorithm: Algorithm, keys: &KeyPair) -> Sign {
    let wire = wire(algorithm);
    let key = match algorithm {
        Algorithm::Hs256 => SigningKey::from_secret(&keys.private, wire),
        _ => SigningKey::from_der(&keys.private, wire),
    };
    let key = key.expect("a private key");
    Box::new(move |claims| jotem::encode(claims, &key).expect("it signs"))
}

const fn wire(algorithm: Algorithm) -> jotem::Algorithm {
    match algorithm {
        Algorithm::Hs256 => jotem::Algorithm::Hs256,
        Algorithm::Rs256 => jotem::Algorithm::Rs256,
        Algorithm::Ps256 => jotem::Algorithm::Ps256,
        Algorithm::Es256 => jotem::Algorithm::Es256,
        Algorithm::Es384 => jotem::Algorithm::Es384,
        Algorithm::EdDsa => jotem::Algorithm::EdDsa,
        Algorithm::MlDsa65 => jotem::Algorithm::MlDsa65,
    }
}
