//! The asymmetric algorithms, by AWS-LC. Keys are parsed once, into the form that signs or verifies.

#[cfg(feature = "encrypted-keys")]
pub(crate) mod aes;
pub(crate) mod ecdsa;
pub(crate) mod ed25519;
mod ed25519_point;
pub(crate) mod rsa;

use crate::error::KeyError;

/// "The library will not have this key."
fn rejected(key_type: &'static str, reason: &'static str) -> KeyError {
    KeyError::Rejected { key_type, reason }
}

/// Fills a buffer from the operating system's random numbers.
pub(crate) fn random(bytes: &mut [u8]) -> Result<(), KeyError> {
    aws_lc_rs::rand::fill(bytes).map_err(|_| rejected("oct", "no random numbers could be had"))
}
