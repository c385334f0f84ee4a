//! `--cache`: what a verification costs when the signature of its token is remembered.
//!
//! ES256, 1,000 live tokens that come in turn, or one; seven claims, one of them read. Beside it an HMAC of the
//! token, which is what the cheapest verification without a cache would have to compute, and the same
//! with one and with two threads.

use std::{hint::black_box, sync::Arc, time::Duration};

use aws_lc_rs::hmac as aws_lc;
use hmac::{Hmac, KeyInit, Mac};
use jotem::{SigningKey, Verifier};
use serde::Deserialize;
use sha2::Sha256;

use crate::{
    mac,
    options::Options,
    report::{Implementation, Race, Report},
    rounds::{self, Entrant},
    token::{AUDIENCE, Claims, ISSUER},
};

const AWS_LC: &str = "HMAC, aws-lc-rs";
const ONE_THREAD: &str = "shared, one thread";
const LIVE_TOKENS: usize = 1_000;
/// Calls of the rounds with threads, which count them as one.
const AT_ONCE: u32 = 10_000;
/// Five times what the tokens take: they spread unevenly, and none is to push another out.
const CACHE_BYTES: usize = 8 << 20;

pub(crate) fn measure(options: &Options) -> Report {
    let budget =
        if options.quick { Duration::from_millis(1_000) } else { Duration::from_millis(8_000) };
    let key = SigningKey::generate(jotem::Algorithm::Es256).expect("a key");
    let tokens = Arc::new(tokens(&key));
    let builder = || Verifier::builder(key.verifying_key()).issuer(ISSUER).audience(AUDIENCE);
    let plain = builder().build().expect("a verifier");
    let cached = || builder().cache(CACHE_BYTES).build().expect("a verifier");
    let (to_own, to_share) = (cached(), cached());
    let [owned, shared] = [(&to_own, own as Read), (&to_share, share)]
        .map(|(verifier, read)| prove(verifier, &tokens, read));
    let sizes = format!("{owned} bytes a token in the cache, {shared} with shared claims");

    let hot = Arc::new(vec![tokens[0].clone()]);
    let mut hashes = vec![
        Entrant { name: AWS_LC, run: with_aws_lc() },
        Entrant { name: "HMAC, hmac + sha2", run: with_rust_crypto() },
        Entrant { name: "not cached", run: in_turn(&plain, &tokens, own) },
    ];
    for (name, verifier, tokens, read) in [
        ("own claims", &to_own, &tokens, own as Read),
        ("a copy of shared claims", &to_share, &tokens, copy),
        ("shared claims", &to_share, &tokens, share),
        ("one token: own claims", &to_own, &hot, own),
        ("one token: a copy of shared", &to_share, &hot, copy),
        ("one token: shared claims", &to_share, &hot, share),
    ] {
        hashes.push(Entrant { name, run: in_turn(verifier, tokens, read) });
    }
    let threads = [
        (ONE_THREAD, &to_share, share as Read, 1),
        ("shared, two threads", &to_share, share, 2),
        ("own, one thread", &to_own, own, 1),
        ("own, two threads", &to_own, own, 2),
    ];
    let mut threads: Vec<_> = threads
        .into_iter()
        .map(|(name, verifier, read, threads)| Entrant {
            name,
            run: in_threads(threads, verifier, &tokens, read),
        })
        .collect();
    // What this machine gives to two threads that share nothing.
    for (name, count) in [("HMAC, one thread", 1), ("HMAC, two threads", 2)] {
        threads.push(Entrant { name, run: hashing_in_threads(count) });
    }
    let mut races = Vec::new();
    for (title, entrants, reference) in
        [("ES256 verify, cache", hashes, AWS_LC), ("the same, 10,000 calls", threads, ONE_THREAD)]
    {
        eprintln!("measuring {title}");
        races.push(Race::of(title.to_owned(), &rounds::race(entrants, budget), reference, None));
    }
    let implementations = vec![
        Implementation::new("jotem", &["jotem", "arc-swap"], "aws-lc").with_note(Some(&sizes)),
        Implementation::new(AWS_LC, &["aws-lc-rs"], "aws-lc"),
    ];
    Report { implementations, races }
}

/// The claims of [`Claims`], typed once more: so that what the compiler makes of the other measurements is
/// what it makes of them alone.
#[derive(Clone, Deserialize)]
#[expect(dead_code, reason = "they are read like all others")]
struct Profile {
    sub: String,
    name: String,
    admin: bool,
    iat: u64,
    exp: u64,
    iss: String,
    aud: String,
}

/// Verifies a token and reads one claim; 0 if it is refused.
type Read = fn(&Verifier, &str) -> usize;

fn own(verifier: &Verifier, token: &str) -> usize {
    verifier.verify::<Profile>(token).map_or(0, |verified| verified.custom().name.len())
}

fn share(verifier: &Verifier, token: &str) -> usize {
    verifier.verify_shared::<Profile>(token).map_or(0, |verified| verified.custom().name.len())
}

fn copy(verifier: &Verifier, token: &str) -> usize {
    let copied = verifier.verify_shared::<Profile>(token).map(|verified| verified.custom().clone());
    copied.map_or(0, |claims| black_box(claims).name.len())
}

fn tokens(key: &SigningKey) -> Vec<String> {
    let claims = |number| Claims { sub: format!("{:010}", 1_234_567 + number), ..Claims::good() };
    (0..LIVE_TOKENS).map(|number| jotem::encode(&claims(number), key).expect("it signs")).collect()
}

/// Fills the cache, and asserts that all tokens are remembered and that no changed one is accepted.
/// Returns how many bytes a token takes.
fn prove(verifier: &Verifier, tokens: &[String], read: Read) -> usize {
    let empty = verifier.cache_state().expect("a cache").bytes();
    for token in tokens.iter().chain(tokens) {
        assert_eq!(read(verifier, token), Claims::good().name.len(), "a good token is refused");
    }
    let state = verifier.cache_state().expect("a cache");
    assert_eq!((state.entries(), state.hits()), (LIVE_TOKENS, LIVE_TOKENS as u64));
    let [mine, other] = [&tokens[0], &tokens[1]].map(|token| token.rsplit_once('.').expect("dots"));
    assert_eq!(read(verifier, &format!("{}.{}", mine.0, other.1)), 0, "another's signature");
    (state.bytes() - empty) / LIVE_TOKENS
}

fn in_turn(verifier: &Verifier, tokens: &Arc<Vec<String>>, read: Read) -> Box<dyn FnMut(u32)> {
    let (verifier, tokens) = (verifier.clone(), Arc::clone(tokens));
    Box::new(move |calls| turn(&verifier, &tokens, 0, read, calls))
}

fn turn(verifier: &Verifier, tokens: &[String], first: usize, read: Read, calls: u32) {
    for token in tokens.iter().cycle().skip(first).take(calls as usize) {
        assert!(read(verifier, black_box(token)) > 0, "a good token is refused");
    }
}

/// Makes [`AT_ONCE`] calls, shared out to threads that begin at different tokens. So many take as long as
/// a batch, and beside them it is nothing to start a thread.
fn in_threads(
    threads: u32,
    verifier: &Verifier,
    tokens: &Arc<Vec<String>>,
    read: Read,
) -> Box<dyn FnMut(u32)> {
    let (verifier, tokens) = (verifier.clone(), Arc::clone(tokens));
    Box::new(move |batches| {
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let (verifier, tokens) = (&verifier, &tokens);
                let first = LIVE_TOKENS / 2 * thread as usize;
                let calls = batches * AT_ONCE / threads;
                scope.spawn(move || turn(verifier, tokens, first, read, calls));
            }
        });
    })
}

fn hashing_in_threads(threads: u32) -> Box<dyn FnMut(u32)> {
    Box::new(move |batches| {
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(move || with_aws_lc()(batches * AT_ONCE / threads));
            }
        });
    })
}

fn with_aws_lc() -> Box<dyn FnMut(u32)> {
    let key = aws_lc::Key::new(aws_lc::HMAC_SHA256, &[7; 32]);
    let message = mac::signing_input();
    Box::new(move |calls| {
        for _ in 0..calls {
            black_box(aws_lc::sign(&key, black_box(&message)));
        }
    })
}

fn with_rust_crypto() -> Box<dyn FnMut(u32)> {
    let key = <Hmac<Sha256> as KeyInit>::new_from_slice(&[7; 32]).expect("HMAC takes any length");
    let message = mac::signing_input();
    Box::new(move |calls| {
        for _ in 0..calls {
            black_box(key.clone().chain_update(black_box(&message)).finalize());
        }
    })
}
