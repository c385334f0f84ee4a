//! Chapter 6: algorithms: which one to choose.
//!
//! **Take ES256 or EdDSA, unless somebody else decides.** One program signs, everybody may verify,
//! keys and signatures are short, and a verifier that is broken into cannot sign.
//!
//! | `alg` | key | signature | choose it when |
//! |---|---|--:|---|
//! | `ES256` | EC, P-256 | 64 bytes | it must work everywhere: every library, HSM and cloud has it |
//! | `EdDSA`, `Ed25519` | OKP, Ed25519 | 64 | both sides are yours: signs and verifies faster than ES256 |
//! | `RS256` | RSA, 2048 bits and more | 256 | an identity provider decided so; verifies fastest, signs slowest |
//! | `PS256` | RSA | 256 | RSA is required, and so is PSS |
//! | `HS256` | a shared secret of 32 bytes | 32 | issuer and verifier are one program |
//! | `ES384`, `ES512`, `RS384` … `PS512`, `HS384`, `HS512` | | | a rule book asks for them |
//! | `ES256K` | EC, secp256k1 | 64 | the other side lives on a blockchain |
//! | `ML-DSA-44`, `-65`, `-87` | AKP | 2,420, 3,309, 4,627 | it must hold against quantum computers, and both sides have RFC 9964 |
//! | `Ed448` | OKP, Ed448; feature `ed448` | 114 | a rule book asks for it |
//!
//! With HMAC, whoever can verify can sign. As soon as two parties share the secret, neither can prove
//! who wrote a token. The secret is random and as long as the hash, never a password: one token is
//! enough to guess a short one, on a laptop.
//!
//! ```
//! use jotem::{Algorithm, SigningKey};
//!
//! let secret = SigningKey::generate(Algorithm::Hs256)?;
//! assert_eq!(secret.to_jwk()?.bits(), 256);
//!
//! let error = SigningKey::from_secret("a password", Algorithm::Hs256).unwrap_err();
//! assert_eq!(error.to_string(), "the secret has 10 bytes; HS256 needs at least 32 (RFC 7518 §3.2)");
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! # Two names of one operation
//!
//! `EdDSA` is the older name, `Ed25519` the one that says which curve (RFC 9864). A key verifies both
//! and writes the name it was made with. A verifier that takes the new name only says so:
//!
//! ```
//! use jotem::{Algorithm, SigningKey, Verifier};
//!
//! let key = SigningKey::generate(Algorithm::EdDsa)?;
//! let token = jotem::encode(&serde_json::json!({"exp": 4_102_444_800_u64}), &key)?;
//!
//! let both = Verifier::builder(key.verifying_key()).build()?;
//! assert_eq!(both.algorithms(), [Algorithm::EdDsa, Algorithm::Ed25519]);
//! assert!(both.verify::<()>(&token).is_ok());
//!
//! let new = Verifier::builder(key.verifying_key()).algorithms([Algorithm::Ed25519]).build()?;
//! assert_eq!(new.verify::<()>(&token).unwrap_err().code().as_str(), "jws_alg_not_allowed");
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! # Changing the algorithm
//!
//! It is a change of keys: publish a key of the new algorithm beside the old one, as in
//! [`keys`](super::keys#replacing-a-key-by-hand). A verifier takes both until the old one is gone.
//! From HMAC to a key pair there is no set that holds both, because secrets and public keys do not mix:
//! run two verifiers for the time of the change, chosen by the algorithm that the header names.
//!
//! ```
//! use jotem::{Algorithm, Error, SigningKey, Verified, Verifier};
//!
//! fn verify(token: &str, old: &Verifier, new: &Verifier) -> Result<Verified, Error> {
//!     // The header is the sender's: it chooses between two verifiers, each with its own keys.
//!     let header = jotem::unverified_header(token)?;
//!     match header.as_untrusted().algorithm() {
//!         Some("HS256") => old.verify(token),
//!         _ => new.verify(token),
//!     }
//! }
//! # let (a, b) = (SigningKey::generate(Algorithm::Hs256)?, SigningKey::generate(Algorithm::Es256)?);
//! # let of = |key: &SigningKey| Verifier::builder(key.verifying_key()).build();
//! # let claims = serde_json::json!({"exp": 4_102_444_800_u64});
//! # for key in [&a, &b] { verify(&jotem::encode(&claims, key)?, &of(&a)?, &of(&b)?)?; }
//! # Ok::<(), Error>(())
//! ```
//!
//! # What there is not
//!
//! `none` is neither written nor verified. Encryption (JWE) is not here: a token with five segments is
//! refused as `jws_encrypted`.
//!
//! Before: [`time`](super::time). Next: [`testing`](super::testing).
