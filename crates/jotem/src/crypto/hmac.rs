//! HMAC with SHA-2 (RFC 7518 §3.2), by the `hmac` and `sha2` crates: for a message as short as a
//! token the call into C costs more than the hash (docs/decisions/0001-hmac-library.md).

use std::error::Error;
use std::sync::Arc;

use base64ct::{Base64, Base64Unpadded, Base64Url, Base64UrlUnpadded};
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::{Sha256, Sha384, Sha512};

use super::{Sign, Signature, Verify, VerifyError};
use crate::encoding::base64url::decode_zeroized;
use crate::jwa::{Algorithm, Hash};
use crate::secret::Secret;

/// A shared secret, its two hash states prepared.
pub(crate) struct HmacKey {
    algorithm: Algorithm,
    state: State,
    /// What the secret is base64 of, if it is: a failed check looks whether that was meant.
    decoded: Option<State>,
}

/// The prepared states; cloned for each message, zeroized when dropped.
enum State {
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
    Sha512(Hmac<Sha512>),
}

impl State {
    fn new(hash: Hash, secret: &[u8]) -> Option<Self> {
        Some(match hash {
            Hash::Sha256 => Self::Sha256(Hmac::new_from_slice(secret).ok()?),
            Hash::Sha384 => Self::Sha384(Hmac::new_from_slice(secret).ok()?),
            Hash::Sha512 => Self::Sha512(Hmac::new_from_slice(secret).ok()?),
        })
    }

    fn sign(&self, message: &[u8]) -> Signature {
        match self {
            Self::Sha256(key) => finish(key, message),
            Self::Sha384(key) => finish(key, message),
            Self::Sha512(key) => finish(key, message),
        }
    }

    /// Returns the state after whole blocks of a message.
    fn after(&self, blocks: &[u8]) -> Self {
        match self {
            Self::Sha256(key) => Self::Sha256(key.clone().chain_update(blocks)),
            Self::Sha384(key) => Self::Sha384(key.clone().chain_update(blocks)),
            Self::Sha512(key) => Self::Sha512(key.clone().chain_update(blocks)),
        }
    }

    /// How many bytes the hash takes at a time.
    const fn block_bytes(&self) -> usize {
        match self {
            Self::Sha256(_) => 64,
            Self::Sha384(_) | Self::Sha512(_) => 128,
        }
    }

    /// Compares in constant time and in full: a shorter prefix of the MAC never holds.
    fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Sha256(key) => key.clone().chain_update(message).verify_slice(signature).is_ok(),
            Self::Sha384(key) => key.clone().chain_update(message).verify_slice(signature).is_ok(),
            Self::Sha512(key) => key.clone().chain_update(message).verify_slice(signature).is_ok(),
        }
    }
}

fn finish<M: Mac + Clone>(key: &M, message: &[u8]) -> Signature {
    Signature::from(key.clone().chain_update(message).finalize().into_bytes().as_ref())
}

impl HmacKey {
    /// Prepares a secret; `None` for an algorithm that is not an HMAC.
    pub(crate) fn new(algorithm: Algorithm, secret: &Secret) -> Option<Self> {
        let crate::jwa::Scheme::Hmac(hash) = algorithm.scheme() else { return None };
        Some(Self {
            algorithm,
            state: State::new(hash, secret.expose())?,
            decoded: decode(secret).and_then(|secret| State::new(hash, secret.expose())),
        })
    }
}

/// Decodes a secret that is base64 text in one of its four dialects.
pub(crate) fn decode(secret: &Secret) -> Option<Secret> {
    let text = std::str::from_utf8(secret.expose()).ok()?.trim();
    if text.is_empty() {
        return None;
    }
    decode_zeroized::<Base64>(text)
        .or_else(|| decode_zeroized::<Base64Unpadded>(text))
        .or_else(|| decode_zeroized::<Base64Url>(text))
        .or_else(|| decode_zeroized::<Base64UrlUnpadded>(text))
}

impl Sign for HmacKey {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, Box<dyn Error + Send + Sync>> {
        Ok(self.state.sign(message))
    }

    fn begin(&self, prefix: &[u8]) -> Option<(usize, Arc<dyn Sign>)> {
        let rest = prefix.len().checked_rem(self.state.block_bytes())?;
        let blocks = prefix.get(..prefix.len().checked_sub(rest)?)?;
        if blocks.is_empty() {
            return None;
        }
        let state = self.state.after(blocks);
        Some((blocks.len(), Arc::new(Self { algorithm: self.algorithm, state, decoded: None })))
    }
}

impl Verify for HmacKey {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        if self.state.holds(message, signature) {
            return Ok(());
        }
        let meant_decoded = self.decoded.as_ref().is_some_and(|key| key.holds(message, signature));
        Err(if meant_decoded { VerifyError::SecretNotDecoded } else { VerifyError::Mismatch })
    }
}

impl std::fmt::Debug for HmacKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "HmacKey({})", self.algorithm)
    }
}
