//! `cargo +nightly fuzz run --features libfuzzer ssh`: see `src/ssh.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| jotem_fuzz::ssh::run(data));
