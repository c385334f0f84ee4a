//! Remote key sets beside a real server: what is fetched when, who waits for what, and what is told.

#![cfg(feature = "remote")]
#![expect(clippy::unwrap_used, reason = "a test may stop where it is surprised")]

mod ages;
mod discovering;
mod errors;
#[path = "../server/issuer.rs"]
mod issuer;
#[path = "../server/mod.rs"]
mod server;
#[cfg(unix)]
mod thread;
mod waiting;
