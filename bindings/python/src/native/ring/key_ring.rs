//! `jotem.KeyRing`: the engine's ring in a file, and Python's clock.

use std::path::PathBuf;
use std::time::Duration;

use jotem_jwks::ring::{FileStore, KeyRing as EngineRing, RingBuilder, RingError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::outcome::{Compromise, Maintenance, Rotation};
use super::publication::Publication;
use super::state::RingKey;
use super::timers::RingTimers;
use crate::native::clock::{self, TimeOfCall};
use crate::native::{algorithm, arguments, date, errors, fork};

/// Key pairs of one algorithm that follow one another, in a file: announced, active, retiring,
/// removed.
///
/// A key is published before it signs, and after it signed for as long as its tokens live: a
/// rotation refuses no token. ``Issuer(ring)`` signs with the key that is active at each call;
/// ``Verifier(ring)`` takes every key that is not removed. One key is always active, and one more is
/// announced. The name of a key, its ``kid``, is its RFC 7638 thumbprint.
///
/// A rotation happens when ``maintain`` or ``rotate`` is called: in one process, now and then. All
/// others notice within a second of use, those that were forked as well. A key past its time verifies
/// nothing, whether or not anybody maintains the ring. If the file is gone or damaged, a ring goes on
/// with the last good state; ``last_error`` says why.
///
/// The password protects the private keys from whoever can read the file. Its dates and public keys
/// are not protected from whoever can write it: a file that is open to others is refused.
///
/// A ring is made once, and opened in every process that signs or verifies.
///
/// Example:
///     >>> import pathlib, tempfile
///     >>> from jotem import Issuer, KeyRing, Verifier, errors
///     >>> folder = tempfile.TemporaryDirectory()
///     >>> path = pathlib.Path(folder.name, "ring.json")
///     >>> _ = KeyRing.create(path, algorithm="ES256", password="a long password")
///     >>> ring = KeyRing.open(path, password="a long password")
///     >>> issuer = Issuer(ring, issuer="https://auth.example", audience="api")
///     >>> verifier = Verifier(ring, issuer="https://auth.example", audience="api")
///     >>> token = issuer.issue(subject="42")
///     >>> rotation = ring.rotate_now()
///     >>> verifier.verify(token).subject
///     '42'
#[pyclass(frozen, module = "jotem")]
pub(in crate::native) struct KeyRing {
    pub(in crate::native) engine: EngineRing,
    pub(in crate::native) clock: Option<Py<PyAny>>,
}

#[pymethods]
impl KeyRing {
    /// Makes a ring, and keeps it in a new file of mode 0600.
    ///
    /// Durations are timedelta or seconds, and rounded up to whole seconds.
    ///
    /// Args:
    ///     path: The file.
    ///     algorithm: Of all its keys; not HS256 and its like, which have nothing to publish.
    ///     password: The private keys are encrypted under it.
    ///     token_lifetime: The longest lifetime of what the ring signs: 15 minutes if not given. Its
    ///         issuers refuse longer ones.
    ///     leeway: What verifiers allow for their clocks: 30 s if not given, at most 300 s.
    ///     jwks_max_age: ``max-age`` of what is published: five minutes if not given.
    ///     stale_while_revalidate: How long a cache may give an old set while it fetches a new one
    ///         (RFC 5861 section 3): an hour if not given, or less where keys are announced for less.
    ///     stale_if_error: How long it may while it cannot (RFC 5861 section 4): as long as the
    ///         announcement allows if not given, and 24 hours at most.
    ///     fetch_interval: How much longer verifiers go on with a set than ``max-age`` says: five
    ///         minutes if not given.
    ///     announce_for: How long a key is published before it may sign: 24 hours if not given, or
    ///         less where keys rotate faster. At least ``jwks_max_age``, the longer of the stale times
    ///         and ``fetch_interval`` together.
    ///     rotate_every: How long a key signs: 30 days if not given. At least ``announce_for``.
    ///     retire_for: How long a key is published after its last signature: an hour if not given, or
    ///         more where tokens live for longer. At least ``token_lifetime``, ``leeway`` and 2 s.
    ///     bits: The size of RSA keys: 2048 if not given, 3072, 4096 or 8192.
    ///     clock: Returns the time for the ring, its issuers and its verifiers: an aware datetime, or
    ///         seconds since 1970. The system's if not given.
    ///
    /// Raises:
    ///     Misuse: Durations that do not fit each other, a symmetric algorithm.
    ///     RingFailed: There is such a file, or it cannot be written.
    ///     KeyRefused: An empty password, a size that RSA keys do not have.
    ///
    /// Example:
    ///     >>> other = pathlib.Path(folder.name, "other.json")
    ///     >>> KeyRing.create(
    ///     ...     other, algorithm="ES256", password="a long password", token_lifetime=3600, retire_for=900
    ///     ... )
    ///     Traceback (most recent call last):
    ///         ...
    ///     jotem.errors.Misuse: a retirement of 900 s is shorter than the 3632 s that tokens live on
    #[staticmethod]
    #[pyo3(signature = (
        path, *, algorithm, password, token_lifetime=None, leeway=None, jwks_max_age=None,
        stale_while_revalidate=None, stale_if_error=None, fetch_interval=None, announce_for=None,
        rotate_every=None, retire_for=None, bits=None, clock=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments, each by its name")]
    fn create<'py>(
        path: &Bound<'py, PyAny>,
        algorithm: &Bound<'py, PyAny>,
        password: &Bound<'py, PyAny>,
        token_lifetime: Option<&Bound<'py, PyAny>>,
        leeway: Option<&Bound<'py, PyAny>>,
        jwks_max_age: Option<&Bound<'py, PyAny>>,
        stale_while_revalidate: Option<&Bound<'py, PyAny>>,
        stale_if_error: Option<&Bound<'py, PyAny>>,
        fetch_interval: Option<&Bound<'py, PyAny>>,
        announce_for: Option<&Bound<'py, PyAny>>,
        rotate_every: Option<&Bound<'py, PyAny>>,
        retire_for: Option<&Bound<'py, PyAny>>,
        bits: Option<&Bound<'py, PyAny>>,
        clock: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        type Set = fn(RingBuilder, Duration) -> RingBuilder;
        let py = path.py();
        let path = file(path)?;
        let mut builder = EngineRing::builder(algorithm::read(algorithm)?);
        let durations: [(_, _, Set); 9] = [
            ("token_lifetime", token_lifetime, RingBuilder::token_lifetime),
            ("leeway", leeway, RingBuilder::leeway),
            ("jwks_max_age", jwks_max_age, RingBuilder::jwks_max_age),
            ("stale_while_revalidate", stale_while_revalidate, RingBuilder::stale_while_revalidate),
            ("stale_if_error", stale_if_error, RingBuilder::stale_if_error),
            ("fetch_interval", fetch_interval, RingBuilder::fetch_interval),
            ("announce_for", announce_for, RingBuilder::announce_for),
            ("rotate_every", rotate_every, RingBuilder::rotate_every),
            ("retire_for", retire_for, RingBuilder::retire_for),
        ];
        for (name, value, set) in durations {
            if let Some(value) = value {
                builder = set(builder, arguments::duration(name, value)?);
            }
        }
        if let Some(bits) = bits {
            builder = builder.rsa_bits(arguments::count("bits", bits)?);
        }
        let clock = clock::check(clock)?;
        if clock.is_some() {
            builder = builder.clock(TimeOfCall);
        }
        let password = arguments::bytes("password", password)?;
        Self::make(py, clock, || builder.create_in(path, password))
    }

    /// Opens the ring of a file.
    ///
    /// Args:
    ///     path: The file.
    ///     password: The one that it was created with.
    ///     clock: As for ``create``.
    ///
    /// Raises:
    ///     RingFailed: There is no such file, it is open to others, it is no ring, or it is damaged.
    ///     KeyRefused: It is not the password, with the code ``key_password_wrong``.
    ///
    /// Example:
    ///     >>> KeyRing.open(path, password="another one")
    ///     Traceback (most recent call last):
    ///         ...
    ///     jotem.errors.KeyRefused: the password is wrong, or the encrypted key is damaged
    #[staticmethod]
    #[pyo3(signature = (path, *, password, clock=None))]
    fn open<'py>(
        path: &Bound<'py, PyAny>,
        password: &Bound<'py, PyAny>,
        clock: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let (store, clock) = (file(path)?, clock::check(clock)?);
        let password = arguments::bytes("password", password)?;
        let is_given = clock.is_some();
        Self::make(path.py(), clock, || {
            if is_given {
                EngineRing::open_with_clock(store, password, TimeOfCall)
            } else {
                EngineRing::open(store, password)
            }
        })
    }

    /// Opens the public half of the ring of a file, without its password: for what publishes the
    /// keys, or verifies with them. It can neither sign nor change anything.
    ///
    /// Args:
    ///     path: The file.
    ///     clock: As for ``create``.
    ///
    /// Raises:
    ///     RingFailed: As for ``open``.
    ///
    /// Example:
    ///     >>> public = KeyRing.open_public(path)
    ///     >>> public.publication() == ring.publication()
    ///     True
    ///     >>> public.rotate()
    ///     Traceback (most recent call last):
    ///         ...
    ///     jotem.errors.Misuse: the ring was opened without its password, and has public keys only
    #[staticmethod]
    #[pyo3(signature = (path, *, clock=None))]
    fn open_public<'py>(
        path: &Bound<'py, PyAny>,
        clock: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let (store, clock) = (file(path)?, clock::check(clock)?);
        let is_given = clock.is_some();
        Self::make(path.py(), clock, || {
            if is_given {
                EngineRing::open_public_with_clock(store, TimeOfCall)
            } else {
                EngineRing::open_public(store)
            }
        })
    }

    /// Rotates: the active key retires, the announced one signs, and a new one is announced.
    ///
    /// Raises:
    ///     RingFailed: The announced key may not be known everywhere yet (``ring_spare_too_new``),
    ///         another process was faster (``ring_conflict``), or the file cannot be written.
    ///     Misuse: The ring was opened without its password.
    ///
    /// Example:
    ///     >>> try:
    ///     ...     ring.rotate()
    ///     ... except errors.RingFailed as error:
    ///     ...     print(error.code)
    ///     ring_spare_too_new
    fn rotate(&self, py: Python<'_>) -> PyResult<Rotation> {
        self.run(py, EngineRing::rotate).map(Rotation)
    }

    /// Rotates, even if verifiers that have not fetched do not know the announced key yet, and refuse
    /// its tokens until they do.
    fn rotate_now(&self, py: Python<'_>) -> PyResult<Rotation> {
        self.run(py, EngineRing::rotate_now).map(Rotation)
    }

    /// Removes a key that somebody else may have: at once, whatever its state. Nothing that it signed
    /// is accepted from then on; if it was active, the announced key signs, and a new one is
    /// announced.
    ///
    /// Other processes of the ring notice within a second of use. Verifiers that fetch what is
    /// published go on accepting its tokens until they fetch again. If the whole file may have been
    /// copied, with its password, call it for the announced key first, then for the active one, then
    /// for those that retire.
    ///
    /// Args:
    ///     key_id: The name of the key.
    ///
    /// Raises:
    ///     RingFailed: The ring has no such key (``ring_key_unknown``), or the file cannot be written.
    ///
    /// Example:
    ///     >>> token = issuer.issue(subject="42")
    ///     >>> _ = ring.compromise(issuer.key_id)
    ///     >>> try:
    ///     ...     verifier.verify(token)
    ///     ... except errors.KeyNotFound as error:
    ///     ...     print(error.code)
    ///     jws_key_not_found
    fn compromise(&self, py: Python<'_>, key_id: &Bound<'_, PyAny>) -> PyResult<Compromise> {
        let key_id = arguments::text("key_id", key_id)?;
        self.run(py, |ring| ring.compromise(key_id)).map(Compromise)
    }

    /// Does what is due: a rotation, where the active key has signed for ``rotate_every`` and the
    /// announced one is known, and the removal of keys whose time has come.
    ///
    /// Call it as often as you like, in as many processes as you like: if nothing is due, nothing is
    /// written.
    ///
    /// Raises:
    ///     RingFailed: The file cannot be read or written.
    ///     Misuse: The ring was opened without its password.
    fn maintain(&self, py: Python<'_>) -> PyResult<Maintenance> {
        self.run(py, EngineRing::maintain).map(Maintenance)
    }

    /// Reads the file, now; otherwise that is done once a second where the ring is used. Returns
    /// whether it had changed.
    ///
    /// Raises:
    ///     RingFailed: It cannot be read, or holds an older state than the ring knows
    ///         (``ring_replaced``). The ring goes on with what it has.
    ///
    /// Example:
    ///     >>> ring.reload()
    ///     False
    fn reload(&self, py: Python<'_>) -> PyResult<bool> {
        self.run(py, EngineRing::reload)
    }

    /// Returns what is to be published now, such as at ``/.well-known/jwks.json``.
    ///
    /// Example:
    ///     >>> ring.publication().body[:9]
    ///     b'{"keys":['
    fn publication(&self, py: Python<'_>) -> PyResult<Publication> {
        self.run(py, EngineRing::publication).map(Publication)
    }

    /// The one algorithm of the keys.
    ///
    /// Example:
    ///     >>> ring.algorithm
    ///     Algorithm.ES256
    #[getter]
    fn algorithm<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        algorithm::member(py, self.engine.algorithm())
    }

    /// The durations.
    #[getter]
    fn timers(&self) -> RingTimers {
        RingTimers(self.engine.timers())
    }

    /// A number that grows by one with each change.
    #[getter]
    fn revision(&self, py: Python<'_>) -> PyResult<u64> {
        self.run(py, |ring| Ok(ring.revision()))
    }

    /// The keys as they are now, in the order in which they were announced; those that were removed
    /// are gone.
    #[getter]
    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let keys = self.run(py, |ring| Ok(ring.keys()))?;
        let keys = keys.into_iter().map(|key| Py::new(py, RingKey(key)));
        PyTuple::new(py, keys.collect::<PyResult<Vec<_>>>()?)
    }

    /// When ``maintain`` has something to do next.
    #[getter]
    fn next_due<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        date::to_python(py, self.run(py, EngineRing::next_due)?)
    }

    /// Why the file could not be read when it was looked at last, as an exception; None if it could.
    /// Meanwhile the ring goes on with the last good state.
    ///
    /// Example:
    ///     >>> ring.last_error is None
    ///     True
    #[getter]
    fn last_error<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let error = self.run(py, |ring| Ok(ring.last_error()))?;
        error.map(|error| errors::of_ring(py, &error)).transpose()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<jotem.KeyRing: {}, revision {}>", self.engine.algorithm(), self.revision(py)?))
    }
}

impl KeyRing {
    fn make(
        py: Python<'_>,
        clock: Option<Py<PyAny>>,
        work: impl FnOnce() -> Result<EngineRing, RingError> + Send,
    ) -> PyResult<Self> {
        let made = clock::at_its_time(py, clock.as_ref(), || fork::pass(py, work))?;
        let engine = made.map_err(|error| errors::raise_ring(py, &error))?;
        Ok(Self { engine, clock })
    }

    /// Runs what may read the file, at the time that the clock tells.
    pub(in crate::native) fn run<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&EngineRing) -> Result<T, RingError> + Send,
    ) -> PyResult<T> {
        let work = || work(&self.engine);
        let done = clock::at_its_time(py, self.clock.as_ref(), || fork::pass(py, work))?;
        done.map_err(|error| errors::raise_ring(py, &error))
    }

    /// Returns the clock of what works for the ring, which has none of its own: keys and claims are
    /// judged at one time.
    pub(in crate::native) fn clock_for(
        &self,
        py: Python<'_>,
        own: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<Py<PyAny>>> {
        if own.is_some() {
            let message = "the clock of a ring is that of its issuers and verifiers";
            return Err(errors::misuse(
                py,
                message,
                "give it to the ring: `KeyRing.open(..., clock=...)`",
            ));
        }
        Ok(self.clock.as_ref().map(|clock| clock.clone_ref(py)))
    }
}

fn file(path: &Bound<'_, PyAny>) -> PyResult<FileStore> {
    let found = path.extract::<PathBuf>();
    let wrong = |_| arguments::wrong_type("path", "str or os.PathLike of str", path);
    found.map(FileStore::new).map_err(wrong)
}
