//! More revocations than there is room for: nothing is forgotten without a word.

use jotem::NumericDate;
use jotem_session::revocation::{Names, Revocation, RevocationError, RevocationView};

use crate::{LATER, NOW, fingerprints};

fn tokens(numbers: std::ops::Range<u32>, until: u32) -> impl Iterator<Item = Revocation> {
    let names = fingerprints();
    numbers.map(move |number| Revocation::of(names.token(&number.to_string()), until))
}

fn knows(view: &RevocationView, number: u32) -> bool {
    view.check(&Names::none().token(fingerprints().token(&number.to_string()))).is_err()
}

#[test]
fn a_view_that_is_overfull_says_so_and_keeps_what_it_has() {
    for cap in [0, 1, 10, 1_000] {
        let view = RevocationView::with_cap(cap as usize);
        view.apply(tokens(0..cap, LATER), NOW).unwrap();
        assert!(!view.is_overfull());
        assert_eq!(view.as_of(), Some(NOW));
        // What is known already needs no room.
        view.apply(tokens(0..cap, LATER), NOW).unwrap();
        let bytes = view.bytes();
        let full = RevocationError::Full { cap: cap as usize, left_out: 5 };
        assert_eq!(view.apply(tokens(0..cap + 5, LATER), NOW), Err(full));
        assert!(view.is_overfull());
        assert_eq!((view.as_of(), view.age(NOW)), (None, None), "as if it had heard nothing");
        assert_eq!(view.len(), cap as usize);
        assert!(view.bytes() <= bytes.max(400), "it grew to {} bytes", view.bytes());
        assert!((0..cap).all(|number| knows(&view, number)));
    }
}

#[test]
fn it_knows_everything_again_when_what_it_left_out_is_over_and_not_before() {
    let view = RevocationView::with_cap(10);
    view.apply(tokens(0..10, LATER + 100), NOW).unwrap();
    view.apply(tokens(10..11, LATER), NOW).unwrap_err();
    for (second, is_overfull) in [(LATER - 1, true), (LATER, false)] {
        let now = NumericDate::from_secs(second.into());
        view.apply([], now).unwrap();
        assert_eq!(view.is_overfull(), is_overfull);
        assert_eq!(view.as_of(), (!is_overfull).then_some(now));
        // Forgetting by the verifier's own clock does not make it know what it was never told.
        view.sweep(now);
        assert!(!knows(&view, 10));
    }
    assert!((0..10).all(|number| knows(&view, number)));
}

#[test]
fn what_is_over_makes_room_and_what_is_not_does_not() {
    let view = RevocationView::with_cap(100);
    view.apply(tokens(0..50, LATER), NOW).unwrap();
    view.apply(tokens(50..100, LATER + 100), NOW).unwrap();
    let now = NumericDate::from_secs(LATER.into());
    view.apply(tokens(100..150, LATER + 100), now).unwrap();
    assert_eq!((view.len(), view.is_overfull()), (100, false));
    assert!((50..150).all(|number| knows(&view, number)));
    view.apply(tokens(150..151, LATER + 100), now).unwrap_err();
    assert!((50..150).all(|number| knows(&view, number)));
}

#[test]
fn a_client_or_a_key_is_one_entry_whatever_it_ends() {
    let names = fingerprints();
    let view = RevocationView::with_cap(2);
    let client = Revocation::of_subject(names.client("app"), 2, LATER);
    view.apply([client, Revocation::of(names.key("kid"), LATER)], NOW).unwrap();
    for number in 0..100 {
        let token = Names::none().token(names.token(&number.to_string()));
        assert!(view.check(&token.client(names.client("app"), 1)).is_err());
        assert!(view.check(&token.key(names.key("kid"))).is_err());
        assert!(view.check(&token.client(names.client("app"), 2)).is_ok(), "issued afterwards");
        assert!(view.check(&token.client(names.client("other"), 1)).is_ok());
    }
    assert_eq!((view.len(), view.is_overfull()), (2, false));
}

#[test]
fn subjects_have_room_of_their_own() {
    let names = fingerprints();
    let view = RevocationView::with_cap(10);
    view.apply(tokens(0..10, LATER), NOW).unwrap();
    let subject = |number: u32| names.subject(None, &number.to_string());
    let all = |epoch| (0..10).map(move |n| (n, epoch));
    let revoke = |(number, epoch)| Revocation::of_subject(subject(number), epoch, LATER);
    view.apply(all(5).map(revoke), NOW).unwrap();
    // A higher epoch of one that is known needs no room.
    view.apply(all(6).map(revoke), NOW).unwrap();
    assert!((0..10).all(|n| view.check(&Names::none().subject(subject(n), 5)).is_err()));
    view.apply([revoke((10, 1))], NOW).unwrap_err();
    assert!(view.is_overfull());
}
