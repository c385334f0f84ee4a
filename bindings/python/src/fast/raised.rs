//! What Python code raised that the one call ran on its way: `prepare_key`, a warning, a clock.
//!
//! What such code has to say about its arguments it says again to the Python methods, in their order.
//! But a signal handler may have raised in the middle of it, or a function of the program's: that comes
//! once, and belongs to the caller.

use pyo3::exceptions::{PyException, PyOSError};
use pyo3::prelude::*;

use super::NotMine;

/// Where an exception is about arguments, by where its class is from.
const OF_CLASSES: [&str; 3] = ["binascii", "cryptography", "jotem"];

/// Where one of Python's own classes is about arguments, by the code that raised it.
const OF_CODE: [&str; 2] = ["cryptography", "jotem"];

/// Leaves a call to the Python methods; or to nobody, if it was not the code itself that raised.
#[cold]
pub(super) fn by_python_code(py: Python<'_>, error: PyErr) -> NotMine {
    if comes_again(py, &error) { NotMine } else { for_the_caller(py, error) }
}

/// The same for code that the methods do not run: whatever it has to say is of no interest.
#[cold]
pub(super) fn by_code_of_ours(py: Python<'_>, error: PyErr) -> NotMine {
    if error.is_instance_of::<PyException>(py) { NotMine } else { for_the_caller(py, error) }
}

/// Leaves a call to nobody. The exception stays raised in the interpreter until [`take`], and no other
/// Python code runs.
#[cold]
pub(super) fn for_the_caller(py: Python<'_>, error: PyErr) -> NotMine {
    error.restore(py);
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
    let class = error.get_type(py).module();
    class.is_ok_and(|class| {
        is_of(&class, &OF_CLASSES)
            || is_of(&class, &["builtins"])
                && raised_in(py, error).is_ok_and(|code| {
                    // Without a frame it is compiled code, which no handler is.
                    code.is_none_or(|code| is_of(&code, &OF_CODE))
                })
    })
}

/// Returns the module whose code raised an exception; none if that has no frame.
fn raised_in<'py>(py: Python<'py>, error: &PyErr) -> PyResult<Option<Bound<'py, PyAny>>> {
    let mut innermost = None;
    let mut next = error.traceback(py).map(Bound::into_any);
    while let Some(entry) = next {
        next = Some(entry.getattr("tb_next")?).filter(|entry| !entry.is_none());
        innermost = Some(entry);
    }
    let frame = innermost.map(|entry| entry.getattr("tb_frame")?.getattr("f_globals"));
    frame.map(|globals| globals?.get_item("__name__")).transpose()
}

/// Whether a module is in one of these packages.
fn is_of(module: &Bound<'_, PyAny>, packages: &[&str]) -> bool {
    module
        .extract::<&str>()
        .is_ok_and(|name| name.split('.').next().is_some_and(|package| packages.contains(&package)))
}
