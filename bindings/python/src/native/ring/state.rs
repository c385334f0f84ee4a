//! `jotem.RingKey` and `jotem.KeyState`: what a key of a ring is for, and since when.

use jotem_jwks::ring::{KeyState, RingKey as EngineRingKey};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use crate::native::date;

/// A key of a ring, as it is at a moment: its name, its state, and its dates.
///
/// Example:
///     >>> [key.state for key in ring.keys]
///     [KeyState.RETIRING, KeyState.ACTIVE, KeyState.ANNOUNCED]
///     >>> ring.keys[0].next_at - ring.keys[0].retired_at == ring.timers.retire_for
///     True
#[pyclass(frozen, eq, module = "jotem")]
#[derive(PartialEq, Eq)]
pub(super) struct RingKey(pub(super) EngineRingKey);

#[pymethods]
impl RingKey {
    /// Its name, the ``kid`` of its tokens: the RFC 7638 thumbprint.
    #[getter]
    fn key_id(&self) -> &str {
        self.0.key_id()
    }

    /// Its state.
    #[getter]
    fn state<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        member(py, self.0.state())
    }

    /// Since when it has been published.
    #[getter]
    fn announced_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        date::to_python(py, self.0.announced_at())
    }

    /// When it began to sign; None if it has not.
    #[getter]
    fn activated_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0.activated_at().map(|date| date::to_python(py, date)).transpose()
    }

    /// When it stopped signing; None if it has not.
    #[getter]
    fn retired_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0.retired_at().map(|date| date::to_python(py, date)).transpose()
    }

    /// When it may go on to the next state: an announced key may sign from then on, an active one is
    /// due to be rotated, a retiring one is removed.
    #[getter]
    fn next_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        date::to_python(py, self.0.next_at())
    }

    fn __repr__(&self) -> String {
        format!("<jotem.RingKey: {}, {}>", self.0.key_id(), self.0.state())
    }
}

/// Returns the member of `jotem.KeyState`.
pub(super) fn member(py: Python<'_>, state: KeyState) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CLASS.import(py, "jotem._key_state", "KeyState")?.call1((state.name(),))
}
