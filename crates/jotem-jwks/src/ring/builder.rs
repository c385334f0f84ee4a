//! A new ring.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jotem::jwa::{Algorithm, KeyType};
use jotem::jwk::Password;
use jotem::{Clock, SystemClock};

use super::document;
use super::error::RingError;
use super::file::FileStore;
use super::key_ring::KeyRing;
use super::record::Record;
use super::snapshot::{Snapshot, generate};
use super::store::{RingStore, StoredRing};
use super::timers::{Timers, Wishes, whole_seconds};

/// Builds a new [`KeyRing`]. Durations are rounded up to whole seconds; defaults are in [`Timers`].
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use jotem::Algorithm;
/// use jotem_jwks::ring::KeyRing;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("ring.json");
///
/// let ring = KeyRing::builder(Algorithm::Es256)
///     .token_lifetime(Duration::from_secs(3600))          // the longest-lived token it signs
///     .rotate_every(Duration::from_secs(7 * 86_400))
///     .create_file(&path, "a long password")?;
/// assert_eq!(ring.keys().len(), 2, "one signs, and one is announced");
///
/// let error = KeyRing::builder(Algorithm::Es256)
///     .token_lifetime(Duration::from_secs(3600))
///     .retire_for(Duration::from_secs(900))
///     .timers()
///     .unwrap_err();
/// assert_eq!(error.code(), "ring_retirement_too_short");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct RingBuilder {
    algorithm: Algorithm,
    rsa_bits: Option<usize>,
    wishes: Wishes,
    clock: Arc<dyn Clock>,
}

impl RingBuilder {
    pub(super) fn new(algorithm: Algorithm) -> Self {
        let clock = Arc::new(SystemClock);
        Self { algorithm, rsa_bits: None, wishes: Wishes::default(), clock }
    }

    /// Sets the longest lifetime of what the ring signs; 15 minutes by default. Issuers of the ring
    /// refuse tokens that live longer.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.wishes.token_lifetime = Some(whole_seconds(lifetime));
        self
    }

    /// Sets what verifiers allow for their clocks; 30 s by default, 300 s at most.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.wishes.leeway = Some(whole_seconds(leeway));
        self
    }

    /// Sets `max-age` of what is published; 5 minutes by default.
    pub fn jwks_max_age(mut self, age: Duration) -> Self {
        self.wishes.jwks_max_age = Some(whole_seconds(age));
        self
    }

    /// Sets how long a cache may give an old set while it fetches a new one (RFC 5861 §3); an hour by
    /// default, or less where keys are announced for less.
    pub fn stale_while_revalidate(mut self, age: Duration) -> Self {
        self.wishes.stale_while_revalidate = Some(whole_seconds(age));
        self
    }

    /// Sets how long a cache may give an old set while it cannot fetch a new one (RFC 5861 §4); as
    /// long as the announcement of keys allows by default, and 24 hours at most.
    pub fn stale_if_error(mut self, age: Duration) -> Self {
        self.wishes.stale_if_error = Some(whole_seconds(age));
        self
    }

    /// Sets how much longer verifiers go on with a set than `max-age` says: those that fetch by the
    /// clock and not by the header; 5 minutes by default.
    pub fn fetch_interval(mut self, interval: Duration) -> Self {
        self.wishes.fetch_interval = Some(whole_seconds(interval));
        self
    }

    /// Sets how long a key is published before it may sign; 24 hours by default, or less where keys
    /// rotate faster.
    pub fn announce_for(mut self, duration: Duration) -> Self {
        self.wishes.announce_for = Some(whole_seconds(duration));
        self
    }

    /// Sets how long a key signs; 30 days by default.
    pub fn rotate_every(mut self, duration: Duration) -> Self {
        self.wishes.rotate_every = Some(whole_seconds(duration));
        self
    }

    /// Sets how long a key is published after its last signature; by default an hour, or as long as
    /// tokens live on where that is more.
    pub fn retire_for(mut self, duration: Duration) -> Self {
        self.wishes.retire_for = Some(whole_seconds(duration));
        self
    }

    /// Sets the size of RSA keys, in bits: 2048 (the default), 3072, 4096 or 8192.
    pub const fn rsa_bits(mut self, bits: usize) -> Self {
        self.rsa_bits = Some(bits);
        self
    }

    /// Sets the clock of the ring; the system's by default. Another process that opens the ring has
    /// its own, which should agree.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Returns the durations, with those that were not set, without making a ring.
    ///
    /// # Errors
    /// [`RingError::AlgorithmSymmetric`], [`RingError::TimerOutOfRange`],
    /// [`RingError::AnnouncementTooShort`], [`RingError::RetirementTooShort`],
    /// [`RingError::RotationTooOften`].
    pub fn timers(&self) -> Result<Timers, RingError> {
        if self.algorithm.is_symmetric() {
            return Err(RingError::AlgorithmSymmetric { algorithm: self.algorithm });
        }
        self.wishes.timers()
    }

    /// Makes a ring and keeps it in a new file of mode 0600; its private keys are under the password.
    ///
    /// # Errors
    /// As [`Self::timers`]; [`RingError::Exists`] if there is such a file, [`RingError::Store`] if it
    /// cannot be written; [`RingError::Jotem`] for an empty password.
    pub fn create_file(
        self,
        path: impl AsRef<Path>,
        password: impl AsRef<[u8]>,
    ) -> Result<KeyRing, RingError> {
        self.create_in(FileStore::new(path), password)
    }

    /// Makes a ring and keeps it in a store.
    ///
    /// # Errors
    /// As [`Self::create_file`].
    pub fn create_in(
        self,
        store: impl RingStore + 'static,
        password: impl AsRef<[u8]>,
    ) -> Result<KeyRing, RingError> {
        let timers = self.timers()?;
        let mut password = Password::new(password)?;
        let now = self.clock.now().floor();
        // Other keys have one size each: the engine says so.
        let is_rsa = self.algorithm.key_type() == KeyType::Rsa;
        let rsa_bits = self.rsa_bits.or_else(|| is_rsa.then_some(2048));
        let mut new = || generate(self.algorithm, rsa_bits, now, &mut password);
        let (mut active, spare) = (new()?, new()?);
        active.activated_at = Some(now);
        let record = Record {
            revision: 1,
            algorithm: self.algorithm,
            rsa_bits,
            timers,
            entries: vec![active, spare],
        };
        let stored = StoredRing::new(document::write(&record)?)?;
        let snapshot = Snapshot::open(stored, Some(&mut password))?;
        store.create(&snapshot.stored)?;
        Ok(KeyRing::assemble(Arc::new(store), self.clock, snapshot, Some(password)))
    }
}
