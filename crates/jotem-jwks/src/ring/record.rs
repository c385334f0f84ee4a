//! The keys of a ring with their dates, and what may happen to them. Time comes in, nothing is read
//! or written.

use jotem::NumericDate;
use jotem::error::Excerpt;
use jotem::jwa::Algorithm;
use serde_json::value::RawValue;

use super::error::RingError;
use super::state::{KeyState, RingKey};
use super::timers::Timers;

/// More keys than this, and nobody would read the set.
pub(super) const MOST_KEYS: usize = 64;

/// A ring as it is kept.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) revision: u64,
    pub(super) algorithm: Algorithm,
    pub(super) rsa_bits: Option<usize>,
    pub(super) timers: Timers,
    /// In the order in which they were announced.
    pub(super) entries: Vec<Entry>,
}

/// A key as it is kept.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key_id: String,
    pub(super) announced_at: NumericDate,
    pub(super) activated_at: Option<NumericDate>,
    pub(super) retired_at: Option<NumericDate>,
    /// When it goes; decided when it retires.
    pub(super) removed_at: Option<NumericDate>,
    /// The public JWK.
    pub(super) public: Box<RawValue>,
    /// The private key: PKCS#8 under the password, in PEM. None after it has retired.
    pub(super) private: Option<String>,
}

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rotation {
    /// The key that stopped signing.
    pub retired: String,
    /// The key that signs now.
    pub active: String,
    /// The new spare.
    pub announced: String,
}

/// What a compromise did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compromise {
    /// The state that the key had.
    pub was: KeyState,
    /// The key that signs now.
    pub active: String,
    /// The new spare, if one was needed.
    pub announced: Option<String>,
    /// From when on every verifier knows the key that signs now: in the past, if the spare was old
    /// enough. Until then those that have not fetched refuse its tokens.
    pub known_at: NumericDate,
}

/// What maintenance did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Maintenance {
    /// The rotation, if one was due.
    pub rotation: Option<Rotation>,
    /// The keys that were removed.
    pub removed: Vec<String>,
    /// When something is due next.
    pub next_due: NumericDate,
}

impl Entry {
    /// Returns the state at a moment. Only the removal comes by itself: everything else is written down.
    pub(super) fn state(&self, now: NumericDate) -> KeyState {
        match (self.activated_at, self.retired_at, self.removed_at) {
            (_, _, Some(removed_at)) if removed_at <= now => KeyState::Removed,
            (_, Some(_), _) => KeyState::Retiring,
            (Some(_), None, _) => KeyState::Active,
            (None, None, _) => KeyState::Announced,
        }
    }

    /// Whether it signs; only one does, whatever time it is.
    pub(super) const fn is_active(&self) -> bool {
        self.activated_at.is_some() && self.retired_at.is_none()
    }

    pub(super) const fn is_announced(&self) -> bool {
        self.activated_at.is_none() && self.retired_at.is_none()
    }
}

impl Record {
    /// Returns every key at a moment, without those that were removed.
    pub(super) fn keys(&self, now: NumericDate) -> Vec<RingKey> {
        let keys = self.entries.iter().map(|entry| RingKey {
            key_id: entry.key_id.clone(),
            state: entry.state(now),
            announced_at: entry.announced_at,
            activated_at: entry.activated_at,
            retired_at: entry.retired_at,
            next_at: self.next_at(entry),
        });
        keys.filter(|key| key.state != KeyState::Removed).collect()
    }

    fn next_at(&self, entry: &Entry) -> NumericDate {
        match (entry.activated_at, entry.removed_at) {
            (_, Some(removed_at)) => removed_at,
            (Some(activated_at), None) => activated_at.saturating_add(self.timers.rotate_every()),
            (None, None) => self.known_at(entry),
        }
    }

    /// Returns from when on every verifier knows a key.
    fn known_at(&self, entry: &Entry) -> NumericDate {
        entry.announced_at.saturating_add(self.timers.announce_for())
    }

    fn active(&self) -> Result<&Entry, RingError> {
        self.entries.iter().find(|entry| entry.is_active()).ok_or_else(no_active)
    }

    /// The announced key that is known the longest.
    fn spare(&self) -> Result<&Entry, RingError> {
        self.entries.iter().find(|entry| entry.is_announced()).ok_or_else(no_spare)
    }

    /// Returns when something is due next: a rotation or a removal.
    pub(super) fn next_due(&self) -> Result<NumericDate, RingError> {
        let rotation = self.next_at(self.active()?).max(self.known_at(self.spare()?));
        let removals = self.entries.iter().filter_map(|entry| entry.removed_at);
        Ok(removals.fold(rotation, NumericDate::min))
    }

    /// Whether a rotation is due.
    pub(super) fn is_rotation_due(&self, now: NumericDate) -> Result<bool, RingError> {
        Ok(self.next_at(self.active()?).max(self.known_at(self.spare()?)) <= now)
    }

    /// Refuses a rotation for which the spare is not known everywhere yet.
    pub(super) fn check_spare(&self, now: NumericDate) -> Result<(), RingError> {
        let spare = self.spare()?;
        let known_at = self.known_at(spare);
        if known_at <= now {
            return Ok(());
        }
        Err(RingError::SpareTooNew { key_id: spare.key_id.clone(), known_at, now })
    }

    /// The active key retires, the spare signs, and the new key is the spare.
    pub(super) fn rotate(&mut self, now: NumericDate, new: Entry) -> Result<Rotation, RingError> {
        self.drop_removed(now);
        self.check_room()?;
        let retired = self.active()?.key_id.clone();
        let active = self.spare()?.key_id.clone();
        let removed_at = now.saturating_add(self.timers.retire_for());
        for entry in &mut self.entries {
            if entry.key_id == retired {
                entry.retired_at = Some(now);
                entry.removed_at = Some(removed_at);
                entry.private = None;
            } else if entry.key_id == active {
                entry.activated_at = Some(now);
            }
        }
        let announced = new.key_id.clone();
        self.entries.push(new);
        Ok(Rotation { retired, active, announced })
    }

    /// The key is gone at once. Returns what happened, and what is to be announced in its place.
    pub(super) fn compromise(
        &mut self,
        key_id: &str,
        now: NumericDate,
        new: impl FnOnce() -> Result<Entry, RingError>,
    ) -> Result<Compromise, RingError> {
        self.drop_removed(now);
        let unknown = || RingError::KeyUnknown { key_id: Excerpt::new(key_id) };
        let at = self.entries.iter().position(|entry| entry.key_id == key_id);
        let gone = self.entries.remove(at.ok_or_else(unknown)?);
        let mut announced = None;
        if gone.is_active() || !self.entries.iter().any(Entry::is_announced) {
            self.check_room()?;
            let new = new()?;
            announced = Some(new.key_id.clone());
            self.entries.push(new);
        }
        if gone.is_active()
            && let Some(spare) = self.entries.iter_mut().find(|entry| entry.is_announced())
        {
            spare.activated_at = Some(now);
        }
        let active = self.active()?;
        let (known_at, active) = (self.known_at(active), active.key_id.clone());
        Ok(Compromise { was: gone.state(now), active, announced, known_at })
    }

    /// Forgets the keys whose time has come, and names them.
    pub(super) fn drop_removed(&mut self, now: NumericDate) -> Vec<String> {
        let is_gone = |entry: &Entry| entry.state(now) == KeyState::Removed;
        let gone = self.entries.iter().filter(|entry| is_gone(entry));
        let gone = gone.map(|entry| entry.key_id.clone()).collect();
        self.entries.retain(|entry| !is_gone(entry));
        gone
    }

    fn check_room(&self) -> Result<(), RingError> {
        let keys = self.entries.len();
        if keys < MOST_KEYS { Ok(()) } else { Err(RingError::Full { keys }) }
    }

    /// Refuses what no ring ever looks like.
    pub(super) fn check(&self) -> Result<(), RingError> {
        self.timers.check()?;
        if self.algorithm.is_symmetric() {
            return Err(RingError::AlgorithmSymmetric { algorithm: self.algorithm });
        }
        if self.entries.len() > MOST_KEYS {
            return Err(RingError::Full { keys: self.entries.len() });
        }
        self.active()?;
        self.spare()?;
        if self.entries.iter().filter(|entry| entry.is_active()).count() > 1 {
            return Err(RingError::damaged("more than one key is active"));
        }
        for (at, entry) in self.entries.iter().enumerate() {
            if self.entries.iter().skip(at.saturating_add(1)).any(|e| e.key_id == entry.key_id) {
                return Err(RingError::damaged("two keys have one name"));
            }
            check_dates(entry)?;
        }
        Ok(())
    }
}

/// The dates and the private half of a key say the same of its state.
fn check_dates(entry: &Entry) -> Result<(), RingError> {
    let problem = if entry.retired_at.is_some() != entry.removed_at.is_some() {
        "a key retires without a date of its removal"
    } else if entry.retired_at.is_some() && entry.activated_at.is_none() {
        "a key retires that was never active"
    } else if entry.retired_at.is_some() && entry.private.is_some() {
        "a retiring key still has its private half"
    } else if entry.retired_at.is_none() && entry.private.is_none() {
        "a key has no private half, and does not retire"
    } else {
        return Ok(());
    };
    Err(RingError::damaged(problem))
}

fn no_active() -> RingError {
    RingError::damaged("no key is active")
}

fn no_spare() -> RingError {
    RingError::damaged("no key is announced")
}
