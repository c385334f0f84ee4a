//! `jotem.Explanation`: what each step of the pipeline said about a token.

use jotem::jwt::StepReport;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::{arguments, errors, hints};

/// What each of the eight steps said about a token. ``str()`` writes a table, then the verdict.
///
/// The steps, and what each refuses with, are in ``docs/errors.md``.
#[pyclass(frozen, module = "jotem")]
pub(super) struct Explanation(pub(super) jotem::jwt::Explanation);

/// One step of verification, how it went, and what was seen.
#[pyclass(frozen, module = "jotem")]
pub(super) struct Step(StepReport);

/// Takes a token apart as far as that goes without a key. Nothing is verified.
///
/// With a key, and with what is expected of the claims, it is ``Verifier.explain``.
///
/// Args:
///     token: The token. One that is none is explained as well, and not raised about.
///
/// Example:
///     >>> from jotem import explain
///     >>> print(explain("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiI0MiJ9.AA"))
///     1. size       passed       40 bytes, at most 16384
///     2. shape      passed       three segments: header, payload, signature
///     3. header     passed       {"alg":"ES256"}
///     4. algorithm  not reached
///     5. key        not reached
///     6. signature  not reached
///     7. payload    not reached
///     8. claims     not reached
///     not verified: no key was given
#[pyfunction]
pub(super) fn explain(token: &Bound<'_, PyAny>) -> PyResult<Explanation> {
    Ok(Explanation(jotem::explain(&arguments::token(token)?)))
}

#[pymethods]
impl Explanation {
    /// The eight steps, in the order in which a verifier takes them.
    ///
    /// Example:
    ///     >>> explanation = explain("Bearer a.b.c")
    ///     >>> [step.name for step in explanation.steps][:3]
    ///     ['size', 'shape', 'header']
    #[getter]
    fn steps<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let steps = self.0.steps().iter().map(|step| Py::new(py, Step(step.clone())));
        PyTuple::new(py, steps.collect::<PyResult<Vec<_>>>()?)
    }

    /// What ``verify`` would have raised; None if it would not, or if there was no key.
    ///
    /// Example:
    ///     >>> explanation.rejection.code
    ///     'token_bearer_prefix'
    #[getter]
    fn rejection<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0.rejection().map(|reason| errors::of_rejection(py, reason)).transpose()
    }

    /// Whether every step passed. Without a key it is false.
    ///
    /// Example:
    ///     >>> explanation.is_verified
    ///     False
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
    /// ``size``, ``shape``, ``header``, ``algorithm``, ``key``, ``signature``, ``payload`` or
    /// ``claims``.
    #[getter]
    const fn name(&self) -> &'static str {
        self.0.step().name()
    }

    /// ``passed``, ``failed`` or ``not reached``.
    ///
    /// Example:
    ///     >>> explanation.steps[1].verdict
    ///     'failed'
    #[getter]
    const fn verdict(&self) -> &'static str {
        self.0.verdict().name()
    }

    /// What was seen, or why it failed; empty if the step was not reached.
    ///
    /// Example:
    ///     >>> explanation.steps[1].detail
    ///     'the token begins with the authentication scheme `Bearer `'
    #[getter]
    fn detail(&self) -> &str {
        self.0.detail()
    }

    fn __repr__(&self) -> String {
        format!("<jotem.Step: {} {}>", self.name(), self.verdict())
    }
}
