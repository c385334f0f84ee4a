//! JSON Web Tokens: typed keys, a fixed verification pipeline, refusals that say why.
//!
//! ```
//! use std::time::Duration;
//! use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Profile {
//!     role: String,
//! }
//!
//! let key = SigningKey::generate(Algorithm::Es256)?;      // or from_pem, from_jwk, from_secret …
//! let issuer = Issuer::builder(key.clone())
//!     .issuer("https://auth.example")
//!     .lifetime(Duration::from_secs(900))
//!     .build()?;
//! let claims = Claims::new(Profile { role: "admin".into() }).subject("42").audience("api");
//! let token = issuer.issue(&claims)?;
//!
//! let verifier = Verifier::builder(key.verifying_key())
//!     .issuer("https://auth.example")
//!     .audience("api")
//!     .build()?;
//! let verified = verifier.verify::<Profile>(&token)?;
//! assert_eq!(verified.claims().subject(), Some("42"));
//! assert_eq!(verified.custom().role, "admin");
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! # Where to look
//!
//! | for | see |
//! |---|---|
//! | how to use it, chapter by chapter | [`manual`] |
//! | tokens | [`jwt`]: [`Issuer`], [`Verifier`], [`Claims`], [`Verified`]; [`encode`] and [`decode`] in one call |
//! | keys | [`jwk`]: [`SigningKey`], [`VerifyingKey`], [`Jwk`], [`KeySet`] |
//! | other signed content, in all three serializations | [`jws`] |
//! | why a token was refused | [`error`], and [`Verifier::explain`] |
//! | what is weak in a token or a key | [`lint`], [`manual::lint`] |
//! | keys in an HSM or a KMS | [`crypto`], [`Issuer::prepare`] |
//! | what is checked unless you say otherwise | [`manual::defaults`] |
//! | what is stopped, and by which rule | [`manual::attacks`] |
//! | what weakens a guarantee | [`dangerous`] |
//!
//! # What it promises
//!
//! - **A key knows its one algorithm.** No call takes a key and an algorithm from the token, so key
//!   confusion is a type error.
//! - **Proof in the type.** Only a verifier makes a [`Verified`]; what nobody verified is
//!   [`Unverified`], and says so.
//! - **A fixed pipeline**: size, shape, header, algorithm, key, signature, payload, claims. No step
//!   reads what an earlier one has not checked.
//! - **No panic, on any input**, and no `unsafe` code.
//!
//! # Features
//!
//! | feature | default | what |
//! |---|---|---|
//! | `aws-lc` | yes | RSA, ECDSA, EdDSA, ML-DSA and key generation by AWS-LC; needs a C compiler. Without it: parsing, explaining, HMAC, and other people's [`crypto::Verify`] |
//! | `encrypted-keys` | no | private keys under a password (PKCS#8), and private keys of OpenSSH |
//! | `ed448` | no | Ed448 keys, by a crate that is an unaudited pre-release: off everywhere unless a program asks |
//! | `testing` | no | a fixed clock, an issuer and forged tokens for the tests of applications |

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod clock;
pub mod crypto;
pub mod dangerous;
mod encoding;
pub mod error;
pub mod jwa;
pub mod jwk;
pub mod jws;
pub mod jwt;
mod limits;
pub mod lint;
pub mod manual;
mod secret;
#[cfg(feature = "testing")]
pub mod testing;

// The paved path: what most programs need, by one name.
pub use clock::{Clock, SystemClock};
pub use error::{Error, ErrorKind, KeyError, Misuse, Rejection};
pub use jwa::Algorithm;
pub use jwk::{Jwk, KeySet, SigningKey, VerifyingKey};
pub use jwt::{
    Claims, ClaimsSet, Issuer, NumericDate, Unverified, Validation, Verified, Verifier, decode,
    decode_complete, encode, explain, unverified_claims, unverified_header,
};
pub use limits::Limits;
pub use secret::Secret;

// The samples of the guides are tested with the crate, also as it is packaged: the paths are links.
#[cfg(doctest)]
mod guides {
    #[doc = include_str!("../README.md")]
    #[cfg(feature = "aws-lc")]
    mod readme {}

    #[doc = include_str!("../docs/errors.md")]
    #[cfg(feature = "aws-lc")]
    mod errors {}

    #[doc = include_str!("../docs/from-jsonwebtoken.md")]
    #[cfg(feature = "aws-lc")]
    mod from_jsonwebtoken {}
}
