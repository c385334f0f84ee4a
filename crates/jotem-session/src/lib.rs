//! What stands around a token that was verified: [`roles`] and what they may do; refresh tokens, and
//! when one is exchanged for the next ([`rotation`]); what was revoked ([`revocation`]); and what
//! becomes of what happens ([`event`], [`audit`]).
//!
//! ```
//! use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
//! use jotem_session::roles::Policy;
//! use std::time::Duration;
//!
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Access {
//!     roles: Vec<String>,
//! }
//!
//! let policy = Policy::from_toml("[roles.editor]\nallow = ['invoice:*']")?;
//! # let key = SigningKey::generate(Algorithm::Es256)?;
//! # let issuer = Issuer::builder(key.clone()).lifetime(Duration::from_secs(900)).build()?;
//! # let token = issuer.issue(&Claims::new(Access { roles: vec!["editor".into()] }))?;
//! # let verifier = Verifier::builder(key.verifying_key()).build()?;
//! let access = verifier.verify::<Access>(&token)?;
//! policy.granted(&access.custom().roles).require("invoice:write:17")?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod audit;
pub mod event;
#[cfg(feature = "metrics")]
pub mod metrics;
pub mod record;
pub mod refresh_token;
pub mod revocation;
pub mod roles;
pub mod rotation;
mod secrets;
pub mod store;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadMe;
