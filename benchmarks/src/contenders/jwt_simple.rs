//! jwt-simple: one type per algorithm. It takes its options and its claims by value, so each call
//! clones the former and builds the latter: that is what a program that uses it pays too.

use std::{collections::HashSet, hint::black_box};

use jwt_simple::prelude::*;

use super::{Contender, Sign, Verify};
use crate::{
    keys::KeyPair,
    token::{AUDIENCE, Algorithm, Claims as OurClaims, ISSUER},
};

pub(crate) const CONTENDER: Contender = Contender {
    name: "jwt-simple",
    crates: &["jwt-simple"],
    cryptography: if cfg!(feature = "pure-rust") {
        "Rust (superboring, p256, p384, ed25519-compact, hmac-sha256)"
    } else {
        "BoringSSL for RSA; Rust (p256, p384, ed25519-compact, hmac-sha256)"
    },
    checks_claims: true,
    signs_apart: None,
    lacks: &[],
    verifier,
    signer,
};

/// The claims that jwt-simple does not know by name.
#[derive(Serialize, Deserialize)]
struct Profile {
    name: String,
    admin: bool,
}

fn verifier(algorithm: Algorithm, keys: &KeyPair) -> Verify {
    let der = keys.public.as_slice();
    match algorithm {
        Algorithm::Hs256 => verifier_with(HS256Key::from_bytes(der), HS256Key::verify_token),
        Algorithm::Rs256 => {
            verifier_with(parsed(RS256PublicKey::from_der(der)), RS256PublicKey::verify_token)
        }
        Algorithm::Ps256 => {
            verifier_with(parsed(PS256PublicKey::from_der(der)), PS256PublicKey::verify_token)
        }
        Algorithm::Es256 => {
            verifier_with(parsed(ES256PublicKey::from_der(der)), ES256PublicKey::verify_token)
        }
        Algorithm::Es384 => {
            verifier_with(parsed(ES384PublicKey::from_der(der)), ES384PublicKey::verify_token)
        }
        Algorithm::EdDsa => {
            verifier_with(parsed(Ed25519PublicKey::from_der(der)), Ed25519PublicKey::verify_token)
        }
        Algorithm::MlDsa65 => {
            // The raw key is what an SPKI ends with.
            let raw = &der[der.len() - 1_952..];
            verifier_with(parsed(MLDSA65PublicKey::from_bytes(raw)), MLDSA65PublicKey::verify_token)
        }
    }
}

fn verifier_with<K: 'static>(
    key: K,
    verify: impl Fn(
        &K,
        &str,
        Option<VerificationOptions>,
    ) -> Result<JWTClaims<Profile>, jwt_simple::Error>
    + 'static,
) -> Verify {
    let options = VerificationOptions {
        allowed_issuers: Some(HashSet::from_strings(&[ISSUER])),
        allowed_audiences: Some(HashSet::from_strings(&[AUDIENCE])),
        ..VerificationOptions::default()
    };
    Box::new(move |token| match verify(&key, token, Some(options.clone())) {
        Ok(claims) => {
            black_box(claims);
            true
        }
        Err(_) => false,
    })
}

fn signer(algorithm: Algorithm, keys: &KeyPair) -> Sign {
    let der = keys.private.as_slice();
    // With BoringSSL it reads PKCS#8 only from PEM: its DER of an RSA key is PKCS#1.
    let pem = keys.private_pem();
    match algorithm {
        Algorithm::Hs256 => signer_with(HS256Key::from_bytes(der), HS256Key::authenticate),
        Algorithm::Rs256 => signer_with(parsed(RS256KeyPair::from_pem(&pem)), RS256KeyPair::sign),
        Algorithm::Ps256 => signer_with(parsed(PS256KeyPair::from_pem(&pem)), PS256KeyPair::sign),
        Algorithm::Es256 => signer_with(parsed(ES256KeyPair::from_der(der)), ES256KeyPair::sign),
        Algorithm::Es384 => signer_with(parsed(ES384KeyPair::from_der(der)), ES384KeyPair::sign),
        Algorithm::EdDsa => {
            signer_with(parsed(Ed25519KeyPair::from_der(der)), Ed25519KeyPair::sign)
        }
        Algorithm::MlDsa65 => {
            // The seed is what a PKCS#8 in the seed form ends with.
            let seed = &der[der.len() - 32..];
            signer_with(parsed(MLDSA65KeyPair::from_bytes(seed)), MLDSA65KeyPair::sign)
        }
    }
}

fn signer_with<K: 'static>(
    key: K,
    sign: impl Fn(&K, JWTClaims<Profile>) -> Result<String, jwt_simple::Error> + 'static,
) -> Sign {
    Box::new(move |claims| sign(&key, to_theirs(claims)).expect("it signs"))
}

fn to_theirs(claims: &OurClaims) -> JWTClaims<Profile> {
    JWTClaims {
        issued_at: Some(UnixTimeStamp::from_secs(claims.iat)),
        expires_at: Some(UnixTimeStamp::from_secs(claims.exp)),
        invalid_before: None,
        issuer: Some(claims.iss.clone()),
        subject: Some(claims.sub.clone()),
        audiences: Some(Audiences::AsString(claims.aud.clone())),
        jwt_id: None,
        nonce: None,
        custom: Profile { name: claims.name.clone(), admin: claims.admin },
    }
}

fn parsed<K>(key: Result<K, jwt_simple::Error>) -> K {
    key.expect("a key")
}
