//! Attacks on the way to an issuer's keys, on what comes back, and by the tokens that cause it.

mod addresses;
mod answers;
#[path = "../../server/issuer.rs"]
mod issuer;
mod members;
mod remembered;
mod requests;
#[path = "../../server/mod.rs"]
mod server;
mod tokens;
mod urls;
