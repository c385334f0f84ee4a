//! How long a fetched set is fresh, when it is fetched again, and when it is too old.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The ages of a set: between the two soft ones the server decides (`Cache-Control`).
#[derive(Debug, Clone, Copy)]
pub(super) struct Ages {
    /// A set is never fetched again sooner.
    pub(super) least: Duration,
    /// A set is never fresh for longer.
    pub(super) most: Duration,
    /// How long a set is fresh whose server does not say.
    pub(super) unsaid: Duration,
    /// A set that could not be fetched again is served until this age.
    pub(super) hard: Duration,
}

impl Default for Ages {
    fn default() -> Self {
        Self {
            least: Duration::from_secs(60),
            most: Duration::from_secs(3_600),
            unsaid: Duration::from_secs(300),
            hard: Duration::from_secs(48 * 3_600),
        }
    }
}

impl Ages {
    /// Returns how long an answer with these headers is fresh (RFC 9111 §4.2), within the bounds.
    pub(super) fn soft(&self, cache_control: Option<&str>, age: Option<&str>) -> Duration {
        let said = match cache_control.map(Directives::read) {
            Some(Directives { uncached: true, .. }) => Some(0),
            Some(Directives { max_age: Some(seconds), .. }) => {
                // What a cache on the way has used up of it.
                Some(seconds.saturating_sub(age.and_then(seconds_of).unwrap_or_default()))
            }
            Some(Directives { max_age: None, .. }) | None => None,
        };
        said.map_or(self.unsaid, Duration::from_secs).clamp(self.least, self.most)
    }
}

#[derive(Default)]
struct Directives {
    max_age: Option<u64>,
    uncached: bool,
}

impl Directives {
    fn read(header: &str) -> Self {
        let mut directives = Self::default();
        for directive in header.split(',') {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "no-store" | "no-cache" => directives.uncached = true,
                "max-age" => {
                    let seconds = seconds_of(value.trim().trim_matches('"'));
                    // Said twice, the shorter holds.
                    directives.max_age = directives.max_age.min(seconds).or(seconds);
                }
                _ => {}
            }
        }
        directives
    }
}

/// Reads delta-seconds (RFC 9111 §1.2.2): digits only, however many.
fn seconds_of(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

/// Spreads the refreshes of many programs: 70 to 90 percent of a duration.
#[derive(Debug)]
pub(super) struct Jitter(AtomicU64);

impl Jitter {
    pub(super) const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// Returns when, after so long a soft age began, the set is fetched again.
    pub(super) fn ahead_of(&self, soft: Duration) -> Duration {
        let percent = self.next().checked_rem(21).unwrap_or_default().saturating_add(70);
        let percent = u32::try_from(percent).unwrap_or(80);
        soft.saturating_mul(percent).checked_div(100).unwrap_or(soft)
    }

    /// SplitMix64: enough to spread, and no secret depends on it.
    fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::{Ages, Jitter};
    use std::time::Duration;

    fn soft(cache_control: &str, age: Option<&str>) -> u64 {
        Ages::default().soft(Some(cache_control), age).as_secs()
    }

    #[test]
    fn the_server_decides_between_a_minute_and_an_hour() {
        assert_eq!(soft("public, max-age=600", None), 600);
        assert_eq!(soft("max-age=600", Some("100")), 500);
        assert_eq!(soft("max-age=\"600\"", None), 600);
        assert_eq!(soft("max-age=900, max-age=600", None), 600);
        assert_eq!(Ages::default().soft(None, None).as_secs(), 300);
    }

    #[test]
    fn extremes_are_brought_back() {
        for short in ["max-age=0", "no-store", "no-cache, max-age=600", "max-age=1"] {
            assert_eq!(soft(short, None), 60, "{short}");
        }
        for long in ["max-age=1000000000000", "max-age=99999999999999999999999999"] {
            assert_eq!(soft(long, None), 3_600, "{long}");
        }
        assert_eq!(soft("max-age=600", Some("99999999999999999999999999")), 60);
    }

    #[test]
    fn what_is_no_number_of_seconds_says_nothing() {
        for nothing in ["max-age=-1", "max-age=NaN", "max-age=1e12", "max-age=", "max-age", "inf"] {
            assert_eq!(soft(nothing, None), 300, "{nothing}");
        }
        assert_eq!(soft("max-age=600", Some("-5")), 600);
    }

    #[test]
    fn refreshes_are_spread_over_a_fifth_of_the_soft_age() {
        let jitter = Jitter::new(7);
        let spread: Vec<u128> =
            (0..200).map(|_| jitter.ahead_of(Duration::from_secs(100)).as_secs().into()).collect();
        assert!(spread.iter().all(|at| (70..=90).contains(at)));
        assert!(spread.iter().min() < Some(&73) && spread.iter().max() > Some(&87));
        let again = Jitter::new(7);
        assert_eq!(u128::from(again.ahead_of(Duration::from_secs(100)).as_secs()), spread[0]);
    }
}
