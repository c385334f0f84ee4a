//! Sessions: access tokens for minutes, refresh tokens for weeks, and an end to both at once.
//!
//! - [`Sessions`]: login, refresh, log out, and what a program verifies with.
//! - [`store`]: where they are kept, and what a store has to do.
//! - [`roles`]: what somebody may do.
//! - [`event`]: what happens; [`audit`]: what becomes of it, and a log whose changes show.
//! - The parts that these are built on: [`refresh_token`], [`rotation`] (when a token is exchanged, and
//!   when it is theft), [`record`], [`revocation`].
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use jotem::Secret;
//! use jotem_session::roles::Policy;
//! use jotem_session::{Grant, Sessions};
//!
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Access {
//!     roles: Vec<String>,
//! }
//!
//! let policy = Policy::from_toml("[roles.editor]\nallow = ['invoice:*']")?;
//! let sessions = Sessions::builder(Secret::from(vec![7; 32]))
//!     .claims_for(|_, _| async { Ok(Access { roles: vec!["editor".to_owned()] }) })
//!     .open()
//!     .await?;
//!
//! let pair = sessions.start("ada", Grant::new()).await?;
//! let live = sessions.verify::<Access>(pair.access_token())?;
//! policy.granted(&live.custom().roles).require("invoice:write:17")?;
//! # Ok(())
//! # }
//! ```

pub mod audit;
pub mod event;
pub mod fork;
#[cfg(feature = "metrics")]
pub mod metrics;
pub mod record;
pub mod refresh_token;
pub mod revocation;
pub mod roles;
pub mod rotation;
mod secrets;
mod sessions;
pub mod store;

pub use sessions::{
    Access, ClaimsError, Confirmation, Grant, Live, Liveness, Presenter, SessionError, SessionInfo,
    SessionList, SessionVerifier, Sessions, SessionsBuilder, TokenPair, VerifyError,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadMe;
