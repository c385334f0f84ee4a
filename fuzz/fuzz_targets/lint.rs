//! `cargo +nightly fuzz run --features libfuzzer lint`: see `src/lint.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| jotem_fuzz::lint::run(data));
