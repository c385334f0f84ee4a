//! The errors of sessions as Python exceptions, of the one tree.

use std::time::Duration;

use jotem_session::audit::AuditError;
use jotem_session::refresh_token::RefreshTokenError;
use jotem_session::roles::{PolicyError, Refusal};
use jotem_session::store::StoreError;
use jotem_session::{SessionError, VerifyError};
use pyo3::exceptions::PyOSError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::native::errors::{self, Class, Report};
use crate::native::facts;

/// Why an operation came to nothing.
pub(super) enum Failure {
    Session(Box<SessionError>),
    /// The sessions were closed.
    Closed,
    /// The process forked meanwhile.
    Forked,
    /// The audit log cannot be written.
    Audit(Box<AuditError>),
    /// The audit log is of the process that the sessions were made in.
    AuditOfParent,
    /// The system gave no threads.
    System(std::io::Error),
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        Self::Session(Box::new(error))
    }
}

impl From<AuditError> for Failure {
    fn from(error: AuditError) -> Self {
        Self::Audit(Box::new(error))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::System(error)
    }
}

/// Makes the exception of an operation that came to nothing.
#[cold]
pub(super) fn raise(py: Python<'_>, failure: Failure) -> PyErr {
    let error = match failure {
        Failure::Session(error) => *error,
        Failure::Closed => {
            let hint = "make new ones, or close these when nobody uses them any more";
            return errors::misuse(py, "the sessions are closed", hint);
        }
        Failure::Audit(error) => return raise_audit(py, &error),
        Failure::AuditOfParent => {
            let message = "the audit log is of another process, in which the sessions were made";
            let hint = "name it such as `audit-{pid}.jsonl`: each process has a file and a chain";
            return errors::misuse(py, message, hint);
        }
        Failure::Forked => StoreError::Unavailable {
            store: "of this process",
            reason: "the process forked meanwhile".to_owned(),
            retry_after: Duration::from_secs(1),
        }
        .into(),
        Failure::System(error) => return PyOSError::new_err(error.to_string()),
    };
    of_session(py, error).map_or_else(|failure| failure, PyErr::from_value)
}

/// Makes the exception of an audit log that cannot be written, or does not hold.
#[cold]
pub(super) fn raise_audit(py: Python<'_>, error: &AuditError) -> PyErr {
    let facts = PyDict::new(py);
    let made = facts::of_audit(&facts, error).and_then(|()| {
        let class = match error {
            AuditError::MasterTooShort { .. } | AuditError::CheckpointText => Class::Misuse,
            _ => Class::AuditFailed,
        };
        let hint = match error {
            AuditError::Locked { .. } => {
                "`{pid}` in its name gives each process a file of its own, with its own chain"
            }
            AuditError::KeyMissing { .. } => "give the secret of the log: `secret=`",
            error => error.hint(),
        };
        let (message, words) = (error.to_string(), ("server_error", "the server is at fault"));
        Report { facts, ..report(py, class, &message, error.code(), hint, words) }.exception(py)
    });
    made.map_or_else(|failure| failure, PyErr::from_value)
}

/// Makes the exception of a token that is not verified.
#[cold]
pub(super) fn raise_unverified(py: Python<'_>, error: VerifyError) -> PyErr {
    of_unverified(py, error).map_or_else(|failure| failure, PyErr::from_value)
}

/// Makes the exception of a policy that makes no sense.
#[cold]
pub(super) fn raise_policy(py: Python<'_>, error: &PolicyError) -> PyErr {
    let made = policy_facts(py, error).and_then(|facts| {
        let (message, words) = (error.to_string(), ("server_error", "the server is at fault"));
        Report { facts, ..report(py, Class::Misuse, &message, error.code(), error.hint(), words) }
            .exception(py)
    });
    made.map_or_else(|failure| failure, PyErr::from_value)
}

/// Makes the exception of somebody who may not do something.
#[cold]
pub(super) fn raise_refusal(py: Python<'_>, error: &Refusal) -> PyErr {
    let public = error.public();
    let made = refusal_facts(py, error).and_then(|facts| {
        let (message, words) = (error.to_string(), (public.error, public.description));
        let class = Class::PermissionRefused;
        Report { facts, ..report(py, class, &message, error.code(), error.hint(), words) }
            .exception(py)
    });
    made.map_or_else(|failure| failure, PyErr::from_value)
}

fn of_session(py: Python<'_>, error: SessionError) -> PyResult<Bound<'_, PyAny>> {
    let (code, hint) = (error.code(), hint(&error));
    let (oauth_error, retry_after) = (error.oauth_error(), error.retry_after());
    let message = error.to_string();
    let facts = PyDict::new(py);
    facts::of_session(&facts, &error)?;
    let class = class_of(&error);
    let (exception, cause) = match error {
        SessionError::Token(error) => (errors::build(py, &error)?, None),
        SessionError::Keys(error) => (errors::of_ring(py, &error)?, None),
        error => {
            let words = (oauth_error, description(oauth_error));
            let report = Report { facts, ..report(py, class, &message, code, hint, words) };
            (report.exception(py)?, cause(error))
        }
    };
    exception.setattr(intern!(py, "oauth_error"), oauth_error)?;
    exception.setattr(intern!(py, "retry_after"), retry_after)?;
    if let Some(cause) = cause {
        exception.setattr(intern!(py, "__cause__"), cause.into_value(py))?;
    }
    Ok(exception)
}

/// What a callback raised.
fn cause(error: SessionError) -> Option<PyErr> {
    let SessionError::Claims { source } = error else { return None };
    source.downcast::<PyErr>().ok().map(|error| *error)
}

fn of_unverified(py: Python<'_>, error: VerifyError) -> PyResult<Bound<'_, PyAny>> {
    let (code, hint, retry_after) = (error.code(), error.hint(), error.retry_after());
    let (message, public) = (error.to_string(), error.public());
    let facts = PyDict::new(py);
    let class = match &error {
        VerifyError::Token(error) => return errors::build(py, error),
        VerifyError::Session { claim } => {
            facts.set_item("claim", claim)?;
            Class::ClaimRefused
        }
        VerifyError::Revoked { by } => {
            facts.set_item("by", format!("{by:?}").to_lowercase())?;
            Class::TokenRevoked
        }
        VerifyError::Stale { age, limit } => {
            facts.set_item("age", age)?;
            facts.set_item("limit", limit)?;
            Class::Unavailable
        }
        _ => Class::TokenRefused,
    };
    let hint = match &error {
        VerifyError::Stale { .. } => {
            "answer 503; see why the store does not answer, or use `verify_fail_open`"
        }
        VerifyError::NotProven => "verify the DPoP proof, and name its key: `proven=`",
        _ => hint,
    };
    let words = (public.error, public.description);
    let mut report = Report { facts, ..report(py, class, &message, code, hint, words) };
    if let VerifyError::Session { claim } = &error {
        report.claim = Some(claim);
    }
    let exception = report.exception(py)?;
    exception.setattr(intern!(py, "retry_after"), retry_after)?;
    Ok(exception)
}

fn report<'a, 'py>(
    py: Python<'py>,
    class: Class,
    message: &'a str,
    code: &'a str,
    hint: &'a str,
    public: (&'static str, &'static str),
) -> Report<'a, 'py> {
    Report { class, message, code, hint, facts: PyDict::new(py), claim: None, public }
}

/// By whose doing it is: the one who presents a token, the store, or the program.
const fn class_of(error: &SessionError) -> Class {
    match error {
        SessionError::RefreshToken(RefreshTokenError::MasterTooShort { .. }) => Class::Misuse,
        SessionError::RefreshToken(RefreshTokenError::Random) | SessionError::NoRuntime => {
            Class::StoreFailed
        }
        SessionError::Claims { .. } => Class::Unavailable,
        SessionError::ClaimReserved { .. } | SessionError::ClaimsShape => Class::Misuse,
        SessionError::SubjectLength { .. } | SessionError::LabelTooLong { .. } => Class::Misuse,
        SessionError::ScopeShape { .. } => Class::Misuse,
        SessionError::ThumbprintShape | SessionError::AccessLifetime { .. } => Class::Misuse,
        SessionError::Policy(_) => Class::Misuse,
        SessionError::Store(error) => match error {
            StoreError::Url { .. } | StoreError::NotBuilt { .. } => Class::Misuse,
            StoreError::EpochChanged { .. } => Class::SessionRefused,
            error if error.retry_after().is_some() => Class::Unavailable,
            _ => Class::StoreFailed,
        },
        _ => Class::SessionRefused,
    }
}

/// Returns the hint in Python's words.
fn hint(error: &SessionError) -> &'static str {
    match error {
        SessionError::ClientMismatch => "name the client that logged in: `client=`",
        SessionError::BindingMismatch => "prove the key (DPoP), and name it: `proves=`",
        SessionError::ClaimsShape => "return a dict, a dataclass, a Struct or a model",
        SessionError::Claims { .. } => {
            "look at `__cause__`; answer 503: the refresh token was not used up"
        }
        SessionError::ThumbprintShape => "use `key.thumbprint()`, or the jkt of a DPoP proof",
        SessionError::Store(StoreError::NotBuilt { .. }) => "this build of the package lacks it",
        error => error.hint(),
    }
}

/// What a client is told beside the code of RFC 6749: the same for every reason.
fn description(oauth_error: &str) -> &'static str {
    match oauth_error {
        "invalid_grant" => "the session is over: log in again",
        "invalid_scope" => "the scope was not granted",
        "invalid_target" => "the audience was not granted",
        "temporarily_unavailable" => "try again in a moment",
        _ => "the server is at fault",
    }
}

fn policy_facts<'py>(py: Python<'py>, error: &PolicyError) -> PyResult<Bound<'py, PyDict>> {
    let facts = PyDict::new(py);
    facts::of_policy(&facts, error)?;
    Ok(facts)
}

fn refusal_facts<'py>(py: Python<'py>, error: &Refusal) -> PyResult<Bound<'py, PyDict>> {
    if let Refusal::Question(error) = error {
        return policy_facts(py, error);
    }
    let facts = PyDict::new(py);
    facts::of_refusal(&facts, error)?;
    Ok(facts)
}
