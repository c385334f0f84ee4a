//! Signatures that were seen to hold: `jotem.jwt.enable_cache`.
//!
//! What is remembered is that the signature of a token held under a key: the one thing about a token
//! that cannot change. It stands in for that computation and for nothing else. The key is found
//! first, by the rules of the call, and compared; the token is compared whole. Only tokens that were
//! accepted get in, and only those of public keys: a MAC is computed in the time of a look-up.

use std::collections::hash_map::Entry as Place;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use zeroize::Zeroizing;

use super::keys::Fingerprint;
use crate::native::cache_state::{CacheState, MOST_BYTES};

/// The fewest bytes that make a cache, as for a `Verifier`.
const LEAST_BYTES: usize = 16 * 1024;

/// Where a token is looked for: the beginning of its signature, 96 bits. The map hashes it with a
/// random key.
type Start = [u8; 16];

/// A token whose signature held under a key.
struct Entry {
    token: Zeroizing<Box<[u8]>>,
    key: Fingerprint,
    /// Whether it was of use since the last search for one to evict.
    used: bool,
}

/// What an entry takes besides its token: its places in the map, which may be half empty and keeps a
/// byte for each, and in the queue, which may be half empty too; and what an allocation costs.
const OVERHEAD: usize = 2 * (size_of::<(Start, Entry)>() + 1 + size_of::<Start>()) + 16;

#[derive(Default)]
struct Cache {
    entries: HashMap<Start, Entry>,
    /// In the order in which they are looked at for eviction: one for each entry.
    queue: VecDeque<Start>,
    bytes: usize,
    capacity: usize,
    hits: u64,
    misses: u64,
}

/// Absent until the program asks for it. Locked only while the GIL is held, and by nothing that
/// gives it up: so it is free whenever a process forks.
static CACHE: Mutex<Option<Cache>> = Mutex::new(None);

fn cache() -> MutexGuard<'static, Option<Cache>> {
    // Nobody panics while holding the lock, and what is in it is whole at any time.
    CACHE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Remembers signatures from now on, in at most so many bytes, and begins with none.
#[pyfunction]
#[pyo3(signature = (bytes, /))]
pub(crate) fn pyjwt_enable_cache(bytes: usize) -> PyResult<()> {
    if !(LEAST_BYTES..=MOST_BYTES).contains(&bytes) {
        let message = format!("bytes must be at least {LEAST_BYTES} and at most {MOST_BYTES}");
        return Err(PyValueError::new_err(message));
    }
    *cache() = Some(Cache { capacity: bytes, ..Cache::default() });
    Ok(())
}

/// Forgets every signature, and remembers none from now on.
#[pyfunction]
pub(crate) fn pyjwt_disable_cache() {
    *cache() = None;
}

/// Tells what is remembered; `None` while nothing is.
#[pyfunction]
pub(crate) fn pyjwt_cache_state() -> Option<CacheState> {
    cache().as_ref().map(|cache| CacheState {
        entries: cache.entries.len(),
        bytes: cache.bytes,
        capacity: cache.capacity,
        hits: cache.hits,
        misses: cache.misses,
    })
}

/// Whether there is a cache at all.
pub(super) fn are_remembered() -> bool {
    cache().is_some()
}

/// Whether the signature of a token is known to hold under a key.
pub(super) fn held(token: &[u8], signature: &[u8], key: &Fingerprint) -> bool {
    let mut cache = cache();
    let Some(cache) = cache.as_mut() else { return false };
    let entry = start(signature).and_then(|start| cache.entries.get_mut(&start));
    let held = entry.filter(|entry| **entry.token == *token && entry.key == *key);
    match held {
        Some(entry) => {
            entry.used = true;
            cache.hits = cache.hits.wrapping_add(1);
            true
        }
        None => {
            cache.misses = cache.misses.wrapping_add(1);
            false
        }
    }
}

/// Remembers that the signature of a token held under a key.
pub(super) fn keep(token: &[u8], signature: &[u8], key: Fingerprint) {
    if let (Some(cache), Some(start)) = (cache().as_mut(), start(signature)) {
        cache.keep(start, Entry { token: Zeroizing::new(token.into()), key, used: false });
    }
}

fn start(signature: &[u8]) -> Option<Start> {
    signature.first_chunk().copied()
}

impl Entry {
    fn bytes(&self) -> usize {
        self.token.len().saturating_add(OVERHEAD)
    }
}

impl Cache {
    fn keep(&mut self, start: Start, entry: Entry) {
        let bytes = entry.bytes();
        if bytes > self.capacity {
            return;
        }
        while self.capacity.saturating_sub(self.bytes) < bytes && self.evict() {}
        match self.entries.entry(start) {
            // The same token under another key, or another one whose signature begins alike: the
            // newer takes the place.
            Place::Occupied(mut place) => {
                self.bytes = self.bytes.saturating_sub(place.get().bytes());
                place.insert(entry);
            }
            Place::Vacant(place) => {
                place.insert(entry);
                self.queue.push_back(start);
            }
        }
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// Evicts the first in the queue that was not of use since its turn came last; says whether
    /// there was any.
    fn evict(&mut self) -> bool {
        while let Some(start) = self.queue.pop_front() {
            let Place::Occupied(mut place) = self.entries.entry(start) else { continue };
            if place.get().used {
                place.get_mut().used = false;
                self.queue.push_back(start);
                continue;
            }
            self.bytes = self.bytes.saturating_sub(place.remove().bytes());
            return true;
        }
        false
    }
}
