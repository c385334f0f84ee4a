//! Sixteen places: read without a lock, written by one thread at a time.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, TryLockError};

use arc_swap::ArcSwapOption;

use super::{Entry, Remembered};
use crate::jwt::NumericDate;

/// The entries whose tokens belong here. A writer that finds another at work leaves: the token is
/// verified once more, and nobody waits.
#[derive(Default)]
#[repr(align(64))]
pub(super) struct Set {
    /// What the token in each place hashes to: a hint that spares most readers the place itself.
    tags: [AtomicU32; WAYS],
    ways: [ArcSwapOption<Entry>; WAYS],
    pub(super) hand: Mutex<Hand>,
}

/// What writers hand on to each other.
#[derive(Default)]
pub(super) struct Hand {
    /// Where the search for an entry to evict goes on.
    place: usize,
    /// How many came and found no room.
    came: usize,
}

impl Set {
    /// Finds a token, compared whole.
    pub(super) fn find(&self, tag: u32, token: &str) -> Option<Remembered> {
        let tagged = |hint: &AtomicU32| hint.load(Ordering::Relaxed) == tag;
        for (_, way) in self.tags.iter().zip(&self.ways).filter(|(hint, _)| tagged(hint)) {
            let found = way.load();
            if let Some(entry) = found.as_ref()
                && entry.is_of(token)
            {
                entry.touch();
                return Some(Remembered(found));
            }
        }
        None
    }

    /// Takes an entry in, if all of them then stay within `capacity` bytes. It replaces an older
    /// one of its token; then those go that have expired, and then those that were not of use lately.
    ///
    /// Where somebody else would have to go, only one in [`PATIENCE`] gets in: tokens that come in turn
    /// and are too many would otherwise push each other out before any comes again.
    pub(super) fn keep(&self, tag: u32, entry: Entry, now: NumericDate, capacity: usize) {
        let Some(room) = capacity.checked_sub(entry.bytes()) else { return };
        let mut hand = match self.hand.try_lock() {
            Ok(hand) => hand,
            Err(TryLockError::Poisoned(hand)) => hand.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        let mut follows = false;
        for way in &self.ways {
            let goes = |kept: &Arc<Entry>| {
                let same = kept.is_about_the_same_as(&entry);
                follows |= same;
                same || kept.has_expired(now)
            };
            if way.load().as_ref().is_some_and(goes) {
                way.store(None);
            }
        }
        if !follows && !self.has_room(room) {
            hand.came = hand.came.wrapping_add(1);
            if hand.came % PATIENCE != 0 {
                return;
            }
        }
        while !self.has_room(room) {
            hand.place = self.evict(hand.place);
        }
        let free = self.tags.iter().zip(&self.ways).find(|(_, way)| way.load().is_none());
        if let Some((hint, way)) = free {
            way.store(Some(Arc::new(entry)));
            hint.store(tag, Ordering::Relaxed);
        }
    }

    /// Whether there is a free place, and what is kept takes at most so many bytes.
    fn has_room(&self, bytes: usize) -> bool {
        let (entries, kept) = self.content();
        entries < WAYS && kept <= bytes
    }

    /// Forgets every entry. A writer at work does not mind, and claims may run code of the
    /// application when they go, which must not find this locked.
    pub(super) fn clear(&self) {
        self.ways.iter().for_each(|way| way.store(None));
    }

    /// Returns how many entries there are, and how many bytes they take.
    pub(super) fn content(&self) -> (usize, usize) {
        self.ways.iter().fold((0_usize, 0_usize), |(entries, bytes), way| {
            way.load().as_ref().map_or((entries, bytes), |entry| {
                (entries.saturating_add(1), bytes.saturating_add(entry.bytes()))
            })
        })
    }

    /// Evicts the first entry from `hand` on that was not of use since the last search; in the
    /// second round whichever comes first. Returns where the next search begins.
    fn evict(&self, hand: usize) -> usize {
        let places = (0..WAYS).cycle().skip(hand).take(2 * WAYS);
        for (step, place) in places.enumerate() {
            let Some(way) = self.ways.get(place) else { continue };
            let spared = |entry: &Arc<Entry>| entry.take_use() && step < WAYS;
            if way.load().as_ref().is_some_and(|entry| !spared(entry)) {
                way.store(None);
                return place.saturating_add(1) % WAYS;
            }
        }
        hand
    }
}

/// So many that sets fill evenly, and so few that their tags are one line of a processor's cache.
const WAYS: usize = 16;

/// One in so many newcomers pushes others out of a set that is full.
const PATIENCE: usize = 4;
