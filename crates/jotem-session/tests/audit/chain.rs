//! Where a chain breaks: whatever is done to a log, what it is called.

use jotem_session::audit::{self, AuditError, ChainKey, Checkpoint, Verification};

use super::folder::{Folder, event, key};
use jotem_session::event::EventSink as _;

/// A log of five events: seven lines.
fn log(is_keyed: bool) -> Vec<String> {
    let folder = Folder::new();
    let builder = folder.log();
    folder.write(if is_keyed { builder.key(key(7)) } else { builder }, 5);
    folder.text().lines().map(str::to_owned).collect()
}

fn code(lines: &[String], is_keyed: bool) -> &'static str {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let key = key(7);
    audit::verify(text.as_bytes(), is_keyed.then_some(&key))
        .map_or_else(|error| error.code(), |_| "ok")
}

#[test]
fn whatever_is_done_to_the_lines_shows() {
    for is_keyed in [false, true] {
        let lines = log(is_keyed);
        let after = |change: &dyn Fn(&mut Vec<String>)| {
            let mut lines = lines.clone();
            change(&mut lines);
            code(&lines, is_keyed)
        };
        assert_eq!(after(&|_| ()), "ok");
        assert_eq!(
            after(&|lines| lines[3] = lines[3].replace("subject 2", "subject 9")),
            "audit_changed"
        );
        assert_eq!(after(&|lines| drop(lines.remove(3))), "audit_missing");
        assert_eq!(after(&|lines| drop(lines.drain(2..5))), "audit_missing");
        assert_eq!(after(&|lines| lines.insert(4, lines[2].clone())), "audit_order");
        assert_eq!(after(&|lines| lines.swap(2, 3)), "audit_missing");
        assert_eq!(after(&|lines| lines.insert(3, "{}".to_owned())), "audit_garbage");
        assert_eq!(after(&|lines| lines.insert(3, String::new())), "audit_garbage");
        assert_eq!(after(&|lines| lines[3].push(' ')), "audit_garbage");
        assert_eq!(after(&|lines| lines[3].push('\r')), "audit_garbage");
        assert_eq!(after(&|lines| lines.push("x".repeat(100_000))), "audit_garbage");
        // What was before the first line is not known, and the report says from where on it holds.
        assert_eq!(after(&|lines| drop(lines.remove(0))), "ok");
    }
}

#[test]
fn every_byte_of_a_line_counts() {
    for is_keyed in [false, true] {
        let lines = log(is_keyed);
        for at in 0..lines[3].len() {
            for bit in [1, 32] {
                let mut bytes = lines[3].clone().into_bytes();
                bytes[at] ^= bit;
                let mut changed = lines.clone();
                changed[3] = String::from_utf8(bytes).unwrap();
                assert_ne!(code(&changed, is_keyed), "ok", "{}", changed[3]);
            }
        }
    }
}

#[test]
fn a_line_of_another_chain_does_not_fit_in() {
    for is_keyed in [false, true] {
        let (mut lines, others) = (log(is_keyed), log(is_keyed));
        lines[3].clone_from(&others[3]);
        assert_eq!(code(&lines, is_keyed), "audit_replaced");
    }
}

#[test]
fn a_line_that_was_changed_and_sealed_anew_without_the_key_shows() {
    let lines = log(false);
    let folder = Folder::new();
    // Whoever has no key can make a chain of his own, and that one has no MAC.
    folder.write(folder.log(), 5);
    let forged: Vec<String> = folder.text().lines().map(str::to_owned).collect();
    assert_eq!(code(&forged, true), "audit_unkeyed");
    // Without a key all of it can be written anew.
    assert_eq!(code(&forged, false), "ok");
    // One line alone cannot: the next one follows from another.
    let mut mixed = lines;
    mixed[2].clone_from(&forged[2]);
    assert_eq!(code(&mixed, false), "audit_replaced");
}

#[test]
fn the_key_is_needed_and_must_be_the_same() {
    let text = log(true).join("\n") + "\n";
    let code = |key: Option<&ChainKey>| {
        audit::verify(text.as_bytes(), key).map_or_else(|error| error.code(), |_| "ok")
    };
    assert_eq!(code(None), "audit_key_missing");
    assert_eq!(code(Some(&key(8))), "audit_key_wrong");
    assert_eq!(code(Some(&key(7))), "ok");
}

#[test]
fn a_file_that_ends_within_a_line_says_so() {
    let text = log(false).join("\n") + "\n";
    for cut in 1..100 {
        let error = audit::verify(&text.as_bytes()[..text.len() - cut], None).unwrap_err();
        assert_eq!(error, AuditError::Unfinished { line: 7 });
    }
}

#[test]
fn a_cut_end_shows_against_a_checkpoint() {
    let folder = Folder::new();
    let log = folder.log().open().unwrap();
    let begun = log.checkpoint();
    (0..5).for_each(|number| log.record(&event(number)));
    assert!(log.flush(super::folder::LONG));
    let checkpoint: Checkpoint = log.checkpoint().to_string().parse().unwrap();
    assert_eq!((begun.seq(), checkpoint.seq()), (1, 6));
    drop(log);
    let text = folder.text();
    let whole = text.as_bytes();
    let cut = text.lines().take(4).map(|line| line.len() + 1).sum::<usize>();
    let reached = |text: &[u8], checkpoint| {
        let mut verification = Verification::new(None).expecting(checkpoint);
        verification.read(text).and_then(|()| verification.reaches())
    };
    assert_eq!(reached(whole, checkpoint), Ok(()));
    assert_eq!(reached(whole, begun), Ok(()));
    assert_eq!(reached(&whole[..cut], checkpoint), Err(AuditError::Cut { last: 4, seq: 6 }));
    assert_eq!(reached(b"", checkpoint), Err(AuditError::Cut { last: 0, seq: 6 }));
    assert_eq!(reached(&whole[cut..], begun), Err(AuditError::CheckpointBefore { seq: 1 }));
    // All of it written anew.
    let other = self::log(false).join("\n") + "\n";
    let differs = Err(AuditError::CheckpointDiffers { seq: 6 });
    assert_eq!(reached(other.as_bytes(), checkpoint), differs);
}

#[test]
fn what_holds_says_how_much_it_is() {
    let lines = log(true);
    let key = key(7);
    let text = lines.join("\n") + "\n";
    let verified = audit::verify(text.as_bytes(), Some(&key)).unwrap();
    assert_eq!((verified.lines(), verified.alarms(), verified.chains()), (7, 0, 1));
    assert_eq!(verified.first().unwrap().0, 1);
    assert_eq!(verified.last().unwrap().0, 7);
    assert!(verified.is_closed());
    let cut = lines[..5].join("\n") + "\n";
    assert!(!audit::verify(cut.as_bytes(), Some(&key)).unwrap().is_closed());
}
