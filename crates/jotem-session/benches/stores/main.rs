//! Each store beside what it is built on, and what a refresh token costs that is none. `make
//! bench-session`; `cargo bench --bench stores -- redis` for one of them.
//!
//! The servers are started for it, in a temporary directory, and stopped. Rounds of a store and of what
//! is beside it are interleaved, and ratios are taken round by round: so the machine may be busy
//! otherwise.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a measurement stops where it fails"
)]

#[expect(dead_code, reason = "the tests fill one")]
#[path = "../../tests/disk/mod.rs"]
mod disk;
mod garbage;
mod load;
mod postgres;
#[expect(dead_code, reason = "the tests do more with it")]
#[path = "../../tests/postgres/server.rs"]
mod postgres_server;
mod redis;
#[expect(dead_code, reason = "the tests do more with it")]
#[path = "../../tests/redis/server.rs"]
mod redis_server;
mod sqlite;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|it| it == name);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        if is_wanted("garbage") {
            garbage::measure().await;
        }
        if is_wanted("sqlite") {
            sqlite::measure().await;
        }
        if is_wanted("redis") {
            redis::measure().await;
        }
        if is_wanted("postgres") {
            postgres::measure().await;
        }
    });
}
