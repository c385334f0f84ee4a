//! `jotem.SourceStatus`: a key set as the client has it.

use std::time::Duration;

use jotem::error::Excerpt;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// A key set as a ``JWKSClient`` has it, at the moment at which ``client.status`` was asked for.
///
/// Example:
///     >>> from jotem import JWKSClient
///     >>> (source,) = JWKSClient(issuer="https://login.example").status
///     >>> source.issuer, source.keys, source.age, source.is_available
///     ('https://login.example', (), None, False)
#[pyclass(frozen, module = "jotem")]
pub(super) struct SourceStatus(pub(super) jotem_jwks::remote::SourceStatus);

#[pymethods]
impl SourceStatus {
    /// The issuer; None if the keys belong to none.
    #[getter]
    fn issuer(&self) -> Option<&str> {
        self.0.issuer.as_deref()
    }

    /// What it goes by in events: the issuer, or the URL of the key set.
    #[getter]
    fn url(&self) -> &str {
        self.0.url.as_str()
    }

    /// The names of the keys; those without a ``kid`` go by their thumbprint.
    #[getter]
    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.keys.iter().map(Excerpt::as_str))
    }

    /// How long ago the server said that these are the keys; None before it first did.
    #[getter]
    const fn age(&self) -> Option<Duration> {
        self.0.age
    }

    /// How long it is until the next look-up has the keys fetched again; zero before they were.
    #[getter]
    const fn due_in(&self) -> Duration {
        self.0.due_in
    }

    /// Whether the keys are past their soft age.
    #[getter]
    const fn is_stale(&self) -> bool {
        self.0.is_stale
    }

    /// Whether there are keys that may be served: some, and not past the hard age.
    #[getter]
    const fn is_available(&self) -> bool {
        self.0.is_available
    }

    fn __repr__(&self) -> String {
        let keys = self.0.keys.len();
        let state = match (self.0.is_available, self.0.is_stale) {
            (false, _) => "unavailable",
            (true, true) => "stale",
            (true, false) => "fresh",
        };
        format!("<jotem.SourceStatus: {}, {keys} key(s), {state}>", self.0.url)
    }
}
