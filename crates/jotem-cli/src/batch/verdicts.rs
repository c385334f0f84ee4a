//! What is written about each token of a block: a row of a table, or a line of JSON.

use std::borrow::Cow;
use std::io::Write as _;
use std::iter::once;

use jotem::error::Code;
use jotem::{Limits, NumericDate, Rejection, Verified, Verifier};
use memchr::memchr_iter;
use serde_json::Value;

use super::lines::{Block, Content, Name};
use super::tally::Tally;
use crate::args::Show;
use crate::commands::verify::holds;
use crate::json_text::compact;
use crate::paint::{ASIDE, BAD, GOOD, HEADING, paint};
use crate::pretty::harmless;

/// Verifies blocks, on any thread.
pub(super) struct Verdicts<'v> {
    pub(super) verifier: &'v Verifier,
    pub(super) at: Option<NumericDate>,
    pub(super) json: bool,
    pub(super) show: Show,
    /// How many columns the longest name of a source takes, where there are several.
    pub(super) name_width: Option<usize>,
}

/// What came of a block.
pub(super) struct Report {
    /// The rows or lines, with their ends.
    pub(super) text: Vec<u8>,
    pub(super) tally: Tally,
}

/// Where a token stands.
#[derive(Clone, Copy)]
struct Place<'n> {
    source: &'n Name,
    line: u64,
}

impl Verdicts<'_> {
    /// Returns the head of the table.
    pub(super) fn heading(&self) -> String {
        let place = if self.name_width.is_some() { "file:line" } else { "line" };
        let width = self.place_width();
        paint(HEADING, &format!("{place:>width$}  verdict   reason")) + "\n"
    }

    /// Verifies the tokens of a block.
    pub(super) fn report(&self, block: Block) -> Report {
        let mut report = Report { text: Vec::new(), tally: Tally::of_bytes(block.bytes) };
        let source = &*block.source;
        match block.content {
            Content::TooLong(bytes) => {
                let limit = Limits::default().max_token_bytes();
                let reason = Rejection::TokenTooLarge { bytes, limit };
                let place = Place { source, line: block.first_line };
                self.refused(place, reason.code(), &reason.to_string(), &mut report);
            }
            Content::Lines(lines) => {
                let ends = memchr_iter(b'\n', &lines).chain(once(lines.len()));
                let mut begin = 0;
                for (line, end) in (block.first_line..).zip(ends) {
                    let text = lines.get(begin..end).unwrap_or_default();
                    self.line(Place { source, line }, text, &mut report);
                    begin = end.saturating_add(1);
                }
            }
        }
        report
    }

    fn line(&self, place: Place<'_>, text: &[u8], report: &mut Report) {
        let text =
            if place.line == 1 { text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text) } else { text };
        let text = text.trim_ascii();
        if text.is_empty() {
            return;
        }
        let token = match str::from_utf8(text) {
            Ok(token) => Cow::Borrowed(token),
            // Whatever is no UTF-8 becomes a character that no token has, and is refused for it.
            Err(_) => String::from_utf8_lossy(text),
        };
        match self.verifier.verify::<()>(&token) {
            Ok(verified) => self.accepted(place, &verified, report),
            Err(error) => self.refused(place, error.code(), &error.to_string(), report),
        }
    }

    fn accepted(&self, place: Place<'_>, verified: &Verified<()>, report: &mut Report) {
        report.tally.accept();
        if !self.show.shows(true) {
            return;
        }
        if self.json {
            let text = &mut report.text;
            begin(text, place);
            let (header, claims) = (verified.header().json(), verified.claims().json());
            for part in [
                r#""verdict":"accepted","algorithm":""#,
                verified.algorithm().name(),
                r#"","header":"#,
                &one_line(header),
                r#","claims":"#,
                &one_line(claims),
                "}\n",
            ] {
                text.extend_from_slice(part.as_bytes());
            }
        } else {
            let verdict = paint(GOOD, "accepted");
            let text = holds(verified, self.at);
            self.row(place, format_args!("{verdict}  {text}"), report);
        }
    }

    fn refused(&self, place: Place<'_>, code: Code, message: &str, report: &mut Report) {
        report.tally.refuse(code);
        if !self.show.shows(false) {
            return;
        }
        if self.json {
            begin(&mut report.text, place);
            let message = Value::from(message).to_string();
            let (verdict, message) = (r#""verdict":"refused""#, one_line(&message));
            let what = format_args!("{verdict},\"code\":\"{code}\",\"message\":{message}}}\n");
            write(&mut report.text, what);
        } else {
            let (verdict, code) = (paint(BAD, "refused"), paint(ASIDE, &format!("({code})")));
            self.row(place, format_args!("{verdict}   {message} {code}"), report);
        }
    }

    fn row(&self, place: Place<'_>, what: std::fmt::Arguments<'_>, report: &mut Report) {
        let width = self.place_width();
        if self.name_width.is_some() {
            let place = format!("{}:{}", place.source.text, place.line);
            write(&mut report.text, format_args!("{place:>width$}  {what}\n"));
        } else {
            write(&mut report.text, format_args!("{:>width$}  {what}\n", place.line));
        }
    }

    fn place_width(&self) -> usize {
        self.name_width.unwrap_or_default().saturating_add(LINE_WIDTH)
    }
}

/// Begins a line of JSON.
fn begin(text: &mut Vec<u8>, place: Place<'_>) {
    text.extend_from_slice(b"{\"file\":");
    text.extend_from_slice(place.source.json.as_bytes());
    write(text, format_args!(",\"line\":{},", place.line));
}

fn write(text: &mut Vec<u8>, what: std::fmt::Arguments<'_>) {
    // A `Vec` takes everything.
    drop(text.write_fmt(what));
}

/// Returns a sound JSON text without line breaks, and without what a terminal would obey.
fn one_line(json: &str) -> Cow<'_, str> {
    // Without an early end, so that many bytes are looked at at once.
    let plain = json.bytes().fold(true, |plain, byte| plain & (b' '..=b'~').contains(&byte));
    if plain { Cow::Borrowed(json) } else { Cow::Owned(harmless(&compact(json))) }
}

/// Some editors write it before the first character of a file.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Room for the lines of ten million tokens.
const LINE_WIDTH: usize = 8;
