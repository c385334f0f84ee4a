//! A store in memory, which other "processes" share, and which can be made to fail.

use std::sync::{Arc, Mutex};

use jotem::Algorithm;
use jotem::error::Excerpt;
use jotem::testing::FixedClock;
use jotem_jwks::ring::{KeyRing, KeyState, RingBuilder, RingError, RingStore, StoredRing};

pub(crate) const NOW: u64 = 1_800_000_000;
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Clones share what is kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory {
    pub(crate) kept: Arc<Mutex<Option<StoredRing>>>,
    /// What somebody else puts there just before the next change.
    pub(crate) intruder: Arc<Mutex<Option<StoredRing>>>,
}

impl RingStore for Memory {
    fn create(&self, ring: &StoredRing) -> Result<(), RingError> {
        *self.kept.lock().unwrap() = Some(ring.clone());
        Ok(())
    }

    fn load(&self) -> Result<StoredRing, RingError> {
        let missing = RingError::Missing { name: Excerpt::new("ring in memory") };
        self.kept.lock().unwrap().clone().ok_or(missing)
    }

    fn replace(&self, expected: u64, ring: &StoredRing) -> Result<(), RingError> {
        let mut kept = self.kept.lock().unwrap();
        if let Some(other) = self.intruder.lock().unwrap().take() {
            *kept = Some(other);
        }
        let found = kept.as_ref().unwrap().revision();
        if found != expected {
            return Err(RingError::Conflict { expected, found });
        }
        *kept = Some(ring.clone());
        Ok(())
    }
}

impl Memory {
    pub(crate) fn text(&self) -> String {
        self.load().unwrap().text().to_owned()
    }

    /// Opens the ring as another process would.
    pub(crate) fn open(&self, clock: &FixedClock) -> KeyRing {
        KeyRing::open_with_clock(self.clone(), PASSWORD, clock.clone()).unwrap()
    }
}

pub(crate) fn builder(clock: &FixedClock) -> RingBuilder {
    KeyRing::builder(Algorithm::EdDsa).clock(clock.clone())
}

pub(crate) fn ring() -> (KeyRing, Memory, FixedClock) {
    let (clock, memory) = (FixedClock::at(NOW), Memory::default());
    (builder(&clock).create_in(memory.clone(), PASSWORD).unwrap(), memory, clock)
}

/// The names of the keys in a state.
pub(crate) fn in_state(ring: &KeyRing, state: KeyState) -> Vec<String> {
    let keys = ring.keys();
    let keys = keys.iter().filter(|key| key.state() == state);
    keys.map(|key| key.key_id().to_owned()).collect()
}

/// The states of the keys, in the order in which they were announced.
pub(crate) fn states(ring: &KeyRing) -> Vec<KeyState> {
    ring.keys().iter().map(jotem_jwks::ring::RingKey::state).collect()
}
