//! JSON Web Signatures (RFC 7515) in all three serializations, with detached and unencoded payloads
//! (RFC 7515 appendix F, RFC 7797).
//!
//! A JWT is a JWS whose payload is a claims set: for those use [`Issuer`](crate::Issuer) and
//! [`Verifier`](crate::Verifier). This module is for everything else that is signed.
//!
//! # Which serialization
//!
//! | serialization | what it is | sign | verify |
//! |---|---|---|---|
//! | compact | three segments between dots, for headers and URLs | [`sign`], [`Signer::sign`] | [`verify`] |
//! | flattened JSON | an object with one signature | [`flattened::sign`], [`Signer::sign_flattened`] | [`flattened::verify`] |
//! | general JSON | an object with a list of signatures | [`general::sign`] | [`general::verify_any`], [`general::verify_all`] |
//!
//! Take the compact one unless several must sign. No call reads two of them, so nobody can have a
//! text read otherwise than its reader meant. A JWT is always compact (RFC 7519 §3): a
//! [`Verifier`](crate::Verifier) refuses JSON as
//! [`JsonSerialization`](crate::Rejection::JsonSerialization).
//!
//! # Compact
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
//!
//! # Several signatures
//!
//! "It verifies" says little of a document that several people signed. The caller says who must
//! have, and gets exactly those signatures, each with the key under which it holds:
//! ```
//! use jotem::{Algorithm, SigningKey, jws};
//!
//! let bank = SigningKey::generate(Algorithm::Es256)?.with_key_id("bank");
//! let broker = SigningKey::generate(Algorithm::EdDsa)?.with_key_id("broker");
//! let order = jws::general::sign(
//!     b"pay 10",
//!     &[jws::Signer::new(&bank), jws::Signer::new(&broker)],
//! )?;
//!
//! // Any of those I know: here only the bank. The broker's header is not in the result.
//! let options = jws::Options::new();
//! let verified = jws::general::verify_any(&order, bank.verifying_key(), &options)?;
//! let signers: Vec<_> = verified.signatures().iter().map(|one| one.key().key_id()).collect();
//! assert_eq!(signers, [Some("bank")]);
//!
//! // All of these, in whatever order they stand.
//! let both = [broker.verifying_key(), bank.verifying_key()];
//! let verified = jws::general::verify_all(&order, both, &options)?;
//! assert_eq!(verified.payload(), b"pay 10");
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! # How JSON is read
//!
//! As strictly as a header: each member once at every level, bounded depth, nothing after the end;
//! at most [`Limits::signatures`](crate::Limits::signatures) signatures. Members that RFC 7515 does
//! not know are ignored, as §7.2 asks. What breaks an RFC refuses the whole document, whichever
//! signature it is in. What is sound but not acceptable here (another algorithm, an unknown key, an
//! extension that nobody understands) leaves that signature out, and the others count.
//!
//! The unprotected header is not signed, so it decides nothing and is never returned:
//!
//! | parameter in the unprotected header | what becomes of it |
//! |---|---|
//! | `kid` | says which key to try; the signature must hold under that key, and [`Signature::key`](general::Signature::key) says which it was |
//! | `alg` | RFC 7515 allows it; here the signature does not count |
//! | `crit`, `b64` | the document is refused (RFC 7515 §4.1.11, RFC 7797 §3) |
//! | `enc`, `zip`, `epk` and others of encryption | the document is refused |
//! | one that is protected too | the document is refused (RFC 7515 §7.2.1) |
//! | any other | must have its RFC's type, and is ignored |

pub(crate) mod crit;
mod document;
mod entry;
pub(crate) mod fit;
pub mod flattened;
pub mod general;
pub(crate) mod header;
pub(crate) mod header_cache;
mod key_index;
pub(crate) mod keys;
mod payload;
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
