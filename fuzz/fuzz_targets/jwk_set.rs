//! `cargo +nightly fuzz run --features libfuzzer jwk_set`: see `src/jwk_set.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| jotem_fuzz::jwk_set::run(data));
