//! What Python code raised that the one call ran on its way: `prepare_key`, a warning, a clock.
//!
//! What such code has to say about its arguments it says again to the Python methods, in their order.
//! But a signal handler may have raised in the middle of it, or a program's own function: that comes
//! once, and belongs to the caller.

use pyo3::exceptions::{PyException, PyOSError};
use pyo3::prelude::*;

use super::NotMine;

/// The packages whose exceptions are about arguments.
const ABOUT_ARGUMENTS: [&str; 4] = ["builtins", "binascii", "cryptography", "jotem"];

/// Leaves a call to the Python methods; or to nobody, when the exception was from somewhere else. It
/// then stays raised in the interpreter until [`take`], and no other Python code runs.
#[cold]
pub(super) fn by_python_code(py: Python<'_>, error: PyErr) -> NotMine {
    if !comes_again(py, &error) {
        error.restore(py);
    }
    NotMine
}

/// Takes what is raised, where a call came to nothing.
pub(super) fn take(py: Python<'_>) -> PyResult<()> {
    PyErr::take(py).map_or(Ok(()), Err)
}

fn comes_again(py: Python<'_>, error: &PyErr) -> bool {
    // Nothing here waits for the system: a `TimeoutError` is that of an alarm.
    if !error.is_instance_of::<PyException>(py) || error.is_instance_of::<PyOSError>(py) {
        return false;
    }
    error.get_type(py).module().is_ok_and(|module| {
        let package = module.to_str().ok().and_then(|name| name.split('.').next());
        package.is_some_and(|package| ABOUT_ARGUMENTS.contains(&package))
    })
}
