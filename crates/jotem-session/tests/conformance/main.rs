//! What every store has to do, held to `Memory`; and that the checks can fail.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod memory;
