//! Any text as a token that nobody verifies: `unverified_header`, `unverified_claims`, `explain`.

use jotem::jwt::{Step, Verdict};

use crate::{encode, keys, oracle};

/// Feeds one text.
///
/// # Panics
/// If a promise is broken.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let header = jotem::unverified_header(&text);
    let claims = jotem::unverified_claims::<serde_json::Value>(&text);
    let nothing = jotem::unverified_claims::<()>(&text);
    if let Ok(header) = &header {
        assert_eq!(text.matches('.').count(), 2);
        let json = header.as_untrusted().json();
        assert!(text.starts_with(&encode::base64url(json.as_bytes())), "another spelling");
        assert!(oracle::read(json.as_bytes()).is_ok_and(|value| value.is_object()));
    }
    for error in [header.as_ref().err(), claims.as_ref().err(), nothing.as_ref().err()] {
        error.map(oracle::sound);
    }
    match (&claims, &nothing) {
        (Ok(claims), Ok(nothing)) => {
            assert!(header.is_ok());
            let claims = claims.as_untrusted();
            assert_eq!(claims.json(), nothing.as_untrusted().json());
            let other = oracle::read(claims.json().as_bytes()).expect("serde_json reads it too");
            assert!(oracle::same(claims.custom(), &other), "{}", claims.json());
        }
        (Err(one), Err(other)) => assert_eq!(one.code(), other.code()),
        (one, other) => panic!("one is read, one is not: {one:?} {other:?}"),
    }
    explain(&text, header.as_ref().err());
}

fn explain(text: &str, refused: Option<&jotem::Error>) {
    let explanation = jotem::explain(text);
    assert!(!explanation.is_verified());
    let steps = explanation.steps();
    assert!(steps.iter().map(jotem::jwt::StepReport::step).eq(Step::ALL));
    assert!(steps.iter().filter(|step| step.verdict() == Verdict::Failed).count() < 2);
    assert!(!steps.iter().any(|step| step.detail().chars().any(char::is_control)));
    let _ = explanation.to_string();
    if let Some(refused) = refused {
        assert_eq!(explanation.rejection().map(jotem::Rejection::code), Some(refused.code()));
    }
}

/// The examples of the RFCs, a token under each algorithm, and what people paste.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let header = br#"{"alg":"HS256","kid":"a","crit":["x"],"x":1}"#;
    let mut texts = keys::example_tokens();
    texts.extend(keys::KEYS.iter().map(|key| jotem::jws::sign(br#"{"sub":"42"}"#, key).unwrap()));
    texts.push(encode::token(header, br#"{"exp":1700000000.5,"aud":["a","b"]}"#, keys::hs256()));
    texts.push(format!("Bearer {}", texts[0]));
    texts.push(format!("\"{}\"\n", texts[0]));
    texts.into_iter().map(String::into_bytes).collect()
}
