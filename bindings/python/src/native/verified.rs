//! `jotem.Verified`: the proof that a token was verified, and what it says.

use std::sync::Arc;

use jotem::NumericDate;
use jotem::error::Excerpt;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use super::{algorithm, date, errors, objects};
use crate::json;

/// The proof that a token was verified: its signature holds, its claims are as expected.
///
/// Only ``Verifier.verify`` makes one, so a function that takes a ``Verified`` cannot be called
/// with less. In annotations it takes the type of its claims: ``Verified[Profile]``.
#[pyclass(frozen, module = "jotem")]
pub(super) struct Verified {
    /// Shared with the verifier's cache, and so with other proofs of the same token.
    token: Arc<jotem::Verified<()>>,
    /// Made when first asked for, unless they were read into a class; this proof's own, because who
    /// changes them must change nobody else's.
    claims: PyOnceLock<Py<PyAny>>,
    header: PyOnceLock<Py<PyAny>>,
}

/// What the engine decides.
pub(super) type Verdict = Result<Arc<jotem::Verified<()>>, jotem::Error>;

impl Verified {
    /// Makes the proof, with its claims read into a class if one was given; or raises.
    pub(super) fn of(
        py: Python<'_>,
        verdict: Verdict,
        into: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let verified = Self::new(verdict.map_err(|error| errors::raise(py, error))?);
        match into {
            None => Ok(verified),
            Some(class) => {
                let claims = verified.read_into(class)?;
                Ok(verified.with_claims(py, claims))
            }
        }
    }

    /// Keeps a proof whose claims are read when they are asked for.
    pub(super) fn new(token: Arc<jotem::Verified<()>>) -> Self {
        Self { token, claims: PyOnceLock::new(), header: PyOnceLock::new() }
    }

    /// Keeps a proof with its claims as an object of the application.
    pub(super) fn with_claims(self, py: Python<'_>, claims: Bound<'_, PyAny>) -> Self {
        let cell = PyOnceLock::new();
        // A new cell is empty.
        let _ = cell.set(py, claims.unbind());
        Self { claims: cell, ..self }
    }

    /// Reads the claims into a class of the application.
    pub(super) fn read_into<'py>(&self, class: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let claims = json::read(class.py(), self.json())?;
        objects::from_claims(class, &claims, self.json())
    }

    fn json(&self) -> &str {
        self.token.claims().json()
    }
}

#[pymethods]
impl Verified {
    /// The claims (RFC 7519 section 4): a dict of all of them, or an object of the class given as
    /// ``into``.
    ///
    /// Example:
    ///     >>> verified = verifier.verify(token)
    ///     >>> verified.claims["role"]
    ///     'admin'
    #[getter]
    fn claims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        once(py, &self.claims, self.json())
    }

    /// The JOSE header (RFC 7515 section 4), as a dict.
    ///
    /// Example:
    ///     >>> verified.header["alg"]
    ///     'ES256'
    #[getter]
    fn header<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        once(py, &self.header, self.token.header().json())
    }

    /// The algorithm that the signature was verified with.
    ///
    /// Example:
    ///     >>> verified.algorithm
    ///     Algorithm.ES256
    #[getter]
    fn algorithm<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        algorithm::member(py, self.token.algorithm())
    }

    /// The header ``kid`` (RFC 7515 section 4.1.4); None if there is none.
    #[getter]
    fn key_id(&self) -> Option<&str> {
        self.token.header().key_id()
    }

    /// The claim ``iss`` (RFC 7519 section 4.1.1); None if there is none.
    ///
    /// Example:
    ///     >>> verified.issuer
    ///     'https://auth.example'
    #[getter]
    fn issuer(&self) -> Option<&str> {
        self.token.claims().issuer()
    }

    /// The claim ``sub`` (RFC 7519 section 4.1.2): whom the token is about; None if there is none.
    #[getter]
    fn subject(&self) -> Option<&str> {
        self.token.claims().subject()
    }

    /// The claim ``aud`` (RFC 7519 section 4.1.3), always as a list; empty if there is none.
    ///
    /// Example:
    ///     >>> verified.audience
    ///     ['api']
    #[getter]
    fn audience(&self) -> Vec<&str> {
        self.token.claims().audience().iter().collect()
    }

    /// The claim ``exp`` (RFC 7519 section 4.1.4) as a datetime in UTC; None if there is none.
    ///
    /// Example:
    ///     >>> verified.expires_at - verified.issued_at
    ///     datetime.timedelta(seconds=900)
    #[getter]
    fn expires_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        datetime(py, self.token.claims().expires_at())
    }

    /// The claim ``nbf`` (RFC 7519 section 4.1.5) as a datetime in UTC; None if there is none.
    #[getter]
    fn not_before<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        datetime(py, self.token.claims().not_before())
    }

    /// The claim ``iat`` (RFC 7519 section 4.1.6) as a datetime in UTC; None if there is none.
    #[getter]
    fn issued_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        datetime(py, self.token.claims().issued_at())
    }

    /// The claim ``jti`` (RFC 7519 section 4.1.7); None if there is none.
    #[getter]
    fn token_id(&self) -> Option<&str> {
        self.token.claims().token_id()
    }

    /// Check that this ID token was issued beside this access token, by its ``at_hash`` (OpenID
    /// Connect Core 1.0 section 3.1.3.8).
    ///
    /// Args:
    ///     access_token: The access token.
    ///
    /// Raises:
    ///     ClaimRefused: ``jwt_hash_mismatch``; ``jwt_hash_undefined`` if the token's algorithm names
    ///         no hash, as ML-DSA; ``jwt_claim_missing``, ``jwt_claim_type``.
    ///
    /// Example:
    ///     >>> from jotem import token_hash
    ///     >>> at_hash = token_hash("ES256", "the access token")
    ///     >>> id_token = issuer.issue({"at_hash": at_hash}, audience="api")
    ///     >>> verifier.verify(id_token).check_access_token("the access token")
    ///     >>> verifier.verify(id_token).check_access_token("another one")
    ///     Traceback (most recent call last):
    ///         ...
    ///     jotem.errors.ClaimRefused: the claim at_hash is not the hash of what was sent with the token
    #[pyo3(signature = (access_token))]
    fn check_access_token(&self, py: Python<'_>, access_token: &str) -> PyResult<()> {
        self.token.check_access_token(access_token).map_err(|error| errors::raise(py, error))
    }

    /// Check that this ID token was issued beside this authorization code, by its ``c_hash``
    /// (OpenID Connect Core 1.0 section 3.3.2.10).
    ///
    /// Args:
    ///     code: The authorization code.
    ///
    /// Raises:
    ///     ClaimRefused: As ``check_access_token``.
    #[pyo3(signature = (code))]
    fn check_code(&self, py: Python<'_>, code: &str) -> PyResult<()> {
        self.token.check_code(code).map_err(|error| errors::raise(py, error))
    }

    /// Shows no claim: a proof may end up in a log.
    fn __repr__(&self) -> String {
        let algorithm = self.token.algorithm();
        let key_id = self.key_id();
        let key_id = key_id.map_or_else(String::new, |id| format!(", kid `{}`", Excerpt::new(id)));
        format!("<jotem.Verified: {algorithm}{key_id}>")
    }

    #[classmethod]
    fn __class_getitem__<'py>(
        class: &Bound<'py, PyType>,
        of: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        generic(class, of)
    }
}

/// Makes `Class[of]` for annotations.
pub(super) fn generic<'py>(
    class: &Bound<'py, PyType>,
    of: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    class.py().import("types")?.getattr("GenericAlias")?.call1((class, of))
}

fn once<'py>(
    py: Python<'py>,
    cell: &PyOnceLock<Py<PyAny>>,
    text: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let value = cell.get_or_try_init(py, || json::read(py, text).map(Bound::unbind))?;
    Ok(value.bind(py).clone())
}

fn datetime(py: Python<'_>, date: Option<NumericDate>) -> PyResult<Option<Bound<'_, PyAny>>> {
    date.map(|date| date::to_python(py, date)).transpose()
}
