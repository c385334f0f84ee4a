//! Figures for whoever watches: counters, gauges and histograms through the `metrics` facade.
//!
//! [`SessionsBuilder::metrics`](crate::SessionsBuilder::metrics) has all of them counted, but for those of
//! an audit log and of a webhook, which count by themselves. The program chooses where they go, for
//! example with `metrics-exporter-prometheus`. [`ALL`] is the list of them, and [`describe`] tells the recorder their units and what they are. Rules for alerts and a
//! dashboard that are made of these names are in the repository, in `docs/monitoring`.
//!
//! No label has more than a few dozen values: none is a subject, a client or a token.

mod measured;
mod sink;

use std::time::Duration;

use jotem_jwks::ring::{KeyRing, KeyState};
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};

pub use measured::Measured;
pub use sink::MetricsSink;

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// Whether it only grows, is as it is, or counts durations.
    pub kind: MetricKind,
    /// Its unit, if it has one beside "how many".
    pub unit: Option<Unit>,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What it is.
    pub description: &'static str,
}

/// What a figure does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetricKind {
    /// It grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// It counts how many were how large.
    Histogram,
}

/// Every figure there is.
pub static ALL: [Metric; 20] = [
    SESSIONS_STARTED,
    SESSIONS_DISPLACED,
    REFRESH,
    REFRESH_REFUSED,
    REVOCATIONS,
    VERIFY,
    VIEW_ENTRIES,
    VIEW_AGE,
    VIEW_STALE,
    STORE_SECONDS,
    STORE_ERRORS,
    STORE_CLOCK,
    KEYS_ROTATED,
    KEYS_COMPROMISED,
    KEY_AGE,
    KEY_OVERDUE,
    AUDIT_DROPPED,
    AUDIT_FAILURES,
    WEBHOOK_DROPPED,
    WEBHOOK_DELIVERIES,
];

/// Tells the recorder what each figure is, and in which unit. Call it once, after the recorder was
/// installed.
///
/// # Examples
/// ```
/// use jotem_session::metrics;
///
/// let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
/// ::metrics::with_local_recorder(&recorder, || {
///     metrics::describe();
///     metrics::count_verified(Ok(()));
/// });
/// let text = recorder.handle().render();
/// assert!(text.contains("# HELP jotem_verify_total Access tokens that were verified"));
/// assert!(text.contains("jotem_verify_total{result=\"ok\"} 1"));
/// ```
pub fn describe() {
    for metric in &ALL {
        let unit = metric.unit.unwrap_or(Unit::Count);
        match metric.kind {
            MetricKind::Counter => describe_counter!(metric.name, unit, metric.description),
            MetricKind::Gauge => describe_gauge!(metric.name, unit, metric.description),
            MetricKind::Histogram => describe_histogram!(metric.name, unit, metric.description),
        }
    }
}

/// Counts an access token that was verified, or the code with which it was refused.
pub fn count_verified(outcome: Result<(), &'static str>) {
    let result = outcome.err().unwrap_or("ok");
    counter!(VERIFY.name, "result" => result).increment(1);
}

/// Says how what verifiers know of revocations is: its entries, how old it is, and whether that is too
/// old.
pub fn set_view(entries: usize, age: Duration, is_stale: bool) {
    gauge!(VIEW_ENTRIES.name).set(float(u64::try_from(entries).unwrap_or(u64::MAX)));
    gauge!(VIEW_AGE.name).set(age.as_secs_f64());
    gauge!(VIEW_STALE.name).set(f64::from(u8::from(is_stale)));
}

/// Says how old the keys of a ring are in their states, and for how long something should have been
/// done with them. `now` is the clock's that the ring has.
pub fn set_keys(ring: &KeyRing, now: jotem::NumericDate) {
    for key in ring.keys() {
        let since = match key.state() {
            KeyState::Announced => Some(key.announced_at()),
            KeyState::Active => key.activated_at(),
            KeyState::Retiring => key.retired_at(),
            KeyState::Removed | _ => None,
        };
        if let Some(since) = since {
            let age = now.saturating_since(since).as_secs_f64();
            gauge!(KEY_AGE.name, "state" => key.state().name()).set(age);
        }
    }
    if let Ok(due) = ring.next_due() {
        gauge!(KEY_OVERDUE.name).set(now.saturating_since(due).as_secs_f64());
    }
}

pub(crate) fn count_audit_dropped(events: u64) {
    counter!(AUDIT_DROPPED.name).increment(events);
}

pub(crate) fn count_audit_failure() {
    counter!(AUDIT_FAILURES.name).increment(1);
}

#[cfg(feature = "webhook")]
pub(crate) fn count_webhook_dropped(events: u64) {
    counter!(WEBHOOK_DROPPED.name).increment(events);
}

#[cfg(feature = "webhook")]
pub(crate) fn count_webhook_delivery(result: &'static str) {
    counter!(WEBHOOK_DELIVERIES.name, "result" => result).increment(1);
}

/// A number as gauges have it; above 2^53 it is not exact.
#[expect(clippy::cast_precision_loss, reason = "nobody has so many")]
const fn float(number: u64) -> f64 {
    number as f64
}

const fn counter_of(
    name: &'static str,
    labels: &'static [&'static str],
    description: &'static str,
) -> Metric {
    Metric { name, kind: MetricKind::Counter, unit: None, labels, description }
}

const fn gauge_of(
    name: &'static str,
    unit: Option<Unit>,
    labels: &'static [&'static str],
    description: &'static str,
) -> Metric {
    Metric { name, kind: MetricKind::Gauge, unit, labels, description }
}

const SECONDS: Option<Unit> = Some(Unit::Seconds);

pub(crate) const SESSIONS_STARTED: Metric =
    counter_of("jotem_sessions_started_total", &[], "Sessions that were started: logins");
pub(crate) const SESSIONS_DISPLACED: Metric = counter_of(
    "jotem_sessions_displaced_total",
    &[],
    "Sessions that ended because their subject had too many",
);
pub(crate) const REFRESH: Metric = counter_of(
    "jotem_refresh_total",
    &["outcome"],
    "Refresh tokens that were presented: rotated, replayed, repaired, behind, reuse, refused",
);
pub(crate) const REFRESH_REFUSED: Metric = counter_of(
    "jotem_refresh_refused_total",
    &["reason"],
    "Refresh tokens that were refused, by the code of the reason",
);
pub(crate) const REVOCATIONS: Metric = counter_of(
    "jotem_revocations_total",
    &["kind"],
    "What was revoked: token, session, subject, client, key",
);
const VERIFY: Metric = counter_of(
    "jotem_verify_total",
    &["result"],
    "Access tokens that were verified: ok, or the code with which they were refused",
);
const VIEW_ENTRIES: Metric =
    gauge_of("jotem_view_entries", None, &[], "Revocations that this process knows of");
const VIEW_AGE: Metric = gauge_of(
    "jotem_view_age_seconds",
    SECONDS,
    &[],
    "How long ago this process knew all revocations",
);
pub(crate) const VIEW_STALE: Metric = gauge_of(
    "jotem_view_stale",
    None,
    &[],
    "1 while what this process knows of revocations is older than it may be",
);
pub(crate) const STORE_SECONDS: Metric = Metric {
    name: "jotem_store_seconds",
    kind: MetricKind::Histogram,
    unit: SECONDS,
    labels: &["op", "store"],
    description: "How long the store took to answer",
};
pub(crate) const STORE_ERRORS: Metric = counter_of(
    "jotem_store_errors_total",
    &["op", "code"],
    "What the store did not do, by the code of the error; cancelled if nobody waited for it",
);
pub(crate) const STORE_CLOCK: Metric = gauge_of(
    "jotem_store_clock_skew_seconds",
    SECONDS,
    &["store"],
    "How far the clocks of the store and of this process are apart",
);
pub(crate) const KEYS_ROTATED: Metric =
    counter_of("jotem_keys_rotated_total", &[], "Keys that began to sign");
pub(crate) const KEYS_COMPROMISED: Metric = counter_of(
    "jotem_keys_compromised_total",
    &[],
    "Keys that were removed because somebody else may have them",
);
const KEY_AGE: Metric =
    gauge_of("jotem_key_age_seconds", SECONDS, &["state"], "How long a key is in its state");
const KEY_OVERDUE: Metric = gauge_of(
    "jotem_key_overdue_seconds",
    SECONDS,
    &[],
    "For how long a key should have been rotated or removed; 0 if none should",
);
const AUDIT_DROPPED: Metric = counter_of(
    "jotem_audit_dropped_total",
    &[],
    "Events that are not in the audit log, because its queue was full or it was closed",
);
const AUDIT_FAILURES: Metric =
    counter_of("jotem_audit_failures_total", &[], "How often the audit log could not be written");
const WEBHOOK_DROPPED: Metric = counter_of(
    "jotem_webhook_dropped_total",
    &[],
    "Events that were not posted, because too many came or the receiver did not take them",
);
const WEBHOOK_DELIVERIES: Metric = counter_of(
    "jotem_webhook_deliveries_total",
    &["result"],
    "What was posted: ok, retried, failed",
);
