//! `--revocations`: what it costs to ask whether a token was revoked, where a million things were.
//!
//! All names are random, so each is read from memory. Beside it the floor, one read of eight bytes at a
//! random place of a table of a million, and the set that one would write without much thought.

use std::{
    collections::HashSet,
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use jotem::NumericDate;
use jotem_session::revocation::{Fingerprint, Names, Revocation, RevocationView};

use crate::{
    options::Options,
    report::{Implementation, Race, Report},
    rounds::{self, Entrant},
};

const FLOOR: &str = "one read of 8 bytes";
const ALONE: &str = "check, one name";
const ONE_THREAD: &str = "one thread";
const REVOKED: u64 = 1_000_000;
/// Tokens that come in turn: many more than the rounds before left in a cache.
const TOKENS: usize = 1 << 19;
/// Calls of the rounds with threads, which count them as one.
const AT_ONCE: usize = 50_000;
const NOW: NumericDate = NumericDate::from_secs(1_795_305_600);
const UNTIL: u32 = 1_795_306_530;

/// One token: its names, all of them random.
type Token = [Fingerprint; 5];

pub(crate) fn measure(options: &Options) -> Report {
    let budget = Duration::from_millis(if options.quick { 1_000 } else { 8_000 });
    let view = Arc::new(RevocationView::new());
    let everything = (0..REVOKED).map(|number| Revocation::of(revoked(number), UNTIL));
    view.apply(everything, NOW).expect("there is room for a million");
    let set: HashSet<u64> = (0..REVOKED).map(|number| revoked(number).as_u64()).collect();
    let set = Arc::new(ArcSwap::from_pointee(set));
    let floor: Arc<[AtomicU64]> =
        (0..REVOKED).map(|number| AtomicU64::new(revoked(number).as_u64())).collect();

    let mut races = Vec::new();
    for (title, of_hundred) in
        [("no token is revoked", 0), ("half are revoked", 50), ("all are revoked", 100)]
    {
        let tokens = Arc::new(tokens(of_hundred));
        prove(&view, &set, &tokens, of_hundred);
        eprintln!("measuring checks: {title}");
        let entrants = vec![
            Entrant { name: FLOOR, run: reading(&floor, &tokens) },
            Entrant { name: "the floor again", run: reading(&floor, &tokens) },
            Entrant { name: "check, one name", run: checking(&view, &tokens, by_token) },
            Entrant { name: "check, all five names", run: checking(&view, &tokens, by_all) },
            Entrant { name: "check, two shared by all", run: checking(&view, &tokens, by_usual) },
            Entrant { name: "HashSet behind ArcSwap", run: asking(&set, &tokens) },
        ];
        let samples = rounds::race(entrants, budget);
        races.push(Race::of(format!("check, {title}"), &samples, FLOOR, None));
    }
    let tokens = Arc::new(tokens(50));
    // Nobody else takes the processor's cache from it: as in a program that does other things less often.
    let alone = vec![Entrant { name: ALONE, run: checking(&view, &tokens, by_token) }];
    let samples = rounds::race(alone, budget);
    races.push(Race::of(
        "check, half are revoked, nothing beside it".into(),
        &samples,
        ALONE,
        None,
    ));
    let threads = [(ONE_THREAD, 1), ("two threads", 2)]
        .map(|(name, count)| Entrant { name, run: in_threads(&view, &tokens, count) });
    let samples = rounds::race(threads.into(), budget);
    races.push(Race::of("check, 50,000 calls".to_owned(), &samples, ONE_THREAD, None));
    let size = view.bytes() as f64 / view.len() as f64;
    let size = format!("{size:.1} bytes an entry, of {} entries", view.len());
    let ours = Implementation::new("jotem", &["arc-swap"], "none").with_note(Some(&size));
    Report { implementations: vec![ours], races }
}

/// The number of something that is revoked; from [`REVOKED`] on, of something that is not.
fn revoked(number: u64) -> Fingerprint {
    // SplitMix64: one to one, so that no two are the same.
    let mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Fingerprint::from_u64(mixed ^ (mixed >> 31))
}

/// Tokens of which so many of a hundred are revoked, by their first name.
fn tokens(of_hundred: u64) -> Vec<Token> {
    let token = |number: u64| {
        let others = REVOKED + number * 5;
        let chance = revoked(others).as_u64();
        let is_revoked = chance % 100 < of_hundred;
        let first = if is_revoked { (chance >> 8) % REVOKED } else { others };
        [first, others + 1, others + 2, others + 3, others + 4].map(revoked)
    };
    (0..TOKENS as u64).map(token).collect()
}

fn by_token(token: &Token) -> Names {
    Names::none().token(token[0])
}

fn by_all(token: &Token) -> Names {
    let [id, session, client, key, subject] = *token;
    Names::none().token(id).session(session).client(client, 1).key(key).subject(subject, 7)
}

/// As tokens are: of one client, and signed by one key.
fn by_usual(token: &Token) -> Names {
    by_all(token).client(revoked(u64::MAX - 7), 1).key(revoked(u64::MAX - 8))
}

fn prove(view: &RevocationView, set: &ArcSwap<HashSet<u64>>, tokens: &[Token], of_hundred: u64) {
    let mut count = 0;
    for token in tokens {
        let is_revoked = set.load().contains(&token[0].as_u64());
        for names in [by_token(token), by_all(token), by_usual(token)] {
            assert_eq!(view.check(&names).is_err(), is_revoked, "the view differs from a set");
        }
        count += u64::from(is_revoked);
    }
    let share = count * 100 / tokens.len() as u64;
    assert!(share.abs_diff(of_hundred) <= 1, "{share} of a hundred are revoked");
}

/// Goes through the tokens, from where it was the last time.
fn each(
    tokens: &Arc<Vec<Token>>,
    mut ask: impl FnMut(&Token) -> u64 + 'static,
) -> Box<dyn FnMut(u32)> {
    let tokens = Arc::clone(tokens);
    let mut first = 0;
    Box::new(move |calls| {
        let calls = calls as usize;
        let sum = tokens.iter().cycle().skip(first).take(calls).map(&mut ask).fold(0, |a, b| a ^ b);
        first = (first + calls) % tokens.len();
        black_box(sum);
    })
}

fn reading(floor: &Arc<[AtomicU64]>, tokens: &Arc<Vec<Token>>) -> Box<dyn FnMut(u32)> {
    let floor = Arc::clone(floor);
    each(tokens, move |token| {
        let place = u128::from(token[0].as_u64()) * floor.len() as u128 >> 64;
        floor[place as usize].load(Ordering::Acquire)
    })
}

fn checking(
    view: &Arc<RevocationView>,
    tokens: &Arc<Vec<Token>>,
    names: impl Fn(&Token) -> Names + 'static,
) -> Box<dyn FnMut(u32)> {
    let view = Arc::clone(view);
    each(tokens, move |token| u64::from(view.check(&names(token)).is_err()))
}

fn asking(set: &Arc<ArcSwap<HashSet<u64>>>, tokens: &Arc<Vec<Token>>) -> Box<dyn FnMut(u32)> {
    let set = Arc::clone(set);
    each(tokens, move |token| u64::from(set.load().contains(&token[0].as_u64())))
}

fn in_threads(
    view: &Arc<RevocationView>,
    tokens: &Arc<Vec<Token>>,
    threads: usize,
) -> Box<dyn FnMut(u32)> {
    let (view, tokens) = (Arc::clone(view), Arc::clone(tokens));
    Box::new(move |batches| {
        let calls = batches as usize * AT_ONCE / threads;
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let tokens = tokens.iter().cycle().skip(thread * TOKENS / threads).take(calls);
                scope.spawn(|| {
                    black_box(tokens.filter(|one| view.check(&by_token(one)).is_err()).count())
                });
            }
        });
    })
}
