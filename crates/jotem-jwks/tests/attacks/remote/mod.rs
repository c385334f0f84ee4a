//! Attacks on the way to an issuer's keys, on what comes back, and by the tokens that cause it.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test may stop where it is surprised"
)]

mod addresses;
mod answers;
#[path = "../../server/issuer.rs"]
mod issuer;
mod requests;
#[path = "../../server/mod.rs"]
mod server;
mod tokens;
mod urls;
