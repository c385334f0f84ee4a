//! The manual: how to use the crate, chapter by chapter. Every sample is compiled and run with the
//! crate's tests.
//!
//! | | chapter | answers |
//! |--:|---|---|
//! | 1 | [`first_token`] | what do I write first? |
//! | 2 | [`keys`] | where does a key come from, what form has it, how is it replaced? |
//! | 3 | [`verifying`] | what happens to a token, and what should I expect of it? |
//! | 4 | [`refusals`] | what do I do with an error, and what does the client get to know? |
//! | 5 | [`time`] | how long does a token live, and by whose clock? |
//! | 6 | [`algorithms`] | which one do I choose? |
//! | 7 | [`testing`] | how do I test a program that takes tokens? |
//! | 8 | [`payloads`] | what if it is no JWT: other bytes, detached, unencoded? |
//! | 9 | [`hardware`] | what if the private key is in an HSM or a KMS? |
//! | 10 | [`cache`] | how does a token that comes often cost less? |
//! | 11 | [`lint`] | what is weak in a token or a key that works? |
//! | 12 | [`batches`] | how are many tokens verified or issued at once? |
//! | | [`defaults`] | reference: what a verifier does when nothing is said |
//! | | [`attacks`] | reference: which rule stops which attack |
//!
//! Chapters 1 to 4 are what most programs need. Programs that come from jsonwebtoken have a page of
//! their own, `docs/migrations/from-jsonwebtoken.md`; whole programs are in `examples/rust`.

pub mod algorithms;
pub mod attacks;
pub mod batches;
pub mod cache;
pub mod defaults;
pub mod first_token;
pub mod hardware;
pub mod keys;
pub mod lint;
pub mod payloads;
pub mod refusals;
#[cfg(feature = "testing")]
pub mod testing;
pub mod time;
pub mod verifying;
