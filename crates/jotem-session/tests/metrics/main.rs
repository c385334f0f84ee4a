//! Figures as a program scrapes them, and the rules and the dashboard that are made of them.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test stops where it fails")]

mod monitoring;
mod scraped;
mod sessions;
