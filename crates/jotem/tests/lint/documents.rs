//! The registry and the documents say the same: `manual/lint.rs` is made of the registry by
//! `JOTEM_WRITE_LINT=1 cargo test -p jotem --test lint the_manual`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jotem::lint::{Rule, Severity};

const MANUAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/manual/lint.rs");

/// Where the table begins; what stands before it is written by hand.
const HEADING: &str = "//! # The rules\n";

fn table() -> String {
    let mut text = HEADING.to_owned();
    for severity in Severity::ALL {
        let name = severity.name();
        let title = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        write!(text, "//!\n//! ## {title}\n//!\n//! | code | what is weak | cure | reference |\n//! |---|---|---|---|\n")
            .unwrap();
        for rule in Rule::ALL.iter().filter(|rule| rule.severity() == severity) {
            let cells = [rule.message(), rule.cure(), rule.reference()]
                .map(|cell| cell.replace('|', "\\|"));
            writeln!(text, "//! | `{}` | {} |", rule.code(), cells.join(" | ")).unwrap();
        }
    }
    text
}

#[test]
fn the_manual_lists_every_rule_as_the_registry_has_it() {
    let manual = std::fs::read_to_string(MANUAL).unwrap();
    let (head, found) = manual.split_at(manual.find(HEADING).unwrap());
    if std::env::var_os("JOTEM_WRITE_LINT").is_some() {
        std::fs::write(MANUAL, format!("{head}{}", table())).unwrap();
    } else {
        assert!(
            found == table(),
            "write it anew: JOTEM_WRITE_LINT=1 cargo test -p jotem --test lint the_manual"
        );
    }
    for severity in Severity::ALL {
        assert!(head.contains(&format!("| {severity} |")), "{severity} is not defined");
    }
}

#[test]
fn every_rule_has_a_code_of_its_own_and_says_everything() {
    let codes: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.code()).collect();
    assert_eq!(codes.len(), Rule::ALL.len());
    for rule in Rule::ALL {
        let (code, message, cure) = (rule.code(), rule.message(), rule.cure());
        assert!(code.starts_with("lint_"), "{code}");
        for text in [message, cure] {
            let first = text.chars().next().unwrap();
            assert!(!text.ends_with('.') && !text.contains('\n'), "{code}: {text}");
            let named = text.starts_with("ES256K") || text.starts_with("RFC");
            assert!(!first.is_uppercase() || named, "{code}: {text}");
        }
        let reference = rule.reference();
        let is_cited = reference.contains('§') || reference.contains("CVE-");
        assert!(is_cited, "{code}: {reference}");
    }
}
