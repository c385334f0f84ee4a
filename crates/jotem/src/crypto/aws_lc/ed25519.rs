//! EdDSA on Ed25519 (RFC 8037 §3.1), strict about points: see `ed25519_point.rs`.

use std::error::Error;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, ParsedPublicKey};

use super::ed25519_point::is_sound_point;
use super::rejected;
use crate::crypto::{Sign, Signature, Verify, VerifyError};
use crate::error::KeyError;
use crate::jwa::Algorithm;
use crate::secret::Secret;

/// A private key and the name it writes.
pub(crate) struct Ed25519Signer {
    algorithm: Algorithm,
    key: Ed25519KeyPair,
}

/// A public key and the name it was made with.
pub(crate) struct Ed25519Verifier {
    algorithm: Algorithm,
    key: ParsedPublicKey,
}

impl Ed25519Signer {
    /// Takes the seed and the public key, and checks that they belong together.
    pub(crate) fn new(
        algorithm: Algorithm,
        seed: &[u8],
        public: &[u8; 32],
    ) -> Result<Self, KeyError> {
        Ed25519Verifier::new(algorithm, public)?;
        let key = Ed25519KeyPair::from_seed_and_public_key(seed, public)
            .map_err(|_| KeyError::HalvesMismatch { key_type: "OKP" })?;
        Ok(Self { algorithm, key })
    }
}

impl Ed25519Verifier {
    /// Takes the public key, refusing small order and encodings that are not canonical.
    pub(crate) fn new(algorithm: Algorithm, public: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_sound_point(public) {
            return Err(rejected("OKP", "the point has a small order, or is not canonical"));
        }
        let key = ParsedPublicKey::new(&ED25519, public)
            .map_err(|_| rejected("OKP", "the point is not on the curve"))?;
        Ok(Self { algorithm, key })
    }
}

/// Computes the public key of a seed.
pub(crate) fn public_key(seed: &[u8]) -> Result<[u8; 32], KeyError> {
    let failed = || rejected("OKP", "the private key is not a seed of 32 bytes");
    let key = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| failed())?;
    key.public_key().as_ref().try_into().map_err(|_| failed())
}

/// Makes a seed.
pub(crate) fn generate() -> Result<Secret, KeyError> {
    let mut seed = zeroize::Zeroizing::new([0; 32]);
    super::random(seed.as_mut_slice())?;
    Ok(Secret::from(seed.as_slice()))
}

impl Sign for Ed25519Signer {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, Box<dyn Error + Send + Sync>> {
        let signature = self.key.try_sign(message).map_err(|_| "AWS-LC refused to sign")?;
        Ok(Signature::from(signature.as_ref()))
    }
}

impl Verify for Ed25519Verifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        // AWS-LC checks that S is below the order of the group, and recomputes R.
        let Some((point, _)) = signature.split_first_chunk::<32>() else {
            return Err(VerifyError::Mismatch);
        };
        if !is_sound_point(point) {
            return Err(VerifyError::Mismatch);
        }
        self.key.verify_sig(message, signature).map_err(|_| VerifyError::Mismatch)
    }
}

impl std::fmt::Debug for Ed25519Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Ed25519Signer({})", self.algorithm)
    }
}

impl std::fmt::Debug for Ed25519Verifier {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Ed25519Verifier({})", self.algorithm)
    }
}
