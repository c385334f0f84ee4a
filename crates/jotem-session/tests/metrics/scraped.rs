//! The text that a real exporter makes.

use std::sync::Arc;
use std::time::Duration;

use jotem::NumericDate;
use jotem_session::audit::AuditLog;
use jotem_session::event::{Action, Event, EventSink as _};
use jotem_session::metrics::{self, Measured, MetricKind, MetricsSink};
use jotem_session::refresh_token::{SessionId, SubjectKey};
use jotem_session::revocation::Fingerprint;
use jotem_session::rotation::State;
use jotem_session::store::{Memory, NewSession, Notice, Revoke, Store as _, Subject, Target};
use metrics_exporter_prometheus::PrometheusBuilder;

/// Returns what is scraped after something was done in this thread.
fn scraped(work: impl FnOnce()) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    ::metrics::with_local_recorder(&recorder, || {
        metrics::describe();
        work();
    });
    recorder.handle().render()
}

fn value(text: &str, series: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

fn event(action: Action) -> Event {
    Event::new(action, NumericDate::from_secs(1_795_305_600))
}

#[test]
fn every_event_is_counted_under_its_name() {
    let text =
        scraped(|| Action::ALL.iter().for_each(|action| MetricsSink.record(&event(*action))));
    let outcomes = ["rotated", "replayed", "repaired", "behind", "reuse", "refused"];
    let kinds = ["token", "session", "subject", "client", "key"];
    let mut series: Vec<String> =
        outcomes.iter().map(|one| format!("jotem_refresh_total{{outcome=\"{one}\"}}")).collect();
    series.extend(kinds.iter().map(|one| format!("jotem_revocations_total{{kind=\"{one}\"}}")));
    series.extend(["started", "displaced"].map(|one| format!("jotem_sessions_{one}_total")));
    series.extend(["rotated", "compromised"].map(|one| format!("jotem_keys_{one}_total")));
    series.push("jotem_refresh_refused_total{reason=\"unknown\"}".to_owned());
    for series in series {
        assert_eq!(value(&text, &series), Some(1.0), "{series} in\n{text}");
    }
    // The view was stale, and is fresh again.
    assert_eq!(value(&text, "jotem_view_stale"), Some(0.0));
}

#[test]
fn no_label_says_who_it_was() {
    let text = scraped(|| {
        for action in Action::ALL {
            let event = event(action).client("a-client").token_id("a-jti").key_id("a-kid");
            let event = event.subject(&Subject::new("a-subject"));
            MetricsSink.record(&event.detail("a-detail").reason("refresh_token_forged"));
        }
    });
    assert!(text.contains("refresh_token_forged"), "{text}");
    for word in ["a-client", "a-jti", "a-kid", "a-subject", "a-detail"] {
        assert!(!text.contains(word), "{word} in\n{text}");
    }
}

#[test]
fn what_is_scraped_is_what_the_list_says() {
    for metric in &metrics::ALL {
        let name = metric.name;
        assert!(name.starts_with("jotem_") && !metric.description.is_empty(), "{name}");
        assert_eq!(name.ends_with("_total"), metric.kind == MetricKind::Counter, "{name}");
        assert_eq!(name.ends_with("_seconds"), metric.unit.is_some(), "{name}");
    }
    let text = scraped(|| {
        metrics::set_view(5, Duration::from_millis(1_500), true);
        metrics::count_verified(Ok(()));
        metrics::count_verified(Err("jwt_expired"));
    });
    for (series, expected) in [
        ("jotem_view_entries", 5.0),
        ("jotem_view_age_seconds", 1.5),
        ("jotem_view_stale", 1.0),
        ("jotem_verify_total{result=\"ok\"}", 1.0),
        ("jotem_verify_total{result=\"jwt_expired\"}", 1.0),
    ] {
        assert_eq!(value(&text, series), Some(expected), "{series} in\n{text}");
    }
}

#[test]
fn a_store_is_timed_and_its_errors_are_counted() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = Measured::new(Arc::new(Memory::new()));
    let text = scraped(|| {
        runtime.block_on(async {
            store.ping().await.unwrap();
            let nobody = SubjectKey::from_bytes([7; 12]);
            store.list(nobody).await.unwrap();
            // Asked for, and never waited for.
            drop(store.list(nobody));
            let revoke = Revoke {
                target: Target::Subject(nobody),
                state: State::Revoked,
                notice: Notice::new(Fingerprint::from_u64(7), 900),
            };
            store.revoke(&revoke).await.unwrap();
        });
    });
    for op in ["ping", "list", "revoke"] {
        let series = format!("jotem_store_seconds_count{{op=\"{op}\",store=\"memory\"}}");
        assert_eq!(value(&text, &series), Some(1.0), "{text}");
    }
    assert!(value(&text, "jotem_store_clock_skew_seconds{store=\"memory\"}").unwrap() < 60.0);
    assert!(!text.contains("jotem_store_errors_total{"), "{text}");
}

#[test]
fn a_store_that_fails_is_counted_by_the_code() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = Measured::new(Arc::new(Memory::new()));
    let session = SessionId::generate(1_797_897_600).unwrap();
    let nobody = SubjectKey::from_bytes([7; 12]);
    let mut new = NewSession::new(nobody, &Subject::new("ada"), session, [7; 12]);
    new.expected_epoch = Some(9);
    let text = scraped(|| {
        let error = runtime.block_on(store.start(&new)).unwrap_err();
        assert_eq!(error.code(), "store_epoch_changed");
    });
    let failed = "jotem_store_errors_total{op=\"start\",code=\"store_epoch_changed\"}";
    assert_eq!(value(&text, failed), Some(1.0), "{text}");
}

#[test]
fn what_the_log_drops_is_counted_where_it_is_dropped() {
    let folder = tempfile::TempDir::new().unwrap();
    let log = AuditLog::builder(folder.path().join("audit.jsonl")).capacity(4);
    let log = log.open().unwrap();
    let mut told = 0_u64;
    let text = scraped(|| {
        while log.counts().dropped == 0 && told < 10_000_000 {
            log.record(&event(Action::RefreshRotated));
            told += 1;
        }
    });
    let dropped = log.counts().dropped;
    assert_eq!(dropped, 1);
    assert_eq!(value(&text, "jotem_audit_dropped_total"), Some(1.0), "{text}");
}
