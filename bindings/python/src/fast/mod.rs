//! PyJWT's `encode`, `decode` and `decode_complete` in one call, for the ordinary case: exact
//! built-in types, an algorithm of the engine, nothing overridden, patched or registered.
//!
//! Whatever is not ordinary, and every refusal, is "not mine": `None`. The caller then goes step by
//! step through the Python methods, which say what PyJWT says. So nothing here words an error, and
//! nothing here accepts what those methods would not.

mod algorithm;
mod claims;
mod date;
mod decode;
mod encode;
mod guard;
mod header;
mod keys;
mod left;
mod number;
mod own;
mod raised;
mod signatures;
mod watched;
mod write;

use std::sync::atomic::{AtomicU64, Ordering};

use pyo3::prelude::*;

/// Why a call is left to the Python methods. It carries nothing: they find out for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotMine;

/// What the ordinary case gives, or that it is not.
pub(crate) type Ordinary<T> = Result<T, NotMine>;

impl From<PyErr> for NotMine {
    /// An error of Python's on the way: the methods will meet it again, and let it through.
    fn from(_: PyErr) -> Self {
        Self
    }
}

impl From<crate::json::read::Unread> for NotMine {
    fn from(_: crate::json::read::Unread) -> Self {
        Self
    }
}

static ONE_CALL: AtomicU64 = AtomicU64::new(0);
static STEP_BY_STEP: AtomicU64 = AtomicU64::new(0);

/// Hands over to Python: the value, or `None` for "not mine".
///
/// # Errors
/// What [`raised`] left to the caller.
fn answer<'py>(
    py: Python<'py>,
    ordinary: Ordinary<Bound<'py, PyAny>>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let path = if ordinary.is_ok() { &ONE_CALL } else { &STEP_BY_STEP };
    // Counted while the GIL is held: nobody else writes between the two.
    path.store(path.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    if ordinary.is_err() {
        raised::take(py)?;
    }
    Ok(ordinary.ok())
}

/// Counts the calls by the path they took, since the import.
#[pyfunction]
fn pyjwt_paths() -> [(&'static str, u64); 2] {
    [
        ("one call", ONE_CALL.load(Ordering::Relaxed)),
        ("step by step", STEP_BY_STEP.load(Ordering::Relaxed)),
    ]
}

/// Adds the functions to the extension module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(guard::pyjwt_arm, module)?)?;
    module.add_function(wrap_pyfunction!(pyjwt_paths, module)?)?;
    module.add_function(wrap_pyfunction!(decode::pyjwt_decode, module)?)?;
    module.add_function(wrap_pyfunction!(decode::pyjwt_decode_complete, module)?)?;
    module.add_function(wrap_pyfunction!(encode::pyjwt_encode, module)?)?;
    module.add_function(wrap_pyfunction!(signatures::pyjwt_enable_cache, module)?)?;
    module.add_function(wrap_pyfunction!(signatures::pyjwt_disable_cache, module)?)?;
    module.add_function(wrap_pyfunction!(signatures::pyjwt_cache_state, module)?)?;
    module.add_function(wrap_pyfunction!(keys::pyjwt_key_cache, module)?)?;
    module.add_function(wrap_pyfunction!(keys::pyjwt_key_cache_resize, module)?)?;
    module.add_function(wrap_pyfunction!(keys::pyjwt_key_cache_clear, module)?)
}
