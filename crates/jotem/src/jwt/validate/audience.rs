//! `aud` (RFC 7519 §4.1.3).

use super::{Validation, bounded, missing};
use crate::error::{Excerpt, Rejection};
use crate::jwt::Audience;
use crate::jwt::registered::{AudienceText, Captured};
use crate::limits::Limits;

/// Checks that `aud` is a string or an array of strings, and none of them too long.
pub(super) fn check_type(
    audience: &Captured<AudienceText>,
    limits: &Limits,
) -> Result<(), Rejection> {
    let audience = audience.check("aud", "a string or an array of strings")?;
    match audience {
        None => Ok(()),
        Some(AudienceText::One(text)) => bounded("aud", text, limits),
        Some(AudienceText::Many(texts)) => {
            texts.iter().try_for_each(|text| bounded("aud", text, limits))
        }
    }
}

/// Accepts a token if one of its audiences is one of the expected ones, byte for byte. Without an
/// expectation, only a token that names none, unless any audience is accepted.
pub(super) fn check(
    validation: &Validation,
    payload: &str,
    audience: Option<&AudienceText>,
) -> Result<(), Rejection> {
    let found = Audience::new(payload, audience);
    let Some(expected) = &validation.audiences else {
        let accepted = validation.any_audience || found.is_empty();
        return if accepted { Ok(()) } else { Err(Rejection::AudienceUnexpected) };
    };
    if found.is_empty() {
        return Err(missing("aud"));
    }
    if expected.iter().any(|one| found.contains(one)) {
        return Ok(());
    }
    Err(Rejection::AudienceMismatch { found: describe(found) })
}

fn describe(audience: Audience<'_>) -> Excerpt {
    let first = audience.iter().next().unwrap_or_default();
    match audience.iter().count() {
        0 | 1 => Excerpt::new(&format!("`{first}`")),
        more => Excerpt::new(&format!("{more} values, `{first}` first")),
    }
}
