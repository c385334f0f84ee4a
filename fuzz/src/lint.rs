//! Any bytes as a token, as a key, and as both: findings are bounded, in order, and the same again.

use jotem::lint::{Finding, Lint};
use jotem::{Jwk, NumericDate};

use crate::{encode, keys};

/// As long as a path of names, cut and escaped, can become.
const LONGEST_PLACE: usize = 400;

/// Feeds one input: before a zero byte what is examined, after it the key.
///
/// # Panics
/// If a promise is broken.
pub fn run(data: &[u8]) {
    let (subject, key) = match data.iter().position(|byte| *byte == 0) {
        Some(at) => (&data[..at], Some(&data[at + 1..])),
        None => (data, None),
    };
    let lint = Lint::at(NumericDate::from_secs(1_800_000_000));
    let examined = sound(&lint.key(subject));
    if Jwk::from_json(subject).is_err() && Jwk::from_bytes(subject).is_ok() {
        // What is no JWK but some key is examined as that key.
        assert!(!examined.contains(&"lint_key_unreadable"));
    }
    if serde_json::from_slice::<serde_json::Map<_, serde_json::Value>>(subject).is_ok() {
        // The strict reader refuses nothing that lint has nothing to say about.
        let readable = Jwk::from_json(subject).is_ok() || jotem::KeySet::from_json(subject).is_ok();
        assert!(readable || !examined.is_empty(), "refused without a finding");
    }
    let lint = key.map_or(lint, |key| lint.with_key(key));
    let text = String::from_utf8_lossy(subject);
    let findings = lint.token(&text);
    assert_eq!(findings, lint.token(&text), "the same again");
    sound(&findings);
    sound(&lint.any(subject));
    // As claims under a signature that holds.
    sound(&lint.token(&encode::token(br#"{"alg":"HS256"}"#, subject, keys::hs256())));
}

/// Checks that findings can be logged: few, bounded, one line each, the gravest first.
fn sound(findings: &[Finding]) -> Vec<&'static str> {
    assert!(findings.is_sorted_by(|one, next| one.severity() >= next.severity()));
    for finding in findings {
        let rule = finding.rule();
        assert!(findings.iter().filter(|other| other.rule() == rule).count() <= 8);
        assert!(finding.place().len() <= LONGEST_PLACE, "{}", finding.place());
        assert!(!finding.to_string().chars().any(char::is_control), "{finding}");
    }
    findings.iter().map(Finding::code).collect()
}

/// The examples of the RFCs, keys of every type, and what the rules look for.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut texts = keys::example_tokens();
    texts.extend(keys::example_keys(&["key", "jwk", "private", "public"]));
    for jwk in keys::documents() {
        texts.push(String::from_utf8_lossy(jwk.to_private_json().expose()).into_owned());
        texts.extend(jwk.to_pem());
        texts.extend(jwk.to_json().map(|json| format!("{{\"keys\":[{json},{json}]}}")));
    }
    texts.push(r#"{"exp":1900000000,"iat":1800000000,"nbf":"x","aud":["*"],"password":"a","n":4111111111111111,"email":"a@example.org","ssn":"078-05-1120","k":{"kty":"oct","k":"AA"}}"#.to_owned());
    texts.push("changeme".to_owned());
    texts.push("Bearer eyJhbGciOiJub25lIn0.e30.\0your-256-bit-secret".to_owned());
    texts.into_iter().map(String::into_bytes).collect()
}
