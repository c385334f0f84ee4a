//! JSON text from Python objects and back, without a detour through Python's `json`.

mod digits;
mod names;
pub(crate) mod read;
pub(crate) mod scan;
mod shape;
mod write;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

pub(crate) use digits::digits;
pub(crate) use names::Claim;
pub(crate) use write::{Fault, Problem, members, text, value, whole};

/// Makes Python objects of a JSON text that the engine has read before, strictly.
///
/// # Errors
/// `ValueError` if it has not: no such text is handed to Python.
pub(crate) fn read<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    read::value(py, text.as_bytes())
        .map_err(|_| PyValueError::new_err("this JSON text has not been read by the engine"))
}
