//! `docs/monitoring`: rules and a dashboard of figures that exist, and what promtool says of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use jotem_session::metrics::{self, MetricKind};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/monitoring")
}

fn text(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}

/// The names of figures in a text: a histogram has three.
fn named(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("jotem_")).collect()
}

/// The names under which figures are scraped.
fn scraped() -> BTreeSet<String> {
    let names = metrics::ALL.iter().flat_map(|metric| match metric.kind {
        MetricKind::Histogram => {
            ["sum", "count", "bucket"].map(|part| format!("{}_{part}", metric.name)).to_vec()
        }
        MetricKind::Counter | MetricKind::Gauge | _ => vec![metric.name.to_owned()],
    });
    names.collect()
}

#[test]
fn rules_and_dashboard_name_only_figures_that_exist() {
    let known = scraped();
    for file in ["jotem.rules.yml", "jotem.rules.test.yml", "jotem.dashboard.json"] {
        let text = text(file);
        let expressions: String =
            text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
        let named = named(&expressions);
        assert!(named.len() > 10, "{file} was not read");
        let unknown: Vec<_> = named.iter().filter(|name| !known.contains(**name)).collect();
        assert!(unknown.is_empty(), "{file} names {unknown:?}");
    }
}

#[test]
fn every_figure_is_on_the_dashboard() {
    let dashboard = text("jotem.dashboard.json");
    let named = named(&dashboard);
    for metric in &metrics::ALL {
        let parts = ["", "_sum", "_count"].map(|part| format!("{}{part}", metric.name));
        assert!(parts.iter().any(|part| named.contains(part.as_str())), "{}", metric.name);
    }
}

#[test]
fn the_dashboard_is_json_whose_panels_ask_for_something() {
    let dashboard: serde_json::Value = serde_json::from_str(&text("jotem.dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<u64> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), panels.len());
    for panel in panels {
        assert!(!panel["title"].as_str().unwrap().is_empty());
        for target in panel["targets"].as_array().unwrap() {
            assert!(target["expr"].as_str().unwrap().contains("job=~\"$job\""), "{panel}");
        }
    }
}

#[test]
fn every_alert_says_what_it_means_and_is_tested() {
    let rules = text("jotem.rules.yml");
    let tests = text("jotem.rules.test.yml");
    let alerts: Vec<&str> = rules.split("- alert: ").skip(1).collect();
    assert!(alerts.len() >= 18);
    for alert in alerts {
        let name = alert.lines().next().unwrap();
        for part in ["severity: ", "summary: ", "description: "] {
            assert!(alert.contains(part), "{name} has no {part}");
        }
        assert!(tests.contains(&format!("alertname=\"{name}\"")), "{name} is not tested");
    }
}

#[test]
fn promtool_accepts_the_rules_and_every_alert_fires_and_does_not() {
    let run = |arguments: [&str; 3]| {
        Command::new("promtool").args(arguments).current_dir(folder()).output()
    };
    let checked = match run(["check", "rules", "jotem.rules.yml"]) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let is_ci = std::env::var_os("CI").is_some();
            assert!(!is_ci, "promtool is missing; Debian: apt-get install prometheus");
            eprintln!("skipped: promtool is not here; Debian: apt-get install prometheus");
            return;
        }
        checked => checked.unwrap(),
    };
    let tested = run(["test", "rules", "jotem.rules.test.yml"]).unwrap();
    for output in [checked, tested] {
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
    }
}
