//! Chapter 7: testing a program that takes tokens.
//!
//! [`testing`] has what such tests need: a clock that stands still, an issuer of good tokens, and
//! tokens that are wrong in exactly one way. It is a feature, off by default; turn it on for tests
//! only:
//!
//! ```toml
//! [dev-dependencies]
//! jotem = { version = "0.1", features = ["testing"] }
//! ```
//!
//! # Let the program take its verifier
//!
//! What decides about tokens is a value. A program that is given its [`Verifier`] can be given
//! another in tests; it needs no switch that turns verification off.
//!
//! ```
//! use jotem::testing::TestIssuer;
//! use jotem::{Error, Verifier};
//!
//! struct App {
//!     verifier: Verifier,
//! }
//!
//! impl App {
//!     fn whoami(&self, token: &str) -> Result<String, Error> {
//!         let verified = self.verifier.verify::<()>(token)?;
//!         Ok(verified.claims().subject().unwrap_or("nobody").to_owned())
//!     }
//! }
//!
//! let issuer = TestIssuer::new()?;
//! let app = App { verifier: issuer.verifier()? };
//! assert_eq!(app.whoami(&issuer.token(&())?)?, "42");
//! # Ok::<(), Error>(())
//! ```
//!
//! # Send it every forgery
//!
//! ```
//! # use jotem::Error;
//! use jotem::testing::{Forgery, TestIssuer};
//!
//! # struct App { verifier: jotem::Verifier }
//! # impl App {
//! #     fn whoami(&self, token: &str) -> Result<(), Error> { self.verifier.verify(token).map(drop::<jotem::Verified>) }
//! # }
//! let issuer = TestIssuer::new()?;
//! let app = App { verifier: issuer.verifier()? };
//! for forgery in Forgery::ALL {
//!     let error = app.whoami(&issuer.forge(forgery)?).unwrap_err();
//!     assert_eq!(error.code(), forgery.code(), "{forgery:?}");
//! }
//! # Ok::<(), Error>(())
//! ```
//!
//! This checks the program's own verifier best: build it as the program does, with
//! [`TestIssuer::verifying_key`] in place of the real key, and with the issuer and audience of the
//! test issuer's tokens. A forgotten `.audience(..)` shows as a forgery that is accepted.
//!
//! # Move the clock
//!
//! Nothing sleeps:
//!
//! ```
//! use std::time::Duration;
//! use jotem::testing::TestIssuer;
//!
//! let issuer = TestIssuer::new()?;
//! let (verifier, token) = (issuer.verifier()?, issuer.token(&())?);
//! assert!(verifier.verify::<()>(&token).is_ok());
//!
//! issuer.clock().advance(Duration::from_secs(3600));
//! assert_eq!(verifier.verify::<()>(&token).unwrap_err().code().as_str(), "jwt_expired");
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! Before: [`algorithms`](super::algorithms). Next: [`payloads`](super::payloads).
//!
//! [`testing`]: crate::testing
//! [`TestIssuer::verifying_key`]: crate::testing::TestIssuer::verifying_key
//! [`Verifier`]: crate::Verifier
