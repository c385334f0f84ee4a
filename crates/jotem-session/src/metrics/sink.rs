//! Counters that follow from events.

use metrics::{counter, gauge};

use super::{
    KEYS_COMPROMISED, KEYS_ROTATED, REFRESH, REFRESH_REFUSED, REVOCATIONS, SESSIONS_DISPLACED,
    SESSIONS_STARTED, VIEW_STALE,
};
use crate::event::{Action, Event, EventSink};

/// Counts events.
///
/// # Examples
/// ```
/// use jotem::NumericDate;
/// use jotem_session::event::{Action, Event, EventSink as _};
/// use jotem_session::metrics::MetricsSink;
///
/// let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
/// metrics::with_local_recorder(&recorder, || {
///     MetricsSink.record(&Event::new(Action::RefreshReuse, NumericDate::from_secs(0)));
/// });
/// assert!(recorder.handle().render().contains("jotem_refresh_total{outcome=\"reuse\"} 1"));
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::exhaustive_structs, reason = "it has nothing to set")]
pub struct MetricsSink;

impl EventSink for MetricsSink {
    fn record(&self, event: &Event) {
        let refreshed = |outcome| counter!(REFRESH.name, "outcome" => outcome).increment(1);
        let revoked = |kind| counter!(REVOCATIONS.name, "kind" => kind).increment(1);
        match event.action {
            Action::SessionStart => counter!(SESSIONS_STARTED.name).increment(1),
            Action::SessionDisplaced => counter!(SESSIONS_DISPLACED.name).increment(1),
            Action::RefreshRotated => refreshed("rotated"),
            Action::RefreshReplayed => refreshed("replayed"),
            Action::RefreshRepaired => refreshed("repaired"),
            Action::RefreshBehind => refreshed("behind"),
            Action::RefreshReuse => refreshed("reuse"),
            Action::RefreshRefused => {
                refreshed("refused");
                let reason = event.reason.unwrap_or("unknown");
                counter!(REFRESH_REFUSED.name, "reason" => reason).increment(1);
            }
            Action::RevokeToken => revoked("token"),
            Action::RevokeSession => revoked("session"),
            Action::RevokeSubject => revoked("subject"),
            Action::RevokeClient => revoked("client"),
            Action::RevokeKey => revoked("key"),
            Action::KeyRotate => counter!(KEYS_ROTATED.name).increment(1),
            Action::KeyCompromise => counter!(KEYS_COMPROMISED.name).increment(1),
            Action::ViewStale => gauge!(VIEW_STALE.name).set(1.0),
            Action::ViewFresh => gauge!(VIEW_STALE.name).set(0.0),
            // Counted where it happens: see `Measured`.
            Action::StoreFailed => {}
        }
    }
}
