//! A table of fingerprints that one thread writes while others read: open addressing in buckets of
//! seven, found by tags of 16 bits.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

use super::Fingerprint;

/// Room for so many entries, which never move: a reader finds them wherever the writer is.
///
/// What a reader looks at first are tags, of two bytes an entry: of a million entries they are less
/// than what the processor's caches of memory and of pages hold, and all the rest is not. Whoever is
/// not in the table, as nearly everybody, is not found there either.
#[derive(Debug)]
pub(super) struct Table {
    buckets: Box<[Bucket]>,
    /// Seven places for each bucket. A tag is written after the fingerprint that it belongs to.
    fingerprints: Box<[AtomicU64]>,
    /// Of no interest to readers.
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
            fingerprints: (0..places).map(|_| AtomicU64::new(0)).collect(),
            untils: numbers(places),
            epochs: numbers(if has_epochs { places } else { 0 }),
            capacity,
            used: AtomicUsize::new(0),
        }
    }

    /// Finds a fingerprint, and returns its epoch: 0 where none are kept.
    #[inline]
    pub(super) fn find(&self, what: Fingerprint) -> Option<u32> {
        let home = self.home(what);
        let tags = self.buckets.get(home)?.read();
        let Some(lane) = tags.first_match(what) else {
            // Nearly always, and then nothing else is read.
            return if tags.goes_on(what) { self.search(home, what) } else { None };
        };
        let place = place(home, lane);
        if self.fingerprint(place) == what.as_u64() {
            self.epoch_at(place, what)
        } else {
            self.search(home, what)
        }
    }

    /// Puts an entry in, or brings it up to date. Only one thread may.
    pub(super) fn insert(&self, entry: Entry) -> Result<(), Full> {
        let Entry { what, until_s, epoch } = entry;
        let mut free = None;
        for bucket in self.from(self.home(what)) {
            let Some(tags) = self.buckets.get(bucket).map(Bucket::read) else { return Err(Full) };
            if let Some(place) = self.place_in(bucket, tags, what) {
                for (numbers, number) in [(&self.untils, until_s), (&self.epochs, epoch)] {
                    if let Some(kept) = numbers.get(place) {
                        kept.fetch_max(number, Ordering::Release);
                    }
                }
                return Ok(());
            }
            free = free.or_else(|| tags.free_lane().map(|lane| (bucket, lane)));
            if !tags.goes_on(what) {
                break;
            }
        }
        if self.len() >= self.capacity {
            return Err(Full);
        }
        self.put(free, entry)
    }

    /// Forgets what is over. Nothing else moves.
    pub(super) fn sweep(&self, now_s: u32) {
        for (bucket, lane, entry) in self.places() {
            if entry.until_s <= now_s
                && let Some(bucket) = self.buckets.get(bucket)
            {
                bucket.set_lane(lane, 0);
                self.used.fetch_sub(1, Ordering::Relaxed);
            }
        }
        // Buckets that overflowed once, and whose entries elsewhere are gone.
        let mut marks = vec![0_u64; self.buckets.len()];
        for (bucket, _, Entry { what, .. }) in self.places() {
            for passed in self.from(self.home(what)).take_while(|passed| *passed != bucket) {
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
            .saturating_add(size_of_val(&*self.fingerprints))
            .saturating_add(size_of_val(&*self.untils))
            .saturating_add(size_of_val(&*self.epochs))
    }

    /// Returns the epoch of a fingerprint that was seen at a place.
    #[inline]
    fn epoch_at(&self, place: usize, what: Fingerprint) -> Option<u32> {
        let Some(epoch) = self.epochs.get(place) else { return Some(0) };
        let epoch = epoch.load(Ordering::Acquire);
        // A place may be given to another once its entry is over: the fingerprint first, and then the
        // epoch. So who sees the other's epoch sees that it is the other's.
        (self.fingerprint(place) == what.as_u64()).then_some(epoch)
    }

    /// Looks at every place where a fingerprint may be.
    #[cold]
    fn search(&self, home: usize, what: Fingerprint) -> Option<u32> {
        for bucket in self.from(home) {
            let tags = self.buckets.get(bucket)?.read();
            if let Some(place) = self.place_in(bucket, tags, what) {
                return self.epoch_at(place, what);
            }
            if !tags.goes_on(what) {
                return None;
            }
        }
        None
    }

    /// Finds the place of a fingerprint in one bucket.
    fn place_in(&self, bucket: usize, tags: Tags, what: Fingerprint) -> Option<usize> {
        let tag = tag(what);
        (0..PLACES).find_map(|lane| {
            let place = place(bucket, lane);
            (tags.lane(lane) == tag && self.fingerprint(place) == what.as_u64()).then_some(place)
        })
    }

    /// Writes a new entry to a free lane, or to the first that there is further on.
    fn put(&self, free: Option<(usize, usize)>, entry: Entry) -> Result<(), Full> {
        let mut free = free;
        for bucket in self.from(self.home(entry.what)) {
            let Some(passed) = self.buckets.get(bucket) else { return Err(Full) };
            free = free.or_else(|| passed.read().free_lane().map(|lane| (bucket, lane)));
            if let Some((_, lane)) = free.filter(|(free, _)| *free == bucket) {
                let place = place(bucket, lane);
                if let Some(fingerprint) = self.fingerprints.get(place) {
                    fingerprint.store(entry.what.as_u64(), Ordering::Release);
                }
                for (numbers, number) in
                    [(&self.untils, entry.until_s), (&self.epochs, entry.epoch)]
                {
                    if let Some(kept) = numbers.get(place) {
                        kept.store(number, Ordering::Release);
                    }
                }
                passed.set_lane(lane, tag(entry.what));
                self.used.fetch_add(1, Ordering::Relaxed);
                return Ok(());
            }
            passed.set_marks(passed.read().marks() | mark(entry.what));
        }
        Err(Full)
    }

    fn fingerprint(&self, place: usize) -> u64 {
        self.fingerprints.get(place).map_or(0, |kept| kept.load(Ordering::Acquire))
    }

    /// Returns every entry, with its bucket and its lane. Only for the thread that writes.
    fn places(&self) -> impl Iterator<Item = (usize, usize, Entry)> {
        let number = |numbers: &[AtomicU32], place: usize| {
            numbers.get(place).map_or(0, |number| number.load(Ordering::Relaxed))
        };
        let lanes = self.buckets.iter().enumerate().flat_map(|(number, bucket)| {
            let tags = bucket.read();
            (0..PLACES).filter(move |lane| tags.lane(*lane) != 0).map(move |lane| (number, lane))
        });
        lanes.map(move |(bucket, lane)| {
            let place = place(bucket, lane);
            let what = Fingerprint::from_u64(self.fingerprint(place));
            let (until_s, epoch) = (number(&self.untils, place), number(&self.epochs, place));
            (bucket, lane, Entry { what, until_s, epoch })
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

/// Seven tags, and marks of what did not fit: 16 lanes of a bit, one for each kind of fingerprint.
#[derive(Debug, Default)]
#[repr(align(16))]
struct Bucket([AtomicU64; 2]);

/// A bucket as it was at one time.
#[derive(Debug, Clone, Copy)]
struct Tags([u64; 2]);

impl Bucket {
    #[inline]
    fn read(&self) -> Tags {
        let [low, high] = &self.0;
        Tags([low.load(Ordering::Acquire), high.load(Ordering::Acquire)])
    }

    fn set_lane(&self, lane: usize, tag: u64) {
        let [low, high] = &self.0;
        let (word, shift) = (if lane < 4 { low } else { high }, bits_before(lane));
        let others = word.load(Ordering::Relaxed) & !(LANE << shift);
        word.store(others | tag << shift, Ordering::Release);
    }

    fn set_marks(&self, marks: u64) {
        let [_, high] = &self.0;
        let tags = high.load(Ordering::Relaxed) & !(LANE << MARKS);
        high.store(tags | marks << MARKS, Ordering::Release);
    }
}

impl Tags {
    /// Returns the first lane that has the tag of a fingerprint, with a handful of operations on
    /// whole words and without a branch for each lane.
    #[inline]
    const fn first_match(self, what: Fingerprint) -> Option<usize> {
        let Self([low, high]) = self;
        let tags = tag(what).wrapping_mul(ONES);
        // The lowest lane that is zero after the difference is the lowest whose upper bit is set
        // after this. (Those above it may be so because of what is carried.)
        let (in_low, in_high) = (low ^ tags, high ^ tags);
        let in_low = in_low.wrapping_sub(ONES) & !in_low & TOPS;
        let in_high = in_high.wrapping_sub(ONES) & !in_high & TOPS & !(LANE << MARKS);
        if in_low | in_high == 0 {
            return None;
        }
        let (lanes, first) = if in_low == 0 { (in_high, 4) } else { (in_low, 0) };
        Some((lanes.trailing_zeros() / 16).saturating_add(first) as usize)
    }

    const fn lane(self, lane: usize) -> u64 {
        let Self([low, high]) = self;
        LANE & (if lane < 4 { low } else { high } >> bits_before(lane))
    }

    fn free_lane(self) -> Option<usize> {
        (0..PLACES).find(|lane| self.lane(*lane) == 0)
    }

    const fn marks(self) -> u64 {
        let Self([_, high]) = self;
        high >> MARKS
    }

    /// Whether something like this fingerprint did not fit.
    const fn goes_on(self, what: Fingerprint) -> bool {
        self.marks() & mark(what) != 0
    }
}

/// The lowest bits of a fingerprint; 0 is an empty lane.
#[inline]
const fn tag(what: Fingerprint) -> u64 {
    let tag = what.as_u64() & LANE;
    if tag == 0 { 1 } else { tag }
}

/// One bit of sixteen, by other bits of a fingerprint.
#[inline]
const fn mark(what: Fingerprint) -> u64 {
    1 << ((what.as_u64() >> 16) & 15)
}

/// Where a lane begins in its word: four are in each.
const fn bits_before(lane: usize) -> usize {
    (lane % 4).saturating_mul(16)
}

const fn place(bucket: usize, lane: usize) -> usize {
    bucket.saturating_mul(PLACES).saturating_add(lane)
}

/// Entries in a bucket.
const PLACES: usize = 7;

/// Where the marks are in the second word.
const MARKS: u32 = 48;

const LANE: u64 = 0xffff;
const ONES: u64 = 0x0001_0001_0001_0001;
const TOPS: u64 = ONES << 15;
