//! Numbers of clients and grants. None comes to mean something else, not even when writes are lost.
//!
//! A store that goes on from a copy has lost the latest numbers, which other programs remember and
//! sessions have. Were they given in a row, the next name would get the number of a lost one, and a session
//! would be refreshed as what somebody else was granted.

use std::hash::{BuildHasher as _, RandomState};

/// Draws the number that a new name gets, from 1 to 2<sup>30</sup>; if another name has it, the name gets the
/// next that is free.
///
/// # Examples
/// ```
/// use jotem_session::store::draw_number;
///
/// assert!((1..=1 << 30).contains(&draw_number("web")));
/// ```
#[must_use]
pub fn draw_number(name: &str) -> u32 {
    // Keyed at random in each process.
    let drawn = u32::try_from(RandomState::new().hash_one(name) >> 34).unwrap_or_default();
    drawn.saturating_add(1)
}

/// The number that a client gets instead of an old one when it is revoked, or the next that is free:
/// above all that it ever had, so that tokens with an older one are told by it. The clock, in
/// milliseconds since 1970, is above every number that was drawn.
pub(super) fn renewed(old: u32, now_ms: u64) -> u32 {
    old.saturating_add(1).max(u32::try_from(now_ms / 1000).unwrap_or(u32::MAX))
}
