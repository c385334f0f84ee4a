//! Sessions in Redis and Valkey: on servers of our own.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "what goes wrong in a test ends it"
)]

mod cluster;
mod conformance;
mod crash;
#[path = "../dump/mod.rs"]
mod dump;
mod dumped;
mod failover;
mod full;
#[path = "../log_lines/mod.rs"]
mod log_lines;
mod logged;
mod opening;
#[path = "../outage/mod.rs"]
mod outage;
mod outages;
#[path = "../processes/mod.rs"]
mod processes;
mod proxy;
mod races;
mod replay;
mod samples;
mod server;
mod sessions;
mod size;
mod tls;
