//! What the members of a token mean, in a few words: registered claims and header parameters
//! (RFC 7519 §4.1, RFC 7515 §4.1, OpenID Connect Core §2).

use std::time::Duration;

use anstyle::Style;
use jotem::NumericDate;
use serde_json::Value;

use crate::date;
use crate::json_text;
use crate::paint::{ASIDE, BAD, CAREFUL};
use crate::pretty::{harmless, pretty};
use crate::table::Row;

/// The claims that are dates (RFC 7519 §4.1, OpenID Connect Core §2 and §5.1).
const DATES: [&str; 5] = ["exp", "nbf", "iat", "auth_time", "updated_at"];

/// Returns a row for each parameter of a header.
pub(crate) fn header(json: &str, width: usize) -> Vec<Row> {
    let row = |(name, value)| row(HEADER, name, value, width);
    json_text::members(&json_text::compact(json)).into_iter().map(row).collect()
}

/// Returns a row for each claim: as it was written, and what it means now.
pub(crate) fn claims(json: &str, read: &Value, now: NumericDate, width: usize) -> Vec<Row> {
    let dates = dates(read);
    let row = |(name, value)| {
        let date = dates.iter().find(|(date, _)| name == format!("\"{date}\""));
        match date {
            Some((name, date)) => {
                let (text, style) = at(name, *date, now);
                Row::new(*name, harmless(value)).meaning(text, style)
            }
            None => row(CLAIMS, name, value, width),
        }
    };
    json_text::members(&json_text::compact(json)).into_iter().map(row).collect()
}

/// Returns a row for each claim that is a date, and for no other.
pub(crate) fn date_rows(read: &Value, now: NumericDate) -> Vec<Row> {
    let row = |(name, date): (&'static str, Option<NumericDate>)| {
        let (text, style) = at(name, date, now);
        Row::new(name, text).value_style(style)
    };
    dates(read).into_iter().map(row).collect()
}

/// Finds the dates among claims; a number that is no date is `None`.
pub(crate) fn dates(claims: &Value) -> Vec<(&'static str, Option<NumericDate>)> {
    let number = |name: &'static str| Some((name, claims.get(name)?.as_f64()?));
    DATES.into_iter().filter_map(number).map(|(name, seconds)| (name, date(seconds))).collect()
}

/// Reads a number as a date.
pub(crate) fn date(seconds: f64) -> Option<NumericDate> {
    let since_epoch = Duration::try_from_secs_f64(seconds).ok()?;
    let date = NumericDate::default().saturating_add(since_epoch);
    (date.since_epoch() == since_epoch).then_some(date)
}

/// Says when a date is, seen from now; what is over, or has not begun, in its colour.
fn at(name: &str, date: Option<NumericDate>, now: NumericDate) -> (String, Style) {
    let Some(date) = date else {
        let text = "no date between 1970 and 9999; is it in milliseconds?";
        return (text.to_owned(), CAREFUL);
    };
    let style = match name {
        "exp" if date <= now => BAD,
        "nbf" | "iat" if date > now => CAREFUL,
        _ => ASIDE,
    };
    (format!("{}, {}", date::utc(date), date::distance(date, now)), style)
}

fn row(meanings: &[(&str, &str)], name: &str, value: &str, width: usize) -> Row {
    let name = harmless(name.trim_matches('"'));
    let short = harmless(value);
    let room = width.saturating_sub(name.chars().count()).saturating_sub(4);
    let nested = value.starts_with(['{', '[']);
    let text = if nested && short.chars().count() > room { pretty(value) } else { short };
    let meaning = meanings.iter().find(|(known, _)| *known == name);
    let meaning = meaning.map(|(_, meaning)| *meaning).unwrap_or_default();
    Row::new(name, text).meaning(meaning, ASIDE)
}

const HEADER: &[(&str, &str)] = &[
    ("alg", "the algorithm that it claims"),
    ("typ", "the type of the token"),
    ("cty", "the type of what is in it"),
    ("kid", "the name of the key"),
    ("jku", "where the keys are said to be; nothing is fetched"),
    ("jwk", "a key that the token brings along; it proves nothing"),
    ("x5u", "where certificates are said to be; nothing is fetched"),
    ("x5c", "certificates that the token brings along; they prove nothing"),
    ("x5t", "the SHA-1 of a certificate"),
    ("x5t#S256", "the SHA-256 of a certificate"),
    ("crit", "extensions that must be understood"),
    ("b64", "whether the payload is base64url"),
];

const CLAIMS: &[(&str, &str)] = &[
    ("iss", "who issued it"),
    ("sub", "whom it is about"),
    ("aud", "whom it is for"),
    ("jti", "the name of this one token"),
    ("scope", "what it allows"),
    ("client_id", "the application it was given to"),
    ("azp", "the application it was given to"),
    ("nonce", "ties it to one request"),
    ("sid", "the session it belongs to"),
    ("act", "who acts for the subject"),
    ("cnf", "the key that it is bound to"),
    ("acr", "how strong the login was"),
    ("amr", "how the login was done"),
];

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;
    use jotem::NumericDate;

    use super::{claims, header};
    use crate::strict_json;
    use crate::table::table;

    #[test]
    fn shows_each_member_as_it_was_written_and_says_what_it_means() {
        let json =
            r#"{ "iss":"a", "exp": 1E3, "nbf":4000, "n":1.10, "iat":1700000000000, "o":{"a":1} }"#;
        let read = strict_json::read(json).unwrap();
        let rows = claims(json, &read, NumericDate::from_secs(2000), 80);
        let expected = "iss  \"a\"            who issued it\n\
                        exp  1E3            1970-01-01T00:16:40Z, 16 minutes ago\n\
                        nbf  4000           1970-01-01T01:06:40Z, in 33 minutes\n\
                        n    1.10\n\
                        iat  1700000000000  no date between 1970 and 9999; is it in milliseconds?\n\
                        o    {\"a\":1}\n";
        assert_eq!(strip_str(&table(&rows, 0, 80)).to_string(), expected);
    }

    #[test]
    fn escapes_what_a_terminal_would_obey_in_names_too() {
        let rows = header("{\"\u{202e}\":\"\u{9b}\"}", 80);
        assert_eq!(strip_str(&table(&rows, 0, 80)).to_string(), "\\u202e  \"\\u009b\"\n");
    }
}
