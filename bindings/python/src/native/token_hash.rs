//! `jotem.token_hash`: what an ID token says of the tokens beside it.

use pyo3::prelude::*;

use super::algorithm;

/// Return the value of ``at_hash`` for an access token, or of ``c_hash`` for an authorization code,
/// in an ID token signed with ``algorithm`` (OpenID Connect Core 1.0 sections 3.1.3.6, 3.3.2.11).
///
/// Args:
///     algorithm: That of the ID token: its name says the hash. EdDSA with Ed25519 takes SHA-512.
///     value: The access token, or the code.
///
/// Returns:
///     22 to 43 characters of base64url; None if the algorithm names no hash, as ML-DSA: such a
///     claim can be neither written nor checked with it.
///
/// Raises:
///     Misuse: There is no such algorithm.
///
/// Example:
///     >>> from jotem import token_hash
///     >>> token_hash("RS256", "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y")
///     '77QmUPtjPfzWtF2AnpK9RQ'
#[pyfunction]
#[pyo3(signature = (algorithm, value))]
pub(super) fn token_hash(algorithm: &Bound<'_, PyAny>, value: &str) -> PyResult<Option<String>> {
    Ok(jotem::jwt::token_hash(algorithm::read(algorithm)?, value))
}
