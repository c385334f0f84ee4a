//! Chapter 8: payloads that are no claims: other bytes, detached, unencoded.
//!
//! A JWT is a JWS (RFC 7515) whose payload is a claims set. [`jws`] signs and verifies any bytes: a
//! webhook's body, a file, a document. It knows no claims, so **nothing expires and nothing is for
//! anybody**: what binds the content to a time and a receiver is the application's to check.
//!
//! ```
//! use jotem::{Algorithm, SigningKey, jws};
//!
//! let key = SigningKey::generate(Algorithm::EdDsa)?;
//! let message = jws::sign(b"pay 10", &key)?;
//!
//! let verified = jws::verify(&message, key.verifying_key(), &jws::Options::new())?;
//! assert_eq!(verified.payload(), b"pay 10");
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! # Detached
//!
//! Where the content travels on its own, as the body of a request, the signature goes into a header:
//! a JWS whose middle segment is empty (RFC 7515 appendix F).
//!
//! ```
//! use jotem::{Algorithm, SigningKey, jws};
//!
//! let key = SigningKey::generate(Algorithm::Es256)?;
//! let body = br#"{"event":"paid","amount":10}"#;
//! let signature = jws::Signer::new(&key).detached().sign(body)?;
//! assert!(signature.contains(".."));
//!
//! let options = jws::Options::new().detached(body);
//! assert!(jws::verify(&signature, key.verifying_key(), &options).is_ok());
//!
//! let options = jws::Options::new().detached(br#"{"event":"paid","amount":99}"#);
//! let error = jws::verify(&signature, key.verifying_key(), &options).unwrap_err();
//! assert_eq!(error.code().as_str(), "jws_signature_mismatch");
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! # Unencoded
//!
//! RFC 7797 signs the content as it is instead of its base64url, which saves a copy where it is long.
//! The header says so with `b64`, and makes it critical, so that nobody reads it otherwise.
//!
//! ```
//! use jotem::{Algorithm, SigningKey, jws};
//!
//! let key = SigningKey::generate(Algorithm::Es256)?;
//! let body = "any bytes at all, dots too. ".repeat(100);
//! let signature = jws::Signer::new(&key).unencoded().sign(body.as_bytes())?;
//!
//! let options = jws::Options::new().unencoded(body.as_bytes());
//! let verified = jws::verify(&signature, key.verifying_key(), &options)?;
//! assert_eq!(verified.header().critical_names(), ["b64"]);
//!
//! // Who expects an encoded payload is not handed an unencoded one.
//! let options = jws::Options::new().detached(body.as_bytes());
//! let error = jws::verify(&signature, key.verifying_key(), &options).unwrap_err();
//! assert_eq!(error.code().as_str(), "jws_unencoded_payload");
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! A JWT is never unencoded (RFC 7797 §7): a [`Verifier`](crate::Verifier) refuses it.
//!
//! # Long content
//!
//! A compact JWS is limited to 16 KiB like a token; raise it for this one use with
//! [`Options::limits`](crate::jws::Options::limits). A detached payload does not count.
//!
//! Before: [`algorithms`](super::algorithms). Next: [`hardware`](super::hardware).
//!
//! [`jws`]: crate::jws
