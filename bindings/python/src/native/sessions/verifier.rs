//! `jotem.sessions.SessionVerifier`: verifies access tokens against what was revoked.

use std::sync::Arc;

use jotem_session::{Liveness, VerifyError};
use pyo3::prelude::*;
use pyo3::{PyTraverseError, PyVisit};

use super::access::{Live, Stale};
use super::engine::Engine;
use super::errors;
use super::exchange::Exchange;
use super::operation::Operation;
use super::texts::{self, Expected, Given};
use crate::native::{arguments, fork, objects};

/// Verifies access tokens: the signature, the claims, and that nothing of them was revoked, as far as
/// this process knows. It never asks the store.
///
/// Made by ``Sessions.verifier`` and ``AsyncSessions.verifier``, for code that verifies and shall do
/// nothing else.
///
/// Example:
///     >>> verifier = sessions.verifier()
///     >>> pair = sessions.start("ada")
///     >>> verifier.verify(pair.access_token).subject
///     'ada'
///     >>> sessions.revoke_session("ada", pair.session)
///     >>> verifier.verify(pair.access_token)
///     Traceback (most recent call last):
///         ...
///     jotem.errors.TokenRevoked: the token was revoked: by its session
#[pyclass(frozen, module = "jotem.sessions")]
pub(super) struct SessionVerifier {
    pub(super) engine: Py<Engine>,
}

#[pymethods]
impl SessionVerifier {
    /// Verifies an access token; refuses to say anything while what is known of revocations is too old.
    ///
    /// It never waits, but for the first call in a process: that opens the sessions.
    ///
    /// Args:
    ///     token: The access token, without ``Bearer``.
    ///     proven: The RFC 7638 thumbprint of the key that the request proved (RFC 9449 section 7.1):
    ///         then only a token that is bound to that key is good. Without it, none that is bound is.
    ///     tenant: The tenant that is expected: a token of another one, or of none, is refused. Left
    ///         out, tokens of every tenant are good; ``None`` is a ``TypeError``, since that is what a
    ///         look-up gives that found no tenant.
    ///     into: A dataclass, a msgspec Struct or a pydantic model to read the claims into.
    ///
    /// Raises:
    ///     TokenRevoked: It was revoked: ``facts["by"]`` says by which of its names.
    ///     TokenRefused: The token itself is no good.
    ///     Unavailable: What is known is older than ``max_staleness``: answer 503.
    #[pyo3(signature = (token, *, proven=None, tenant=Expected::Any, into=None))]
    fn verify<'py>(
        &self,
        py: Python<'py>,
        token: &Bound<'py, PyAny>,
        proven: Given<'_, 'py>,
        tenant: Expected,
        into: Given<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let into = objects::class(into)?;
        let proven = arguments::optional_text("proven", proven)?;
        let token = arguments::token(token)?;
        let verdict = self.ask(py, |verifier| {
            let verifier = at(verifier, &tenant);
            match proven {
                Some(proven) => verifier.verify_bound::<()>(&token, proven),
                None => verifier.verify::<()>(&token),
            }
        })?;
        Live::of(py, &verdict.map_err(|error| errors::raise_unverified(py, error))?, into)
    }

    /// Verifies an access token; goes on, and raises an alarm, while what is known of revocations is
    /// too old, for an hour unless told. What was known to be revoked is refused all the same.
    ///
    /// For routes on which a token that was revoked a moment ago does no harm.
    ///
    /// Args:
    ///     token: The access token, without ``Bearer``.
    ///     tenant: As for ``verify``.
    ///     max_outage: How old what is known may be, a timedelta or seconds: one hour unless told.
    ///         Where nothing is known, for how long after the first token; zero for not at all.
    ///     into: As for ``verify``.
    #[pyo3(signature = (token, *, tenant=Expected::Any, max_outage=None, into=None))]
    fn verify_fail_open<'py>(
        &self,
        py: Python<'py>,
        token: &Bound<'py, PyAny>,
        tenant: Expected,
        max_outage: Given<'_, 'py>,
        into: Given<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let into = objects::class(into)?;
        let token = arguments::token(token)?;
        let max_outage = texts::span("max_outage", max_outage)?;
        let exchange = Arc::new(Exchange::default());
        let verdict: Result<Liveness, VerifyError> = self.ask(py, |verifier| {
            let mut verifier = at(verifier, &tenant);
            if let Some(age) = max_outage {
                verifier = verifier.max_outage(age);
            }
            exchange.during(|| verifier.verify_fail_open(&token))
        })?;
        if let Some(callback) = self.engine.get().slot.recipe().on_event() {
            exchange.tell(callback);
        }
        match verdict.map_err(|error| errors::raise_unverified(py, error))? {
            Liveness::Live(live) => Live::of(py, &live, into),
            Liveness::Stale(token, age) => Stale::of(py, token, age, into),
        }
    }

    fn __repr__(&self) -> &'static str {
        "<jotem.sessions.SessionVerifier>"
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.engine)
    }
}

impl SessionVerifier {
    /// Asks the engine's verifier of this process, which is opened if it is not.
    fn ask<T: Send>(
        &self,
        py: Python<'_>,
        verify: impl Fn(jotem_session::SessionVerifier) -> T + Sync,
    ) -> PyResult<T> {
        let slot = &self.engine.get().slot;
        loop {
            let asked = fork::pass(py, || slot.verifier().map(|verifier| verifier.map(&verify)));
            match asked.map_err(|failure| errors::raise(py, failure))? {
                Some(verdict) => return Ok(verdict),
                None => drop(Operation::open(slot)?.wait(py)?),
            }
        }
    }
}

/// Expects a tenant, if one is named.
fn at(
    verifier: jotem_session::SessionVerifier,
    tenant: &Expected,
) -> jotem_session::SessionVerifier {
    match tenant {
        Expected::Tenant(name) => verifier.tenant(name.clone()),
        Expected::Any => verifier,
    }
}
