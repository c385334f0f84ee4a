//! The cache of verified tokens: a token that comes again costs no cryptography.
//!
//! A client sends the same bearer token hundreds of times, and of an ES256 verification the
//! signature is 95 %. With [`cache`](crate::jwt::VerifierBuilder::cache) a verifier remembers
//! the signatures that held. It is off unless asked for.
//!
#![cfg_attr(feature = "aws-lc", doc = "```")]
#![cfg_attr(not(feature = "aws-lc"), doc = "```ignore")]
//! # use std::time::Duration;
//! use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Profile {
//!     role: String,
//! }
//!
//! # let key = SigningKey::generate(Algorithm::Es256)?;
//! # let issuer = Issuer::builder(key.clone()).lifetime(Duration::from_secs(900)).build()?;
//! # let token = issuer.issue(&Claims::new(Profile { role: "admin".into() }).audience("api"))?;
//! let verifier = Verifier::builder(key.verifying_key())
//!     .audience("api")
//!     .cache(4 << 20)                                     // bytes: 1,000 live tokens
//!     .build()?;
//!
//! for _request in 0..3 {
//!     let verified = verifier.verify_shared::<Profile>(&token)?;   // an Arc
//!     assert_eq!(verified.custom().role, "admin");
//! }
//!
//! let state = verifier.cache_state().expect("it has one");
//! assert_eq!((state.entries(), state.misses(), state.hits()), (1, 1, 2));
//! # Ok::<(), jotem::Error>(())
//! ```
//!
//! # What is remembered
//!
//! Of a token that was accepted: all of its text, the key under which its signature held, its
//! header, its payload, and, if it was asked for by [`verify_shared`](crate::Verifier::verify_shared),
//! its claims in the application's type. The next call must bring the same text, byte for byte, and the
//! verifier must still have the same key for it; then the signature is not checked again.
//!
//! | call | on a hit it costs |
//! |---|---|
//! | [`verify_shared`](crate::Verifier::verify_shared) | neither signature nor reading: an `Arc` of what was read before |
//! | [`verify`](crate::Verifier::verify) | no signature; the values of the payload are read again, into a type of the caller's own; with `()`, nothing |
//!
//! Where the claims type can be cloned, a clone of the shared one costs less than reading it again:
//! `verifier.verify_shared::<Profile>(&token)?.custom().clone()`.
//!
//! The claims of one token are shared in the type that asked first. Another type is served as well,
//! by reading the payload each time.
//!
//! Nothing is remembered of a token that was refused, of one under a shared secret (a MAC takes no
//! longer than a look-up), and of one under a key that lives elsewhere
//! ([`VerifyingKey::from_verifier`](crate::VerifyingKey::from_verifier)): its owner may have
//! disabled it since. [`explain`](crate::Verifier::explain) neither asks the cache nor adds to it.
//!
//! # What is decided anew
//!
//! Everything else, at every call: size, critical parameters, the allow-list, which key it
//! must be, `exp`, `nbf`, `iat`, and every expectation. A key that a
//! [`KeyResolver`](crate::jws::KeyResolver) no longer returns is refused at the very next call.
//! A hit is no verdict: a remembered token that has expired is refused like any other.
//!
//! # How much room
//!
//! An entry takes the token, its payload and about 500 bytes, and its header, if it is none of the first
//! few that the verifier saw; with shared claims also 300 bytes, twice the payload and the size of the
//! type. What the type owns is taken to be as much as the payload: a `serde_json::Value` takes several
//! times that. The usual token comes to about 0.9 KiB, with shared claims 1.5. The table is made of sets of 16 KiB, each with room for sixteen tokens and filled
//! by chance, so **2 KiB for each token in use at one time, 4 KiB with shared claims,** loses next to
//! none. A token that does not fit in a set is not remembered.
//!
//! When a set is full, those of its tokens go that have expired. If that makes no room, one newcomer in
//! four gets in, for one that was not used lately, so that tokens which come in turn and are too many do
//! not push each other out. Text and payload are overwritten when they go; where a caller still
//! holds claims that [`verify`](crate::Verifier::verify) returned on a hit, when he lets go of them. Shared
//! claims that a caller holds are his. Who has no key can put nothing in, and so can push nothing out.
//!
//! Reading takes no lock, and threads do not wait for each other. Clones of a verifier share its
//! cache; two verifiers never do. [`clear_cache`](crate::Verifier::clear_cache) empties it.
