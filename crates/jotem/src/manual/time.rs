//! Chapter 5: time: how long a token lives, and by whose clock.
//!
//! A date in a token is a [`NumericDate`]: seconds since 1970 (RFC 7519 §2), fractions allowed,
//! between 1970 and 9999. It converts from and to [`SystemTime`](std::time::SystemTime), and its
//! arithmetic saturates. Milliseconds, the most frequent mistake, are refused by name
//! (`jwt_date_milliseconds`).
//!
//! # Issuing
//!
//! [`lifetime`] is required: nobody issues tokens for ever by forgetting something. `iat` is the time
//! of the call, and `exp` is `iat` plus the lifetime. One token may differ:
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use std::time::Duration;
//! use jotem::testing::FixedClock;
//! use jotem::{Algorithm, Claims, Clock, Issuer, SigningKey, Verifier};
//!
//! let key = SigningKey::generate(Algorithm::Es256)?;
//! let clock = FixedClock::at(1_700_000_000);
//! let issuer = Issuer::builder(key.clone())
//!     .lifetime(Duration::from_secs(900))
//!     .clock(clock.clone())
//!     .build()?;
//!
//! let tomorrow = clock.now().saturating_add(Duration::from_secs(86_400));
//! let later = tomorrow.saturating_add(Duration::from_secs(3600));
//! let token = issuer.issue(&Claims::empty().not_before(tomorrow).expires_at(later))?;
//!
//! let verifier = Verifier::builder(key.verifying_key()).clock(clock.clone()).build()?;
//! let error = verifier.verify::<()>(&token).unwrap_err();
//! assert_eq!(error.code().as_str(), "jwt_not_yet_valid");
//! clock.advance(Duration::from_secs(86_400));
//! assert!(verifier.verify::<()>(&token).is_ok());
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! A date made of the system's time has a fraction of a second, and some libraries refuse fractions:
//! [`NumericDate::floor`](crate::NumericDate::floor) cuts it. What the issuer writes itself is whole.
//!
//! How long? As long as you can bear that a stolen one works: 5 to 15 minutes for access, with
//! something else to renew it. Tokens that never expire need [`never_expires`] where they are issued
//! and [`expiry_optional`] where they are verified.
//!
//! # Verifying
//!
//! | claim | accepted while |
//! |---|---|
//! | `exp` | now < `exp` + leeway |
//! | `nbf` | now ≥ `nbf` − leeway |
//! | `iat` | now ≥ `iat` − leeway |
//! | `iat`, with [`max_age`] | now ≤ `iat` + age + leeway |
//! | `exp` and `iat`, with [`max_lifetime`] | `exp` − `iat` ≤ lifetime |
//!
//! The leeway is there for clocks that differ: 30 seconds, at most five minutes.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use std::time::Duration;
//! use jotem::testing::FixedClock;
//! use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
//!
//! let key = SigningKey::generate(Algorithm::Es256)?;
//! let clock = FixedClock::at(1_700_000_000);
//! let token = Issuer::builder(key.clone())
//!     .lifetime(Duration::from_secs(900))
//!     .clock(clock.clone())
//!     .build()?
//!     .issue(&Claims::empty())?;
//!
//! let verifier = Verifier::builder(key.verifying_key()).clock(clock.clone()).build()?;
//! clock.advance(Duration::from_secs(900 + 29));
//! assert!(verifier.verify::<()>(&token).is_ok(), "within the leeway");
//! clock.advance(Duration::from_secs(1));
//! let error = verifier.verify::<()>(&token).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "the token expired 30 s ago: exp is 1700000900, now is 1700000930, leeway is 30 s",
//! );
//!
//! // An issuer whose tokens live too long is refused, however fresh they are.
//! let strict = Verifier::builder(key.verifying_key())
//!     .max_lifetime(Duration::from_secs(600))
//!     .clock(FixedClock::at(1_700_000_000))
//!     .build()?;
//! assert_eq!(strict.verify::<()>(&token).unwrap_err().code().as_str(), "jwt_lifetime_too_long");
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! # Another clock
//!
//! The engine asks a [`Clock`] and nothing else. Give your own to [`IssuerBuilder::clock`] and
//! [`VerifierBuilder::clock`]: in tests, in simulations, or where the time comes from elsewhere.
//!
//! Before: [`refusals`](super::refusals). Next: [`algorithms`](super::algorithms).
//!
//! [`NumericDate`]: crate::NumericDate
//! [`Clock`]: crate::Clock
//! [`lifetime`]: crate::jwt::IssuerBuilder::lifetime
//! [`never_expires`]: crate::jwt::IssuerBuilder::never_expires
//! [`expiry_optional`]: crate::Validation::expiry_optional
//! [`max_age`]: crate::Validation::max_age
//! [`max_lifetime`]: crate::Validation::max_lifetime
//! [`IssuerBuilder::clock`]: crate::jwt::IssuerBuilder::clock
//! [`VerifierBuilder::clock`]: crate::jwt::VerifierBuilder::clock
