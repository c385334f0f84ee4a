//! Keys at work: rings of keys of one's own that rotate, and the published keys of others, fetched and kept.

#[cfg(feature = "ring")]
#[doc(hidden)]
pub mod atomic_file;
#[cfg(feature = "remote")]
pub mod remote;
#[cfg(feature = "ring")]
pub mod ring;
