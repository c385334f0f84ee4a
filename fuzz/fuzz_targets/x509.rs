//! `cargo +nightly fuzz run --features libfuzzer x509`: see `src/x509.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| jotem_fuzz::x509::run(data));
