//! Octet key pairs (RFC 8037 §2): Ed25519; those on Ed448 are in `ed448.rs`.

use super::members::{Members, Writer, not};
use crate::error::{Excerpt, KeyError};
use crate::jwa::Curve;
use crate::secret::Secret;

/// An Ed25519 key.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct OkpKey {
    pub(crate) public: [u8; 32],
    /// The seed of 32 bytes that RFC 8032 calls the private key.
    pub(crate) seed: Option<Secret>,
}

impl OkpKey {
    pub(crate) fn public(&self) -> Self {
        Self { public: self.public, seed: None }
    }

    pub(super) fn from_public(public: &[u8]) -> Result<Self, KeyError> {
        let public = public.try_into().map_err(|_| not("x", "32 bytes long"))?;
        Ok(Self { public, seed: None })
    }

    /// Reads the members of a JWK.
    pub(super) fn read(members: &Members<'_>) -> Result<Self, KeyError> {
        let name = members.text("crv")?.ok_or(KeyError::MemberMissing { member: "crv" })?;
        if name != Curve::Ed25519.name() {
            return Err(KeyError::TypeUnknown { found: Excerpt::new(name) });
        }
        let key = Self::from_public(&members.bytes("x")?)?;
        let seed = members.secret("d")?;
        if seed.as_ref().is_some_and(|seed| seed.len() != 32) {
            return Err(not("d", "32 bytes long"));
        }
        Ok(Self { seed, ..key })
    }

    /// Takes a seed, and the public key if the document has it.
    pub(super) fn from_seed(seed: &[u8], public: Option<&[u8]>) -> Result<Self, KeyError> {
        if seed.len() != 32 {
            return Err(KeyError::Format { expected: "an Ed25519 seed of 32 bytes" });
        }
        let computed = public_key(seed);
        let key = match public {
            Some(public) => Self::from_public(public)?,
            None => Self { public: computed.clone()?, seed: None },
        };
        // Without AWS-LC it cannot be computed, and no key for signing is made either.
        if computed.is_ok_and(|computed| computed != key.public) {
            return Err(KeyError::HalvesMismatch { key_type: "OKP" });
        }
        Ok(Self { seed: Some(Secret::from(seed)), ..key })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.text("crv", Curve::Ed25519.name()).bytes("x", &self.public);
        if let Some(seed) = &self.seed {
            writer.secret("d", seed.expose());
        }
    }
}

#[cfg(feature = "aws-lc")]
fn public_key(seed: &[u8]) -> Result<[u8; 32], KeyError> {
    crate::crypto::aws_lc::ed25519::public_key(seed)
}

#[cfg(not(feature = "aws-lc"))]
fn public_key(_seed: &[u8]) -> Result<[u8; 32], KeyError> {
    Err(KeyError::MemberMissing { member: "publicKey" })
}
