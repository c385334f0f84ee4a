//! JSON Web Signatures (RFC 7515) in the compact serialization, with detached and unencoded
//! payloads (RFC 7515 appendix F, RFC 7797).
//!
//! A JWT is a JWS whose payload is a claims set: for those use [`Issuer`](crate::Issuer) and
//! [`Verifier`](crate::Verifier). This module is for everything else that is signed.
//!
//! # Examples
//! ```
//! use jotem::{Algorithm, SigningKey, jws};
//!
//! let key = SigningKey::generate(Algorithm::EdDsa)?;
//! let token = jws::sign(b"any bytes", &key)?;
//! let verified = jws::verify(&token, key.verifying_key(), &jws::Options::new())?;
//! assert_eq!(verified.payload(), b"any bytes");
//!
//! // Detached: the payload travels apart from its signature.
//! let token = jws::Signer::new(&key).detached().sign(b"a document")?;
//! let options = jws::Options::new().detached(b"a document");
//! assert!(jws::verify(&token, key.verifying_key(), &options).is_ok());
//! # Ok::<(), jotem::Error>(())
//! ```

pub(crate) mod crit;
pub(crate) mod header;
pub(crate) mod header_cache;
pub(crate) mod keys;
pub(crate) mod selection;
pub(crate) mod shape;
mod sign;
pub(crate) mod signature;
mod verify;

pub use header::Header;
pub use keys::{KeyRequest, KeyResolver, Keys};
pub use sign::{Signer, sign};
pub use verify::{Options, Verified, verify};

pub(crate) use sign::HeaderTemplate;
