//! `iss` (RFC 7519 §4.1.1).

use super::{Validation, missing};
use crate::error::{Excerpt, Rejection};

/// Accepts a token if `iss` is one of the expected issuers, byte for byte; without an expectation,
/// always.
pub(super) fn check(validation: &Validation, issuer: Option<&str>) -> Result<(), Rejection> {
    let Some(expected) = &validation.issuers else { return Ok(()) };
    let found = issuer.ok_or_else(|| missing("iss"))?;
    if expected.iter().any(|one| one == found) {
        return Ok(());
    }
    Err(Rejection::IssuerMismatch { found: Excerpt::new(found) })
}
