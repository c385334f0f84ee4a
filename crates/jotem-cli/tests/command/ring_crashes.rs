//! Rotations that are killed, and rotations at the same time: what is kept is always a ring.

#![expect(clippy::arithmetic_side_effects, reason = "small numbers")]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jotem::Algorithm;
use jotem_jwks::ring::{KeyRing, KeyState};

use super::sandbox::Sandbox;

/// How often a rotation is killed, by each of two threads.
const KILLS: u32 = 100;

/// A ring whose keys retire within seconds, so that it stays small.
fn small(path: &Path) -> KeyRing {
    let seconds = Duration::from_secs;
    KeyRing::builder(Algorithm::EdDsa)
        .token_lifetime(seconds(1))
        .leeway(Duration::ZERO)
        .retire_for(seconds(3))
        .create_file(path, "open sesame")
        .unwrap()
}

fn sandbox() -> Sandbox {
    Sandbox::new().with("password", "open sesame")
}

fn rotation(sandbox: &Sandbox) -> Command {
    let arguments =
        ["ring", "rotate", "ring.json", "--now", "--password-file", "password", "--json"];
    let mut command = sandbox.command(&arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// What every ring has at every moment.
fn assert_sound(ring: &KeyRing) {
    let keys = ring.keys();
    let count = |state| keys.iter().filter(|key| key.state() == state).count();
    assert_eq!(count(KeyState::Active), 1);
    assert_eq!(count(KeyState::Announced), 1);
    assert!(ring.signing_key().is_ok());
}

/// Kills the command: a moment after it began, or, since nearly all of its time goes into deriving
/// the key, a moment after it has taken the lock. The last one is killed after the ring was changed,
/// however slow the disk is.
fn kill(mut child: Child, (ring, lock): (&Path, &Path), number: u32) {
    let began = Instant::now();
    if number + 1 == KILLS {
        let file = || std::fs::metadata(ring).unwrap().modified().unwrap();
        let before = file();
        while file() == before && child.try_wait().unwrap().is_none() {}
    } else if number.is_multiple_of(2) {
        let moment = Duration::from_millis(u64::from(number) * 2);
        while began.elapsed() < moment && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(100));
        }
    } else {
        while !lock.exists() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(20));
        }
        // Locking, writing, moving, confirming: some milliseconds in all.
        let locked = Instant::now();
        let moment = Duration::from_micros(u64::from(number * number / 2));
        while locked.elapsed() < moment {
            std::hint::spin_loop();
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Kills rotations one after the other, and reads the ring after each. Returns how many of them had
/// changed it.
fn kill_rotations() -> u32 {
    let sandbox = sandbox();
    let (path, lock) = (sandbox.path("ring.json"), sandbox.path(".ring.json.lock"));
    let ring = small(&path);
    let mut changed = 0;
    for number in 0..KILLS {
        // Where there is none, its making says that it was taken.
        drop(std::fs::remove_file(&lock));
        let before = ring.revision();
        kill(rotation(&sandbox).spawn().unwrap(), (&path, &lock), number);
        // Everything is read, and every private key opened.
        let after = if ring.reload().unwrap() { before + 1 } else { before };
        changed += u32::from(after > before);
        assert_eq!(ring.revision(), after, "killed at most one rotation");
        assert_sound(&ring);
    }
    // What the killed left behind is in nobody's way, and gone afterwards.
    assert!(rotation(&sandbox).status().unwrap().success());
    assert_eq!(sandbox.names(), [".ring.json.lock", "password", "ring.json"]);
    assert_sound(&KeyRing::open_file(&path, "open sesame").unwrap());
    changed
}

#[test]
fn a_rotation_that_is_killed_at_any_moment_leaves_a_ring_that_loads() {
    let threads = [(); 2].map(|()| std::thread::spawn(kill_rotations));
    let changed: u32 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    // Some were killed before the ring was changed, and some after: so others were in between.
    assert!((1..2 * KILLS).contains(&changed), "{changed} of {} were changed", 2 * KILLS);
}

#[test]
fn two_processes_that_rotate_at_once_leave_one_consistent_ring() {
    let sandbox = sandbox();
    let ring = small(&sandbox.path("ring.json"));
    let mut rotated = 0;
    for _ in 0..4 {
        let both = [(); 2].map(|()| rotation(&sandbox).stdout(Stdio::piped()).spawn().unwrap());
        for child in both {
            let output = child.wait_with_output().unwrap();
            let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            match output.status.code() {
                Some(0) => {
                    assert_eq!(document["rotated"], true);
                    rotated += 1;
                }
                // Who came second is told so, and may look and call again.
                status => {
                    assert_eq!(status, Some(3));
                    assert_eq!(document["code"], "ring_conflict");
                }
            }
        }
        ring.reload().unwrap();
        assert_eq!(ring.revision(), 1 + rotated, "each rotation that was reported is there");
        assert_sound(&ring);
    }
    assert!(rotated >= 4);
}
