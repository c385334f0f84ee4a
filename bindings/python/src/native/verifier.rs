//! `jotem.Verifier`: the engine's verifier, built from keyword arguments.

use std::time::Duration;

use jotem::jwt::VerifierBuilder;
use jotem::{Algorithm, Verifier as EngineVerifier, VerifyingKey};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use pyo3::{PyTraverseError, PyVisit};

use super::batch::Verdicts;
use super::cache_state::{CacheState, MOST_BYTES};
use super::clock::TimeOfCall;
use super::explanation::Explanation;
use super::key::Key;
use super::key_set::KeySet;
use super::remote::Client;
use super::ring::KeyRing;
use super::verified::{Verdict, Verified};
use super::{algorithm, arguments, clock, errors, fork, objects};

/// Verifies tokens: their signature, and their claims against what it expects.
///
/// Immutable, shared freely between threads: make one when the program starts. The allow-list of
/// algorithms is that of its keys (RFC 8725 section 3.1); what is expected is required.
///
/// Args:
///     keys: A ``Key``, several, or a ``KeySet``: public keys, or shared secrets; never both. Or a
///         ``KeyRing``, of which every key verifies that is not removed at the time of the call, or a
///         ``JWKSClient``, whose keys of the moment are used.
///     issuer: The expected ``iss`` (RFC 7519 section 4.1.1), or several of which it is one.
///     audience: The expected ``aud`` (section 4.1.3): this service, by one name or by several.
///     any_audience: Take tokens for every audience. Without this and ``audience``, a token that
///         has an ``aud`` is refused.
///     subject: The expected ``sub`` (section 4.1.2).
///     token_type: The expected header ``typ``, such as ``at+jwt`` (RFC 8725 section 3.11). Case
///         and a leading ``application/`` do not count.
///     leeway: By how much clocks may differ: a timedelta, or seconds. 30 seconds if not given, at
///         most 300.
///     expiry_optional: Take tokens without ``exp`` (section 4.1.4), which is required otherwise.
///     max_age: How long ago ``iat`` (section 4.1.6) may be: a timedelta, or seconds.
///     max_lifetime: The longest time from ``iat`` to ``exp``: a timedelta, or seconds.
///     require: Claims that must be there, and not be null or empty.
///     accept_bound_tokens: Take tokens with ``cnf`` (RFC 7800), whose holder the program has
///         checked.
///     algorithms: A narrower allow-list. Members of a set that name no algorithm get theirs here.
///     try_keys: How many keys to try where several could have signed (no ``kid``): 1 if not given.
///     critical: Extensions named by ``crit`` (RFC 7515 section 4.1.11) that the program handles.
///     clock: Returns the time: an aware datetime, or seconds since 1970. The system's if not
///         given; a ring has its own.
///     cache: Remember, in at most so many bytes, which signatures of accepted tokens held: a token
///         that comes again costs no cryptography. Time, claims and keys are looked at anew at
///         each call. 4 KiB for each token in use at one time is ample; at least 16 KiB. Of no use
///         for shared secrets. None if not given.
///
/// Raises:
///     Misuse: No usable key, secrets mixed with public keys, an empty expectation, a leeway that
///         is too long, a cache that is too small.
///     KeyRefused: A private key: verifiers get ``key.public()``.
///
/// Example:
///     >>> from datetime import timedelta
///     >>> from jotem import Issuer, Key, Verifier
///     >>> key = Key.generate("ES256")
///     >>> issuer = Issuer(key, issuer="https://auth.example", lifetime=timedelta(minutes=15))
///     >>> verifier = Verifier(key.public(), issuer="https://auth.example", audience="api")
///     >>> token = issuer.issue({"role": "admin"}, subject="42", audience="api")
///     >>> verifier.verify(token).subject
///     '42'
#[pyclass(frozen, module = "jotem")]
pub(super) struct Verifier {
    pub(super) engine: EngineVerifier,
    pub(super) clock: Option<Py<PyAny>>,
    /// Where the keys come from, if they are fetched.
    pub(super) client: Option<Py<Client>>,
    /// Whether other threads run while a signature is checked.
    slow: bool,
    /// Whether looking for a key may read a file.
    pub(super) reads: bool,
}

#[pymethods]
impl Verifier {
    #[new]
    #[pyo3(signature = (
        keys, *, issuer=None, audience=None, any_audience=false, subject=None, token_type=None,
        leeway=None, expiry_optional=false, max_age=None, max_lifetime=None, require=None,
        accept_bound_tokens=false, algorithms=None, try_keys=1, critical=None, clock=None,
        cache=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments, each by its name")]
    fn new<'py>(
        keys: &Bound<'py, PyAny>,
        issuer: Option<Bound<'py, PyAny>>,
        audience: Option<Bound<'py, PyAny>>,
        any_audience: bool,
        subject: Option<&Bound<'py, PyAny>>,
        token_type: Option<&Bound<'py, PyAny>>,
        leeway: Option<Bound<'py, PyAny>>,
        expiry_optional: bool,
        max_age: Option<Bound<'py, PyAny>>,
        max_lifetime: Option<Bound<'py, PyAny>>,
        require: Option<Bound<'py, PyAny>>,
        accept_bound_tokens: bool,
        algorithms: Option<Bound<'py, PyAny>>,
        #[pyo3(from_py_with = count_of_tries)] try_keys: usize,
        critical: Option<Bound<'py, PyAny>>,
        clock: Option<Bound<'py, PyAny>>,
        cache: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let py = keys.py();
        if any_audience && audience.is_some() {
            let message = "audience and any_audience=True say two things";
            return Err(errors::misuse(py, message, "give one of them"));
        }
        let flags = [
            (any_audience, VerifierBuilder::any_audience as fn(VerifierBuilder) -> VerifierBuilder),
            (expiry_optional, VerifierBuilder::expiry_optional),
            (accept_bound_tokens, VerifierBuilder::accept_bound_tokens),
        ];
        let mut builder = builder(keys)?.try_keys(try_keys);
        for (_, set) in flags.into_iter().filter(|(asked, _)| *asked) {
            builder = set(builder);
        }
        builder = texts(builder, "issuer", issuer, VerifierBuilder::issuers)?;
        builder = texts(builder, "audience", audience, VerifierBuilder::audiences)?;
        builder = texts(builder, "critical", critical, VerifierBuilder::critical)?;
        builder = texts(builder, "require", require, |builder, claims: Vec<String>| {
            claims.into_iter().fold(builder, VerifierBuilder::require)
        })?;
        builder = span(builder, "leeway", leeway, VerifierBuilder::leeway)?;
        builder = span(builder, "max_age", max_age, VerifierBuilder::max_age)?;
        builder = span(builder, "max_lifetime", max_lifetime, VerifierBuilder::max_lifetime)?;
        if let Some(subject) = arguments::optional_text("subject", subject)? {
            builder = builder.subject(subject);
        }
        if let Some(token_type) = arguments::optional_text("token_type", token_type)? {
            builder = builder.token_type(token_type);
        }
        if let Some(algorithms) = algorithms {
            builder = builder.algorithms(read_algorithms(&algorithms)?);
        }
        if let Some(cache) = cache {
            builder = builder.cache(cache_bytes(cache)?);
        }
        let ring = keys.cast::<KeyRing>().ok();
        let clock = match ring {
            Some(ring) => ring.get().clock_for(py, clock.as_ref())?,
            None => clock::check(clock)?,
        };
        let client = keys.cast::<Client>().ok().map(|client| client.clone().unbind());
        Self::build(py, builder, clock, client, ring.is_some())
    }

    /// Verifies a token (RFC 7519 section 7.2). It returns the proof, or raises, and nothing else.
    ///
    /// Args:
    ///     token: The token, without ``Bearer``.
    ///     into: A dataclass, a msgspec Struct or a pydantic model to read the claims into.
    ///
    /// Raises:
    ///     TokenRefused: Why the token is refused; its subclasses are ``SignatureInvalid``,
    ///         ``KeyNotFound`` and ``ClaimRefused`` with ``Expired`` and ``NotYetValid``.
    ///     TypeError: ``token`` is no text, or ``into`` no class that claims are read into.
    ///
    /// Example:
    ///     >>> from dataclasses import dataclass
    ///     >>> @dataclass
    ///     ... class Profile:
    ///     ...     role: str
    ///     >>> verifier.verify(token, into=Profile).claims
    ///     Profile(role='admin')
    ///     >>> Verifier(key.public(), audience="web").verify(token)
    ///     Traceback (most recent call last):
    ///         ...
    ///     jotem.errors.ClaimRefused: the audience is `api`, not the expected one
    #[pyo3(signature = (token, *, into=None))]
    fn verify(
        &self,
        py: Python<'_>,
        token: &Bound<'_, PyAny>,
        into: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Verified> {
        let into = objects::class(into)?;
        let token = arguments::token(token)?;
        Verified::of(py, self.decide(py, &token)?, into)
    }

    /// Verifies tokens on all cores, with the GIL released: one verdict for each, in their order.
    ///
    /// A refused token raises nothing: its verdict is the exception that ``verify`` would have
    /// raised. Everything else that goes wrong is raised, and ends the batch.
    ///
    /// Args:
    ///     tokens: The tokens, from any iterable. ``verify_each`` keeps no list of the verdicts.
    ///     into: As for ``verify``.
    ///
    /// Raises:
    ///     TypeError: An element is no text.
    ///
    /// Example:
    ///     >>> from jotem import Verified
    ///     >>> verdicts = verifier.verify_many([token, "not a token"])
    ///     >>> [isinstance(verdict, Verified) for verdict in verdicts]
    ///     [True, False]
    ///     >>> verdicts[1].code
    ///     'jws_segment_count'
    #[pyo3(signature = (tokens, *, into=None))]
    fn verify_many<'py>(
        slf: &Bound<'py, Self>,
        tokens: &Bound<'py, PyAny>,
        into: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let mut verdicts = Self::verify_each(slf, tokens, into)?;
        let list = PyList::empty(slf.py());
        while let Some(verdict) = verdicts.next(slf.py())? {
            list.append(verdict)?;
        }
        Ok(list)
    }

    /// Verifies tokens on all cores as ``verify_many`` does, and hands verdicts out as they are asked
    /// for: for iterables of any length, in memory that does not grow.
    ///
    /// It takes as many tokens at a time as the iterable gives within 10 ms: at most 512 for each
    /// core, and, when it has seen how long they take, at most 64 to 2048. What the iterable raises
    /// comes after the verdicts on what it gave before. The clock of the verifier is asked when a
    /// token is taken.
    ///
    /// Args:
    ///     tokens: The tokens, from any iterable.
    ///     into: As for ``verify``.
    ///
    /// Example:
    ///     >>> lines = (token for _ in range(1_000))
    ///     >>> sum(1 for verdict in verifier.verify_each(lines) if isinstance(verdict, Verified))
    ///     1000
    #[pyo3(signature = (tokens, *, into=None))]
    fn verify_each(
        slf: &Bound<'_, Self>,
        tokens: &Bound<'_, PyAny>,
        into: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Verdicts> {
        Verdicts::new(slf, tokens, objects::class(into)?)
    }

    /// Tells for each step how it went, for an accepted token as for a refused one.
    ///
    /// It decides as ``verify`` does, costs more, and does not raise for a token: for people and
    /// logs.
    ///
    /// Example:
    ///     >>> verifier.explain(token).is_verified
    ///     True
    ///     >>> verifier.explain("a.b").rejection.code
    ///     'jws_segment_count'
    fn explain(&self, py: Python<'_>, token: &Bound<'_, PyAny>) -> PyResult<Explanation> {
        let token = arguments::token(token)?;
        let explanation = clock::at_its_time(py, self.clock.as_ref(), || {
            fork::pass(py, || self.engine.explain(&token))
        })?;
        Ok(Explanation(explanation))
    }

    /// What the cache of verified tokens holds; None where there is none.
    ///
    /// Example:
    ///     >>> verifier = Verifier(key.public(), audience="api", cache=1 << 20)
    ///     >>> _ = verifier.verify(token), verifier.verify(token)
    ///     >>> verifier.cache_state.entries, verifier.cache_state.hits
    ///     (1, 1)
    #[getter]
    fn cache_state(&self) -> Option<CacheState> {
        self.engine.cache_state().map(CacheState::of_tokens)
    }

    /// Forget every verified token: each is verified in full when it comes again.
    fn clear_cache(&self) {
        self.engine.clear_cache();
    }

    /// The allow-list: the algorithms that a token may have.
    ///
    /// Example:
    ///     >>> verifier.algorithms
    ///     (Algorithm.ES256,)
    #[getter]
    fn algorithms<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let algorithms = self.engine.algorithms().iter();
        let members = algorithms.map(|algorithm| algorithm::member(py, *algorithm));
        PyTuple::new(py, members.collect::<PyResult<Vec<_>>>()?)
    }

    fn __repr__(&self) -> String {
        let names: Vec<_> = self.engine.algorithms().iter().map(|one| one.name()).collect();
        format!("<jotem.Verifier: {}>", names.join(", "))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.client.iter().try_for_each(|client| visit.call(client))?;
        self.clock.iter().try_for_each(|clock| visit.call(clock))
    }
}

impl Verifier {
    /// Returns the engine's verdict, at the time that the clock tells.
    pub(super) fn decide(&self, py: Python<'_>, token: &str) -> PyResult<Verdict> {
        clock::at_its_time(py, self.clock.as_ref(), || {
            if self.reads {
                fork::pass(py, || self.engine.verify_shared::<()>(token))
            } else if self.slow && !self.engine.remembers(token) {
                py.detach(|| self.engine.verify_shared::<()>(token))
            } else {
                self.engine.verify_shared::<()>(token)
            }
        })
    }

    fn build(
        py: Python<'_>,
        builder: VerifierBuilder,
        clock: Option<Py<PyAny>>,
        client: Option<Py<Client>>,
        reads: bool,
    ) -> PyResult<Self> {
        let builder = if clock.is_some() { builder.clock(TimeOfCall) } else { builder };
        let engine = if reads {
            clock::at_its_time(py, clock.as_ref(), || fork::pass(py, || builder.build()))?
        } else {
            builder.build()
        };
        let engine = engine.map_err(|error| errors::raise(py, error))?;
        let slow = engine.algorithms().iter().any(|algorithm| algorithm::is_slow(*algorithm));
        Ok(Self { engine, clock, client, slow, reads })
    }
}

/// Begins with one key, several, or a set.
fn builder(keys: &Bound<'_, PyAny>) -> PyResult<VerifierBuilder> {
    let py = keys.py();
    let verifying =
        |key: &Bound<'_, Key>| key.get().verifying().map_err(|error| errors::raise(py, error));
    if let Ok(set) = keys.cast::<KeySet>() {
        return Ok(EngineVerifier::builder(set.get().set.clone()));
    }
    if let Ok(key) = keys.cast::<Key>() {
        return Ok(EngineVerifier::builder(verifying(key)?));
    }
    if let Ok(ring) = keys.cast::<KeyRing>() {
        return Ok(EngineVerifier::builder(&ring.get().engine));
    }
    if let Ok(client) = keys.cast::<Client>() {
        return Ok(EngineVerifier::builder(&client.get().engine));
    }
    let expected = "jotem.Key (Key.from_pem …), jotem.KeySet (KeySet.from_json, from_dict), \
                    jotem.KeyRing, jotem.JWKSClient or an iterable of jotem.Key";
    let wrong = |found: &Bound<'_, PyAny>| arguments::wrong_type("keys", expected, found);
    // What iterates over something else than keys.
    if arguments::is_text_or_bytes(keys) || keys.is_instance_of::<PyDict>() {
        return Err(wrong(keys));
    }
    let elements = arguments::elements("keys", expected, keys)?;
    let fixed = elements.map(|element| {
        let element = element?;
        verifying(element.cast::<Key>().map_err(|_| wrong(&element))?)
    });
    Ok(EngineVerifier::builder(fixed.collect::<PyResult<Vec<VerifyingKey>>>()?))
}

/// Takes the size of a cache. A table for more than [`MOST_BYTES`] was not meant, and asking the
/// system for its memory would end the process.
fn cache_bytes(value: &Bound<'_, PyAny>) -> PyResult<usize> {
    let bytes = arguments::count("cache", value)?;
    if bytes > MOST_BYTES {
        let message = format!("cache is {bytes} bytes, more than {MOST_BYTES}");
        return Err(errors::misuse(value.py(), &message, "4 KiB for each token in use is ample"));
    }
    Ok(bytes)
}

fn count_of_tries(value: &Bound<'_, PyAny>) -> PyResult<usize> {
    arguments::count("try_keys", value)
}

fn texts(
    builder: VerifierBuilder,
    name: &str,
    value: Option<Bound<'_, PyAny>>,
    set: impl FnOnce(VerifierBuilder, Vec<String>) -> VerifierBuilder,
) -> PyResult<VerifierBuilder> {
    match value {
        Some(value) => Ok(set(builder, arguments::texts(name, &value)?)),
        None => Ok(builder),
    }
}

fn span(
    builder: VerifierBuilder,
    name: &str,
    value: Option<Bound<'_, PyAny>>,
    set: impl FnOnce(VerifierBuilder, Duration) -> VerifierBuilder,
) -> PyResult<VerifierBuilder> {
    match value {
        Some(value) => Ok(set(builder, arguments::duration(name, &value)?)),
        None => Ok(builder),
    }
}

/// Takes one algorithm, or several.
pub(super) fn read_algorithms(value: &Bound<'_, PyAny>) -> PyResult<Vec<Algorithm>> {
    if value.is_instance_of::<PyString>() {
        return Ok(vec![algorithm::read(value)?]);
    }
    let expected = "an iterable of jotem.Algorithm or str";
    let elements = arguments::elements("algorithms", expected, value)?;
    elements.map(|element| algorithm::read(&element?)).collect()
}
