//! `jotem decode`: what a token says, without verifying anything.

use anstyle::Style;
use jotem::{Clock as _, SystemClock};
use serde_json::{Map, Value, json};

use crate::args::DecodeArguments;
use crate::error::{Failure, Status};
use crate::input::Input;
use crate::json_text::append;
use crate::output::Output;
use crate::paint::{self, CAREFUL, HEADER, PAYLOAD, SIGNATURE, paint};
use crate::table::{Row, table};
use crate::{date, meaning};

/// What stands above everything that is not verified.
pub(super) const NOT_VERIFIED: &str = "NOT VERIFIED: anyone could have written this";

pub(crate) fn run(
    arguments: &DecodeArguments,
    input: &Input,
    output: Output,
) -> Result<Status, Failure> {
    let token = input.token(&arguments.token)?;
    let header = jotem::unverified_header(&token)?.into_untrusted();
    let claims = jotem::unverified_claims::<Value>(&token)?.into_untrusted();
    if output.is_json() {
        let document = document(header.json(), claims.json(), claims.custom());
        output.exact_document(&document)?;
        return Ok(Status::Good);
    }
    let width = output.width();
    let (now, read) = (SystemClock.now(), claims.custom());
    let part = |name, style: Style, rows: &[Row]| {
        format!("{}\n{}", paint(style.bold(), name), table(rows, 2, width))
    };
    let parts = [
        format!("{}\n\n{}\n", paint(CAREFUL, NOT_VERIFIED), paint::beginning_of(&token)),
        part("header", HEADER, &meaning::header(header.json(), width)),
        part("claims", PAYLOAD, &meaning::claims(claims.json(), read, now, width)),
        format!("{}\n  {}", paint(SIGNATURE.bold(), "signature"), signature(&token)),
    ];
    output.text(&parts.join("\n"))?;
    Ok(Status::Good)
}

fn document(header: &str, claims: &str, read: &Value) -> String {
    let utc: Map<String, Value> = meaning::dates(read)
        .into_iter()
        .filter_map(|(name, date)| Some((name.to_owned(), date::utc(date?).into())))
        .collect();
    let mut document = json!({"verdict": "not verified", "verified": false}).to_string();
    append(&mut document, "header", header);
    append(&mut document, "claims", claims);
    append(&mut document, "dates", &Value::Object(utc).to_string());
    document
}

/// Says how long the signature is; whether it is one, only a key can tell.
fn signature(token: &str) -> String {
    let characters = token.rsplit('.').next().map_or(0, str::len);
    // RFC 4648 §5: four characters are three bytes.
    match characters.saturating_mul(3).checked_div(4) {
        Some(0) | None => "empty: nothing is signed".to_owned(),
        Some(1) => "1 byte, not checked".to_owned(),
        Some(bytes) => format!("{bytes} bytes, not checked"),
    }
}
