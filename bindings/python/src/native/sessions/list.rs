//! `jotem.sessions.SessionInfo`: the sessions of a subject, for a page on which they can end one.

use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::texts::datetime;

/// The sessions of a subject that live, the one that was used last first.
///
/// Example:
///     >>> _ = sessions.start("grace", label="Firefox on Linux")
///     >>> found = sessions.list("grace")
///     >>> found.epoch, len(found.sessions)
///     (0, 1)
#[pyclass(frozen, module = "jotem.sessions")]
pub(super) struct SessionList {
    epoch: u32,
    sessions: Py<PyTuple>,
}

impl SessionList {
    pub(super) fn new(py: Python<'_>, list: jotem_session::SessionList) -> PyResult<Self> {
        let each = list.sessions.into_iter().map(|one| Py::new(py, SessionInfo(one)));
        let sessions = PyTuple::new(py, each.collect::<PyResult<Vec<_>>>()?)?;
        Ok(Self { epoch: list.epoch, sessions: sessions.unbind() })
    }
}

#[pymethods]
impl SessionList {
    /// The epoch of the subject: it changes when everything of the subject is revoked. See
    /// ``expected_epoch`` of ``Sessions.start``.
    #[getter]
    const fn epoch(&self) -> u32 {
        self.epoch
    }

    /// The sessions.
    #[getter]
    fn sessions<'py>(&self, py: Python<'py>) -> Bound<'py, PyTuple> {
        self.sessions.bind(py).clone()
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let count = self.sessions.bind(py).len();
        format!("<jotem.sessions.SessionList: {count} session(s), epoch {}>", self.epoch)
    }
}

/// One session, as a person may see it.
///
/// Example:
///     >>> (info,) = found.sessions
///     >>> info.label, info.client, info.is_bound
///     ('Firefox on Linux', 'default', False)
#[pyclass(frozen, module = "jotem.sessions")]
pub(super) struct SessionInfo(jotem_session::SessionInfo);

#[pymethods]
impl SessionInfo {
    /// The session: the ``sid`` of its access tokens, for ``revoke_session``.
    #[getter]
    fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// The client; None if the client was revoked.
    #[getter]
    fn client(&self) -> Option<&str> {
        self.0.client_id.as_deref()
    }

    /// The scopes that were granted, in their order.
    #[getter]
    fn scopes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let scopes = self.0.scope.split(' ').filter(|one| !one.is_empty());
        PyTuple::new(py, scopes.collect::<Vec<_>>())
    }

    /// A device, a place: what was said at login.
    #[getter]
    fn label(&self) -> Option<&str> {
        self.0.label.as_deref()
    }

    /// When the subject logged in.
    #[getter]
    fn authenticated_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        datetime(py, self.0.authenticated_at)
    }

    /// When its refresh token was used last.
    #[getter]
    fn last_used_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        datetime(py, self.0.last_used_at)
    }

    /// When it ends if it is not used.
    #[getter]
    fn idle_end_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        datetime(py, self.0.idle_end_at)
    }

    /// When it ends at the latest.
    #[getter]
    fn end_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        datetime(py, self.0.end_at)
    }

    /// Whether it is bound to a key (RFC 9449).
    #[getter]
    const fn is_bound(&self) -> bool {
        self.0.is_bound
    }

    fn __repr__(&self) -> String {
        format!("<jotem.sessions.SessionInfo: {}>", self.0.id)
    }
}
