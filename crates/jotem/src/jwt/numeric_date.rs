//! NumericDate (RFC 7519 §2): seconds since 1970-01-01T00:00:00Z, fractions allowed.

use std::time::{Duration, SystemTime};

/// A point in time as claims carry it: seconds since 1970-01-01T00:00:00Z, leap seconds ignored.
///
/// Between 0 and [`NumericDate::MAX`], the last second of the year 9999, to the nanosecond.
/// Arithmetic saturates at both ends.
///
/// In the manual: [time](crate::manual::time).
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use jotem::NumericDate;
///
/// let issued = NumericDate::from_secs(1_700_000_000);
/// assert_eq!(issued.saturating_add(Duration::from_secs(900)).as_secs(), 1_700_000_900);
/// assert_eq!(issued.to_string(), "1700000000");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct NumericDate(Duration);

/// Why a JSON number is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateFault {
    /// Not between 1970 and 9999.
    Range,
    /// Not a date in seconds, but one in milliseconds.
    Milliseconds,
}

impl NumericDate {
    /// The last second of the year 9999: 253,402,300,799.
    pub const MAX: Self = Self(Duration::from_secs(253_402_300_799));

    /// Makes a date from whole seconds since 1970; later than [`Self::MAX`] becomes `MAX`.
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        if seconds > Self::MAX.0.as_secs() { Self::MAX } else { Self(Duration::from_secs(seconds)) }
    }

    /// Returns the whole seconds since 1970.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0.as_secs()
    }

    /// Returns the nanoseconds past [`Self::as_secs`].
    #[must_use]
    pub const fn subsec_nanos(self) -> u32 {
        self.0.subsec_nanos()
    }

    /// Returns the time since 1970.
    #[must_use]
    pub const fn since_epoch(self) -> Duration {
        self.0
    }

    /// Returns how long `earlier` is before `self`; zero if it is not.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// Returns the date `duration` later, at most [`Self::MAX`].
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration).min(Self::MAX.0))
    }

    /// Returns the date `duration` earlier, at least 1970.
    #[must_use]
    pub const fn saturating_sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(duration))
    }

    /// Drops the fraction of a second.
    #[must_use]
    pub const fn floor(self) -> Self {
        Self(Duration::from_secs(self.0.as_secs()))
    }

    /// Reads the text of a JSON number, exactly: no detour through a float. Digits past the
    /// nanosecond are dropped.
    pub(crate) fn from_json_number(text: &str) -> Result<Self, DateFault> {
        if let Some(seconds) = whole_seconds(text) {
            return Self::in_range(Duration::from_secs(seconds));
        }
        Self::from_decimal(text)
    }

    /// Reads a number with a sign, a fraction, an exponent, or very many digits.
    #[cold]
    fn from_decimal(text: &str) -> Result<Self, DateFault> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => {
                // No date needs an exponent of more than three digits; 0e99999 is no date either.
                let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
                (mantissa, exponent.parse::<i16>().map_err(|_| DateFault::Range)?)
            }
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut nanos: u128 = 0;
        let digits = whole.bytes().chain(fraction.bytes());
        // The place of the first digit, counted in powers of ten of a nanosecond.
        let first = i32::try_from(whole.len()).map_err(|_| DateFault::Range)?;
        let mut place = first.saturating_add(i32::from(exponent)).saturating_add(8);
        for byte in digits {
            let digit = char::from(byte).to_digit(10).ok_or(DateFault::Range)?;
            if let Ok(power) = u32::try_from(place)
                && digit != 0
            {
                let value = 10_u128.checked_pow(power).ok_or(DateFault::Range)?;
                let value = value.checked_mul(digit.into()).ok_or(DateFault::Range)?;
                nanos = nanos.checked_add(value).ok_or(DateFault::Range)?;
            }
            place = place.saturating_sub(1);
        }
        let (seconds, rest) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
        let seconds = u64::try_from(seconds).map_err(|_| DateFault::Range)?;
        let rest = u32::try_from(rest).map_err(|_| DateFault::Range)?;
        Self::in_range(Duration::new(seconds, rest))
    }

    fn in_range(since_epoch: Duration) -> Result<Self, DateFault> {
        if since_epoch <= Self::MAX.0 {
            return Ok(Self(since_epoch));
        }
        // JavaScript's `Date.now()` and Java's `currentTimeMillis()` land here.
        let as_milliseconds = Duration::from_millis(since_epoch.as_secs());
        Err(if as_milliseconds <= Self::MAX.0 { DateFault::Milliseconds } else { DateFault::Range })
    }
}

/// Reads up to fifteen digits and nothing else: every date there will ever be.
fn whole_seconds(text: &str) -> Option<u64> {
    if text.len() > 15 {
        return None;
    }
    text.bytes().try_fold(0_u64, |seconds, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit <= 9).then(|| seconds.wrapping_mul(10).wrapping_add(digit.into()))
    })
}

impl From<SystemTime> for NumericDate {
    /// A time before 1970 becomes 1970, one after 9999 becomes [`NumericDate::MAX`].
    fn from(time: SystemTime) -> Self {
        let since_epoch = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self(since_epoch.min(Self::MAX.0))
    }
}

impl From<NumericDate> for SystemTime {
    fn from(date: NumericDate) -> Self {
        Self::UNIX_EPOCH.checked_add(date.0).unwrap_or(Self::UNIX_EPOCH)
    }
}

impl std::fmt::Display for NumericDate {
    /// Writes the JSON number: whole seconds, or seconds with a fraction.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let nanos = self.subsec_nanos();
        if nanos == 0 {
            return write!(formatter, "{}", self.as_secs());
        }
        let fraction = format!("{nanos:09}");
        write!(formatter, "{}.{}", self.as_secs(), fraction.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(u64, u32), DateFault> {
        NumericDate::from_json_number(text).map(|date| (date.as_secs(), date.subsec_nanos()))
    }

    #[test]
    fn reads_fractions_and_exponents_exactly() {
        assert_eq!(read("0"), Ok((0, 0)));
        assert_eq!(read("1.5"), Ok((1, 500_000_000)));
        assert_eq!(read("1e3"), Ok((1000, 0)));
        assert_eq!(read("17E+2"), Ok((1700, 0)));
        assert_eq!(read("1.7000000001e9"), Ok((1_700_000_000, 100_000_000)));
        assert_eq!(read("1500e-3"), Ok((1, 500_000_000)));
        assert_eq!(read("0.0000000019"), Ok((0, 1)));
        assert_eq!(read("1e-400"), Ok((0, 0)));
        assert_eq!(read("253402300799"), Ok((253_402_300_799, 0)));
    }

    #[test]
    fn refuses_what_is_no_date_between_1970_and_9999() {
        for text in ["-1", "-0", "-0.0", "1e400", "1e99999", "18446744073709551616"] {
            assert_eq!(read(text), Err(DateFault::Range), "{text}");
        }
        assert_eq!(read(&"9".repeat(5000)), Err(DateFault::Range));
        assert_eq!(read("253402300799.5"), Err(DateFault::Milliseconds));
        assert_eq!(read("1700000000000"), Err(DateFault::Milliseconds));
        assert_eq!(read("1e308"), Err(DateFault::Range));
    }

    #[test]
    fn saturates_at_both_ends() {
        assert_eq!(NumericDate::MAX.saturating_add(Duration::MAX), NumericDate::MAX);
        assert_eq!(NumericDate::default().saturating_sub(Duration::MAX), NumericDate::default());
        assert_eq!(NumericDate::from_secs(u64::MAX), NumericDate::MAX);
    }
}
