//! `typ` (RFC 7515 §4.1.9, RFC 8725 §3.11).

use super::Validation;
use crate::error::{Excerpt, Rejection};

/// Accepts a token if `typ` is the expected media type, letters without case, `application/`
/// implied; without an expectation, always.
pub(super) fn check(validation: &Validation, token_type: Option<&str>) -> Result<(), Rejection> {
    let Some(expected) = &validation.token_type else { return Ok(()) };
    if token_type.is_some_and(|found| short(found).eq_ignore_ascii_case(short(expected))) {
        return Ok(());
    }
    Err(Rejection::TypeMismatch { expected: expected.clone(), found: token_type.map(Excerpt::new) })
}

/// Leaves `application/` out, unless another slash follows (RFC 7515 §4.1.9).
fn short(media_type: &str) -> &str {
    const PREFIX: &str = "application/";
    match media_type.split_at_checked(PREFIX.len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) && !rest.contains('/') => rest,
        Some(_) | None => media_type,
    }
}
