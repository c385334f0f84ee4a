//! Tables that follow each other, each larger than the one before.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Fingerprint;
use super::table::{Entry, Full, Table};

/// What is revoked, in a table that a larger one follows when it is full.
///
/// A table that was followed stays as it was: a reader that still has it misses nothing that was known
/// when it began. So readers announce nothing and wait for nobody. All smaller tables together take a
/// seventh of the largest.
#[derive(Debug)]
pub(super) struct Entries {
    tables: Box<[OnceLock<Table>]>,
    cap: usize,
    has_epochs: bool,
    current: AtomicUsize,
}

impl Entries {
    /// Makes room for none yet, and for `cap` at most.
    pub(super) fn new(cap: usize, has_epochs: bool) -> Self {
        let mut tables = vec![OnceLock::new()];
        let mut capacity = cap / GROWTH;
        while capacity >= FEWEST {
            tables.push(OnceLock::new());
            capacity /= GROWTH;
        }
        Self { tables: tables.into(), cap, has_epochs, current: AtomicUsize::new(0) }
    }

    /// Returns the table of now; absent if nothing was ever put in.
    #[inline]
    pub(super) fn table(&self) -> Option<&Table> {
        self.tables.get(self.current.load(Ordering::Acquire))?.get()
    }

    /// Returns whether a fingerprint is there.
    pub(super) fn has(&self, what: Fingerprint) -> bool {
        self.epoch_of(what).is_some()
    }

    /// Finds a fingerprint, and returns its epoch: 0 where none are kept.
    pub(super) fn epoch_of(&self, what: Fingerprint) -> Option<u32> {
        self.table()?.epoch_of(what)
    }

    /// Puts an entry in, or brings it up to date; not if there are as many as there may be. `swept_s`
    /// is when what is over was last forgotten. Only one thread may.
    pub(super) fn insert(&self, entry: Entry, now_s: u32, swept_s: &mut u32) -> Result<(), Full> {
        loop {
            let level = self.current.load(Ordering::Relaxed);
            let table = self.tables.get(level).ok_or(Full)?;
            let table = table.get_or_init(|| self.sized(level));
            if table.insert(entry).is_ok() {
                return Ok(());
            }
            if *swept_s < now_s {
                *swept_s = now_s;
                table.sweep(now_s);
                // So little room is not worth a sweep for the next few.
                let is_roomy = table.len() <= table.capacity().saturating_sub(table.capacity() / 4);
                if is_roomy || self.is_last(level) {
                    continue;
                }
            }
            if self.is_last(level) {
                return Err(Full);
            }
            self.follow(table, level.saturating_add(1));
        }
    }

    /// Forgets what is over. Only one thread may.
    pub(super) fn sweep(&self, now_s: u32) {
        if let Some(table) = self.table() {
            table.sweep(now_s);
        }
    }

    /// Returns every entry.
    pub(super) fn all(&self) -> impl Iterator<Item = Entry> {
        self.table().into_iter().flat_map(Table::entries)
    }

    pub(super) fn len(&self) -> usize {
        self.table().map_or(0, Table::len)
    }

    pub(super) fn bytes(&self) -> usize {
        self.tables.iter().filter_map(OnceLock::get).map(Table::bytes).sum()
    }

    /// Makes the next table of what is in this one.
    fn follow(&self, table: &Table, level: usize) {
        let larger = self.sized(level);
        for entry in table.entries() {
            // It has eight times the room.
            let _ = larger.insert(entry);
        }
        if self.tables.get(level).is_some_and(|place| place.set(larger).is_ok()) {
            self.current.store(level, Ordering::Release);
        }
    }

    fn is_last(&self, level: usize) -> bool {
        level.saturating_add(1) >= self.tables.len()
    }

    fn sized(&self, level: usize) -> Table {
        let above = self.tables.len().saturating_sub(level).saturating_sub(1);
        let smaller = (0..above).fold(self.cap, |capacity, _| capacity / GROWTH);
        Table::new(smaller, self.has_epochs)
    }
}

/// How much larger the next table is. By so much, so that the ones before take little beside it.
const GROWTH: usize = 8;

/// The smallest table has room for at least so many, unless the largest has not.
const FEWEST: usize = 64;
