//! `jotem.RingTimers`: how long a key is in each state.

use std::time::Duration;

use jotem_jwks::ring::Timers;
use pyo3::prelude::*;

/// The durations of a ring, each a timedelta, which fit each other: a ring whose durations do not is
/// never made, and never read.
///
/// Example:
///     >>> ring.timers.rotate_every, ring.timers.retire_for
///     (datetime.timedelta(days=30), datetime.timedelta(seconds=3600))
#[pyclass(frozen, eq, module = "jotem")]
#[derive(PartialEq, Eq)]
pub(super) struct RingTimers(pub(super) Timers);

#[pymethods]
impl RingTimers {
    /// The longest lifetime of what the ring signs.
    #[getter]
    const fn token_lifetime(&self) -> Duration {
        self.0.token_lifetime()
    }

    /// What verifiers allow for their clocks.
    #[getter]
    const fn leeway(&self) -> Duration {
        self.0.leeway()
    }

    /// ``max-age`` of what is published.
    #[getter]
    const fn jwks_max_age(&self) -> Duration {
        self.0.jwks_max_age()
    }

    /// How long a cache may give an old set while it fetches a new one.
    #[getter]
    const fn stale_while_revalidate(&self) -> Duration {
        self.0.stale_while_revalidate()
    }

    /// How long a cache may give an old set while it cannot fetch a new one.
    #[getter]
    const fn stale_if_error(&self) -> Duration {
        self.0.stale_if_error()
    }

    /// How much longer verifiers go on with a set than ``max-age`` says.
    #[getter]
    const fn fetch_interval(&self) -> Duration {
        self.0.fetch_interval()
    }

    /// How long a key is published before it signs.
    #[getter]
    const fn announce_for(&self) -> Duration {
        self.0.announce_for()
    }

    /// How long a key signs.
    #[getter]
    const fn rotate_every(&self) -> Duration {
        self.0.rotate_every()
    }

    /// How long a key is published after its last signature.
    #[getter]
    const fn retire_for(&self) -> Duration {
        self.0.retire_for()
    }

    fn __repr__(&self) -> String {
        let seconds = |duration: Duration| duration.as_secs();
        format!(
            "<jotem.RingTimers: announced {} s, active {} s, retiring {} s>",
            seconds(self.0.announce_for()),
            seconds(self.0.rotate_every()),
            seconds(self.0.retire_for()),
        )
    }
}
