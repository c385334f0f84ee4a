//! Shared secrets: `kty: oct` (RFC 7518 §6.4), plain text and base64.

use super::disguise;
use super::members::{Members, Writer};
use crate::crypto::hmac;
use crate::error::KeyError;
use crate::jwa::{Algorithm, Scheme};
use crate::secret::Secret;

pub(super) fn read(members: &Members<'_>) -> Result<Secret, KeyError> {
    let secret = members.secret("k")?.ok_or(KeyError::MemberMissing { member: "k" })?;
    check(&secret)?;
    Ok(secret)
}

pub(super) fn write(secret: &Secret, writer: &mut Writer) {
    writer.secret("k", secret.expose());
}

/// Reads base64 or base64url text, padded or not.
pub(super) fn from_base64(text: &str) -> Result<Secret, KeyError> {
    let text = Secret::from(text.trim().as_bytes());
    if text.is_empty() {
        return Err(KeyError::SecretEmpty);
    }
    hmac::decode(&text).ok_or(KeyError::SecretNotBase64)
}

/// Refuses what cannot be a shared secret under any algorithm.
pub(super) fn check(secret: &Secret) -> Result<(), KeyError> {
    if secret.is_empty() {
        return Err(KeyError::SecretEmpty);
    }
    match disguise::find(secret.expose()) {
        Some(disguise) => Err(KeyError::SecretIsKey { disguise }),
        None => Ok(()),
    }
}

/// Refuses a secret shorter than the hash (RFC 7518 §3.2).
pub(super) fn check_length(secret: &Secret, algorithm: Algorithm) -> Result<(), KeyError> {
    let Scheme::Hmac(hash) = algorithm.scheme() else { return Ok(()) };
    let (bytes, needed) = (secret.len(), hash.bytes());
    if bytes < needed {
        return Err(KeyError::SecretTooShort { algorithm, bytes, needed });
    }
    Ok(())
}
