//! `jotem.lint`: what is weak in a token or a key.

use jotem::lint::{Fact, Lint};
use jotem::{Clock as _, SystemClock};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMappingProxy};

use super::{arguments, date};

/// Something weak: which rule found it, where, and the cure.
///
/// Findings never show a value of the token, the key or the secret. The rules are listed in the
/// chapter ``manual::lint`` of the Rust crate.
#[pyclass(frozen, eq, hash, module = "jotem")]
#[derive(PartialEq, Hash)]
pub(super) struct Finding(jotem::lint::Finding);

/// Looks for what is weak in a token or a key. Nothing is verified: no finding is no verdict.
///
/// Args:
///     token_or_key: A token; or a key: PEM, DER, a JWK, a JWK Set, a public key of OpenSSH. Everything
///         else is taken for a shared secret.
///     key: The key that belongs to the token, in one of these forms.
///     now: The time to compare dates with; the system's if it is left out.
///
/// Example:
///     >>> from jotem import lint
///     >>> for finding in lint("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiI0MiJ9.")[:2]:
///     ...     print(finding.severity, finding.code, finding.place)
///     critical lint_alg_none header.alg
///     high lint_exp_missing claims
#[pyfunction]
#[pyo3(signature = (token_or_key, *, key=None, now=None))]
pub(super) fn lint(
    py: Python<'_>,
    token_or_key: &Bound<'_, PyAny>,
    key: Option<&Bound<'_, PyAny>>,
    now: Option<&Bound<'_, PyAny>>,
) -> PyResult<Vec<Finding>> {
    let subject = arguments::bytes("token_or_key", token_or_key)?;
    let key = key.map(|key| arguments::bytes("key", key)).transpose()?;
    let now = now.map(|now| date::read("now", now)).transpose()?;
    let findings = py.detach(|| {
        let lint = Lint::at(now.unwrap_or_else(|| SystemClock.now()));
        match key {
            // Beside a key stands a token, whatever it looks like.
            Some(key) => lint.with_key(key).token(&String::from_utf8_lossy(subject)),
            None => lint.any(subject),
        }
    });
    Ok(findings.into_iter().map(Finding).collect())
}

#[pymethods]
impl Finding {
    /// The stable identifier of the rule.
    ///
    /// Example:
    ///     >>> finding = lint("changeme")[0]
    ///     >>> finding.code
    ///     'lint_secret_known'
    #[getter]
    const fn code(&self) -> &'static str {
        self.0.code()
    }

    /// ``critical``, ``high``, ``medium``, ``low`` or ``info``.
    ///
    /// Example:
    ///     >>> finding.severity
    ///     'critical'
    #[getter]
    const fn severity(&self) -> &'static str {
        self.0.severity().name()
    }

    /// What is weak, in one sentence.
    ///
    /// Example:
    ///     >>> finding.message
    ///     'the secret stands in documentation, in tutorials or in lists of passwords'
    #[getter]
    const fn message(&self) -> &'static str {
        self.0.message()
    }

    /// What to do about it.
    ///
    /// Example:
    ///     >>> finding.cure
    ///     'make 32 random bytes, and replace the secret'
    #[getter]
    const fn cure(&self) -> &'static str {
        self.0.cure()
    }

    /// Where it is written: an RFC and its section, or a CVE.
    ///
    /// Example:
    ///     >>> finding.reference
    ///     'RFC 8725 §3.5'
    #[getter]
    const fn reference(&self) -> &'static str {
        self.0.reference()
    }

    /// Where it is: ``header.alg``, ``claims.user.password``, ``key.keys[2]``. Names of members are
    /// cut and escaped.
    ///
    /// Example:
    ///     >>> finding.place
    ///     'key'
    #[getter]
    fn place(&self) -> &str {
        self.0.place()
    }

    /// Numbers and words that go with it, by name. Read-only.
    ///
    /// Example:
    ///     >>> finding.facts["source"]
    ///     'a placeholder of configuration samples'
    #[getter]
    fn facts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyMappingProxy>> {
        let facts = PyDict::new(py);
        for (name, fact) in self.0.facts() {
            match fact {
                Fact::Number(number) => facts.set_item(name, number)?,
                other => facts.set_item(name, other.to_string())?,
            }
        }
        Ok(PyMappingProxy::new(py, facts.as_mapping()))
    }

    /// Severity, code, place, message and facts in one line.
    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<jotem.Finding: {} {} at {}>", self.severity(), self.code(), self.place())
    }
}
