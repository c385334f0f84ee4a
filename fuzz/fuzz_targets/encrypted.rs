//! `cargo +nightly fuzz run --features libfuzzer encrypted`: see `src/encrypted.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| jotem_fuzz::encrypted::run(data));
