//! What one verifier knows: read by many threads, fed by one at a time.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jotem::NumericDate;

use super::entries::Entries;
use super::snapshot::{Content, SnapshotKey};
use super::table::{Entry, Glance, Table};
use super::{Fingerprint, Names, Revocation, RevocationError, RevokedBy};

/// What a verifier knows of revocations.
///
/// It keeps the memory that it once needed: at most 24 bytes for each entry that there is room for, and
/// a third more for subjects. A new view takes its place where that matters.
///
/// # Examples
/// ```
/// use jotem::{NumericDate, Secret};
/// use jotem_session::revocation::{Fingerprints, Names, Revocation, RevocationView, RevokedBy};
/// use std::time::Duration;
///
/// let fingerprints = Fingerprints::derive(&Secret::from(vec![7; 32]))?;
/// let view = RevocationView::new();
/// let now = NumericDate::from_secs(1_795_305_600);
///
/// let ada = fingerprints.subject(None, "ada");
/// view.apply([Revocation::of_subject(ada, 5, 1_795_306_530)], now)?;
///
/// let issued_before = Names::none().subject(ada, 4);
/// let issued_after = Names::none().subject(ada, 5);
/// assert_eq!(view.check(&issued_before), Err(RevokedBy::Subject));
/// assert_eq!(view.check(&issued_after), Ok(()));
/// assert_eq!(view.age(now), Some(Duration::ZERO));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RevocationView {
    ids: Entries,
    subjects: Entries,
    cap: usize,
    /// Who changes something, alone; and when what is over was last forgotten to make room for an
    /// identifier, and for a subject.
    writer: Mutex<[u32; 2]>,
    /// Milliseconds since 1970; 0 while nothing is known.
    as_of_ms: AtomicU64,
    /// Until when something matters that there was no room for: seconds since 1970.
    lost_until_s: AtomicU32,
}

impl RevocationView {
    /// For how many entries there is room if nothing else is said.
    pub const DEFAULT_CAP: usize = 1_000_000;

    const AHEAD: Duration = Duration::from_secs(60);

    /// Makes a view that knows nothing yet, not even that nothing was revoked: [`Self::age`] is absent.
    #[must_use]
    pub fn new() -> Self {
        Self::with_cap(Self::DEFAULT_CAP)
    }

    /// Makes such a view with room for `cap` tokens, sessions and keys, and for as many subjects
    /// and clients. It takes memory as it fills.
    #[must_use]
    pub fn with_cap(cap: usize) -> Self {
        Self {
            ids: Entries::new(cap, false),
            subjects: Entries::new(cap, true),
            cap,
            writer: Mutex::default(),
            as_of_ms: AtomicU64::new(0),
            lost_until_s: AtomicU32::new(0),
        }
    }

    /// Makes a view of a snapshot, with room for `cap` as in [`Self::with_cap`]. It is as old as the
    /// snapshot: an older one is not refused, and [`Self::age`] shows it.
    ///
    /// # Errors
    /// [`RevocationError`]: it is none, of a later version, made under another master secret,
    /// not complete or changed; or there is no room for it.
    pub fn from_snapshot(
        snapshot: &[u8],
        key: &SnapshotKey,
        cap: usize,
    ) -> Result<Self, RevocationError> {
        let Content { as_of_ms, lost_until_s, ids, subjects } = Content::read(snapshot, key)?;
        let view = Self::with_cap(cap);
        let mut alone = view.alone();
        let revocations = ids.iter().map(|entry| Revocation::of(entry.what, entry.until_s)).chain(
            subjects
                .iter()
                .map(|entry| Revocation::of_subject(entry.what, entry.epoch, entry.until_s)),
        );
        let left_out = revocations.filter(|one| !view.take_in(*one, 0, &mut alone)).count();
        drop(alone);
        if left_out > 0 {
            return Err(RevocationError::Full { cap, left_out });
        }
        view.lost_until_s.store(lost_until_s, Ordering::Release);
        view.as_of_ms.store(as_of_ms, Ordering::Release);
        Ok(view)
    }

    /// Writes everything that is known, exactly, with a MAC. The module says in which form.
    ///
    /// # Examples
    /// ```
    /// use jotem::{NumericDate, Secret};
    /// use jotem_session::revocation::{Fingerprints, Names, Revocation, RevocationView, SnapshotKey};
    ///
    /// let master = Secret::from(vec![7; 32]);
    /// let (names, key) = (Fingerprints::derive(&master)?, SnapshotKey::derive(&master)?);
    /// let view = RevocationView::new();
    /// let now = NumericDate::from_secs(1_795_305_600);
    /// view.apply([Revocation::of(names.token("jti"), 1_795_306_530)], now)?;
    ///
    /// let elsewhere = RevocationView::from_snapshot(&view.snapshot(&key), &key, 1_000_000)?;
    /// assert!(elsewhere.check(&Names::none().token(names.token("jti"))).is_err());
    /// assert_eq!(elsewhere.as_of(), Some(now));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn snapshot(&self, key: &SnapshotKey) -> Vec<u8> {
        let alone = self.alone();
        let entries = |entries: &Entries| entries.all().collect();
        let content = Content {
            as_of_ms: self.as_of_ms.load(Ordering::Acquire),
            lost_until_s: self.lost_until_s.load(Ordering::Acquire),
            ids: entries(&self.ids),
            subjects: entries(&self.subjects),
        };
        drop(alone);
        content.write(key)
    }

    /// Takes revocations in: all that there were up to `as_of`, which may be none. One that is known
    /// changes nothing; the later end, and the higher epoch, stays.
    ///
    /// # Errors
    /// [`RevocationError::Full`]: some were left out, all others taken in. From now on the view
    /// [`is overfull`](Self::is_overfull), until what was left out is over.
    pub fn apply(
        &self,
        revocations: impl IntoIterator<Item = Revocation>,
        as_of: NumericDate,
    ) -> Result<(), RevocationError> {
        let now_s = seconds(as_of);
        let mut alone = self.alone();
        let mut left_out = 0_usize;
        for revocation in revocations {
            if !self.take_in(revocation, now_s, &mut alone) {
                // Before the time of `as_of`, so that no reader sees the one without the other.
                self.lost_until_s.fetch_max(revocation.until_s, Ordering::Release);
                left_out = left_out.saturating_add(1);
            }
        }
        let as_of_ms = u64::try_from(as_of.since_epoch().as_millis()).unwrap_or(u64::MAX);
        self.as_of_ms.fetch_max(as_of_ms, Ordering::Release);
        drop(alone);
        if left_out > 0 {
            return Err(RevocationError::Full { cap: self.cap, left_out });
        }
        Ok(())
    }

    /// Says that nothing is known any more: the clock was set back, and what was forgotten as over may
    /// not be. Whoever feeds the view begins anew; what it has, it keeps.
    pub fn restart(&self) {
        let alone = self.alone();
        self.as_of_ms.store(0, Ordering::Release);
        drop(alone);
    }

    /// Forgets what is over: revocations of tokens that have all expired. Once a minute is enough; what
    /// is over takes room and nothing else.
    pub fn sweep(&self, now: NumericDate) {
        let now_s = seconds(now);
        let mut alone = self.alone();
        self.ids.sweep(now_s);
        self.subjects.sweep(now_s);
        *alone = alone.map(|swept_s| swept_s.max(now_s));
    }

    /// Looks a token up by all of its names.
    ///
    /// # Errors
    /// [`RevokedBy`]: one of them is revoked.
    #[expect(
        clippy::inline_always,
        reason = "who asks for one name pays for one: half of the time"
    )]
    #[inline(always)]
    pub fn check(&self, names: &Names) -> Result<(), RevokedBy> {
        let ids = self.ids.table();
        let glance = |table: Option<&Table>, name: Option<Fingerprint>| match (table, name) {
            (Some(table), Some(name)) => table.glance(name),
            _ => Glance::NOTHING,
        };
        let session = glance(ids, names.session);
        let token = glance(ids, names.token);
        let key = glance(ids, names.key);
        let older = |name: Option<(Fingerprint, u32)>| match name {
            Some((name, _)) => glance(self.subjects.table(), Some(name)),
            None => Glance::NOTHING,
        };
        let (client, subject) = (older(names.client), older(names.subject));
        let older = client.is_here | subject.is_here;
        // The first branch on what was read: until here the processor reads all names at the same time,
        // and those of the next token.
        let doubts = session.doubt | token.doubt | key.doubt | client.doubt | subject.doubt | older;
        if doubts != 0 {
            return self.check_one_by_one(names);
        }
        let found = session.is_here | token.is_here << 1 | key.is_here << 3 | NOT_REVOKED;
        VERDICTS.get(found.trailing_zeros() as usize).copied().unwrap_or(Ok(()))
    }

    /// Looks each name up wherever it may be, and the epochs.
    #[cold]
    fn check_one_by_one(&self, names: &Names) -> Result<(), RevokedBy> {
        let has = |name: Option<Fingerprint>| name.is_some_and(|what| self.ids.has(what));
        let is_older = |name: Option<(Fingerprint, u32)>| {
            name.is_some_and(|(what, epoch)| {
                self.subjects.epoch_of(what).is_some_and(|revoked| epoch < revoked)
            })
        };
        let verdicts = [
            has(names.session),
            has(names.token),
            is_older(names.client),
            has(names.key),
            is_older(names.subject),
        ];
        let first = verdicts.iter().position(|is_revoked| *is_revoked);
        first.and_then(|first| VERDICTS.get(first)).copied().unwrap_or(Ok(()))
    }

    /// Returns up to when everything is known; absent if nothing was heard yet, or if the view
    /// [`is overfull`](Self::is_overfull).
    #[must_use]
    pub fn as_of(&self) -> Option<NumericDate> {
        // Not the other way round: see `apply`.
        let as_of = self.as_of_ms.load(Ordering::Acquire);
        let lost_until_s = self.lost_until_s.load(Ordering::Acquire);
        let knows = as_of != 0 && u64::from(lost_until_s) <= as_of / 1_000;
        knows.then(|| NumericDate::from_secs(0).saturating_add(Duration::from_millis(as_of)))
    }

    /// Returns how old that knowledge is; absent as in [`Self::as_of`], and if it is of a time that is
    /// more than a minute ahead: then the clock was set back.
    #[must_use]
    pub fn age(&self, now: NumericDate) -> Option<Duration> {
        let as_of = self.as_of()?;
        let is_ahead = as_of > now.saturating_add(Self::AHEAD);
        (!is_ahead).then(|| now.saturating_since(as_of))
    }

    /// Returns whether something that there was no room for still matters. Then the view does not
    /// know everything, and answers to [`Self::age`] as one that has heard nothing.
    #[must_use]
    pub fn is_overfull(&self) -> bool {
        let as_of_s = self.as_of_ms.load(Ordering::Acquire) / 1_000;
        u64::from(self.lost_until_s.load(Ordering::Acquire)) > as_of_s
    }

    /// Returns how many revocations there are, with those that are over and were not swept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len().saturating_add(self.subjects.len())
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns for how many tokens, sessions and keys there is room, and for how many subjects and clients.
    #[must_use]
    pub const fn cap(&self) -> usize {
        self.cap
    }

    /// Returns how many bytes they take, or once took.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.ids.bytes().saturating_add(self.subjects.bytes())
    }

    /// Takes one in; not if there is no room. Makes room of what is over.
    fn take_in(&self, revocation: Revocation, now_s: u32, swept_s: &mut [u32; 2]) -> bool {
        let Revocation { what, until_s, epoch } = revocation;
        let [ids, subjects] = swept_s;
        let (entries, swept_s) =
            if epoch.is_some() { (&self.subjects, subjects) } else { (&self.ids, ids) };
        let entry = Entry { what, until_s, epoch: epoch.unwrap_or_default() };
        // What is over already matters to nobody, wherever there is no room for it.
        entries.insert(entry, now_s, swept_s).is_ok() || until_s <= now_s
    }

    fn alone(&self) -> MutexGuard<'_, [u32; 2]> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for RevocationView {
    fn default() -> Self {
        Self::new()
    }
}

/// What a token is told, by the first of its names that is revoked; and if none is.
const VERDICTS: [Result<(), RevokedBy>; 6] = [
    Err(RevokedBy::Session),
    Err(RevokedBy::Token),
    Err(RevokedBy::Client),
    Err(RevokedBy::Key),
    Err(RevokedBy::Subject),
    Ok(()),
];

/// The last of them, as a bit.
const NOT_REVOKED: u64 = 1 << 5;

fn seconds(date: NumericDate) -> u32 {
    u32::try_from(date.as_secs()).unwrap_or(u32::MAX)
}
