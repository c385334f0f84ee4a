//! Spans of time as people write them: `900s`, `15m`, `1h30m`, `7d`; a bare number is seconds.

use std::time::Duration;

/// Reads a span of time.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let seconds = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        seconds(text)
    };
    seconds.map(Duration::from_secs).ok_or_else(|| "write it as 900s, 15m, 12h or 7d".to_owned())
}

/// Adds up the parts, each a number and a unit.
fn seconds(mut text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    while !text.is_empty() {
        let unit_at = text.find(|character: char| !character.is_ascii_digit())?;
        let (number, rest) = text.split_at_checked(unit_at)?;
        let unit = rest.chars().next()?;
        let factor: u64 = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return None,
        };
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(factor)?)?;
        text = rest.get(unit.len_utf8()..)?;
    }
    Some(total)
}

/// Writes a span of time as it can be read again: `15m`, `1h32s`.
#[expect(clippy::arithmetic_side_effects, reason = "no factor is zero")]
pub(crate) fn text(duration: Duration) -> String {
    let mut rest = duration.as_secs();
    let mut text = String::new();
    for (unit, factor) in [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)] {
        let (count, left) = (rest / factor, rest % factor);
        if count > 0 {
            text.push_str(&format!("{count}{unit}"));
        }
        rest = left;
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{parse, text};

    #[test]
    fn writes_what_it_reads() {
        for (seconds, written) in
            [(0, "0s"), (900, "15m"), (3_632, "1h32s"), (86_400, "1d"), (93_784, "1d2h3m4s")]
        {
            assert_eq!(text(Duration::from_secs(seconds)), written);
            assert_eq!(parse(written), Ok(Duration::from_secs(seconds)));
        }
    }

    #[test]
    fn reads_what_people_write() {
        for (text, seconds) in
            [("900", 900), ("900s", 900), ("15m", 900), ("1h30m", 5400), ("7d", 604_800)]
        {
            assert_eq!(parse(text).map(|span| span.as_secs()), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_span_of_time() {
        for text in ["", "m", "15 m", "15min", "-1s", "1.5h", "99999999999999999999d", "1é"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
