//! The PostgreSQL store, on servers that run here.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::print_stderr,
    reason = "a test stops where it fails"
)]

mod conformance;
mod crashes;
#[path = "../disk/mod.rs"]
mod disk;
#[path = "../dump/mod.rs"]
mod dump;
mod dumped;
mod feed;
mod full;
#[path = "../log_lines/mod.rs"]
mod log_lines;
mod logged;
#[path = "../outage/mod.rs"]
mod outage;
mod outages;
mod pooler;
#[path = "../processes/mod.rs"]
mod processes;
mod races;
mod schema;
mod server;
mod sessions;
mod tls;
mod urls;
mod weeks;
