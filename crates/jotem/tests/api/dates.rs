//! Dates: whole seconds and fractions, and both ends of time.

use std::time::{Duration, SystemTime};

use jotem::NumericDate;

/// Half a second past a date.
fn half_past(seconds: u64) -> NumericDate {
    let since_epoch = Duration::new(seconds, 500_000_000);
    NumericDate::from(SystemTime::UNIX_EPOCH.checked_add(since_epoch).unwrap())
}

#[test]
fn a_date_is_its_seconds_and_its_nanoseconds() {
    let date = half_past(1_700_000_000);
    assert_eq!((date.as_secs(), date.subsec_nanos()), (1_700_000_000, 500_000_000));
    assert_eq!(date.since_epoch(), Duration::new(1_700_000_000, 500_000_000));
    assert_eq!(date.floor(), NumericDate::from_secs(1_700_000_000));
    assert_eq!(date.to_string(), "1700000000.5");
    assert_eq!(date.floor().to_string(), "1700000000");
    assert_eq!(SystemTime::from(date), SystemTime::UNIX_EPOCH + date.since_epoch());
}

#[test]
fn dates_add_and_subtract() {
    let date = half_past(10);
    assert_eq!(date.saturating_since(NumericDate::from_secs(9)), Duration::from_millis(1500));
    assert_eq!(NumericDate::from_secs(9).saturating_since(date), Duration::ZERO);
    assert_eq!(date.saturating_add(Duration::from_millis(500)), NumericDate::from_secs(11));
    assert_eq!(date.saturating_sub(Duration::from_millis(1500)), NumericDate::from_secs(9));
    assert_eq!(date.saturating_sub(Duration::from_secs(11)), NumericDate::default());
}

#[test]
fn no_date_is_before_1970_or_after_9999() {
    let last = 253_402_300_799;
    assert_eq!(NumericDate::MAX.as_secs(), last);
    assert_eq!(NumericDate::from_secs(last - 1).as_secs(), last - 1);
    assert_eq!(NumericDate::from_secs(last + 1), NumericDate::MAX);
    assert_eq!(half_past(last), NumericDate::MAX);
    let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
    assert_eq!(NumericDate::from(before), NumericDate::default());
    assert_eq!(NumericDate::from_secs(last).saturating_add(Duration::MAX), NumericDate::MAX);
}
