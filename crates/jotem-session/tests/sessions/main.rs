//! Sessions, from login to log out: what is refused, what is revoked, and what is told of it.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod application;
mod asked;
mod attacks;
mod bench;
mod cancelled;
mod catalogue;
mod errors;
mod events;
mod inactive;
mod life;
mod remembered;
mod ring;
mod scopes;
mod settings;
mod upkeep;
mod verifying;
mod watched;
