//! The command as people run it: the real binary, in a directory of its own for each test.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test may stop where it is surprised"
)]

mod audit;
mod batch;
mod convert;
mod errors;
mod explain;
mod files;
mod help;
mod hints;
mod json;
mod key;
mod lint;
#[cfg(unix)]
mod readme;
mod redis;
mod ring;
#[cfg(unix)]
mod ring_crashes;
mod sandbox;
mod session;
mod shell;
mod sign;
mod store;
#[cfg(unix)]
mod terminal;
mod thumbprint;
mod verify;
