//! Signing messages that begin alike.

use std::sync::Arc;

use super::SigningKey;
use crate::crypto::{Sign, Signature};
use crate::error::{Error, ErrorKind};

/// A key that has begun to sign: for messages with the same first bytes, such as the tokens of one
/// issuer. Of an HMAC the blocks that these fill are computed once (RFC 2104 §4).
///
/// [`Issuer`](crate::Issuer) has one. It is for programs that write their tokens themselves.
///
/// # Examples
/// ```
/// use jotem::{Algorithm, SigningKey};
///
/// let key = SigningKey::generate(Algorithm::Hs256)?;
/// let begun = key.begin(&[b'a'; 64]);
/// let message = [[b'a'; 64], [b'b'; 64]].concat();
/// assert_eq!(begun.sign(&message)?.as_ref(), key.sign(&message)?.as_ref());
/// // Another message takes as long as it did before.
/// assert_eq!(begun.sign(b"b")?.as_ref(), key.sign(b"b")?.as_ref());
/// # Ok::<(), jotem::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Begun {
    key: SigningKey,
    rest: Option<Rest>,
}

/// What signs the rest of messages that begin with `prefix`.
#[derive(Clone)]
struct Rest {
    prefix: Arc<[u8]>,
    sign: Arc<dyn Sign>,
}

impl Begun {
    pub(super) fn new(key: SigningKey, signer: Option<&dyn Sign>, prefix: &[u8]) -> Self {
        let rest = signer.and_then(|signer| {
            let (bytes, sign) = signer.begin(prefix)?;
            Some(Rest { prefix: prefix.get(..bytes)?.into(), sign })
        });
        Self { key, rest }
    }

    /// Returns the key.
    #[must_use]
    pub const fn key(&self) -> &SigningKey {
        &self.key
    }

    /// Signs a message, which may begin in any way.
    ///
    /// # Errors
    /// As [`SigningKey::sign`].
    pub fn sign(&self, message: &[u8]) -> Result<Signature, Error> {
        if let Some(rest) = &self.rest
            && let Some(message) = message.strip_prefix(&*rest.prefix)
        {
            return Ok(rest.sign.sign(message).map_err(ErrorKind::Signing)?);
        }
        self.key.sign(message)
    }
}

impl std::fmt::Debug for Rest {
    /// Shows the length only: the first bytes of tokens are nobody's business.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Rest(after {} bytes)", self.prefix.len())
    }
}
