//! What a shortcut left to its Python method: that need not find out the same once more.

use std::sync::atomic::{AtomicUsize, Ordering};

use pyo3::prelude::*;

use super::{NotMine, answer};

/// Where the object was that a shortcut left last. Another object at that address goes step by step
/// too, which is slower and not otherwise different.
pub(super) struct Left(AtomicUsize);

impl Left {
    pub(super) const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    pub(super) fn mark(&self, object: &Bound<'_, PyAny>) {
        self.0.store(object.as_ptr() as usize, Ordering::Relaxed);
    }

    /// Whether it is this object.
    pub(super) fn is(&self, object: &Bound<'_, PyAny>) -> bool {
        self.0.load(Ordering::Relaxed) == object.as_ptr() as usize
    }

    /// Whether it is this object; from now on it is none.
    pub(super) fn take(&self, object: &Bound<'_, PyAny>) -> bool {
        self.0.swap(0, Ordering::Relaxed) == object.as_ptr() as usize
    }
}

/// Why a call is left to the Python methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    NotMine,
    /// There is something to warn about, and a warning is about the line of a Python method: once that
    /// runs, it may ask again.
    NeedsFrame,
}

impl From<NotMine> for Leaving {
    fn from(_: NotMine) -> Self {
        Self::NotMine
    }
}

impl From<PyErr> for Leaving {
    fn from(_: PyErr) -> Self {
        Self::NotMine
    }
}

/// Hands over what a shortcut gave, or marks what it was about.
///
/// # Errors
/// As [`answer`].
pub(super) fn ahead<'py>(
    taken: Result<Bound<'py, PyAny>, Leaving>,
    left: &Left,
    object: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    if matches!(taken, Err(Leaving::NeedsFrame)) {
        return Ok(None);
    }
    let taken = answer(object.py(), taken.map_err(|_| NotMine))?;
    if taken.is_none() {
        left.mark(object);
    }
    Ok(taken)
}
