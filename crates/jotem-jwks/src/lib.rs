//! Keys at work: rings of keys of one's own that rotate, and the published keys of others, fetched and kept.

#[cfg(feature = "remote")]
pub mod remote;
#[cfg(feature = "ring")]
pub mod ring;

// The samples of the README are tested with the crate.
#[cfg(all(doctest, feature = "remote"))]
#[doc = include_str!("../README.md")]
mod readme {}
