//! Dates as people write and read them: UTC, in the Gregorian calendar, 1970 to 9999 (RFC 3339).

use std::time::Duration;

use jotem::NumericDate;

const DAY: u64 = 86_400;

/// Writes a date as `2026-11-22T03:00:00Z`; a fraction of a second is left out.
pub(crate) fn utc(date: NumericDate) -> String {
    let seconds = date.as_secs();
    let (days, second) = (seconds / DAY, seconds % DAY);
    let (year, month, day) = civil_from_days(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Says how far a date is from now, roughly: `in 14 minutes`, `3 days ago`.
pub(crate) fn distance(date: NumericDate, now: NumericDate) -> String {
    let (ahead, behind) =
        (date.saturating_since(now).as_secs(), now.saturating_since(date).as_secs());
    match (ahead, behind) {
        (0, 0) => "now".to_owned(),
        (0, behind) => format!("{} ago", span(behind)),
        (ahead, _) => format!("in {}", span(ahead)),
    }
}

/// Says when something ends that lives for so long from now on.
pub(crate) fn from_now(length: Duration) -> String {
    format!("in {}", span(length.as_secs()))
}

/// Says how long it is in the largest unit of which there are two, so that little is lost.
fn span(seconds: u64) -> String {
    let units = [("year", 365 * DAY), ("day", DAY), ("hour", 3_600), ("minute", 60)];
    let many = units.into_iter().find(|(_, unit)| seconds >= unit.saturating_mul(2));
    let (unit, length) = many.unwrap_or(("second", 1));
    let count = seconds.checked_div(length).unwrap_or_default();
    if count == 1 { format!("{count} {unit}") } else { format!("{count} {unit}s") }
}

/// Reads seconds since 1970, a day, or a time of a day in UTC.
pub(crate) fn parse(text: &str) -> Result<NumericDate, String> {
    let number: Option<u64> = text.parse().ok();
    if number.is_some_and(|number| (1970..=9999).contains(&number)) {
        return Err("write a year with its month and day, as 2026-11-22".to_owned());
    }
    match number.or_else(|| from_utc(text)) {
        Some(seconds) if NumericDate::from_secs(seconds).as_secs() == seconds => {
            Ok(NumericDate::from_secs(seconds))
        }
        Some(_) => Err("it is after the year 9999; is it in milliseconds?".to_owned()),
        None => {
            Err("write it as seconds since 1970, as 2026-11-22, or as 2026-11-22T03:00:00Z"
                .to_owned())
        }
    }
}

#[expect(clippy::arithmetic_side_effects, reason = "every number has at most four digits")]
fn from_utc(text: &str) -> Option<u64> {
    let (day, time) = match text.split_once('T') {
        Some((day, time)) => (day, time.strip_suffix('Z')?),
        None => (text, "00:00:00"),
    };
    let [year, month, day] = numbers(day, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let days = days_from_civil(year, month, day)?;
    let exists = year >= 1970 && hour < 24 && minute < 60 && second < 60;
    // A day that does not exist, such as the 30th of February, comes back as another.
    let exists = exists && civil_from_days(days) == (year, month, day);
    exists.then_some(days * DAY + hour * 3600 + minute * 60 + second)
}

fn numbers(text: &str, separator: char, digits: [usize; 3]) -> Option<[u64; 3]> {
    let mut parts = text.split(separator);
    let mut read = [0; 3];
    for (slot, digits) in read.iter_mut().zip(digits) {
        let part = parts.next().filter(|part| part.len() == digits)?;
        *slot = part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())??;
    }
    parts.next().is_none().then_some(read)
}

/// Returns year, month and day of a number of days since 1970-01-01, in eras of 400 years that
/// begin on a 1st of March.
#[expect(clippy::arithmetic_side_effects, reason = "days until the year 9999 have seven digits")]
const fn civil_from_days(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

/// The other way round.
#[expect(clippy::arithmetic_side_effects, reason = "every number has at most four digits")]
fn days_from_civil(year: u64, month: u64, day: u64) -> Option<u64> {
    if year == 0 || !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era).checked_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [(u64, &str); 6] = [
        (0, "1970-01-01T00:00:00Z"),
        (951_782_400, "2000-02-29T00:00:00Z"),
        (1_700_000_000, "2023-11-14T22:13:20Z"),
        (4_102_444_800, "2100-01-01T00:00:00Z"),
        (4_107_542_399, "2100-02-28T23:59:59Z"),
        (253_402_300_799, "9999-12-31T23:59:59Z"),
    ];

    #[test]
    fn writes_and_reads_dates_of_the_calendar() {
        for (seconds, text) in KNOWN {
            assert_eq!(utc(NumericDate::from_secs(seconds)), text);
            assert_eq!(parse(text).map(NumericDate::as_secs), Ok(seconds));
            assert_eq!(parse(&seconds.to_string()).map(NumericDate::as_secs), Ok(seconds));
        }
    }

    #[test]
    fn reads_back_every_day_there_is() {
        for day in 0..2_932_897 {
            let (year, month, date) = civil_from_days(day);
            assert_eq!(days_from_civil(year, month, date), Some(day));
        }
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "2026",
            "2026-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "1969-12-31",
            "0000-01-01",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00+01:00",
            "1700000000000",
            "-1",
            "26-01-01",
            "2026-01-01-01",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn says_roughly_how_far_a_date_is() {
        let now = NumericDate::from_secs(1_000_000);
        let at = |seconds| distance(NumericDate::from_secs(seconds), now);
        assert_eq!(at(1_000_000), "now");
        assert_eq!(at(1_000_090), "in 90 seconds");
        assert_eq!(at(1_000_900), "in 15 minutes");
        assert_eq!(at(990_000), "2 hours ago");
        assert_eq!(at(1_000_001), "in 1 second");
        assert_eq!(at(0), "11 days ago");
        assert_eq!(at(64_000_000 + 1_000_000), "in 2 years");
    }
}
