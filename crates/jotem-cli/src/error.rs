//! What can go wrong, what is said about it, and the exit status it has.

use std::borrow::Cow;
use std::io;
use std::process::ExitCode;

use jotem::error::Public;
use jotem::{Error, ErrorKind, Misuse, Rejection};
use jotem_jwks::atomic_file::Fault;
use jotem_jwks::ring::RingError;
use serde_json::{Value, json};

use crate::hint;
use crate::input::name;
use crate::paint::{ADVICE, ASIDE, BAD, paint};

/// The exit status; `jotem --help` explains each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Good = 0,
    Refused = 1,
    Usage = 2,
    Unusable = 3,
    InputOutput = 4,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}

/// Why a command stops: one line, what to do about it, and the exit status.
#[derive(Debug)]
pub(crate) struct Failure {
    status: Status,
    message: String,
    hint: Option<Cow<'static, str>>,
    code: Option<&'static str>,
    /// What may be said on the wire, for a token that is refused.
    public: Option<Box<Value>>,
}

impl Failure {
    pub(crate) fn new(status: Status, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), hint: None, code: None, public: None }
    }

    /// The command was called wrongly.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Status::Usage, message)
    }

    /// A key or a file cannot be used.
    pub(crate) fn unusable(message: impl Into<String>) -> Self {
        Self::new(Status::Unusable, message)
    }

    /// Something could not be read or written.
    pub(crate) fn input_output(action: impl Into<String>, error: &io::Error) -> Self {
        let failure =
            Self::new(Status::InputOutput, format!("{}: {}", action.into(), reason(error)));
        match hint::for_system(error.kind()) {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }

    /// The token is refused.
    pub(crate) fn refused(reason: &Rejection) -> Self {
        Self {
            hint: Some(hint::for_command(reason.code(), reason.hint()).into()),
            code: Some(reason.code().as_str()),
            public: Some(Box::new(wire(reason.public()))),
            ..Self::new(Status::Refused, reason.to_string())
        }
    }

    /// Adds what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Names the reason.
    pub(crate) fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// Adds what may be said on the wire.
    pub(crate) fn public(mut self, public: Value) -> Self {
        self.public = Some(Box::new(public));
        self
    }

    /// Says which key or file it is about.
    pub(crate) fn about(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) const fn status(&self) -> Status {
        self.status
    }

    /// Writes the lines for a person.
    pub(crate) fn to_text(&self) -> String {
        let label = if self.status == Status::Refused { "refused:" } else { "error:" };
        let mut text = format!("{} {}", paint(BAD, label), self.message);
        if let Some(code) = self.code {
            text.push_str(&format!(" {}", paint(ASIDE, &format!("({code})"))));
        }
        if let Some(hint) = &self.hint {
            text.push_str(&format!("\n{} {hint}", paint(ADVICE, "hint:")));
        }
        text
    }

    /// Writes the document for a program.
    pub(crate) fn to_document(&self) -> Value {
        let verdict = if self.status == Status::Refused { "refused" } else { "error" };
        let mut document = json!({
            "verdict": verdict,
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
        });
        if let (Some(public), Some(members)) = (self.public.as_deref(), document.as_object_mut()) {
            members.insert("public".to_owned(), public.clone());
        }
        document
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let status = match error.kind() {
            ErrorKind::Rejected(reason) => return Self::refused(reason),
            ErrorKind::Misuse(
                Misuse::KeysMissing | Misuse::KeysMixed | Misuse::KeysUnusable { .. },
            ) => Status::Unusable,
            ErrorKind::Misuse(_) => Status::Usage,
            ErrorKind::Key(_) | ErrorKind::Signing(_) | _ => Status::Unusable,
        };
        Self {
            hint: Some(hint::for_command(error.code(), error.hint()).into()),
            code: Some(error.code().as_str()),
            ..Self::new(status, error.to_string())
        }
    }
}

impl From<&RingError> for Failure {
    #[expect(clippy::wildcard_enum_match_arm, reason = "what is not named has the usual status")]
    fn from(error: &RingError) -> Self {
        let failure = match error {
            RingError::Jotem(error) => return error.into(),
            RingError::Store { action, name, source } => match source.downcast_ref::<io::Error>() {
                Some(system) => Self::input_output(format!("cannot {action} {name}"), system),
                None => Self::new(Status::InputOutput, error.to_string()),
            },
            RingError::AlgorithmSymmetric { .. }
            | RingError::AnnouncementTooShort { .. }
            | RingError::RetirementTooShort { .. }
            | RingError::RotationTooOften { .. }
            | RingError::TimerOutOfRange { .. } => Self::usage(error.to_string()),
            RingError::Missing { .. } => Self::new(Status::InputOutput, error.to_string()),
            _ => Self::unusable(error.to_string()),
        };
        let hint = failure.hint.clone().unwrap_or_else(|| hint::for_ring(error));
        Self { code: Some(error.code()), ..failure.hint(hint) }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Exists(path) => Self::unusable(format!("{} exists already", name(&path)))
                .hint("choose another name, or replace it with --force"),
            Fault::NotRegular(path) => {
                Self::unusable(format!("{} is not a regular file", name(&path)))
                    .hint("choose another name")
            }
            Fault::System(path, error) => {
                Self::input_output(format!("cannot write {}", name(&path)), &error)
            }
        }
    }
}

/// Writes what a resource server may say (RFC 6750 §3.1).
pub(crate) fn wire(public: Public) -> Value {
    json!({"error": public.error, "error_description": public.description})
}

/// Says what the system said, without its number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((reason, _)) => reason.to_lowercase(),
        None => text,
    }
}
