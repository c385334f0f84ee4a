//! The extension module of the Python package `jotem`.

mod compact;
mod fast;
mod json;
mod native;
mod pyjwt;
mod raw;

use pyo3::prelude::*;

/// What the Python files of the package are built on. Its names are not an interface.
#[pymodule(gil_used = true)]
fn _jotem(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    fast::register(module)?;
    pyjwt::register(module)?;
    native::register(module)
}
