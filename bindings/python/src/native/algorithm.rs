//! Algorithms: the engine's enum and Python's, which is made of the same names.

use jotem::Algorithm;
use jotem::jwa::Scheme;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyType};

use super::{arguments, errors};

/// Reads an algorithm from a member of `jotem.Algorithm` or from its name.
pub(super) fn read(value: &Bound<'_, PyAny>) -> PyResult<Algorithm> {
    let name = value
        .cast::<PyString>()
        .map_err(|_| arguments::wrong_type("algorithm", "jotem.Algorithm or str", value))?;
    name.to_string_lossy().parse().map_err(|_| {
        errors::misuse(
            value.py(),
            "algorithm is not the name of a JWS algorithm of this engine",
            "names are case-sensitive, for example ES256; jotem.Algorithm lists them all",
        )
    })
}

/// Returns the member of `jotem.Algorithm`.
pub(super) fn member(py: Python<'_>, algorithm: Algorithm) -> PyResult<Bound<'_, PyAny>> {
    static MEMBERS: PyOnceLock<Vec<(Algorithm, Py<PyAny>)>> = PyOnceLock::new();
    let members = MEMBERS.get_or_try_init(py, || {
        let class = py.import("jotem._algorithm")?.getattr("Algorithm")?.cast_into::<PyType>()?;
        let member = |one: Algorithm| Ok((one, class.call1((one.name(),))?.unbind()));
        Algorithm::ALL.into_iter().map(member).collect::<PyResult<_>>()
    })?;
    match members.iter().find(|(one, _)| *one == algorithm) {
        Some((_, member)) => Ok(member.bind(py).clone()),
        None => Ok(PyString::new(py, algorithm.name()).into_any()),
    }
}

/// Returns whether an operation takes long enough for other threads to run meanwhile.
pub(super) const fn is_slow(algorithm: Algorithm) -> bool {
    !matches!(algorithm.scheme(), Scheme::Hmac(_))
}
