//! Chapter 1: the first token, from a key to a verdict.
//!
//! A JSON Web Token (RFC 7519) is a JSON object of *claims*, signed, in three segments of text with
//! dots between them. One program issues it, another verifies it:
//!
//! ```
//! use std::time::Duration;
//! use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
//!
//! // Where people log in.
//! let key = SigningKey::generate(Algorithm::Es256)?;
//! let issuer = Issuer::builder(key.clone())
//!     .issuer("https://auth.example")
//!     .lifetime(Duration::from_secs(900))
//!     .build()?;
//! let token = issuer.issue(&Claims::empty().subject("42").audience("api"))?;
//!
//! // Where they are served.
//! let verifier = Verifier::builder(key.verifying_key())
//!     .issuer("https://auth.example")
//!     .audience("api")
//!     .build()?;
//! let verified = verifier.verify::<()>(&token)?;
//! assert_eq!(verified.claims().subject(), Some("42"));
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! Four things, which the rest of this manual is about:
//!
//! - [`SigningKey`]: a private key or a shared secret. It knows its one algorithm, so no later call
//!   takes one. [`SigningKey::verifying_key`] is the half that verifiers get.
//! - [`Issuer`]: signs with one key. It writes `iss`, `iat` and `exp` into every token; build it
//!   once and keep it.
//! - [`Claims`]: what one token says. What is set here wins over the issuer's.
//! - [`Verifier`]: keys and expectations, checked when it is built, used for every token. Build it
//!   once and keep it; it is cheap to clone and needs no lock.
//!
//! Only a verifier makes a [`Verified`]. A function that takes one cannot be called with a token
//! that nobody checked:
//!
//! ```
//! use jotem::Verified;
//!
//! fn delete_account(token: &Verified) {
//!     let user = token.claims().subject();
//!     // …
//! }
//! ```
//!
//! # Claims of your own
//!
//! The registered claims (`iss`, `sub`, `aud`, `exp`, `nbf`, `iat`, `jti`) have methods. Yours are a
//! type with serde, given to [`Claims::new`] and named in [`Verifier::verify`]; `()` stands for none:
//!
//! ```
//! # use std::time::Duration;
//! use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Profile {
//!     role: String,
//!     #[serde(default)]
//!     scopes: Vec<String>,
//! }
//!
//! # let key = SigningKey::generate(Algorithm::Es256)?;
//! # let issuer = Issuer::builder(key.clone()).lifetime(Duration::from_secs(900)).build()?;
//! # let verifier = Verifier::builder(key.verifying_key()).build()?;
//! let profile = Profile { role: "admin".into(), scopes: vec!["read".into()] };
//! let token = issuer.issue(&Claims::new(profile).subject("42"))?;
//!
//! let verified = verifier.verify::<Profile>(&token)?;
//! assert_eq!(verified.custom().role, "admin");
//! assert_eq!(verified.claims().subject(), Some("42"));
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! A verified token is a `Verified<Profile>`, and `Verified` alone is one without claims of yours. Where
//! the type is written down anyway, as in `let v: Verified<Profile> = verifier.verify(&token)?`, the call
//! needs no type.
//!
//! The type sees every member of the payload, so a field `sub` or `exp` of your own may be read as
//! well. Where the claims are not known in advance, use `HashMap<String, serde_json::Value>` or
//! `serde_json::Value`; [`ClaimsSet::json`] is the text as it was signed.
//!
//! # One call
//!
//! Those who come from PyJWT or jsonwebtoken know [`encode`] and [`decode`]. They are there, with the
//! same rules. `encode` adds nothing, not even `exp`; without `exp`, `decode` refuses the token.
//!
//! ```
//! use jotem::{Algorithm, SigningKey, Validation};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Claims {
//!     sub: String,
//!     aud: String,
//!     exp: u64,
//! }
//!
//! let key = SigningKey::from_secret("a secret of 32 bytes, or of more", Algorithm::Hs256)?;
//! let claims = Claims { sub: "42".into(), aud: "api".into(), exp: 4_102_444_800 };
//! let token = jotem::encode(&claims, &key)?;
//!
//! let validation = Validation::new().audience("api");
//! let claims: Claims = jotem::decode(&token, &key.verifying_key(), &validation)?;
//! assert_eq!(claims.sub, "42");
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! # What a token is not
//!
//! It is signed, not secret: whoever holds it can read it. It is valid until it expires: to call it
//! back sooner, keep it short ([`time`](super::time)), or keep a list of what was revoked.
//!
//! Next: [`keys`](super::keys).
//!
//! [`SigningKey`]: crate::SigningKey
//! [`SigningKey::verifying_key`]: crate::SigningKey::verifying_key
//! [`Issuer`]: crate::Issuer
//! [`Claims`]: crate::Claims
//! [`Claims::new`]: crate::Claims::new
//! [`ClaimsSet::json`]: crate::ClaimsSet::json
//! [`Verifier`]: crate::Verifier
//! [`Verifier::verify`]: crate::Verifier::verify
//! [`Verified`]: crate::Verified
//! [`encode`]: crate::encode
//! [`decode`]: crate::decode
