//! Announced, active, retiring, removed: when, and what each key does in each state.

use std::time::Duration;

use jotem::{Algorithm, Claims, Verifier};
use jotem_jwks::ring::KeyState::{Active, Announced, Removed, Retiring};
use jotem_jwks::ring::{KeyRing, KeyState};

use super::memory::{NOW, in_state, ring, states};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_new_ring_signs_with_one_key_and_announces_another() {
    let (ring, memory, _) = ring();
    assert_eq!(states(&ring), [Active, Announced]);
    assert_eq!((ring.revision(), ring.algorithm()), (1, Algorithm::EdDsa));
    let active = &ring.keys()[0];
    assert_eq!((active.announced_at().as_secs(), active.retired_at()), (NOW, None));
    assert_eq!(active.activated_at().unwrap().as_secs(), NOW);
    assert_eq!(active.next_at().as_secs(), NOW + 30 * 86_400);
    assert_eq!(ring.keys()[1].next_at().as_secs(), NOW + 86_400);
    assert_eq!(ring.signing_key().unwrap().key_id(), Some(active.key_id()));
    assert_eq!(ring.next_due().unwrap().as_secs(), NOW + 30 * 86_400);
    assert_eq!(memory.text().matches("ENCRYPTED PRIVATE KEY").count(), 4);
}

#[test]
fn a_key_goes_through_its_states_at_the_second() {
    let (ring, memory, clock) = ring();
    let names: Vec<String> = ring.keys().iter().map(|key| key.key_id().to_owned()).collect();

    // Until the spare is known everywhere nothing rotates.
    clock.set(NOW + 86_399);
    let error = ring.rotate().unwrap_err();
    assert_eq!(error.code(), "ring_spare_too_new");
    assert!(error.to_string().contains(&names[1]), "{error}");
    clock.advance(SECOND);
    let rotation = ring.rotate().unwrap();
    assert_eq!([&rotation.retired, &rotation.active], [&names[0], &names[1]]);
    assert_eq!(states(&ring), [Retiring, Active, Announced]);
    assert_eq!(ring.signing_key().unwrap().key_id(), Some(names[1].as_str()));
    assert_eq!(memory.text().matches("BEGIN ENCRYPTED PRIVATE KEY").count(), 2, "destroyed");

    // The retiring key is there until its last second, and then without anybody's doing.
    clock.advance(Duration::from_secs(3599));
    assert_eq!(in_state(&ring, Retiring), [names[0].clone()]);
    clock.advance(SECOND);
    assert_eq!(states(&ring), [Active, Announced]);
    assert_eq!(ring.revision(), 2, "nobody wrote anything");
    let done = ring.maintain().unwrap();
    assert_eq!((done.removed, done.rotation), (vec![names[0].clone()], None));
    assert!(!memory.text().contains(&names[0]), "nothing of it is kept");
    assert_eq!(ring.revision(), 3);
}

#[test]
fn each_state_does_what_the_table_says() {
    let (ring, _, clock) = ring();
    let verifier = Verifier::builder(&ring).clock(clock.clone()).build().unwrap();
    let issuer = ring.issuer(|issuer| issuer).unwrap();
    clock.advance(Duration::from_secs(86_400));
    let token = issuer.issue(&Claims::empty()).unwrap();
    let name = in_state(&ring, Active).remove(0);
    let is_published = || ring.publication().unwrap().body().contains(&name);
    let is_accepted = || verifier.verify::<()>(&token).map(drop).map_err(|e| e.code().as_str());

    assert_eq!((is_published(), is_accepted()), (true, Ok(())), "active");
    ring.rotate().unwrap();
    assert_eq!((is_published(), is_accepted()), (true, Ok(())), "retiring");
    assert_ne!(ring.signing_key().unwrap().key_id(), Some(name.as_str()));
    let announced = in_state(&ring, Announced).remove(0);
    assert!(ring.publication().unwrap().body().contains(&announced), "announced");
    assert!(ring.verifying_keys().iter().any(|key| key.key_id() == Some(announced.as_str())));
    clock.advance(Duration::from_secs(3600));
    assert_eq!((is_published(), is_accepted()), (false, Err("jws_key_not_found")), "removed");
    assert_eq!(ring.verifying_keys().len(), 2);
}

#[test]
fn maintenance_does_what_is_due_and_nothing_else() {
    let (ring, _, clock) = ring();
    for due in [0, 86_400, 30 * 86_400 - 1] {
        clock.set(NOW + due);
        let done = ring.maintain().unwrap();
        assert_eq!((done.rotation, done.removed.len()), (None, 0), "{due}");
        assert_eq!(done.next_due.as_secs(), NOW + 30 * 86_400);
        assert_eq!(ring.revision(), 1, "nothing is written for nothing");
    }
    clock.advance(SECOND);
    let done = ring.maintain().unwrap();
    assert!(done.rotation.is_some());
    assert_eq!(done.next_due.as_secs(), NOW + 30 * 86_400 + 3600, "the removal");
    // Called late, it does what was due, once.
    clock.set(NOW + 200 * 86_400);
    let done = ring.maintain().unwrap();
    assert_eq!((done.rotation.is_some(), done.removed.len()), (true, 1));
    assert_eq!(ring.maintain().unwrap().rotation, None);
}

#[test]
fn maintenance_waits_for_a_spare_that_came_late() {
    let (ring, _, clock) = ring();
    clock.set(NOW + 30 * 86_400 - 60);
    let spare = in_state(&ring, Announced).remove(0);
    ring.compromise(&spare).unwrap();
    clock.advance(Duration::from_secs(60));
    let done = ring.maintain().unwrap();
    assert_eq!(done.rotation, None, "the new spare is a minute old");
    assert_eq!(done.next_due.as_secs(), NOW + 31 * 86_400 - 60);
    clock.set(done.next_due.as_secs());
    assert!(ring.maintain().unwrap().rotation.is_some());
}

#[test]
fn a_compromise_removes_a_key_at_once_whatever_its_state() {
    for state in [Active, Announced, Retiring] {
        let (ring, memory, clock) = ring();
        clock.advance(Duration::from_secs(86_400));
        ring.rotate().unwrap();
        clock.advance(SECOND);
        let name = in_state(&ring, state).remove(0);
        let spare = in_state(&ring, Announced).remove(0);
        let before = in_state(&ring, Active).remove(0);
        let done = ring.compromise(&name).unwrap();
        assert_eq!(done.was, state);
        assert!(!memory.text().contains(&name), "{state}: nothing of it is kept");
        assert!(!ring.publication().unwrap().body().contains(&name), "{state}");
        let expected = if state == Active { spare } else { before };
        assert_eq!(done.active, expected, "{state}");
        assert_eq!(ring.signing_key().unwrap().key_id(), Some(expected.as_str()), "{state}");
        assert_eq!(done.announced.is_some(), state != Retiring, "{state}");
        let expected: &[KeyState] = match state {
            Active | Announced => &[Retiring, Active, Announced],
            Retiring | Removed | _ => &[Active, Announced],
        };
        assert_eq!(states(&ring), expected, "{state}");
        // Said a second time, it is no key of the ring.
        assert_eq!(ring.compromise(&name).unwrap_err().code(), "ring_key_unknown", "{state}");
    }
}

#[test]
fn a_compromise_says_from_when_on_the_next_key_is_known() {
    let (ring, _, clock) = ring();
    let done = ring.compromise(&in_state(&ring, Active)[0]).unwrap();
    assert_eq!(done.known_at.as_secs(), NOW + 86_400, "the spare is as new as the ring");
    clock.set(NOW + 2 * 86_400);
    let done = ring.compromise(&in_state(&ring, Active)[0]).unwrap();
    assert_eq!(done.known_at.as_secs(), NOW + 86_400, "for a day already");
}

#[test]
fn a_whole_ring_that_was_copied_is_replaced_key_by_key() {
    let (ring, _, clock) = ring();
    clock.advance(Duration::from_secs(86_400));
    ring.rotate().unwrap();
    let copied: Vec<String> = ring.keys().iter().map(|key| key.key_id().to_owned()).collect();
    for key_id in copied.iter().rev() {
        ring.compromise(key_id).unwrap();
    }
    assert!(ring.keys().iter().all(|key| !copied.iter().any(|one| one == key.key_id())));
    assert_eq!(states(&ring), [Active, Announced]);
}

#[test]
fn names_that_are_no_key_of_the_ring_are_refused_and_change_nothing() {
    let (ring, _, _) = ring();
    for name in ["", "kid", "\u{1b}[31m", &"x".repeat(10_000)] {
        let error = ring.compromise(name).unwrap_err();
        assert_eq!(error.code(), "ring_key_unknown");
        assert!(error.to_string().len() < 200 && !error.to_string().contains('\u{1b}'));
    }
    assert_eq!(ring.revision(), 1);
}

#[test]
fn a_ring_does_not_grow_without_bound() {
    let (ring, _, clock) = ring();
    let error = loop {
        clock.advance(SECOND);
        match ring.rotate_now() {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!((error.code(), ring.keys().len()), ("ring_full", 64));
    // A stolen key goes all the same, and room is made by time.
    ring.compromise(&in_state(&ring, Retiring)[0]).unwrap();
    ring.compromise(&in_state(&ring, Active)[0]).unwrap();
    clock.advance(Duration::from_secs(3600));
    ring.rotate_now().unwrap();
    assert_eq!(ring.keys().len(), 3);
}

#[test]
fn a_clock_that_is_set_back_neither_removes_nor_rotates() {
    let (ring, _, clock) = ring();
    clock.advance(Duration::from_secs(86_400));
    ring.rotate().unwrap();
    clock.set(NOW - 86_400);
    assert_eq!(states(&ring), [Retiring, Active, Announced]);
    assert_eq!(ring.maintain().unwrap().rotation, None);
    assert_eq!(ring.rotate().unwrap_err().code(), "ring_spare_too_new");
}

#[test]
fn a_ring_travels_between_threads_and_shows_no_key() {
    fn travels<T: Clone + Send + Sync + 'static>(_: &T) {}
    let (ring, _, _) = ring();
    travels(&ring);
    travels(&ring.issuer(|issuer| issuer).unwrap());
    let shown = format!("{ring:?} {:?}", ring.issuer(|issuer| issuer).unwrap());
    assert!(shown.starts_with("KeyRing { algorithm: EdDsa, revision: 1, .. }"), "{shown}");
    assert!(!shown.contains("PRIVATE") && !shown.contains(super::memory::PASSWORD), "{shown}");
}

#[test]
fn every_asymmetric_algorithm_has_rings() {
    for algorithm in Algorithm::ALL {
        // RSA keys take their time; one size of one family stands for all.
        let slow = ["RS384", "RS512", "PS256", "PS384", "PS512"].contains(&algorithm.name());
        if algorithm.is_symmetric() || slow || algorithm == Algorithm::Ed448 {
            continue;
        }
        let ring = KeyRing::builder(algorithm)
            .create_in(super::memory::Memory::default(), "password")
            .unwrap();
        let token = ring.issuer(|issuer| issuer).unwrap().issue(&Claims::empty()).unwrap();
        let verifier = Verifier::builder(&ring).build().unwrap();
        ring.rotate_now().unwrap();
        assert!(verifier.verify::<()>(&token).is_ok(), "{algorithm}");
    }
}
