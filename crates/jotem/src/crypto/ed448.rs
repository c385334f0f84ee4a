//! EdDSA on Ed448 (RFC 8032 §5.2, RFC 9864), behind the feature `ed448`: AWS-LC has no such curve.
//!
//! What the crate accepts is narrowed to what is accepted on Ed25519: points are encoded
//! canonically and have a large order, as public keys and as the point R of a signature.

use std::error::Error;

use ed448_goldilocks as goldilocks;

use super::{Sign, Signature, Verify, VerifyError};
use crate::error::KeyError;
use crate::jwa::Algorithm;
use crate::secret::Secret;

/// How many bytes a point has, and a seed.
const BYTES: usize = 57;

/// A private key.
pub(crate) struct Ed448Signer(goldilocks::SigningKey);

/// A public key.
pub(crate) struct Ed448Verifier(goldilocks::VerifyingKey);

impl Ed448Signer {
    /// Takes the seed and the public key, and checks that they belong together.
    pub(crate) fn new(seed: &[u8], public: &[u8; BYTES]) -> Result<Self, KeyError> {
        Ed448Verifier::new(public)?;
        let key = expand(seed)?;
        if key.verifying_key().to_bytes() != *public {
            return Err(KeyError::HalvesMismatch { key_type: "OKP" });
        }
        Ok(Self(key))
    }
}

impl Ed448Verifier {
    /// Takes the public key, refusing small order and encodings that are not canonical.
    pub(crate) fn new(public: &[u8; BYTES]) -> Result<Self, KeyError> {
        if !is_sound_point(public) {
            return Err(rejected("the point has a small order, or is not canonical"));
        }
        let key = goldilocks::VerifyingKey::from_bytes(public);
        key.map(Self).map_err(|_| rejected("the point is not on the curve"))
    }
}

/// Computes the public key of a seed.
pub(crate) fn public_key(seed: &[u8]) -> Result<[u8; BYTES], KeyError> {
    expand(seed).map(|key| key.verifying_key().to_bytes())
}

/// Makes a seed.
pub(crate) fn generate() -> Result<Secret, KeyError> {
    let mut seed = zeroize::Zeroizing::new([0; BYTES]);
    super::aws_lc::random(seed.as_mut_slice())?;
    Ok(Secret::from(seed.as_slice()))
}

fn expand(seed: &[u8]) -> Result<goldilocks::SigningKey, KeyError> {
    goldilocks::SigningKey::try_from(seed)
        .map_err(|_| rejected("the private key is not a seed of 57 bytes"))
}

fn rejected(reason: &'static str) -> KeyError {
    KeyError::Rejected { key_type: "OKP", reason }
}

impl Sign for Ed448Signer {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Ed448
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, Box<dyn Error + Send + Sync>> {
        Ok(Signature::from(self.0.sign_raw(message).to_bytes().as_slice()))
    }
}

impl Verify for Ed448Verifier {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Ed448
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        let Ok(signature) = <&[u8; 2 * BYTES]>::try_from(signature) else {
            return Err(VerifyError::Mismatch);
        };
        let point = signature.first_chunk().is_some_and(is_sound_point);
        if !point {
            return Err(VerifyError::Mismatch);
        }
        // The crate checks that S is below the order of the group, and its last byte zero.
        let signature = goldilocks::Signature::from_bytes(signature);
        self.0.verify_raw(&signature, message).map_err(|_| VerifyError::Mismatch)
    }
}

impl std::fmt::Debug for Ed448Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Ed448Signer")
    }
}

impl std::fmt::Debug for Ed448Verifier {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Ed448Verifier")
    }
}

/// The prime of the field, 2^448 − 2^224 − 1, little-endian, without the byte of the sign.
const PRIME: [u8; 56] = {
    let mut prime = [0xff; 56];
    prime[28] = 0xfe;
    prime
};

/// The y-coordinates of the four points whose order divides 4: 0 (order 4), 1 (the identity), −1
/// (order 2).
const SMALL_ORDER: [[u8; 56]; 3] = {
    let mut one = [0; 56];
    one[0] = 1;
    let mut minus_one = PRIME;
    minus_one[0] = 0xfe;
    [[0; 56], one, minus_one]
};

/// Returns whether `point` is encoded canonically (RFC 8032 §5.2.3) and has a large order.
fn is_sound_point(point: &[u8; BYTES]) -> bool {
    let [y @ .., sign] = point;
    sign & 0x7f == 0 && y.iter().rev().lt(PRIME.iter().rev()) && !SMALL_ORDER.contains(y)
}
