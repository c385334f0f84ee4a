//! The clock: the system's, or a Python callable. The callable is asked before the engine is
//! called, so that what it raises reaches the caller, and so that it runs with the GIL held.

use std::cell::Cell;

use jotem::{Clock, NumericDate, SystemClock};
use pyo3::prelude::*;

use super::{arguments, date};

thread_local! {
    static NOW: Cell<Option<NumericDate>> = const { Cell::new(None) };
}

/// The time of the current call, as the Python clock told it.
#[derive(Debug)]
pub(super) struct TimeOfCall;

impl Clock for TimeOfCall {
    fn now(&self) -> NumericDate {
        NOW.get().unwrap_or_else(|| SystemClock.now())
    }
}

/// Checks that a clock can be called.
pub(super) fn check(clock: Option<Bound<'_, PyAny>>) -> PyResult<Option<Py<PyAny>>> {
    match clock {
        Some(clock) if !clock.is_callable() => {
            let expected = "a callable that returns seconds since 1970 or an aware datetime";
            Err(arguments::wrong_type("clock", expected, &clock))
        }
        clock => Ok(clock.map(Bound::unbind)),
    }
}

/// Asks the clock.
pub(super) fn now(py: Python<'_>, clock: Option<&Py<PyAny>>) -> PyResult<NumericDate> {
    match clock {
        Some(clock) => date::read("clock", &clock.bind(py).call0()?),
        None => Ok(SystemClock.now()),
    }
}

/// Asks the clock, if there is one, and keeps its answer while the engine runs.
pub(super) fn at_its_time<T>(
    py: Python<'_>,
    clock: Option<&Py<PyAny>>,
    run: impl FnOnce() -> T,
) -> PyResult<T> {
    let Some(clock) = clock else {
        return Ok(run());
    };
    Ok(at(Some(now(py, Some(clock))?), run))
}

/// Keeps a time for the engine while it runs on this thread; without one, the system's clock is its.
pub(super) fn at<T>(now: Option<NumericDate>, run: impl FnOnce() -> T) -> T {
    // A callback of a remote key set may verify inside of what verifies.
    let outer = NOW.replace(now);
    let result = run();
    NOW.set(outer);
    result
}
