//! `jotem::lint`: the corpus, what never happens, and the registry against the documents.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test stops where it fails"
)]

mod build;
mod corpus;
mod documents;
mod never;
mod sound;
