//! Several processes with one ring: what each notices, and what happens when two change it at once.

use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jotem_jwks::ring::{KeyRing, KeyState::Active, RingError, StoredRing};
use tempfile::TempDir;

use super::memory::{NOW, PASSWORD, in_state, ring, states};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_change_is_noticed_by_clones_at_once_and_by_another_process_within_a_second() {
    let (ring, memory, clock) = ring();
    let (clone, other) = (ring.clone(), memory.open(&clock));
    ring.rotate_now().unwrap();
    assert_eq!((clone.revision(), other.revision()), (2, 1));
    clock.advance(SECOND);
    assert_eq!(other.revision(), 2);
    assert_eq!(other.signing_key().unwrap().key_id(), ring.signing_key().unwrap().key_id());
    ring.rotate_now().unwrap();
    assert!(other.reload().unwrap(), "who does not want to wait asks");
    assert_eq!(other.revision(), 3);
    assert!(!other.reload().unwrap());
}

#[test]
fn a_clock_that_is_set_back_does_not_stop_anybody_from_looking() {
    let (ring, memory, clock) = ring();
    let other = memory.open(&clock);
    clock.set(NOW - 1_000_000);
    ring.rotate_now().unwrap();
    assert_eq!(other.revision(), 2);
}

#[test]
fn the_loser_of_two_rotations_is_told_and_has_changed_nothing() {
    let (ring, memory, clock) = ring();
    let other = memory.open(&clock);
    other.rotate_now().unwrap();
    let theirs = memory.kept.lock().unwrap().clone();
    // Now as it was before, and the other's change arrives in the middle of ours.
    let (ring2, memory2, _) = super::memory::ring();
    drop(ring);
    *memory2.intruder.lock().unwrap() = theirs;
    let error = ring2.rotate_now().unwrap_err();
    assert_eq!(error.code(), "ring_conflict");
    assert!(error.to_string().contains("revision is 2, not 1"), "{error}");
    assert_eq!(memory2.text(), memory.text());
    assert_eq!(ring2.revision(), 2, "and it knows what the other did");
}

#[test]
fn a_compromise_is_done_on_top_of_what_another_process_did() {
    let (ring, memory, clock) = ring();
    let stolen = in_state(&ring, Active).remove(0);
    // What another process is about to write.
    let before = memory.kept.lock().unwrap().clone();
    memory.open(&clock).rotate_now().unwrap();
    let theirs = memory.kept.lock().unwrap().clone();
    *memory.kept.lock().unwrap() = before;
    *memory.intruder.lock().unwrap() = theirs;

    let done = ring.compromise(&stolen).unwrap();
    assert_eq!(done.was, jotem_jwks::ring::KeyState::Retiring, "they had rotated it already");
    assert_eq!(ring.revision(), 3);
    assert!(!memory.text().contains(&stolen));
}

#[test]
fn maintenance_of_two_processes_rotates_once() {
    let (ring, memory, clock) = ring();
    let other = memory.open(&clock);
    clock.advance(Duration::from_secs(30 * 86_400));
    assert!(ring.maintain().unwrap().rotation.is_some());
    assert!(other.maintain().unwrap().rotation.is_none());
    assert_eq!(other.revision(), 2);
}

#[test]
fn threads_that_rotate_at_once_leave_one_consistent_ring() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ring.json");
    KeyRing::builder(jotem::Algorithm::EdDsa).create_file(&path, PASSWORD).unwrap();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let ring = KeyRing::open_file(&path, PASSWORD).unwrap();
            std::thread::spawn(move || {
                let mut done = 0;
                for _ in 0..8 {
                    match ring.rotate_now() {
                        Ok(_) => done += 1,
                        Err(error) => assert_eq!(error.code(), "ring_conflict"),
                    }
                }
                done
            })
        })
        .collect();
    let done: u64 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    let ring = KeyRing::open_file(&path, PASSWORD).unwrap();
    assert!(done >= 8, "{done}");
    assert_eq!(ring.revision(), 1 + done, "each rotation that was reported is there");
    assert_eq!(ring.keys().len() as u64, 2 + done);
    assert_eq!(in_state(&ring, Active).len(), 1);
}

#[test]
fn a_ring_whose_store_fails_goes_on_with_what_it_has() {
    let (ring, memory, clock) = ring();
    let good = memory.kept.lock().unwrap().take();
    clock.advance(SECOND);
    assert_eq!(states(&ring).len(), 2);
    assert!(ring.issuer(|issuer| issuer).is_ok());
    assert_eq!(ring.last_error().unwrap().code(), "ring_missing");
    assert_eq!(ring.rotate_now().unwrap_err().code(), "ring_missing", "and is not made anew");
    assert!(memory.kept.lock().unwrap().is_none());
    // What comes back is taken again.
    *memory.kept.lock().unwrap() = good;
    clock.advance(SECOND);
    assert!(ring.last_error().is_none());
    ring.rotate_now().unwrap();
}

#[test]
fn an_older_state_is_not_taken_back() {
    let (ring, memory, clock) = ring();
    let stolen = in_state(&ring, Active).remove(0);
    let copy = memory.kept.lock().unwrap().clone();
    ring.compromise(&stolen).unwrap();
    *memory.kept.lock().unwrap() = copy;
    clock.advance(SECOND);
    assert!(ring.keys().iter().all(|key| key.key_id() != stolen), "it is gone for good");
    assert_eq!(ring.last_error().unwrap().code(), "ring_replaced");
    assert_eq!(ring.reload().unwrap_err().code(), "ring_replaced");
    assert_eq!(ring.rotate_now().unwrap_err().code(), "ring_replaced");
}

#[test]
fn another_ring_in_the_place_of_this_one_is_not_taken() {
    let (first, memory, clock) = ring();
    let (_, others, _) = ring();
    *memory.kept.lock().unwrap() = others.kept.lock().unwrap().clone();
    assert_eq!(first.reload().unwrap_err().code(), "ring_replaced", "the same revision");
    let es256 = KeyRing::builder(jotem::Algorithm::Es256).clock(clock);
    let es256 = es256.create_in(memory, PASSWORD).unwrap();
    es256.rotate_now().unwrap();
    assert_eq!(first.reload().unwrap_err().code(), "ring_replaced", "a later one of ES256");
    assert_eq!(first.algorithm(), jotem::Algorithm::EdDsa);
}

/// A store whose next load panics.
#[derive(Debug, Clone)]
struct Panics(super::memory::Memory, Arc<std::sync::atomic::AtomicBool>);

impl jotem_jwks::ring::RingStore for Panics {
    fn create(&self, ring: &StoredRing) -> Result<(), RingError> {
        self.0.create(ring)
    }

    fn load(&self) -> Result<StoredRing, RingError> {
        assert!(!self.1.swap(false, std::sync::atomic::Ordering::SeqCst), "the store has a defect");
        self.0.load()
    }

    fn replace(&self, expected: u64, ring: &StoredRing) -> Result<(), RingError> {
        self.0.replace(expected, ring)
    }
}

#[test]
fn a_store_that_panics_once_stops_nobody_from_looking() {
    let (other, memory, clock) = ring();
    let store = Panics(memory, Arc::default());
    let ring = KeyRing::open_with_clock(store.clone(), PASSWORD, clock.clone()).unwrap();
    store.1.store(true, std::sync::atomic::Ordering::SeqCst);
    let caller = ring.clone();
    assert!(std::thread::spawn(move || caller.rotate_now()).join().is_err());
    other.rotate_now().unwrap();
    clock.advance(SECOND);
    assert_eq!(ring.revision(), 2);
    ring.rotate_now().unwrap();
}

/// A store in which, while one thread looks, another one verifies.
#[derive(Debug, Clone, Default)]
struct Watched {
    kept: super::memory::Memory,
    meanwhile: Arc<Mutex<Option<Meanwhile>>>,
    verdict: Arc<Mutex<Option<JoinHandle<bool>>>>,
}

/// The other thread: which ring it has, and which key must not be there.
#[derive(Debug)]
struct Meanwhile {
    ring: KeyRing,
    stolen: String,
}

impl jotem_jwks::ring::RingStore for Watched {
    fn create(&self, ring: &StoredRing) -> Result<(), RingError> {
        self.kept.create(ring)
    }

    fn load(&self) -> Result<StoredRing, RingError> {
        if let Some(Meanwhile { ring, stolen }) = self.meanwhile.lock().unwrap().take() {
            let verifies = move || {
                ring.verifying_keys().iter().any(|key| key.key_id() == Some(stolen.as_str()))
            };
            let verdict = std::thread::spawn(verifies);
            // Time enough for one that does not wait, and little beside what one that does has patience for.
            let begun = Instant::now();
            while !verdict.is_finished() && begun.elapsed() < Duration::from_millis(20) {
                std::thread::yield_now();
            }
            *self.verdict.lock().unwrap() = Some(verdict);
        }
        self.kept.load()
    }

    fn replace(&self, expected: u64, ring: &StoredRing) -> Result<(), RingError> {
        self.kept.replace(expected, ring)
    }
}

#[test]
fn a_key_that_was_removed_during_a_pause_verifies_for_nobody_who_comes_second() {
    let (other, kept, clock) = ring();
    let store = Watched { kept, ..Watched::default() };
    let ring = KeyRing::open_with_clock(store.clone(), PASSWORD, clock.clone()).unwrap();
    let stolen = in_state(&other, Active).remove(0);
    other.compromise(&stolen).unwrap();
    clock.advance(Duration::from_secs(3_600));
    *store.meanwhile.lock().unwrap() = Some(Meanwhile { ring: ring.clone(), stolen });
    assert_eq!(ring.revision(), 2);
    let verdict = store.verdict.lock().unwrap().take().unwrap();
    assert!(!verdict.join().unwrap());
}
