//! What time it is: the only thing a verdict depends on besides bytes, keys and configuration.

use crate::jwt::NumericDate;

/// Tells the current time to an [`Issuer`](crate::Issuer) or a [`Verifier`](crate::Verifier).
///
/// In the manual: [time](crate::manual::time#another-clock).
///
/// # Examples
/// ```
/// use jotem::{Clock, NumericDate};
///
/// /// A clock that a simulation moves.
/// #[derive(Debug)]
/// struct Simulated(std::sync::atomic::AtomicU64);
///
/// impl Clock for Simulated {
///     fn now(&self) -> NumericDate {
///         NumericDate::from_secs(self.0.load(std::sync::atomic::Ordering::Relaxed))
///     }
/// }
/// ```
pub trait Clock: std::fmt::Debug + Send + Sync {
    /// Returns the current time.
    fn now(&self) -> NumericDate;
}

/// The clock of the operating system; the default everywhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    /// Returns the system's time; a clock set before 1970 reads as 1970.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system")]
    fn now(&self) -> NumericDate {
        std::time::SystemTime::now().into()
    }
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> NumericDate {
        (**self).now()
    }
}
