//! Why an access token is refused.

use std::time::Duration;

use jotem::error::Public;

use crate::revocation::RevokedBy;

/// Why an access token is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The token itself: its signature, its claims.
    #[error(transparent)]
    Token(#[from] jotem::Error),
    /// It is an access token of no session: its claims lack what those have.
    #[error("the token is of no session: {claim} is not what it should be")]
    Session {
        /// The claim.
        claim: &'static str,
    },
    /// It was revoked.
    #[error("the token was revoked: by its {}", describe(*by))]
    Revoked {
        /// By which of its names.
        by: RevokedBy,
    },
    /// It is of another tenant than the verifier is for, or of none.
    #[error("the token is not of the tenant that is expected")]
    Tenant,
    /// What is known of revocations is too old to say whether it was. The token may be sound.
    #[error("what is known of revocations is {} old, and at most {} s are allowed",
        describe_age(*age), limit.as_secs())]
    Stale {
        /// How old it is; absent if nothing was ever known.
        age: Option<Duration>,
        /// How old it may be.
        limit: Duration,
    },
    /// The token is bound to a key that the request did not prove (RFC 9449 §7.1).
    #[error("the token is bound to a key that was not proven")]
    NotProven,
}

const fn describe(by: RevokedBy) -> &'static str {
    match by {
        RevokedBy::Token => "own id",
        RevokedBy::Session => "session",
        RevokedBy::Client => "client",
        RevokedBy::Key => "key",
        RevokedBy::Subject => "subject",
    }
}

pub(super) fn describe_age(age: Option<Duration>) -> String {
    age.map_or_else(|| "infinitely".to_owned(), |age| format!("{} s", age.as_secs()))
}

impl VerifyError {
    /// Returns the stable identifier of the reason; `docs/errors.md` has a section for each.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Token(error) => error.code().as_str(),
            Self::Session { .. } => "access_session",
            Self::Revoked { .. } => "access_revoked",
            Self::Tenant => "access_tenant_mismatch",
            Self::Stale { .. } => "access_view_stale",
            Self::NotProven => "access_not_proven",
        }
    }

    /// Tells the developer what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Token(error) => error.hint(),
            Self::Session { .. } => "it was issued by something else than Sessions",
            Self::Revoked { .. } => "answer 401: the client refreshes, or logs in again",
            Self::Tenant => "the subject logs in at this tenant; its token is good at its own",
            Self::Stale { .. } => "answer 503; see why the store does not answer, or fail open",
            Self::NotProven => "verify the DPoP proof, and name its key: verify_bound",
        }
    }

    /// Returns what may be said on the wire (RFC 6750 §3.1).
    #[must_use]
    pub fn public(&self) -> Public {
        match self {
            Self::Token(error) => error.public(),
            Self::Session { .. } | Self::Revoked { .. } | Self::Tenant | Self::NotProven => {
                Public::REFUSED
            }
            Self::Stale { .. } => Public::SERVER,
        }
    }

    /// Returns when to try again, where the verifier and not the token is at fault: the answer is then
    /// 503 with `Retry-After`.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Stale { .. } => Some(Duration::from_secs(1)),
            Self::Token(_)
            | Self::Session { .. }
            | Self::Revoked { .. }
            | Self::Tenant
            | Self::NotProven => None,
        }
    }
}
