//! What sessions a subject has: for a page on which they can end one.

use jotem::NumericDate;

use super::{SessionError, Sessions};
use crate::refresh_token::SessionId;
use crate::rotation::State;
use crate::store::{NameKind, Subject};

/// The sessions of a subject.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SessionList {
    /// The subject's epoch: it changes when everything of the subject is revoked. See
    /// [`Grant::expected_epoch`](super::Grant::expected_epoch).
    pub epoch: u32,
    /// Those that live, the one that was used last first.
    pub sessions: Vec<SessionInfo>,
}

/// One session, as a person may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionInfo {
    /// The session.
    pub id: SessionId,
    /// Its client; absent if the client was revoked.
    pub client_id: Option<String>,
    /// What was granted, with spaces between.
    pub scope: String,
    /// A device, a place: what was said at login.
    pub label: Option<String>,
    /// When the subject logged in.
    pub authenticated_at: NumericDate,
    /// When its refresh token was used last.
    pub last_used_at: NumericDate,
    /// When it ends if it is not used.
    pub idle_end_at: NumericDate,
    /// When it ends at the latest.
    pub end_at: NumericDate,
    /// Whether it is bound to a key.
    pub is_bound: bool,
}

impl Sessions {
    /// Returns the sessions of a subject that live.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    ///
    /// # Examples
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use jotem::Secret;
    /// use jotem_session::{Grant, Sessions};
    ///
    /// let sessions = Sessions::builder(Secret::from(vec![7; 32])).open().await?;
    /// sessions.start("ada", Grant::new().label("Firefox on Linux")).await?;
    ///
    /// let list = sessions.list("ada").await?;
    /// assert_eq!(list.sessions[0].label.as_deref(), Some("Firefox on Linux"));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn list(&self, subject: impl Into<Subject>) -> Result<SessionList, SessionError> {
        let shared = &*self.0;
        let failed = |error| shared.store_failed(error);
        let key = shared.subject_key(&subject.into());
        let listed = shared.store.list(key).await.map_err(failed)?;
        let now_s = listed.now_ms / 1000;
        let date = |seconds: u32| NumericDate::from_secs(seconds.into());
        let mut sessions = Vec::new();
        for (id, record, label) in listed.sessions {
            let ends = u64::from(record.idle_end_s.min(record.end_s));
            if record.state != State::Active || ends <= now_s {
                continue;
            }
            let client_id = shared.store.name_of(NameKind::Client, record.client).await;
            let granted = shared.names.grant(&*shared.store, record.grant).await;
            sessions.push(SessionInfo {
                id,
                client_id: client_id.map_err(failed)?,
                scope: granted.map_err(failed)?.scopes.join(" "),
                label,
                authenticated_at: date(record.authenticated_s),
                last_used_at: NumericDate::from_secs(record.rotated_at_ms / 1000),
                idle_end_at: date(record.idle_end_s),
                end_at: date(record.end_s),
                is_bound: record.binding.is_some(),
            });
        }
        sessions.sort_by_key(|session| std::cmp::Reverse(session.last_used_at));
        Ok(SessionList { epoch: listed.epoch, sessions })
    }
}
