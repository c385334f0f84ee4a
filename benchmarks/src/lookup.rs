//! `--lookup`: what it costs to find one key among many by its `kid`, inside a verification.
//!
//! The token is the last key's. The reference is a verifier that was given this key alone.

use std::{hint::black_box, time::Duration};

use jotem::{Algorithm, KeySet, SigningKey, Verifier};

use crate::{
    options::Options,
    report::{Implementation, Race, Report},
    rounds::{self, Entrant},
    token::{AUDIENCE, Claims, ISSUER},
};

const ONE: &str = "one key";
const SETS: [(&str, usize); 3] = [("set of 1", 1), ("set of 10", 10), ("set of 1,000", 1_000)];

pub(crate) fn measure(options: &Options) -> Report {
    let budget =
        if options.quick { Duration::from_millis(600) } else { Duration::from_millis(5_500) };
    let mut races = Vec::new();
    for algorithm in [Algorithm::Hs256, Algorithm::Es256] {
        if options.wants(algorithm.name()) {
            let title = format!("{algorithm} verify by kid");
            eprintln!("measuring {title}");
            races.push(Race::of(title, &rounds::race(entrants(algorithm), budget), ONE, None));
        }
    }
    let cryptography = "aws-lc; HMAC: hmac, sha2";
    let implementations = vec![Implementation::new(ONE, &["jotem"], cryptography)];
    Report { implementations, races }
}

fn entrants(algorithm: Algorithm) -> Vec<Entrant> {
    let key = |number: usize| {
        let key = SigningKey::generate(algorithm).expect("a key");
        // Names of the length of a thumbprint, which differ at the end.
        key.with_key_id(format!("https://auth.example/keys/2026-11/{number:08}"))
    };
    let alone = key(0);
    let verifying = alone.verifying_key();
    let mut entrants = vec![
        entrant(ONE, &alone, Verifier::builder(&verifying)),
        entrant("one key again", &alone, Verifier::builder(&verifying)),
    ];
    for (name, count) in SETS {
        let keys: Vec<_> = (0..count).map(key).collect();
        let jwks = keys.iter().map(|key| key.verifying_key().to_jwk().expect("a document"));
        let set: KeySet = jwks.collect();
        let last = keys.last().expect("a set is not empty");
        entrants.push(entrant(name, last, Verifier::builder(set)));
    }
    entrants
}

/// Asserts that the token of this key is accepted, and that of a stranger of the same name refused.
fn entrant(name: &'static str, key: &SigningKey, verifier: jotem::jwt::VerifierBuilder) -> Entrant {
    let verifier = verifier.issuer(ISSUER).audience(AUDIENCE).build().expect("a verifier");
    let token = jotem::encode(&Claims::good(), key).expect("it signs");
    let stranger = SigningKey::generate(key.algorithm()).expect("a key");
    let stranger = stranger.with_key_id(key.key_id().expect("a name"));
    let forged = jotem::encode(&Claims::good(), &stranger).expect("it signs");
    assert!(verifier.verify::<Claims>(&token).is_ok(), "{name}: the good token is refused");
    assert!(verifier.verify::<Claims>(&forged).is_err(), "{name}: a stranger's is accepted");
    let run = move |calls| {
        for _ in 0..calls {
            let verified = verifier.verify::<Claims>(black_box(&token));
            black_box(verified.expect("the good token"));
        }
    };
    Entrant { name, run: Box::new(run) }
}
