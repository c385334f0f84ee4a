//! `cargo +nightly fuzz run --features libfuzzer jwk`: see `src/jwk.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| jotem_fuzz::jwk::run(data));
