//! `vectors/lint.json`: weak tokens and keys, and sound ones, each with exactly its findings. The
//! Python tests run the same file.

use jotem::lint::{Finding, Lint};

use super::build::{Built, CASES, now};

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(Finding::code).collect()
}

fn examine(built: &Built) -> Vec<Finding> {
    match built {
        Built::Token { text, key: None } => Lint::at(now()).token(text),
        Built::Token { text, key: Some(key) } => Lint::at(now()).with_key(key).token(text),
        Built::Key(bytes) => Lint::at(now()).key(bytes),
    }
}

#[test]
fn each_case_has_its_findings_no_more_and_no_less() {
    let mut wrong = Vec::new();
    for case in CASES.iter() {
        let expected: Vec<&str> = case.findings();
        let found = examine(&case.build());
        if codes(&found) != expected {
            wrong.push(format!("{}: expected {expected:?}, found {found:#?}", case.name()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_corpus_has_enough_of_both_kinds() {
    let sound = CASES.iter().filter(|case| case.findings().is_empty()).count();
    let weak = CASES.len() - sound;
    assert!(sound >= 20 && weak >= 60, "{sound} sound, {weak} weak");
    for case in CASES.iter() {
        let named = case.name().starts_with("sound: ");
        assert_eq!(case.findings().is_empty(), named, "{}", case.name());
    }
}

#[test]
fn every_rule_is_met() {
    let met: Vec<&str> = CASES.iter().flat_map(|case| case.findings()).collect();
    let unmet: Vec<&str> = jotem::lint::Rule::ALL
        .iter()
        .map(|rule| rule.code())
        .filter(|code| !met.contains(code))
        .collect();
    assert!(unmet.is_empty(), "no case of {unmet:?}");
}

#[test]
fn what_is_linted_is_told_from_its_bytes() {
    for case in CASES.iter() {
        match case.build() {
            Built::Token { text, key: None } if case.looks_like_a_token() => {
                let expected = Lint::at(now()).token(&text);
                assert_eq!(Lint::at(now()).any(text.as_bytes()), expected, "{}", case.name());
            }
            Built::Key(bytes) => {
                let expected = Lint::at(now()).key(&bytes);
                assert_eq!(Lint::at(now()).any(&bytes), expected, "{}", case.name());
            }
            Built::Token { .. } => {}
        }
    }
}

#[test]
fn the_gravest_come_first_and_the_order_is_always_the_same() {
    let text = r#"{"alg":"none","kid":"../../key","jku":"http://a.example"}"#;
    let claims = r#"{"password":"x","aud":"*","email":"a@example.org"}"#;
    let token = super::build::encode(text, claims, "");
    let findings = Lint::at(now()).token(&token);
    let severities: Vec<_> = findings.iter().map(Finding::severity).collect();
    assert!(severities.is_sorted_by(|one, next| one >= next), "{severities:?}");
    let shown: Vec<_> = findings.iter().map(|f| format!("{} {}", f.code(), f.place())).collect();
    let expected = [
        "lint_alg_none header.alg",
        "lint_header_key_url_plain header.jku",
        "lint_kid_injection header.kid",
        "lint_exp_missing claims",
        "lint_claim_password claims.password",
        "lint_aud_wildcard claims.aud",
        "lint_iss_missing claims",
        "lint_sub_missing claims",
        "lint_jti_missing claims",
        "lint_iat_missing claims",
        "lint_claim_personal claims.email",
        "lint_typ_missing header",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn facts_are_numbers_and_words_of_ours() {
    let findings = Lint::at(now()).key(b"changeme");
    let line = findings[0].to_string();
    assert!(!line.contains("changeme"), "{line}");
    assert!(line.contains("a placeholder of configuration samples"), "{line}");
    assert!(line.starts_with("critical lint_secret_known at key: the secret stands"), "{line}");
    assert_eq!(findings[0].facts().len(), 2);
}
