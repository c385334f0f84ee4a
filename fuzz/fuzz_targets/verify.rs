//! `cargo +nightly fuzz run --features libfuzzer verify`: see `src/verify.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| jotem_fuzz::verify::run(data));
