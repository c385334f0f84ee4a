//! The floor: the primitive with a prepared key, base64 of the parts, one JSON pass over the claims.
//!
//! It is what no JWT library can avoid, written with nothing around it: the header is not read, no claim
//! is checked, buffers are kept between calls. It is a measure, not a verifier anyone may use.

use std::hint::black_box;

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa,
    signature::{
        self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, ParsedPublicKey, PqdsaKeyPair,
        RsaEncoding, VerificationAlgorithm,
    },
};
use base64_simd::{AsOut, URL_SAFE_NO_PAD as BASE64URL};

use super::{Contender, Sign, Verify};
use crate::{
    keys::KeyPair,
    token::{Algorithm, Claims},
};

pub(crate) const CONTENDER: Contender = Contender {
    name: "floor",
    crates: &["aws-lc-rs", "base64-simd", "serde_json"],
    cryptography: "aws-lc",
    checks_claims: false,
    signs_apart: None,
    lacks: &[],
    verifier,
    signer,
};

/// Room for the claims, and for what is signed.
const PAYLOAD: usize = 512;
/// Room for any decoded part of our token: the longest is a signature of ML-DSA-65, 3,309 bytes.
const SCRATCH: usize = 3_328;

fn verifier(algorithm: Algorithm, keys: &KeyPair) -> Verify {
    let public = |algorithm: &'static dyn VerificationAlgorithm| {
        let key = ParsedPublicKey::new(algorithm, &keys.public).expect("a public key");
        verifier_with(move |message, signature| key.verify_sig(message, signature).is_ok())
    };
    match algorithm {
        Algorithm::Hs256 => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &keys.public);
            verifier_with(move |message, tag| hmac::verify(&key, message, tag).is_ok())
        }
        Algorithm::Rs256 => public(&signature::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::Ps256 => public(&signature::RSA_PSS_2048_8192_SHA256),
        Algorithm::Es256 => public(&signature::ECDSA_P256_SHA256_FIXED),
        Algorithm::Es384 => public(&signature::ECDSA_P384_SHA384_FIXED),
        Algorithm::EdDsa => public(&signature::ED25519),
        Algorithm::MlDsa65 => public(&signature::ML_DSA_65),
    }
}

/// Generic, so that only the outermost call is a dynamic one, as for every other contender.
fn verifier_with(holds: impl Fn(&[u8], &[u8]) -> bool + 'static) -> Verify {
    let mut scratch = [0; SCRATCH];
    Box::new(move |token| match read(token, &holds, &mut scratch) {
        Some(claims) => {
            black_box(claims);
            true
        }
        None => false,
    })
}

fn read(
    token: &str,
    holds: impl Fn(&[u8], &[u8]) -> bool,
    scratch: &mut [u8; SCRATCH],
) -> Option<Claims> {
    let (message, signature) = token.rsplit_once('.')?;
    let (header, payload) = message.split_once('.')?;
    black_box(BASE64URL.decode(header.as_bytes(), scratch.as_mut_slice().as_out()).ok()?);
    let signature = BASE64URL.decode(signature.as_bytes(), scratch.as_mut_slice().as_out()).ok()?;
    if !holds(message.as_bytes(), signature) {
        return None;
    }
    let payload = BASE64URL.decode(payload.as_bytes(), scratch.as_mut_slice().as_out()).ok()?;
    serde_json::from_slice(payload).ok()
}

fn signer(algorithm: Algorithm, keys: &KeyPair) -> Sign {
    match algorithm {
        Algorithm::Hs256 => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &keys.private);
            signer_with(algorithm, move |message, token| {
                BASE64URL.encode_append(hmac::sign(&key, message.as_bytes()), token);
            })
        }
        Algorithm::Rs256 => rsa_signer(algorithm, keys, &signature::RSA_PKCS1_SHA256),
        Algorithm::Ps256 => rsa_signer(algorithm, keys, &signature::RSA_PSS_SHA256),
        Algorithm::Es256 => {
            ecdsa_signer(algorithm, keys, &signature::ECDSA_P256_SHA256_FIXED_SIGNING)
        }
        Algorithm::Es384 => {
            ecdsa_signer(algorithm, keys, &signature::ECDSA_P384_SHA384_FIXED_SIGNING)
        }
        Algorithm::EdDsa => {
            let key = Ed25519KeyPair::from_pkcs8(&keys.private).expect("an Ed25519 key");
            signer_with(algorithm, move |message, token| {
                BASE64URL.encode_append(key.sign(message.as_bytes()), token);
            })
        }
        Algorithm::MlDsa65 => {
            let key = PqdsaKeyPair::from_pkcs8(&signature::ML_DSA_65_SIGNING, &keys.private)
                .expect("an ML-DSA-65 key");
            let mut signature = vec![0; key.algorithm().signature_len()];
            signer_with(algorithm, move |message, token| {
                key.sign(message.as_bytes(), &mut signature).expect("ML-DSA signs");
                BASE64URL.encode_append(&signature, token);
            })
        }
    }
}

fn rsa_signer(algorithm: Algorithm, keys: &KeyPair, encoding: &'static dyn RsaEncoding) -> Sign {
    let key = rsa::KeyPair::from_pkcs8(&keys.private).expect("an RSA key");
    let random = SystemRandom::new();
    let mut signature = vec![0; key.public_modulus_len()];
    signer_with(algorithm, move |message, token| {
        key.sign(encoding, &random, message.as_bytes(), &mut signature).expect("RSA signs");
        BASE64URL.encode_append(&signature, token);
    })
}

fn ecdsa_signer(
    algorithm: Algorithm,
    keys: &KeyPair,
    curve: &'static EcdsaSigningAlgorithm,
) -> Sign {
    let key = EcdsaKeyPair::from_pkcs8(curve, &keys.private).expect("an EC key");
    let random = SystemRandom::new();
    signer_with(algorithm, move |message, token| {
        let signature = key.sign(&random, message.as_bytes()).expect("ECDSA signs");
        BASE64URL.encode_append(signature, token);
    })
}

/// The header never changes, so its base64url belongs to the preparation, and so does the room that
/// the signature takes.
fn signer_with(
    algorithm: Algorithm,
    mut append_signature: impl FnMut(&str, &mut String) + 'static,
) -> Sign {
    let header = BASE64URL.encode_to_string(algorithm.header()) + ".";
    let signature_room = if algorithm == Algorithm::MlDsa65 { 4_416 } else { 512 };
    let mut payload = Vec::with_capacity(PAYLOAD);
    let mut message = String::with_capacity(PAYLOAD);
    Box::new(move |claims| {
        payload.clear();
        serde_json::to_writer(&mut payload, claims).expect("claims are JSON");
        message.clear();
        message.push_str(&header);
        BASE64URL.encode_append(&payload, &mut message);
        let mut token = String::with_capacity(message.len() + signature_room);
        token.push_str(&message);
        token.push('.');
        append_signature(&message, &mut token);
        token
    })
}
