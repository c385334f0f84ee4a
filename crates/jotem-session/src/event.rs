//! What happens to sessions, for whoever wants to know: a log, an alarm, a counter.
//!
//! An [`Event`] never has a token, a secret or a password in it: there is no field for one.

use std::fmt;
use std::net::IpAddr;

use jotem::NumericDate;
use jotem::error::Excerpt;

use crate::refresh_token::SessionId;
use crate::store::Subject;

/// Something that happened.
///
/// # Examples
/// ```
/// use jotem::NumericDate;
/// use jotem_session::event::{Action, Event};
/// use jotem_session::store::Subject;
///
/// let event = Event::new(Action::RefreshReuse, NumericDate::from_secs(1_795_305_600))
///     .subject(&Subject::new("ada"))
///     .client("web");
/// assert_eq!(event.action.as_str(), "refresh.reuse");
/// assert!(event.action.is_alarm());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// What.
    pub action: Action,
    /// When, by the clock of the program.
    pub at: NumericDate,
    /// To whom.
    pub subject: Option<Subject>,
    /// For which client.
    pub client: Option<String>,
    /// To which session.
    pub session: Option<SessionId>,
    /// To which access token: its `jti`.
    pub token_id: Option<String>,
    /// To which key: its `kid`.
    pub key_id: Option<String>,
    /// From where, if the program said so.
    pub address: Option<IpAddr>,
    /// Why: the code of an error.
    pub reason: Option<&'static str>,
    /// What else a person may want to know, in a few words.
    pub detail: Option<Excerpt>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Action {
    /// Somebody logged in.
    SessionStart,
    /// A session ended because the subject had too many.
    SessionDisplaced,
    /// A refresh token was exchanged for the next one.
    RefreshRotated,
    /// A refresh token came once more within the window, and got the same answer.
    RefreshReplayed,
    /// A refresh token was newer than the store knew: the store lost what it had written.
    RefreshRepaired,
    /// The same, and the policy ended the session.
    RefreshBehind,
    /// A refresh token came that was exchanged long ago: two have it. The session ended.
    RefreshReuse,
    /// A refresh token was refused for another reason.
    RefreshRefused,
    /// A token was revoked.
    RevokeToken,
    /// A session was revoked: somebody logged out.
    RevokeSession,
    /// All sessions of a subject were revoked.
    RevokeSubject,
    /// All sessions of a client were revoked.
    RevokeClient,
    /// Everything that a key had signed was revoked.
    RevokeKey,
    /// A key began to sign.
    KeyRotate,
    /// A key was removed because somebody else may have it.
    KeyCompromise,
    /// What verifiers know of revocations is older than they allow.
    ViewStale,
    /// It is fresh again.
    ViewFresh,
    /// The store did not do what it was asked.
    StoreFailed,
}

impl Action {
    /// Every action there is.
    pub const ALL: [Self; 18] = [
        Self::SessionStart,
        Self::SessionDisplaced,
        Self::RefreshRotated,
        Self::RefreshReplayed,
        Self::RefreshRepaired,
        Self::RefreshBehind,
        Self::RefreshReuse,
        Self::RefreshRefused,
        Self::RevokeToken,
        Self::RevokeSession,
        Self::RevokeSubject,
        Self::RevokeClient,
        Self::RevokeKey,
        Self::KeyRotate,
        Self::KeyCompromise,
        Self::ViewStale,
        Self::ViewFresh,
        Self::StoreFailed,
    ];

    /// Returns its word, which stays.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SessionStart => "session.start",
            Self::SessionDisplaced => "session.displaced",
            Self::RefreshRotated => "refresh.rotated",
            Self::RefreshReplayed => "refresh.replayed",
            Self::RefreshRepaired => "refresh.repaired",
            Self::RefreshBehind => "refresh.behind",
            Self::RefreshReuse => "refresh.reuse",
            Self::RefreshRefused => "refresh.refused",
            Self::RevokeToken => "revoke.token",
            Self::RevokeSession => "revoke.session",
            Self::RevokeSubject => "revoke.subject",
            Self::RevokeClient => "revoke.client",
            Self::RevokeKey => "revoke.key",
            Self::KeyRotate => "key.rotate",
            Self::KeyCompromise => "key.compromise",
            Self::ViewStale => "view.stale",
            Self::ViewFresh => "view.fresh",
            Self::StoreFailed => "store.failed",
        }
    }

    /// Returns whether somebody or something is not accepted any more.
    #[must_use]
    pub const fn is_revocation(self) -> bool {
        matches!(
            self,
            Self::RevokeToken
                | Self::RevokeSession
                | Self::RevokeSubject
                | Self::RevokeClient
                | Self::RevokeKey
        )
    }

    /// Returns whether somebody did not get what he asked for.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        matches!(self, Self::RefreshReuse | Self::RefreshBehind | Self::RefreshRefused)
    }

    /// Returns whether a person should look at it at once: theft, or a store that forgets or fails.
    #[must_use]
    pub const fn is_alarm(self) -> bool {
        matches!(
            self,
            Self::RefreshReuse
                | Self::RefreshRepaired
                | Self::RefreshBehind
                | Self::KeyCompromise
                | Self::ViewStale
                | Self::StoreFailed
        )
    }
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Event {
    /// Begins to tell of something.
    #[must_use]
    pub const fn new(action: Action, at: NumericDate) -> Self {
        Self {
            action,
            at,
            subject: None,
            client: None,
            session: None,
            token_id: None,
            key_id: None,
            address: None,
            reason: None,
            detail: None,
        }
    }

    /// Says to whom.
    #[must_use]
    pub fn subject(mut self, subject: &Subject) -> Self {
        self.subject = Some(subject.clone());
        self
    }

    /// Says for which client.
    #[must_use]
    pub fn client(mut self, client: &str) -> Self {
        self.client = Some(client.to_owned());
        self
    }

    /// Says to which session.
    #[must_use]
    pub const fn session(mut self, session: SessionId) -> Self {
        self.session = Some(session);
        self
    }

    /// Says to which access token, by its `jti`.
    #[must_use]
    pub fn token_id(mut self, id: &str) -> Self {
        self.token_id = Some(id.to_owned());
        self
    }

    /// Says to which key, by its `kid`.
    #[must_use]
    pub fn key_id(mut self, id: &str) -> Self {
        self.key_id = Some(id.to_owned());
        self
    }

    /// Says from where.
    #[must_use]
    pub const fn address(mut self, address: Option<IpAddr>) -> Self {
        self.address = address;
        self
    }

    /// Says why, by the code of an error.
    #[must_use]
    pub const fn reason(mut self, code: &'static str) -> Self {
        self.reason = Some(code);
        self
    }

    /// Says more, in a few words.
    #[must_use]
    pub fn detail(mut self, words: &str) -> Self {
        self.detail = Some(Excerpt::new(words));
        self
    }
}

/// Is told of every event, at once and in the thread in which it happens: it must not wait, or not
/// for longer than a caller of [`record`](Self::record) can.
pub trait EventSink: fmt::Debug + Send + Sync {
    /// Takes an event.
    fn record(&self, event: &Event);
}
