//! How old the keys are: a clock that only goes forward.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use jotem::{Clock, SystemClock};

/// Tells how long ago something was. It only goes forward; where it began means nothing.
///
/// A test moves one by hand, so that it need not wait a day for keys to become too old.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use std::time::Duration;
/// use jotem_jwks::remote::{JwksClient, MonotonicClock};
///
/// #[derive(Debug, Clone, Default)]
/// struct Moved(Arc<AtomicU64>);
///
/// impl MonotonicClock for Moved {
///     fn now(&self) -> Duration {
///         Duration::from_secs(self.0.load(Ordering::Relaxed))
///     }
/// }
///
/// let clock = Moved::default();
/// let client = JwksClient::builder()
///     .key_set("https://issuer.example/jwks.json")
///     .clock(clock.clone())
///     .build()?;
/// clock.0.fetch_add(60, Ordering::Relaxed);
/// # Ok::<(), jotem_jwks::remote::RemoteError>(())
/// ```
pub trait MonotonicClock: Debug + Send + Sync {
    /// Returns the time since some moment that never changes.
    fn now(&self) -> Duration;
}

/// The clock of the operating system that nobody can set, and what it missed: on most systems it
/// stands still while the machine is suspended, and the wall clock does not.
///
/// Steps forward of the wall clock, of more than five seconds, are added; it is looked at when the time
/// is asked for, at most ten times a second. So keys are no younger than the clock that nobody can set
/// says, and older where somebody sets the wall clock forward. One that is set back between two looks
/// hides so much of a suspension between them.
#[derive(Debug, Clone)]
pub struct SystemMonotonicClock {
    began: Instant,
    wall: Arc<Wall>,
}

/// What is known of the wall clock, by all clones.
#[derive(Debug)]
struct Wall {
    /// When to look at it again, in milliseconds since the beginning.
    look_at: AtomicI64,
    missed: ArcSwap<Missed>,
}

impl Default for SystemMonotonicClock {
    /// Starts a clock at zero.
    fn default() -> Self {
        let began = Instant::now();
        let missed = Missed { before: lead(Duration::ZERO), total: Duration::ZERO };
        let wall = Wall { look_at: AtomicI64::new(0), missed: ArcSwap::from_pointee(missed) };
        Self { began, wall: Arc::new(wall) }
    }
}

impl MonotonicClock for SystemMonotonicClock {
    fn now(&self) -> Duration {
        let elapsed = self.began.elapsed();
        let at = milliseconds(elapsed);
        // Not at each call: it costs more than the rest, and each look-up of a key calls.
        if at >= self.wall.look_at.load(Ordering::Relaxed) {
            self.wall.look_at.store(at.saturating_add(PAUSE), Ordering::Relaxed);
            self.look();
        }
        elapsed.saturating_add(self.wall.missed.load().total)
    }
}

impl SystemMonotonicClock {
    /// Looks at the wall clock, and adds what it is ahead.
    fn look(&self) {
        let lead = || lead(self.began.elapsed());
        let missed = &self.wall.missed;
        if missed.load().after(lead()).is_some() {
            // Both clocks are read anew at each try: whoever is slow must not bring an old difference in.
            missed.rcu(|missed| missed.after(lead()).unwrap_or(**missed));
        }
    }
}

/// How far the wall clock is ahead of a time that has elapsed, in milliseconds.
fn lead(elapsed: Duration) -> i64 {
    milliseconds(SystemClock.now().since_epoch()).saturating_sub(milliseconds(elapsed))
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// What the clock that nobody can set has missed so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Missed {
    /// How far the wall clock was ahead after the last step.
    before: i64,
    total: Duration,
}

impl Missed {
    /// Returns what it is when the wall clock is so far ahead; absent if that is no step. Small
    /// differences are not steps: they would be added, one by one, and never taken away.
    fn after(self, lead: i64) -> Option<Self> {
        let step = lead.saturating_sub(self.before);
        if step.unsigned_abs() <= SMALLEST_STEP {
            return None;
        }
        let forward = Duration::from_millis(u64::try_from(step).unwrap_or(0));
        Some(Self { before: lead, total: self.total.saturating_add(forward) })
    }
}

/// In milliseconds.
const SMALLEST_STEP: u64 = 5_000;

/// Between two looks at the wall clock, in milliseconds.
const PAUSE: i64 = 100;

impl<C: MonotonicClock + ?Sized> MonotonicClock for Arc<C> {
    fn now(&self) -> Duration {
        (**self).now()
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test may stop where it is surprised")]
mod tests {
    use super::{Missed, MonotonicClock, Ordering, SystemMonotonicClock};
    use std::time::Duration;

    /// What has been missed once the wall clock was so many seconds ahead, one after the other.
    fn missed(leads: &[i64]) -> u64 {
        let mut missed = Missed { before: 0, total: Duration::ZERO };
        for seconds in leads {
            missed = missed.after(seconds * 1_000).unwrap_or(missed);
        }
        missed.total.as_secs()
    }

    #[test]
    fn a_suspension_is_added() {
        assert_eq!(missed(&[0, 3_600]), 3_600);
        assert_eq!(missed(&[3_600, 3_600, 7_200]), 7_200);
        // Several short ones are one long one.
        assert_eq!(missed(&[2, 4, 6]), 6);
    }

    #[test]
    fn a_clock_that_is_set_back_takes_nothing_away_and_hides_no_suspension() {
        assert_eq!(missed(&[-3_600]), 0);
        assert_eq!(missed(&[-3_600, 0]), 3_600);
        assert_eq!(missed(&[3_600, 0]), 3_600);
        assert_eq!(missed(&[3_600, 0, 3_600]), 7_200);
        assert_eq!(missed(&[i64::MIN / 1_000]), 0);
    }

    #[test]
    fn clocks_that_differ_a_little_are_left_alone() {
        assert_eq!(missed(&[1, -1, 5, -5, 4, 0, 5]), 0);
        assert_eq!(missed(&[6, 1, 10, 2]), 6);
    }

    #[test]
    fn a_step_is_counted_once_by_all_threads_and_clones() {
        let clock = SystemMonotonicClock::default();
        let (before, hour) = (clock.now(), Duration::from_secs(3_600));
        let step = |missed: &Missed| Missed { before: missed.before - 3_600_000, ..*missed };
        clock.wall.missed.rcu(|missed| step(missed));
        clock.wall.look_at.store(0, Ordering::Relaxed);
        std::thread::scope(|scope| {
            for clone in [clock.clone(), clock.clone(), clock.clone(), clock.clone()] {
                scope.spawn(move || (0..1_000).for_each(|_| assert!(clone.now() >= before)));
            }
        });
        // Give or take what the two clocks differ by.
        let total = clock.wall.missed.load().total;
        assert!(total > hour / 2 && total < hour * 2, "{total:?}");
        assert!(clock.now() >= before + hour / 2);
    }
}
