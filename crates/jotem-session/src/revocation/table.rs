//! A table of fingerprints that one thread writes while others read.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

use jotem::NumericDate;

use super::Fingerprint;

/// Open addressing, probed in a row. Nothing is taken out: a table without what is over is a new one.
#[derive(Debug)]
pub(super) struct Table {
    /// Written last, read first: who sees a fingerprint sees what belongs to it. 0 is an empty place.
    fingerprints: Box<[AtomicU64]>,
    untils: Box<[AtomicU32]>,
    /// Absent where no epochs are kept.
    epochs: Box<[AtomicU32]>,
    has_epochs: bool,
    used: AtomicUsize,
}

impl Table {
    /// Makes a table for so many entries.
    pub(super) fn of_ids(entries: usize) -> Self {
        Self::new(entries, false)
    }

    /// Makes a table for so many entries, each with an epoch.
    pub(super) fn of_epochs(entries: usize) -> Self {
        Self::new(entries, true)
    }

    fn new(entries: usize, has_epochs: bool) -> Self {
        let places = entries.saturating_mul(ROOM.0).div_ceil(ROOM.1).max(FEWEST);
        let numbers = |count: usize| (0..count).map(|_| AtomicU32::new(0)).collect();
        Self {
            fingerprints: (0..places).map(|_| AtomicU64::new(0)).collect(),
            untils: numbers(places),
            epochs: numbers(if has_epochs { places } else { 0 }),
            has_epochs,
            used: AtomicUsize::new(0),
        }
    }

    /// Finds a fingerprint, and returns its epoch: 0 where none are kept.
    pub(super) fn find(&self, what: Fingerprint) -> Option<u32> {
        for place in self.places(what) {
            match self.fingerprints.get(place)?.load(Ordering::Acquire) {
                0 => return None,
                found if found == what.as_u64() => {
                    let epoch = self.epochs.get(place);
                    return Some(epoch.map_or(0, |epoch| epoch.load(Ordering::Acquire)));
                }
                _ => {}
            }
        }
        None
    }

    /// Puts a fingerprint in, or brings it up to date; not if the table is full. Only one thread may.
    pub(super) fn insert(&self, what: Fingerprint, until_s: u32, epoch: u32) -> bool {
        for place in self.places(what) {
            let Some(found) = self.fingerprints.get(place) else { return false };
            let is_new = match found.load(Ordering::Relaxed) {
                0 => true,
                known if known == what.as_u64() => false,
                _ => continue,
            };
            if is_new && self.is_full() {
                return false;
            }
            for (numbers, number) in [(&self.untils, until_s), (&self.epochs, epoch)] {
                if let Some(kept) = numbers.get(place) {
                    kept.fetch_max(number, Ordering::Release);
                }
            }
            if is_new {
                found.store(what.as_u64(), Ordering::Release);
                self.used.fetch_add(1, Ordering::Relaxed);
            }
            return true;
        }
        false
    }

    /// Makes a table of what is not over, with room for `more` entries and some to spare.
    pub(super) fn rebuilt(&self, more: usize, now: NumericDate) -> Self {
        let now_s = u32::try_from(now.as_secs()).unwrap_or(u32::MAX);
        let number = |numbers: &[AtomicU32], place: usize| {
            numbers.get(place).map_or(0, |number| number.load(Ordering::Relaxed))
        };
        let live = self.fingerprints.iter().enumerate().filter_map(|(place, fingerprint)| {
            let fingerprint = fingerprint.load(Ordering::Relaxed);
            let until_s = number(&self.untils, place);
            let lives = fingerprint != 0 && until_s > now_s;
            lives
                .then(|| (Fingerprint::from_u64(fingerprint), until_s, number(&self.epochs, place)))
        });
        let table = Self::new(live.clone().count().saturating_add(more), self.has_epochs);
        for (what, until_s, epoch) in live {
            table.insert(what, until_s, epoch);
        }
        table
    }

    pub(super) fn len(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.fingerprints)
            .saturating_add(size_of_val(&*self.untils))
            .saturating_add(size_of_val(&*self.epochs))
    }

    /// Beyond three quarters the rows become long.
    fn is_full(&self) -> bool {
        let places = self.fingerprints.len();
        self.len() >= places.saturating_sub(places / 4)
    }

    /// The places of a fingerprint, the first by its value, then those after it.
    fn places(&self, what: Fingerprint) -> impl Iterator<Item = usize> + use<> {
        let count = self.fingerprints.len();
        let wide = u128::from(what.as_u64()).wrapping_mul(count as u128) >> 64;
        let first = usize::try_from(wide).unwrap_or_default();
        (first..count).chain(0..first)
    }
}

/// Room for the entries and for two fifths more, at three quarters full: 22 bytes an entry without
/// epochs.
const ROOM: (usize, usize) = (28, 15);

const FEWEST: usize = 64;
