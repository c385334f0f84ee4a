//! What becomes of events: a log whose changes show, alarms that are posted, and other sinks.
//!
//! | sink | |
//! |---|---|
//! | [`AuditLog`] | files with one line of JSON for each event, chained |
//! | `Webhook` (feature `webhook`) | alarms, posted to a URL and signed |
//! | [`TracingSink`] | the program's own log |
//! | [`OnEvent`] | a function |
//! | `MetricsSink` (feature `metrics`, in `metrics`) | counters |
//! | [`FanOut`] | several of them |
//!
//! # A line
//!
//! ```json
//! {"seq":2,"time":"2026-11-22T03:00:00.123Z","action":"refresh.reuse","alarm":true,"subject":"ada","client":"web","sid":"…","ip_prefix":"192.0.2.0/24","reason":"refresh_reuse","prev":"…","hash":"…"}
//! ```
//!
//! `seq` counts the lines of a chain from 1, over all of its files. `time` is in UTC (RFC 3339).
//! `action` is that of the event ([`Action`](crate::event::Action)), or the log's own: `log.open`,
//! `log.dropped` with a `count`, `log.close`. Then, if the event has them: `alarm` (only `true`),
//! `subject`, `tenant`, `client`, `sid`, `jti`, `kid`, `ip_prefix` or `ip`, `reason` (the code of an
//! error), `detail`. A line is printable ASCII and has at most 32 KiB: what is longer than 200 characters
//! is cut, and ends with `…` and a fingerprint of the whole.
//!
//! # What is never in it
//!
//! Tokens, secrets, passwords: an event has no field for them, and what looks like one in a name or a
//! detail is replaced by `[hidden]`. That is a net below those who forget, and not a promise: a password
//! that is used as a name looks like a name.
//!
//! # The chain
//!
//! `hash` is the SHA-256 of all that stands before it in the line, and `prev` is the `hash` of the
//! line before. Under a [`ChainKey`] it is called `mac`, and is HMAC-SHA256. [`verify`] says where a
//! chain breaks.
//!
//! | what was done to the log | without a key | with a key |
//! |---|---|---|
//! | a line changed, deleted, inserted, moved | shows, unless the rest was written anew | shows |
//! | the rest of the chain written anew | shows against a [`Checkpoint`] only | shows |
//! | the end cut off | shows against a checkpoint or the next file | the same |
//! | all files taken away | shows against a checkpoint | the same |
//!
//! Whoever has the key can write anything; so can a program that was taken over, from then on.

mod book;
mod chain;
#[cfg(feature = "webhook")]
mod delivery;
mod error;
mod json;
mod line;
mod log;
mod members;
mod queue;
mod redaction;
#[cfg(feature = "webhook")]
mod signature;
mod spread;
mod timestamp;
mod verify;
#[cfg(feature = "webhook")]
mod webhook;
mod writer;

pub use chain::{ChainKey, Checkpoint};
pub use error::AuditError;
pub use log::{AuditCounts, AuditLog, AuditLogBuilder, Durability, OnFull};
pub use members::Addresses;
#[cfg(feature = "webhook")]
pub use signature::verify_signature;
pub use spread::{FanOut, OnEvent, TracingSink};
pub use verify::{Verification, Verified, verify};
#[cfg(feature = "webhook")]
pub use webhook::{Webhook, WebhookBuilder, WebhookCounts};
