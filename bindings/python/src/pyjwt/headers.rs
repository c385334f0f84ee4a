//! What PyJWT asks of the header parameters `kid` and `crit`.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::is_text;

/// Why a `crit` is refused.
pub(crate) enum CritRefusal<'py> {
    /// It is no list, or an empty one.
    NotAList,
    /// A member is no text.
    NotText,
    /// An extension that the verifier does not know.
    Unsupported(Bound<'py, PyAny>),
    /// An extension that the header does not carry.
    Absent(Bound<'py, PyAny>),
}

/// A reason by name, and the extension that it is about.
type Named<'py> = (&'static str, Option<Bound<'py, PyAny>>);

impl<'py> CritRefusal<'py> {
    fn named(self) -> Named<'py> {
        match self {
            Self::NotAList => ("not a list", None),
            Self::NotText => ("not text", None),
            Self::Unsupported(extension) => ("unsupported", Some(extension)),
            Self::Absent(extension) => ("absent", Some(extension)),
        }
    }
}

/// Checks the member `crit` of `headers`: a list of texts, each among the `supported` and each
/// carried by `headers`.
///
/// # Errors
/// What the operations of the Python objects raise.
pub(crate) fn crit<'py>(
    headers: &Bound<'py, PyAny>,
    supported: &Bound<'py, PyAny>,
) -> PyResult<Result<(), CritRefusal<'py>>> {
    let py = headers.py();
    let crit = headers.get_item(intern!(py, "crit"))?;
    if !crit.is_instance(&py.get_type::<PyList>())? || crit.len()? == 0 {
        return Ok(Err(CritRefusal::NotAList));
    }
    for extension in crit.try_iter()? {
        let extension = extension?;
        if !is_text(&extension)? {
            return Ok(Err(CritRefusal::NotText));
        }
        if !supported.contains(&extension)? {
            return Ok(Err(CritRefusal::Unsupported(extension)));
        }
        if !headers.contains(&extension)? {
            return Ok(Err(CritRefusal::Absent(extension)));
        }
    }
    Ok(Ok(()))
}

/// Whether a `kid` is one: a text.
#[pyfunction]
fn pyjwt_is_key_id(kid: &Bound<'_, PyAny>) -> PyResult<bool> {
    is_text(kid)
}

/// `None` for a `crit` that holds, or the reason with the extension it is about.
#[pyfunction]
fn pyjwt_crit_refusal<'py>(
    headers: &Bound<'py, PyAny>,
    supported: &Bound<'py, PyAny>,
) -> PyResult<Option<Named<'py>>> {
    Ok(crit(headers, supported)?.err().map(CritRefusal::named))
}

/// Adds the functions of this module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(pyjwt_is_key_id, module)?)?;
    module.add_function(wrap_pyfunction!(pyjwt_crit_refusal, module)?)
}
