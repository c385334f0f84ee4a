//! `jotem decode`: what a token says, without verifying anything.

use std::time::Duration;

use jotem::{Clock as _, NumericDate, SystemClock};
use serde_json::{Map, Value, json};

use crate::args::DecodeArguments;
use crate::date;
use crate::error::{Failure, Status};
use crate::input::Input;
use crate::json_text::append;
use crate::output::Output;
use crate::pretty::pretty;

/// What stands above everything that is not verified.
pub(super) const NOT_VERIFIED: &str = "NOT VERIFIED: anyone could have written this";

/// The claims that are dates (RFC 7519 §4.1, OpenID Connect Core §2 and §5.1).
const DATES: [&str; 5] = ["exp", "nbf", "iat", "auth_time", "updated_at"];

pub(crate) fn run(
    arguments: &DecodeArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    let token = input.token(&arguments.token)?;
    let header = jotem::unverified_header(&token)?.into_untrusted();
    let claims = jotem::unverified_claims::<Value>(&token)?.into_untrusted();
    let dates = dates(claims.custom());
    if output.is_json() {
        let utc: Map<String, Value> = dates
            .iter()
            .filter_map(|(name, date)| Some(((*name).to_owned(), date::utc((*date)?).into())))
            .collect();
        let mut document = json!({"verdict": "not verified", "verified": false}).to_string();
        append(&mut document, "header", header.json());
        append(&mut document, "claims", claims.json());
        append(&mut document, "dates", &Value::Object(utc).to_string());
        output.exact_document(&document)?;
        return Ok(Status::Good);
    }
    let (header, body) = (pretty(header.json()), pretty(claims.json()));
    let lines = date_lines(&dates, SystemClock.now()).join("\n");
    output.text(&format!("{NOT_VERIFIED}\n\nheader\n{header}\n\nclaims\n{body}\n\n{lines}"))?;
    Ok(Status::Good)
}

/// Finds the dates among claims; a number that is no date is `None`.
pub(super) fn dates(claims: &Value) -> Vec<(&'static str, Option<NumericDate>)> {
    let number = |name: &'static str| Some((name, claims.get(name)?.as_f64()?));
    DATES.into_iter().filter_map(number).map(|(name, seconds)| (name, date(seconds))).collect()
}

/// Reads a number as a date.
pub(super) fn date(seconds: f64) -> Option<NumericDate> {
    let since_epoch = Duration::try_from_secs_f64(seconds).ok()?;
    let date = NumericDate::default().saturating_add(since_epoch);
    (date.since_epoch() == since_epoch).then_some(date)
}

/// Writes each date for a person.
pub(super) fn date_lines(dates: &[(&str, Option<NumericDate>)], now: NumericDate) -> Vec<String> {
    let line = |(name, date): &(&str, Option<NumericDate>)| {
        let text = match date {
            Some(date) => format!("{}, {}", date::utc(*date), date::distance(*date, now)),
            None => "no date between 1970 and 9999; is it in milliseconds?".to_owned(),
        };
        let name = format!("{name}:");
        format!("{name:<5} {text}")
    };
    dates.iter().map(line).collect()
}
