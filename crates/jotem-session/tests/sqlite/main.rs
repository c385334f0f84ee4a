//! Sessions in a file: the checks of every store, races of processes, crashes, files that are none.

#![cfg(feature = "sqlite")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stderr,
    reason = "a test stops where it fails"
)]

#[cfg(feature = "conformance")]
mod conformance;
mod cut;
mod damaged;
#[cfg(unix)]
#[allow(dead_code, reason = "no server is started on it here")]
#[path = "../disk/mod.rs"]
mod disk;
#[path = "../dump/mod.rs"]
mod dump;
mod dumped;
mod feed;
#[cfg(unix)]
mod full;
mod killed;
mod limited;
#[path = "../processes/mod.rs"]
mod processes;
mod purged;
mod races;
mod refused;
mod session;
mod size;
