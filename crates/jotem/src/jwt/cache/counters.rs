//! Hits and misses, counted apart by threads that run at the same time.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters in shards: threads that add to one number take it from each other at every call.
#[derive(Default)]
pub(super) struct Counters([Shard; SHARDS]);

/// Two lines of a processor's cache, which are fetched together.
#[derive(Default)]
#[repr(align(128))]
struct Shard {
    hits: AtomicU64,
    misses: AtomicU64,
}

impl Counters {
    /// Counts a hit or a miss.
    pub(super) fn count(&self, hit: bool) {
        if let Some(shard) = self.0.get(shard()) {
            let counter = if hit { &shard.hits } else { &shard.misses };
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns how many hits and misses there were.
    pub(super) fn totals(&self) -> (u64, u64) {
        self.0.iter().fold((0, 0), |(hits, misses), shard| {
            (
                shard.hits.load(Ordering::Relaxed).wrapping_add(hits),
                shard.misses.load(Ordering::Relaxed).wrapping_add(misses),
            )
        })
    }
}

/// Returns the shard of this thread, by the megabyte in which its stack is. Any answer is right;
/// this one needs no state, and differs between most threads.
fn shard() -> usize {
    let here = 0_u8;
    let megabyte = std::ptr::from_ref(&here).addr() >> 20;
    // Multiplying by 2^64 divided by the golden ratio spreads neighbours.
    let spread = u64::try_from(megabyte).unwrap_or_default().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    usize::try_from(spread >> 60).unwrap_or_default()
}

/// What four bits tell apart.
const SHARDS: usize = 16;
