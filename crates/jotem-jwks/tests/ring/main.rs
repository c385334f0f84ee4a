//! Key rings: settings, states, processes, files, what is published; and properties of them all.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test may stop where it is surprised"
)]

mod file;
mod issuer;
mod memory;
mod processes;
mod properties;
mod publication;
mod settings;
mod states;
