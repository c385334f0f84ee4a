//! The fuzz targets: functions of bytes that panic when jotem breaks one of its promises.
//!
//! Each file says what it feeds and what must hold. `fuzz_targets/` has the wrappers for cargo-fuzz,
//! `src/bin/stable.rs` drives the same functions on stable Rust.

pub mod claims;
pub mod compact;
pub mod containers;
pub mod encrypted;
pub mod header;
pub mod jwk;
pub mod jwk_set;
pub mod jws;
pub mod jws_json;
pub mod lint;
pub mod ssh;
pub mod verify;
pub mod x509;

pub mod dictionary;
mod encode;
mod keys;
mod mutation;
mod oracle;

/// A target: its name, what it does with an input, and the inputs to begin with.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The name, as cargo-fuzz knows it.
    pub name: &'static str,
    /// Feeds one input; panics if a promise is broken.
    pub run: fn(&[u8]),
    /// Makes the seed corpus.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Every target.
pub const TARGETS: [Target; 13] = [
    Target { name: "compact", run: compact::run, seeds: compact::seeds },
    Target { name: "header", run: header::run, seeds: header::seeds },
    Target { name: "claims", run: claims::run, seeds: claims::seeds },
    Target { name: "jwk", run: jwk::run, seeds: jwk::seeds },
    Target { name: "jwk_set", run: jwk_set::run, seeds: jwk_set::seeds },
    Target { name: "containers", run: containers::run, seeds: containers::seeds },
    Target { name: "ssh", run: ssh::run, seeds: ssh::seeds },
    Target { name: "x509", run: x509::run, seeds: x509::seeds },
    Target { name: "encrypted", run: encrypted::run, seeds: encrypted::seeds },
    Target { name: "verify", run: verify::run, seeds: verify::seeds },
    Target { name: "jws", run: jws::run, seeds: jws::seeds },
    Target { name: "jws_json", run: jws_json::run, seeds: jws_json::seeds },
    Target { name: "lint", run: lint::run, seeds: lint::seeds },
];
