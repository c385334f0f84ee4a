//! The dates of a token (RFC 7519 §4.1.4 to §4.1.6): their form, their order, and the lifetime.

use serde_json::{Map, Value};

use super::Rule;
use super::finding::{Fact, Part, Report};
use super::kind::Kind;
use crate::jwt::NumericDate;

/// A bearer token that lives longer than this cannot be called back within a working day.
const LONG: f64 = 86_400.0;

/// As long as a refresh token commonly lives.
const VERY_LONG: f64 = 90.0 * 86_400.0;

/// As far as clocks may differ: the most leeway that a verifier can be given.
const SKEW: f64 = 300.0;

pub(super) fn examine(
    members: &Map<String, Value>,
    kind: Kind,
    now: NumericDate,
    report: &mut Report,
) {
    let exp = date(members, "exp", report);
    let nbf = date(members, "nbf", report);
    let iat = date(members, "iat", report);
    for (name, missing) in [("exp", Rule::ExpMissing), ("iat", Rule::IatMissing)] {
        if !members.contains_key(name) && kind.has(name) {
            report.add(missing, &Part::Claims.whole());
        }
    }
    for name in ["auth_time", "updated_at"] {
        date(members, name, report);
    }
    let now = now.since_epoch().as_secs_f64();
    if let Some(ahead) = iat.map(|iat| iat - now).filter(|ahead| *ahead > SKEW) {
        let facts = vec![("ahead_seconds", seconds(ahead))];
        report.add_with(Rule::IatFuture, &Part::Claims.member("iat"), facts);
    }
    let Some(exp) = exp else { return };
    let place = Part::Claims.member("exp");
    // Without `iat` only what is left of the life can be told.
    lifetime(exp - iat.unwrap_or(now), iat.is_some(), report);
    if nbf.is_some_and(|nbf| nbf >= exp) && !report.has(Rule::ExpBeforeIat) {
        // With `nbf` equal to `iat` the zero lifetime has been reported.
        if !(report.has(Rule::LifetimeZero) && nbf == iat) {
            report.add(Rule::NbfAfterExp, &place);
        }
    }
}

fn lifetime(lifetime: f64, issued: bool, report: &mut Report) {
    let rule = if lifetime > VERY_LONG {
        Rule::LifetimeVeryLong
    } else if lifetime > LONG {
        Rule::LifetimeLong
    } else if !issued || lifetime > 0.0 {
        return;
    } else if lifetime < 0.0 {
        Rule::ExpBeforeIat
    } else {
        Rule::LifetimeZero
    };
    let facts = vec![("lifetime_seconds", seconds(lifetime))];
    report.add_with(rule, &Part::Claims.member("exp"), facts);
}

/// Returns a date in seconds; what is none of those is reported.
fn date(members: &Map<String, Value>, name: &str, report: &mut Report) -> Option<f64> {
    let place = Part::Claims.member(name);
    let value = members.get(name)?;
    let Some(date) = value.as_f64() else {
        report.add(Rule::DateType, &place);
        return None;
    };
    let latest = NumericDate::MAX.since_epoch().as_secs_f64();
    if date > latest {
        report.add(Rule::DateMilliseconds, &place);
    } else if date < 0.0 {
        report.add(Rule::DateRange, &place);
    } else {
        return Some(date);
    }
    None
}

#[expect(clippy::cast_possible_truncation, reason = "dates are bounded, and `as` saturates")]
const fn seconds(span: f64) -> Fact {
    Fact::Number(span as i64)
}
