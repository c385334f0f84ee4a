//! ECDSA (RFC 7518 §3.4, RFC 8812 §3.2): signatures are r ‖ s, each as long as the curve's field.

use std::error::Error;

use aws_lc_rs::encoding::AsBigEndian as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P256K1_SHA256_FIXED,
    ECDSA_P256K1_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    EcdsaVerificationAlgorithm, KeyPair as _, ParsedPublicKey,
};

use super::rejected;
use crate::crypto::{Sign, Signature, Verify, VerifyError};
use crate::error::KeyError;
use crate::jwa::{Algorithm, Curve};
use crate::secret::Secret;

/// A private key and its one algorithm.
pub(crate) struct EcdsaSigner {
    algorithm: Algorithm,
    key: EcdsaKeyPair,
}

/// A public key and its one algorithm.
pub(crate) struct EcdsaVerifier {
    algorithm: Algorithm,
    key: ParsedPublicKey,
}

fn signing(curve: Curve) -> Result<&'static EcdsaSigningAlgorithm, KeyError> {
    match curve {
        Curve::P256 => Ok(&ECDSA_P256_SHA256_FIXED_SIGNING),
        Curve::P384 => Ok(&ECDSA_P384_SHA384_FIXED_SIGNING),
        Curve::P521 => Ok(&ECDSA_P521_SHA512_FIXED_SIGNING),
        Curve::Secp256k1 => Ok(&ECDSA_P256K1_SHA256_FIXED_SIGNING),
        Curve::Ed25519 | Curve::Ed448 => Err(rejected("EC", "it is not a curve of ECDSA")),
    }
}

fn verification(curve: Curve) -> Result<&'static EcdsaVerificationAlgorithm, KeyError> {
    match curve {
        Curve::P256 => Ok(&ECDSA_P256_SHA256_FIXED),
        Curve::P384 => Ok(&ECDSA_P384_SHA384_FIXED),
        Curve::P521 => Ok(&ECDSA_P521_SHA512_FIXED),
        Curve::Secp256k1 => Ok(&ECDSA_P256K1_SHA256_FIXED),
        Curve::Ed25519 | Curve::Ed448 => Err(rejected("EC", "it is not a curve of ECDSA")),
    }
}

impl EcdsaSigner {
    /// Takes the scalar d and the point 04 ‖ x ‖ y, and checks that they belong together.
    pub(crate) fn new(
        algorithm: Algorithm,
        curve: Curve,
        scalar: &[u8],
        point: &[u8],
    ) -> Result<Self, KeyError> {
        // The point by itself first, so that the error says which of the two is at fault.
        EcdsaVerifier::new(algorithm, curve, point)?;
        let key = EcdsaKeyPair::from_private_key_and_public_key(signing(curve)?, scalar, point)
            .map_err(|_| KeyError::HalvesMismatch { key_type: "EC" })?;
        Ok(Self { algorithm, key })
    }
}

impl EcdsaVerifier {
    /// Takes the point 04 ‖ x ‖ y, and checks that it is on the curve.
    pub(crate) fn new(algorithm: Algorithm, curve: Curve, point: &[u8]) -> Result<Self, KeyError> {
        let key = ParsedPublicKey::new(verification(curve)?, point)
            .map_err(|_| rejected("EC", "the point is not on the curve"))?;
        Ok(Self { algorithm, key })
    }
}

/// Makes a private key: the scalar d and the point 04 ‖ x ‖ y.
pub(crate) fn generate(curve: Curve) -> Result<(Secret, Vec<u8>), KeyError> {
    let key = EcdsaKeyPair::generate(signing(curve)?)
        .map_err(|_| rejected("EC", "the key could not be made"))?;
    halves(&key)
}

/// Reads an `ECPrivateKey` (RFC 5915) that may lack its public key, which is then computed.
pub(crate) fn complete(curve: Curve, sec1: &[u8]) -> Result<(Secret, Vec<u8>), KeyError> {
    let key = EcdsaKeyPair::from_private_key_der(signing(curve)?, sec1)
        .map_err(|_| rejected("EC", "the scalar is out of range, or the point is not its own"))?;
    halves(&key)
}

fn halves(key: &EcdsaKeyPair) -> Result<(Secret, Vec<u8>), KeyError> {
    let scalar = key
        .private_key()
        .as_be_bytes()
        .map_err(|_| rejected("EC", "the scalar could not be read"))?;
    Ok((Secret::from(scalar.as_ref()), key.public_key().as_ref().to_vec()))
}

impl Sign for EcdsaSigner {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, Box<dyn Error + Send + Sync>> {
        let signature =
            self.key.sign(&SystemRandom::new(), message).map_err(|_| "AWS-LC refused to sign")?;
        Ok(Signature::from(signature.as_ref()))
    }
}

impl Verify for EcdsaVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        self.key.verify_sig(message, signature).map_err(|_| VerifyError::Mismatch)
    }
}

impl std::fmt::Debug for EcdsaSigner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "EcdsaSigner({})", self.algorithm)
    }
}

impl std::fmt::Debug for EcdsaVerifier {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "EcdsaVerifier({})", self.algorithm)
    }
}
