//! `--batch`: how much faster many tokens are on all cores than on one.
//!
//! `verify_many` and `issue_many` of a thousand tokens and more, with one thread and with one for each core. Beside
//! them the control: as many threads that share nothing at all, which is what the machine gives.

use std::{hint::black_box, sync::Arc, thread, time::Duration};

use jotem::{Algorithm, Issuer, NumericDate, SigningKey, Verifier, jwt::Batch};

use crate::{
    options::Options,
    report::{Implementation, Race, Report},
    rounds::{self, Entrant},
    token::{AUDIENCE, Claims, ISSUER},
};

const ONE: &str = "one core";

/// The algorithm, and how many tokens are verified and issued: a fifth of a second on one core, so that
/// it matters little how long a machine takes to wake a core that has slept.
const BATCHES: [(Algorithm, usize, usize); 3] = [
    (Algorithm::Hs256, 300_000, 500_000),
    (Algorithm::Rs256, 15_000, 1_000),
    (Algorithm::Es256, 5_000, 15_000),
];

pub(crate) fn measure(options: &Options) -> Report {
    let budget = if options.quick { Duration::from_secs(3) } else { Duration::from_secs(25) };
    let mut races = Vec::new();
    for (algorithm, to_verify, to_issue) in BATCHES {
        if !options.wants(algorithm.name()) {
            continue;
        }
        let key = SigningKey::generate(algorithm).expect("a key");
        for (what, entrants) in
            [("verify", verifying(&key, to_verify)), ("issue", issuing(&key, to_issue))]
        {
            let count = if what == "verify" { to_verify } else { to_issue };
            eprintln!("measuring {algorithm} {what}, batches");
            let title = format!("{algorithm} {what}, {count} tokens");
            races.push(Race::of(title, &rounds::race(entrants, budget), ONE, None));
        }
    }
    let cryptography = "aws-lc; HMAC: hmac, sha2";
    Report { implementations: vec![Implementation::new("jotem", &["jotem"], cryptography)], races }
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, |cores| cores.get())
}

fn verifying(key: &SigningKey, count: usize) -> Vec<Entrant> {
    let claims = |number| Claims { sub: format!("{number:010}"), ..Claims::good() };
    let token = |number| jotem::encode(&claims(number), key).expect("it signs");
    let tokens: Arc<Vec<String>> = Arc::new((0..count).map(token).collect());
    let verifier = || {
        let builder = Verifier::builder(key.verifying_key()).issuer(ISSUER).audience(AUDIENCE);
        builder.build().expect("a verifier")
    };
    prove(&verifier(), &tokens);

    let one_by_one = {
        let (verifier, tokens) = (verifier(), Arc::clone(&tokens));
        move || verify_all(&verifier, &tokens)
    };
    let batch = |threads| {
        let (verifier, tokens) = (verifier(), Arc::clone(&tokens));
        move || {
            let verdicts = Batch::new().threads(threads).verify_many::<Claims>(&verifier, &*tokens);
            assert!(black_box(verdicts).iter().all(Result::is_ok), "a good token is refused");
        }
    };
    // Keys, headers and texts of its own for each thread.
    let own: Vec<(Verifier, Vec<String>)> = tokens
        .chunks(count.div_ceil(cores()))
        .map(|tokens| (verifier(), tokens.to_vec()))
        .collect();
    let control = move || {
        thread::scope(|scope| {
            for (verifier, tokens) in &own {
                scope.spawn(move || verify_all(verifier, tokens));
            }
        });
    };
    vec![
        entrant("one by one", one_by_one),
        entrant(ONE, batch(1)),
        entrant("all cores", batch(0)),
        entrant("nothing shared", control),
    ]
}

fn verify_all(verifier: &Verifier, tokens: &[String]) {
    let verdicts: Vec<_> = tokens.iter().map(|token| verifier.verify::<Claims>(token)).collect();
    assert!(black_box(verdicts).iter().all(Result::is_ok), "a good token is refused");
}

/// Asserts that each of many tokens gets its own verdict, at its own place.
fn prove(verifier: &Verifier, tokens: &[String]) {
    let mut changed = tokens.to_vec();
    let middle = changed.len() / 2;
    changed[middle].replace_range(..1, "f");
    for threads in [1, 0] {
        let verdicts = Batch::new().threads(threads).verify_many::<Claims>(verifier, &changed);
        for (number, verdict) in verdicts.iter().enumerate() {
            let subject = verdict.as_ref().ok().and_then(|verified| verified.claims().subject());
            let expected = (number != middle).then(|| format!("{number:010}"));
            assert_eq!(subject, expected.as_deref(), "another token's verdict");
        }
    }
}

fn issuing(key: &SigningKey, count: usize) -> Vec<Entrant> {
    let claims = |number| {
        let claims = jotem::Claims::empty().subject(format!("{number:010}")).audience(AUDIENCE);
        claims.expires_at(NumericDate::from_secs(4_102_444_800))
    };
    let claims: Arc<Vec<jotem::Claims>> = Arc::new((0..count).map(claims).collect());
    let issuer = || {
        let builder = Issuer::builder(key.clone()).issuer(ISSUER);
        builder.lifetime(Duration::from_secs(900)).build().expect("an issuer")
    };
    let one_by_one = {
        let (issuer, claims) = (issuer(), Arc::clone(&claims));
        move || issue_all(&issuer, &claims)
    };
    let batch = |threads| {
        let (issuer, claims) = (issuer(), Arc::clone(&claims));
        move || {
            let tokens = Batch::new().threads(threads).issue_many(&issuer, &*claims);
            assert!(black_box(tokens).iter().all(Result::is_ok), "it does not sign");
        }
    };
    let own: Vec<(Issuer, Vec<jotem::Claims>)> =
        claims.chunks(count.div_ceil(cores())).map(|claims| (issuer(), claims.to_vec())).collect();
    let control = move || {
        thread::scope(|scope| {
            for (issuer, claims) in &own {
                scope.spawn(move || issue_all(issuer, claims));
            }
        });
    };
    vec![
        entrant("one by one", one_by_one),
        entrant(ONE, batch(1)),
        entrant("all cores", batch(0)),
        entrant("nothing shared", control),
    ]
}

fn issue_all(issuer: &Issuer, claims: &[jotem::Claims]) {
    let tokens: Vec<_> = claims.iter().map(|claims| issuer.issue(claims)).collect();
    assert!(black_box(tokens).iter().all(Result::is_ok), "it does not sign");
}

fn entrant(name: &'static str, run: impl Fn() + 'static) -> Entrant {
    Entrant { name, run: Box::new(move |batches| (0..batches).for_each(|_| run())) }
}
