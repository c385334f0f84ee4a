//! The files of a log: begun, gone on with, turned, moved away by others, and full.

use std::io::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use jotem::{Clock, NumericDate};
use jotem_session::audit::{AuditLog, Durability, OnFull};
use jotem_session::event::{Action, EventSink as _};

use super::folder::{Folder, LONG, NOW, event, key};

fn refused(path: &std::path::Path) -> &'static str {
    AuditLog::builder(path).open().unwrap_err().code()
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_a_log() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    folder.write(folder.log(), 1);
    let mode = std::fs::metadata(folder.path("audit.jsonl")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn what_cannot_be_written_is_said_when_it_is_opened() {
    let folder = Folder::new();
    assert_eq!(refused(&folder.path("no/such/folder")), "audit_open");
    assert_eq!(refused(&folder.path(".")), "audit_not_a_file");
    std::fs::write(folder.path("other.txt"), "a text without a line end").unwrap();
    assert_eq!(refused(&folder.path("other.txt")), "audit_not_continued");
    std::fs::write(folder.path("lines.txt"), "a text\nof two lines\n").unwrap();
    assert_eq!(refused(&folder.path("lines.txt")), "audit_not_continued");
    let other = std::fs::read_to_string(folder.path("other.txt")).unwrap();
    assert_eq!(other, "a text without a line end");
    let log = folder.log().open().unwrap();
    assert_eq!(refused(&folder.path("audit.jsonl")), "audit_locked");
    drop(log);
    assert!(folder.log().open().is_ok());
}

#[test]
fn the_chain_goes_on_when_a_log_is_opened_again() {
    for key in [None, Some(key(7))] {
        let folder = Folder::new();
        let builder = || match &key {
            Some(key) => folder.log().key(key.clone()),
            None => folder.log(),
        };
        (0..3).for_each(|_| folder.write(builder(), 2));
        let verified = folder.verify(key.as_ref()).unwrap();
        assert_eq!((verified.lines(), verified.chains(), verified.is_closed()), (12, 1, true));
    }
}

#[test]
fn a_chain_is_not_continued_under_another_key_or_after_a_changed_line() {
    let folder = Folder::new();
    folder.write(folder.log().key(key(7)), 2);
    let code = |log: jotem_session::audit::AuditLogBuilder| log.open().unwrap_err().code();
    assert_eq!(code(folder.log()), "audit_not_continued");
    assert_eq!(code(folder.log().key(key(8))), "audit_not_continued");
    let changed = folder.text().replace("log.close", "log.clos3");
    std::fs::write(folder.path("audit.jsonl"), &changed).unwrap();
    assert_eq!(code(folder.log().key(key(7))), "audit_not_continued");
    assert_eq!(folder.text(), changed);
}

#[test]
fn a_line_that_was_not_finished_is_taken_away_and_the_log_says_so() {
    let folder = Folder::new();
    folder.write(folder.log(), 2);
    let whole = folder.text();
    for torn in ["{", "{\"seq\":5,\"time\":\"2026"] {
        let mut file = std::fs::OpenOptions::new().append(true).open(folder.path("audit.jsonl"));
        file.as_mut().unwrap().write_all(torn.as_bytes()).unwrap();
        assert_eq!(folder.verify(None).unwrap_err().code(), "audit_unfinished");
        folder.write(folder.log(), 0);
        assert!(folder.verify(None).is_ok());
        let lines = folder.lines();
        assert_eq!(lines[lines.len() - 2]["torn_bytes"], torn.len());
        std::fs::write(folder.path("audit.jsonl"), &whole).unwrap();
    }
}

#[test]
fn a_full_file_is_turned_and_so_many_are_kept() {
    let folder = Folder::new();
    folder.write(folder.log().rotate_at(2_000).keep(1_000), 100);
    let names = folder.names();
    assert!(names.len() > 10, "{names:?}");
    for name in &names {
        assert!(std::fs::metadata(folder.path(name)).unwrap().len() <= 2_000);
    }
    let verified = folder.verify(None).unwrap();
    assert_eq!((verified.lines(), verified.chains()), (102, 1));
    // A file that others named is none of ours to remove.
    std::fs::write(folder.path("audit.jsonl.1"), "").unwrap();
    folder.write(folder.log().rotate_at(2_000).keep(3), 100);
    let names = folder.names();
    assert_eq!(names.len(), 5, "{names:?}");
    std::fs::remove_file(folder.path("audit.jsonl.1")).unwrap();
    let verified = folder.verify(None).unwrap();
    assert!(verified.first().unwrap().0 > 102);
    // A file in the middle is missing.
    std::fs::remove_file(folder.path(&names[2])).unwrap();
    assert_eq!(folder.verify(None).unwrap_err().code(), "audit_missing");
}

/// 2026-11-22T00:00:00Z, for ever.
#[derive(Debug)]
struct Midnight;

impl Clock for Midnight {
    fn now(&self) -> NumericDate {
        NumericDate::from_secs(NOW)
    }
}

#[test]
fn a_new_day_begins_a_new_file() {
    let folder = Folder::new();
    let log = folder.log().rotate_daily().clock(Midnight);
    let log = log.open().unwrap();
    for day in 0..3_u64 {
        let mut event = event(0);
        event.at = event.at.saturating_add(Duration::from_secs(day * 86_400));
        (0..4).for_each(|_| log.record(&event));
        assert!(log.flush(LONG));
    }
    assert_eq!(folder.names().len(), 3);
    drop(log);
    assert_eq!(folder.verify(None).unwrap().lines(), 14);
}

#[cfg(unix)]
#[test]
fn a_log_that_somebody_moved_away_is_begun_anew_and_its_chain_goes_on() {
    let folder = Folder::new();
    let log = folder.log().open().unwrap();
    log.record(&event(1));
    assert!(log.flush(LONG));
    std::fs::rename(folder.path("audit.jsonl"), folder.path("audit.jsonl.1")).unwrap();
    log.record(&event(2));
    assert!(log.flush(LONG));
    // `create`, as logrotate has it: an empty file stands there already.
    std::fs::rename(folder.path("audit.jsonl"), folder.path("audit.jsonl.2")).unwrap();
    std::fs::write(folder.path("audit.jsonl"), "").unwrap();
    log.record(&event(3));
    drop(log);
    // And while no program runs.
    std::fs::rename(folder.path("audit.jsonl"), folder.path("audit.jsonl.3")).unwrap();
    folder.write(folder.log(), 1);
    assert_eq!(folder.names().len(), 4);
    let verified = folder.verify(None).unwrap();
    assert_eq!((verified.lines(), verified.chains()), (8, 1));
}

#[test]
fn several_threads_write_one_chain() {
    for durability in [Durability::Required, Durability::EachBatch, Durability::Closing] {
        let folder = Folder::new();
        let log = folder.log().durability(durability).open().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..200).for_each(|number| log.record(&event(number))));
            }
        });
        drop(log);
        assert_eq!(folder.verify(None).unwrap().lines(), 1_602);
    }
}

/// What a child does, which may not write files of more than 8 KiB: it says what it counted.
#[test]
#[ignore = "a part of the next test"]
fn child_that_fills_its_disk() {
    let path = std::path::PathBuf::from(std::env::var("AUDIT_LOG").unwrap());
    let wait = OnFull::Wait(Duration::from_millis(20));
    let log = AuditLog::builder(&path).capacity(8).on_full(Action::SessionStart, wait);
    let log = log.close_limit(LONG).open().unwrap();
    let begun = Instant::now();
    (0..2_000).for_each(|number| log.record(&event(number)));
    // One waited in vain, and after it nobody did.
    assert!(begun.elapsed() < Duration::from_secs(30));
    let full = log.counts();
    assert!(full.failures > 0 && full.dropped > 1_000, "{full:?}");
    assert!(std::fs::metadata(&path).unwrap().len() <= 8 * 1_024);
    // Somebody makes room; it is tried again within a second.
    std::fs::rename(&path, path.with_extension("jsonl.1")).unwrap();
    assert!(log.flush(LONG));
    let after = log.counts();
    assert_eq!(after.written + after.dropped, 2_000);
    // Full once more, and closed like that.
    (0..2_000).for_each(|number| log.record(&event(number)));
    drop(log);
}

#[cfg(unix)]
#[test]
fn a_full_disk_loses_what_it_must_and_says_how_much() {
    let folder = Folder::new();
    let program = std::env::current_exe().unwrap();
    let mut child = Command::new("sh");
    // Units of 512 bytes; without the signal, writing fails as on a full disk.
    child.args(["-c", "ulimit -S -f 16; trap '' XFSZ; exec \"$0\" \"$@\""]).arg(program);
    child.args(["--exact", "files::child_that_fills_its_disk", "--ignored", "--nocapture"]);
    let output = child.env("AUDIT_LOG", folder.path("audit.jsonl")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("1 passed"), "{said}");
    // Whatever was written holds, and no line is in halves.
    let verified = folder.verify(None).unwrap();
    assert!(verified.lines() > 20 && verified.dropped() > 1_000, "{verified:?}");
    assert!(!verified.is_closed());
}

#[cfg(unix)]
#[test]
fn a_child_that_was_killed_leaves_a_chain_that_goes_on() {
    let folder = Folder::new();
    for round in 0..5 {
        let program = std::env::current_exe().unwrap();
        let mut child = Command::new(program);
        child.args(["--exact", "files::child_that_writes_until_it_is_killed", "--ignored"]);
        child.env("AUDIT_LOG", folder.path("audit.jsonl"));
        let mut child = child.stdout(std::process::Stdio::null()).spawn().unwrap();
        let length = || std::fs::metadata(folder.path("audit.jsonl")).map_or(0, |file| file.len());
        let (before, begun) = (length(), Instant::now());
        while length() < before + 20_000 && begun.elapsed() < LONG {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        folder.write(folder.log(), 1);
        let verified = folder.verify(None).unwrap();
        assert!(verified.lines() > round * 50 && verified.chains() == 1, "{verified:?}");
    }
}

/// What a child does until it is killed.
#[test]
#[ignore = "a part of the test before"]
fn child_that_writes_until_it_is_killed() {
    let log = AuditLog::builder(std::env::var("AUDIT_LOG").unwrap()).open().unwrap();
    let begun = Instant::now();
    while begun.elapsed() < LONG {
        log.record(&event(1));
    }
}
