//! The attack catalogue (`vectors/attacks.json`) as tests: the classes of rings and of remote sets,
//! each under its id. A test's name begins with the id.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it is surprised"
)]

#[cfg(feature = "ring")]
mod ring;
