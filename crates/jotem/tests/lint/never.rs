//! What lint never does, on any input: panic, or show a value of what it was given.

use jotem::lint::{Finding, Lint};
use proptest::prelude::*;

use super::build::{encode, now};

/// A word that stands in no text of this crate.
const MARK: &str = "Zq7Xv9Kj3";

fn is_silent(findings: &[Finding], mark: &str) -> bool {
    findings.iter().all(|finding| {
        let words = finding.facts().iter().all(|(_, fact)| !fact.to_string().contains(mark));
        words && !finding.to_string().contains(mark) && !format!("{finding:?}").contains(mark)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn panics_on_no_bytes(subject in proptest::collection::vec(any::<u8>(), 0..512),
                          key in proptest::collection::vec(any::<u8>(), 0..128)) {
        let lint = Lint::at(now()).with_key(&key);
        drop(lint.any(&subject));
        drop(lint.key(&subject));
        drop(lint.token(&String::from_utf8_lossy(&subject)));
    }

    #[test]
    fn panics_on_no_token(header in ".{0,80}", claims in ".{0,80}", signature in "[A-Za-z0-9_=.-]{0,90}") {
        drop(Lint::at(now()).token(&encode(&header, &claims, &signature)));
    }

    #[test]
    fn shows_no_value_of_a_token(name in "[a-z_]{1,12}", list in any::<bool>(), number in any::<i64>()) {
        let value = if list { format!("[\"{MARK}\"]") } else { format!("\"{MARK}\"") };
        for alg in ["HS256", "none", MARK] {
            let header = format!(r#"{{"alg":"{alg}","kid":"../{MARK}","jku":"http://{MARK}","crit":["{MARK}"]}}"#);
            let claims = format!(r#"{{"{name}":{value},"password":"{MARK}","n":{number},"aud":"{MARK}*",
                "email":"{MARK}@{MARK}.example","note":"AKIA{MARK}0000000"}}"#);
            let token = encode(&header, &claims, MARK);
            prop_assert!(is_silent(&Lint::at(now()).with_key(MARK.as_bytes()).token(&token), MARK));
        }
    }

    #[test]
    fn shows_no_secret(head in "[ -~]{0,20}", tail in "[ -~]{0,20}") {
        let secret = format!("{head}{MARK}{tail}");
        prop_assert!(is_silent(&Lint::at(now()).key(secret.as_bytes()), MARK));
        let jwk = serde_json::json!({"kty": "oct", "k": super::build::base64url(secret.as_bytes())});
        let encoded = super::build::base64url(MARK.as_bytes());
        prop_assert!(is_silent(&Lint::at(now()).key(jwk.to_string().as_bytes()), &encoded));
    }
}

#[test]
fn shows_names_cut_and_escaped() {
    let name = format!("password{}\\u001b[31m", "_".repeat(100));
    let claims = format!(r#"{{"{name}":{{"password":"x"}}}}"#);
    for finding in Lint::at(now()).token(&encode(r#"{"alg":"none"}"#, &claims, "")) {
        assert!(finding.place().len() < 400, "{}", finding.place());
        assert!(!finding.place().chars().any(char::is_control), "{}", finding.place());
    }
}

#[test]
fn reports_a_rule_at_most_eight_times_and_works_no_longer_than_it_must() {
    let many: Vec<String> = (0..1000).map(|n| format!(r#""p{n}":{{"password":"x"}}"#)).collect();
    let claims = format!("{{{}}}", many.join(","));
    let findings = Lint::at(now()).token(&encode(r#"{"alg":"none"}"#, &claims, ""));
    let passwords = findings.iter().filter(|found| found.code() == "lint_claim_password");
    assert_eq!(passwords.count(), 8);
}

#[test]
fn deep_nesting_is_a_finding() {
    let deep = format!("{}1{}", r#"{"a":"#.repeat(5000), "}".repeat(5000));
    let findings = Lint::at(now()).token(&encode(r#"{"alg":"none","typ":"a"}"#, &deep, ""));
    let codes: Vec<_> = findings.iter().map(Finding::code).collect();
    assert!(codes.contains(&"lint_claims_unreadable"), "{codes:?}");
    // A second member of one name ends the strict reading early: the depth is bounded all the same.
    let twice = format!(r#"{{"a":1,"a":{deep}}}"#);
    drop(Lint::at(now()).token(&encode(r#"{"alg":"none","typ":"a"}"#, &twice, "")));
}
