//! Records, refresh tokens, and the decision about them.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops where it fails"
)]

mod decision;
mod errors;
mod record;
mod refresh_token;
