//! `jotem.sessions.Grant`: what a callback that supplies claims is told of a session.

use jotem::error::Misuse;
use jotem_session::store::Subject;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use serde_json::{Map, Value};

use super::texts::datetime;
use crate::json;
use crate::native::{errors, objects};

/// What a subject is granted, as ``claims_for`` is told of it: at login, and at every refresh.
///
/// Example:
///     >>> from jotem.sessions import Refused
///     >>> def claims_for(subject, grant):
///     ...     if subject == "mallory":
///     ...         raise Refused("the account is disabled")
///     ...     return {"roles": ["editor"], "seen_by": grant.client}
///     >>> with Sessions(secret, claims_for=claims_for) as own:
///     ...     pair = own.start("ada", client="web")
///     ...     print(own.verify(pair.access_token).claims["seen_by"])
///     web
#[pyclass(frozen, module = "jotem.sessions")]
pub(super) struct Grant {
    subject: Subject,
    grant: jotem_session::Grant,
}

impl Grant {
    pub(super) const fn new(subject: Subject, grant: jotem_session::Grant) -> Self {
        Self { subject, grant }
    }
}

#[pymethods]
impl Grant {
    /// The subject.
    #[getter]
    fn subject(&self) -> &str {
        self.subject.name()
    }

    /// The tenant of the subject; None if there is none.
    #[getter]
    fn tenant(&self) -> Option<&str> {
        self.subject.tenant_name()
    }

    /// The client; None for the one that the sessions are made for.
    #[getter]
    fn client(&self) -> Option<&str> {
        self.grant.client_id()
    }

    /// The scopes, in their order.
    #[getter]
    fn scopes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let scope = self.grant.scope();
        PyTuple::new(py, scope.split(' ').filter(|one| !one.is_empty()).collect::<Vec<_>>())
    }

    /// For whom the access token is, where that was granted; empty for the sessions' own audience.
    #[getter]
    fn audience<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.grant.audience_list())
    }

    /// How sure one can be of who it is (OpenID Connect Core section 2); None if nobody said.
    #[getter]
    fn acr(&self) -> Option<&str> {
        self.grant.acr_value()
    }

    /// By what means the subject logged in (RFC 8176), in alphabetical order.
    ///
    /// Example:
    ///     >>> def claims_for(subject, grant):
    ///     ...     return {"may_pay": "otp" in grant.amr and grant.acr == "high"}
    ///     >>> with Sessions(secret, claims_for=claims_for) as own:
    ///     ...     pair = own.start("ada", acr="high", amr=["pwd", "otp"])
    ///     ...     own.verify(pair.access_token).claims["may_pay"]
    ///     True
    #[getter]
    fn amr<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.grant.amr_values())
    }

    /// When the subject logged in; None at a login that is just now.
    #[getter]
    fn authenticated_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.grant.login_time().map(|date| datetime(py, date)).transpose()
    }

    fn __repr__(&self) -> String {
        format!("<jotem.sessions.Grant: scope `{}`>", self.grant.scope())
    }
}

/// Takes the claims of an application: a dict, a dataclass, a msgspec Struct or a pydantic model.
#[expect(clippy::disallowed_methods, reason = "text that was written here, not a token")]
pub(super) fn claims(value: &Bound<'_, PyAny>) -> PyResult<Map<String, Value>> {
    let dict = match value.cast_exact::<PyDict>() {
        Ok(dict) => dict.clone(),
        Err(_) => objects::to_claims(value)?,
    };
    let mut text = Vec::new();
    let written = json::value(&mut text, &dict);
    written.map_err(|fault| errors::unwritable(value.py(), "claims", fault))?;
    let read = serde_json::from_slice(&text);
    read.map_err(|error| {
        let message = error.to_string();
        errors::raise(value.py(), Misuse::ClaimsNotSerializable { message }.into())
    })
}
