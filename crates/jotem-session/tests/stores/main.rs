//! Stores: what they say when they fail, whom sessions are of, and what is special about memory.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops where it fails"
)]

mod errors;
mod memory;
mod subject;
