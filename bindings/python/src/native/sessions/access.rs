//! `jotem.sessions.Live` and `Stale`: access tokens that were verified.

use std::time::Duration;

use jotem::NumericDate;
use jotem_session::Access;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyTuple, PyType};

use super::texts::datetime;
use crate::json;
use crate::native::{objects, verified};

type Token = jotem::Verified<Access>;

/// An access token whose signature and claims hold: what ``Live`` and ``Stale`` have in common.
///
/// In annotations it takes the type of its claims: ``Live[Profile]``.
///
/// Example:
///     >>> live.authenticated_at <= live.expires_at
///     True
///     >>> live.claims["client_id"]
///     'default'
#[pyclass(frozen, subclass, module = "jotem.sessions")]
pub(super) struct AccessToken {
    token: Token,
    claims: PyOnceLock<Py<PyAny>>,
}

/// The proof that an access token was verified, and that nothing of it was revoked, as far as was known
/// a moment ago: not longer than ``max_staleness``.
///
/// Only ``verify`` makes one, so a function that takes a ``Live`` cannot be called with less.
///
/// Example:
///     >>> pair = sessions.start("ada", scopes=["invoices"], tenant="acme")
///     >>> live = sessions.verify(pair.access_token)
///     >>> live.subject, live.tenant, live.client, live.scopes
///     ('ada', 'acme', 'default', ('invoices',))
///     >>> live.session == pair.session
///     True
#[pyclass(frozen, extends = AccessToken, module = "jotem.sessions")]
pub(super) struct Live;

/// An access token that was verified while what is known of revocations was too old to say whether it
/// was revoked. Only ``verify_fail_open`` makes one.
///
/// Example:
///     >>> with Sessions(secret, max_staleness=0, poll_every=3600) as own:
///     ...     pair = own.start("ada")
///     ...     type(own.verify_fail_open(pair.access_token))
///     <class 'jotem.sessions.Stale'>
#[pyclass(frozen, extends = AccessToken, module = "jotem.sessions")]
pub(super) struct Stale {
    age: Option<Duration>,
}

impl AccessToken {
    fn new(token: Token, into: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let claims = PyOnceLock::new();
        if let Some(class) = into {
            let text = token.claims().json();
            let read = objects::from_claims(class, &json::read(class.py(), text)?, text)?;
            // A new cell is empty.
            let _ = claims.set(class.py(), read.unbind());
        }
        Ok(Self { token, claims })
    }
}

impl Live {
    /// Makes the proof.
    pub(super) fn of<'py>(
        py: Python<'py>,
        live: &jotem_session::Live,
        into: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let token = AccessToken::new(live.verified().clone(), into)?;
        Ok(Bound::new(py, PyClassInitializer::from(token).add_subclass(Self))?.into_any())
    }
}

impl Stale {
    /// Makes what is less than the proof.
    pub(super) fn of<'py>(
        py: Python<'py>,
        token: Token,
        age: Option<Duration>,
        into: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let token = AccessToken::new(token, into)?;
        Ok(Bound::new(py, PyClassInitializer::from(token).add_subclass(Self { age }))?.into_any())
    }
}

#[pymethods]
impl AccessToken {
    /// The claim ``sub``: who it is.
    #[getter]
    fn subject(&self) -> &str {
        self.token.claims().subject().unwrap_or_default()
    }

    /// The claim ``tenant``; None if there is none.
    #[getter]
    fn tenant(&self) -> Option<&str> {
        self.token.custom().tenant.as_deref()
    }

    /// The claim ``sid``: the session.
    #[getter]
    fn session(&self) -> &str {
        &self.token.custom().sid
    }

    /// The claim ``client_id`` (RFC 9068 section 2.2): the client.
    #[getter]
    fn client(&self) -> &str {
        &self.token.custom().client_id
    }

    /// The claim ``scope``, as a tuple.
    #[getter]
    fn scopes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let scope = self.token.custom().scope.as_deref().unwrap_or_default();
        PyTuple::new(py, scope.split(' ').filter(|one| !one.is_empty()).collect::<Vec<_>>())
    }

    /// The claim ``auth_time`` (RFC 9068 section 2.2.1): when the subject logged in. A refresh does not
    /// change it: a route that wants to see the user again compares it with now (RFC 9470).
    #[getter]
    fn authenticated_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        datetime(py, NumericDate::from_secs(self.token.custom().auth_time.into()))
    }

    /// The claim ``acr`` (RFC 9068 section 2.2.1): how sure one can be of who it is.
    #[getter]
    fn acr(&self) -> Option<&str> {
        self.token.custom().acr.as_deref()
    }

    /// The claim ``amr`` (RFC 8176): by what means the subject logged in.
    #[getter]
    fn amr<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.token.custom().amr)
    }

    /// The thumbprint of the key that the token is bound to (RFC 9449 section 6.1); None if to none.
    #[getter]
    fn bound_to(&self) -> Option<&str> {
        self.token.custom().cnf.as_ref().map(|cnf| cnf.jkt.as_str())
    }

    /// The claim ``exp`` as a datetime in UTC.
    #[getter]
    fn expires_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.token.claims().expires_at().map(|date| datetime(py, date)).transpose()
    }

    /// The claim ``jti``; None if there is none.
    #[getter]
    fn token_id(&self) -> Option<&str> {
        self.token.claims().token_id()
    }

    /// The header ``kid``: the key that signed; None if there is none.
    #[getter]
    fn key_id(&self) -> Option<&str> {
        self.token.header().key_id()
    }

    /// All claims: a dict, or an object of the class given as ``into``.
    #[getter]
    fn claims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let read = || json::read(py, self.token.claims().json()).map(Bound::unbind);
        Ok(self.claims.get_or_try_init(py, read)?.bind(py).clone())
    }

    /// Shows no claim: a proof may end up in a log.
    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let class = slf.get_type();
        Ok(format!("<jotem.sessions.{}: session {}>", class.name()?, slf.get().session()))
    }

    #[classmethod]
    fn __class_getitem__<'py>(
        class: &Bound<'py, PyType>,
        of: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        verified::generic(class, of)
    }
}

#[pymethods]
impl Stale {
    /// How long ago it was known what is revoked; None if it never was.
    #[getter]
    const fn age(&self) -> Option<Duration> {
        self.age
    }
}
