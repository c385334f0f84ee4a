//! Whether everything is as it was imported: no class, no module function and no object of
//! `jotem.jwt` was patched, overridden or registered over.
//!
//! Programs and their tests replace attributes of PyJWT's classes and modules, and expect to be
//! called. So each class and each module dict is watched ([`super::watched`]). If one has changed,
//! its attributes are compared one by one with those at import; a class with other attributes, or a
//! module with another function, sends every call to the Python methods until it is put back.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyModule, PyString, PyType};

use super::algorithm::{Class, KNOWN, Known};
use super::decode::Decode;
use super::encode::Encode;
use super::own::Asked;
use super::watched::{WatchedClass, WatchedDict, WatchedObject, dict_version, hides_nothing};
use super::{NotMine, Ordinary};
use crate::raw;

static GENUINE: PyOnceLock<Genuine> = PyOnceLock::new();

/// The objects of `jotem.jwt` as they were imported.
pub(crate) struct Genuine {
    pub(crate) jwt: Py<PyType>,
    pub(crate) jws: Py<PyType>,
    pub(crate) jwk: Py<PyType>,
    /// `datetime.timezone.utc`.
    pub(crate) utc: Py<PyAny>,
    /// `time.time`: time-machine patches the function itself, so a kept reference follows it.
    pub(crate) time: Py<PyAny>,
    /// `jotem.jwt.warnings.InsecureKeyLengthWarning`.
    pub(crate) key_length_warning: Py<PyAny>,
    /// The module, and its `warn`.
    warnings: Py<PyModule>,
    warn: Py<PyAny>,
    /// What `algorithm=` is when it was not given.
    pub(crate) unset: Py<PyAny>,
    /// Each algorithm object as `get_default_algorithms` makes it, in the order of `KNOWN`.
    algorithms: Vec<Handler>,
    classes: Vec<WatchedClass>,
    modules: Vec<WatchedDict>,
    /// What `json.loads` asks.
    decoder: WatchedObject,
    /// The `PyJWT` that the functions of the module are methods of.
    pub(super) asked: Asked,
    defaults: Defaults,
}

/// An algorithm object as it is made: its class and its attributes.
struct Handler {
    known: &'static Known,
    name: Py<PyString>,
    kind: Py<PyType>,
    attributes: Vec<(Py<PyAny>, Py<PyAny>)>,
}

/// The options of a `PyJWT` that are the defaults: which dict, and its version.
#[derive(Debug, Default)]
struct Defaults {
    dict: AtomicUsize,
    version: AtomicU64,
}

/// Takes note of everything as it is. Called once, when `jotem.jwt` has been imported.
#[pyfunction]
pub(crate) fn pyjwt_arm(
    py: Python<'_>,
    api_jwt: &Bound<'_, PyModule>,
    api_jws: &Bound<'_, PyModule>,
    api_jwk: &Bound<'_, PyModule>,
    algorithms: &Bound<'_, PyModule>,
    utils: &Bound<'_, PyModule>,
) -> PyResult<()> {
    let class = |module: &Bound<'_, PyModule>, name: &str| -> PyResult<Py<PyType>> {
        Ok(module.getattr(name)?.cast_into::<PyType>()?.unbind())
    };
    let (jwt, jws) = (class(api_jwt, "PyJWT")?, class(api_jws, "PyJWS")?);
    let jwk = class(api_jwk, "PyJWK")?;
    let (json, warnings) = (py.import("json")?, py.import("warnings")?);
    let mut classes = vec![
        WatchedClass::new(jwt.bind(py))?,
        WatchedClass::new(jws.bind(py))?,
        WatchedClass::new(jwk.bind(py))?,
        WatchedClass::new(class(algorithms, "Algorithm")?.bind(py))?,
        WatchedClass::new(class(&json, "JSONEncoder")?.bind(py))?,
        WatchedClass::new(class(&json, "JSONDecoder")?.bind(py))?,
    ];
    for (_, name) in Class::ALL {
        if let Ok(class) = class(algorithms, name) {
            classes.push(WatchedClass::new(class.bind(py))?);
        }
    }
    let default_decoder = WatchedObject::new(&json.getattr("_default_decoder")?)?;
    let [encoder, decoder] = [py.import("json.encoder")?, py.import("json.decoder")?];
    let standard = [json, encoder, decoder, py.import("base64")?, py.import("hmac")?];
    let ours = [api_jwt, api_jws, api_jwk, algorithms, utils];
    let modules = ours.into_iter().chain(&standard);
    let modules = modules.map(|module| WatchedDict::new(&module.dict(), hides_nothing));
    let modules = modules.collect::<PyResult<_>>()?;
    let genuine = Genuine {
        jwt,
        jws,
        jwk,
        utc: py.import("datetime")?.getattr("timezone")?.getattr("utc")?.unbind(),
        time: py.import("time")?.getattr("time")?.unbind(),
        warn: warnings.getattr("warn")?.unbind(),
        warnings: warnings.unbind(),
        key_length_warning: api_jws.getattr("InsecureKeyLengthWarning")?.unbind(),
        unset: api_jws.getattr("_ALGORITHM_UNSET")?.unbind(),
        algorithms: handlers(algorithms)?,
        classes,
        modules,
        decoder: default_decoder,
        asked: Asked::new(&api_jwt.getattr("_jwt_global_obj")?)?,
        defaults: Defaults::default(),
    };
    // A second import, after somebody emptied `sys.modules`, makes other classes: those are served
    // by the Python methods.
    if GENUINE.set(py, genuine).is_ok() {
        let jwt = api_jwt.getattr("PyJWT")?;
        raw::install::<Encode, _>(&jwt.getattr("encode")?)?;
        raw::install::<Decode, _>(&jwt.getattr("decode")?)?;
    }
    Ok(())
}

/// Takes note of each algorithm object: what its class is and what attributes it has.
fn handlers(module: &Bound<'_, PyModule>) -> PyResult<Vec<Handler>> {
    let py = module.py();
    let made = module.getattr("get_default_algorithms")?.call0()?.cast_into::<PyDict>()?;
    let mut handlers = Vec::new();
    for known in &KNOWN {
        let name = PyString::intern(py, known.name);
        let Some(handler) = made.get_item(&name)? else { continue };
        let own = handler.getattr("__dict__")?.cast_into::<PyDict>()?;
        let attributes = own.iter().map(|(name, value)| (name.unbind(), value.unbind())).collect();
        let kind = handler.get_type().unbind();
        handlers.push(Handler { known, name: name.unbind(), kind, attributes });
    }
    Ok(handlers)
}

impl Genuine {
    /// Returns what was imported, if nothing has been patched since.
    #[inline]
    pub(crate) fn intact(py: Python<'_>) -> Ordinary<&'static Self> {
        let genuine = GENUINE.get(py).ok_or(NotMine)?;
        let intact = genuine.modules.iter().all(|module| module.is_intact(py))
            && genuine.classes.iter().all(|class| class.is_intact(py))
            && genuine.decoder.is_intact(py);
        if intact { Ok(genuine) } else { Err(NotMine) }
    }

    /// Returns what warns, unless the program has put its own there.
    pub(super) fn warn<'py>(&self, py: Python<'py>) -> Ordinary<&Bound<'py, PyAny>> {
        let found = self.warnings.bind(py).getattr(pyo3::intern!(py, "warn"))?;
        if found.is(&self.warn) { Ok(self.warn.bind(py)) } else { Err(NotMine) }
    }

    /// Returns the object that is registered for an algorithm, if `get_default_algorithms` made it.
    pub(crate) fn handler<'py>(
        &self,
        known: &'static Known,
        registered: &Bound<'py, PyDict>,
    ) -> Ordinary<Bound<'py, PyAny>> {
        let handler = self.kept(known)?;
        let found = registered.get_item(&handler.name)?.ok_or(NotMine)?;
        handler.made(&found)?;
        Ok(found)
    }

    /// Accepts an algorithm object that `get_default_algorithms` could have made.
    pub(crate) fn made(&self, known: &'static Known, object: &Bound<'_, PyAny>) -> Ordinary<()> {
        self.kept(known)?.made(object)
    }

    fn kept(&self, known: &'static Known) -> Ordinary<&Handler> {
        let same = |handler: &&Handler| handler.known.algorithm == known.algorithm;
        self.algorithms.iter().find(same).ok_or(NotMine)
    }

    /// Whether these options of a `PyJWT` were seen to be the defaults, and have not changed.
    pub(crate) fn are_defaults(&self, options: &Bound<'_, PyDict>) -> bool {
        let version = dict_version(options);
        version != 0
            && version == self.defaults.version.load(Ordering::Relaxed)
            && self.defaults.dict.load(Ordering::Relaxed) == options.as_ptr() as usize
    }

    /// Remembers that these options are the defaults.
    pub(crate) fn keep_defaults(&self, options: &Bound<'_, PyDict>) {
        self.defaults.dict.store(options.as_ptr() as usize, Ordering::Relaxed);
        self.defaults.version.store(dict_version(options), Ordering::Relaxed);
    }
}

impl Handler {
    fn made(&self, object: &Bound<'_, PyAny>) -> Ordinary<()> {
        if object.get_type_ptr() != self.kind.bind(object.py()).as_type_ptr() {
            return Err(NotMine);
        }
        let own = raw::own_dict(object)?;
        let own = own.cast_exact::<PyDict>().map_err(|_| NotMine)?;
        let as_made = own.len() == self.attributes.len()
            && self.attributes.iter().all(|(made, with)| {
                own.get_item(made).is_ok_and(|found| found.is_some_and(|found| found.is(with)))
            });
        if as_made { Ok(()) } else { Err(NotMine) }
    }
}
