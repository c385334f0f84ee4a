//! Any text, or a good token and what the input makes of it, against a verifier of every kind of
//! key: nothing is accepted but the good token itself. A text may also be another signature of the
//! same: those of ECDSA and PSS are random, and a corpus keeps those of earlier processes.

use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use jotem::testing::FixedClock;
use jotem::{Verifier, VerifyingKey};
use serde_json::Value;

use crate::mutation::mutate;
use crate::{encode, keys, oracle};

const PAYLOAD: &[u8] = br#"{"iss":"a","aud":"b","sub":"c","exp":1700000900,"nbf":1700000000}"#;

/// A key, its good token, and a verifier that remembers the header of the good token.
struct Good {
    key: VerifyingKey,
    token: String,
    warm: Verifier,
}

static GOOD: LazyLock<Vec<Good>> = LazyLock::new(|| {
    let good = |key: &jotem::SigningKey| {
        let header = format!(r#"{{"alg":"{}","typ":"JWT"}}"#, key.algorithm());
        let token = encode::token(header.as_bytes(), PAYLOAD, key);
        let warm = verifier(&key.verifying_key());
        assert!(warm.verify::<()>(&token).is_ok());
        Good { key: key.verifying_key(), token, warm }
    };
    keys::KEYS.iter().map(good).collect()
});

fn verifier(key: &VerifyingKey) -> Verifier {
    let builder = Verifier::builder(key).clock(FixedClock::at(1_700_000_000));
    builder.issuer("a").audience("b").subject("c").token_type("jwt").build().expect("a verifier")
}

/// Feeds one input.
///
/// # Panics
/// If a promise is broken.
pub fn run(data: &[u8]) {
    if let Ok((token, changed)) = text(data) {
        GOOD.iter().for_each(|good| check(good, &token, changed));
    }
}

/// The first byte says whether the rest is a text, or how to change a good token; and which it was.
fn text(data: &[u8]) -> Result<(String, bool)> {
    let Some((&kind, rest)) = data.split_first() else { return Ok((String::new(), false)) };
    match GOOD.get(usize::from(kind)) {
        Some(good) => Ok((mutate(&good.token, &mut Unstructured::new(rest))?, true)),
        None => Ok((String::from_utf8_lossy(rest).into_owned(), false)),
    }
}

fn check(good: &Good, token: &str, changed: bool) {
    let warm = good.warm.verify::<()>(token);
    let cold = verifier(&good.key).verify::<Value>(token);
    let explanation = good.warm.explain(token);
    assert_eq!(explanation.is_verified(), warm.is_ok());
    match (warm, cold) {
        (Ok(verified), Ok(_)) => {
            // EdDSA and Ed25519 are two names of one operation: either key takes either token.
            let signed = |token: &str| token.rsplit_once('.').map(|(input, _)| input.to_owned());
            let known = GOOD.iter().any(|other| {
                other.key.algorithm().verifies(good.key.algorithm())
                    && (other.token == token || (!changed && signed(&other.token) == signed(token)))
            });
            assert!(known, "a token that nobody signed: {token}");
            assert_eq!(verified.claims().json().as_bytes(), PAYLOAD);
            let _ = explanation.to_string();
        }
        (Err(warm), Err(cold)) => {
            let code = oracle::sound(&warm);
            assert_eq!(code, oracle::sound(&cold), "a verifier that has seen the header: {token}");
            assert_eq!(explanation.rejection().map(|reason| reason.code().as_str()), Some(code));
        }
        (warm, cold) => panic!("one accepts, one refuses: {warm:?} {cold:?}"),
    }
}

/// The good tokens as they are, as texts, and changed here and there.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = Vec::new();
    for (kind, good) in (0_u8..).zip(GOOD.iter()) {
        seeds.push(vec![kind]);
        seeds.push([&[kind], &[7, 1, 9, 60, 0, 3, 2, 200, 1, 5, 90, 4, 3][..]].concat());
        seeds.push([&[0xff], good.token.as_bytes()].concat());
    }
    seeds
}
