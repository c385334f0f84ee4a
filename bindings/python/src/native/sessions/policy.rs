//! `jotem.sessions.RotationPolicy`: how long a session lives, and when a refresh token is theft.

use std::time::Duration;

use jotem_session::SessionError;
use jotem_session::rotation::RotationPolicy as EnginePolicy;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::errors;
use super::texts::{Given, number, span};
use crate::native::{arguments, errors as native};

/// How long a session lives, and how long a refresh token that was exchanged may come once more.
///
/// A client that retries, or two tabs of a browser, present the same refresh token twice. Within the
/// window they get the same answer; after it two have the token, and the session ends (RFC 9700
/// section 4.14). The presets, all with 7 days without use and 30 days at most:
///
/// ::
///
///     strict   no window                    one process that never retries
///     web      10 s, 1 generation back      browsers: several tabs, answers that got lost
///     native   30 s, 2 generations back     desktop programs
///     mcp      60 s, 4 generations back     tools that run as several processes
///     mobile   30 s, 1 generation back; a   phones
///              day if bound to a key
///
/// Args:
///     preset: Its name.
///     window: How long an exchanged token may come once more: at most five minutes.
///     generations: How many generations back it may be: 1 to 4.
///     idle: After how long without use a session ends.
///     lifetime: After how long it ends however it is used: at most 400 days.
///     end_if_behind: Whether a session ends whose token is newer than the store knows, instead of
///         going on with it: the store lost what it had written.
///
/// Raises:
///     Misuse: It makes no sense.
///
/// Example:
///     >>> from datetime import timedelta
///     >>> from jotem.sessions import RotationPolicy
///     >>> RotationPolicy("web", idle=timedelta(hours=1), lifetime=timedelta(days=1))
///     <jotem.sessions.RotationPolicy: window 10 s, generations 1, idle 3600 s, lifetime 86400 s>
///     >>> RotationPolicy("web", lifetime=0)
///     Traceback (most recent call last):
///         ...
///     jotem.errors.Misuse: a session of 0 s is not of 1 s to 34560000 s
#[pyclass(frozen, eq, module = "jotem.sessions")]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct RotationPolicy {
    engine: EnginePolicy,
    window: Duration,
    generations: u8,
    idle: Duration,
    lifetime: Duration,
}

const DAY: u64 = 86_400;

#[pymethods]
impl RotationPolicy {
    #[new]
    #[pyo3(signature = (
        preset="web", *, window=None, generations=None, idle=None, lifetime=None, end_if_behind=false
    ))]
    fn new(
        py: Python<'_>,
        preset: &str,
        window: Given<'_, '_>,
        generations: Given<'_, '_>,
        idle: Given<'_, '_>,
        lifetime: Given<'_, '_>,
        end_if_behind: bool,
    ) -> PyResult<Self> {
        let (engine, seconds, depth) = match preset {
            "strict" => (EnginePolicy::strict(), 0, 1),
            "web" => (EnginePolicy::web(), 10, 1),
            "native" => (EnginePolicy::native(), 30, 2),
            "mcp" => (EnginePolicy::mcp(), 60, 4),
            "mobile" => (EnginePolicy::mobile(), 30, 1),
            _ => {
                let hint = "strict, web, native, mcp, mobile; or a RotationPolicy";
                return Err(native::misuse(py, "policy is not the name of one", hint));
            }
        };
        let (window, generations) = (span("window", window)?, number("generations", generations)?);
        let is_windowed = window.is_some() || generations.is_some();
        let window = window.unwrap_or_else(|| Duration::from_secs(seconds));
        let generations =
            generations.map_or(depth, |number| u8::try_from(number).unwrap_or(u8::MAX));
        let engine = if is_windowed { engine.window(window, generations) } else { engine };
        let idle = span("idle", idle)?.unwrap_or(Duration::from_secs(7 * DAY));
        let lifetime = span("lifetime", lifetime)?.unwrap_or(Duration::from_secs(30 * DAY));
        let engine = engine.idle(idle).lifetime(lifetime);
        let engine = if end_if_behind { engine.end_if_behind() } else { engine };
        engine.check().map_err(|error| errors::raise(py, SessionError::from(error).into()))?;
        Ok(Self { engine, window, generations, idle, lifetime })
    }

    /// How long an exchanged token may come once more.
    #[getter]
    const fn window(&self) -> Duration {
        self.window
    }

    /// How many generations back it may be.
    #[getter]
    const fn generations(&self) -> u8 {
        self.generations
    }

    /// After how long without use a session ends.
    #[getter]
    const fn idle(&self) -> Duration {
        self.idle
    }

    /// After how long it ends however it is used.
    #[getter]
    const fn lifetime(&self) -> Duration {
        self.lifetime
    }

    fn __repr__(&self) -> String {
        let seconds = |span: Duration| span.as_secs_f64();
        format!(
            "<jotem.sessions.RotationPolicy: window {} s, generations {}, idle {} s, lifetime {} s>",
            seconds(self.window),
            self.generations,
            seconds(self.idle),
            seconds(self.lifetime)
        )
    }
}

/// Takes a policy, or the name of a preset.
pub(super) fn read(value: &Bound<'_, PyAny>) -> PyResult<EnginePolicy> {
    if value.is_instance_of::<PyString>() {
        let name = arguments::text("policy", value)?;
        return Ok(RotationPolicy::new(value.py(), name, None, None, None, None, false)?.engine);
    }
    let policy = value.cast::<RotationPolicy>();
    let expected = "str or jotem.sessions.RotationPolicy";
    Ok(policy.map_err(|_| arguments::wrong_type("policy", expected, value))?.get().engine)
}
