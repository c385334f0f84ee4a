//! How many tokens of a batch were accepted, and how many refused for which reason.

use std::collections::BTreeMap;
use std::time::Duration;

use jotem::error::Code;
use serde_json::{Map, Value, json};

use crate::paint::{ASIDE, BAD, GOOD, paint};

/// What was counted.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) accepted: u64,
    refused: BTreeMap<Code, u64>,
    /// How much was read.
    pub(super) bytes: u64,
}

impl Tally {
    /// Begins with what was read.
    pub(super) fn of_bytes(bytes: u64) -> Self {
        Self { bytes, ..Self::default() }
    }

    pub(super) fn refuse(&mut self, code: Code) {
        let count = self.refused.entry(code).or_default();
        *count = count.saturating_add(1);
    }

    pub(super) fn accept(&mut self) {
        self.accepted = self.accepted.saturating_add(1);
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.accepted = self.accepted.saturating_add(other.accepted);
        self.bytes = self.bytes.saturating_add(other.bytes);
        for (code, more) in &other.refused {
            let count = self.refused.entry(*code).or_default();
            *count = count.saturating_add(*more);
        }
    }

    pub(super) fn refused(&self) -> u64 {
        self.refused.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    pub(super) fn tokens(&self) -> u64 {
        self.accepted.saturating_add(self.refused())
    }

    /// Returns the reasons, the most common first.
    pub(super) fn reasons(&self) -> Vec<(Code, u64)> {
        let mut reasons: Vec<_> =
            self.refused.iter().map(|(code, count)| (*code, *count)).collect();
        reasons.sort_by_key(|(code, count)| (std::cmp::Reverse(*count), *code));
        reasons
    }

    /// Writes the summary for a person.
    pub(super) fn to_text(&self, took: Duration) -> String {
        let tokens = self.tokens();
        let mut text = format!("{} in {}", counted(tokens), seconds(took));
        if let Some(rate) = rate(tokens, took) {
            text.push_str(&format!(", {} a second", grouped(rate)));
        }
        let width = grouped(tokens).len();
        let mut line = |count: u64, what: String| {
            text.push_str(&format!("\n{:>width$}  {what}", grouped(count)));
        };
        if self.accepted > 0 {
            line(self.accepted, paint(GOOD, "accepted"));
        }
        for (code, count) in self.reasons() {
            line(count, format!("{} {}", paint(BAD, "refused:"), paint(ASIDE, code.as_str())));
        }
        text
    }

    /// Writes the summary for a program.
    pub(super) fn to_document(&self, took: Duration) -> Value {
        let reasons = self.reasons();
        let refused: Map<String, Value> =
            reasons.iter().map(|(code, count)| (code.to_string(), (*count).into())).collect();
        json!({"summary": {
            "tokens": self.tokens(),
            "accepted": self.accepted,
            "refused": self.refused(),
            "reasons": refused,
            "seconds": took.as_secs_f64(),
        }})
    }
}

/// Returns how many there were in a second; none where there is nothing to divide by.
pub(super) fn rate(count: u64, took: Duration) -> Option<u64> {
    let (count, micros) = (u128::from(count), took.as_micros());
    let rate = count.saturating_mul(1_000_000).checked_div(micros)?;
    u64::try_from(rate).ok()
}

/// Says how many tokens there are.
pub(super) fn counted(tokens: u64) -> String {
    format!("{} {}", grouped(tokens), if tokens == 1 { "token" } else { "tokens" })
}

/// Writes a number with a comma before each three digits.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(place);
        if place > 0 && left.is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Writes a span of time: a tenth of a second counts in the first minute.
pub(super) fn seconds(span: Duration) -> String {
    match span.as_secs() {
        0..60 => format!("{:.1} s", span.as_secs_f64()),
        whole @ 60..3_600 => format!("{} min {} s", whole / 60, whole % 60),
        whole => format!("{} h {} min", whole / 3_600, whole / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jotem::error::Code;

    use super::{Tally, grouped, rate, seconds};

    #[test]
    fn numbers_and_times_are_easy_to_read() {
        let numbers = [0, 12, 999, 1_000, 12_345, 123_456, 1_234_567].map(grouped);
        assert_eq!(numbers, ["0", "12", "999", "1,000", "12,345", "123,456", "1,234,567"]);
        let spans = [0, 59_940, 60_000, 3_599_999, 3_600_000, 90_000_000]
            .map(|span| seconds(Duration::from_millis(span)));
        assert_eq!(
            spans,
            ["0.0 s", "59.9 s", "1 min 0 s", "59 min 59 s", "1 h 0 min", "25 h 0 min"]
        );
        assert_eq!(rate(3, Duration::from_millis(500)), Some(6));
        assert_eq!(rate(3, Duration::ZERO), None);
    }

    #[test]
    fn the_most_common_reason_stands_first() {
        let mut tally = Tally::default();
        tally.accept();
        for code in [Code::Expired, Code::SegmentCount, Code::SegmentCount] {
            let mut one = Tally::default();
            one.refuse(code);
            tally.add(&one);
        }
        assert_eq!(tally.reasons(), [(Code::SegmentCount, 2), (Code::Expired, 1)]);
        assert_eq!((tally.tokens(), tally.refused()), (4, 3));
        assert_eq!(Tally::default().to_text(Duration::ZERO), "0 tokens in 0.0 s");
    }
}
