//! Chapter 3: verifying: the eight steps, and what to expect of a token.
//!
//! # The eight steps
//!
//! A verifier goes through them in this order, and stops at the first that fails. No step reads what
//! an earlier one has not checked; in particular, nobody reads the claims before the signature holds.
//!
//! | | step | what is checked | refused with |
//! |--:|---|---|---|
//! | 1 | size | at most 16 KiB | `token_too_large` |
//! | 2 | shape | three segments of base64url, nothing around them | `jws_segment_count`, `token_bearer_prefix`, … |
//! | 3 | header | strict JSON, parameters of their type, `crit` understood | `json_*`, `jws_crit_*`, … |
//! | 4 | algorithm | known, and one of the verifier's | `jws_alg_*` |
//! | 5 | key | of that algorithm and `kid`, and only one | `jws_key_*` |
//! | 6 | signature | its length, then the primitive | `jws_signature_*` |
//! | 7 | payload | strict JSON, an object, of your type | `json_*`, `jwt_claims_shape` |
//! | 8 | claims | their types, time, and what was expected | `jwt_*` |
//!
//! [`Verifier::explain`] goes through the same steps and tells how each went. It is for people, and
//! for the log of refusals:
//!
//! ```
//! use jotem::jwt::{Step, Verdict};
//! use jotem::{Algorithm, SigningKey, Verifier};
//!
//! let key = SigningKey::generate(Algorithm::Es256)?;
//! let other = SigningKey::generate(Algorithm::Es256)?;
//! let token = jotem::encode(&serde_json::json!({"exp": 4_102_444_800_u64}), &other)?;
//!
//! let explanation = Verifier::builder(key.verifying_key()).build()?.explain(&token);
//! let failed = explanation.steps().iter().find(|report| report.verdict() == Verdict::Failed);
//! assert_eq!(failed.map(|report| report.step()), Some(Step::Signature));
//! println!("{explanation}");
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! # What to expect
//!
//! Tell the verifier who issues its tokens, and who it is itself:
//!
//! ```
//! use jotem::{Algorithm, SigningKey, Verifier};
//! # let key = SigningKey::generate(Algorithm::Es256)?;
//!
//! let verifier = Verifier::builder(key.verifying_key())
//!     .issuer("https://auth.example")     // `iss` is this, letter by letter
//!     .audience("https://api.example")    // `aud` is this, or has it
//!     .token_type("at+jwt")               // `typ` says: an access token (RFC 9068)
//!     .require("client_id")               // there, and not empty
//!     .build()?;
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! **An expectation makes its claim required**: a token without `iss` does not pass a verifier that
//! expects an issuer. Three things surprise at first, and are meant:
//!
//! - **`exp` is required.** A token without it is valid for ever. Where that is meant,
//!   [`expiry_optional`] says so.
//! - **`aud` that nobody asked about is refused** (`jwt_audience_unexpected`): the token was meant for
//!   somebody, and the verifier does not know whether it is meant. Name yourself with [`audience`], or
//!   say [`any_audience`].
//! - **Text compares whole.** `https://auth.example` and `https://auth.example/` are two issuers.
//!
//! ```
//! use jotem::{Algorithm, SigningKey, Verifier};
//!
//! let key = SigningKey::generate(Algorithm::Es256)?;
//! let claims = serde_json::json!({"aud": "https://api.example", "exp": 4_102_444_800_u64});
//! let token = jotem::encode(&claims, &key)?;
//!
//! let verifier = Verifier::builder(key.verifying_key()).build()?;
//! let error = verifier.verify::<()>(&token).unwrap_err();
//! assert_eq!(error.code().as_str(), "jwt_audience_unexpected");
//!
//! let verifier = Verifier::builder(key.verifying_key())
//!     .audience("https://api.example")
//!     .issuer("https://auth.example")
//!     .build()?;
//! let error = verifier.verify::<()>(&token).unwrap_err();
//! assert_eq!(error.to_string(), "the claim iss is missing");
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! Rules of your own are plain code on a [`Verified`]: the role, the tenant, a list of revoked `jti`.
//! Everything that is checked when nothing is said, with the reason, is in
//! [`defaults`](super::defaults).
//!
//! # Kinds of tokens
//!
//! Two kinds of tokens under one key must not be taken for each other: a link that confirms an e-mail
//! address is not a session. Give each a type or an audience of its own, and let each verifier expect
//! its own (RFC 8725 §3.11):
//!
//! ```
//! use std::time::Duration;
//! use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
//!
//! let key = SigningKey::generate(Algorithm::Es256)?;
//! let links = Issuer::builder(key.clone())
//!     .token_type("confirm+jwt")
//!     .lifetime(Duration::from_secs(3600))
//!     .build()?;
//! let sessions = Verifier::builder(key.verifying_key()).token_type("at+jwt").build()?;
//!
//! let link = links.issue(&Claims::empty().subject("42"))?;
//! assert_eq!(sessions.verify::<()>(&link).unwrap_err().code().as_str(), "jwt_type_mismatch");
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! # Looking without verifying
//!
//! To find the key of a token, or to log where it came from, [`unverified_header`] and
//! [`unverified_claims`] read it. What they return is [`Unverified`]: whoever sent the token chose it,
//! and nothing may be decided by it.
//!
//! Before: [`keys`](super::keys). Next: [`refusals`](super::refusals).
//!
//! [`Verifier::explain`]: crate::Verifier::explain
//! [`Verified`]: crate::Verified
//! [`Unverified`]: crate::Unverified
//! [`unverified_header`]: crate::unverified_header
//! [`unverified_claims`]: crate::unverified_claims
//! [`audience`]: crate::Validation::audience
//! [`any_audience`]: crate::Validation::any_audience
//! [`expiry_optional`]: crate::Validation::expiry_optional
