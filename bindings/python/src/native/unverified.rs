//! `jotem.Unverified`: what a token says, while nobody has verified it.

use pyo3::prelude::*;
use pyo3::types::PyType;

use super::{arguments, errors, verified};
use crate::json;

/// Something that nobody verified: whoever sent the token chose it.
#[pyclass(frozen, module = "jotem")]
pub(super) struct Unverified(Py<PyAny>);

#[pymethods]
impl Unverified {
    fn as_untrusted(&self, py: Python<'_>) -> Py<PyAny> {
        self.0.clone_ref(py)
    }

    fn __repr__(&self) -> &'static str {
        "<jotem.Unverified>"
    }

    #[classmethod]
    fn __class_getitem__<'py>(
        class: &Bound<'py, PyType>,
        of: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        verified::generic(class, of)
    }
}

/// Reads the header of a token that nobody verified.
#[pyfunction]
pub(super) fn unverified_header(token: &Bound<'_, PyAny>) -> PyResult<Unverified> {
    let py = token.py();
    let header = jotem::unverified_header(&arguments::token(token)?);
    let header = header.map_err(|error| errors::raise(py, error))?;
    Ok(Unverified(json::read(py, header.as_untrusted().json())?.unbind()))
}

/// Reads the claims of a token that nobody verified.
#[pyfunction]
pub(super) fn unverified_claims(token: &Bound<'_, PyAny>) -> PyResult<Unverified> {
    let py = token.py();
    let claims = jotem::unverified_claims::<()>(&arguments::token(token)?);
    let claims = claims.map_err(|error| errors::raise(py, error))?;
    Ok(Unverified(json::read(py, claims.as_untrusted().json())?.unbind()))
}
