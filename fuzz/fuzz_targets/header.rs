//! `cargo +nightly fuzz run --features libfuzzer header`: see `src/header.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| jotem_fuzz::header::run(data));
