//! Texts of a call: scopes, addresses, spans of time.

use std::net::IpAddr;
use std::time::Duration;

use jotem::NumericDate;
use pyo3::prelude::*;
use pyo3::types::{PyEllipsis, PyString};
use pyo3::{Borrowed, FromPyObject};

use crate::native::{arguments, date, errors};

/// What may be left out; `None` is left out.
pub(super) type Given<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// Takes scopes: a text with spaces between, as requests have them, or an iterable of texts.
pub(super) fn scopes(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    if value.is_instance_of::<PyString>() {
        let text = arguments::text(name, value)?;
        return Ok(text.split(' ').filter(|one| !one.is_empty()).map(str::to_owned).collect());
    }
    let scopes = arguments::texts(name, value)?;
    if scopes.iter().any(|scope| scope.is_empty() || scope.contains(' ')) {
        let message = format!("{name} has one that is empty, or has a space in it");
        return Err(errors::misuse(
            value.py(),
            &message,
            "RFC 6749 §3.3: scopes are separated by spaces; give one text, or a list of scopes",
        ));
    }
    Ok(scopes)
}

/// Takes an IP address: a text, or an object of `ipaddress`.
pub(super) fn address(value: &Bound<'_, PyAny>) -> PyResult<IpAddr> {
    value.str()?.to_string_lossy().parse().map_err(|_| {
        let hint = "give the address alone, without a port; leave it out if there is none";
        errors::misuse(value.py(), "address is not an IP address", hint)
    })
}

/// Takes a text that may be left out.
pub(super) fn text(name: &str, value: Given<'_, '_>) -> PyResult<Option<String>> {
    Ok(arguments::optional_text(name, value)?.map(str::to_owned))
}

/// The tenant that is expected: left out, or a text. `None` is what a look-up gives that found no tenant,
/// and must not come to mean that every tenant is good.
pub(super) enum Expected {
    Any,
    Tenant(String),
}

impl<'a, 'py> FromPyObject<'a, 'py> for Expected {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if value.is(PyEllipsis::get(value.py())) {
            return Ok(Self::Any);
        }
        let name = arguments::text("tenant", &value)?;
        if name.is_empty() {
            let message = "tenant is empty: no subject has such a one";
            let hint = "leave it out where there are no tenants";
            return Err(errors::misuse(value.py(), message, hint));
        }
        Ok(Self::Tenant(name.to_owned()))
    }
}

/// Takes a span of time that may be left out.
pub(super) fn span(name: &str, value: Given<'_, '_>) -> PyResult<Option<Duration>> {
    value.map(|value| arguments::duration(name, value)).transpose()
}

/// Takes a whole number that may be left out.
pub(super) fn number(name: &str, value: Given<'_, '_>) -> PyResult<Option<u32>> {
    let Some(value) = value else { return Ok(None) };
    let number = arguments::count(name, value)?;
    let too_large = |_| {
        let message = format!("{name} is larger than a number of 32 bits");
        errors::misuse(value.py(), &message, "look at what the number is computed from")
    };
    u32::try_from(number).map(Some).map_err(too_large)
}

/// Returns a datetime of whole seconds.
pub(super) fn datetime(py: Python<'_>, date: NumericDate) -> PyResult<Bound<'_, PyAny>> {
    date::to_python(py, date)
}
