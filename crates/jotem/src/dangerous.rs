//! What weakens a guarantee. Nothing outside this module does.

use crate::error::{Error, KeyError};
use crate::jwa::Algorithm;
use crate::jwk::{Jwk, Material, SigningKey};
use crate::secret::Secret;

/// Takes a shared secret of any length but zero, and whatever it looks like.
///
/// # Security
/// RFC 7518 §3.2 demands at least as many bytes as the hash has. A short secret can be guessed from
/// one token, on a laptop, without asking the server. This is for reading what others issued while
/// they change their secret.
///
/// # Errors
/// [`KeyError::SecretEmpty`], [`KeyError::AlgorithmMismatch`] for an algorithm that is not an HMAC.
///
/// # Examples
/// ```
/// use jotem::{Algorithm, dangerous};
///
/// let legacy = dangerous::short_secret("changeme", Algorithm::Hs256)?;
/// assert!(dangerous::short_secret("", Algorithm::Hs256).is_err());
/// # Ok::<(), jotem::Error>(())
/// ```
pub fn short_secret(secret: impl AsRef<[u8]>, algorithm: Algorithm) -> Result<SigningKey, Error> {
    let secret = Secret::from(secret.as_ref());
    if secret.is_empty() {
        return Err(KeyError::SecretEmpty.into());
    }
    let jwk = Jwk::from_material(Material::Oct(secret));
    jwk.material().check(algorithm)?;
    Ok(SigningKey::of(&jwk, algorithm)?)
}
