//! Keys of the engine, for the public-key algorithms where `cryptography` is not installed.
//!
//! PyJWT's key objects serve a family of algorithms (an RSA key all of RS256 to PS512), the engine's
//! exactly one. So this is the document of a key, and the engine's keys made of it when an algorithm
//! first needs them.

use std::sync::{Arc, Mutex};

use jotem::jwa::KeyType;
use jotem::{Algorithm, Error, Jwk, SigningKey, VerifyingKey};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// The engine's halves of a key, for one algorithm.
#[derive(Debug)]
pub(crate) struct Halves {
    pub(crate) signing: Option<SigningKey>,
    /// That of a private key as well.
    pub(crate) verifying: VerifyingKey,
}

impl Halves {
    /// Makes the keys of a document; `Error` says why it is not for the algorithm.
    pub(crate) fn of(jwk: &Jwk, algorithm: Algorithm) -> Result<Self, Error> {
        if !jwk.is_private() {
            return Ok(Self { signing: None, verifying: VerifyingKey::from_jwk(jwk, algorithm)? });
        }
        let signing = SigningKey::from_jwk(jwk, algorithm)?;
        Ok(Self { verifying: signing.verifying_key(), signing: Some(signing) })
    }
}

/// A public or private key of RSA, EC or OKP, read by the engine.
#[pyclass(frozen, module = "jotem.jwt.algorithms")]
pub(crate) struct EngineKey {
    jwk: Jwk,
    made: Mutex<Vec<(Algorithm, Arc<Halves>)>>,
}

impl EngineKey {
    fn of(jwk: Jwk) -> PyResult<Self> {
        // PyJWT knows no others: what the engine learns beside these is not for it.
        if !matches!(jwk.key_type(), KeyType::Rsa | KeyType::Ec | KeyType::Okp) {
            return Err(PyValueError::new_err("the key is not one of RSA, EC or OKP"));
        }
        Ok(Self { jwk, made: Mutex::default() })
    }

    /// Returns the engine's keys for an algorithm, made once.
    ///
    /// # Errors
    /// [`Error`]: the key is not for this algorithm.
    pub(crate) fn halves(&self, algorithm: Algorithm) -> Result<Arc<Halves>, Error> {
        // Nobody panics while holding the lock, and what is in it is whole at any time.
        let mut made = self.made.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, halves)) = made.iter().find(|(one, _)| *one == algorithm) {
            return Ok(Arc::clone(halves));
        }
        let halves = Arc::new(Halves::of(&self.jwk, algorithm)?);
        made.push((algorithm, Arc::clone(&halves)));
        Ok(halves)
    }
}

#[pymethods]
impl EngineKey {
    /// Reads a key from PEM, or a public one from the text of OpenSSH; `ValueError` says what it is
    /// instead.
    #[staticmethod]
    fn from_text(text: &[u8]) -> PyResult<Self> {
        let is_ssh = text.starts_with(b"ssh-") || text.starts_with(b"ecdsa-sha2-");
        Self::of(if is_ssh { Jwk::from_ssh(text) } else { Jwk::from_pem(text) }.map_err(unsound)?)
    }

    /// Reads a key from the JSON text of a JWK; `ValueError` says what is wrong with it.
    #[staticmethod]
    fn from_json(json: &str) -> PyResult<Self> {
        Self::of(Jwk::from_json(json).map_err(unsound)?)
    }

    /// The JWK, as JSON text, with everything that the key has.
    fn to_json<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.jwk.to_private_json().expose())
    }

    /// `RSA`, `EC` or `OKP`.
    #[getter]
    fn key_type(&self) -> &'static str {
        self.jwk.key_type().name()
    }

    /// The name of the curve (RFC 7518 §6.2.1.1), `None` for RSA.
    #[getter]
    fn curve(&self) -> Option<&'static str> {
        self.jwk.curve().map(|curve| curve.name())
    }

    /// The bits of an RSA modulus, or of the field of a curve.
    #[getter]
    fn key_size(&self) -> usize {
        self.jwk.bits()
    }

    /// Whether the key signs.
    #[getter]
    fn is_private(&self) -> bool {
        self.jwk.is_private()
    }

    /// The half that may be published.
    fn public_key(&self) -> PyResult<Self> {
        Self::of(self.jwk.public().map_err(unsound)?)
    }

    /// Signs with the algorithm of a JWS name; `ValueError` if the key is public, or not for it.
    fn sign<'py>(
        &self,
        py: Python<'py>,
        algorithm: &str,
        message: &[u8],
    ) -> PyResult<Bound<'py, PyBytes>> {
        let halves = self.halves(named(algorithm)?).map_err(unsound)?;
        let Some(signing) = &halves.signing else {
            return Err(PyValueError::new_err("a public key cannot sign"));
        };
        let signature = py.detach(|| signing.sign(message)).map_err(unsound)?;
        Ok(PyBytes::new(py, signature.as_ref()))
    }

    /// Tells whether a signature of the algorithm holds; `ValueError` if the key is not for it.
    fn verify(
        &self,
        py: Python<'_>,
        algorithm: &str,
        message: &[u8],
        signature: &[u8],
    ) -> PyResult<bool> {
        let halves = self.halves(named(algorithm)?).map_err(unsound)?;
        Ok(py.detach(|| halves.verifying.verify(message, signature)).is_ok())
    }

    fn __repr__(&self) -> String {
        let half = if self.jwk.is_private() { "private" } else { "public" };
        format!("<EngineKey: {half} {}>", self.jwk.curve().map_or("RSA", |curve| curve.name()))
    }
}

/// Whether the bytes are a key or a certificate in DER.
#[pyfunction]
fn pyjwt_is_der_key(bytes: &[u8]) -> bool {
    use jotem::error::Code;

    match Jwk::from_der(bytes) {
        Ok(_) => true,
        Err(error) => {
            matches!(error.code(), Code::KeyCertificate | Code::KeyEncrypted | Code::KeyExpanded)
        }
    }
}

fn named(algorithm: &str) -> PyResult<Algorithm> {
    algorithm.parse().map_err(|_| PyValueError::new_err("not an algorithm of the engine"))
}

fn unsound(error: Error) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// Adds the class and the function of this module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<EngineKey>()?;
    module.add_function(wrap_pyfunction!(pyjwt_is_der_key, module)?)
}
