//! How old the keys are: a clock that only goes forward.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, Instant};

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

/// The clock of the operating system that nobody can set. On most systems it stands still while the
/// machine is suspended.
#[derive(Debug, Clone, Copy)]
pub struct SystemMonotonicClock {
    began: Instant,
}

impl Default for SystemMonotonicClock {
    /// Starts a clock at zero.
    fn default() -> Self {
        Self { began: Instant::now() }
    }
}

impl MonotonicClock for SystemMonotonicClock {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }
}

impl<C: MonotonicClock + ?Sized> MonotonicClock for Arc<C> {
    fn now(&self) -> Duration {
        (**self).now()
    }
}
