//! `jotem.CacheState`: what a cache holds, and how often it was of use.

use pyo3::prelude::*;

/// The most bytes that a cache may take.
pub(crate) const MOST_BYTES: usize = 64 * 1024 * 1024 * 1024;

/// What a cache of verified tokens or signatures holds, and how often it was of use: a picture of
/// the moment at which it was asked for.
///
/// Example:
///     >>> from jotem import Verifier
///     >>> Verifier(key.public(), cache=1 << 20).cache_state.capacity
///     1048576
#[pyclass(frozen, eq, module = "jotem")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CacheState {
    /// How many tokens are remembered.
    #[pyo3(get)]
    pub(crate) entries: usize,
    /// How many bytes they take; never more than ``capacity``.
    #[pyo3(get)]
    pub(crate) bytes: usize,
    /// How many bytes they may take.
    #[pyo3(get)]
    pub(crate) capacity: usize,
    /// How many calls found the signature of their token remembered, under a key that they had.
    /// Its claims may have been refused all the same.
    #[pyo3(get)]
    pub(crate) hits: u64,
    /// How many calls had a signature to check.
    #[pyo3(get)]
    pub(crate) misses: u64,
}

impl CacheState {
    /// Copies the state of a verifier's cache.
    pub(super) fn of_tokens(state: jotem::jwt::CacheState) -> Self {
        Self {
            entries: state.entries(),
            bytes: state.bytes(),
            capacity: state.capacity(),
            hits: state.hits(),
            misses: state.misses(),
        }
    }
}

#[pymethods]
impl CacheState {
    fn __repr__(&self) -> String {
        let Self { entries, bytes, capacity, hits, misses } = self;
        format!(
            "<jotem.CacheState: {entries} entries, {bytes} of {capacity} bytes, {hits} hits, \
             {misses} misses>"
        )
    }
}
