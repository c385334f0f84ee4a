//! `cargo +nightly fuzz run --features libfuzzer compact`: see `src/compact.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| jotem_fuzz::compact::run(data));
