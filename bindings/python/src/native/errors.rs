//! The engine's errors as Python exceptions: one tree, defined in `jotem/errors.py`.

use jotem::error::{Code, ErrorKind, Excerpt, KeyError, Misuse, Public, Rejection};
use jotem_jwks::remote::RemoteError;
use jotem_jwks::ring::RingError;
use pyo3::exceptions::{PyOSError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString, PyType};

use super::{facts, hints, remote, ring};
use crate::json::{Fault, Problem};

/// Makes the exception of an error of the engine.
#[cold]
pub(super) fn raise(py: Python<'_>, error: jotem::Error) -> PyErr {
    build(py, &error).map_or_else(|failure| failure, PyErr::from_value)
}

/// Makes the exception of a mistake that only a caller in Python can make.
#[cold]
pub(super) fn misuse(py: Python<'_>, message: &str, hint: &str) -> PyErr {
    let report = Report {
        class: Class::Misuse,
        message,
        code: "misuse_argument",
        hint,
        facts: PyDict::new(py),
        claim: None,
        public: words(jotem::Error::from(Misuse::KeysMissing).public()),
    };
    report.exception(py).map_or_else(|failure| failure, PyErr::from_value)
}

/// Says what in the claims, or in a document, is no JSON.
#[cold]
pub(super) fn unwritable(py: Python<'_>, what: &str, fault: Fault) -> PyErr {
    let place = format!("{what}{}", fault.path());
    let message = match fault.problem {
        Problem::Python(error) => return error,
        Problem::Type(found) => {
            let expected = "str, int, float, bool, None, list, tuple or dict";
            return PyTypeError::new_err(format!("{place}: expected {expected}, got {found}"));
        }
        Problem::Name(found) => {
            return PyTypeError::new_err(format!(
                "{place}: expected names of type str, got {found}"
            ));
        }
        Problem::Twice(claim) => {
            let claim = Excerpt::new(&claim).as_str().to_owned();
            return raise(py, Misuse::ClaimTwice { claim }.into());
        }
        Problem::NotFinite => format!("{place} is NaN or infinite"),
        Problem::TooLarge => format!("{place} is larger than any 64-bit float"),
        Problem::TooDeep(limit) => format!("{place} nests deeper than {limit} levels"),
        Problem::NotUnicode => format!("{place} has half of a surrogate pair"),
    };
    raise(py, Misuse::ClaimsNotSerializable { message }.into())
}

/// Makes the exception of an error of the engine, as an object that may be kept.
pub(super) fn build<'py>(py: Python<'py>, error: &jotem::Error) -> PyResult<Bound<'py, PyAny>> {
    let facts = PyDict::new(py);
    let class = match error.kind() {
        ErrorKind::Rejected(reason) => {
            facts::of_rejection(&facts, reason)?;
            Class::of(reason)
        }
        ErrorKind::Key(reason) => {
            facts::of_key_error(&facts, reason)?;
            Class::KeyRefused
        }
        ErrorKind::Misuse(reason) => {
            facts::of_misuse(&facts, reason)?;
            Class::Misuse
        }
        // `Signing`, which says all it knows in its message.
        _ => Class::SigningFailed,
    };
    let code = error.code();
    let named = facts.get_item(intern!(py, "claim"))?;
    let claim = match &named {
        Some(claim) => claim.cast::<PyString>().ok().map(|claim| claim.to_string()),
        None => claim(code).map(str::to_owned),
    };
    let report = Report {
        class,
        message: &error.to_string(),
        code: code.as_str(),
        hint: hints::hint(code).unwrap_or_else(|| error.hint()),
        facts,
        claim: claim.as_deref(),
        public: words(error.public()),
    };
    report.exception(py)
}

/// Makes the exception of a refused token, as an object that may be kept.
pub(super) fn of_rejection<'py>(
    py: Python<'py>,
    reason: &Rejection,
) -> PyResult<Bound<'py, PyAny>> {
    build(py, &reason.clone().into())
}

/// Returns the exception of a refused token as an object that may be kept; raises any other.
#[cold]
pub(super) fn refusal(py: Python<'_>, error: PyErr) -> PyResult<Bound<'_, PyAny>> {
    if error.is_instance(py, Class::TokenRefused.get(py)?.as_any()) {
        return Ok(error.into_value(py).into_bound(py).into_any());
    }
    Err(error)
}

/// Makes the exception of a ring that cannot be built, read, changed or used.
#[cold]
pub(super) fn raise_ring(py: Python<'_>, error: &RingError) -> PyErr {
    of_ring(py, error).map_or_else(|failure| failure, PyErr::from_value)
}

/// Makes the exception of a ring, as an object that may be kept.
pub(super) fn of_ring<'py>(py: Python<'py>, error: &RingError) -> PyResult<Bound<'py, PyAny>> {
    if let RingError::Jotem(error) = error {
        return build(py, error);
    }
    let facts = PyDict::new(py);
    facts::of_ring(&facts, error)?;
    let report = Report {
        class: Class::of_ring(error),
        message: &error.to_string(),
        code: error.code(),
        hint: ring::hint(error),
        facts,
        claim: None,
        public: words(error.public()),
    };
    let exception = report.exception(py)?;
    if let RingError::Store { source, .. } = error {
        let system = source.downcast_ref::<std::io::Error>();
        let cause = match system.and_then(std::io::Error::raw_os_error) {
            Some(number) => PyOSError::new_err((number, source.to_string())),
            None => PyOSError::new_err(source.to_string()),
        };
        exception.setattr(intern!(py, "__cause__"), cause)?;
    }
    Ok(exception)
}

/// Makes the exception of a client that makes no sense.
#[cold]
pub(super) fn raise_configured(py: Python<'_>, error: &RemoteError) -> PyErr {
    of_remote(py, Class::Misuse, error).map_or_else(|failure| failure, PyErr::from_value)
}

/// Makes the exception of a key set that could not be had.
#[cold]
pub(super) fn raise_fetch(py: Python<'_>, error: &RemoteError) -> PyErr {
    of_fetch(py, error).map_or_else(|failure| failure, PyErr::from_value)
}

/// Makes the exception of a key set that could not be had, as an object that may be kept.
pub(super) fn of_fetch<'py>(py: Python<'py>, error: &RemoteError) -> PyResult<Bound<'py, PyAny>> {
    of_remote(py, Class::FetchFailed, error)
}

fn of_remote<'py>(
    py: Python<'py>,
    class: Class,
    error: &RemoteError,
) -> PyResult<Bound<'py, PyAny>> {
    let facts = PyDict::new(py);
    facts::of_remote(&facts, error)?;
    let report = Report {
        class,
        message: &error.to_string(),
        code: error.code(),
        hint: remote::hint(error),
        facts,
        claim: None,
        public: words(error.public()),
    };
    report.exception(py)
}

/// Makes the exception of a key that cannot be used, as an object that may be kept.
pub(super) fn of_key_error<'py>(py: Python<'py>, reason: &KeyError) -> PyResult<Bound<'py, PyAny>> {
    build(py, &reason.clone().into())
}

/// The classes of the tree that are raised.
#[derive(Clone, Copy)]
pub(super) enum Class {
    TokenRefused,
    SignatureInvalid,
    KeyNotFound,
    ClaimRefused,
    Expired,
    NotYetValid,
    KeyRefused,
    Misuse,
    SigningFailed,
    RingFailed,
    FetchFailed,
    TokenRevoked,
    SessionRefused,
    Unavailable,
    StoreFailed,
    PermissionRefused,
    AuditFailed,
}

impl Class {
    const fn of(reason: &Rejection) -> Self {
        match reason.code() {
            Code::Expired => Self::Expired,
            Code::NotYetValid => Self::NotYetValid,
            Code::SignatureMismatch | Code::SecretNotDecoded => Self::SignatureInvalid,
            Code::SignatureLength | Code::SignatureIsDer => Self::SignatureInvalid,
            Code::SignatureMissing => Self::SignatureInvalid,
            Code::KeyNotFound => Self::KeyNotFound,
            Code::AudienceMismatch | Code::AudienceUnexpected | Code::ClaimEmpty => {
                Self::ClaimRefused
            }
            Code::ClaimMissing | Code::ClaimTooLong | Code::ClaimType | Code::ClaimsShape => {
                Self::ClaimRefused
            }
            Code::ConfirmationUnchecked | Code::DateMilliseconds | Code::DateRange => {
                Self::ClaimRefused
            }
            Code::HashMismatch | Code::HashUndefined => Self::ClaimRefused,
            Code::IssuedInFuture | Code::IssuerMismatch | Code::LifetimeTooLong => {
                Self::ClaimRefused
            }
            Code::SubjectMismatch | Code::TooOld | Code::TypeMismatch => Self::ClaimRefused,
            _ => Self::TokenRefused,
        }
    }

    /// What the program asked for that makes no sense, or what the ring is or has.
    const fn of_ring(error: &RingError) -> Self {
        match error {
            RingError::AlgorithmSymmetric { .. } | RingError::PublicOnly => Self::Misuse,
            RingError::AnnouncementTooShort { .. } | RingError::RetirementTooShort { .. } => {
                Self::Misuse
            }
            RingError::RotationTooOften { .. } | RingError::TimerOutOfRange { .. } => Self::Misuse,
            RingError::TokenNeverExpires | RingError::TokenOutlivesKey { .. } => Self::Misuse,
            _ => Self::RingFailed,
        }
    }

    fn get(self, py: Python<'_>) -> PyResult<Bound<'_, PyType>> {
        static CLASSES: [PyOnceLock<Py<PyType>>; 17] = [const { PyOnceLock::new() }; 17];
        let name = match self {
            Self::TokenRefused => "TokenRefused",
            Self::SignatureInvalid => "SignatureInvalid",
            Self::KeyNotFound => "KeyNotFound",
            Self::ClaimRefused => "ClaimRefused",
            Self::Expired => "Expired",
            Self::NotYetValid => "NotYetValid",
            Self::KeyRefused => "KeyRefused",
            Self::Misuse => "Misuse",
            Self::SigningFailed => "SigningFailed",
            Self::RingFailed => "RingFailed",
            Self::FetchFailed => "FetchFailed",
            Self::TokenRevoked => "TokenRevoked",
            Self::SessionRefused => "SessionRefused",
            Self::Unavailable => "Unavailable",
            Self::StoreFailed => "StoreFailed",
            Self::PermissionRefused => "PermissionRefused",
            Self::AuditFailed => "AuditFailed",
        };
        match CLASSES.get(self as usize) {
            Some(class) => class.import(py, "jotem.errors", name).cloned(),
            None => Ok(py.import("jotem.errors")?.getattr(name)?.cast_into()?),
        }
    }
}

/// Everything that an exception carries.
pub(super) struct Report<'a, 'py> {
    pub(super) class: Class,
    pub(super) message: &'a str,
    pub(super) code: &'a str,
    pub(super) hint: &'a str,
    pub(super) facts: Bound<'py, PyDict>,
    pub(super) claim: Option<&'a str>,
    /// What may be said on the wire: the error, and its description.
    pub(super) public: (&'static str, &'static str),
}

const fn words(public: Public) -> (&'static str, &'static str) {
    (public.error, public.description)
}

impl<'py> Report<'_, 'py> {
    pub(super) fn exception(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let public = PyDict::new(py);
        public.set_item(intern!(py, "error"), self.public.0)?;
        public.set_item(intern!(py, "error_description"), self.public.1)?;
        let class = self.class.get(py)?;
        class.call1((self.message, self.code, self.hint, self.facts, self.claim, public))
    }
}

/// Returns the claim that a refusal is about, where its facts do not name it.
const fn claim(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::Expired | Code::LifetimeTooLong => "exp",
        Code::NotYetValid => "nbf",
        Code::IssuedInFuture | Code::TooOld => "iat",
        Code::IssuerMismatch => "iss",
        Code::AudienceMismatch | Code::AudienceUnexpected => "aud",
        Code::SubjectMismatch => "sub",
        Code::ConfirmationUnchecked => "cnf",
        _ => return None,
    })
}
