//! Batches: the same verdicts as one by one, in the same order, in bounded memory; and whatever panics,
//! the caller hears of it and nothing is left behind.

#![expect(clippy::unwrap_used, reason = "a test may stop where it is surprised")]

use std::collections::HashSet;
use std::hint;
use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use jotem::jwt::Batch;
use jotem::{Algorithm, Claims, Clock, Error, Issuer, NumericDate, SigningKey, Verified, Verifier};
use proptest::prelude::*;
use serde::{Deserialize, Deserializer};

fn key(secret: &str) -> SigningKey {
    SigningKey::from_secret(secret, Algorithm::Hs256).unwrap()
}

fn ours() -> SigningKey {
    key("a secret of 32 bytes, or of more")
}

/// A clock that stands still: refusals say what time it is.
#[derive(Debug)]
struct Standing;

impl Clock for Standing {
    fn now(&self) -> NumericDate {
        NumericDate::from_secs(1_800_000_000)
    }
}

fn issuer(key: SigningKey) -> Issuer {
    Issuer::builder(key).lifetime(Duration::from_secs(900)).clock(Standing).build().unwrap()
}

fn verifier() -> Verifier {
    let builder = Verifier::builder(ours().verifying_key()).audience("api");
    builder.clock(Standing).build().unwrap()
}

/// One token of each kind: two that hold, and those that are refused at some step.
fn tokens() -> Vec<String> {
    let (issuer, other) = (issuer(ours()), issuer(key("another secret of 32 bytes or more")));
    let claims = Claims::empty().subject("42").audience("api");
    let good = issuer.issue(&claims).unwrap();
    vec![
        good.clone(),
        issuer.issue(&Claims::empty().audience("api")).unwrap(),
        issuer.issue(&Claims::empty().audience("web")).unwrap(),
        issuer.issue(&claims.clone().expires_at(NumericDate::from_secs(1_000))).unwrap(),
        other.issue(&claims).unwrap(),
        good.replace('.', ".."),
        good[1..].to_owned(),
        "eyJhbGciOiJub25lIn0.e30.".to_owned(),
        "x".repeat(100_000),
        String::new(),
    ]
}

/// What an application can tell of a verdict.
fn told(verdict: &Result<Verified<()>, Error>) -> String {
    match verdict {
        Ok(verified) => format!("{:?}", verified.claims()),
        Err(error) => format!("{}: {error}; {:?}", error.code(), error.hint()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn verdicts_are_those_of_one_by_one_in_the_same_order(
        which in proptest::collection::vec(0_usize..10, 0..400),
        threads in 1_usize..5,
        ahead in 0_usize..40,
    ) {
        let (verifier, kinds) = (verifier(), tokens());
        let tokens: Vec<&str> = which.iter().map(|kind| kinds[*kind].as_str()).collect();
        let one_by_one: Vec<_> =
            tokens.iter().map(|token| told(&verifier.verify::<()>(token))).collect();

        let batch = Batch::new().threads(threads).ahead(ahead);
        let many: Vec<_> = batch.verify_many(&verifier, &tokens).iter().map(told).collect();
        prop_assert_eq!(&many, &one_by_one);

        let mut each = Vec::new();
        let end = batch.verify_each(&verifier, &tokens, |token: &&str, verdict| {
            each.push((*token, told(&verdict)));
            ControlFlow::<()>::Continue(())
        });
        prop_assert!(end.is_continue());
        let expected: Vec<_> = tokens.iter().copied().zip(one_by_one).collect();
        prop_assert_eq!(each, expected);
    }
}

#[test]
fn each_claims_set_becomes_its_own_token_or_its_own_error() {
    let (issuer, verifier) = (issuer(ours()), verifier());
    let claims = |number: u32| {
        // An array is no claims set.
        let custom = if number % 7 == 3 { serde_json::json!([]) } else { serde_json::json!({}) };
        Claims::new(custom).subject(number.to_string()).audience("api")
    };
    let all: Vec<_> = (0..500).map(claims).collect();
    let tokens = Batch::new().threads(3).issue_many(&issuer, &all);
    assert_eq!(tokens.len(), all.len());
    for (number, token) in tokens.iter().enumerate() {
        match token {
            Err(error) => assert!(number % 7 == 3, "{error}"),
            Ok(token) => {
                let verified = verifier.verify::<()>(token).unwrap();
                assert_eq!(verified.claims().subject(), Some(number.to_string().as_str()));
            }
        }
    }
    let refused = tokens.iter().filter(|token| token.is_err()).count();
    assert_eq!(refused, (0..500).filter(|number| number % 7 == 3).count());
    // Claims of one's own instead of borrowed ones, and one by one.
    let mut next = 0;
    let end = issuer.issue_each((0..100).map(claims), |claims, token| {
        assert_eq!((claims, token.is_err()), (all[next].clone(), next % 7 == 3));
        next += 1;
        ControlFlow::<()>::Continue(())
    });
    assert!(end.is_continue() && next == 100);
}

#[test]
fn nothing_comes_of_nothing() {
    assert!(verifier().verify_many::<()>(Vec::<String>::new()).is_empty());
    assert!(issuer(ours()).issue_many(Vec::<Claims>::new()).is_empty());
}

/// Works long enough for threads to be worth starting.
fn work_a_while() {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_micros(250) {
        hint::spin_loop();
    }
}

#[test]
fn all_threads_work_at_the_same_time() {
    for threads in 2..6 {
        let (meeting, who) = (Barrier::new(threads), Mutex::new(HashSet::new()));
        let end = Batch::new().threads(threads).each(
            0..=threads,
            |number| {
                work_a_while();
                if number > 0 {
                    // Nobody passes before all are here.
                    meeting.wait();
                    who.lock().unwrap().insert(thread::current().id());
                }
            },
            |()| ControlFlow::<()>::Continue(()),
        );
        assert!(end.is_continue());
        let who = who.into_inner().unwrap();
        assert_eq!(who.len(), threads);
        assert!(who.contains(&thread::current().id()), "the caller's thread works as well");
    }
}

#[test]
fn one_thread_is_the_callers() {
    let me = thread::current().id();
    let work = |_| {
        work_a_while();
        thread::current().id()
    };
    let end = Batch::new().threads(1).each(0..20, work, |who| {
        assert_eq!(who, me);
        ControlFlow::<()>::Continue(())
    });
    assert!(end.is_continue());
}

#[test]
fn results_come_in_order_however_long_each_takes() {
    let work = |number: usize| {
        for _ in 0..(number * 7919) % 23 {
            thread::yield_now();
        }
        if number.is_multiple_of(50) {
            work_a_while();
        }
        number
    };
    for (threads, ahead) in [(2, 1), (2, 512), (3, 5), (8, 64)] {
        let mut next = 0;
        let end = Batch::new().threads(threads).ahead(ahead).each(0..5_000, work, |number| {
            assert_eq!(number, next);
            next += 1;
            ControlFlow::<()>::Continue(())
        });
        assert!(end.is_continue() && next == 5_000);
    }
}

/// An item that is counted as long as it lives.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(living: &Arc<AtomicUsize>) -> Self {
        living.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(living))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[test]
fn no_more_items_live_than_may_be_ahead() {
    for (threads, ahead) in [(1, 512), (2, 1), (2, 3), (2, 512), (3, 10), (4, 64)] {
        let living = Arc::new(AtomicUsize::new(0));
        let mut most = 0;
        let items = (0..20_000).map(|number| {
            let item = Counted::new(&living);
            most = most.max(living.load(Ordering::SeqCst));
            (number, item)
        });
        let work = |(number, item): (usize, Counted)| {
            if number == 0 {
                work_a_while();
            }
            item
        };
        let batch = Batch::new().threads(threads).ahead(ahead);
        let end = batch.each(items, work, |_item| ControlFlow::<()>::Continue(()));
        assert!(end.is_continue());
        assert!(most <= threads * ahead, "{most} of {threads} x {ahead}");
        assert_eq!(living.load(Ordering::SeqCst), 0);
    }
}

#[test]
fn an_endless_iterator_is_left_when_a_result_breaks_off() {
    let living = Arc::new(AtomicUsize::new(0));
    for threads in [1, 2, 4] {
        let (mut taken, mut given) = (0, 0);
        let endless = std::iter::repeat_with(|| {
            given += 1;
            Counted::new(&living)
        });
        let work = |item| {
            work_a_while();
            item
        };
        let end = Batch::new().threads(threads).ahead(10).each(endless, work, |_item| {
            taken += 1;
            if taken < 100 { ControlFlow::Continue(()) } else { ControlFlow::Break("enough") }
        });
        assert_eq!((end, taken), (ControlFlow::Break("enough"), 100));
        assert!(given < taken + threads * 10, "{given} were asked for");
        assert_eq!(living.load(Ordering::SeqCst), 0, "nothing is left behind");
    }
}

#[test]
fn an_iterator_that_takes_its_time_is_not_waited_for_with_verdicts_in_hand() {
    let (given, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let slow = (0..30).inspect(|_| {
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_millis(2) {
            hint::spin_loop();
        }
        assert_eq!(taken.load(Ordering::SeqCst), given.fetch_add(1, Ordering::SeqCst));
    });
    let end = Batch::new().threads(2).each(
        slow,
        |_| (),
        |()| {
            taken.fetch_add(1, Ordering::SeqCst);
            ControlFlow::<()>::Continue(())
        },
    );
    assert!(end.is_continue());
}

/// Runs a batch that must panic; returns what it said.
fn panic_of(batch: impl FnOnce()) -> String {
    let panic = panic::catch_unwind(AssertUnwindSafe(batch)).unwrap_err();
    panic.downcast_ref::<&str>().copied().unwrap_or("something else").to_owned()
}

#[test]
fn whatever_panics_the_caller_hears_of_it_and_nothing_is_left_behind() {
    for threads in [1, 2, 4] {
        for fatal in [0, 1, 57, 999] {
            let living = Arc::new(AtomicUsize::new(0));
            for place in ["in the iterator", "in the work", "where results are taken"] {
                let check = |here: &'static str, number| {
                    if here == place && number == fatal {
                        // Without the message and the trace that every panic prints.
                        panic::resume_unwind(Box::new(here));
                    }
                };
                let items = (0..1_000).map(|number| {
                    check("in the iterator", number);
                    (number, Counted::new(&living))
                });
                let work = |(number, item): (usize, _)| {
                    if number.is_multiple_of(100) {
                        work_a_while();
                    }
                    check("in the work", number);
                    (number, item)
                };
                let said = panic_of(|| {
                    let _end =
                        Batch::new().threads(threads).each(items, work, |(number, _item)| {
                            check("where results are taken", number);
                            ControlFlow::<()>::Continue(())
                        });
                });
                assert_eq!(said, place);
                assert_eq!(living.load(Ordering::SeqCst), 0, "{place}, {threads} threads");
            }
        }
    }
}

/// Claims whose reading panics for one subject.
#[derive(Debug)]
struct Fragile;

impl<'de> Deserialize<'de> for Fragile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let claims = serde_json::Map::deserialize(deserializer)?;
        if claims.get("sub").is_some_and(|subject| subject == "fragile") {
            panic::resume_unwind(Box::new("a claims type that panics"));
        }
        Ok(Self)
    }
}

#[test]
fn a_claims_type_that_panics_ends_the_batch_and_does_not_hang_it() {
    let issuer = issuer(ours());
    let issue = |subject: &str| issuer.issue(&Claims::empty().subject(subject).audience("api"));
    let (sound, fragile) = (issue("sound").unwrap(), issue("fragile").unwrap());
    let mut tokens = vec![sound; 600];
    tokens[500] = fragile;
    for threads in [1, 2, 4] {
        let batch = Batch::new().threads(threads);
        let said = panic_of(|| drop(batch.verify_many::<Fragile>(&verifier(), &tokens)));
        assert_eq!(said, "a claims type that panics");
        // Without it all is well.
        assert_eq!(batch.verify_many::<Fragile>(&verifier(), &tokens[..500]).len(), 500);
    }
}
