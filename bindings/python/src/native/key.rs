//! `jotem.Key`: a key that knows its one algorithm.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use jotem::error::{Excerpt, KeyError, Misuse};
use jotem::{Error, Jwk, SigningKey, VerifyingKey};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use zeroize::Zeroizing;

use super::documents::{algorithm_of, named};
use super::half::Half;
use super::{algorithm, arguments, errors, objects};
use crate::json;

/// A private key, a public key or a shared secret, for exactly one algorithm (RFC 8725 section
/// 3.1).
///
/// Made by its static methods. Immutable, shared freely between threads, never pickled. Equal keys
/// have the same algorithm, half, name, issuers and material; secrets are compared in constant
/// time.
///
/// In every method ``algorithm`` is an ``Algorithm`` or its name, and ``key_id`` the name of the
/// key (``kid``, RFC 7517 section 4.5). What a key cannot be is ``KeyRefused``, with a hint.
///
/// Example:
///     >>> from jotem import Algorithm, Key
///     >>> private = Key.generate("ES256", key_id="2026-11")
///     >>> private.public()
///     <jotem.Key: ES256 public, kid `2026-11`>
#[pyclass(frozen, module = "jotem")]
#[derive(Clone)]
pub(super) struct Key {
    half: Half,
    issuers: Option<Arc<[String]>>,
}

impl From<Half> for Key {
    fn from(half: Half) -> Self {
        Self { half, issuers: None }
    }
}

impl From<VerifyingKey> for Key {
    fn from(key: VerifyingKey) -> Self {
        Half::Verifying(key).into()
    }
}

impl From<SigningKey> for Key {
    fn from(key: SigningKey) -> Self {
        Half::Signing(key).into()
    }
}

impl Key {
    /// Returns the key that signs.
    pub(super) fn signing(&self) -> Result<&SigningKey, Error> {
        match &self.half {
            Half::Signing(key) => Ok(key),
            Half::Verifying(_) => Err(KeyError::Public.into()),
        }
    }

    /// Returns the key that verifies; a private key has no place in a verifier.
    pub(super) fn verifying(&self) -> Result<VerifyingKey, Error> {
        let key = match &self.half {
            Half::Signing(key) if self.half.is_symmetric() => key.verifying_key(),
            Half::Signing(_) => return Err(KeyError::Private.into()),
            Half::Verifying(key) => key.clone(),
        };
        Ok(match &self.issuers {
            Some(issuers) => key.of_issuers(issuers.iter().cloned()),
            None => key,
        })
    }

    /// Returns the document that may be published.
    pub(super) fn public_jwk(&self) -> Result<Jwk, Error> {
        self.half.public_jwk()
    }

    /// Compares shared secrets in constant time, and other keys by their public halves.
    fn has_material_of(&self, other: &Self) -> Result<bool, Error> {
        if self.half.is_symmetric() {
            let (own, others) = (self.half.whole_jwk()?, other.half.whole_jwk()?);
            return Ok(own.to_private_json() == others.to_private_json());
        }
        Ok(self.half.thumbprint()? == other.half.thumbprint()?)
    }
}

#[pymethods]
impl Key {
    /// Reads ``pem`` text (RFC 7468): PKCS#8, PKCS#1, SEC1 or SPKI. Not the name of a file.
    /// ``password`` is for PKCS#8 that is encrypted (PBES2, RFC 8018), and for nothing else.
    ///
    /// Example:
    ///     >>> Key.from_pem(private.to_pem(), algorithm="ES256")
    ///     <jotem.Key: ES256 public>
    #[staticmethod]
    #[pyo3(signature = (pem, *, algorithm, key_id=None, password=None))]
    fn from_pem(
        py: Python<'_>,
        pem: &Bound<'_, PyAny>,
        algorithm: &Bound<'_, PyAny>,
        key_id: Option<&Bound<'_, PyAny>>,
        password: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let document = arguments::bytes("pem", pem)?;
        let password = arguments::optional_bytes("password", password)?;
        Self::read(py, algorithm, key_id, || match password {
            Some(password) => Jwk::from_encrypted_pem(document, password),
            None => Jwk::from_pem(document),
        })
    }

    /// Reads ``der`` bytes: PKCS#8, PKCS#1, SEC1 or SPKI, ``password`` as in ``from_pem``.
    ///
    /// Example:
    ///     >>> Key.from_der(private.to_der(), algorithm="ES256")
    ///     <jotem.Key: ES256 public>
    #[staticmethod]
    #[pyo3(signature = (der, *, algorithm, key_id=None, password=None))]
    fn from_der(
        py: Python<'_>,
        der: &Bound<'_, PyBytes>,
        algorithm: &Bound<'_, PyAny>,
        key_id: Option<&Bound<'_, PyAny>>,
        password: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let document = der.as_bytes();
        let password = arguments::optional_bytes("password", password)?;
        Self::read(py, algorithm, key_id, || match password {
            Some(password) => Jwk::from_encrypted_der(document, password),
            None => Jwk::from_der(document),
        })
    }

    /// Takes the public key out of a ``certificate`` (X.509, RFC 5280), in PEM or DER. Nothing in it
    /// is checked: no issuer, name, date or revocation. Give it only what you trust already.
    ///
    /// Example:
    ///     >>> Key.from_x509(private.to_pem(), algorithm="ES256")
    ///     Traceback (most recent call last):
    ///     jotem.errors.KeyRefused: this is not an X.509 certificate in PEM or DER
    #[staticmethod]
    #[pyo3(signature = (certificate, *, algorithm, key_id=None))]
    fn from_x509(
        py: Python<'_>,
        certificate: &Bound<'_, PyAny>,
        algorithm: &Bound<'_, PyAny>,
        key_id: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let certificate = arguments::bytes("certificate", certificate)?;
        Self::read(py, algorithm, key_id, || Jwk::from_x509(certificate))
    }

    /// Reads the ``document`` that OpenSSH keeps a private key in (``BEGIN OPENSSH PRIVATE KEY``).
    /// ``password`` if it is encrypted, and only then.
    ///
    /// Example:
    ///     >>> Key.from_openssh(private.to_pem(), algorithm="ES256")
    ///     Traceback (most recent call last):
    ///     jotem.errors.KeyRefused: this is not a private key of OpenSSH (`BEGIN OPENSSH PRIVATE KEY`)
    #[staticmethod]
    #[pyo3(signature = (document, *, algorithm, key_id=None, password=None))]
    fn from_openssh(
        py: Python<'_>,
        document: &Bound<'_, PyAny>,
        algorithm: &Bound<'_, PyAny>,
        key_id: Option<&Bound<'_, PyAny>>,
        password: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let document = arguments::bytes("document", document)?;
        let password = arguments::optional_bytes("password", password)?;
        Self::read(py, algorithm, key_id, || Jwk::from_openssh(document, password))
    }

    /// Reads a public key of OpenSSH, the ``line`` of an ``id_ed25519.pub`` (RFC 4253 section 6.6).
    /// Certificates are refused.
    ///
    /// Example:
    ///     >>> Key.from_ssh("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK5KkYNfadALuR/sPJYi98oJ02w6g9iR"
    ///     ...              "ylAiKYIW4X9Y me", algorithm="EdDSA")
    ///     <jotem.Key: EdDSA public>
    #[staticmethod]
    #[pyo3(signature = (line, *, algorithm, key_id=None))]
    fn from_ssh(
        py: Python<'_>,
        line: &Bound<'_, PyAny>,
        algorithm: &Bound<'_, PyAny>,
        key_id: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let line = arguments::bytes("line", line)?;
        Self::read(py, algorithm, key_id, || Jwk::from_ssh(line))
    }

    /// Reads a ``jwk`` (RFC 7517), a dict or JSON. ``algorithm`` is needed if it names none.
    ///
    /// Example:
    ///     >>> Key.from_jwk({"kty": "oct", "alg": "HS256", "k": "c2VjcmV0" * 6})
    ///     <jotem.Key: HS256 secret>
    #[staticmethod]
    #[pyo3(signature = (jwk, *, algorithm=None, key_id=None))]
    fn from_jwk(
        py: Python<'_>,
        jwk: &Bound<'_, PyAny>,
        algorithm: Option<&Bound<'_, PyAny>>,
        key_id: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let key_id = arguments::optional_text("key_id", key_id)?;
        let raise = |error| errors::raise(py, error);
        let mut json = Zeroizing::new(Vec::with_capacity(8 * 1024));
        if jwk.is_instance_of::<PyDict>() {
            json::value(&mut json, jwk).map_err(|fault| errors::unwritable(py, "jwk", fault))?;
        } else if let Ok(text) = arguments::bytes("jwk", jwk) {
            json.extend_from_slice(text);
        } else {
            return Err(arguments::wrong_type("jwk", "dict, str or bytes", jwk));
        }
        let jwk = Jwk::from_json(json.as_slice()).map_err(raise)?;
        let algorithm = algorithm_of(&jwk, algorithm)?.map_err(raise)?;
        Half::of(&jwk, algorithm, key_id).map(Self::from).map_err(raise)
    }

    /// Takes a shared secret, byte for byte: at least as long as the hash (RFC 7518 section 3.2).
    ///
    /// Example:
    ///     >>> Key.from_secret("changeme", algorithm="HS256")
    ///     Traceback (most recent call last):
    ///         ...
    ///     jotem.errors.KeyRefused: the secret has 8 bytes; HS256 needs at least 32 (RFC 7518 §3.2)
    #[staticmethod]
    #[pyo3(signature = (secret, *, algorithm, key_id=None))]
    fn from_secret(
        py: Python<'_>,
        secret: &Bound<'_, PyAny>,
        algorithm: &Bound<'_, PyAny>,
        key_id: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let secret = arguments::bytes("secret", secret)?;
        Self::make(py, algorithm, key_id, |algorithm| SigningKey::from_secret(secret, algorithm))
    }

    /// Takes a shared secret from base64 or base64url (RFC 4648), padded or not.
    ///
    /// Example:
    ///     >>> Key.from_base64_secret("c2VjcmV0" * 6, algorithm="HS256")
    ///     <jotem.Key: HS256 secret>
    #[staticmethod]
    #[pyo3(signature = (secret, *, algorithm, key_id=None))]
    fn from_base64_secret(
        py: Python<'_>,
        secret: &Bound<'_, PyAny>,
        algorithm: &Bound<'_, PyAny>,
        key_id: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let secret = arguments::bytes("secret", secret)?;
        let text = std::str::from_utf8(secret).map_err(|_| KeyError::SecretNotBase64);
        Self::make(py, algorithm, key_id, |algorithm| {
            SigningKey::from_base64_secret(text?, algorithm)
        })
    }

    /// Takes a private or public key object of the package ``cryptography``.
    ///
    /// Example:
    ///     >>> from cryptography.hazmat.primitives.asymmetric import ec
    ///     >>> Key.from_cryptography(ec.generate_private_key(ec.SECP256R1()), algorithm="ES256")
    ///     <jotem.Key: ES256 private>
    #[staticmethod]
    #[pyo3(signature = (key, *, algorithm, key_id=None))]
    fn from_cryptography(
        py: Python<'_>,
        key: &Bound<'_, PyAny>,
        algorithm: &Bound<'_, PyAny>,
        key_id: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let der = objects::key_to_der(key)?;
        Self::from_der(py, &der, algorithm, key_id, None)
    }

    /// Makes a new key. ``bits`` is for RSA: 2048 (if not given), 3072, 4096 or 8192.
    ///
    /// Example:
    ///     >>> Key.generate(Algorithm.HS256).is_private
    ///     True
    #[staticmethod]
    #[pyo3(signature = (algorithm, *, key_id=None, bits=None))]
    fn generate(
        py: Python<'_>,
        algorithm: &Bound<'_, PyAny>,
        key_id: Option<&Bound<'_, PyAny>>,
        bits: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let key_id = arguments::optional_text("key_id", key_id)?;
        let algorithm = algorithm::read(algorithm)?;
        let bits = bits.map(|bits| arguments::count("bits", bits)).transpose()?;
        let is_rsa = matches!(algorithm.name().as_bytes(), [b'R' | b'P', b'S', ..]);
        let key = py.detach(|| match bits {
            Some(bits) if is_rsa => SigningKey::generate_rsa(algorithm, bits).map(Some),
            Some(_) => Ok(None),
            None => SigningKey::generate(algorithm).map(Some),
        });
        match key.map_err(|error| errors::raise(py, error))? {
            Some(key) => Ok(named(key, key_id).into()),
            None => {
                let message = format!("bits is for RSA; the size of an {algorithm} key is given");
                Err(errors::misuse(py, &message, "leave bits out"))
            }
        }
    }

    fn __repr__(&self) -> String {
        let kind = match &self.half {
            Half::Signing(_) | Half::Verifying(_) if self.half.is_symmetric() => "secret",
            Half::Signing(_) => "private",
            Half::Verifying(_) => "public",
        };
        let key_id = self.half.key_id();
        let key_id = key_id.map_or_else(String::new, |id| format!(", kid `{}`", Excerpt::new(id)));
        format!("<jotem.Key: {} {kind}{key_id}>", self.half.algorithm())
    }

    fn __eq__(&self, py: Python<'_>, other: &Self) -> PyResult<bool> {
        let alike = self.half.algorithm() == other.half.algorithm()
            && self.half.key_id() == other.half.key_id()
            && self.is_private() == other.is_private()
            && self.issuers == other.issuers;
        if !alike {
            return Ok(false);
        }
        self.has_material_of(other).map_err(|error| errors::raise(py, error))
    }

    /// A shared secret has no part in its hash.
    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.half.algorithm().hash(&mut hasher);
        self.half.key_id().hash(&mut hasher);
        self.is_private().hash(&mut hasher);
        if let Ok(thumbprint) = self.half.thumbprint() {
            thumbprint.hash(&mut hasher);
        }
        hasher.finish()
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        let message = "a jotem.Key is not pickled, so that no secret travels by accident: \
                       send what to_pem() or to_jwk() returns, on purpose";
        Err(PyTypeError::new_err(message))
    }

    /// The one algorithm of the key: ``private.algorithm`` is ``Algorithm.ES256``.
    #[getter]
    fn algorithm<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        algorithm::member(py, self.half.algorithm())
    }

    /// The name of the key (``kid``): ``private.key_id`` is ``'2026-11'``. None if it has none.
    #[getter]
    fn key_id(&self) -> Option<&str> {
        self.half.key_id()
    }

    /// Whether its holder can sign: true for a private key and for a shared secret.
    #[getter]
    const fn is_private(&self) -> bool {
        matches!(self.half, Half::Signing(_)) || self.half.is_symmetric()
    }

    /// The issuers whose key it is, if ``of_issuers`` said so; None otherwise.
    #[getter]
    fn issuers(&self) -> Option<Vec<String>> {
        self.issuers.as_deref().map(<[String]>::to_vec)
    }

    /// Returns the public half. A shared secret has none: ``KeyRefused``.
    fn public(&self, py: Python<'_>) -> PyResult<Self> {
        let half = match &self.half {
            _ if self.half.is_symmetric() => Err(KeyError::NoPublicPart),
            Half::Signing(key) => Ok(Half::Verifying(key.verifying_key())),
            Half::Verifying(_) => Ok(self.half.clone()),
        };
        let half = half.map_err(|error| errors::raise(py, error.into()))?;
        Ok(Self { half, issuers: self.issuers.clone() })
    }

    /// Returns the same key under another name: the thumbprint is one that needs no list.
    ///
    /// Example:
    ///     >>> named = private.with_key_id(private.thumbprint())
    fn with_key_id(&self, key_id: &Bound<'_, PyAny>) -> PyResult<Self> {
        let key_id = arguments::text("key_id", key_id)?;
        let half = match &self.half {
            Half::Signing(key) => Half::Signing(key.clone().with_key_id(key_id)),
            Half::Verifying(key) => Half::Verifying(key.clone().with_key_id(key_id)),
        };
        Ok(Self { half, issuers: self.issuers.clone() })
    }

    /// Returns the same key, for tokens of these issuers only (RFC 8725 section 3.8).
    ///
    /// Example:
    ///     >>> private.public().of_issuers("https://auth.example").issuers
    ///     ['https://auth.example']
    fn of_issuers(&self, py: Python<'_>, issuers: &Bound<'_, PyAny>) -> PyResult<Self> {
        let issuers = arguments::texts("issuers", issuers)?;
        if issuers.is_empty() || issuers.iter().any(String::is_empty) {
            let misuse = Misuse::ExpectationEmpty { claim: "iss" };
            return Err(errors::raise(py, misuse.into()));
        }
        Ok(Self { half: self.half.clone(), issuers: Some(issuers.into()) })
    }

    /// Returns the thumbprint of the public half (RFC 7638): SHA-256, in base64url. Not of a
    /// secret.
    ///
    /// Example:
    ///     >>> len(private.thumbprint())
    ///     43
    fn thumbprint(&self, py: Python<'_>) -> PyResult<String> {
        self.half.thumbprint().map_err(|error| errors::raise(py, error))
    }

    /// Returns the public half as a JWK (RFC 7517), or with ``private=True`` everything.
    ///
    /// Example:
    ///     >>> sorted(private.to_jwk())
    ///     ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']
    #[pyo3(signature = (*, private=false))]
    fn to_jwk<'py>(&self, py: Python<'py>, private: bool) -> PyResult<Bound<'py, PyAny>> {
        let raise = |error| errors::raise(py, error);
        if !private {
            let json = self.public_jwk().and_then(|jwk| jwk.to_json()).map_err(raise)?;
            return json::read(py, &json);
        }
        if !self.is_private() {
            return Err(raise(KeyError::Public.into()));
        }
        let json = self.half.whole_jwk().map_err(raise)?.to_private_json();
        json::read(py, &String::from_utf8_lossy(json.expose()))
    }

    /// Returns the public half as PEM (SPKI), or with ``private=True`` the private key (PKCS#8), or
    /// with a ``password`` the private key under it (PBES2: AES-256, PBKDF2 with SHA-256).
    ///
    /// Example:
    ///     >>> print(private.to_pem(password="correct horse").splitlines()[0])
    ///     -----BEGIN ENCRYPTED PRIVATE KEY-----
    #[pyo3(signature = (*, private=false, password=None))]
    fn to_pem(
        &self,
        py: Python<'_>,
        private: bool,
        password: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let pem = if let Some(password) = arguments::optional_bytes("password", password)? {
            py.detach(|| self.signing().and_then(|key| key.to_encrypted_pem(password)))
        } else if private {
            let pem = self.signing().and_then(SigningKey::to_pem);
            pem.map(|pem| String::from_utf8_lossy(pem.expose()).into_owned())
        } else {
            self.public_jwk().and_then(|jwk| jwk.to_pem())
        };
        pem.map_err(|error| errors::raise(py, error))
    }

    /// Returns what ``to_pem`` does, as DER, with a ``password`` as there.
    #[pyo3(signature = (*, private=false, password=None))]
    fn to_der<'py>(
        &self,
        py: Python<'py>,
        private: bool,
        password: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let der = if let Some(password) = arguments::optional_bytes("password", password)? {
            py.detach(|| self.signing().and_then(|key| key.to_encrypted_der(password)))
                .map(|der| PyBytes::new(py, &der))
        } else if private {
            let der = self.signing().and_then(SigningKey::to_der);
            der.map(|der| PyBytes::new(py, der.expose()))
        } else {
            self.public_jwk().and_then(|jwk| jwk.to_der()).map(|der| PyBytes::new(py, &der))
        };
        der.map_err(|error| errors::raise(py, error))
    }
}
