//! Keys at work: rings of keys of one's own that rotate, and the published keys of others, fetched and kept.
//!
//! | feature | default | what |
//! |---|---|---|
//! | `remote` | yes | the published keys of others: fetched, kept, refreshed |
//! | `ring` | yes | key pairs of one's own that rotate, in a file; nothing that fetches |

#[cfg(feature = "ring")]
#[doc(hidden)]
pub mod atomic_file;
#[cfg(feature = "remote")]
pub mod remote;
#[cfg(feature = "ring")]
pub mod ring;

// The samples of the package's page are tested with the crate, also as it is packaged.
#[cfg(all(doctest, feature = "ring"))]
mod guides {
    #[doc = include_str!("../README.md")]
    mod readme {}
}
