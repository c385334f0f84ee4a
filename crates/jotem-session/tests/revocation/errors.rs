//! Every reason has a code, a message that was looked at, and a section in `docs/errors.md`.

use std::collections::BTreeSet;

use jotem_session::revocation::RevocationError;

const ALL: [RevocationError; 6] = [
    RevocationError::Full { cap: 1_000_000, left_out: 3 },
    RevocationError::SnapshotShape { bytes: 7 },
    RevocationError::SnapshotVersion { found: 2 },
    RevocationError::SnapshotKey,
    RevocationError::SnapshotLength { bytes: 4_096, expected: 12_078 },
    RevocationError::SnapshotChanged,
];

#[test]
fn every_message_reads_as_it_was_agreed() {
    let text = ALL.map(|error| {
        let (code, message, hint) = (error.code(), error.to_string(), error.hint());
        assert!(!message.ends_with('.') && !hint.is_empty(), "{code}");
        format!("{code}\n  message: {message}\n  hint:    {hint}\n")
    });
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn every_code_has_a_section_in_the_documentation() {
    let page = include_str!("../../../../docs/errors.md");
    let (_, revocation) = page.split_once("\n## Revocation\n").unwrap();
    let revocation = revocation.split("\n## ").next().unwrap();
    let heading = |line: &str| Some(line.strip_prefix("### `")?.strip_suffix('`')?.to_owned());
    let sections: BTreeSet<String> = revocation.lines().filter_map(heading).collect();
    let codes: BTreeSet<String> = ALL.iter().map(|error| error.code().to_owned()).collect();
    assert_eq!(codes.len(), ALL.len(), "two samples share a code");
    assert_eq!(sections, codes);
}
