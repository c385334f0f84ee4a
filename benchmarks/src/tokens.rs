//! Whole tokens: verify and sign, every algorithm, every contender.

use std::{hint::black_box, time::Duration};

use crate::{
    contenders::{self, FLOOR, JOTEM},
    keys::KeyPair,
    options::Options,
    proof,
    report::{Implementation, Race, Report},
    rounds::{self, Entrant},
    token::{Algorithm, Claims},
};

/// Verify and sign, in the order of the table.
const OPERATIONS: [(&str, Prepare); 2] = [("verify", verifying), ("sign", signing)];

type Prepare = fn(Algorithm, &KeyPair) -> Vec<Entrant>;

pub(crate) fn measure(options: &Options) -> Report {
    let budget =
        if options.quick { Duration::from_millis(600) } else { Duration::from_millis(5_500) };
    let mut races = Vec::new();
    for algorithm in Algorithm::ALL.into_iter().filter(|a| options.wants(a.name())) {
        let keys = KeyPair::generate(algorithm);
        for contender in contenders::ALL.iter().filter(|one| one.has(algorithm)) {
            proof::verifies(contender, algorithm, &keys);
            proof::signs(contender, algorithm, &keys);
        }
        for (operation, prepare) in OPERATIONS {
            let title = format!("{} {operation}", algorithm.name());
            eprintln!("measuring {title}");
            let samples = rounds::race(prepare(algorithm, &keys), budget);
            races.push(Race::of(title, &samples, FLOOR.name, Some(JOTEM)));
        }
    }
    let implementations = contenders::ALL
        .iter()
        .map(|contender| {
            Implementation::new(contender.name, contender.crates, contender.cryptography)
                .with_note(contender.signs_apart.map(|(_, note)| note))
        })
        .collect();
    Report { implementations, races }
}

fn verifying(algorithm: Algorithm, keys: &KeyPair) -> Vec<Entrant> {
    let token = (FLOOR.signer)(algorithm, keys)(&Claims::good());
    let entrant = |contender: &contenders::Contender| {
        let mut verify = (contender.verifier)(algorithm, keys);
        let token = token.clone();
        let run = move |calls| {
            for _ in 0..calls {
                assert!(verify(black_box(&token)), "the good token is refused");
            }
        };
        Entrant { name: contender.name, run: Box::new(run) }
    };
    contenders::ALL.iter().filter(|one| one.has(algorithm)).map(entrant).collect()
}

fn signing(algorithm: Algorithm, keys: &KeyPair) -> Vec<Entrant> {
    let entrant = |contender: &contenders::Contender| {
        let mut sign = (contender.signer)(algorithm, keys);
        let claims = Claims::good();
        let run = move |calls| {
            for _ in 0..calls {
                black_box(sign(black_box(&claims)));
            }
        };
        Entrant { name: contender.name, run: Box::new(run) }
    };
    contenders::ALL.iter().filter(|one| one.has(algorithm)).map(entrant).collect()
}
