//! Alarms that are posted, to a server on this machine.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::arithmetic_side_effects,
    reason = "a test stops where it fails"
)]

mod posted;
mod receiver;
mod secrets;
