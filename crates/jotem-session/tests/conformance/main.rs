//! What every store has to do, held to `Memory`; and that the checks can fail.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod copying;
mod memory;
mod wrong;
