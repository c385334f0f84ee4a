//! Before the clock starts: every contender verifies what it claims to verify, or nothing is measured.
//!
//! A benchmark of a verifier that accepts everything is a benchmark of base64.

use base64_simd::URL_SAFE_NO_PAD as BASE64URL;
use serde_json::Value;

use crate::{
    contenders::{Contender, FLOOR},
    keys::KeyPair,
    token::{Algorithm, Claims},
};

/// Asserts that the good token passes and that each bad one is refused.
///
/// # Panics
///
/// When a contender does not do the work that the others do.
pub(crate) fn verifies(contender: &Contender, algorithm: Algorithm, keys: &KeyPair) {
    let who = format!("{} {}", contender.name, algorithm.name());
    let mut sign = (FLOOR.signer)(algorithm, keys);
    let mut accepts = (contender.verifier)(algorithm, keys);
    let good = sign(&Claims::good());

    assert!(accepts(&good), "{who} refuses the good token");
    assert!(!accepts(&with_other_payload(&good)), "{who} accepts a changed payload");
    assert!(!accepts(&with_other_signature(&good)), "{who} accepts a changed signature");
    if contender.checks_claims {
        for (reason, claims) in Claims::unacceptable() {
            assert!(!accepts(&sign(&claims)), "{who} accepts a token with {reason}");
        }
    }
    assert!(accepts(&good), "{who} refuses the good token after bad ones");
}

/// Asserts that what a contender signs is the token of everyone: header, claims, authentic signature.
/// Where it is known to sign apart, its own verifier must accept, and the floor must still refuse.
///
/// # Panics
///
/// When it is not.
pub(crate) fn signs(contender: &Contender, algorithm: Algorithm, keys: &KeyPair) {
    let who = format!("{} {}", contender.name, algorithm.name());
    let token = (contender.signer)(algorithm, keys)(&Claims::good());
    let mut parts = token.split('.').map(|part| BASE64URL.decode_to_vec(part).expect("base64url"));
    let (header, payload) = (parts.next().expect("header"), parts.next().expect("payload"));

    let header: Value = serde_json::from_slice(&header).expect("a JSON header");
    let expected: Value = serde_json::from_str(&algorithm.header()).expect("our header");
    assert_eq!(header, expected, "{who} writes another header");
    let claims: Claims = serde_json::from_slice(&payload).expect("our claims");
    assert_eq!(claims, Claims::good(), "{who} writes other claims");
    let verifies = (FLOOR.verifier)(algorithm, keys)(&token);
    if contender.signs_apart.is_some_and(|(apart, _)| apart == algorithm) {
        assert!(!verifies, "{who} signs like everyone now: remove its `signs_apart`");
        assert!((contender.verifier)(algorithm, keys)(&token), "{who} refuses its own token");
    } else {
        assert!(verifies, "{who} signs what does not verify");
    }
}

fn with_other_payload(token: &str) -> String {
    let mut parts: Vec<&str> = token.split('.').collect();
    let payload = serde_json::to_vec(&Claims { sub: "root".into(), ..Claims::good() });
    let payload = BASE64URL.encode_to_string(payload.expect("claims are JSON"));
    parts[1] = &payload;
    parts.join(".")
}

fn with_other_signature(token: &str) -> String {
    // The first character carries six bits that count; the last may carry some that do not.
    let (message, signature) = token.rsplit_once('.').expect("three parts");
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    format!("{message}.{first}{}", &signature[1..])
}
