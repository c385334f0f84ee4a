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

#[cfg(test)]
mod tests {
    use super::parse;

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
