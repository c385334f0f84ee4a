//! Times as a log has them: RFC 3339 §5.6, UTC, milliseconds.

use jotem::NumericDate;

/// Writes a time as `2026-11-22T03:00:00.123Z`.
pub(super) fn rfc3339(time: NumericDate) -> String {
    let (days, second) = (time.as_secs() / DAY, time.as_secs() % DAY);
    let (year, month, day) = civil_from_days(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let milliseconds = time.subsec_nanos() / 1_000_000;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z")
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

const DAY: u64 = 86_400;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jotem::NumericDate;

    use super::rfc3339;

    #[test]
    fn every_time_from_1970_to_9999_has_24_characters_and_its_order() {
        let cases = [
            (0, 0, "1970-01-01T00:00:00.000Z"),
            (68_169_599, 999, "1972-02-28T23:59:59.999Z"),
            (68_169_600, 1, "1972-02-29T00:00:00.001Z"),
            (951_868_800, 10, "2000-03-01T00:00:00.010Z"),
            (1_795_305_600, 123, "2026-11-22T00:00:00.123Z"),
            (4_107_542_399, 0, "2100-02-28T23:59:59.000Z"),
            (4_107_542_400, 0, "2100-03-01T00:00:00.000Z"),
            (u64::MAX, 0, "9999-12-31T23:59:59.000Z"),
        ];
        for (seconds, milliseconds, text) in cases {
            let time = NumericDate::from_secs(seconds);
            assert_eq!(rfc3339(time.saturating_add(Duration::from_millis(milliseconds))), text);
        }
    }
}
