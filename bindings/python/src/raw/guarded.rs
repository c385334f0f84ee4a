//! State of the whole program that the GIL guards, so that nobody pays for a lock besides.

#[cfg(not(Py_GIL_DISABLED))]
use std::cell::RefCell;
#[cfg(Py_GIL_DISABLED)]
use std::sync::Mutex;

use pyo3::prelude::*;

/// A value that threads share, for one at a time.
#[cfg(not(Py_GIL_DISABLED))]
#[derive(Debug, Default)]
pub(crate) struct Guarded<T>(RefCell<T>);

// SAFETY: the cell is looked at only in `with`, whose `Python` proves that this thread holds the GIL,
// of which there is one: PyO3 refuses to be imported by an interpreter that has one of its own. Who
// gives the GIL up inside of `with` leaves the cell marked as borrowed, and everybody else outside.
#[cfg(not(Py_GIL_DISABLED))]
unsafe impl<T: Send> Sync for Guarded<T> {}

#[cfg(not(Py_GIL_DISABLED))]
impl<T> Guarded<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(RefCell::new(value))
    }

    /// Lends the value; `None` while somebody has it: another thread, or who called this one.
    #[inline]
    pub(crate) fn with<R>(&self, _py: Python<'_>, run: impl FnOnce(&mut T) -> R) -> Option<R> {
        Some(run(&mut *self.0.try_borrow_mut().ok()?))
    }
}

/// Without a GIL it is a lock, for which nobody waits.
#[cfg(Py_GIL_DISABLED)]
#[derive(Debug, Default)]
pub(crate) struct Guarded<T>(Mutex<T>);

#[cfg(Py_GIL_DISABLED)]
impl<T> Guarded<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    pub(crate) fn with<R>(&self, _py: Python<'_>, run: impl FnOnce(&mut T) -> R) -> Option<R> {
        Some(run(&mut *self.0.try_lock().ok()?))
    }
}
