//! Keys that were parsed before: reading an RSA key from PEM costs a thousand times what signing an
//! HMAC does, and programs hand over the same text with every call.
//!
//! Whether PyJWT takes a key is found out by its own `prepare_key`, once; the engine's key is made of
//! what that returns. What the engine does not hold (RSA below 2048 bits, Ed448) is remembered as such,
//! and used through the Python methods.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, OnceLock};

use jotem::error::Code;
use jotem::{Algorithm, Jwk, SigningKey, VerifyingKey};
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict as _, PyBytes, PyString};
use zeroize::Zeroizing;

use super::algorithm::{Class, Known};
use super::guard::Genuine;
use super::left::Leaving;
use super::{NotMine, Ordinary, raised};
use crate::pyjwt::engine_key::{EngineKey, Halves};
use crate::raw::Guarded;

/// How many keys are kept unless the program says otherwise.
const KEPT: usize = 256;

/// The engine's halves of one key; those that PyJWT would let sign or verify.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) signing: Option<SigningKey>,
    pub(crate) verifying: Option<VerifyingKey>,
    /// Made when first asked for.
    fingerprint: OnceLock<Option<Fingerprint>>,
    /// What PyJWT has to say about a short secret.
    complaint: Option<Py<PyAny>>,
}

/// Which key this is, for which algorithm: equal for equal public numbers, wherever they came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    algorithm: Algorithm,
    /// RFC 7638.
    thumbprint: Arc<str>,
}

impl Prepared {
    /// Returns the fingerprint of the public key; none for a shared secret.
    pub(crate) fn fingerprint(&self) -> Option<&Fingerprint> {
        let make = || {
            let key = self.verifying.as_ref().filter(|key| !key.algorithm().is_symmetric())?;
            let thumbprint = key.to_jwk().ok()?.thumbprint().into();
            Some(Fingerprint { algorithm: key.algorithm(), thumbprint })
        };
        self.fingerprint.get_or_init(make).as_ref()
    }

    /// Accepts a short secret only where PyJWT would warn about it, and not refuse it.
    pub(crate) fn allow(&self, may_be_short: impl FnOnce() -> Ordinary<bool>) -> Ordinary<()> {
        if self.complaint.is_none() || may_be_short()? { Ok(()) } else { Err(NotMine) }
    }

    /// Asks for a Python frame to warn about, where there is something to warn of.
    pub(super) const fn needs(&self, levels: Option<usize>) -> Result<(), Leaving> {
        if self.complaint.is_some() && levels.is_none() {
            return Err(Leaving::NeedsFrame);
        }
        Ok(())
    }

    /// Warns about a short secret, so many frames up from here.
    pub(crate) fn warn(
        &self,
        py: Python<'_>,
        genuine: &Genuine,
        levels: Option<usize>,
    ) -> Ordinary<()> {
        let (Some(complaint), Some(level)) = (&self.complaint, levels) else { return Ok(()) };
        let warn = genuine.warn(py)?;
        let arguments = (complaint, &genuine.key_length_warning);
        let level = [("stacklevel", level)].into_py_dict(py)?;
        // Nothing is asked after it, and one that was given is not to be given again.
        let warned = warn.call(arguments, Some(&level));
        warned.map(drop).map_err(|error| raised::for_the_caller(py, error))
    }
}

/// What was found out about a key; `None` says that it is not for the engine.
type Found = Option<Arc<Prepared>>;

struct Entry {
    /// The text of the key, or the object, to be compared with in full.
    key: Original,
    found: Found,
    used: u64,
}

enum Original {
    Text(Zeroizing<Vec<u8>>),
    Object(Py<PyAny>),
}

type Entries = HashMap<(isize, Algorithm), Entry, BuildHasherDefault<Mix>>;

struct Cache {
    entries: Entries,
    /// How many there may be.
    size: usize,
    clock: u64,
}

/// Locked only while the GIL is held, and by nothing that gives it up.
static CACHE: Mutex<Cache> = Mutex::new(Cache::new());

/// Returns how many parsed keys are kept, and how many may be.
#[pyfunction]
pub(crate) fn pyjwt_key_cache() -> (usize, usize) {
    CACHE.lock().map_or((0, 0), |cache| (cache.entries.len(), cache.size))
}

/// Sets how many parsed keys may be kept, and forgets those that are. Zero switches the cache off.
#[pyfunction]
#[pyo3(signature = (size, /))]
pub(crate) fn pyjwt_key_cache_resize(py: Python<'_>, size: usize) {
    forget(py, |cache| cache.size = size);
}

/// Forgets every parsed key; their texts are wiped.
#[pyfunction]
pub(crate) fn pyjwt_key_cache_clear(py: Python<'_>) {
    forget(py, |_| ());
}

fn forget(py: Python<'_>, change: impl FnOnce(&mut Cache)) {
    let old = CACHE.lock().map(|mut cache| {
        change(&mut cache);
        std::mem::take(&mut cache.entries)
    });
    // Dropped after the lock is free: an object's last reference may run Python code.
    drop((old, LAST.with(py, Option::take)));
}

/// The key of the last call, which nearly always is that of the next: the very `str` or `bytes`.
struct Last {
    key: Py<PyAny>,
    algorithm: Algorithm,
    prepared: Arc<Prepared>,
}

static LAST: Guarded<Option<Last>> = Guarded::new(None);

/// Does something with the engine's halves of a key: text, bytes, or an object of `cryptography`.
pub(crate) fn with<T, E: From<NotMine>>(
    known: &'static Known,
    handler: &Bound<'_, PyAny>,
    key: &Bound<'_, PyAny>,
    run: impl FnOnce(&Prepared) -> Result<T, E>,
) -> Result<T, E> {
    let py = key.py();
    let (mut run, mut done, mut found) = (Some(run), None, None);
    LAST.with(py, |last| {
        let is_it = |last: &&mut Last| key.is(&last.key) && last.algorithm == known.algorithm;
        let Some(last) = last.as_mut().filter(is_it) else { return };
        if matches!(known.class, Class::Hmac) {
            done = run.take().map(|run| run(&last.prepared));
        } else {
            // What gives up the GIL must not keep others from forgetting the key.
            found = Some(Arc::clone(&last.prepared));
        }
    });
    if let Some(done) = done {
        return done;
    }
    let prepared = match found {
        Some(prepared) => prepared,
        None => prepared(known, handler, key)?,
    };
    run.map_or(Err(NotMine.into()), |run| run(&prepared))
}

fn prepared(
    known: &'static Known,
    handler: &Bound<'_, PyAny>,
    key: &Bound<'_, PyAny>,
) -> Ordinary<Arc<Prepared>> {
    let text = text(key);
    let hash = match text {
        Ok(_) => key.hash()?,
        Err(NotMine) => key.as_ptr() as isize,
    };
    let place = (hash, known.algorithm);
    let found = match find(place, key, text) {
        Some(found) => found,
        None => {
            let found = prepare(known, handler, key, text)?;
            if !keep(place, key, text, &found) {
                return found.ok_or(NotMine);
            }
            found
        }
    };
    let prepared = found.ok_or(NotMine)?;
    if text.is_err() {
        return Ok(prepared);
    }
    let (key, algorithm) = (key.clone().unbind(), known.algorithm);
    let last = Last { key, algorithm, prepared: Arc::clone(&prepared) };
    // Dropped after the place is free, as in `forget`.
    drop(LAST.with(handler.py(), |place| place.replace(last)));
    Ok(prepared)
}

/// Returns the bytes of a key that is exactly a `str` or a `bytes`.
fn text<'k>(key: &'k Bound<'_, PyAny>) -> Ordinary<&'k [u8]> {
    if let Ok(text) = key.cast_exact::<PyString>() {
        return Ok(crate::raw::text(text)?.as_bytes());
    }
    Ok(key.cast_exact::<PyBytes>().map_err(|_| NotMine)?.as_bytes())
}

fn find(place: (isize, Algorithm), key: &Bound<'_, PyAny>, text: Ordinary<&[u8]>) -> Option<Found> {
    let mut cache = CACHE.lock().ok()?;
    let now = cache.tick();
    let entry = cache.entries.get_mut(&place)?;
    let same = match (&entry.key, text) {
        (Original::Text(kept), Ok(text)) => kept.as_slice() == text,
        (Original::Object(kept), Err(NotMine)) => key.is(kept),
        _ => false,
    };
    if !same {
        return None;
    }
    entry.used = now;
    Some(entry.found.clone())
}

/// Returns whether keys are remembered at all.
fn keep(
    place: (isize, Algorithm),
    key: &Bound<'_, PyAny>,
    text: Ordinary<&[u8]>,
    found: &Found,
) -> bool {
    let key = match text {
        Ok(text) => Original::Text(Zeroizing::new(text.to_vec())),
        Err(NotMine) => Original::Object(key.clone().unbind()),
    };
    let out = CACHE.lock().map(|mut cache| {
        let used = cache.tick();
        (cache.size > 0, cache.insert(place, Entry { key, found: found.clone(), used }))
    });
    // What was pushed out is dropped after the lock is free, as in `forget`.
    out.is_ok_and(|(remembers, _)| remembers)
}

impl Cache {
    const fn new() -> Self {
        Self { entries: HashMap::with_hasher(BuildHasherDefault::new()), size: KEPT, clock: 0 }
    }

    fn tick(&mut self) -> u64 {
        self.clock = self.clock.wrapping_add(1);
        self.clock
    }

    /// Puts an entry in, and returns what it pushes out: itself, if there is no room at all.
    fn insert(&mut self, place: (isize, Algorithm), entry: Entry) -> Vec<Entry> {
        if self.size == 0 {
            return vec![entry];
        }
        let mut out: Vec<_> = self.entries.remove(&place).into_iter().collect();
        while self.entries.len() >= self.size {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used);
            let Some(oldest) = oldest.map(|(place, _)| *place) else { break };
            out.extend(self.entries.remove(&oldest));
        }
        self.entries.insert(place, entry);
        out
    }
}

/// Finds out whether PyJWT takes a key, and makes the engine's of it.
fn prepare(
    known: &'static Known,
    handler: &Bound<'_, PyAny>,
    key: &Bound<'_, PyAny>,
    text: Ordinary<&[u8]>,
) -> Ordinary<Found> {
    let py = key.py();
    if text.is_err() && !key.is_exact_instance_of::<EngineKey>() && !is_of_cryptography(key)? {
        return Err(NotMine);
    }
    let ask = |name, about| {
        let said = handler.call_method1(name, (about,));
        said.map_err(|error| raised::by_python_code(py, error))
    };
    let taken = ask(pyo3::intern!(py, "prepare_key"), key)?;
    let complaint = ask(pyo3::intern!(py, "check_key_length"), &taken)?;
    let complaint = (!complaint.is_none()).then(|| complaint.unbind());
    let halves = match (known.class, text) {
        (Class::Hmac, Ok(secret)) => shared(secret, known.algorithm),
        (Class::Hmac, Err(NotMine)) => None,
        (Class::Rsa | Class::RsaPss | Class::Ec | Class::Okp, _) => halves(&taken, known)?,
    };
    // PyJWT verifies with the private keys of EC and OKP, and not with those of RSA.
    let prepared = halves.map(|halves| {
        let verifies =
            halves.signing.is_none() || !matches!(known.class, Class::Rsa | Class::RsaPss);
        let verifying = verifies.then(|| halves.verifying.clone());
        let fingerprint = OnceLock::new();
        Arc::new(Prepared { signing: halves.signing.clone(), verifying, fingerprint, complaint })
    });
    Ok(prepared)
}

fn shared(secret: &[u8], algorithm: Algorithm) -> Option<Arc<Halves>> {
    let signing = match SigningKey::from_secret(secret, algorithm) {
        // PyJWT takes it, and warns.
        Err(error) if error.code() == Code::SecretTooShort => {
            jotem::dangerous::short_secret(secret, algorithm)
        }
        signing => signing,
    };
    let signing = signing.ok()?;
    let verifying = signing.verifying_key();
    Some(Arc::new(Halves { signing: Some(signing), verifying }))
}

/// Makes the engine's keys of the very key that `prepare_key` returned, whatever it was read from;
/// `None` for one that the engine does not hold.
fn halves(taken: &Bound<'_, PyAny>, known: &'static Known) -> Ordinary<Option<Arc<Halves>>> {
    if let Ok(key) = taken.cast_exact::<EngineKey>() {
        return Ok(key.get().halves(known.algorithm).ok());
    }
    if !is_of_cryptography(taken)? {
        return Err(NotMine);
    }
    let der = export(taken).map_err(|error| raised::by_code_of_ours(taken.py(), error))?;
    let jwk = Jwk::from_der(der);
    Ok(jwk.and_then(|jwk| Halves::of(&jwk, known.algorithm)).ok().map(Arc::new))
}

/// Whether a key object is one of `cryptography`: others may do anything when they are looked at.
fn is_of_cryptography(key: &Bound<'_, PyAny>) -> Ordinary<bool> {
    let module = key.get_type().module()?;
    Ok(module.to_str()?.starts_with("cryptography."))
}

/// Writes a key object of `cryptography` as DER.
fn export(key: &Bound<'_, PyAny>) -> PyResult<Zeroizing<Vec<u8>>> {
    let py = key.py();
    let forms = py.import("cryptography.hazmat.primitives.serialization")?;
    let der = forms.getattr("Encoding")?.getattr("DER")?;
    let bytes = if key.hasattr("private_bytes")? {
        let form = forms.getattr("PrivateFormat")?.getattr("PKCS8")?;
        let plain = forms.getattr("NoEncryption")?.call0()?;
        key.call_method1("private_bytes", (der, form, plain))?
    } else {
        let form = forms.getattr("PublicFormat")?.getattr("SubjectPublicKeyInfo")?;
        key.call_method1("public_bytes", (der, form))?
    };
    let bytes = bytes.cast_into_exact::<PyBytes>()?;
    Ok(Zeroizing::new(bytes.as_bytes().to_vec()))
}

/// Mixes a hash that Python has keyed already.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0.rotate_left(5) ^ u64::from(*byte)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    fn write_isize(&mut self, value: isize) {
        self.write_u64(value as u64);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}
