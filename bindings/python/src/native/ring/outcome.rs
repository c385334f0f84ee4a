//! `jotem.Rotation`, `jotem.Compromise`, `jotem.Maintenance`: what was done to a ring.

use jotem::error::Excerpt;
use jotem_jwks::ring;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::state;
use crate::native::date;

/// What a rotation did.
///
/// Example:
///     >>> rotation = ring.rotate_now()
///     >>> newest = [key.key_id for key in ring.keys][-3:]
///     >>> newest == [rotation.retired, rotation.active, rotation.announced]
///     True
#[pyclass(frozen, eq, module = "jotem")]
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Rotation(pub(super) ring::Rotation);

#[pymethods]
impl Rotation {
    /// The key that stopped signing.
    #[getter]
    fn retired(&self) -> &str {
        &self.0.retired
    }

    /// The key that signs now.
    #[getter]
    fn active(&self) -> &str {
        &self.0.active
    }

    /// The new spare.
    #[getter]
    fn announced(&self) -> &str {
        &self.0.announced
    }

    fn __repr__(&self) -> String {
        let ring::Rotation { retired, active, announced, .. } = &self.0;
        format!("<jotem.Rotation: {retired} retires, {active} signs, {announced} is announced>")
    }
}

/// What a compromise did.
///
/// Example:
///     >>> stolen = next(key for key in ring.keys if key.state == "active")
///     >>> compromise = ring.compromise(stolen.key_id)
///     >>> compromise.was, compromise.active != stolen.key_id
///     (KeyState.ACTIVE, True)
#[pyclass(frozen, eq, module = "jotem")]
#[derive(PartialEq, Eq)]
pub(super) struct Compromise(pub(super) ring::Compromise);

#[pymethods]
impl Compromise {
    /// The state that the key had.
    #[getter]
    fn was<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        state::member(py, self.0.was)
    }

    /// The key that signs now.
    #[getter]
    fn active(&self) -> &str {
        &self.0.active
    }

    /// The new spare; None if none was needed.
    #[getter]
    fn announced(&self) -> Option<&str> {
        self.0.announced.as_deref()
    }

    /// From when on every verifier knows the key that signs now: in the past, if the spare was old
    /// enough. Until then those that have not fetched refuse its tokens.
    #[getter]
    fn known_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        date::to_python(py, self.0.known_at)
    }

    fn __repr__(&self) -> String {
        format!("<jotem.Compromise: of a key that was {}, {} signs>", self.0.was, self.0.active)
    }
}

/// What maintenance did.
///
/// Example:
///     >>> done = ring.maintain()
///     >>> done.rotation, done.removed, done.next_due == ring.next_due
///     (None, (), True)
#[pyclass(frozen, eq, module = "jotem")]
#[derive(PartialEq, Eq)]
pub(super) struct Maintenance(pub(super) ring::Maintenance);

#[pymethods]
impl Maintenance {
    /// The rotation; None if none was due.
    #[getter]
    fn rotation(&self) -> Option<Rotation> {
        self.0.rotation.clone().map(Rotation)
    }

    /// The keys that were removed.
    #[getter]
    fn removed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.0.removed)
    }

    /// When something is due next.
    #[getter]
    fn next_due<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        date::to_python(py, self.0.next_due)
    }

    fn __repr__(&self) -> String {
        let rotated = match &self.0.rotation {
            Some(rotation) => format!("{} signs", Excerpt::new(&rotation.active)),
            None => "no rotation".to_owned(),
        };
        format!("<jotem.Maintenance: {rotated}, {} removed>", self.0.removed.len())
    }
}
