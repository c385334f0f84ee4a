//! The floor: what aws-lc-rs does with the DER of a key.

use aws_lc_rs::{
    rsa,
    signature::{self, EcdsaKeyPair, Ed25519KeyPair, ParsedPublicKey},
};

use super::{Half, Read, done};
use crate::token::Algorithm;

pub(super) fn reader(algorithm: Algorithm, half: Half) -> Read {
    match (algorithm, half) {
        (Algorithm::Rs256, Half::Private) => Box::new(|der| done(rsa::KeyPair::from_pkcs8(der))),
        (Algorithm::Es256, Half::Private) => {
            let curve = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
            Box::new(move |der| done(EcdsaKeyPair::from_pkcs8(curve, der)))
        }
        (_, Half::Private) => Box::new(|der| done(Ed25519KeyPair::from_pkcs8(der))),
        (Algorithm::Rs256, Half::Public) => {
            Box::new(|der| done(ParsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, der)))
        }
        (Algorithm::Es256, Half::Public) => {
            Box::new(|der| done(ParsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, der)))
        }
        (_, Half::Public) => Box::new(|der| done(ParsedPublicKey::new(&signature::ED25519, der))),
    }
}
