//! `cargo +nightly fuzz run --features libfuzzer containers`: see `src/containers.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| jotem_fuzz::containers::run(data));
