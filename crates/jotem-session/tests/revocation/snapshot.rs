//! Snapshots: the same view elsewhere, or a refusal.

use jotem::{NumericDate, Secret};
use jotem_session::revocation::{
    Fingerprint, Names, Revocation, RevocationError, RevocationView, SnapshotKey,
};
use proptest::prelude::*;

use crate::{LATER, NOW, fingerprints};

const CAP: usize = 1_000;

fn key(byte: u8) -> SnapshotKey {
    SnapshotKey::derive(&Secret::from(vec![byte; 32])).unwrap()
}

fn view() -> RevocationView {
    let names = fingerprints();
    let view = RevocationView::with_cap(CAP);
    let tokens = (0..30).map(|n: u32| Revocation::of(names.token(&n.to_string()), LATER + n));
    let subjects =
        (0..7).map(|n| Revocation::of_subject(names.subject(None, &n.to_string()), n, LATER));
    view.apply(tokens.chain(subjects), NOW).unwrap();
    view
}

fn refusal(bytes: &[u8]) -> RevocationError {
    RevocationView::from_snapshot(bytes, &key(7), CAP).unwrap_err()
}

#[test]
fn what_is_cut_off_anywhere_or_goes_on_is_refused() {
    let whole = view().snapshot(&key(7));
    for length in 0..whole.len() {
        let error = refusal(&whole[..length]);
        let expected = if length < 46 {
            RevocationError::SnapshotShape { bytes: length }
        } else {
            RevocationError::SnapshotLength { bytes: length, expected: whole.len() as u64 }
        };
        assert_eq!(error, expected);
    }
    let longer = [&*whole, &[0]].concat();
    let expected = whole.len() as u64;
    assert_eq!(refusal(&longer), RevocationError::SnapshotLength { bytes: longer.len(), expected });
}

#[test]
fn every_changed_bit_is_refused() {
    let whole = view().snapshot(&key(7));
    for byte in 0..whole.len() {
        for bit in 0..8 {
            let mut changed = whole.clone();
            changed[byte] ^= 1 << bit;
            let code = refusal(&changed).code();
            let expected = match byte {
                0..8 => "revocation_snapshot_shape",
                8..10 => "revocation_snapshot_version",
                10..18 => "revocation_snapshot_key",
                30..46 => "revocation_snapshot_length",
                _ => "revocation_snapshot_changed",
            };
            assert_eq!(code, expected, "bit {bit} of byte {byte}");
        }
    }
}

#[test]
fn another_master_secret_a_later_version_and_too_little_room_are_refused() {
    let whole = view().snapshot(&key(8));
    assert_eq!(refusal(&whole), RevocationError::SnapshotKey);
    let mut later = whole.clone();
    later[9] = 2;
    assert_eq!(refusal(&later), RevocationError::SnapshotVersion { found: 2 });
    let full = RevocationView::from_snapshot(&whole, &key(8), 28).unwrap_err();
    assert_eq!(full, RevocationError::Full { cap: 28, left_out: 2 });
    assert!(SnapshotKey::derive(&Secret::from(vec![7; 31])).is_err());
}

#[test]
fn a_view_that_does_not_know_everything_does_not_elsewhere_either() {
    let unheard = RevocationView::new().snapshot(&key(7));
    let elsewhere = RevocationView::from_snapshot(&unheard, &key(7), CAP).unwrap();
    assert_eq!((elsewhere.as_of(), elsewhere.is_empty()), (None, true));

    let view = RevocationView::with_cap(0);
    view.apply([Revocation::of(fingerprints().token("a"), LATER)], NOW).unwrap_err();
    let elsewhere = RevocationView::from_snapshot(&view.snapshot(&key(7)), &key(7), CAP).unwrap();
    assert!(elsewhere.is_overfull());
    elsewhere.apply([], NumericDate::from_secs((LATER - 1).into())).unwrap();
    assert_eq!(elsewhere.as_of(), None);
    elsewhere.apply([], NumericDate::from_secs(LATER.into())).unwrap();
    assert!(elsewhere.as_of().is_some());
}

#[test]
fn a_snapshot_has_no_secret_in_its_debug_output() {
    assert_eq!(format!("{:?}", key(7)), "SnapshotKey");
}

proptest! {
    #[test]
    fn a_snapshot_is_the_same_view(
        ids in prop::collection::vec((any::<u64>(), any::<u32>()), 0..200),
        subjects in prop::collection::vec((any::<u64>(), any::<u32>(), 1..u32::MAX), 0..200),
        as_of in 1..4_000_000_000_u64,
    ) {
        let view = RevocationView::with_cap(CAP);
        let id = |(what, until): &(u64, u32)| Revocation::of(Fingerprint::from_u64(*what), *until);
        let subject = |(what, until, epoch): &(u64, u32, u32)| {
            Revocation::of_subject(Fingerprint::from_u64(*what), *epoch, *until)
        };
        let now = NumericDate::from_secs(as_of);
        view.apply(ids.iter().map(id).chain(subjects.iter().map(subject)), now).unwrap();
        let elsewhere = RevocationView::from_snapshot(&view.snapshot(&key(7)), &key(7), CAP).unwrap();
        prop_assert_eq!((elsewhere.len(), elsewhere.as_of()), (view.len(), Some(now)));
        // Until when each matters, and to which epoch.
        for sweep in [0, u64::from(u32::MAX) / 2] {
            for view in [&view, &elsewhere] {
                view.sweep(NumericDate::from_secs(sweep));
            }
            prop_assert_eq!(elsewhere.len(), view.len());
            for (what, ..) in &ids {
                let names = Names::none().token(Fingerprint::from_u64(*what));
                prop_assert_eq!(elsewhere.check(&names), view.check(&names));
            }
            for (what, _, epoch) in &subjects {
                for epoch in [*epoch - 1, *epoch] {
                    let names = Names::none().subject(Fingerprint::from_u64(*what), epoch);
                    prop_assert_eq!(elsewhere.check(&names), view.check(&names));
                }
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(RevocationView::from_snapshot(&bytes, &key(7), CAP).is_err());
        let mut begun = view().snapshot(&key(7));
        begun.truncate(18);
        begun.extend(&bytes);
        prop_assert!(RevocationView::from_snapshot(&begun, &key(7), CAP).is_err());
    }
}
