//! Arguments that may be of several types. What is wrong with one is said without showing it.

use std::borrow::Cow;
use std::time::Duration;

use pyo3::exceptions::{PyException, PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDelta, PyFloat, PyInt, PyIterator, PyString};

use super::errors;
use crate::raw;

/// Says which type was expected, and which one was given.
#[cold]
pub(super) fn wrong_type(name: &str, expected: &str, found: &Bound<'_, PyAny>) -> PyErr {
    let found = found.get_type();
    let found = found.fully_qualified_name();
    let found = found.map_or_else(|_| "another type".to_owned(), |name| name.to_string());
    PyTypeError::new_err(format!("{name}: expected {expected}, got {found}"))
}

/// The same where the value's own code was asked, and failed. What is no failure of it is raised, such
/// as the `KeyboardInterrupt` of Ctrl-C.
#[cold]
pub(super) fn unfit(error: PyErr, name: &str, expected: &str, found: &Bound<'_, PyAny>) -> PyErr {
    let is_failure = error.is_instance_of::<PyException>(found.py());
    if is_failure { wrong_type(name, expected, found) } else { error }
}

/// Begins to walk through an iterable.
pub(super) fn elements<'py>(
    name: &str,
    expected: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyIterator>> {
    value.try_iter().map_err(|error| unfit(error, name, expected, value))
}

/// Takes a token. What is no text reaches the engine as a character that it refuses.
pub(super) fn token<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, str>> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(raw::text(text).map_or_else(|_| text.to_string_lossy(), Cow::Borrowed));
    }
    match value.cast::<PyBytes>() {
        Ok(bytes) => Ok(String::from_utf8_lossy(bytes.as_bytes())),
        Err(_) => Err(wrong_type("token", "str or bytes", value)),
    }
}

/// Whether the value is one text, where several things are expected.
pub(super) fn is_text_or_bytes(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyString>() || value.is_instance_of::<PyBytes>()
}

/// Takes a document or a secret: `str` or `bytes`.
pub(super) fn bytes<'a>(name: &str, value: &'a Bound<'_, PyAny>) -> PyResult<&'a [u8]> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(bytes.as_bytes());
    }
    match value.cast::<PyString>() {
        Ok(text) => raw::text(text).map(str::as_bytes).map_err(|_| not_text(value.py(), name)),
        Err(_) => Err(wrong_type(name, "str or bytes", value)),
    }
}

/// Takes a document or a secret that may be left out.
pub(super) fn optional_bytes<'a>(
    name: &str,
    value: Option<&'a Bound<'_, PyAny>>,
) -> PyResult<Option<&'a [u8]>> {
    value.map(|value| bytes(name, value)).transpose()
}

/// Takes a `str`.
pub(super) fn text<'a>(name: &str, value: &'a Bound<'_, PyAny>) -> PyResult<&'a str> {
    let text = value.cast::<PyString>().map_err(|_| wrong_type(name, "str", value))?;
    raw::text(text).map_err(|_| not_text(value.py(), name))
}

/// Takes a `str` that may be left out.
pub(super) fn optional_text<'a>(
    name: &str,
    value: Option<&'a Bound<'_, PyAny>>,
) -> PyResult<Option<&'a str>> {
    value.map(|value| text(name, value)).transpose()
}

/// Takes a number of things. A `bool` is no number: `False` would be none, and `True` one.
pub(super) fn count(name: &str, value: &Bound<'_, PyAny>) -> PyResult<usize> {
    if value.is_instance_of::<PyBool>() {
        return Err(wrong_type(name, "int", value));
    }
    value.extract().map_err(|error: PyErr| {
        if !error.is_instance_of::<PyOverflowError>(value.py()) {
            return unfit(error, name, "int", value);
        }
        let message = format!("{name} is negative, or larger than any number of things");
        errors::misuse(value.py(), &message, "look at what the number is computed from")
    })
}

/// Takes one `str`, or several.
pub(super) fn texts(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    if value.is_instance_of::<PyString>() {
        return Ok(vec![text(name, value)?.to_owned()]);
    }
    let expected = "str or an iterable of str";
    elements(name, expected, value)?
        .map(|element| {
            let element = element?;
            match element.cast::<PyString>() {
                Ok(_) => Ok(text(name, &element)?.to_owned()),
                Err(_) => Err(wrong_type(name, expected, &element)),
            }
        })
        .collect()
}

/// Takes a span of time: a `timedelta`, or seconds.
pub(super) fn duration(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Duration> {
    if let Ok(delta) = value.cast::<PyDelta>() {
        let negative = || negative(value.py(), name);
        return delta.extract::<Duration>().map_err(|_| negative());
    }
    let seconds = seconds(name, "timedelta, int or float seconds", value)?;
    Duration::try_from_secs_f64(seconds).map_err(|_| negative(value.py(), name))
}

/// Takes a number of seconds. A `bool` is no number.
pub(super) fn seconds(name: &str, expected: &str, value: &Bound<'_, PyAny>) -> PyResult<f64> {
    let number = value.is_instance_of::<PyFloat>() || value.is_instance_of::<PyInt>();
    if number && !value.is_instance_of::<PyBool>() {
        return value.extract().or_else(|error: PyErr| {
            // An `int` beyond all floats is infinite.
            let is_large = error.is_instance_of::<PyOverflowError>(value.py());
            if is_large { Ok(f64::INFINITY) } else { Err(error) }
        });
    }
    Err(wrong_type(name, expected, value))
}

fn negative(py: Python<'_>, name: &str) -> PyErr {
    let message = format!("{name} is negative, not finite, or longer than any calendar");
    errors::misuse(py, &message, "give a timedelta, or a number of seconds from 0 on")
}

fn not_text(py: Python<'_>, name: &str) -> PyErr {
    let message = format!("{name} has half of a surrogate pair, which is no character");
    errors::misuse(py, &message, "look at how the text was decoded: errors='surrogateescape'?")
}
