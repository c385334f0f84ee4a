//! Every reason has a code, a message that was looked at, and a section in `docs/errors.md`.

use std::collections::BTreeSet;

use jotem_session::roles::{Policy, PolicyError, Refusal};

fn policy_errors() -> Vec<PolicyError> {
    let read = |text: &str| Policy::from_toml(text).unwrap_err();
    vec![
        read("[roles.a]\ninherits = ['b']\n[roles.b]\ninherits = ['a']"),
        read("[roles.a]\nallow = ['invoice']"),
        read("[roles.'acme#viewer']"),
        read("[roles.editor]\ninherits = ['viewer']"),
        read("[roles.editor]\nallows = []"),
        read(&"#".repeat(2 << 20)),
    ]
}

fn refusals() -> Vec<Refusal> {
    let policy =
        Policy::from_toml("[roles.viewer]\nallow = ['*:read']\ndeny = ['user:*']\n[roles.editor]");
    let viewer = policy.unwrap().granted(["viewer"]);
    vec![
        viewer.at_least("editor").unwrap_err(),
        viewer.require("user:read:17").unwrap_err(),
        viewer.require("invoice:write").unwrap_err(),
        viewer.any(["invoice:write", "invoice:delete"]).unwrap_err(),
        viewer.require("invoice:read:\u{1b}[31m").unwrap_err(),
    ]
}

#[test]
fn every_message_reads_as_it_was_agreed() {
    let policy = policy_errors().into_iter().map(|error| {
        format!("{}\n  message: {error}\n  hint:    {}\n", error.code(), error.hint())
    });
    let refusals = refusals().into_iter().map(|refusal| {
        let (code, hint, wire) = (refusal.code(), refusal.hint(), refusal.public());
        format!(
            "{code}\n  message: {refusal}\n  hint:    {hint}\n  wire:    {} / {}\n",
            wire.error, wire.description
        )
    });
    insta::assert_snapshot!(policy.chain(refusals).collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_code_has_a_section_in_the_documentation() {
    let page = include_str!("../../../../docs/errors.md");
    let (_, roles) = page.split_once("\n## Roles\n").unwrap();
    let roles = roles.split("\n## ").next().unwrap();
    let heading = |line: &'static str| line.strip_prefix("### `")?.strip_suffix('`');
    let sections: BTreeSet<&str> = roles.lines().filter_map(heading).collect();
    let codes: BTreeSet<&str> = policy_errors()
        .iter()
        .map(PolicyError::code)
        .chain(refusals().iter().map(Refusal::code))
        .collect();
    assert_eq!(sections, codes);
}
