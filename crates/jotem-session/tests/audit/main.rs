//! What becomes of events: the log and its chain, and where it breaks.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test stops where it fails")]

mod chain;
mod errors;
mod files;
mod folder;
mod lines;
