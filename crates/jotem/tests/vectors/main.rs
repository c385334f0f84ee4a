//! Public test vectors: the examples of the RFCs, the JOSE cookbook, and Wycheproof.
//!
//! Every case is run, or left out by a named rule. What became of how many cases is asserted, so
//! that no case and no rule comes or goes unseen. `vectors/README.md` says where the data is from.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "published data, whose duplicates nobody checks; a test may stop where it is surprised"
)]

mod cookbook;
mod mldsa;
mod rfc;
mod serializations;
mod wycheproof_jose;
mod wycheproof_primitives;

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64_simd::URL_SAFE_NO_PAD;
use jotem::{Algorithm, Error, Jwk};
use serde_json::Value;

/// Where a file of `vectors/` is.
pub(crate) fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "vectors", name].iter().collect()
}

/// Reads a file of `vectors/`.
pub(crate) fn read(name: &str) -> Value {
    let text =
        std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_str(&text).unwrap()
}

/// Returns a text that must be there.
pub(crate) fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no text at {pointer}"))
}

/// Returns a list that must be there.
pub(crate) fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().unwrap()
}

/// Returns the algorithm that a case names.
pub(crate) fn algorithm(value: &Value, pointer: &str) -> Algorithm {
    text(value, pointer).parse().unwrap()
}

/// Reads a key that must be sound.
pub(crate) fn jwk(value: &Value) -> Jwk {
    Jwk::from_json(value.to_string()).unwrap()
}

/// Decodes what the data has in base64url.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode_to_vec(text).unwrap()
}

/// Encodes bytes in base64url.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(bytes)
}

/// Returns the code of a refusal, or `"accepted"`.
pub(crate) fn code<T>(verdict: &Result<T, Error>) -> &'static str {
    verdict.as_ref().map_or_else(|error| error.code().as_str(), |_| "accepted")
}

/// Every token that differs from this one in a single bit of what its segments stand for.
pub(crate) fn flipped(token: &str) -> impl Iterator<Item = String> {
    let segments: Vec<_> = token.split('.').map(decode).collect();
    let bits = segments.iter().enumerate().flat_map(|(segment, bytes)| {
        (0..8 * bytes.len()).map(move |bit| (segment, bit / 8, 1 << (bit % 8)))
    });
    let bits: Vec<(usize, usize, u8)> = bits.collect();
    bits.into_iter().map(move |(segment, byte, mask)| {
        let mut segments = segments.clone();
        segments[segment][byte] ^= mask;
        segments.iter().map(|bytes| encode(bytes)).collect::<Vec<_>>().join(".")
    })
}

/// What became of the cases of one file.
#[derive(Default)]
pub(crate) struct Tally {
    outcomes: BTreeMap<&'static str, usize>,
    faults: Vec<String>,
}

impl Tally {
    /// Counts a case, or several, under the outcome or the rule that it came to.
    pub(crate) fn count(&mut self, outcome: &'static str, cases: usize) {
        *self.outcomes.entry(outcome).or_default() += cases;
    }

    /// Keeps a wrong verdict; [`Self::settle`] shows all of them together.
    pub(crate) fn fault(&mut self, fault: String) {
        self.faults.push(fault);
    }

    /// Fails on any wrong verdict, and unless the outcomes are exactly these.
    pub(crate) fn settle(self, name: &str, expected: &[(&'static str, usize)]) {
        let total: usize = self.outcomes.values().sum();
        println!("{name}: {total} in all, {:?}", self.outcomes);
        assert!(self.faults.is_empty(), "{name}: wrong verdicts:\n{}", self.faults.join("\n"));
        assert_eq!(self.outcomes, expected.iter().copied().collect(), "{name}");
    }
}
