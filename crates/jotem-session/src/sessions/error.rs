//! Why a session does not start, or goes no further.

use std::time::Duration;

use jotem::error::Excerpt;
use jotem_jwks::ring::RingError;

use crate::refresh_token::RefreshTokenError;
use crate::rotation::{RotationPolicyError, State};
use crate::store::StoreError;

/// Why a session does not start, or goes no further. None of the messages has a token or a secret in
/// it.
///
/// # Examples
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use jotem::Secret;
/// use jotem_session::Sessions;
///
/// let sessions = Sessions::builder(Secret::from(vec![7; 32])).open().await?;
/// let error = sessions.refresh("eyJhbGciOiJFUzI1NiJ9").await.unwrap_err();
/// assert_eq!((error.code(), error.oauth_error()), ("refresh_token_shape", "invalid_grant"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The text is no refresh token of ours.
    #[error(transparent)]
    RefreshToken(#[from] RefreshTokenError),
    /// The store has no such session: it ended long ago, or the store is not the one it began in.
    #[error("there is no such session")]
    Unknown,
    /// The session was ended.
    #[error("the session was ended: {}", describe(*state))]
    Ended {
        /// By what.
        state: State,
    },
    /// The session is over, for want of use or because nothing lives for ever.
    #[error("the session has expired")]
    Expired,
    /// The refresh token had been exchanged before: two have it. The session is ended by this.
    #[error("the refresh token was exchanged before, and the session is ended")]
    Reuse,
    /// The store has lost what it had written, and the policy ends such sessions.
    #[error("the refresh token is newer than the store knows, and the session is ended")]
    Behind,
    /// The secret of the refresh token is another than the session's.
    #[error("the refresh token is not of this session")]
    SecretMismatch,
    /// The session is another client's, or the client's sessions were revoked.
    #[error("the session is another client's")]
    ClientMismatch,
    /// The session is bound to a key, and the request did not prove that one.
    #[error("the session is bound to a key that was not proven")]
    BindingMismatch,
    /// The session is of another tenant than is expected, or of none.
    #[error("the session is not of the tenant that is expected")]
    TenantMismatch,
    /// More scopes are asked for than were granted.
    #[error("the scope {scope} was not granted")]
    ScopeExceeded {
        /// One that was not granted.
        scope: Excerpt,
    },
    /// Another audience is asked for than was granted.
    #[error("the audience {audience} was not granted")]
    AudienceExceeded {
        /// One that was not granted.
        audience: Excerpt,
    },
    /// A claim of the application has a name that access tokens use themselves.
    #[error("the claim {name} is one that access tokens have of their own")]
    ClaimReserved {
        /// The name.
        name: Excerpt,
    },
    /// The application's claims are no JSON object.
    #[error("the claims of the application are not a JSON object")]
    ClaimsShape,
    /// The application would not have the subject go on.
    #[error("the application refuses: {reason}")]
    Refused {
        /// What it says.
        reason: Excerpt,
    },
    /// The application could not say which claims the subject has.
    #[error("the claims of the application could not be had")]
    Claims {
        /// What happened.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The subject or its tenant is empty, or both are very long.
    #[error("a subject of {bytes} bytes, with its tenant, is empty in a part or longer than 1000")]
    SubjectLength {
        /// How many there are.
        bytes: usize,
    },
    /// A scope is none: a space is between two scopes, and quotes are in none (RFC 6749 §3.3).
    #[error("the scope {scope} is not one word of RFC 6749 §3.3")]
    ScopeShape {
        /// The scope.
        scope: Excerpt,
    },
    /// The label is longer than a store keeps.
    #[error("a label of {bytes} bytes is longer than 256")]
    LabelTooLong {
        /// How many there are.
        bytes: usize,
    },
    /// The thumbprint of a key is none.
    #[error("the thumbprint of the key is not base64url of 32 bytes (RFC 7638)")]
    ThumbprintShape,
    /// It was called outside of a runtime.
    #[error("sessions are opened within a runtime of tokio, and there is none here")]
    NoRuntime,
    /// Access tokens would live too short or too long.
    #[error("access tokens of {seconds} s are not of 1 s to one day")]
    AccessLifetime {
        /// What was asked for, in seconds.
        seconds: u64,
    },
    /// The rotation policy makes no sense.
    #[error(transparent)]
    Policy(#[from] RotationPolicyError),
    /// The store did not do what it was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key ring did not do what it was asked.
    #[error(transparent)]
    Keys(#[from] RingError),
    /// No access token could be made.
    #[error(transparent)]
    Token(#[from] jotem::Error),
}

const fn describe(state: State) -> &'static str {
    match state {
        State::Active => "it lives",
        State::LoggedOut => "somebody logged out",
        State::Reused => "a refresh token had come twice",
        State::Revoked => "it was revoked",
    }
}

impl SessionError {
    /// Returns the stable identifier of the reason; `docs/errors.md` has a section for each.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::RefreshToken(error) => error.code(),
            Self::Unknown => "session_unknown",
            Self::Ended { .. } => "session_ended",
            Self::Expired => "session_expired",
            Self::Reuse => "session_reuse",
            Self::Behind => "session_behind",
            Self::SecretMismatch => "session_secret_mismatch",
            Self::ClientMismatch => "session_client_mismatch",
            Self::BindingMismatch => "session_binding_mismatch",
            Self::TenantMismatch => "session_tenant_mismatch",
            Self::ScopeExceeded { .. } => "session_scope_exceeded",
            Self::AudienceExceeded { .. } => "session_audience_exceeded",
            Self::ClaimReserved { .. } => "session_claim_reserved",
            Self::ClaimsShape => "session_claims_shape",
            Self::Refused { .. } => "session_refused",
            Self::Claims { .. } => "session_claims",
            Self::SubjectLength { .. } => "session_subject_length",
            Self::ScopeShape { .. } => "session_scope_shape",
            Self::LabelTooLong { .. } => "session_label_long",
            Self::ThumbprintShape => "session_thumbprint_shape",
            Self::NoRuntime => "session_no_runtime",
            Self::AccessLifetime { .. } => "session_access_lifetime",
            Self::Policy(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Keys(error) => error.code(),
            Self::Token(error) => error.code().as_str(),
        }
    }

    /// Tells the developer what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::RefreshToken(error) => error.hint(),
            Self::Unknown => {
                "log in again; if it happens to many, the store was emptied or is another"
            }
            Self::Ended { .. } | Self::Expired | Self::Reuse => "log in again",
            Self::Behind => "log in again, and look at the store: it lost what it had written",
            Self::SecretMismatch => "somebody has a token that was made for another session",
            Self::ClientMismatch => "name the client that logged in: Presenter::client",
            Self::BindingMismatch => "prove the key (DPoP), and name it: Presenter::proves",
            Self::TenantMismatch => "the token is good at its own tenant, and was not used up",
            Self::ScopeExceeded { .. } | Self::AudienceExceeded { .. } => {
                "ask for what was granted at login, or less; for more, log in again"
            }
            Self::ClaimReserved { .. } => "give the claim another name",
            Self::ClaimsShape => "return a struct or a map with text keys",
            Self::Refused { .. } => "the callback that supplies claims says so",
            Self::Claims { .. } => "answer 503: the refresh token was not used up",
            Self::SubjectLength { .. } => "name the subject: the id of the user",
            Self::ScopeShape { .. } => "give each scope by itself, without spaces and quotes",
            Self::LabelTooLong { .. } => "shorten it: a device and a place are enough",
            Self::ThumbprintShape => "use VerifyingKey::thumbprint, or the jkt of a DPoP proof",
            Self::NoRuntime => {
                "await it in a function under #[tokio::main], or in Runtime::block_on"
            }
            Self::AccessLifetime { .. } => "15 minutes are usual",
            Self::Policy(error) => error.hint(),
            Self::Store(error) => error.hint(),
            Self::Keys(error) => error.hint(),
            Self::Token(error) => error.hint(),
        }
    }

    /// Returns the `error` of the answer to a client (RFC 6749 §5.2).
    #[must_use]
    pub const fn oauth_error(&self) -> &'static str {
        match self {
            Self::RefreshToken(
                RefreshTokenError::MasterTooShort { .. } | RefreshTokenError::Random,
            ) => "server_error",
            Self::RefreshToken(_)
            | Self::Unknown
            | Self::Ended { .. }
            | Self::Expired
            | Self::Reuse
            | Self::Behind
            | Self::SecretMismatch
            | Self::ClientMismatch
            | Self::BindingMismatch
            | Self::TenantMismatch
            | Self::Refused { .. } => "invalid_grant",
            Self::ScopeExceeded { .. } | Self::ScopeShape { .. } => "invalid_scope",
            // RFC 8707 §2.
            Self::AudienceExceeded { .. } => "invalid_target",
            Self::Claims { .. } => "temporarily_unavailable",
            Self::Store(error) if error.retry_after().is_some() => "temporarily_unavailable",
            Self::ClaimReserved { .. }
            | Self::ClaimsShape
            | Self::SubjectLength { .. }
            | Self::NoRuntime
            | Self::LabelTooLong { .. }
            | Self::ThumbprintShape
            | Self::AccessLifetime { .. }
            | Self::Policy(_)
            | Self::Store(_)
            | Self::Keys(_)
            | Self::Token(_) => "server_error",
        }
    }

    /// Returns when to try again, where that may help: the answer is then 503 with `Retry-After`, and
    /// the client keeps its tokens.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        if let Self::Store(error) = self {
            return error.retry_after();
        }
        matches!(self, Self::Claims { .. }).then_some(Duration::from_secs(1))
    }
}

/// Why the application has no claims for a subject. Any error becomes one by `?`.
#[derive(Debug)]
#[non_exhaustive]
pub enum ClaimsError {
    /// The subject may not go on: a user who was disabled. The client is told to log in again.
    Refused(String),
    /// They could not be had now: a database that does not answer. The client is told to try again.
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

impl<E: Into<Box<dyn std::error::Error + Send + Sync>>> From<E> for ClaimsError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl From<ClaimsError> for SessionError {
    fn from(error: ClaimsError) -> Self {
        match error {
            ClaimsError::Refused(reason) => Self::Refused { reason: Excerpt::new(&reason) },
            ClaimsError::Failed(source) => Self::Claims { source },
        }
    }
}
