//! `jotem.Unverified`: what a token says, while nobody has verified it.

use pyo3::prelude::*;
use pyo3::types::PyType;

use super::{arguments, errors, verified};
use crate::json;

/// What a token says while nobody has verified it: whoever sent it chose it.
///
/// It has no other method than the one that says so. In annotations it takes the type of what it
/// holds: ``Unverified[dict[str, Any]]``.
#[pyclass(frozen, module = "jotem")]
pub(super) struct Unverified(Py<PyAny>);

#[pymethods]
impl Unverified {
    /// Returns what it holds. Decide nothing by it but which verifier to ask.
    ///
    /// Example:
    ///     >>> unverified_header(token).as_untrusted()["alg"]
    ///     'ES256'
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

/// Reads the header of a token that nobody verified (RFC 7515 section 4).
///
/// Args:
///     token: The token.
///
/// Raises:
///     TokenRefused: It is no token, or its header is one that no verifier would take.
///
/// Example:
///     >>> from jotem import unverified_claims, unverified_header
///     >>> token = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImEifQ.eyJzdWIiOiJhZG1pbiJ9.AA"
///     >>> unverified_header(token)
///     <jotem.Unverified>
///     >>> unverified_header(token).as_untrusted()
///     {'alg': 'ES256', 'kid': 'a'}
#[pyfunction]
pub(super) fn unverified_header(token: &Bound<'_, PyAny>) -> PyResult<Unverified> {
    let py = token.py();
    let header = jotem::unverified_header(&arguments::token(token)?);
    let header = header.map_err(|error| errors::raise(py, error))?;
    Ok(Unverified(json::read(py, header.as_untrusted().json())?.unbind()))
}

/// Reads the claims of a token that nobody verified (RFC 7519 section 4).
///
/// Args:
///     token: The token.
///
/// Raises:
///     TokenRefused: It is no token, or its claims are no JSON object.
///
/// Example:
///     >>> from jotem import unverified_claims
///     >>> token = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImEifQ.eyJzdWIiOiJhZG1pbiJ9.AA"
///     >>> unverified_claims(token).as_untrusted()
///     {'sub': 'admin'}
#[pyfunction]
pub(super) fn unverified_claims(token: &Bound<'_, PyAny>) -> PyResult<Unverified> {
    let py = token.py();
    let claims = jotem::unverified_claims::<()>(&arguments::token(token)?);
    let claims = claims.map_err(|error| errors::raise(py, error))?;
    Ok(Unverified(json::read(py, claims.as_untrusted().json())?.unbind()))
}
