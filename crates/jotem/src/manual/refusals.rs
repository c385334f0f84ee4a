//! Chapter 4: refusals: what to do with an error, and what the client gets to know.
//!
//! Every call returns [`Error`], one word wide. It has
//!
//! - a message with the facts, for the log: `token expired 100 s ago: exp is …`;
//! - [`code`], stable, for programs and for searching: `jwt_expired`; `docs/errors.md` has a section
//!   for each;
//! - [`hint`], for the developer: what to do;
//! - [`public`], for the wire: what a client may be told (RFC 6750 §3.1);
//! - [`kind`], for `match`: who is to blame.
//!
//! Messages show at most 64 escaped characters of what a sender wrote, and never a token, a key or
//! what a signature should have been: they can be logged as they are.
//!
//! # Who is to blame
//!
//! ```
//! use jotem::{Error, ErrorKind};
//!
//! fn status(error: &Error) -> u16 {
//!     match error.kind() {
//!         ErrorKind::Rejected(_) if error.public().error == "server_error" => 503, // no keys at hand
//!         ErrorKind::Rejected(_) => 401,          // the token: whoever sent it
//!         ErrorKind::Key(_) => 500,               // a key: whoever configured the program
//!         ErrorKind::Misuse(_) => 500,            // a call: whoever wrote the program
//!         ErrorKind::Signing(_) => 503,           // a signer elsewhere: an HSM, a KMS
//!         _ => 500,
//!     }
//! }
//! # let key = jotem::SigningKey::generate(jotem::Algorithm::Es256)?;
//! # let verifier = jotem::Verifier::builder(key.verifying_key()).build()?;
//! # assert_eq!(status(&verifier.verify::<()>("x").unwrap_err()), 401);
//! # assert_eq!(status(&jotem::SigningKey::from_pem("x", jotem::Algorithm::Es256).unwrap_err()), 500);
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! Build issuers and verifiers when the program starts: then keys and misuse show there, and while it
//! runs only refusals are left.
//!
//! # What the client is told
//!
//! A refused token is `401`, with a challenge (RFC 6750 §3). [`public`] has a short list of fixed
//! texts; every reason that depends on a key or on a secret says the same.
//!
//! ```
//! # use jotem::{Algorithm, SigningKey, Verifier};
//! # let key = SigningKey::generate(Algorithm::Es256)?;
//! # let verifier = Verifier::builder(key.verifying_key()).build()?;
//! let error = verifier.verify::<()>("eyJhbGciOiJub25lIn0.e30.").unwrap_err();
//!
//! let public = error.public();
//! let challenge = format!(
//!     "Bearer error=\"{}\", error_description=\"{}\"",
//!     public.error, public.description,
//! );
//! assert_eq!(
//!     challenge,
//!     "Bearer error=\"invalid_token\", error_description=\"the token is invalid\"",
//! );
//!
//! // The log knows more than the client.
//! let line = format!("{}: {error}", error.code());
//! assert_eq!(line, "jws_alg_none: the token is unsecured: alg is `none`");
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! A request without any token gets the challenge `Bearer` alone (RFC 6750 §3.1). A good token that
//! does not allow what was asked is `403 insufficient_scope`: that is the application's to say.
//!
//! # Reasons that a program acts upon
//!
//! Three or four of them; all others are answered alike. Match the variant, or compare the code:
//!
//! ```
//! use jotem::error::Code;
//! use jotem::{Error, Rejection};
//!
//! enum Next {
//!     Refresh,
//!     LoadKeysAgain,
//!     TryLater,
//!     Refuse,
//! }
//!
//! fn next(error: &Error) -> Next {
//!     match error.rejection() {
//!         Some(Rejection::Expired { .. }) => Next::Refresh,
//!         Some(Rejection::KeyNotFound { .. }) => Next::LoadKeysAgain,   // at most once a minute
//!         Some(Rejection::KeysUnavailable { .. }) => Next::TryLater,
//!         _ => Next::Refuse,
//!     }
//! }
//!
//! fn expired(error: &Error) -> bool {
//!     error.code() == Code::Expired               // or .as_str() == "jwt_expired"
//! }
//! # let key = jotem::SigningKey::generate(jotem::Algorithm::Es256)?;
//! # let token = jotem::encode(&serde_json::json!({"exp": 1}), &key)?;
//! # let error = jotem::Verifier::builder(key.verifying_key()).build()?.verify::<()>(&token).unwrap_err();
//! # assert!(expired(&error) && matches!(next(&error), Next::Refresh));
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! # Why was this one refused?
//!
//! At a desk: `jotem explain TOKEN --key public.pem`. In a program: [`Verifier::explain`]. With only
//! the token at hand: [`explain`].
//!
//! Before: [`verifying`](super::verifying). Next: [`time`](super::time).
//!
//! [`Error`]: crate::Error
//! [`code`]: crate::Error::code
//! [`hint`]: crate::Error::hint
//! [`public`]: crate::Error::public
//! [`kind`]: crate::Error::kind
//! [`explain`]: crate::explain
//! [`Verifier::explain`]: crate::Verifier::explain
