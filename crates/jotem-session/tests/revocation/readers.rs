//! Readers at the same time as the writer: what was applied before a check began is never missed.

use std::sync::atomic::{AtomicU32, Ordering};

use jotem::NumericDate;
use jotem_session::revocation::{Fingerprint, Names, Revocation, RevocationView, RevokedBy};

use crate::LATER;

/// Spread over the table, without a key.
fn number(n: u32) -> Fingerprint {
    Fingerprint::from_u64(u64::from(n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// Every one is applied while readers run: the table grows through all of its sizes, is swept with
/// entries that are over in it, and takes others in their places.
#[test]
fn what_was_applied_is_never_missed_while_tables_grow_and_are_swept() {
    const ALL: u32 = 10_000;
    let view = RevocationView::with_cap(100_000);
    let (applied, begin) = (AtomicU32::new(0), LATER - 100_000);
    std::thread::scope(|scope| {
        for reader in 1..=3_u32 {
            let (view, applied) = (&view, &applied);
            scope.spawn(move || {
                let mut state = reader;
                loop {
                    let known = applied.load(Ordering::Acquire);
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    // Half of the time the last: it has just been written.
                    let one = match (known, state >> 31) {
                        (0, _) => continue,
                        (_, 0) => known - 1,
                        _ => (state >> 8) % known,
                    };
                    let id = Names::none().token(number(one));
                    assert_eq!(view.check(&id), Err(RevokedBy::Token), "{one} of {known}");
                    let subject = Names::none().subject(number(one), one);
                    assert_eq!(view.check(&subject), Err(RevokedBy::Subject), "{one} of {known}");
                    // The epoch is its own, and not of one whose place it took.
                    let newer = Names::none().subject(number(one), one + 1);
                    assert_eq!(view.check(&newer), Ok(()), "{one} of {known}");
                    if known == ALL {
                        break;
                    }
                }
            });
        }
        for n in 0..ALL {
            let now_s = begin + n / 10;
            let now = NumericDate::from_secs(now_s.into());
            let passing = (0..2).map(|more| number(1_000_000 + n * 2 + more));
            let passing = passing.flat_map(|what| {
                [
                    Revocation::of(what, now_s + 60),
                    Revocation::of_subject(what, u32::MAX, now_s + 60),
                ]
            });
            let lasting =
                [Revocation::of(number(n), LATER), Revocation::of_subject(number(n), n + 1, LATER)];
            view.apply(passing.chain(lasting), now).unwrap();
            applied.store(n + 1, Ordering::Release);
            if n % 500 == 0 {
                view.sweep(now);
            }
        }
    });
    view.sweep(NumericDate::from_secs((LATER - 1).into()));
    assert_eq!(view.len(), 2 * ALL as usize);
}
