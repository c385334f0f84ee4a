//! `iss` (RFC 7519 §4.1.1).

use super::{Validation, missing};
use crate::error::{Excerpt, Rejection};
use crate::jwk::VerifyingKey;

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

/// Accepts a token if the key that verified it is its issuer's. A key that was bound to nobody may
/// speak for several issuers only where it is the only key.
#[inline]
pub(super) fn check_owner<'p>(
    validation: &Validation,
    key: &VerifyingKey,
    several_keys: bool,
    issuer: impl Fn() -> Option<&'p str>,
) -> Result<(), Rejection> {
    let owns = match key.issuers() {
        Some(owners) => owners.iter().any(|owner| Some(owner.as_str()) == issuer()),
        None => !(several_keys && validation.expects_several_issuers()),
    };
    if owns {
        return Ok(());
    }
    let found = issuer().ok_or_else(|| missing("iss"))?;
    Err(Rejection::IssuerMismatch { found: Excerpt::new(found) })
}
