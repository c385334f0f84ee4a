//! A table of fingerprints that one thread writes while others read: open addressing in buckets of
//! seven, each a line of the processor's cache.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

use super::Fingerprint;

/// Room for so many entries, which never move: a reader finds them wherever the writer is.
///
/// A look reads one bucket, and takes no branch that depends on what is there: so the processor reads
/// those of the token's other names, and of the next tokens, at the same time.
#[derive(Debug)]
pub(super) struct Table {
    buckets: Box<[Bucket]>,
    /// Seven places for each bucket. Of no interest to readers.
    untils: Box<[AtomicU32]>,
    /// Absent where no epochs are kept.
    epochs: Box<[AtomicU32]>,
    capacity: usize,
    used: AtomicUsize,
}

/// What is in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) what: Fingerprint,
    pub(super) until_s: u32,
    /// 0 where none are kept.
    pub(super) epoch: u32,
}

/// The table has as many entries as it has room for.
#[derive(Debug)]
pub(super) struct Full;

impl Table {
    /// Makes a table for so many entries, with epochs or without.
    pub(super) fn new(capacity: usize, has_epochs: bool) -> Self {
        // Seven tenths full, so that few buckets overflow.
        let buckets = capacity.saturating_mul(10).div_ceil(7 * PLACES).max(1);
        let places = buckets.saturating_mul(PLACES);
        let numbers = |count: usize| (0..count).map(|_| AtomicU32::new(0)).collect();
        Self {
            buckets: (0..buckets).map(|_| Bucket::default()).collect(),
            untils: numbers(places),
            epochs: numbers(if has_epochs { places } else { 0 }),
            capacity,
            used: AtomicUsize::new(0),
        }
    }

    /// Looks where a fingerprint is, if it is where it belongs.
    #[inline]
    pub(super) fn glance(&self, what: Fingerprint) -> Glance {
        self.buckets.get(self.home(what)).map_or(Glance::NOTHING, |bucket| bucket.glance(what))
    }

    /// Finds a fingerprint, and returns its epoch: 0 where none are kept.
    pub(super) fn epoch_of(&self, what: Fingerprint) -> Option<u32> {
        let (bucket, lane) = self.search(what)?;
        let Some(epoch) = self.epochs.get(place(bucket, lane)) else { return Some(0) };
        let epoch = epoch.load(Ordering::Acquire);
        // A place may be given to another once its entry is over: then nothing is there at first, next
        // comes the epoch, and then the fingerprint. So who sees another's epoch does not see ours.
        (self.buckets.get(bucket)?.lane(lane) == what.as_u64()).then_some(epoch)
    }

    /// Puts an entry in, or brings it up to date. Only one thread may.
    pub(super) fn insert(&self, entry: Entry) -> Result<(), Full> {
        if let Some((bucket, lane)) = self.search(entry.what) {
            for (numbers, number) in [(&self.untils, entry.until_s), (&self.epochs, entry.epoch)] {
                if let Some(kept) = numbers.get(place(bucket, lane)) {
                    kept.fetch_max(number, Ordering::Release);
                }
            }
            return Ok(());
        }
        if self.len() >= self.capacity {
            return Err(Full);
        }
        for number in self.from(self.home(entry.what)) {
            let bucket = self.buckets.get(number).ok_or(Full)?;
            if let Some(lane) = bucket.lane_of(EMPTY) {
                self.put(bucket, lane, place(number, lane), entry);
                return Ok(());
            }
            bucket.set_marks(bucket.marks() | mark(entry.what));
        }
        Err(Full)
    }

    /// Forgets what is over. Nothing else moves.
    pub(super) fn sweep(&self, now_s: u32) {
        for (number, lane, entry) in self.places() {
            if entry.until_s <= now_s
                && let Some(bucket) = self.buckets.get(number)
            {
                bucket.set_lane(lane, EMPTY);
                self.used.fetch_sub(1, Ordering::Relaxed);
            }
        }
        // Buckets that overflowed once, and whose entries elsewhere are gone.
        let mut marks = vec![0_u64; self.buckets.len()];
        for (number, _, Entry { what, .. }) in self.places() {
            for passed in self.from(self.home(what)).take_while(|passed| *passed != number) {
                if let Some(marks) = marks.get_mut(passed) {
                    *marks |= mark(what);
                }
            }
        }
        for (bucket, marks) in self.buckets.iter().zip(marks) {
            bucket.set_marks(marks);
        }
    }

    /// Returns every entry.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.places().map(|(_, _, entry)| entry)
    }

    pub(super) fn len(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    pub(super) const fn capacity(&self) -> usize {
        self.capacity
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.buckets)
            .saturating_add(size_of_val(&*self.untils))
            .saturating_add(size_of_val(&*self.epochs))
    }

    /// Returns the bucket and the lane of a fingerprint, wherever it is.
    fn search(&self, what: Fingerprint) -> Option<(usize, usize)> {
        for number in self.from(self.home(what)) {
            let bucket = self.buckets.get(number)?;
            if let Some(lane) = bucket.lane_of(what.as_u64()) {
                return Some((number, lane));
            }
            if bucket.marks() & mark(what) == 0 {
                return None;
            }
        }
        None
    }

    /// Writes a new entry to a free lane: the fingerprint last, by which readers find the rest.
    fn put(&self, bucket: &Bucket, lane: usize, place: usize, entry: Entry) {
        for (numbers, number) in [(&self.untils, entry.until_s), (&self.epochs, entry.epoch)] {
            if let Some(kept) = numbers.get(place) {
                kept.store(number, Ordering::Release);
            }
        }
        bucket.set_lane(lane, entry.what.as_u64());
        self.used.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns every entry, with its bucket and its lane. Only for the thread that writes.
    fn places(&self) -> impl Iterator<Item = (usize, usize, Entry)> {
        let number = |numbers: &[AtomicU32], place: usize| {
            numbers.get(place).map_or(0, |number| number.load(Ordering::Relaxed))
        };
        let lanes = self.buckets.iter().enumerate().flat_map(|(number, bucket)| {
            (0..PLACES).map(move |lane| (number, lane, bucket.lane(lane)))
        });
        lanes.filter(|(.., what)| *what != EMPTY).map(move |(bucket, lane, what)| {
            let place = place(bucket, lane);
            let (until_s, epoch) = (number(&self.untils, place), number(&self.epochs, place));
            (bucket, lane, Entry { what: Fingerprint::from_u64(what), until_s, epoch })
        })
    }

    /// The first bucket of a fingerprint, by its upper bits.
    #[inline]
    fn home(&self, what: Fingerprint) -> usize {
        let wide = u128::from(what.as_u64()).wrapping_mul(self.buckets.len() as u128) >> 64;
        usize::try_from(wide).unwrap_or_default()
    }

    /// All buckets in a row that begins with this one.
    fn from(&self, first: usize) -> impl Iterator<Item = usize> + use<> {
        (first..self.buckets.len()).chain(0..first)
    }
}

/// What a look at one bucket shows, in words that are 0 or not: of conditions the compiler would make
/// branches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glance {
    /// 1 if the fingerprint is here.
    pub(super) is_here: u64,
    /// Not 0 if it is not here, and may be further on: one time in some hundred.
    pub(super) doubt: u64,
}

impl Glance {
    pub(super) const NOTHING: Self = Self { is_here: 0, doubt: 0 };
}

/// Seven fingerprints, each zero if there is none, and marks of what did not fit: a bit for each of 64
/// kinds of fingerprint.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Bucket {
    lanes: [AtomicU64; PLACES],
    marks: AtomicU64,
}

impl Bucket {
    /// Compares all of them.
    #[inline]
    fn glance(&self, what: Fingerprint) -> Glance {
        let is_it = |lane: &AtomicU64| u64::from(lane.load(Ordering::Acquire) == what.as_u64());
        let is_here = self.lanes.iter().fold(0, |is_here, lane| is_here | is_it(lane));
        Glance { is_here, doubt: is_here.wrapping_sub(1) & self.marks() & mark(what) }
    }

    fn lane_of(&self, what: u64) -> Option<usize> {
        self.lanes.iter().position(|lane| lane.load(Ordering::Acquire) == what)
    }

    fn set_lane(&self, lane: usize, what: u64) {
        if let Some(lane) = self.lanes.get(lane) {
            lane.store(what, Ordering::Release);
        }
    }

    fn lane(&self, lane: usize) -> u64 {
        self.lanes.get(lane).map_or(EMPTY, |lane| lane.load(Ordering::Acquire))
    }

    #[inline]
    fn marks(&self) -> u64 {
        self.marks.load(Ordering::Acquire)
    }

    fn set_marks(&self, marks: u64) {
        self.marks.store(marks, Ordering::Release);
    }
}

/// One bit of 64, by the lowest bits of a fingerprint: the upper ones are much the same in a bucket.
#[inline]
const fn mark(what: Fingerprint) -> u64 {
    1 << (what.as_u64() & 63)
}

const fn place(bucket: usize, lane: usize) -> usize {
    bucket.saturating_mul(PLACES).saturating_add(lane)
}

/// Entries in a bucket.
const PLACES: usize = 7;

/// What is where no fingerprint is.
const EMPTY: u64 = 0;
