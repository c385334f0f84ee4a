//! How documents and secrets become a `jotem.Key`: for an algorithm, and under a name.

use jotem::error::KeyError;
use jotem::{Algorithm, Error, Jwk, SigningKey};
use pyo3::prelude::*;

use super::half::Half;
use super::key::Key;
use super::{algorithm, arguments, errors};

impl Key {
    /// Reads a document for an algorithm and under a name. Other threads run meanwhile: a password
    /// makes work.
    pub(super) fn read(
        py: Python<'_>,
        algorithm: &Bound<'_, PyAny>,
        key_id: Option<&Bound<'_, PyAny>>,
        document: impl FnOnce() -> Result<Jwk, Error> + Send,
    ) -> PyResult<Self> {
        let key_id = arguments::optional_text("key_id", key_id)?;
        let algorithm = algorithm::read(algorithm)?;
        let key = py.detach(|| document().and_then(|jwk| Half::of(&jwk, algorithm, key_id)));
        key.map(Self::from).map_err(|error| errors::raise(py, error))
    }

    /// Makes a shared secret for an algorithm and under a name.
    pub(super) fn make(
        py: Python<'_>,
        algorithm: &Bound<'_, PyAny>,
        key_id: Option<&Bound<'_, PyAny>>,
        secret: impl FnOnce(Algorithm) -> Result<SigningKey, Error>,
    ) -> PyResult<Self> {
        let key_id = arguments::optional_text("key_id", key_id)?;
        let key = secret(algorithm::read(algorithm)?).map_err(|error| errors::raise(py, error))?;
        Ok(named(key, key_id).into())
    }
}

/// Reads the algorithm of a document: the one that is asked for, or its own.
pub(super) fn algorithm_of(
    jwk: &Jwk,
    asked: Option<&Bound<'_, PyAny>>,
) -> PyResult<Result<Algorithm, Error>> {
    match asked {
        Some(asked) => algorithm::read(asked).map(Ok),
        None => Ok(jwk.algorithm().ok_or_else(|| KeyError::AlgorithmUnknown.into())),
    }
}

/// Returns a key under a name, if there is one.
pub(super) fn named(key: SigningKey, key_id: Option<&str>) -> SigningKey {
    match key_id {
        Some(key_id) => key.with_key_id(key_id),
        None => key,
    }
}
