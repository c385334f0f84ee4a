//! Every reason has a code, a message that was looked at, and a section in `docs/errors.md`.

use std::collections::BTreeSet;

use jotem::error::Excerpt;
use jotem_session::audit::AuditError;

fn all() -> Vec<AuditError> {
    let file = Excerpt::new("/var/log/app/audit.jsonl");
    let reason = Excerpt::new("No space left on device (os error 28)");
    vec![
        AuditError::Changed { line: 7, seq: 107 },
        AuditError::CheckpointBefore { seq: 17 },
        AuditError::CheckpointDiffers { seq: 17 },
        AuditError::CheckpointText,
        AuditError::Cut { last: 12, seq: 17 },
        AuditError::Garbage { line: 7 },
        AuditError::KeyMissing { line: 1 },
        AuditError::KeyWrong { seq: 101 },
        AuditError::Locked { file: file.clone() },
        AuditError::MasterTooShort { bytes: 16 },
        AuditError::Missing { line: 7, from: 107, to: 109 },
        AuditError::NotAFile { file: file.clone() },
        AuditError::NotContinued { file: file.clone() },
        AuditError::Open { file, reason: reason.clone() },
        AuditError::OutOfOrder { line: 7, seq: 103, expected: 107 },
        AuditError::Random,
        AuditError::Read { reason: reason.clone() },
        AuditError::Replaced { line: 7, seq: 107 },
        AuditError::Thread,
        AuditError::Unfinished { line: 7 },
        AuditError::Unkeyed { line: 7 },
        AuditError::WebhookSecret { bytes: 16 },
        AuditError::WebhookSignature,
        AuditError::WebhookTls { reason },
        AuditError::WebhookUrl { reason: "it is neither https nor http on this machine" },
    ]
}

#[test]
fn every_message_reads_as_it_was_agreed() {
    let text = all().into_iter().map(|error| {
        let (code, message, hint) = (error.code(), error.to_string(), error.hint());
        assert!(!message.ends_with('.') && !hint.is_empty(), "{code}");
        format!("{code}\n  message: {message}\n  hint:    {hint}\n")
    });
    insta::assert_snapshot!(text.collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_code_has_a_section_in_the_documentation() {
    let page = include_str!("../../../../docs/errors.md");
    let (_, audit) = page.split_once("\n## Audit\n").unwrap();
    let audit = audit.split("\n## ").next().unwrap();
    let heading = |line: &str| Some(line.strip_prefix("### `")?.strip_suffix('`')?.to_owned());
    let sections: BTreeSet<String> = audit.lines().filter_map(heading).collect();
    let codes: BTreeSet<String> = all().iter().map(|error| error.code().to_owned()).collect();
    assert_eq!(codes.len(), all().len(), "two samples share a code");
    // Each variant of the enumeration has a sample.
    let source = include_str!("../../src/audit/error.rs");
    let known: BTreeSet<String> = source
        .lines()
        .filter_map(|line| line.split_once("=> \"audit_")?.1.split('"').next())
        .map(|code| format!("audit_{code}"))
        .collect();
    assert_eq!(codes, known);
    assert_eq!(sections, codes);
    assert!(page.contains("\n- [Audit](#audit): "));
}
