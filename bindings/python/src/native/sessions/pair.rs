//! `jotem.sessions.TokenPair`: what a client is given.

use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use zeroize::Zeroizing;

use crate::json;

/// What a client is given at login and at every refresh: an access token for minutes, and the refresh
/// token that is exchanged for the next pair.
///
/// ``repr`` shows neither token, and a pair cannot be pickled.
///
/// Example:
///     >>> pair = sessions.start("ada", scopes=["invoices"])
///     >>> pair
///     <jotem.sessions.TokenPair: scope `invoices`, expires in 900 s>
///     >>> sorted(pair.to_dict())
///     ['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type']
#[pyclass(frozen, module = "jotem.sessions")]
pub(super) struct TokenPair(pub(super) jotem_session::TokenPair);

#[pymethods]
impl TokenPair {
    /// The access token: a JWT as RFC 9068 has it.
    #[getter]
    fn access_token(&self) -> &str {
        self.0.access_token()
    }

    /// The refresh token: an opaque text of 92 characters, for nobody but the client.
    #[getter]
    fn refresh_token(&self) -> &str {
        self.0.refresh_token()
    }

    /// The session: the ``sid`` of the access token.
    #[getter]
    fn session(&self) -> String {
        self.0.session().to_string()
    }

    /// How long the access token lives.
    ///
    /// Example:
    ///     >>> pair.expires_in
    ///     datetime.timedelta(seconds=900)
    #[getter]
    const fn expires_in(&self) -> Duration {
        self.0.expires_in()
    }

    /// How long the refresh token lives if it is not used.
    ///
    /// Example:
    ///     >>> round(pair.refresh_expires_in.total_seconds() / 86_400)
    ///     7
    #[getter]
    const fn refresh_expires_in(&self) -> Duration {
        self.0.refresh_expires_in()
    }

    /// The scopes of the access token, in their order.
    #[getter]
    fn scopes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let scopes = self.0.scope().split(' ').filter(|one| !one.is_empty());
        PyTuple::new(py, scopes.collect::<Vec<_>>())
    }

    /// Whether the refresh token that was presented had just been exchanged, and this is the same
    /// successor as was given out then.
    #[getter]
    const fn is_replay(&self) -> bool {
        self.0.is_replay()
    }

    /// Returns the answer of a token endpoint (RFC 6749 section 5.1): a dict for JSON, with both
    /// tokens in it.
    ///
    /// Example:
    ///     >>> pair.to_dict()["token_type"], pair.to_dict()["expires_in"]
    ///     ('Bearer', 900)
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let text = serde_json::to_string(&self.0).map(Zeroizing::new);
        let text = text.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        json::read(py, &text)
    }

    fn __repr__(&self) -> String {
        let seconds = self.0.expires_in().as_secs();
        format!("<jotem.sessions.TokenPair: scope `{}`, expires in {seconds} s>", self.0.scope())
    }
}
