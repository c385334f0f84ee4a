//! Errors: one variant per reason, each with its facts, a stable code, a hint for the developer,
//! and a public form for the wire.
//!
//! | blame | type | an error of |
//! |---|---|---|
//! | the token | [`Rejection`] | whoever sent it |
//! | the key | [`KeyError`] | whoever configured it |
//! | the call | [`Misuse`] | the program, never of data from outside |
//! | the signer | [`ErrorKind::Signing`] | a key that lives elsewhere |

mod advice;
mod code;
mod excerpt;
mod facts;
mod key;
mod misuse;
mod rejection;
mod serialization;

pub use code::Code;
pub use excerpt::Excerpt;
pub use facts::{JsonType, Part, Public, Segment};
pub use key::{KeyError, SecretDisguise};
pub use misuse::Misuse;
pub use rejection::Rejection;
pub use serialization::SerializationFault;

/// Any error of this crate: one word wide.
///
/// In the manual: [refusals](crate::manual::refusals).
///
/// # Examples
/// ```
/// use jotem::{Algorithm, ErrorKind, Rejection, SigningKey, Verifier};
///
/// let key = SigningKey::generate(Algorithm::Es256)?;
/// let verifier = Verifier::builder(key.verifying_key()).any_audience().build()?;
/// let error = verifier.verify::<()>("Bearer abc").unwrap_err();
///
/// assert_eq!(error.code().as_str(), "token_bearer_prefix");
/// assert!(matches!(error.kind(), ErrorKind::Rejected(Rejection::BearerPrefix)));
/// assert_eq!(error.hint(), "pass only what follows `Bearer ` in the Authorization header");
/// # Ok::<(), jotem::Error>(())
/// ```
pub struct Error(Box<ErrorKind>);

/// What went wrong, by whose doing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The token is refused.
    #[error(transparent)]
    Rejected(Rejection),
    /// The key cannot be read, or not be used so.
    #[error(transparent)]
    Key(KeyError),
    /// The call makes no sense; no data from outside leads here.
    #[error(transparent)]
    Misuse(Misuse),
    /// A signer could not sign: an HSM or a KMS that failed, or one that broke its contract.
    #[error("the signer could not sign")]
    Signing(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Returns what went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// Returns what went wrong, by value.
    #[must_use]
    pub fn into_kind(self) -> ErrorKind {
        *self.0
    }

    /// Returns why the token was refused, if that is what happened.
    #[must_use]
    pub fn rejection(&self) -> Option<&Rejection> {
        match self.kind() {
            ErrorKind::Rejected(rejection) => Some(rejection),
            ErrorKind::Key(_) | ErrorKind::Misuse(_) | ErrorKind::Signing(_) => None,
        }
    }

    /// Returns the stable identifier of the reason: what programs compare and people search for.
    #[must_use]
    pub fn code(&self) -> Code {
        match self.kind() {
            ErrorKind::Rejected(reason) => reason.code(),
            ErrorKind::Key(reason) => reason.code(),
            ErrorKind::Misuse(reason) => reason.code(),
            ErrorKind::Signing(_) => Code::SigningFailed,
        }
    }

    /// Tells the developer what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self.kind() {
            ErrorKind::Rejected(reason) => reason.hint(),
            ErrorKind::Key(reason) => reason.hint(),
            ErrorKind::Misuse(reason) => reason.hint(),
            ErrorKind::Signing(source) => match source.downcast_ref::<Rejection>() {
                Some(reason) => reason.hint(),
                None => "look at the source of this error: the signer's own message",
            },
        }
    }

    /// Returns what may be said on the wire (RFC 6750 §3.1).
    #[must_use]
    pub fn public(&self) -> Public {
        match self.kind() {
            ErrorKind::Rejected(reason) => reason.public(),
            ErrorKind::Key(_) | ErrorKind::Misuse(_) | ErrorKind::Signing(_) => Public::SERVER,
        }
    }
}

impl std::fmt::Debug for Error {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Error({}: {self})", self.code())
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.0, formatter)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl From<ErrorKind> for Error {
    #[cold]
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new(kind))
    }
}

impl From<Rejection> for Error {
    #[cold]
    fn from(rejection: Rejection) -> Self {
        ErrorKind::Rejected(rejection).into()
    }
}

impl From<KeyError> for Error {
    #[cold]
    fn from(error: KeyError) -> Self {
        ErrorKind::Key(error).into()
    }
}

impl From<Misuse> for Error {
    #[cold]
    fn from(misuse: Misuse) -> Self {
        ErrorKind::Misuse(misuse).into()
    }
}
