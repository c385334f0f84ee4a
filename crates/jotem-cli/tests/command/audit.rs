//! `jotem audit`: a log that holds, and what is said of one that does not.

use std::time::Duration;

use jotem::{Clock, NumericDate, Secret};
use jotem_session::audit::{AuditLog, ChainKey};
use jotem_session::event::{Action, Event, EventSink as _};

use super::sandbox::Sandbox;

const MASTER: &str = "a master secret of 32 bytes, or so";

/// 2026-11-22T00:00:00Z, for ever.
#[derive(Debug)]
struct Midnight;

impl Clock for Midnight {
    fn now(&self) -> NumericDate {
        NumericDate::from_secs(1_795_305_600)
    }
}

/// Logs of five events each, with a key and without, and what was done to them.
fn sandbox() -> Sandbox {
    let sandbox =
        Sandbox::new().with("master", format!("{MASTER}\n")).with("other", MASTER.repeat(2));
    for (name, is_keyed) in [("plain.jsonl", false), ("keyed.jsonl", true)] {
        let key = ChainKey::derive(&Secret::from(MASTER.as_bytes())).unwrap();
        let builder = AuditLog::builder(sandbox.path(name)).clock(Midnight);
        let log = if is_keyed { builder.key(key) } else { builder }.open().unwrap();
        for number in 0..5 {
            let action = if number == 2 { Action::RefreshReuse } else { Action::SessionStart };
            let at = Midnight.now().saturating_add(Duration::from_secs(number));
            log.record(&Event::new(action, at).client("web"));
        }
    }
    let text = std::fs::read_to_string(sandbox.path("keyed.jsonl")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let without = |left_out: usize| {
        let kept = lines.iter().enumerate().filter(|(number, _)| *number != left_out);
        kept.map(|(_, line)| format!("{line}\n")).collect::<String>()
    };
    let cut = lines.iter().take(4).map(|line| format!("{line}\n")).collect::<String>();
    sandbox
        .with("changed.jsonl", text.replacen("reuse", "other", 1))
        .with("deleted.jsonl", without(3))
        .with("torn.jsonl", text.trim_end_matches("}\n"))
        .with("cut.jsonl", cut)
        .with("garbage.jsonl", "something else\n")
        .with("empty.jsonl", "")
}

#[test]
fn a_log_that_holds_says_how_much_it_is_and_a_broken_one_where() {
    let sandbox = sandbox();
    let key = ["--key-file", "master"];
    let verify = |file: &'static str| [&["audit", "verify", file][..], &key].concat();
    let checkpoint = "9:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let runs = [
        vec!["audit", "verify", "plain.jsonl"],
        verify("keyed.jsonl"),
        [verify("keyed.jsonl"), vec!["--json"]].concat(),
        verify("changed.jsonl"),
        [verify("changed.jsonl"), vec!["--json"]].concat(),
        verify("deleted.jsonl"),
        verify("torn.jsonl"),
        verify("cut.jsonl"),
        [verify("cut.jsonl"), vec!["--checkpoint", checkpoint]].concat(),
        verify("garbage.jsonl"),
        verify("empty.jsonl"),
        vec!["audit", "verify", "keyed.jsonl"],
        vec!["audit", "verify", "keyed.jsonl", "--key-file", "other"],
        verify("plain.jsonl"),
        verify("missing.jsonl"),
        vec!["audit", "verify", "keyed.jsonl", "--key-file", "empty.jsonl"],
        vec!["audit", "verify", "keyed.jsonl", "--checkpoint", "9"],
        vec!["audit", "verify"],
    ];
    let runs: Vec<&[&str]> = runs.iter().map(Vec::as_slice).collect();
    let transcript = sandbox.transcript(&runs);
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("audit", transcript));
}

#[test]
fn files_are_verified_one_after_the_other() {
    let sandbox = sandbox();
    let text = std::fs::read_to_string(sandbox.path("plain.jsonl")).unwrap();
    let half = text.lines().take(3).map(|line| line.len() + 1).sum();
    let (first, second) = text.split_at(half);
    let sandbox = sandbox.with("first.jsonl", first).with("second.jsonl", second);
    let verified =
        sandbox.run(&["audit", "verify", "first.jsonl", "second.jsonl", "--json"]).json();
    assert_eq!((&verified["lines"], &verified["chains"]), (&7.into(), &1.into()));
    let reversed = sandbox.run(&["audit", "verify", "second.jsonl", "first.jsonl"]);
    // The first begins a chain: it is one of its own, after the other.
    assert_eq!(reversed.status, 0);
    assert!(reversed.text().contains("chains"), "{}", reversed.text());
    let twice = sandbox.run(&["audit", "verify", "first.jsonl", "second.jsonl", "second.jsonl"]);
    assert_eq!(twice.status, 1);
    assert!(twice.stderr.contains("audit_order"), "{}", twice.stderr);
}
