//! The `PyJWT` that a call asks, and what hangs on it: its options, its `PyJWS`, that one's algorithms.

use jotem::Algorithm;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyString, PyType};

use super::algorithm::{KNOWN, Known};
use super::guard::Genuine;
use super::watched::{WatchedDict, WatchedObject};
use super::{NotMine, Ordinary};
use crate::raw;

/// The `PyJWT` of the module, which nearly all calls ask, as it was imported.
pub(super) struct Asked {
    jwt: WatchedObject,
    jws: WatchedObject,
    algorithms: WatchedDict,
    handlers: Vec<(Algorithm, WatchedObject)>,
    options: WatchedDict,
    /// The claims that must be there: a list, which can grow without a change of the options.
    required: Py<PyList>,
    jws_options: Py<PyDict>,
}

impl Asked {
    pub(super) fn new(jwt: &Bound<'_, PyAny>) -> PyResult<Self> {
        let jws = jwt.getattr("_jws")?;
        let algorithms = jws.getattr("_algorithms")?.cast_into::<PyDict>()?;
        let mut handlers = Vec::with_capacity(KNOWN.len());
        for known in &KNOWN {
            // Most are missing without `cryptography`.
            if let Some(handler) = algorithms.get_item(known.name)? {
                handlers.push((known.algorithm, WatchedObject::new(&handler)?));
            }
        }
        let options = jwt.getattr("options")?.cast_into::<PyDict>()?;
        Ok(Self {
            options: WatchedDict::new(&options, |_| false)?,
            required: options.as_any().get_item("require")?.cast_into::<PyList>()?.unbind(),
            jws_options: jws.getattr("options")?.cast_into::<PyDict>()?.unbind(),
            jwt: WatchedObject::new(jwt)?,
            jws: WatchedObject::new(&jws)?,
            // Other names are no business of those that stand there.
            algorithms: WatchedDict::new(&algorithms, |_| true)?,
            handlers,
        })
    }

    /// Whether it is this one, with all that hangs on it but for the algorithm objects.
    #[inline]
    fn is(&self, jwt: &Bound<'_, PyAny>) -> bool {
        let py = jwt.py();
        jwt.is(self.jwt.object())
            && self.jwt.is_intact(py)
            && self.jws.is_intact(py)
            && self.algorithms.is_intact(py)
    }

    fn handler<'py>(&self, py: Python<'py>, known: &'static Known) -> Ordinary<&Bound<'py, PyAny>> {
        let mut handlers = self.handlers.iter();
        let (_, handler) = handlers.find(|(of, _)| *of == known.algorithm).ok_or(NotMine)?;
        if handler.is_intact(py) { Ok(handler.object().bind(py)) } else { Err(NotMine) }
    }
}

/// A `PyJWT` whose attributes are those that its constructor gave it.
pub(super) enum Own<'py> {
    Module(&'static Asked),
    /// Its attributes, those of its `PyJWS`, and the algorithms of that.
    Other {
        jwt: Bound<'py, PyDict>,
        jws: Bound<'py, PyDict>,
        algorithms: Bound<'py, PyDict>,
    },
}

impl<'py> Own<'py> {
    #[inline]
    pub(super) fn of(jwt: &Bound<'py, PyAny>, genuine: &'static Genuine) -> Ordinary<Self> {
        if genuine.asked.is(jwt) {
            Ok(Self::Module(&genuine.asked))
        } else {
            Self::other(jwt, genuine)
        }
    }

    fn other(jwt: &Bound<'py, PyAny>, genuine: &Genuine) -> Ordinary<Self> {
        let py = jwt.py();
        let jwt = attributes(jwt, genuine.jwt.bind(py), 2)?;
        let jws = jwt.get_item(pyo3::intern!(py, "_jws"))?.ok_or(NotMine)?;
        let jws = attributes(&jws, genuine.jws.bind(py), 3)?;
        let algorithms = jws.get_item(pyo3::intern!(py, "_algorithms"))?.ok_or(NotMine)?;
        let algorithms = algorithms.cast_into_exact::<PyDict>().map_err(|_| NotMine)?;
        Ok(Self::Other { jwt, jws, algorithms })
    }

    /// Whether the options of the `PyJWT` are known to be the defaults.
    #[inline]
    pub(super) fn has_default_options(&self, py: Python<'py>) -> bool {
        match self {
            Self::Module(asked) => {
                asked.options.is_intact(py) && asked.required.bind(py).is_empty()
            }
            Self::Other { .. } => false,
        }
    }

    /// Returns the options of the `PyJWT`.
    pub(super) fn options(&self, py: Python<'py>) -> Ordinary<Bound<'py, PyDict>> {
        match self {
            Self::Module(asked) => Ok(asked.options.dict(py).clone()),
            Self::Other { jwt, .. } => options_of(jwt),
        }
    }

    /// Whether tokens may be signed with a secret that is shorter than PyJWT recommends.
    pub(super) fn may_be_short(&self, py: Python<'py>) -> Ordinary<bool> {
        let options = match self {
            Self::Module(asked) => asked.jws_options.bind(py).clone(),
            Self::Other { jws, .. } => options_of(jws)?,
        };
        let enforced = options.get_item(pyo3::intern!(py, "enforce_minimum_key_length"))?;
        Ok(enforced.is_none_or(|it| it.cast_exact::<PyBool>().is_ok_and(|it| !it.is_true())))
    }

    /// Returns the object registered under a name, if it is PyJWT's own.
    pub(super) fn handler(
        &self,
        py: Python<'py>,
        known: &'static Known,
        genuine: &Genuine,
    ) -> Ordinary<Bound<'py, PyAny>> {
        match self {
            Self::Module(asked) => asked.handler(py, known).cloned(),
            Self::Other { algorithms, .. } => genuine.handler(known, algorithms),
        }
    }
}

fn options_of<'py>(attributes: &Bound<'py, PyDict>) -> Ordinary<Bound<'py, PyDict>> {
    let found = attributes.get_item(pyo3::intern!(attributes.py(), "options"))?.ok_or(NotMine)?;
    found.cast_into_exact().map_err(|_| NotMine)
}

/// Returns the attributes of an object of exactly this class, which must be so many.
fn attributes<'py>(
    object: &Bound<'py, PyAny>,
    class: &Bound<'py, PyType>,
    count: usize,
) -> Ordinary<Bound<'py, PyDict>> {
    if object.get_type_ptr() != class.as_type_ptr() {
        return Err(NotMine);
    }
    let own = raw::own_dict(object)?;
    let own = own.cast_into_exact::<PyDict>().map_err(|_| NotMine)?;
    if own.len() == count { Ok(own) } else { Err(NotMine) }
}

/// A key, and whether it came in a `PyJWK`, which binds it to one algorithm.
pub(super) struct InnerKey<'py> {
    pub(super) key: Bound<'py, PyAny>,
    pub(super) bound: bool,
}

/// Takes the key out of a `PyJWK` of the token's algorithm; any other is what it is.
pub(super) fn inner_key<'py>(
    key: &Bound<'py, PyAny>,
    known: &'static Known,
    genuine: &Genuine,
) -> Ordinary<InnerKey<'py>> {
    let py = key.py();
    if key.get_type_ptr() != genuine.jwk.bind(py).as_type_ptr() {
        return Ok(InnerKey { key: key.clone(), bound: false });
    }
    let own = attributes(key, genuine.jwk.bind(py), 4)?;
    let get = |name| own.get_item(name)?.ok_or(NotMine);
    let name = get(pyo3::intern!(py, "algorithm_name"))?;
    if name.cast_exact::<PyString>().map_err(|_| NotMine)?.to_str()? != known.name {
        return Err(NotMine);
    }
    genuine.made(known, &get(pyo3::intern!(py, "Algorithm"))?)?;
    Ok(InnerKey { key: get(pyo3::intern!(py, "key"))?, bound: true })
}
