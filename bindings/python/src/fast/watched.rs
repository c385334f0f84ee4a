//! Classes, dicts and objects, and whether they are as they were when they were taken note of.
//!
//! CPython has a number of each class and of each dict that changes with it: nearly always that is
//! all that is compared.

use std::sync::atomic::{AtomicU64, Ordering};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyString, PyType};

use crate::raw;

/// A class, by the attributes of its own.
pub(super) struct WatchedClass {
    class: Py<PyType>,
    attributes: Py<PyDict>,
    seen: Verdict,
}

/// A dict, by its members.
pub(super) struct WatchedDict {
    dict: Py<PyDict>,
    members: Py<PyDict>,
    /// Which names may be added.
    harmless: fn(&Bound<'_, PyAny>) -> bool,
    seen: Verdict,
}

/// An object, by its class and its attributes.
pub(super) struct WatchedObject {
    object: Py<PyAny>,
    class: Py<PyType>,
    attributes: WatchedDict,
}

/// What was found out last: whether it is intact, and for which version, in one word.
#[derive(Debug, Default)]
struct Verdict(AtomicU64);

impl Verdict {
    /// Returns what was found out about this version; version zero is none.
    #[inline]
    fn about(&self, version: u64) -> Option<bool> {
        let seen = self.0.load(Ordering::Relaxed);
        (version != 0 && seen >> 1 == version).then_some(seen & 1 == 1)
    }

    fn keep(&self, version: u64, intact: bool) {
        self.0.store(version << 1 | u64::from(intact), Ordering::Relaxed);
    }
}

impl WatchedClass {
    pub(super) fn new(class: &Bound<'_, PyType>) -> PyResult<Self> {
        let attributes = PyDict::new(class.py());
        attributes.update(class.getattr("__dict__")?.cast::<PyMapping>()?)?;
        Ok(Self {
            class: class.clone().unbind(),
            attributes: attributes.unbind(),
            seen: Verdict::default(),
        })
    }

    #[inline]
    pub(super) fn is_intact(&self, py: Python<'_>) -> bool {
        let version = class_version(self.class.bind(py));
        self.seen.about(version).unwrap_or_else(|| self.look_again(py))
    }

    #[cold]
    fn look_again(&self, py: Python<'_>) -> bool {
        let class = self.class.bind(py);
        let now = PyDict::new(py);
        // Looking up what every class has makes CPython give the class a version. It is that from
        // before the comparison: what changes meanwhile is looked at the next time.
        let found = class.getattr("__init__").and_then(|_| {
            let version = class_version(class);
            now.update(class.getattr("__dict__")?.cast::<PyMapping>()?)?;
            Ok(version)
        });
        let intact = found.is_ok() && same(&now, self.attributes.bind(py), is_put_into_classes);
        self.seen.keep(found.unwrap_or_default(), intact);
        intact
    }
}

impl WatchedDict {
    pub(super) fn new(
        dict: &Bound<'_, PyDict>,
        harmless: fn(&Bound<'_, PyAny>) -> bool,
    ) -> PyResult<Self> {
        let members = dict.copy()?.unbind();
        Ok(Self { dict: dict.clone().unbind(), members, harmless, seen: Verdict::default() })
    }

    pub(super) fn dict<'py>(&self, py: Python<'py>) -> &Bound<'py, PyDict> {
        self.dict.bind(py)
    }

    #[inline]
    pub(super) fn is_intact(&self, py: Python<'_>) -> bool {
        let version = dict_version(self.dict.bind(py));
        self.seen.about(version).unwrap_or_else(|| self.look_again(py))
    }

    #[cold]
    fn look_again(&self, py: Python<'_>) -> bool {
        let dict = self.dict.bind(py);
        let version = dict_version(dict);
        let intact = same(dict, self.members.bind(py), self.harmless);
        self.seen.keep(version, intact);
        intact
    }
}

impl WatchedObject {
    /// Takes note of an object, and gives it a dict of its own for its attributes: as long as CPython
    /// keeps them in the object, the number of the dict need not change with them (3.13).
    pub(super) fn new(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let attributes = object.getattr("__dict__")?.cast_into::<PyDict>()?.copy()?;
        object.setattr("__dict__", &attributes)?;
        Ok(Self {
            object: object.clone().unbind(),
            class: object.get_type().unbind(),
            attributes: WatchedDict::new(&attributes, |_| false)?,
        })
    }

    pub(super) const fn object(&self) -> &Py<PyAny> {
        &self.object
    }

    #[inline]
    pub(super) fn is_intact(&self, py: Python<'_>) -> bool {
        let object = self.object.bind(py);
        object.get_type_ptr() == self.class.bind(py).as_type_ptr()
            && raw::has_dict(object, &self.attributes.dict)
            && self.attributes.is_intact(py)
    }
}

/// Whether the values are the same objects, and every name that came since is harmless.
fn same(
    now: &Bound<'_, PyDict>,
    then: &Bound<'_, PyDict>,
    harmless: impl Fn(&Bound<'_, PyAny>) -> bool,
) -> bool {
    let kept = then.iter().all(|(name, value)| {
        now.get_item(&name).is_ok_and(|found| found.is_some_and(|found| found.is(&value)))
    });
    let is_new = |name: &Bound<'_, PyAny>| !then.contains(name).unwrap_or(false);
    kept && (now.len() == then.len()
        || now.iter().all(|(name, _)| !is_new(&name) || harmless(&name)))
}

/// Whether Python itself puts the name into a class: `copy` and `pickle` keep the names of its slots
/// there, and who asks for annotations finds an empty dict from then on.
fn is_put_into_classes(name: &Bound<'_, PyAny>) -> bool {
    let names = ["__slotnames__", "__annotations__", "__annotations_cache__"];
    name.cast_exact::<PyString>().is_ok_and(|name| names.iter().any(|known| name == *known))
}

/// Whether a name in a module hides no builtin: `warnings` puts its registry there.
pub(super) fn hides_nothing(name: &Bound<'_, PyAny>) -> bool {
    let Ok(builtins) = name.py().import("builtins") else { return false };
    !builtins.dict().contains(name).unwrap_or(true)
}

#[cfg(not(any(Py_LIMITED_API, Py_GIL_DISABLED)))]
fn class_version(class: &Bound<'_, PyType>) -> u64 {
    raw::type_version(class).into()
}

#[cfg(not(any(Py_LIMITED_API, Py_GIL_DISABLED, Py_3_14)))]
pub(super) fn dict_version(dict: &Bound<'_, PyDict>) -> u64 {
    raw::dict_version(dict)
}

/// No version to go by: look every time.
#[cfg(any(Py_LIMITED_API, Py_GIL_DISABLED))]
fn class_version(_class: &Bound<'_, PyType>) -> u64 {
    0
}

#[cfg(any(Py_LIMITED_API, Py_GIL_DISABLED, Py_3_14))]
pub(super) fn dict_version(_dict: &Bound<'_, PyDict>) -> u64 {
    0
}
