//! How long a key is in each state, and whether that fits what the ring signs and publishes.

use std::time::Duration;

use super::error::RingError;

/// The durations of a ring, in whole seconds, which fit each other.
///
/// | | default | |
/// |---|---|---|
/// | `token_lifetime` | 15 min | the longest lifetime of what the ring signs |
/// | `leeway` | 30 s | what verifiers allow for their clocks, at most 300 s |
/// | `jwks_max_age` | 5 min | `max-age` of what is published |
/// | `fetch_interval` | 5 min | how much longer verifiers go on with a set than `max-age` says |
/// | `announce_for` | 24 h | from publishing a key to signing with it; less if keys rotate faster |
/// | `rotate_every` | 30 d | how long a key signs |
/// | `retire_for` | 1 h, or more where tokens live on for longer | from the last signature to the removal |
/// | `stale_while_revalidate` | 1 h, or less if it must | how long a cache may give an old set while it fetches |
/// | `stale_if_error` | 24 h, or less if it must | how long, while it cannot |
///
/// Refused when a ring is built or read, unless:
///
/// - `announce_for` is at least `jwks_max_age` + the longer of the stale times + `fetch_interval`:
///   before that, somebody may not know the key;
/// - `retire_for` is at least `token_lifetime` + `leeway` + 2 s: before that, a token may live. (Two
///   seconds: another process notices a rotation within one, and times are cut to seconds.)
/// - `rotate_every` is at least `announce_for`, and at least a 16th of `retire_for`.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use jotem::Algorithm;
/// use jotem_jwks::ring::KeyRing;
///
/// let timers = KeyRing::builder(Algorithm::Es256)
///     .token_lifetime(Duration::from_secs(3 * 3600))
///     .timers()?;
/// assert_eq!(timers.retire_for(), Duration::from_secs(3 * 3600 + 30 + 2));
/// # Ok::<(), jotem_jwks::ring::RingError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    pub(super) token_lifetime: u64,
    pub(super) leeway: u64,
    pub(super) jwks_max_age: u64,
    pub(super) stale_while_revalidate: u64,
    pub(super) stale_if_error: u64,
    pub(super) fetch_interval: u64,
    pub(super) announce_for: u64,
    pub(super) rotate_every: u64,
    pub(super) retire_for: u64,
}

/// What was asked for; the rest is computed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wishes {
    pub(super) token_lifetime: Option<u64>,
    pub(super) leeway: Option<u64>,
    pub(super) jwks_max_age: Option<u64>,
    pub(super) stale_while_revalidate: Option<u64>,
    pub(super) stale_if_error: Option<u64>,
    pub(super) fetch_interval: Option<u64>,
    pub(super) announce_for: Option<u64>,
    pub(super) rotate_every: Option<u64>,
    pub(super) retire_for: Option<u64>,
}

impl Wishes {
    /// Computes what was not asked for, and refuses what does not fit.
    pub(super) fn timers(self) -> Result<Timers, RingError> {
        let token_lifetime = self.token_lifetime.unwrap_or(15 * MINUTE);
        let leeway = self.leeway.unwrap_or(30);
        let jwks_max_age = self.jwks_max_age.unwrap_or(5 * MINUTE);
        let fetch_interval = self.fetch_interval.unwrap_or(5 * MINUTE);
        let rotate_every = self.rotate_every.unwrap_or(30 * DAY);

        let fetched = jwks_max_age.saturating_add(fetch_interval);
        let stale = self.stale_while_revalidate.max(self.stale_if_error).unwrap_or_default();
        let needed = fetched.saturating_add(stale);
        let announce_for = self.announce_for.unwrap_or_else(|| DAY.min(rotate_every).max(needed));
        // A copy that a cache gives during an outage must still have the key that signs.
        let room = announce_for.saturating_sub(fetched);
        let timers = Timers {
            token_lifetime,
            leeway,
            jwks_max_age,
            stale_while_revalidate: self.stale_while_revalidate.unwrap_or_else(|| HOUR.min(room)),
            stale_if_error: self.stale_if_error.unwrap_or_else(|| DAY.min(room)),
            fetch_interval,
            announce_for,
            rotate_every,
            retire_for: self
                .retire_for
                .unwrap_or_else(|| HOUR.max(lives_on(token_lifetime, leeway))),
        };
        timers.check()?;
        Ok(timers)
    }
}

impl Timers {
    /// Returns the longest lifetime of what the ring signs.
    #[must_use]
    pub const fn token_lifetime(&self) -> Duration {
        Duration::from_secs(self.token_lifetime)
    }

    /// Returns what verifiers allow for their clocks.
    #[must_use]
    pub const fn leeway(&self) -> Duration {
        Duration::from_secs(self.leeway)
    }

    /// Returns `max-age` of what is published.
    #[must_use]
    pub const fn jwks_max_age(&self) -> Duration {
        Duration::from_secs(self.jwks_max_age)
    }

    /// Returns how long a cache may give an old set while it fetches a new one.
    #[must_use]
    pub const fn stale_while_revalidate(&self) -> Duration {
        Duration::from_secs(self.stale_while_revalidate)
    }

    /// Returns how long a cache may give an old set while it cannot fetch a new one.
    #[must_use]
    pub const fn stale_if_error(&self) -> Duration {
        Duration::from_secs(self.stale_if_error)
    }

    /// Returns how much longer verifiers go on with a set than `max-age` says.
    #[must_use]
    pub const fn fetch_interval(&self) -> Duration {
        Duration::from_secs(self.fetch_interval)
    }

    /// Returns how long a key is published before it signs.
    #[must_use]
    pub const fn announce_for(&self) -> Duration {
        Duration::from_secs(self.announce_for)
    }

    /// Returns how long a key signs.
    #[must_use]
    pub const fn rotate_every(&self) -> Duration {
        Duration::from_secs(self.rotate_every)
    }

    /// Returns how long a key is published after its last signature.
    #[must_use]
    pub const fn retire_for(&self) -> Duration {
        Duration::from_secs(self.retire_for)
    }

    /// Refuses what makes no sense, and what does not fit.
    pub(super) fn check(&self) -> Result<(), RingError> {
        let ranges = [
            ("token_lifetime", self.token_lifetime, 1, YEAR),
            ("leeway", self.leeway, 0, 300),
            ("jwks_max_age", self.jwks_max_age, 0, 30 * DAY),
            ("stale_while_revalidate", self.stale_while_revalidate, 0, 30 * DAY),
            ("stale_if_error", self.stale_if_error, 0, 30 * DAY),
            ("fetch_interval", self.fetch_interval, 0, 30 * DAY),
            ("announce_for", self.announce_for, 0, YEAR),
            ("rotate_every", self.rotate_every, 1, 10 * YEAR),
            ("retire_for", self.retire_for, 1, 10 * YEAR),
        ];
        for (timer, found, least, most) in ranges {
            if !(least..=most).contains(&found) {
                return Err(RingError::TimerOutOfRange { timer, found, least, most });
            }
        }
        let Self { announce_for, retire_for, rotate_every, .. } = *self;
        let stale = self.stale_while_revalidate.max(self.stale_if_error);
        let needed = self.jwks_max_age.saturating_add(stale).saturating_add(self.fetch_interval);
        if announce_for < needed {
            return Err(RingError::AnnouncementTooShort { announce_for, needed });
        }
        let needed = lives_on(self.token_lifetime, self.leeway);
        if retire_for < needed {
            return Err(RingError::RetirementTooShort { retire_for, needed });
        }
        let needed = announce_for.max(retire_for.div_ceil(RETIRING));
        if rotate_every < needed {
            return Err(RingError::RotationTooOften { rotate_every, needed });
        }
        Ok(())
    }
}

/// Rounds up to whole seconds, which are what headers and files have.
pub(super) fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0))
}

/// How long tokens are accepted after the last signature of a key.
const fn lives_on(token_lifetime: u64, leeway: u64) -> u64 {
    token_lifetime.saturating_add(leeway).saturating_add(NOTICE)
}

/// A second until another process has noticed, and a second for dates that are cut to seconds.
const NOTICE: u64 = 2;

/// How many keys are retiring at one time, at most, where every rotation is on time.
const RETIRING: u64 = 16;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const YEAR: u64 = 366 * DAY;
