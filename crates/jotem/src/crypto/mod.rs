//! Signatures and MACs: the two traits that every primitive implements, ours and other people's.
//!
//! A key that lives elsewhere (an HSM, an agent, another process) implements [`Sign`], and
//! [`Verify`] where even the public operation is remote. A service that is asked over the network,
//! such as a KMS, needs neither: see [`Issuer::prepare`](crate::Issuer::prepare).
//!
//! In the manual: [keys in an HSM, an agent or a KMS](crate::manual::hardware).
//!
//! # Examples
//! A key that another process holds, and signs with when asked:
//! ```
//! use std::error::Error;
//! use jotem::crypto::{Sign, Signature};
//! use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
//!
//! #[derive(Debug)]
//! struct Agent {
//!     // a socket, a session with an HSM …
//! #   key: SigningKey,
//! }
//!
//! impl Sign for Agent {
//!     fn algorithm(&self) -> Algorithm {
//!         Algorithm::Es256
//!     }
//!
//!     fn sign(&self, message: &[u8]) -> Result<Signature, Box<dyn Error + Send + Sync>> {
//!         // r ‖ s, 64 bytes (RFC 7518 §3.4), from wherever the key is
//! #       let bytes = self.key.sign(message)?; let reply = bytes.as_ref();
//!         Ok(Signature::from(reply))
//!     }
//! }
//!
//! # let held = SigningKey::generate(Algorithm::Es256)?;
//! # let public = held.verifying_key();
//! # let agent = Agent { key: held };
//! let key = SigningKey::from_signer(agent, public.clone())?;
//! let issuer = Issuer::builder(key).lifetime(std::time::Duration::from_secs(60)).build()?;
//! let token = issuer.issue(&Claims::empty().subject("42"))?;
//! assert!(Verifier::builder(public).build()?.verify::<()>(&token).is_ok());
//! # Ok::<(), jotem::Error>(())
//! ```

#[cfg(feature = "aws-lc")]
pub(crate) mod aws_lc;
#[cfg(feature = "ed448")]
pub(crate) mod ed448;
pub(crate) mod hmac;
mod signature;

use std::error::Error;
use std::fmt::Debug;
use std::sync::Arc;

pub use signature::Signature;

use crate::jwa::Algorithm;

/// Signs messages with one private key or shared secret, and one algorithm.
pub trait Sign: Debug + Send + Sync {
    /// Returns the algorithm: it is written into the header.
    fn algorithm(&self) -> Algorithm;

    /// Signs `message` and returns the signature in the form that RFC 7518 §3 gives it; for ECDSA
    /// that is r and s side by side, not DER.
    ///
    /// # Errors
    /// Whatever kept the signer from signing; it becomes the source of an
    /// [`ErrorKind::Signing`](crate::ErrorKind::Signing).
    fn sign(&self, message: &[u8]) -> Result<Signature, Box<dyn Error + Send + Sync>>;

    /// Returns how many bytes of `prefix` it has dealt with, and a signer that is given what follows
    /// them of messages that begin so. `None`, the default, if that would spare nothing.
    ///
    /// The tokens of an issuer begin alike, and an HMAC goes over a message block by block.
    fn begin(&self, prefix: &[u8]) -> Option<(usize, Arc<dyn Sign>)> {
        let _ = prefix;
        None
    }
}

/// Verifies signatures under one public key or shared secret, and one algorithm.
pub trait Verify: Debug + Send + Sync {
    /// Returns the algorithm.
    fn algorithm(&self) -> Algorithm;

    /// Returns how many bytes a signature has: all others are refused before [`Self::verify`] is
    /// called. Needed for RSA, where it is the length of the modulus.
    fn signature_bytes(&self) -> Option<usize> {
        self.algorithm().signature_bytes()
    }

    /// Checks that `signature` is one of `message`.
    ///
    /// # Errors
    /// [`VerifyError::Mismatch`] if it is not; anything else if that could not be found out.
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), VerifyError>;
}

/// Why a signature did not verify. Whatever the variant, the token is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// It is not a signature of this message under this key.
    #[error("the signature does not hold")]
    Mismatch,
    /// It is one under what the secret is base64 of.
    #[error("the signature holds under the decoded secret")]
    SecretNotDecoded,
    /// The key could not be asked.
    #[error("the key is not available")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}
