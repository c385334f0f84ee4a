//! What `Sessions` and `AsyncSessions` are built on: every call as an operation.

use std::future::Future;
use std::sync::Arc;

use jotem::Secret;
use jotem_session::refresh_token::SessionId;
use jotem_session::store::Subject;
use jotem_session::{Presenter, SessionError, Sessions};
use pyo3::prelude::*;
use pyo3::types::PyBool;
use pyo3::{PyTraverseError, PyVisit};

use super::audit::{self, AuditState};
use super::errors::{self, Failure};
use super::list::SessionList;
use super::operation::{Make, Operation, nothing};
use super::pair::TokenPair;
use super::recipe::Recipe;
use super::slot::Slot;
use super::texts::{self, Expected, Given, number, scopes, span, text};
use super::verifier::SessionVerifier;
use super::{policy, runtime};
use crate::native::issuer::audiences;
use crate::native::key::Key;
use crate::native::remote::Callback;
use crate::native::ring::{KeyRing, Publication};
use crate::native::{algorithm, arguments, date, errors as native, fork};

/// Sessions, with every call as an operation for somebody to drive.
#[pyclass(name = "SessionsEngine", frozen, module = "jotem._jotem")]
pub(super) struct Engine {
    pub(super) slot: Arc<Slot>,
}

#[pymethods]
impl Engine {
    #[new]
    #[pyo3(signature = (
        secret, *, store, issuer, audience, policy, access_lifetime, ring, key, algorithm,
        default_client, max_sessions, max_staleness, cache, asks_for_claims, on_event, audit, poll_every,
        maintain
    ))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments, each by its name")]
    fn new(
        py: Python<'_>,
        secret: &Bound<'_, PyAny>,
        store: Given<'_, '_>,
        issuer: Given<'_, '_>,
        audience: Given<'_, '_>,
        policy: Given<'_, '_>,
        access_lifetime: Given<'_, '_>,
        ring: Given<'_, '_>,
        key: Given<'_, '_>,
        algorithm: Given<'_, '_>,
        default_client: Given<'_, '_>,
        max_sessions: Given<'_, '_>,
        max_staleness: Given<'_, '_>,
        cache: Given<'_, '_>,
        asks_for_claims: bool,
        on_event: Given<'_, '_>,
        audit: Given<'_, '_>,
        poll_every: Given<'_, '_>,
        maintain: bool,
    ) -> PyResult<Self> {
        if [ring, key, algorithm].iter().filter(|keys| keys.is_some()).count() > 1 {
            let message = "of `ring`, `key` and `algorithm` there can be one";
            let hint = "algorithm= is of the ring in the store; a ring or a key has its own";
            return Err(native::misuse(py, message, hint));
        }
        let event = "a callable that takes a jotem.sessions.SessionEvent";
        let on_event =
            on_event.map(|value| Callback::read("on_event", event, value)).transpose()?;
        let recipe = Recipe {
            secret: Secret::from(arguments::bytes("secret", secret)?),
            store: text("store", store)?,
            issuer: text("issuer", issuer)?,
            // Without any, every audience is taken: an empty list must not come to mean that.
            audiences: audience.map(audiences).transpose()?.unwrap_or_default(),
            policy: policy.map(policy::read).transpose()?,
            access_lifetime: span("access_lifetime", access_lifetime)?,
            ring: ring.map(ring_of).transpose()?,
            key: key.map(key_of).transpose()?,
            algorithm: algorithm.map(algorithm::read).transpose()?,
            default_client: text("default_client", default_client)?,
            max_sessions: number("max_sessions", max_sessions)?,
            max_staleness: span("max_staleness", max_staleness)?,
            cache: cache.map(|value| arguments::count("cache", value)).transpose()?,
            asks_for_claims,
            on_event: on_event.map(Arc::new),
            audit: audit.map(audit::read).transpose()?,
            poll_every: span("poll_every", poll_every)?,
            leaves_upkeep: !maintain,
        };
        Ok(Self { slot: Slot::new(recipe) })
    }

    /// Opens the store.
    fn open(&self) -> PyResult<Operation> {
        Operation::open(&self.slot)
    }

    /// Lets go of the store for good.
    fn close(&self) -> PyResult<Operation> {
        let slot = Arc::clone(&self.slot);
        Operation::undisturbed(&self.slot, async move {
            let open = slot.close();
            // A file is closed when what waits for it is written.
            let closed = tokio::task::spawn_blocking(move || open.close());
            drop(runtime::home()?.finish(closed).await);
            Ok(nothing())
        })
    }

    #[expect(clippy::too_many_arguments, reason = "each by its name in `Sessions.start`")]
    fn start(
        &self,
        subject: &Bound<'_, PyAny>,
        tenant: Given<'_, '_>,
        client: Given<'_, '_>,
        scope: Given<'_, '_>,
        audience: Given<'_, '_>,
        authenticated_at: Given<'_, '_>,
        acr: Given<'_, '_>,
        amr: Given<'_, '_>,
        bound_to: Given<'_, '_>,
        label: Given<'_, '_>,
        address: Given<'_, '_>,
        expected_epoch: Given<'_, '_>,
    ) -> PyResult<Operation> {
        type Grant = jotem_session::Grant;
        let subject = subject_of(subject, tenant)?;
        let mut grant = Grant::new();
        if let Some(value) = scope {
            grant = grant.scopes(scopes("scopes", value)?);
        }
        if let Some(value) = audience {
            grant = grant.audiences(arguments::texts("audience", value)?);
        }
        if let Some(value) = authenticated_at {
            grant = grant.authenticated_at(date::read("authenticated_at", value)?);
        }
        if let Some(value) = amr {
            grant = grant.amr(arguments::texts("amr", value)?);
        }
        if let Some(value) = address {
            grant = grant.address(texts::address(value)?);
        }
        if let Some(epoch) = number("expected_epoch", expected_epoch)? {
            grant = grant.expected_epoch(epoch);
        }
        let set = |grant: Grant, value: Option<String>, set: fn(Grant, String) -> Grant| match value
        {
            Some(value) => set(grant, value),
            None => grant,
        };
        grant = set(grant, text("client", client)?, Grant::client);
        grant = set(grant, text("acr", acr)?, Grant::acr);
        grant = set(grant, text("bound_to", bound_to)?, Grant::bound_to);
        grant = set(grant, text("label", label)?, Grant::label);
        self.run(move |sessions| async move { sessions.start(subject, grant).await.map(pair) })
    }

    #[expect(clippy::too_many_arguments, reason = "each by its name in `Sessions.refresh`")]
    fn refresh(
        &self,
        token: &Bound<'_, PyAny>,
        client: Given<'_, '_>,
        scope: Given<'_, '_>,
        audience: Given<'_, '_>,
        proves: Given<'_, '_>,
        tenant: Expected,
        address: Given<'_, '_>,
    ) -> PyResult<Operation> {
        let token = arguments::token(token)?.into_owned();
        let mut presenter = Presenter::new();
        if let Some(client) = text("client", client)? {
            presenter = presenter.client(client);
        }
        if let Some(value) = scope {
            presenter = presenter.scopes(scopes("scopes", value)?);
        }
        if let Some(value) = audience {
            presenter = presenter.audiences(arguments::texts("audience", value)?);
        }
        if let Some(key) = text("proves", proves)? {
            presenter = presenter.proves(key);
        }
        if let Expected::Tenant(name) = tenant {
            presenter = presenter.tenant(name);
        }
        if let Some(value) = address {
            presenter = presenter.address(texts::address(value)?);
        }
        self.run(
            move |sessions| async move { sessions.refresh_as(&token, &presenter).await.map(pair) },
        )
    }

    fn revoke_token(&self, token: &Bound<'_, PyAny>) -> PyResult<Operation> {
        let token = arguments::token(token)?.into_owned();
        self.run(move |sessions| async move {
            let was_ours = sessions.revoke_token(&token).await?;
            Ok(made(move |py| Ok(PyBool::new(py, was_ours).to_owned().into_any().unbind())))
        })
    }

    fn revoke_session(
        &self,
        subject: &Bound<'_, PyAny>,
        session: &Bound<'_, PyAny>,
        tenant: Given<'_, '_>,
    ) -> PyResult<Operation> {
        let subject = subject_of(subject, tenant)?;
        let Some(session) = SessionId::from_text(arguments::text("session", session)?) else {
            let hint = "it is `session` of a TokenPair or of a Live, or `id` of a SessionInfo";
            return Err(native::misuse(session.py(), "session is not the id of one", hint));
        };
        self.run(move |sessions| async move {
            sessions.revoke_session(subject, session).await.map(|()| nothing())
        })
    }

    fn revoke_subject(
        &self,
        subject: &Bound<'_, PyAny>,
        tenant: Given<'_, '_>,
    ) -> PyResult<Operation> {
        let subject = subject_of(subject, tenant)?;
        self.run(move |sessions| async move {
            let ended = sessions.revoke_subject(subject).await?;
            Ok(made(move |py| Ok(ended.into_pyobject(py)?.into_any().unbind())))
        })
    }

    fn revoke_client(&self, client: &Bound<'_, PyAny>) -> PyResult<Operation> {
        let client = arguments::text("client", client)?.to_owned();
        self.run(move |sessions| async move {
            sessions.revoke_client(&client).await.map(|()| nothing())
        })
    }

    fn revoke_key(&self, key_id: &Bound<'_, PyAny>) -> PyResult<Operation> {
        let key_id = arguments::text("key_id", key_id)?.to_owned();
        self.run(
            move |sessions| async move { sessions.revoke_key(&key_id).await.map(|()| nothing()) },
        )
    }

    fn list(&self, subject: &Bound<'_, PyAny>, tenant: Given<'_, '_>) -> PyResult<Operation> {
        let subject = subject_of(subject, tenant)?;
        self.run(move |sessions| async move {
            let list = sessions.list(subject).await?;
            Ok(made(move |py| Ok(Py::new(py, SessionList::new(py, list)?)?.into_any())))
        })
    }

    fn rotate_keys(&self) -> PyResult<Operation> {
        self.run(move |sessions| async move { sessions.rotate_keys().await.map(|()| nothing()) })
    }

    fn catch_up(&self) -> PyResult<Operation> {
        self.run(move |sessions| async move { sessions.catch_up().await.map(|()| nothing()) })
    }

    /// The verifier of access tokens.
    fn verifier(slf: Bound<'_, Self>) -> SessionVerifier {
        SessionVerifier { engine: slf.unbind() }
    }

    /// What is to be published now.
    fn publication(&self, py: Python<'_>) -> PyResult<Publication> {
        let published = || {
            let sessions = self.slot.open_sessions()?;
            Ok(sessions.map(|sessions| sessions.ring().map(jotem_jwks::ring::KeyRing::publication)))
        };
        let publication = loop {
            match fork::pass(py, published).map_err(|failure| errors::raise(py, failure))? {
                Some(publication) => break publication,
                None => drop(Operation::open(&self.slot)?.wait(py)?),
            }
        };
        match publication {
            Some(Ok(publication)) => Ok(Publication(publication)),
            Some(Err(error)) => Err(native::raise_ring(py, &error)),
            None => {
                let hint = "publish `KeySet([key.public()])` where verifiers look for it";
                Err(native::misuse(py, "sessions with `key=` have no ring to publish", hint))
            }
        }
    }

    /// What the audit log did so far; nothing if there is none that is open here.
    fn audit_state(&self) -> Option<AuditState> {
        self.slot.audit_log().map(|log| AuditState::of(&log))
    }

    /// Whether it was closed.
    #[getter]
    fn is_closed(&self) -> bool {
        self.slot.is_closed()
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.slot.recipe().on_event().map_or(Ok(()), |callback| callback.traverse(&visit))
    }

    fn __clear__(&self) {
        self.slot.recipe().on_event().iter().for_each(|callback| callback.clear());
    }
}

impl Engine {
    fn run<F>(&self, call: impl FnOnce(Sessions) -> F + Send + 'static) -> PyResult<Operation>
    where
        F: Future<Output = Result<Make, SessionError>> + Send + 'static,
    {
        let slot = Arc::clone(&self.slot);
        Operation::new(&self.slot, async move {
            let sessions = slot.sessions().await?;
            call(sessions).await.map_err(Failure::from)
        })
    }
}

fn made(make: impl FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send + 'static) -> Make {
    Box::new(make)
}

fn pair(pair: jotem_session::TokenPair) -> Make {
    made(|py| Ok(Py::new(py, TokenPair(pair))?.into_any()))
}

fn subject_of(subject: &Bound<'_, PyAny>, tenant: Given<'_, '_>) -> PyResult<Subject> {
    let subject = Subject::new(arguments::text("subject", subject)?);
    Ok(match arguments::optional_text("tenant", tenant)? {
        Some(tenant) => subject.tenant(tenant),
        None => subject,
    })
}

fn ring_of(value: &Bound<'_, PyAny>) -> PyResult<jotem_jwks::ring::KeyRing> {
    let ring = value.cast::<KeyRing>();
    let ring = ring.map_err(|_| arguments::wrong_type("ring", "jotem.KeyRing", value))?.get();
    if ring.clock.is_some() {
        let hint = "open it without `clock=`: the store has a clock of its own";
        return Err(native::misuse(value.py(), "the ring of sessions cannot have a clock", hint));
    }
    Ok(ring.engine.clone())
}

fn key_of(value: &Bound<'_, PyAny>) -> PyResult<jotem::SigningKey> {
    let key = value.cast::<Key>();
    let key = key.map_err(|_| arguments::wrong_type("key", "jotem.Key", value))?.get();
    key.signing().cloned().map_err(|error| native::raise(value.py(), error))
}
