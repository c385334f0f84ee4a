//! `jotem.sessions.SessionEvent`: what happens to sessions, for a log, an alarm, a counter.

use jotem::error::Excerpt;
use jotem_session::event::Event;
use jotem_session::store::Subject;
use pyo3::prelude::*;

use super::texts::datetime;

/// Something that happened, as ``on_event`` hears of it. There is no token and no secret in it.
///
/// ``str(event)`` is a line for a log. The kinds, and what they mean:
///
/// ::
///
///     session.start      somebody logged in
///     session.displaced  a session ended because the subject had too many
///     refresh.rotated    a refresh token was exchanged for the next one
///     refresh.replayed   it came once more within the window, and got the same answer
///     refresh.repaired   it was newer than the store knew: the store lost what it had written
///     refresh.behind     the same, and the policy ended the session
///     refresh.reuse      it was exchanged long ago: two have it. The session ended
///     refresh.refused    it was refused for another reason
///     revoke.token       a token was revoked
///     revoke.session     a session was revoked: somebody logged out
///     revoke.subject     all sessions of a subject were revoked
///     revoke.client      all sessions of a client were revoked
///     revoke.key         everything that a key had signed was revoked
///     key.rotate         a key began to sign
///     key.compromise     a key was removed because somebody else may have it
///     view.stale         what verifiers know of revocations is older than they allow
///     view.fresh         it is fresh again
///     store.failed       the store did not do what it was asked
///
/// Example:
///     >>> seen = []
///     >>> with Sessions(secret, on_event=seen.append, policy="strict") as own:
///     ...     pair = own.start("ada")
///     ...     _ = own.refresh(pair.refresh_token)
///     ...     try:
///     ...         own.refresh(pair.refresh_token)
///     ...     except errors.SessionRefused as error:
///     ...         print(error.code)
///     session_reuse
///     >>> [event.kind for event in seen]
///     ['session.start', 'refresh.rotated', 'refresh.reuse']
///     >>> seen[-1].is_alarm, seen[-1].subject, seen[-1].reason
///     (True, 'ada', 'session_reuse')
#[pyclass(frozen, module = "jotem.sessions")]
pub(super) struct SessionEvent(Event);

impl SessionEvent {
    /// Makes the object of an event.
    pub(super) fn of(py: Python<'_>, event: Event) -> PyResult<Bound<'_, PyAny>> {
        Ok(Bound::new(py, Self(event))?.into_any())
    }
}

#[pymethods]
impl SessionEvent {
    /// What happened, by a word of the list above.
    #[getter]
    const fn kind(&self) -> &'static str {
        self.0.action.as_str()
    }

    /// Whether a person should look at it at once: theft, or a store that forgets or fails.
    #[getter]
    const fn is_alarm(&self) -> bool {
        self.0.action.is_alarm()
    }

    /// When, by the clock of this machine.
    #[getter]
    fn at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        datetime(py, self.0.at)
    }

    /// To whom.
    #[getter]
    fn subject(&self) -> Option<&str> {
        self.0.subject.as_ref().map(Subject::name)
    }

    /// The tenant of the subject.
    #[getter]
    fn tenant(&self) -> Option<&str> {
        self.0.subject.as_ref().and_then(Subject::tenant_name)
    }

    /// For which client.
    #[getter]
    fn client(&self) -> Option<&str> {
        self.0.client.as_deref()
    }

    /// To which session.
    #[getter]
    fn session(&self) -> Option<String> {
        self.0.session.map(|session| session.to_string())
    }

    /// To which access token: its ``jti``.
    #[getter]
    fn token_id(&self) -> Option<&str> {
        self.0.token_id.as_deref()
    }

    /// To which key: its ``kid``.
    #[getter]
    fn key_id(&self) -> Option<&str> {
        self.0.key_id.as_deref()
    }

    /// From where, if the program said so.
    #[getter]
    fn address(&self) -> Option<String> {
        self.0.address.map(|address| address.to_string())
    }

    /// Why: the code of an error.
    #[getter]
    const fn reason(&self) -> Option<&'static str> {
        self.0.reason
    }

    /// What else a person may want to know, in a few words.
    #[getter]
    fn detail(&self) -> Option<&str> {
        self.0.detail.as_ref().map(Excerpt::as_str)
    }

    /// Texts of others are excerpts: quoted, escaped, and short.
    fn __str__(&self) -> String {
        let mut line = self.0.action.as_str().to_owned();
        let mut say = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                line.push_str(&format!(" {name}={:?}", Excerpt::new(value).as_str()));
            }
        };
        say("subject", self.subject());
        say("tenant", self.tenant());
        say("client", self.client());
        say("session", self.session().as_deref());
        say("token_id", self.token_id());
        say("key_id", self.key_id());
        say("address", self.address().as_deref());
        say("reason", self.reason());
        if let Some(detail) = self.detail() {
            line.push_str(&format!(": {detail}"));
        }
        line
    }

    fn __repr__(&self) -> String {
        format!("<jotem.sessions.SessionEvent: {}>", self.__str__())
    }
}
