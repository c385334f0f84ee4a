//! The rules of PyJWT, each written once.
//!
//! They are PyJWT's, not the engine's: a number may be text, an absent `sub` satisfies `subject=`,
//! padding is taken. Each is a plain function that answers what was found. The methods of
//! `jotem.jwt` reach it under a name that begins with `pyjwt_`; which exception that becomes, and
//! in which words, is theirs, because programs look both up in Python.
//!
//! A rule whose steps a program can replace (`json.loads`, a loader of `cryptography`) is not here:
//! it stays in Python.

pub(crate) mod claims;
pub(crate) mod engine_key;
pub(crate) mod headers;
pub(crate) mod secrets;
pub(crate) mod segments;

use pyo3::prelude::*;
use pyo3::types::PyString;

/// Adds the functions that the methods of `jotem.jwt` call.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    segments::register(module)?;
    headers::register(module)?;
    claims::register(module)?;
    engine_key::register(module)?;
    secrets::register(module)
}

/// Python's `isinstance(value, str)`, which also believes an object's `__class__`.
pub(crate) fn is_text(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    if value.is_exact_instance_of::<PyString>() {
        return Ok(true);
    }
    value.is_instance(&value.py().get_type::<PyString>())
}
