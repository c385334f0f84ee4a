//! Explanations: the eight steps, in order, each with its verdict, and the verdict of verifying.

use jotem::jwt::{Explanation, Step, Verdict};
use jotem::testing::FixedClock;
use jotem::{Algorithm, Verifier, jws};
use serde_json::json;

use super::key;

const NOW: u64 = 1_700_000_000;

/// Checks that the steps before `failed` passed and those after it were not reached.
#[track_caller]
fn fails_at(explanation: &Explanation, failed: Step, code: &str) {
    assert_eq!(explanation.rejection().map(|reason| reason.code().as_str()), Some(code));
    assert!(!explanation.is_verified());
    let mut wanted = Verdict::Passed;
    for (report, step) in explanation.steps().iter().zip(Step::ALL) {
        assert_eq!(report.step(), step);
        if step == failed {
            assert_eq!(report.verdict(), Verdict::Failed, "{step:?} of {code}");
            wanted = Verdict::NotReached;
        } else {
            assert_eq!(report.verdict(), wanted, "{step:?} of {code}");
        }
    }
    assert_eq!(explanation.steps().len(), 8);
}

#[test]
fn a_refusal_is_told_at_its_step_and_nothing_after_it() {
    let own = key(Algorithm::Es256).with_key_id("a");
    let verifier = Verifier::builder(own.verifying_key()).clock(FixedClock::at(NOW));
    let verifier = verifier.build().unwrap();
    let signed = |claims: &str| jws::sign(claims.as_bytes(), &own).unwrap();
    let good = signed(&json!({"exp": NOW + 60}).to_string());
    let foreign = |algorithm, name: &str| {
        let key = key(algorithm).with_key_id(name);
        jotem::encode(&json!({"exp": NOW + 60}), &key).unwrap()
    };
    for (token, step, code) in [
        (String::new(), Step::Size, "token_empty"),
        ("a".repeat(20_000), Step::Size, "token_too_large"),
        ("a.b".to_owned(), Step::Shape, "jws_segment_count"),
        (format!("{good}."), Step::Shape, "jws_segment_count"),
        ("e30x.e30.AA".to_owned(), Step::Header, "json_syntax"),
        ("e30.e30.AA".to_owned(), Step::Algorithm, "jws_alg_missing"),
        (foreign(Algorithm::EdDsa, "a"), Step::Algorithm, "jws_alg_not_allowed"),
        (foreign(Algorithm::Es256, "b"), Step::Key, "jws_key_not_found"),
        (foreign(Algorithm::Es256, "a"), Step::Signature, "jws_signature_mismatch"),
        (signed("[]"), Step::Payload, "json_not_object"),
        (signed("{}"), Step::Claims, "jwt_claim_missing"),
        (signed(r#"{"exp":1}"#), Step::Claims, "jwt_expired"),
    ] {
        fails_at(&verifier.explain(&token), step, code);
        let refused = verifier.verify::<()>(&token).unwrap_err();
        assert_eq!(refused.code().as_str(), code, "verifying decides the same");
    }
    let accepted = verifier.explain(&good);
    assert!(accepted.is_verified());
    assert_eq!(accepted.rejection(), None);
    let verdicts: Vec<_> = accepted.steps().iter().map(|report| report.verdict()).collect();
    assert_eq!(verdicts, [Verdict::Passed; 8]);
}

#[test]
fn without_a_key_nothing_is_verified() {
    let token = jotem::encode(&json!({"exp": 1}), &key(Algorithm::EdDsa)).unwrap();
    let explanation = jotem::explain(&token);
    assert!(!explanation.is_verified());
    assert_eq!(explanation.rejection(), None);
    let verdicts: Vec<_> = explanation.steps().iter().map(|report| report.verdict()).collect();
    let (passed, rest) = verdicts.split_at(3);
    assert_eq!(passed, [Verdict::Passed; 3]);
    assert_eq!(rest, [Verdict::NotReached; 5]);
    for (token, step, code) in [
        ("", Step::Size, "token_empty"),
        ("Bearer e30.e30.AA", Step::Shape, "token_bearer_prefix"),
        ("e30x.e30.AA", Step::Header, "json_syntax"),
        // {"alg":"HS256","crit":["x"],"x":1}
        ("eyJhbGciOiJIUzI1NiIsImNyaXQiOlsieCJdLCJ4IjoxfQ.e30.AA", Step::Header, "jws_crit_unknown"),
        ("eyJhbGciOiJub25lIn0.e30.", Step::Algorithm, "jws_alg_none"),
        ("e30.e30.AA", Step::Algorithm, "jws_alg_missing"),
    ] {
        fails_at(&jotem::explain(token), step, code);
    }
}
