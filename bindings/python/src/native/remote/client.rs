//! `jotem.JWKSClient`: the engine's client, built from keyword arguments.

use std::sync::Arc;

use jotem_jwks::remote::{JwksClient, JwksClientBuilder as Builder};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple};
use pyo3::{PyTraverseError, PyVisit};

use super::callback::{Callback, refuse_to_wait};
use super::settings::{self, Settings};
use super::status::SourceStatus;
use crate::native::verified::Verified;
use crate::native::verifier::Verifier;
use crate::native::{arguments, errors, objects};

/// Keeps the published keys of issuers at hand: fetches them, keeps them, fetches them again.
///
/// Make one when the program starts, and a ``Verifier`` of it. The verifier reads the keys that are
/// there, and never waits. ``client.verify`` and ``await client.verify_async`` wait for one fetch
/// where that can help: when there are no keys yet, or when a token names one that is not among
/// them. A thread of the client's own does all the fetching. After a fork the child makes its own.
///
/// A fetched set replaces the one before it as a whole; one that is broken replaces nothing. No
/// redirect is followed, no proxy and no credentials of the environment are used, secrets and private
/// keys in a set are skipped, and TLS cannot be turned off.
///
/// Keys stay good for as long as their issuer cannot be asked, up to the hard age: so long can a key
/// that was withdrawn be used by whoever keeps this program from reaching the issuer.
///
/// Args:
///     issuer: An issuer that says itself where its keys are (OpenID Connect Discovery, RFC 8414), or
///         several. Its metadata must name exactly this issuer; its keys verify its tokens only.
///     key_set: The URL of a key set that belongs to nobody, or several: the verifier alone decides
///         whose tokens they are. Or a mapping of issuers to the URLs of their key sets: each
///         verifies tokens of its issuer only (RFC 8725 section 3.8).
///     algorithms: What the issuers sign with: the allow-list of a verifier that has none of its own.
///         A key that names no algorithm gets the one of these that fits it; RSA keys RS256 if not
///         given.
///     soft_age: For how long fetched keys are fresh, at least and at most, whatever the server says:
///         two of timedelta or seconds. A minute and an hour if not given.
///     soft_age_unless_said: For how long they are if the server does not say: five minutes if not
///         given.
///     hard_age: Until which age keys are served that could not be fetched again: two days if not
///         given, at most thirty.
///     cool_down: For how long no request is sent for an unknown key, after a first one and after
///         the next ones: 10 and 30 seconds if not given.
///     remember_absent: For how long a key that a fetched set did not have is not asked for again: a
///         minute if not given.
///     deadline: How long an attempt may take in all: five seconds if not given, at most a minute.
///     headers: Request headers, for each origin: ``{"https://login.example": {"X-Key": "…"}}``. They
///         go nowhere else.
///     allow_http: Hosts that may be asked without TLS. This machine may always.
///     allow_private: Hosts at addresses that are not public to which an issuer's metadata may lead.
///         Hosts that the program itself names need not be listed.
///     certificate_authorities: Certificate authorities in PEM, beside those of the system.
///     proxy: A proxy for all requests but those to this machine: ``http://proxy.example:3128``.
///     proxy_login: User and password for it.
///     resolve_names: Returns the addresses of a host, in place of the system. It is called on a
///         thread of the client's.
///     clock: Returns the time by which ages and pauses are told: an aware datetime, or seconds since
///         1970. It should only go forward; the system's that nobody can set, if not given. For tests:
///         it is asked at each look-up, on any thread, and should use nothing of jotem's. If it raises
///         later on, that goes to ``sys.unraisablehook``, and time goes on as the system's does.
///     on_event: Hears of every ``JWKSEvent``, on the client's thread or on one that verifies; it
///         should be quick, and cannot wait for the client. What it raises goes to
///         ``sys.unraisablehook`` and changes nothing.
///
/// Raises:
///     Misuse: No source, a URL that is not plain https, a number out of its range, a header or
///         certificates that cannot be used.
///
/// Example:
///     >>> from jotem import JWKSClient, Verifier
///     >>> client = JWKSClient(issuer="https://login.example")
///     >>> verifier = Verifier(
///     ...     client, algorithms=["RS256"], issuer="https://login.example", audience="api"
///     ... )
///     >>> JWKSClient(key_set="http://login.example/jwks.json")
///     Traceback (most recent call last):
///         ...
///     jotem.errors.Misuse: the URL http://login.example/jwks.json is neither https nor http on this machine
#[pyclass(name = "JWKSClient", frozen, weakref, module = "jotem")]
pub(in crate::native) struct Client {
    pub(in crate::native) engine: JwksClient,
    callbacks: Vec<Arc<Callback>>,
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (
        *, issuer=None, key_set=None, algorithms=None, soft_age=None, soft_age_unless_said=None,
        hard_age=None, cool_down=None, remember_absent=None, deadline=None, headers=None,
        allow_http=None, allow_private=None, certificate_authorities=None, proxy=None,
        proxy_login=None, resolve_names=None, clock=None, on_event=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments, each by its name")]
    fn new<'py>(
        py: Python<'py>,
        issuer: Option<&Bound<'py, PyAny>>,
        key_set: Option<&Bound<'py, PyAny>>,
        algorithms: Option<&Bound<'py, PyAny>>,
        soft_age: Option<&Bound<'py, PyAny>>,
        soft_age_unless_said: Option<&Bound<'py, PyAny>>,
        hard_age: Option<&Bound<'py, PyAny>>,
        cool_down: Option<&Bound<'py, PyAny>>,
        remember_absent: Option<&Bound<'py, PyAny>>,
        deadline: Option<&Bound<'py, PyAny>>,
        headers: Option<&Bound<'py, PyAny>>,
        allow_http: Option<&Bound<'py, PyAny>>,
        allow_private: Option<&Bound<'py, PyAny>>,
        certificate_authorities: Option<&Bound<'py, PyAny>>,
        proxy: Option<&Bound<'py, PyAny>>,
        proxy_login: Option<&Bound<'py, PyAny>>,
        resolve_names: Option<&Bound<'py, PyAny>>,
        clock: Option<&Bound<'py, PyAny>>,
        on_event: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let Settings { builder, callbacks } = Settings::new()
            .each("issuer", issuer, Builder::issuer)?
            .with(key_set, settings::key_sets)?
            .with(algorithms, settings::algorithms)?
            .spans("soft_age", soft_age, Builder::soft_age)?
            .span("soft_age_unless_said", soft_age_unless_said, Builder::soft_age_unless_said)?
            .span("hard_age", hard_age, Builder::hard_age)?
            .spans("cool_down", cool_down, Builder::cool_down)?
            .span("remember_absent", remember_absent, Builder::remember_absent)?
            .span("deadline", deadline, Builder::deadline)?
            .with(headers, settings::headers)?
            .each("allow_http", allow_http, Builder::allow_http)?
            .each("allow_private", allow_private, Builder::allow_private)?
            .with(certificate_authorities, |builder, pem| {
                let pem = arguments::bytes("certificate_authorities", pem)?;
                Ok(builder.certificate_authorities(pem))
            })?
            .with(proxy, |builder, url| Ok(builder.proxy(arguments::text("proxy", url)?)))?
            .with(proxy_login, settings::proxy_login)?
            .resolve_names(resolve_names)?
            .clock(clock)?
            .on_event(on_event)?;
        let engine = builder.build().map_err(|error| errors::raise_configured(py, &error))?;
        Ok(Self { engine, callbacks })
    }

    /// Verifies a token as ``verifier.verify`` does. If a key is lacking, waits for the one fetch
    /// that is allowed, with the GIL released, and verifies again.
    ///
    /// A token with a known key never waits, whatever the issuer's server does. In a coroutine use
    /// ``verify_async``.
    ///
    /// Args:
    ///     verifier: A verifier of this client.
    ///     token: The token, without ``Bearer``.
    ///     into: A dataclass, a msgspec Struct or a pydantic model to read the claims into.
    ///
    /// Raises:
    ///     TokenRefused: Why the token is refused. With the code ``jws_keys_unavailable`` it is the
    ///         keys that are missing, and it says nothing of the token.
    ///     Misuse: The verifier has other keys than this client's.
    ///
    /// Example:
    ///     >>> from jotem import Issuer, Key, errors
    ///     >>> token = Issuer(Key.generate("ES256"), audience="api", lifetime=60).issue()
    ///     >>> client = JWKSClient(key_set="http://127.0.0.1:9/jwks.json")  # where nobody answers
    ///     >>> verifier = Verifier(client, algorithms=["ES256"], audience="api")
    ///     >>> client.verify(verifier, token)
    ///     Traceback (most recent call last):
    ///         ...
    ///     jotem.errors.TokenRefused: the keys are not available: not fetched yet: 127.0.0.1
    #[pyo3(signature = (verifier, token, *, into=None))]
    fn verify(
        slf: &Bound<'_, Self>,
        verifier: &Bound<'_, PyAny>,
        token: &Bound<'_, PyAny>,
        into: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Verified> {
        let py = slf.py();
        let into = objects::class(into)?;
        let verifier = Self::verifier(slf, verifier)?.get();
        let token = arguments::token(token)?;
        let mut verdict = verifier.decide(py, &token)?;
        if let Err(refused) = &verdict
            && slf.get().engine.is_for_want(&token, refused)
        {
            refuse_to_wait(py)?;
            let engine = &slf.get().engine;
            if py.detach(|| engine.blocking_fetch_for(&token, refused)) {
                verdict = verifier.decide(py, &token)?;
            }
        }
        Verified::of(py, verdict, into)
    }

    /// Does what ``verify`` does in a coroutine of asyncio, whose event loop goes on meanwhile.
    ///
    /// A token with a known key is verified without a switch to another task. It may be cancelled at
    /// any time: a fetch that others wait for goes on. ``into``, and what is raised, as for
    /// ``verify``.
    ///
    /// Example:
    ///     >>> async def authenticate(token):
    ///     ...     return (await client.verify_async(verifier, token)).subject
    #[pyo3(signature = (verifier, token, *, into=None))]
    fn verify_async<'py>(
        slf: &Bound<'py, Self>,
        verifier: &Bound<'py, PyAny>,
        token: &Bound<'py, PyAny>,
        into: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        static VERIFY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let verify = VERIFY.import(slf.py(), "jotem._awaiting", "verify")?;
        verify.call1((slf, verifier, token, into))
    }

    /// Waits until every source has keys that may be served, with the GIL released. Where it has,
    /// nothing is fetched.
    ///
    /// For start-up and for probes: an attempt that failed is not made again before the cool-down
    /// is over.
    ///
    /// Raises:
    ///     FetchFailed: Why the first source that has none has none.
    ///
    /// Example:
    ///     >>> try:
    ///     ...     client.ready()
    ///     ... except errors.FetchFailed as error:
    ///     ...     print(error.code)
    ///     jwks_cool_down
    fn ready(&self, py: Python<'_>) -> PyResult<()> {
        refuse_to_wait(py)?;
        let outcome = py.detach(|| self.engine.blocking_ready());
        outcome.map_err(|error| errors::raise_fetch(py, &error))
    }

    /// Does what ``ready`` does in a coroutine of asyncio.
    fn ready_async<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        static READY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        READY.import(slf.py(), "jotem._awaiting", "ready")?.call1((slf,))
    }

    /// Fetches every source now, whatever the cool-down says, with the GIL released: for operators.
    ///
    /// Raises:
    ///     FetchFailed: Why the first source that failed did.
    ///
    /// Example:
    ///     >>> try:
    ///     ...     client.refresh()
    ///     ... except errors.FetchFailed as error:
    ///     ...     print(error.code, error.facts["host"])
    ///     jwks_connection 127.0.0.1
    fn refresh(&self, py: Python<'_>) -> PyResult<()> {
        refuse_to_wait(py)?;
        let outcome = py.detach(|| self.engine.blocking_refresh());
        outcome.map_err(|error| errors::raise_fetch(py, &error))
    }

    /// Does what ``refresh`` does in a coroutine of asyncio.
    fn refresh_async<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        static REFRESH: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        REFRESH.import(slf.py(), "jotem._awaiting", "refresh")?.call1((slf,))
    }

    /// How often what happened since the client was made, by name: for a page of metrics. The
    /// numbers only grow. A forked child goes on from those of its parent.
    ///
    /// Example:
    ///     >>> client.counters["fetches_failed"], client.counters["fetches_succeeded"]
    ///     (2, 0)
    #[getter]
    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counters = PyDict::new(py);
        for (name, count) in self.engine.counters().named() {
            counters.set_item(name, count)?;
        }
        Ok(counters)
    }

    /// What is known of each source, in the order in which they were named: issuers first.
    ///
    /// Example:
    ///     >>> client.status
    ///     (<jotem.SourceStatus: http://127.0.0.1:9/jwks.json, 0 key(s), unavailable>,)
    #[getter]
    fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let sources = self.engine.status().into_iter();
        let sources: PyResult<Vec<_>> =
            sources.map(|source| Py::new(py, SourceStatus(source))).collect();
        PyTuple::new(py, sources?)
    }

    fn __repr__(&self) -> String {
        let sources: Vec<_> =
            self.engine.status().iter().map(|source| source.url.to_string()).collect();
        format!("<jotem.JWKSClient: {}>", sources.join(", "))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.callbacks.iter().try_for_each(|callback| callback.traverse(&visit))
    }

    fn __clear__(&self) {
        self.callbacks.iter().for_each(|callback| callback.clear());
    }
}

impl Client {
    /// Takes a verifier, which must be this client's.
    pub(super) fn verifier<'a, 'py>(
        slf: &Bound<'py, Self>,
        value: &'a Bound<'py, PyAny>,
    ) -> PyResult<&'a Bound<'py, Verifier>> {
        let verifier = value.cast::<Verifier>();
        let verifier =
            verifier.map_err(|_| arguments::wrong_type("verifier", "jotem.Verifier", value))?;
        if verifier.get().client.as_ref().is_some_and(|client| client.is(slf)) {
            return Ok(verifier);
        }
        let message = "the verifier has other keys than this client's";
        Err(errors::misuse(slf.py(), message, "make it with the client: `Verifier(client, ...)`"))
    }
}

impl Drop for Client {
    /// Lets go of the callables while there is the GIL; the client's thread may be the last that has
    /// the engine's part.
    fn drop(&mut self) {
        self.callbacks.iter().for_each(|callback| callback.clear());
    }
}
