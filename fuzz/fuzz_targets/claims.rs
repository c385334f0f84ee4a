//! `cargo +nightly fuzz run --features libfuzzer claims`: see `src/claims.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| jotem_fuzz::claims::run(data));
