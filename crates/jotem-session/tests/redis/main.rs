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
mod failover;
mod full;
mod opening;
mod outage;
mod proxy;
mod replay;
mod samples;
mod server;
mod size;
mod tls;
