//! `exp`, `nbf` and `iat` (RFC 7519 §4.1.4 to §4.1.6).

use super::{Validation, missing};
use crate::error::Rejection;
use crate::jwt::NumericDate;

/// Accepts a token while `exp` + leeway > now, from `nbf` − leeway ≤ now on, and with
/// `iat` − leeway ≤ now.
pub(super) fn check(
    validation: &Validation,
    now: NumericDate,
    exp: Option<NumericDate>,
    nbf: Option<NumericDate>,
    iat: Option<NumericDate>,
) -> Result<(), Rejection> {
    let leeway = validation.leeway;
    let seconds = leeway.as_secs();
    match exp {
        Some(exp) if now.since_epoch() >= exp.since_epoch().saturating_add(leeway) => {
            let ago = now.saturating_since(exp).as_secs();
            return Err(Rejection::Expired { exp, now, leeway: seconds, ago });
        }
        None if !validation.expiry_optional => return Err(missing("exp")),
        Some(_) | None => {}
    }
    let earliest = now.since_epoch().saturating_add(leeway);
    if let Some(nbf) = nbf
        && nbf.since_epoch() > earliest
    {
        let early = ceiling(nbf, now);
        return Err(Rejection::NotYetValid { nbf, now, leeway: seconds, early });
    }
    if let Some(iat) = iat
        && iat.since_epoch() > earliest
    {
        let early = ceiling(iat, now);
        return Err(Rejection::IssuedInFuture { iat, now, leeway: seconds, early });
    }
    check_age(validation, now, iat)?;
    check_lifetime(validation, exp, iat)
}

/// Accepts a token while now ≤ `iat` + maximum age + leeway.
fn check_age(
    validation: &Validation,
    now: NumericDate,
    iat: Option<NumericDate>,
) -> Result<(), Rejection> {
    let Some(limit) = validation.max_age else { return Ok(()) };
    let age = now.saturating_since(iat.ok_or_else(|| missing("iat"))?);
    if age > limit.saturating_add(validation.leeway) {
        return Err(Rejection::TooOld { age: age.as_secs(), limit: limit.as_secs() });
    }
    Ok(())
}

/// Accepts a token if `exp` − `iat` ≤ maximum lifetime.
fn check_lifetime(
    validation: &Validation,
    exp: Option<NumericDate>,
    iat: Option<NumericDate>,
) -> Result<(), Rejection> {
    let Some(limit) = validation.max_lifetime else { return Ok(()) };
    let exp = exp.ok_or_else(|| missing("exp"))?;
    let lifetime = exp.saturating_since(iat.ok_or_else(|| missing("iat"))?);
    if lifetime > limit {
        let (lifetime, limit) = (lifetime.as_secs(), limit.as_secs());
        return Err(Rejection::LifetimeTooLong { lifetime, limit });
    }
    Ok(())
}

/// Whole seconds from `now` until `then`, rounded up.
fn ceiling(then: NumericDate, now: NumericDate) -> u64 {
    let rest = then.saturating_since(now);
    rest.as_secs().saturating_add(u64::from(rest.subsec_nanos() > 0))
}
