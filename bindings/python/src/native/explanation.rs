//! `jotem.Explanation`: what each step of the pipeline said about a token.

use jotem::jwt::StepReport;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::{arguments, errors, hints};

/// What each step said. `str()` writes a table.
#[pyclass(frozen, module = "jotem")]
pub(super) struct Explanation(pub(super) jotem::jwt::Explanation);

/// One step, how it went, and what was seen.
#[pyclass(frozen, module = "jotem")]
pub(super) struct Step(StepReport);

/// Takes a token apart as far as that goes without a key.
#[pyfunction]
pub(super) fn explain(token: &Bound<'_, PyAny>) -> PyResult<Explanation> {
    Ok(Explanation(jotem::explain(&arguments::token(token)?)))
}

#[pymethods]
impl Explanation {
    #[getter]
    fn steps<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let steps = self.0.steps().iter().map(|step| Py::new(py, Step(step.clone())));
        PyTuple::new(py, steps.collect::<PyResult<Vec<_>>>()?)
    }

    #[getter]
    fn rejection<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0.rejection().map(|reason| errors::of_rejection(py, reason)).transpose()
    }

    #[getter]
    const fn is_verified(&self) -> bool {
        self.0.is_verified()
    }

    /// The engine's table, with the hint in Python's words.
    fn __str__(&self) -> String {
        let table = self.0.to_string();
        let Some(reason) = self.0.rejection() else {
            return table;
        };
        match (hints::hint(reason.code()), table.strip_suffix(reason.hint())) {
            (Some(hint), Some(rest)) => format!("{rest}{hint}"),
            _ => table,
        }
    }

    fn __repr__(&self) -> String {
        let verdict = match self.0.rejection() {
            Some(reason) => reason.code().as_str(),
            None if self.0.is_verified() => "verified",
            None => "not verified",
        };
        format!("<jotem.Explanation: {verdict}>")
    }
}

#[pymethods]
impl Step {
    #[getter]
    const fn name(&self) -> &'static str {
        self.0.step().name()
    }

    #[getter]
    const fn verdict(&self) -> &'static str {
        self.0.verdict().name()
    }

    #[getter]
    fn detail(&self) -> &str {
        self.0.detail()
    }

    fn __repr__(&self) -> String {
        format!("<jotem.Step: {} {}>", self.name(), self.verdict())
    }
}
