//! `sub` (RFC 7519 §4.1.2).

use super::{Validation, missing};
use crate::error::{Excerpt, Rejection};

/// Accepts a token if `sub` is the expected subject, byte for byte; without an expectation, always.
pub(super) fn check<'p>(
    validation: &Validation,
    subject: impl FnOnce() -> Option<&'p str>,
) -> Result<(), Rejection> {
    let Some(expected) = &validation.subject else { return Ok(()) };
    let found = subject().ok_or_else(|| missing("sub"))?;
    if expected == found {
        return Ok(());
    }
    Err(Rejection::SubjectMismatch { found: Excerpt::new(found) })
}
