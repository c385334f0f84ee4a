//! Octet key pairs on Ed448 (RFC 8037 §2). Without the feature `ed448` none is ever read.

#[cfg(feature = "aws-lc")]
use std::sync::Arc;

use super::members::{Members, Writer, not};
#[cfg(feature = "aws-lc")]
use crate::crypto::{Sign, Verify};
use crate::error::KeyError;
use crate::jwa::Curve;
use crate::secret::Secret;

/// An Ed448 key.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Ed448Key {
    pub(crate) public: [u8; BYTES],
    /// The seed of 57 bytes that RFC 8032 calls the private key.
    pub(crate) seed: Option<Secret>,
}

const BYTES: usize = 57;

impl Ed448Key {
    pub(crate) fn public(&self) -> Self {
        Self { public: self.public, seed: None }
    }

    pub(super) fn from_public(public: &[u8]) -> Result<Self, KeyError> {
        available()?;
        let public = public.try_into().map_err(|_| not("x", "57 bytes long"))?;
        Ok(Self { public, seed: None })
    }

    /// Reads the members of a JWK.
    pub(super) fn read(members: &Members<'_>) -> Result<Self, KeyError> {
        available()?;
        let key = Self::from_public(&members.bytes("x")?)?;
        let seed = members.secret("d")?;
        if seed.as_ref().is_some_and(|seed| seed.len() != BYTES) {
            return Err(not("d", "57 bytes long"));
        }
        Ok(Self { seed, ..key })
    }

    /// Takes a seed, and the public key if the document has it.
    pub(super) fn from_seed(seed: &[u8], public: Option<&[u8]>) -> Result<Self, KeyError> {
        available()?;
        if seed.len() != BYTES {
            return Err(KeyError::Format { expected: "an Ed448 seed of 57 bytes" });
        }
        let computed = public_key(seed)?;
        if public.is_some_and(|public| public != computed) {
            return Err(KeyError::HalvesMismatch { key_type: "OKP" });
        }
        Ok(Self { public: computed, seed: Some(Secret::from(seed)) })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.text("crv", Curve::Ed448.name()).bytes("x", &self.public);
        if let Some(seed) = &self.seed {
            writer.secret("d", seed.expose());
        }
    }

    /// Makes the key that verifies.
    #[cfg(feature = "ed448")]
    pub(super) fn verifier(&self) -> Result<Arc<dyn Verify>, KeyError> {
        Ok(Arc::new(crate::crypto::ed448::Ed448Verifier::new(&self.public)?))
    }

    /// Makes the key that signs.
    #[cfg(feature = "ed448")]
    pub(super) fn signer(&self) -> Result<Arc<dyn Sign>, KeyError> {
        let seed = self.seed.as_ref().ok_or(KeyError::Public)?;
        Ok(Arc::new(crate::crypto::ed448::Ed448Signer::new(seed.expose(), &self.public)?))
    }

    #[cfg(all(feature = "aws-lc", not(feature = "ed448")))]
    pub(super) fn verifier(&self) -> Result<Arc<dyn Verify>, KeyError> {
        Err(KeyError::Ed448Off)
    }

    #[cfg(all(feature = "aws-lc", not(feature = "ed448")))]
    pub(super) fn signer(&self) -> Result<Arc<dyn Sign>, KeyError> {
        Err(KeyError::Ed448Off)
    }
}

const fn available() -> Result<(), KeyError> {
    if cfg!(feature = "ed448") { Ok(()) } else { Err(KeyError::Ed448Off) }
}

#[cfg(feature = "ed448")]
use crate::crypto::ed448::public_key;

#[cfg(not(feature = "ed448"))]
fn public_key(_seed: &[u8]) -> Result<[u8; BYTES], KeyError> {
    Err(KeyError::Ed448Off)
}

/// Makes a seed.
#[cfg(feature = "ed448")]
pub(super) use crate::crypto::ed448::generate;

#[cfg(all(feature = "aws-lc", not(feature = "ed448")))]
pub(super) fn generate() -> Result<Secret, KeyError> {
    Err(KeyError::Ed448Off)
}
