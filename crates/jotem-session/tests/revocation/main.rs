//! What a verifier knows of revocations.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a test stops where it fails"
)]

mod cap;
mod errors;
mod readers;
mod snapshot;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jotem::{NumericDate, Secret};
use jotem_session::refresh_token::SessionId;
use jotem_session::revocation::{
    Fingerprint, Fingerprints, Names, Revocation, RevocationView, RevokedBy,
};
use proptest::prelude::*;

const NOW: NumericDate = NumericDate::from_secs(1_795_305_600);
const LATER: u32 = 1_795_306_530;

fn fingerprints() -> Fingerprints {
    Fingerprints::derive(&Secret::from(vec![7; 32])).unwrap()
}

#[test]
fn a_token_is_refused_by_each_of_its_names() {
    let names = fingerprints();
    let session = SessionId::generate(LATER).unwrap();
    let token = Names::none()
        .token(names.token("jti"))
        .session(names.session(&session))
        .client(names.client("app"), 3)
        .key(names.key("kid"))
        .subject(names.subject(None, "ada"), 3);
    for (revocation, by) in [
        (Revocation::of(names.token("jti"), LATER), RevokedBy::Token),
        (Revocation::of(names.session(&session), LATER), RevokedBy::Session),
        (Revocation::of_subject(names.client("app"), 4, LATER), RevokedBy::Client),
        (Revocation::of(names.key("kid"), LATER), RevokedBy::Key),
        (Revocation::of_subject(names.subject(None, "ada"), 4, LATER), RevokedBy::Subject),
    ] {
        let view = RevocationView::new();
        assert_eq!(view.check(&token), Ok(()));
        view.apply([revocation], NOW).unwrap();
        assert_eq!(view.check(&token), Err(by));
        assert_eq!(view.check(&Names::none()), Ok(()));
    }
}

#[test]
fn a_name_of_one_kind_is_no_name_of_another() {
    let names = fingerprints();
    let view = RevocationView::new();
    view.apply([Revocation::of(names.token("ada"), LATER)], NOW).unwrap();
    for other in [
        Names::none().client(names.client("ada"), 0),
        Names::none().key(names.key("ada")),
        Names::none().subject(names.subject(None, "ada"), 0),
        Names::none().token(names.token("Ada")),
        Names::none().token(names.token("ada ")),
    ] {
        assert_eq!(view.check(&other), Ok(()));
    }
    assert_ne!(names.subject(Some("a"), "bc"), names.subject(Some("ab"), "c"));
    assert_ne!(names.subject(None, "abc"), names.subject(Some("abc"), ""));
    let others = Fingerprints::derive(&Secret::from(vec![8; 32])).unwrap();
    assert_ne!(names.token("ada"), others.token("ada"));
}

#[test]
fn a_subject_keeps_what_it_was_given_after_the_revocation() {
    let ada = fingerprints().subject(None, "ada");
    let check = |view: &RevocationView, epoch| view.check(&Names::none().subject(ada, epoch));
    let view = RevocationView::new();
    view.apply([Revocation::of_subject(ada, 5, LATER)], NOW).unwrap();
    // An older one that comes late takes nothing back, and neither does the end of it.
    view.apply([Revocation::of_subject(ada, 4, LATER - 600)], NOW).unwrap();
    view.sweep(NumericDate::from_secs(u64::from(LATER) - 1));
    for (epoch, verdict) in [
        (0, Err(RevokedBy::Subject)),
        (4, Err(RevokedBy::Subject)),
        (5, Ok(())),
        (u32::MAX, Ok(())),
    ] {
        assert_eq!(check(&view, epoch), verdict, "{epoch}");
    }
    view.apply([Revocation::of_subject(ada, u32::MAX, LATER)], NOW).unwrap();
    assert_eq!(check(&view, u32::MAX - 1), Err(RevokedBy::Subject));
}

#[test]
fn nothing_is_forgotten_before_the_last_token_has_expired() {
    let names = fingerprints();
    let view = RevocationView::new();
    let ids: Vec<_> = (0..10_000).map(|n| names.token(&format!("{n}"))).collect();
    let until = |n: usize| LATER + u32::try_from(n % 100).unwrap();
    view.apply(ids.iter().enumerate().map(|(n, id)| Revocation::of(*id, until(n))), NOW).unwrap();
    for second in [0, 1, 50, 99] {
        let now = LATER + second;
        view.sweep(NumericDate::from_secs(now.into()));
        for (n, id) in ids.iter().enumerate() {
            let is_known = view.check(&Names::none().token(*id)).is_err();
            assert_eq!(is_known, until(n) > now, "{n} at {second}");
        }
    }
    view.sweep(NumericDate::from_secs(u64::from(LATER) + 100));
    assert!(view.is_empty());
    // It keeps the room that it needed, and no more when it fills again.
    let bytes = view.bytes();
    view.apply(ids.iter().map(|id| Revocation::of(*id, LATER + 900)), NOW).unwrap();
    assert_eq!((view.len(), view.bytes()), (10_000, bytes));
}

#[test]
fn a_million_entries_take_24_bytes_each_at_most() {
    let view = RevocationView::new();
    let mut number = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        Fingerprint::from_u64(number)
    };
    for _ in 0..100 {
        let some: Vec<_> = (0..10_000).map(|_| Revocation::of(next(), LATER)).collect();
        view.apply(some, NOW).unwrap();
    }
    assert_eq!(view.len(), 1_000_000);
    assert!(view.bytes() <= 24_000_000, "{} bytes", view.bytes());
}

#[test]
fn who_has_heard_nothing_does_not_say_that_nothing_was_revoked() {
    let view = RevocationView::new();
    assert_eq!((view.as_of(), view.age(NOW)), (None, None));
    view.apply([], NOW).unwrap();
    assert_eq!(view.age(NOW.saturating_add(Duration::from_secs(7))), Some(Duration::from_secs(7)));
    // What comes late does not make the view older.
    view.apply([], NumericDate::from_secs(1)).unwrap();
    assert_eq!(view.as_of(), Some(NOW));
}

#[test]
fn readers_see_every_revocation_whatever_the_writer_does() {
    let names = fingerprints();
    let view = RevocationView::new();
    let first = names.token("first");
    view.apply([Revocation::of(first, LATER)], NOW).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    assert_eq!(view.check(&Names::none().token(first)), Err(RevokedBy::Token));
                }
            });
        }
        // Tables are made anew all the time.
        for n in 0..20_000 {
            let one = names.token(&format!("{n}"));
            view.apply([Revocation::of(one, LATER)], NOW).unwrap();
            assert_eq!(view.check(&Names::none().token(one)), Err(RevokedBy::Token));
            if n % 1_000 == 0 {
                view.sweep(NOW);
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(view.len(), 20_001);
}

proptest! {
    /// Few numbers, so that they meet, and some that begin at the last place of the table.
    #[test]
    fn a_view_knows_what_a_list_knows(
        steps in prop::collection::vec((0..200_u64, 1..50_u32, prop::option::of(0..9_u32), any::<bool>()), 0..400),
    ) {
        let view = RevocationView::new();
        let mut list = Vec::new();
        let mut now = 0;
        for (n, left, epoch, sweep) in steps {
            let what = Fingerprint::from_u64(if n.is_multiple_of(3) { u64::MAX - n } else { n << 56 | n });
            let until = now + left;
            let revocation = match epoch {
                Some(epoch) => Revocation::of_subject(what, epoch, until),
                None => Revocation::of(what, until),
            };
            view.apply([revocation], NumericDate::from_secs(now.into())).unwrap();
            list.push((what, epoch, until));
            if sweep {
                now += 1;
                view.sweep(NumericDate::from_secs(now.into()));
            }
        }
        for (what, epoch, _) in &list {
            let same = || list.iter().filter(|one| one.0 == *what && one.1.is_some() == epoch.is_some());
            let names = match epoch {
                Some(epoch) => Names::none().subject(*what, *epoch),
                None => Names::none().token(*what),
            };
            let covers = |of: Option<u32>| of > *epoch || epoch.is_none();
            // What is over may be known still, and need not be.
            let must = same().any(|(_, of, until)| covers(*of) && *until > now);
            let may = same().any(|(_, of, _)| covers(*of));
            let is_refused = view.check(&names).is_err();
            prop_assert!(is_refused || !must);
            prop_assert!(!is_refused || may);
        }
    }
}
