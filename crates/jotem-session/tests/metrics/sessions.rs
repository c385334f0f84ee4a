//! Sessions that are measured count everything that they have to do with.

use std::time::Duration;

use jotem::Secret;
use jotem_session::{Grant, Sessions};
use metrics_exporter_prometheus::PrometheusBuilder;

/// A life of a session, until the figures of view and keys are there.
async fn life(measured: bool, has_all: impl Fn() -> bool) {
    let builder = Sessions::builder(Secret::from(vec![7; 32]));
    let builder = if measured { builder.metrics() } else { builder };
    let sessions = builder.poll_every(Duration::from_millis(1)).open().await.unwrap();
    let pair = sessions.start("ada", Grant::new()).await.unwrap();
    sessions.verify::<()>(pair.access_token()).unwrap();
    sessions.refresh(pair.refresh_token()).await.unwrap();
    sessions.revoke_subject("ada").await.unwrap();
    sessions.verify::<()>(pair.access_token()).unwrap_err();
    sessions.refresh("garbage").await.unwrap_err();
    tokio::time::timeout(Duration::from_secs(20), async {
        while measured && !has_all() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await
    .unwrap();
}

fn scraped(measured: bool, wanted: &[&str]) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    metrics::with_local_recorder(&recorder, || {
        runtime.block_on(life(measured, || {
            let text = handle.render();
            wanted.iter().all(|line| text.contains(line))
        }));
    });
    handle.render()
}

#[test]
fn each_figure_of_a_life_is_there() {
    let wanted = [
        "jotem_sessions_started_total 1",
        "jotem_refresh_total{outcome=\"rotated\"} 1",
        "jotem_refresh_total{outcome=\"refused\"} 1",
        "jotem_refresh_refused_total{reason=\"refresh_token_shape\"} 1",
        "jotem_revocations_total{kind=\"subject\"} 1",
        "jotem_verify_total{result=\"ok\"} 1",
        "jotem_verify_total{result=\"access_revoked\"} 1",
        "jotem_store_seconds_count{op=\"rotate\",store=\"memory\"} 1",
        "jotem_store_clock_skew_seconds{store=\"memory\"} ",
        "jotem_view_entries 1",
        "jotem_view_age_seconds ",
        "jotem_view_stale 0",
        "jotem_key_age_seconds{state=\"active\"} ",
        "jotem_key_overdue_seconds 0",
    ];
    scraped(true, &wanted);
}

#[test]
fn who_does_not_ask_for_figures_has_none() {
    assert_eq!(scraped(false, &[]), "");
}
