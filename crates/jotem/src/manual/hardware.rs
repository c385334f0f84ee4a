//! Chapter 9: keys in an HSM, an agent or a KMS.
//!
//! A private key that never leaves its box can still issue tokens. There are two ways, by how the box
//! is asked.
//!
//! # It answers a call: [`Sign`]
//!
//! A PKCS#11 session, a TPM, an agent behind a socket: implement [`Sign`], and give it to
//! [`SigningKey::from_signer`] with its public key. The rest of the program does not notice.
//!
//! ```
//! use std::error::Error;
//! use std::time::Duration;
//! use jotem::crypto::{Sign, Signature};
//! use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier, VerifyingKey};
//!
//! #[derive(Debug)]
//! struct Hsm {
//!     // a session, a handle of the key …
//! #   key: SigningKey,
//! }
//!
//! impl Sign for Hsm {
//!     fn algorithm(&self) -> Algorithm {
//!         Algorithm::Es256
//!     }
//!
//!     fn sign(&self, message: &[u8]) -> Result<Signature, Box<dyn Error + Send + Sync>> {
//!         // Hash and sign `message` in the box. ECDSA: r and s side by side, 64 bytes, not DER.
//! #       let signed = self.key.sign(message)?;
//! #       let bytes = signed.as_ref();
//!         Ok(Signature::from(bytes))
//!     }
//! }
//!
//! # let held = SigningKey::generate(Algorithm::Es256)?;
//! # let public_pem = held.verifying_key().to_pem()?;
//! # let hsm = Hsm { key: held };
//! let public = VerifyingKey::from_pem(&public_pem, Algorithm::Es256)?.with_key_id("hsm-1");
//! let key = SigningKey::from_signer(hsm, public.clone())?;
//! let issuer = Issuer::builder(key).lifetime(Duration::from_secs(900)).build()?;
//! let token = issuer.issue(&Claims::empty().subject("42"))?;
//! assert!(Verifier::builder(public).build()?.verify::<()>(&token).is_ok());
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! **Every signature is verified before it leaves**: a wrong key or a signature in DER is an error
//! here (`signing_failed`, with the reason as its source), not at every verifier.
//!
//! # It is asked over the network: prepare and attach
//!
//! A cloud KMS answers after a while, usually through an async client. No trait is needed: the issuer
//! writes what is to be signed, you have it signed however you like, and the token is completed.
//!
//! ```
//! use std::time::Duration;
//! use jotem::{Algorithm, Claims, Issuer, SigningKey, VerifyingKey};
//!
//! # let in_the_kms = SigningKey::generate(Algorithm::Es256)?;
//! # let public_pem = in_the_kms.verifying_key().to_pem()?;
//! # let ask_the_kms = |input: &[u8]| in_the_kms.sign(input);
//! let public = VerifyingKey::from_pem(&public_pem, Algorithm::Es256)?;
//! let issuer = Issuer::builder(SigningKey::held_elsewhere(public))
//!     .lifetime(Duration::from_secs(900))
//!     .build()?;
//!
//! let unsigned = issuer.prepare(&Claims::empty().subject("42"))?;
//! let signature = ask_the_kms(unsigned.signing_input())?;          // .await
//! let token = unsigned.attach(signature)?;
//! assert_eq!(token.split('.').count(), 3);
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! What the KMS is given is the signing input itself; one that wants a digest gets its SHA-256 (for
//! `ES256`). Most answer ECDSA in DER; `attach` refuses that by name:
//!
//! ```
//! use std::error::Error as _;
//! # use std::time::Duration;
//! # use jotem::{Algorithm, Claims, Issuer, SigningKey};
//!
//! # let public = SigningKey::generate(Algorithm::Es256)?.verifying_key();
//! # let issuer = Issuer::builder(SigningKey::held_elsewhere(public))
//! #     .lifetime(Duration::from_secs(900)).build()?;
//! # let unsigned = issuer.prepare(&Claims::empty())?;
//! let der = [0x30, 0x44, 0x02, 0x20 /* … */];
//! let error = unsigned.attach(der).unwrap_err();
//! assert_eq!(error.code().as_str(), "signing_failed");
//! let reason = error.source().map(ToString::to_string);
//! assert_eq!(
//!     reason.as_deref(),
//!     Some("the ES256 signature is in DER, not r and s side by side (RFC 7518 §3.4)"),
//! );
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! # Verifying elsewhere: [`Verify`]
//!
//! Rarely needed, since a public key may be anywhere; for an HMAC secret inside an HSM, or another
//! library's algorithms, implement [`Verify`] and make a key of it with
//! [`VerifyingKey::from_verifier`]. Its verdict is believed: it must be right.
//!
//! ```
//! use jotem::crypto::{Verify, VerifyError};
//! use jotem::{Algorithm, SigningKey, Verifier, VerifyingKey};
//!
//! #[derive(Debug)]
//! struct MacInHsm {
//! #   key: VerifyingKey,
//! }
//!
//! impl Verify for MacInHsm {
//!     fn algorithm(&self) -> Algorithm {
//!         Algorithm::Hs256
//!     }
//!
//!     fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
//!         // Whatever is not a clear yes is a no: `Mismatch`, or `Unavailable` with the reason.
//! #       self.key.verify(message, signature).map_err(|_| VerifyError::Mismatch)
//!     }
//! }
//!
//! # let secret = SigningKey::generate(Algorithm::Hs256)?;
//! # let hsm = MacInHsm { key: secret.verifying_key() };
//! let verifier = Verifier::builder(VerifyingKey::from_verifier(hsm)).build()?;
//! # let token = jotem::encode(&serde_json::json!({"exp": 4_102_444_800_u64}), &secret)?;
//! assert!(verifier.verify::<()>(&token).is_ok());
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! Before: [`payloads`](super::payloads). The rest is reference: [`defaults`](super::defaults) and
//! [`attacks`](super::attacks).
//!
//! [`Sign`]: crate::crypto::Sign
//! [`Verify`]: crate::crypto::Verify
//! [`SigningKey::from_signer`]: crate::SigningKey::from_signer
//! [`VerifyingKey::from_verifier`]: crate::VerifyingKey::from_verifier
