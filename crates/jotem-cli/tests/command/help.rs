//! The help of each command.

use super::sandbox::{Sandbox, with_filters};

#[test]
fn the_help_of_each_command_says_everything() {
    let commands: [&[&str]; 31] = [
        &[],
        &["key"],
        &["key", "generate"],
        &["key", "show"],
        &["key", "convert"],
        &["key", "thumbprint"],
        &["ring"],
        &["ring", "create"],
        &["ring", "rotate"],
        &["ring", "compromise"],
        &["ring", "show"],
        &["ring", "export"],
        &["session"],
        &["session", "start"],
        &["session", "refresh"],
        &["session", "revoke"],
        &["session", "list"],
        &["session", "verify"],
        &["store"],
        &["store", "check"],
        &["store", "migrate"],
        &["store", "schema"],
        &["sign"],
        &["verify"],
        &["decode"],
        &["explain"],
        &["lint"],
        &["audit"],
        &["audit", "verify"],
        &["completions"],
        &["man"],
    ];
    let sandbox = Sandbox::new();
    for command in commands {
        let help = sandbox.good(&[command, &["--help"]].concat());
        let name =
            format!("help_{}", if command.is_empty() { "jotem".into() } else { command.join("_") });
        with_filters(|| insta::assert_snapshot!(name, help));
    }
}

#[test]
fn no_command_at_all_prints_the_help_and_is_wrong_usage() {
    let answer = Sandbox::new().run(&[]);
    assert_eq!((answer.status, answer.text()), (2, ""));
    assert!(answer.stderr.contains("Usage: jotem"), "{}", answer.stderr);
}

#[test]
fn the_version_is_printed() {
    let version = Sandbox::new().good(&["--version"]);
    assert_eq!(version, format!("jotem {}", env!("CARGO_PKG_VERSION")));
}
