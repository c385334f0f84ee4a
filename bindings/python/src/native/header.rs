//! Header parameters of the application's own, from Python's types.

use jotem::jwt::IssuerBuilder;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString};

use super::{arguments, errors};

/// Takes header parameters: texts, numbers, truth values, and lists of texts.
pub(super) fn with_header(
    mut builder: IssuerBuilder,
    header: &Bound<'_, PyDict>,
) -> PyResult<IssuerBuilder> {
    for (name, value) in header.iter() {
        let name = arguments::text("a name in header", &name)?.to_owned();
        builder = if let Ok(flag) = value.cast::<PyBool>() {
            builder.header(&name, flag.is_true())
        } else if value.is_instance_of::<PyString>() {
            builder.header(&name, arguments::text("header", &value)?)
        } else if value.is_instance_of::<PyInt>() {
            builder.header(&name, value.extract::<i64>()?)
        } else if let Some(float) = value.cast::<PyFloat>().ok().map(|float| float.value()) {
            if !float.is_finite() {
                let message = "a number in header is NaN or infinite";
                return Err(errors::misuse(header.py(), message, "JSON has no such number"));
            }
            builder.header(&name, float)
        } else if value.is_instance_of::<PyList>() {
            builder.header(&name, arguments::texts("header", &value)?)
        } else {
            let expected = "values of type str, int, float, bool or list of str";
            return Err(arguments::wrong_type("header", expected, &value));
        };
    }
    Ok(builder)
}
