//! Tokens whose signature was seen to hold. [`manual::cache`](crate::manual::cache) says what is
//! remembered, what is decided anew, and how much room it takes.

mod counters;
mod entry;
mod set;
#[cfg(all(test, feature = "aws-lc"))]
mod tests;

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::ops::Deref;
use std::sync::Arc;

use arc_swap::Guard;

use self::counters::Counters;
pub(super) use self::entry::{Entry, Kept};
use self::set::Set;
use super::NumericDate;

/// A table of entries in sets, each with its share of the bytes, read without a lock.
///
/// Where a token belongs is decided by a hash with a random key; whether it is there, by comparing
/// all of it.
pub(super) struct TokenCache {
    /// Two random numbers, which decide where tokens belong.
    secrets: [u64; 2],
    sets: Box<[Set]>,
    counters: Counters,
}

/// An entry that stays for as long as this is held, evicted or not.
pub(super) struct Remembered(Guard<Option<Arc<Entry>>>);

/// What a cache of verified tokens holds, and how often it was of use.
///
/// Taken while other threads verify, it is a rough picture.
///
/// # Examples
/// See [`manual::cache`](crate::manual::cache).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CacheState {
    entries: usize,
    bytes: usize,
    capacity: usize,
    hits: u64,
    misses: u64,
}

impl TokenCache {
    /// The fewest bytes that make a cache: those of one set.
    pub(super) const LEAST_BYTES: usize = SET_BYTES;

    /// Makes a cache that takes at most `bytes`; at least [`Self::LEAST_BYTES`].
    pub(super) fn new(bytes: usize) -> Self {
        // No more sets than half a hash can tell apart.
        let sets = (bytes / SET_BYTES).clamp(1, 1 << 31);
        let sets = std::iter::repeat_with(Set::default).take(sets).collect();
        let random = RandomState::new();
        let secrets = [0_u8, 1].map(|number| random.hash_one(number));
        Self { secrets, sets, counters: Counters::default() }
    }

    /// Finds what is remembered of a token, compared whole; `signature` is its last segment.
    pub(super) fn find(&self, token: &str, signature: &str) -> Option<Remembered> {
        let (set, tag) = self.place(signature)?;
        set.find(tag, token)
    }

    /// Remembers that the signature of a token held.
    pub(super) fn keep(&self, entry: Entry, signature: &str, now: NumericDate) {
        if let Some((set, tag)) = self.place(signature) {
            set.keep(tag, entry, now, SET_BYTES.saturating_sub(size_of::<Set>()));
        }
    }

    /// Counts a call that needed no signature checked, or one that did.
    pub(super) fn count(&self, hit: bool) {
        self.counters.count(hit);
    }

    /// Forgets every token.
    pub(super) fn clear(&self) {
        self.sets.iter().for_each(Set::clear);
    }

    /// Returns what there is.
    pub(super) fn state(&self) -> CacheState {
        let (hits, misses) = self.counters.totals();
        let capacity = self.sets.len().saturating_mul(SET_BYTES);
        let empty = CacheState {
            entries: 0,
            bytes: self.sets.len().saturating_mul(size_of::<Set>()),
            capacity,
            hits,
            misses,
        };
        self.sets.iter().map(Set::content).fold(empty, |state, (entries, bytes)| CacheState {
            entries: state.entries.saturating_add(entries),
            bytes: state.bytes.saturating_add(bytes),
            ..state
        })
    }

    /// Returns the set of a token, and a hint to find it there: two halves of one hash over the
    /// beginning of its signature, which nobody chooses who has no key. (The end would not do: an
    /// ML-DSA signature ends with zeros.)
    fn place(&self, signature: &str) -> Option<(&Set, u32)> {
        let hash = spread(begin(signature.as_bytes()), self.secrets);
        let (high, tag) = (hash >> 32, hash & u64::from(u32::MAX));
        let set = high.wrapping_mul(u64::try_from(self.sets.len()).ok()?) >> 32;
        Some((self.sets.get(usize::try_from(set).ok()?)?, u32::try_from(tag).ok()?))
    }
}

impl Deref for Remembered {
    type Target = Option<Arc<Entry>>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl CacheState {
    /// Returns how many tokens are remembered.
    #[must_use]
    pub const fn entries(&self) -> usize {
        self.entries
    }

    /// Returns how many bytes the cache takes, the table included: never more than
    /// [`Self::capacity`].
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Returns how many bytes the cache may take.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.capacity
    }

    /// Returns how many calls found the signature of their token remembered, under a key that the
    /// verifier still had. Their claims may have been refused all the same.
    #[must_use]
    pub const fn hits(&self) -> u64 {
        self.hits
    }

    /// Returns how many calls had a signature to check.
    #[must_use]
    pub const fn misses(&self) -> u64 {
        self.misses
    }
}

impl std::fmt::Debug for TokenCache {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TokenCache").field("sets", &self.sets.len()).finish_non_exhaustive()
    }
}

/// What one set may take, itself included: sixteen tokens of the usual size, or two with a
/// signature of ML-DSA-87.
const SET_BYTES: usize = 16 * 1024;

/// Returns the first sixteen characters of a signature: 96 bits. All of it would take longer to hash
/// and tell no more apart.
#[inline]
fn begin(signature: &[u8]) -> [u64; 2] {
    let mut bytes = [0; 16];
    match signature.first_chunk() {
        Some(first) => bytes = *first,
        None => bytes.iter_mut().zip(signature).for_each(|(to, from)| *to = *from),
    }
    let both = u128::from_le_bytes(bytes);
    [both, both >> 64].map(|half| u64::try_from(half & u128::from(u64::MAX)).unwrap_or_default())
}

/// Hashes two words: the halves of one product that nobody can foresee who does not know `secrets`.
/// Takes a fifth of the time of SipHash.
///
/// Who could see the hashes might find out the secrets in time. Nobody sees them, and they only
/// decide what is kept where.
#[inline]
fn spread(words: [u64; 2], secrets: [u64; 2]) -> u64 {
    let [first, second] = words;
    let [one, other] = secrets;
    let product = u128::from(first ^ one).wrapping_mul(u128::from(second ^ other));
    let half = |half: u128| u64::try_from(half & u128::from(u64::MAX)).unwrap_or_default();
    half(product >> 64) ^ half(product)
}
