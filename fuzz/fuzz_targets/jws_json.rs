//! `cargo +nightly fuzz run --features libfuzzer jws`: see `src/jws.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| jotem_fuzz::jws_json::run(data));
