//! Dates of claims: `calendar.timegm(value.utctimetuple())` for the two kinds of `datetime` that
//! programs use, naive and `timezone.utc`.

use pyo3::prelude::*;
use pyo3::types::{PyDateAccess as _, PyDateTime, PyTimeAccess as _, PyTzInfoAccess as _};

use super::guard::Genuine;
use super::{NotMine, Ordinary};

/// Returns the seconds since 1970 of a `datetime` that is naive, which PyJWT takes for UTC, or UTC.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "years of four digits stay far below the limits"
)]
pub(crate) fn seconds(value: &Bound<'_, PyDateTime>, genuine: &Genuine) -> Ordinary<i64> {
    if let Some(zone) = value.get_tzinfo()
        && !zone.is(&genuine.utc)
    {
        return Err(NotMine);
    }
    let days = days_since_1970(value.get_year(), value.get_month(), value.get_day());
    let (hour, minute, second) = (value.get_hour(), value.get_minute(), value.get_second());
    let within = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    Ok(days * 86_400 + within)
}

/// Counts days in the proleptic Gregorian calendar, as `datetime` does; the years are 1 to 9999.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "years of four digits stay far below the limits"
)]
fn days_since_1970(year: i32, month: u8, day: u8) -> i64 {
    // The year begins in March, so that the leap day is its last.
    let (year, month) = (i64::from(year), i64::from(month));
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + i64::from(day) - 1;
    year * 365 + leap_days + day_of_year - 719_468
}
