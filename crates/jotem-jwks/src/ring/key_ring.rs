//! The ring: what it knows, what it looks up, and what changes it.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::{ArcSwap, ArcSwapOption};
use jotem::jwa::Algorithm;
use jotem::jwk::Password;
use jotem::jwt::IssuerBuilder;
use jotem::{Clock, Issuer, NumericDate, SigningKey, SystemClock};

use super::builder::RingBuilder;
use super::document;
use super::error::RingError;
use super::file::FileStore;
use super::issuer::RingIssuer;
use super::looks::{self, Looks};
use super::publication::Publication;
use super::record::{Compromise, Entry, Maintenance, Record, Rotation};
use super::snapshot::{Snapshot, generate};
use super::state::RingKey;
use super::store::{RingStore, StoredRing};
use super::timers::Timers;

/// Key pairs of one algorithm that follow one another: see [the module](super). Clones share
/// everything.
///
/// Reading is without a lock. At most once a second a use looks whether another process has changed
/// what is kept; if that cannot be read, the ring goes on with what it has, and
/// [`Self::last_error`] says why.
///
/// # Examples
/// ```
/// use jotem::{Algorithm, Claims, Verifier};
/// use jotem_jwks::ring::KeyRing;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("ring.json");
///
/// let ring = KeyRing::builder(Algorithm::Es256).create_file(&path, "a long password")?;
/// let issuer = ring.issuer(|issuer| issuer.issuer("https://auth.example"))?;
/// let token = issuer.issue(&Claims::empty().subject("42"))?;
///
/// let verifier = Verifier::builder(&ring).issuer("https://auth.example").build()?;
/// assert_eq!(verifier.verify::<()>(&token)?.claims().subject(), Some("42"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct KeyRing(Arc<Shared>);

struct Shared {
    store: Arc<dyn RingStore>,
    clock: Arc<dyn Clock>,
    snapshot: ArcSwap<Snapshot>,
    /// Held by whoever replaces the snapshot. Without a password there are public keys only.
    change: Mutex<Option<Password>>,
    looks: Looks,
    trouble: ArcSwapOption<RingError>,
}

impl KeyRing {
    /// Begins to build a new ring for one algorithm.
    pub fn builder(algorithm: Algorithm) -> RingBuilder {
        RingBuilder::new(algorithm)
    }

    /// Opens a ring that is kept in a file.
    ///
    /// # Errors
    /// [`RingError::Missing`], [`RingError::NotAFile`], [`RingError::Permissions`],
    /// [`RingError::Store`] for the file, [`RingError::Damaged`] and [`RingError::VersionUnknown`] for
    /// what is in it; [`RingError::Jotem`] with `key_password_wrong` for another password.
    pub fn open_file(
        path: impl AsRef<Path>,
        password: impl AsRef<[u8]>,
    ) -> Result<Self, RingError> {
        Self::open(FileStore::new(path), password)
    }

    /// Opens a ring that is kept in a store.
    ///
    /// # Errors
    /// As [`Self::open_file`].
    pub fn open(
        store: impl RingStore + 'static,
        password: impl AsRef<[u8]>,
    ) -> Result<Self, RingError> {
        Self::open_with_clock(store, password, SystemClock)
    }

    /// Opens a ring under another clock than the system's: for tests.
    ///
    /// # Errors
    /// As [`Self::open_file`].
    pub fn open_with_clock(
        store: impl RingStore + 'static,
        password: impl AsRef<[u8]>,
        clock: impl Clock + 'static,
    ) -> Result<Self, RingError> {
        Self::begin(Arc::new(store), Arc::new(clock), Some(Password::new(password)?))
    }

    /// Opens the public half of a ring that is kept in a file, without its password: for what
    /// publishes the keys, or verifies with them. It can neither sign nor change anything.
    ///
    /// # Errors
    /// As [`Self::open_file`].
    pub fn open_public_file(path: impl AsRef<Path>) -> Result<Self, RingError> {
        Self::open_public(FileStore::new(path))
    }

    /// Opens the public half of a ring that is kept in a store; see [`Self::open_public_file`].
    ///
    /// # Errors
    /// As [`Self::open_file`].
    pub fn open_public(store: impl RingStore + 'static) -> Result<Self, RingError> {
        Self::open_public_with_clock(store, SystemClock)
    }

    /// Opens the public half of a ring under another clock than the system's: for tests.
    ///
    /// # Errors
    /// As [`Self::open_file`].
    pub fn open_public_with_clock(
        store: impl RingStore + 'static,
        clock: impl Clock + 'static,
    ) -> Result<Self, RingError> {
        Self::begin(Arc::new(store), Arc::new(clock), None)
    }

    fn begin(
        store: Arc<dyn RingStore>,
        clock: Arc<dyn Clock>,
        mut password: Option<Password>,
    ) -> Result<Self, RingError> {
        let snapshot = Snapshot::open(store.load()?, password.as_mut())?;
        Ok(Self::assemble(store, clock, snapshot, password))
    }

    pub(super) fn assemble(
        store: Arc<dyn RingStore>,
        clock: Arc<dyn Clock>,
        snapshot: Snapshot,
        password: Option<Password>,
    ) -> Self {
        let looks = Looks::new(clock.now());
        Self(Arc::new(Shared {
            store,
            clock,
            snapshot: ArcSwap::from_pointee(snapshot),
            change: Mutex::new(password),
            looks,
            trouble: ArcSwapOption::empty(),
        }))
    }

    /// Returns the one algorithm of the keys.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.0.snapshot.load().record.algorithm
    }

    /// Returns the durations.
    #[must_use]
    pub fn timers(&self) -> Timers {
        self.0.snapshot.load().record.timers
    }

    /// Returns the revision: one more with each change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.current().0.record.revision
    }

    /// Returns the keys as they are now, in the order in which they were announced; those that were
    /// removed are gone.
    ///
    /// # Examples
    /// ```
    /// use jotem::Algorithm;
    /// use jotem_jwks::ring::{KeyRing, KeyState};
    /// # let folder = tempfile::tempdir()?;
    /// # let ring = KeyRing::builder(Algorithm::Es256).create_file(folder.path().join("ring.json"), "a long password")?;
    ///
    /// ring.rotate_now()?;
    /// let states: Vec<KeyState> = ring.keys().iter().map(|key| key.state()).collect();
    /// assert_eq!(states, [KeyState::Retiring, KeyState::Active, KeyState::Announced]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn keys(&self) -> Vec<RingKey> {
        let (snapshot, now) = self.current();
        snapshot.record.keys(now)
    }

    /// Returns the key that signs now. It may be another one a moment later: for tokens there is
    /// [`Self::issuer`].
    ///
    /// # Errors
    /// [`RingError::PublicOnly`].
    pub fn signing_key(&self) -> Result<SigningKey, RingError> {
        self.current().0.active.clone().ok_or(RingError::PublicOnly)
    }

    /// Makes an issuer that signs with whichever key is active. `settings` is given a builder with the
    /// ring's clock, and the ring's `token_lifetime` as its lifetime.
    ///
    /// # Errors
    /// [`RingError::PublicOnly`], [`RingError::TokenNeverExpires`], [`RingError::TokenOutlivesKey`],
    /// and what [`IssuerBuilder::build`] says.
    ///
    /// # Examples
    /// See [`RingIssuer`].
    pub fn issuer(
        &self,
        settings: impl FnOnce(IssuerBuilder) -> IssuerBuilder,
    ) -> Result<RingIssuer, RingError> {
        let builder = Issuer::builder(self.signing_key()?);
        let builder =
            builder.clock(Arc::clone(self.clock())).lifetime(self.timers().token_lifetime());
        RingIssuer::new(self, settings(builder))
    }

    /// Returns what is to be published now.
    ///
    /// # Errors
    /// [`RingError::Jotem`] if a key cannot be written, which does not happen to keys that were read.
    pub fn publication(&self) -> Result<Publication, RingError> {
        let (snapshot, now) = self.current();
        Publication::of(&snapshot, now)
    }

    /// Rotates: the active key retires, the announced one signs, and a new one is announced. The
    /// retiring key's private half is destroyed.
    ///
    /// # Errors
    /// [`RingError::SpareTooNew`] before the announced key is known everywhere,
    /// [`RingError::Conflict`] if another process changed the ring at the same time,
    /// [`RingError::PublicOnly`], [`RingError::Full`], and as [`Self::open_file`].
    pub fn rotate(&self) -> Result<Rotation, RingError> {
        self.change(|record, now, new| {
            record.check_spare(now)?;
            let new = new()?;
            record.rotate(now, new).map(Change::Write)
        })
    }

    /// Rotates even if the announced key may not be known everywhere: verifiers that have not fetched
    /// the keys since it was announced refuse tokens until they do.
    ///
    /// # Errors
    /// As [`Self::rotate`], without the first.
    pub fn rotate_now(&self) -> Result<Rotation, RingError> {
        self.change(|record, now, new| {
            let new = new()?;
            record.rotate(now, new).map(Change::Write)
        })
    }

    /// Removes a key that somebody else may have: at once, whatever its state. Nothing that it signed
    /// is accepted from then on; if it was active, the announced key signs, and a new one is announced.
    ///
    /// Other processes of the ring notice within a second. Verifiers that fetch the published keys go
    /// on accepting its tokens until they fetch: at most `jwks_max_age` + `stale_while_revalidate` +
    /// `fetch_interval`, and `stale_if_error` in the place of the middle one during an outage. If the
    /// whole ring may have been copied, with its password, call it for the announced key first, then
    /// for the active one, then for those that retire.
    ///
    /// # Errors
    /// [`RingError::KeyUnknown`], [`RingError::PublicOnly`], and as [`Self::open_file`]. A conflict
    /// with another process is tried again.
    ///
    /// # Examples
    /// ```
    /// use jotem::{Algorithm, Claims, Verifier};
    /// use jotem_jwks::ring::KeyRing;
    /// # let folder = tempfile::tempdir()?;
    /// # let ring = KeyRing::builder(Algorithm::Es256).create_file(folder.path().join("ring.json"), "a long password")?;
    ///
    /// let token = ring.issuer(|issuer| issuer)?.issue(&Claims::empty())?;
    /// let verifier = Verifier::builder(&ring).build()?;
    /// assert!(verifier.verify::<()>(&token).is_ok());
    ///
    /// let stolen = ring.keys()[0].key_id().to_owned();
    /// ring.compromise(&stolen)?;
    /// let error = verifier.verify::<()>(&token).unwrap_err();
    /// assert_eq!(error.code().as_str(), "jws_key_not_found");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compromise(&self, key_id: &str) -> Result<Compromise, RingError> {
        self.change_again(|record, now, new| record.compromise(key_id, now, new).map(Change::Write))
    }

    /// Does what is due: a rotation, where the active key has signed for `rotate_every` and the
    /// announced one is known, and the removal of keys whose time has come. Call it as often as you
    /// like; if nothing is due, nothing is written.
    ///
    /// # Errors
    /// As [`Self::rotate`], without the first. A conflict with another process is tried again, and
    /// then there is usually nothing left to do.
    pub fn maintain(&self) -> Result<Maintenance, RingError> {
        self.change_again(|record, now, new| {
            let rotation = if record.is_rotation_due(now)? { Some(new()?) } else { None };
            let removed = record.drop_removed(now);
            let rotation = rotation.map(|new| record.rotate(now, new)).transpose()?;
            let idle = rotation.is_none() && removed.is_empty();
            let done = Maintenance { rotation, removed, next_due: record.next_due()? };
            Ok(if idle { Change::Nothing(done) } else { Change::Write(done) })
        })
    }

    /// Returns when [`Self::maintain`] has something to do next.
    ///
    /// # Errors
    /// [`RingError::Damaged`], which does not happen to a ring that was read.
    pub fn next_due(&self) -> Result<NumericDate, RingError> {
        self.current().0.record.next_due()
    }

    /// Reads what is kept, now. Returns whether it had changed.
    ///
    /// # Errors
    /// As [`Self::open_file`], and [`RingError::Replaced`]; the ring then goes on with what it has.
    pub fn reload(&self) -> Result<bool, RingError> {
        let mut password = self.lock();
        let _looking = self.0.looks.begin(self.now());
        let read = self.0.store.load().and_then(|stored| self.take(stored, password.as_mut()));
        if read.is_ok() {
            self.0.trouble.store(None);
        }
        read
    }

    /// Returns why what is kept could not be read when it was looked at last; `None` if it could.
    /// Meanwhile the ring goes on with the last good state.
    #[must_use]
    pub fn last_error(&self) -> Option<Arc<RingError>> {
        self.current();
        self.0.trouble.load_full()
    }

    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// Returns the state of the ring, and the time that decides about its keys.
    pub(super) fn current(&self) -> (Arc<Snapshot>, NumericDate) {
        let now = self.now();
        self.look(now);
        (self.0.snapshot.load_full(), now)
    }

    /// Looks whether another process has changed what is kept, if that was not done in this second,
    /// and nobody else is at it. After a pause whoever comes second waits for who came first: what is
    /// known is old then, and a key that was removed meanwhile must not verify once more.
    fn look(&self, now: NumericDate) {
        let shared = &*self.0;
        if !shared.looks.is_due(now) {
            return;
        }
        let is_late = shared.looks.is_late(now);
        let Some(mut password) = looks::try_lock(&shared.change, is_late) else {
            if is_late {
                // Whoever has the lock has it for long: the others need not wait for that, too.
                drop(shared.looks.begin(now));
            }
            return;
        };
        if !shared.looks.is_due(now) {
            return;
        }
        let _looking = shared.looks.begin(now);
        let known = shared.snapshot.load().record.revision;
        let looked = shared.store.load_if_changed(known);
        let taken = match looked {
            Ok(Some(stored)) => self.take(stored, password.as_mut()).map(drop),
            Ok(None) if shared.trouble.load().is_some() => {
                // What was wrong may be what is still there.
                shared
                    .store
                    .load()
                    .and_then(|stored| self.take(stored, password.as_mut()))
                    .map(drop)
            }
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        shared.trouble.store(taken.err().map(Arc::new));
    }

    /// Takes a state that was read, if it is a later one. Returns whether it is.
    fn take(&self, stored: StoredRing, password: Option<&mut Password>) -> Result<bool, RingError> {
        let current = self.0.snapshot.load();
        if stored == current.stored {
            return Ok(false);
        }
        let (found, known) = (stored.revision(), current.stored.revision());
        if found <= known {
            return Err(RingError::Replaced { found, known });
        }
        let snapshot = Snapshot::open(stored, password)?;
        if snapshot.record.algorithm != current.record.algorithm {
            return Err(RingError::Replaced { found, known });
        }
        self.0.snapshot.store(Arc::new(snapshot));
        Ok(true)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Password>> {
        self.0.change.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As [`Self::change`], and again on top of what another process did in between.
    fn change_again<T>(
        &self,
        change: impl Fn(&mut Record, NumericDate, New<'_>) -> Changed<T>,
    ) -> Result<T, RingError> {
        for _ in 1..ATTEMPTS {
            match self.change(&change) {
                Err(RingError::Conflict { .. }) => {}
                done => return done,
            }
        }
        self.change(change)
    }

    /// Changes the ring as it is kept now, and keeps the result if nobody else was faster. What is
    /// written was opened before, so that no ring is kept that cannot be read.
    fn change<T>(
        &self,
        change: impl Fn(&mut Record, NumericDate, New<'_>) -> Changed<T>,
    ) -> Result<T, RingError> {
        let mut guard = self.lock();
        let password = guard.as_mut().ok_or(RingError::PublicOnly)?;
        self.take(self.0.store.load()?, Some(password))?;
        let mut record = self.0.snapshot.load().record.clone();
        let now = self.now().floor();
        let (algorithm, rsa_bits) = (record.algorithm, record.rsa_bits);
        let mut new = || generate(algorithm, rsa_bits, now, password);
        let done = match change(&mut record, now, &mut new)? {
            Change::Nothing(done) => return Ok(done),
            Change::Write(done) => done,
        };
        let expected = record.revision;
        record.revision = expected.saturating_add(1);
        record.check()?;
        let stored = StoredRing::new(document::write(&record)?)?;
        let snapshot = Snapshot::open(stored, Some(password))?;
        let replaced = self.0.store.replace(expected, &snapshot.stored);
        if let Err(error) = replaced {
            // It may be in its place all the same, such as when the disk did not confirm it.
            if let Ok(stored) = self.0.store.load() {
                drop(self.take(stored, Some(password)));
            }
            return Err(error);
        }
        self.0.snapshot.store(Arc::new(snapshot));
        self.0.trouble.store(None);
        Ok(done)
    }
}

/// What is to be done with a record that was changed.
enum Change<T> {
    Write(T),
    Nothing(T),
}

type Changed<T> = Result<Change<T>, RingError>;

/// Makes a new key, to be announced.
type New<'n> = &'n mut dyn FnMut() -> Result<Entry, RingError>;

/// How often a change is tried on top of what others did.
const ATTEMPTS: usize = 5;

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let snapshot = self.0.snapshot.load();
        formatter
            .debug_struct("KeyRing")
            .field("algorithm", &snapshot.record.algorithm)
            .field("revision", &snapshot.record.revision)
            .finish_non_exhaustive()
    }
}
