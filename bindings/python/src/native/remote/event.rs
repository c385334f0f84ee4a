//! `jotem.JWKSEvent`: what happened to remote key sets.

use jotem_jwks::remote::{FetchReason, JwksEvent, SkipReason, UnknownKeyRefusal};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::native::errors;

/// Something that happened to a remote key set, as ``on_event`` of a ``JWKSClient`` hears of it.
///
/// ``str(event)`` is a line for a log. Texts of others are excerpts: at most 64 escaped characters.
/// The kinds, what they mean, and the names of their facts:
///
/// ::
///
///     thread_started        the thread that fetches was started: on first use, and after a fork.
///                           process
///     fetch_started         a request is about to be sent. reason: no_keys, ahead, unknown_key, asked
///     discovered            the issuer said where its keys are. issuer
///     fetch_succeeded       a key set was fetched. keys (how many can be used), fresh_for
///     not_modified          the server says that the set is what it was. fresh_for
///     fetch_failed          good keys stay, until the hard age. code; error is a FetchFailed
///     keys_replaced         the keys are others than before. added, removed
///     member_skipped        a member of a set is not used. position, key_id, reason; error is a
///                           KeyRefused where it cannot be read
///     unknown_key_refused   a token named an unknown key, and nothing was fetched for it: said once
///                           in each cool-down. reason: cool_down, known_absent
///     stale_served          keys past their soft age are served: said once for each set. age
///     hard_age_reached      the keys are too old to be served: said once for each set. age
///
/// Example:
///     >>> from jotem import JWKSClient, Verifier, errors
///     >>> seen = []
///     >>> client = JWKSClient(key_set="http://127.0.0.1:9/jwks.json", on_event=seen.append)
///     >>> try:
///     ...     client.ready()
///     ... except errors.FetchFailed:
///     ...     [event.kind for event in seen]
///     ['thread_started', 'fetch_started', 'fetch_failed']
///     >>> seen[2].url, seen[2].facts
///     ('http://127.0.0.1:9/jwks.json', {'code': 'jwks_connection'})
///     >>> seen[2].error.hint
///     'is the server up, and may this machine reach it?'
#[pyclass(name = "JWKSEvent", frozen, get_all, module = "jotem")]
pub(super) struct Event {
    /// What happened, by a name of the list above.
    kind: &'static str,
    /// The key set or the issuer that it is about; None for ``thread_started``.
    url: Option<String>,
    /// More, by name.
    facts: Py<PyDict>,
    /// What failed, as it would be raised: ``FetchFailed``, or ``KeyRefused`` for a member of a set.
    error: Option<Py<PyAny>>,
}

impl Event {
    /// Copies an event.
    pub(super) fn new(py: Python<'_>, event: &JwksEvent) -> PyResult<Self> {
        let facts = PyDict::new(py);
        let (kind, url, error) = read(event, &facts)?;
        Ok(Self {
            kind,
            url: url.map(ToString::to_string),
            facts: facts.unbind(),
            error: error.map(Bound::unbind),
        })
    }
}

#[pymethods]
impl Event {
    fn __str__(&self, py: Python<'_>) -> PyResult<String> {
        let mut line = self.kind.to_owned();
        if let Some(url) = &self.url {
            line.push(' ');
            line.push_str(url);
        }
        for (name, value) in self.facts.bind(py) {
            line.push_str(&format!(", {name}: {value}"));
        }
        if let Some(error) = &self.error {
            line.push_str(&format!(": {}", error.bind(py).str()?));
        }
        Ok(line)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<jotem.JWKSEvent: {}>", self.__str__(py)?))
    }
}

/// What an event is called, what it is about, and what failed.
type Read<'e, 'py> = (&'static str, Option<&'e jotem::error::Excerpt>, Option<Bound<'py, PyAny>>);

#[expect(clippy::too_many_lines, reason = "a table")]
fn read<'e, 'py>(event: &'e JwksEvent, facts: &Bound<'py, PyDict>) -> PyResult<Read<'e, 'py>> {
    let py = facts.py();
    let names = |names: &[jotem::error::Excerpt]| {
        PyList::new(py, names.iter().map(jotem::error::Excerpt::as_str))
    };
    Ok(match event {
        JwksEvent::FetchStarted { url, reason } => {
            facts.set_item("reason", fetch_reason(*reason))?;
            ("fetch_started", Some(url), None)
        }
        JwksEvent::FetchSucceeded { url, keys, fresh_for } => {
            facts.set_item("keys", keys)?;
            facts.set_item("fresh_for", fresh_for)?;
            ("fetch_succeeded", Some(url), None)
        }
        JwksEvent::NotModified { url, fresh_for } => {
            facts.set_item("fresh_for", fresh_for)?;
            ("not_modified", Some(url), None)
        }
        JwksEvent::FetchFailed { url, error } => {
            facts.set_item("code", error.code())?;
            ("fetch_failed", Some(url), Some(errors::of_fetch(py, error)?))
        }
        JwksEvent::KeysReplaced { url, added, removed } => {
            facts.set_item("added", names(added)?)?;
            facts.set_item("removed", names(removed)?)?;
            ("keys_replaced", Some(url), None)
        }
        JwksEvent::MemberSkipped { url, position, key_id, reason } => {
            facts.set_item("position", position)?;
            facts.set_item("key_id", key_id.as_ref().map(jotem::error::Excerpt::as_str))?;
            facts.set_item("reason", reason.to_string())?;
            let error = match reason {
                SkipReason::Unusable(reason) => Some(errors::of_key_error(py, reason)?),
                _ => None,
            };
            ("member_skipped", Some(url), error)
        }
        JwksEvent::Discovered { issuer, url } => {
            facts.set_item("issuer", issuer.as_str())?;
            ("discovered", Some(url), None)
        }
        JwksEvent::UnknownKeyRefused { url, reason } => {
            facts.set_item("reason", refusal(*reason))?;
            ("unknown_key_refused", Some(url), None)
        }
        JwksEvent::StaleServed { url, age } => {
            facts.set_item("age", age)?;
            ("stale_served", Some(url), None)
        }
        JwksEvent::HardAgeReached { url, age } => {
            facts.set_item("age", age)?;
            ("hard_age_reached", Some(url), None)
        }
        JwksEvent::ThreadStarted { process } => {
            facts.set_item("process", process)?;
            ("thread_started", None, None)
        }
        _ => ("other", None, None),
    })
}

const fn fetch_reason(reason: FetchReason) -> &'static str {
    match reason {
        FetchReason::NoKeys => "no_keys",
        FetchReason::Ahead => "ahead",
        FetchReason::UnknownKey => "unknown_key",
        FetchReason::Asked => "asked",
        _ => "other",
    }
}

const fn refusal(reason: UnknownKeyRefusal) -> &'static str {
    match reason {
        UnknownKeyRefusal::CoolDown => "cool_down",
        UnknownKeyRefusal::KnownAbsent => "known_absent",
        _ => "other",
    }
}
