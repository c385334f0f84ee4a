//! `jotem.Issuer`: writes claims straight from Python objects into JSON, and signs them.
//!
//! The header is the engine's, made once. The payload is written here, by the rules of the engine's
//! own `Issuer`, because that one takes what `serde` serializes, and integers beyond 128 bits and
//! speed both ask for text.

use std::borrow::Cow;
use std::time::Duration;

use jotem::error::Misuse;
use jotem::{Issuer as EngineIssuer, NumericDate};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use super::batch::Issued;
use super::header::with_header;
use super::payload::Object;
use super::signer::{Current, Signer, Source};
use super::{algorithm, arguments, clock, date, errors, objects};
use crate::raw::{self, Out};

/// Issues tokens with one key, or one ring of keys, one issuer name and one lifetime (RFC 7519
/// section 7.1).
///
/// Immutable, shared freely between threads: make one when the program starts. ``Issuer`` is this
/// class; ``issuer`` is the claim ``iss``. One of ``lifetime`` and ``never_expires`` must be given,
/// except beside a ring: its tokens live for its ``token_lifetime``, and none for longer.
///
/// Args:
///     key: A private key, or a shared secret. It has the algorithm, and the ``kid`` of the header.
///         Or a ``KeyRing``, of which the key signs that is active at each call.
///     issuer: The claim ``iss``, such as ``https://auth.example``.
///     audience: The claim ``aud`` of tokens for which ``issue`` gets none: one, or several.
///     lifetime: From ``iat`` to ``exp``: a timedelta, or seconds.
///     never_expires: Issue tokens without ``exp``. A verifier needs ``expiry_optional`` for them.
///     token_type: The header ``typ``, such as ``at+jwt`` (RFC 9068). ``JWT`` if not given.
///     token_ids: Give every token a random ``jti`` of 128 bits.
///     header: More header parameters (RFC 7515 section 4): texts, numbers, booleans, lists of
///         texts.
///     clock: Returns the time: an aware datetime, or seconds since 1970. The system's if not
///         given; a ring has its own.
///
/// Raises:
///     Misuse: No lifetime, or one that is longer than the ring's, an empty issuer or audience, a header parameter that the issuer writes.
///     KeyRefused: A public key, which cannot sign.
///
/// Example:
///     >>> from datetime import timedelta
///     >>> from jotem import Issuer, Key, Verifier
///     >>> key = Key.generate("ES256", key_id="2026-11")
///     >>> issuer = Issuer(key, issuer="https://auth.example", lifetime=timedelta(minutes=15))
///     >>> token = issuer.issue({"role": "admin"}, subject="42", audience="api")
///     >>> Verifier(key.public(), audience="api").verify(token).claims["role"]
///     'admin'
#[pyclass(frozen, module = "jotem")]
pub(super) struct Issuer {
    signer: Signer,
    issuer: Option<String>,
    audience: Vec<String>,
    lifetime: Option<Duration>,
    token_ids: bool,
    clock: Option<Py<PyAny>>,
    /// The members for `issuer` and `audience`, as they stand in tokens.
    iss: Vec<u8>,
    aud: Vec<u8>,
}

/// The claims that are given as arguments.
#[derive(Default)]
struct Given<'a> {
    subject: Option<&'a str>,
    token_id: Option<&'a str>,
    shared: Cow<'a, Shared>,
}

/// Those of them that all tokens of a batch may share.
#[derive(Clone, Default)]
pub(super) struct Shared {
    audience: Option<Vec<String>>,
    expires_at: Option<NumericDate>,
    not_before: Option<NumericDate>,
    issued_at: Option<NumericDate>,
}

impl Shared {
    fn read(
        audience: Option<&Bound<'_, PyAny>>,
        expires_at: Option<&Bound<'_, PyAny>>,
        not_before: Option<&Bound<'_, PyAny>>,
        issued_at: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let date = |name, value: Option<_>| value.map(|value| date::read(name, value)).transpose();
        Ok(Self {
            audience: audience.map(audiences).transpose()?,
            issued_at: date("issued_at", issued_at)?,
            expires_at: date("expires_at", expires_at)?,
            not_before: date("not_before", not_before)?,
        })
    }
}

#[pymethods]
impl Issuer {
    #[new]
    #[pyo3(signature = (
        key, *, issuer=None, audience=None, lifetime=None, never_expires=false, token_type=None,
        token_ids=false, header=None, clock=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments, each by its name")]
    fn new<'py>(
        key: &Bound<'py, PyAny>,
        issuer: Option<&Bound<'py, PyAny>>,
        audience: Option<&Bound<'py, PyAny>>,
        lifetime: Option<&Bound<'py, PyAny>>,
        never_expires: bool,
        token_type: Option<&Bound<'py, PyAny>>,
        token_ids: bool,
        header: Option<&Bound<'py, PyDict>>,
        clock: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let py = key.py();
        let source = Source::read(key)?;
        let audience = audience.map_or(Ok(Vec::new()), audiences)?;
        let lifetime = lifetime.map(|given| arguments::duration("lifetime", given)).transpose()?;
        if never_expires && lifetime.is_some() {
            let message = "lifetime and never_expires=True say two things";
            return Err(errors::misuse(py, message, "give one of them"));
        }
        let lifetime = source.lifetime(lifetime, never_expires)?;
        let issuer = arguments::optional_text("issuer", issuer)?;
        let token_type = arguments::optional_text("token_type", token_type)?;
        let mut builder = EngineIssuer::builder(source.key().clone());
        if let Some(issuer) = issuer {
            builder = builder.issuer(issuer);
        }
        if let Some(lifetime) = lifetime {
            builder = builder.lifetime(lifetime);
        }
        if never_expires {
            builder = builder.never_expires();
        }
        if let Some(token_type) = token_type {
            builder = builder.token_type(token_type);
        }
        if let Some(header) = header {
            builder = with_header(builder, header)?;
        }
        let clock = source.clock(clock)?;
        let issuer = issuer.map(str::to_owned);
        let (mut iss, mut aud) = (Object::after_others(), Object::after_others());
        if let Some(issuer) = &issuer {
            iss.text("iss", issuer);
        }
        aud.audience(&audience);
        let (iss, aud) = (iss.members(), aud.members());
        let signer = source.signer(builder, &iss).map_err(|error| errors::raise(py, error))?;
        Ok(Self { signer, issuer, audience, lifetime, token_ids, clock, iss, aud })
    }

    /// Issues a token: ``iss``, ``iat`` and ``exp`` as the issuer is set, then what is given here.
    ///
    /// Args:
    ///     claims: The application's own claims: a dict, a dataclass, a msgspec Struct or a
    ///         pydantic model. A claim that an argument writes may not stand here as well.
    ///     subject: The claim ``sub``: whom the token is about.
    ///     audience: The claim ``aud``, in place of the issuer's.
    ///     expires_at: The claim ``exp``, in place of the lifetime: an aware datetime, or seconds
    ///         since 1970. The other points in time are given in the same way.
    ///     not_before: The claim ``nbf``: the token is refused until then.
    ///     issued_at: The claim ``iat``: now, if not given.
    ///     token_id: The claim ``jti``.
    ///
    /// Raises:
    ///     Misuse: A claim stands twice, is no JSON, or the token would be longer than 16 KiB. A
    ///         datetime without a time zone.
    ///     TypeError: A claim is of a type that JSON does not have, such as datetime or bytes.
    ///     SigningFailed: The key could not sign.
    ///
    /// Example:
    ///     >>> from datetime import datetime, timezone
    ///     >>> party = datetime(2100, 1, 1, tzinfo=timezone.utc)
    ///     >>> invitation = issuer.issue({"seat": 7}, subject="42", expires_at=party)
    ///     >>> Verifier(key.public()).verify(invitation).expires_at
    ///     datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
    #[pyo3(signature = (
        claims=None, *, subject=None, audience=None, expires_at=None, not_before=None,
        issued_at=None, token_id=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments, each by its name")]
    fn issue<'py>(
        &self,
        py: Python<'py>,
        claims: Option<&Bound<'py, PyAny>>,
        subject: Option<&Bound<'py, PyAny>>,
        audience: Option<&Bound<'py, PyAny>>,
        expires_at: Option<&Bound<'py, PyAny>>,
        not_before: Option<&Bound<'py, PyAny>>,
        issued_at: Option<&Bound<'py, PyAny>>,
        token_id: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyString>> {
        let subject = arguments::optional_text("subject", subject)?;
        let others = [audience, expires_at, not_before, issued_at, token_id];
        if others.iter().all(Option::is_none)
            && let Some(token) = self.flat(py, claims, subject)?
        {
            return Ok(token);
        }
        let given = Given {
            subject,
            shared: Cow::Owned(Shared::read(audience, expires_at, not_before, issued_at)?),
            token_id: arguments::optional_text("token_id", token_id)?,
        };
        let payload = self.payload(py, claims, &given)?;
        let current = self.signer.current(py)?;
        let token = if algorithm::is_slow(self.signer.algorithm()) {
            py.detach(|| current.sign(&payload))
        } else {
            current.sign(&payload)
        };
        let token = token.map_err(|error| errors::raise(py, error))?;
        Ok(raw::ascii(py, token.as_bytes()).unwrap_or_else(|| PyString::new(py, &token)))
    }

    /// Issues tokens on all cores, with the GIL released: one for each claims set, in their order.
    ///
    /// The first claims set that cannot be a token ends the batch, and what was issued before it is
    /// lost. With ``return_exceptions`` there is one answer for each: a token, or the exception that
    /// ``issue`` would have raised.
    ///
    /// Args:
    ///     claims: Any iterable of what ``issue`` takes as claims. What is each token's own stands
    ///         there: ``{"sub": "42"}``. ``issue_each`` keeps no list of the tokens.
    ///     audience: The claim ``aud`` of all tokens; so the others, as for ``issue``.
    ///     expires_at: The claim ``exp``.
    ///     not_before: The claim ``nbf``.
    ///     issued_at: The claim ``iat``: when the claims are taken, if not given.
    ///     return_exceptions: Put an exception where its token would stand, as ``asyncio.gather`` does.
    ///         What is wrong with the iterable, or with an argument by itself, is raised all the same.
    ///
    /// Raises:
    ///     Misuse: As for ``issue``.
    ///     TypeError: As for ``issue``.
    ///     SigningFailed: The key could not sign.
    ///
    /// Example:
    ///     >>> tokens = issuer.issue_many([{"sub": "1"}, {"sub": "2"}], audience="api")
    ///     >>> verdicts = Verifier(key.public(), audience="api").verify_many(tokens)
    ///     >>> [verdict.subject for verdict in verdicts]
    ///     ['1', '2']
    ///     >>> answers = issuer.issue_many([{"sub": "1"}, {"n": b"2"}], return_exceptions=True)
    ///     >>> [answer for answer in answers if not isinstance(answer, str)]
    ///     [TypeError('claims.n: expected str, int, float, bool, None, list, tuple or dict, got bytes')]
    #[pyo3(signature = (
        claims, *, audience=None, expires_at=None, not_before=None, issued_at=None,
        return_exceptions=false
    ))]
    fn issue_many<'py>(
        slf: &Bound<'py, Self>,
        claims: &Bound<'py, PyAny>,
        audience: Option<&Bound<'_, PyAny>>,
        expires_at: Option<&Bound<'_, PyAny>>,
        not_before: Option<&Bound<'_, PyAny>>,
        issued_at: Option<&Bound<'_, PyAny>>,
        return_exceptions: bool,
    ) -> PyResult<Bound<'py, PyList>> {
        let shared = Shared::read(audience, expires_at, not_before, issued_at)?;
        let mut issued = Issued::new(slf, claims, shared, return_exceptions)?;
        let list = PyList::empty(slf.py());
        while let Some(token) = issued.next(slf.py())? {
            list.append(token)?;
        }
        Ok(list)
    }

    /// Issues tokens on all cores as ``issue_many`` does, and hands them out as they are asked for:
    /// for iterables of any length, in memory that does not grow.
    ///
    /// It takes as many claims sets at a time as the iterable gives within 10 ms: at most 512 for
    /// each core, and, when it has seen how long they take, at most 64 to 2048. What the iterable
    /// raises, or a claims set that cannot be a token, comes after the tokens of what was given
    /// before; with ``return_exceptions`` the latter ends nothing.
    ///
    /// Args:
    ///     claims: Any iterable of what ``issue`` takes as claims.
    ///     audience: As for ``issue_many``; so the others.
    ///     expires_at: The claim ``exp``.
    ///     not_before: The claim ``nbf``.
    ///     issued_at: The claim ``iat``.
    ///     return_exceptions: As for ``issue_many``.
    ///
    /// Example:
    ///     >>> guests = ({"seat": number} for number in range(1_000))
    ///     >>> sum(1 for token in issuer.issue_each(guests, audience="api"))
    ///     1000
    #[pyo3(signature = (
        claims, *, audience=None, expires_at=None, not_before=None, issued_at=None,
        return_exceptions=false
    ))]
    fn issue_each(
        slf: &Bound<'_, Self>,
        claims: &Bound<'_, PyAny>,
        audience: Option<&Bound<'_, PyAny>>,
        expires_at: Option<&Bound<'_, PyAny>>,
        not_before: Option<&Bound<'_, PyAny>>,
        issued_at: Option<&Bound<'_, PyAny>>,
        return_exceptions: bool,
    ) -> PyResult<Issued> {
        let shared = Shared::read(audience, expires_at, not_before, issued_at)?;
        Issued::new(slf, claims, shared, return_exceptions)
    }

    /// The algorithm of the key, which is the header ``alg`` (RFC 7515 section 4.1.1).
    ///
    /// Example:
    ///     >>> issuer.algorithm
    ///     Algorithm.ES256
    #[getter]
    fn algorithm<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        algorithm::member(py, self.signer.algorithm())
    }

    /// The name of the key, which is the header ``kid`` (RFC 7515 section 4.1.4); None if it has
    /// none. Of a ring it is the key that is active now.
    ///
    /// Example:
    ///     >>> issuer.key_id
    ///     '2026-11'
    #[getter]
    fn key_id(&self, py: Python<'_>) -> PyResult<Option<String>> {
        Ok(self.signer.current(py)?.key_id().map(str::to_owned))
    }

    fn __repr__(&self) -> String {
        format!("<jotem.Issuer: {}>", self.signer.algorithm())
    }
}

impl Issuer {
    /// Issues what most tokens are, in one go: flat claims under a shared secret, the times by the
    /// issuer's settings. `None` for any other.
    #[inline]
    fn flat<'py>(
        &self,
        py: Python<'py>,
        claims: Option<&Bound<'py, PyAny>>,
        subject: Option<&str>,
    ) -> PyResult<Option<Bound<'py, PyString>>> {
        let Signer::Key(ready) = &self.signer else { return Ok(None) };
        let claims = match claims.map(Bound::cast_exact::<PyDict>) {
            None => None,
            Some(Ok(claims)) => Some(claims),
            Some(Err(_)) => return Ok(None),
        };
        if self.token_ids || self.clock.is_some() {
            return Ok(None);
        }
        let issued_at = clock::now(py, None)?.floor();
        let write = |out: &mut Out<'_>| {
            out.members(&self.iss)?;
            if let Some(subject) = subject {
                out.bytes(br#","sub":"#)?;
                out.string(subject)?;
            }
            out.members(&self.aud)?;
            if let Some(lifetime) = self.lifetime {
                let expires_at = issued_at.saturating_add(lifetime);
                if expires_at.subsec_nanos() != 0 {
                    return None;
                }
                out.bytes(br#","exp":"#)?;
                out.whole(expires_at.as_secs())?;
            }
            out.bytes(br#","iat":"#)?;
            out.whole(issued_at.as_secs())
        };
        Ok(ready.flat(py, write, claims))
    }

    /// Writes the registered claims and, after them, the application's own.
    fn payload(
        &self,
        py: Python<'_>,
        claims: Option<&Bound<'_, PyAny>>,
        given: &Given<'_>,
    ) -> PyResult<Vec<u8>> {
        let Given { subject, token_id, shared } = given;
        let mut object = Object::new();
        if let Some(issuer) = &self.issuer {
            object.text("iss", issuer);
        }
        if let Some(subject) = subject {
            object.text("sub", subject);
        }
        object.audience(shared.audience.as_deref().unwrap_or(&self.audience));
        let issued_at = match shared.issued_at {
            Some(issued_at) => issued_at,
            None => clock::now(py, self.clock.as_ref())?.floor(),
        };
        let lifetime = || self.lifetime.map(|lifetime| issued_at.saturating_add(lifetime));
        let expires_at = shared.expires_at.or_else(lifetime);
        self.signer.check_expiry(py, expires_at)?;
        if let Some(expires_at) = expires_at {
            object.date("exp", expires_at);
        }
        if let Some(not_before) = shared.not_before {
            object.date("nbf", not_before);
        }
        object.date("iat", issued_at);
        match token_id {
            Some(token_id) => object.text("jti", token_id),
            None if self.token_ids => object.text("jti", &objects::token_id(py)?),
            None => {}
        }
        if let Some(claims) = claims {
            object.claims(claims)?;
        }
        Ok(object.finish())
    }

    /// Writes the claims of one token of a batch, and takes the key that signs it.
    pub(super) fn prepare(
        &self,
        claims: &Bound<'_, PyAny>,
        shared: &Shared,
    ) -> PyResult<(Vec<u8>, Current<'_>)> {
        let given = Given { shared: Cow::Borrowed(shared), ..Given::default() };
        let payload = self.payload(claims.py(), Some(claims), &given)?;
        Ok((payload, self.signer.current(claims.py())?))
    }
}

/// Takes one audience, or several; an empty one is nobody.
pub(super) fn audiences(value: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let audiences = arguments::texts("audience", value)?;
    if audiences.is_empty() || audiences.iter().any(String::is_empty) {
        let misuse = Misuse::ExpectationEmpty { claim: "aud" };
        return Err(errors::raise(value.py(), misuse.into()));
    }
    Ok(audiences)
}
