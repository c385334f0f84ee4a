//! Dataclasses, msgspec Structs, pydantic models and keys of `cryptography`: what is Python's own
//! is done in `jotem/_objects.py`, which is imported when the first of them is seen.

use jotem::error::{Excerpt, Rejection};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use super::errors;

/// A function of `jotem._objects`.
struct Function {
    name: &'static str,
    found: PyOnceLock<Py<PyAny>>,
}

static TO_CLAIMS: Function = Function { name: "to_claims", found: PyOnceLock::new() };
static FROM_CLAIMS: Function = Function { name: "from_claims", found: PyOnceLock::new() };
static CHECK: Function = Function { name: "check_class", found: PyOnceLock::new() };
static KEY_TO_DER: Function = Function { name: "key_to_der", found: PyOnceLock::new() };
static TOKEN_ID: Function = Function { name: "token_id", found: PyOnceLock::new() };

impl Function {
    fn call<'py>(
        &self,
        py: Python<'py>,
        arguments: impl pyo3::call::PyCallArgs<'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.found.import(py, "jotem._objects", self.name)?.call1(arguments)
    }
}

/// Turns an object of the application into a `dict` of claims.
pub(super) fn to_claims<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    Ok(TO_CLAIMS.call(object.py(), (object,))?.cast_into()?)
}

/// Takes a class that verified claims are read into, if one was given.
pub(super) fn class<'a, 'py>(
    into: Option<&'a Bound<'py, PyAny>>,
) -> PyResult<Option<&'a Bound<'py, PyAny>>> {
    let into = into.filter(|class| !class.is_none());
    if let Some(class) = into {
        CHECK.call(class.py(), (class,))?;
    }
    Ok(into)
}

/// Reads verified claims into a class of the application.
pub(super) fn from_claims<'py>(
    class: &Bound<'py, PyAny>,
    claims: &Bound<'py, PyAny>,
    json: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    let outcome = FROM_CLAIMS.call(py, (class, claims, json))?.cast_into::<PyTuple>()?;
    let (object, misfit): (Bound<'py, PyAny>, Option<String>) = outcome.extract()?;
    match misfit {
        None => Ok(object),
        Some(message) => {
            let message = Excerpt::new(&message);
            Err(errors::raise(py, Rejection::ClaimsShape { message }.into()))
        }
    }
}

/// Exports a key object of `cryptography`.
pub(super) fn key_to_der<'py>(key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    Ok(KEY_TO_DER.call(key.py(), (key,))?.cast_into()?)
}

/// Makes a `jti` of 128 random bits.
pub(super) fn token_id(py: Python<'_>) -> PyResult<String> {
    TOKEN_ID.call(py, ())?.extract()
}
