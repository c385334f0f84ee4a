//! Points in time: `datetime` on Python's side, NumericDate on the engine's.

use std::time::{Duration, SystemTime};

use jotem::NumericDate;
use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDateTime;

use super::{arguments, errors};

/// Returns an aware `datetime` in UTC, to the microsecond.
pub(super) fn to_python(py: Python<'_>, date: NumericDate) -> PyResult<Bound<'_, PyAny>> {
    Ok(SystemTime::from(date).into_pyobject(py)?.into_any())
}

/// Takes an aware `datetime`, or seconds since 1970.
pub(super) fn read(name: &str, value: &Bound<'_, PyAny>) -> PyResult<NumericDate> {
    let py = value.py();
    let since_epoch = match value.cast::<PyDateTime>() {
        Ok(datetime) => {
            if datetime.call_method0(intern!(py, "utcoffset"))?.is_none() {
                return Err(naive(py, name));
            }
            let time: SystemTime = datetime.extract().map_err(|error: PyErr| {
                // The time zone is the program's code: what else it raises is raised.
                let is_about_range = error.is_instance_of::<PyValueError>(py)
                    || error.is_instance_of::<PyOverflowError>(py);
                if is_about_range { out_of_range(py, name) } else { error }
            })?;
            time.duration_since(SystemTime::UNIX_EPOCH).map_err(|_| out_of_range(py, name))?
        }
        Err(_) => {
            let expected = "an aware datetime, or int or float seconds since 1970";
            let seconds = arguments::seconds(name, expected, value)?;
            Duration::try_from_secs_f64(seconds).map_err(|_| out_of_range(py, name))?
        }
    };
    let date = NumericDate::default().saturating_add(since_epoch);
    if date.since_epoch() == since_epoch { Ok(date) } else { Err(out_of_range(py, name)) }
}

fn naive(py: Python<'_>, name: &str) -> PyErr {
    let message = format!("{name} is a datetime without a time zone");
    errors::misuse(py, &message, "use datetime.now(timezone.utc), or .replace(tzinfo=...)")
}

fn out_of_range(py: Python<'_>, name: &str) -> PyErr {
    let message = format!("{name} is not between the years 1970 and 9999");
    errors::misuse(py, &message, "a number is in seconds since 1970, not in milliseconds")
}
