//! Key rings: what is published, names, rotation, compromise, files.

use std::time::Duration;

use jotem::testing::FixedClock;
use jotem::{Algorithm, Claims, KeySet, Verifier};
use jotem_jwks::ring::{FileStore, KeyRing, KeyState, RingBuilder};
use serde_json::Value;
use tempfile::TempDir;

const NOW: u64 = 1_800_000_000;
const PASSWORD: &str = "correct horse battery staple";

fn builder(clock: &FixedClock) -> RingBuilder {
    KeyRing::builder(Algorithm::Es256).clock(clock.clone())
}

fn ring(folder: &TempDir, clock: &FixedClock) -> KeyRing {
    builder(clock).create_file(folder.path().join("ring.json"), PASSWORD).unwrap()
}

/// The names of the keys that are published now, after a look at everything else.
fn published(ring: &KeyRing) -> Vec<String> {
    let publication = ring.publication().unwrap();
    assert_eq!(publication.content_type(), "application/jwk-set+json");
    assert!(publication.cache_control().starts_with("public, max-age=300, stale-while-"));
    let set: Value = serde_json::from_str(publication.body()).unwrap();
    assert_eq!(set.as_object().unwrap().keys().collect::<Vec<_>>(), ["keys"]);
    let keys = set["keys"].as_array().unwrap();
    let name = |key: &Value| {
        let members: Vec<&str> = key.as_object().unwrap().keys().map(String::as_str).collect();
        let mut expected = vec!["alg", "crv", "kid", "kty", "use", "x", "y"];
        expected.retain(|member| members.contains(member));
        assert_eq!((members.len(), expected.len()), (7, 7), "only public members: {members:?}");
        key["kid"].as_str().unwrap().to_owned()
    };
    keys.iter().map(name).collect()
}

fn of_state(ring: &KeyRing, state: KeyState) -> Vec<String> {
    let keys = ring.keys();
    let keys = keys.iter().filter(|key| key.state() == state);
    keys.map(|key| key.key_id().to_owned()).collect()
}

/// J22: at every stage of a rotation what is published is public, and complete.
#[test]
fn j22_our_own_set_never_leaks_a_private_member_and_is_complete_at_every_stage() {
    let (folder, clock) = (TempDir::new().unwrap(), FixedClock::at(NOW));
    let ring = ring(&folder, &clock);
    let first = published(&ring);
    assert_eq!(first.len(), 2, "the active key and the one that comes next");

    clock.advance(ring.timers().announce_for());
    let rotation = ring.rotate().unwrap();
    let expected = [&*rotation.retired, &*rotation.active, &*rotation.announced];
    assert_eq!(published(&ring), expected, "the previous one, the active one and the next");
    assert_eq!(first, expected[..2], "in the order in which they came");

    clock.advance(ring.timers().retire_for() - Duration::from_secs(1));
    assert_eq!(published(&ring), expected);
    clock.advance(Duration::from_secs(1));
    assert_eq!(published(&ring), expected[1..], "removed by time alone");
    ring.maintain().unwrap();
    assert_eq!(published(&ring), expected[1..]);

    let compromise = ring.compromise(&rotation.active).unwrap();
    assert_eq!(compromise.active, rotation.announced);
    assert_eq!(published(&ring), [compromise.active, compromise.announced.unwrap()]);
}

/// J22: no kind of key is published with a private member, and the file has none in the clear.
#[test]
fn j22_no_algorithm_has_a_private_member_in_what_is_published() {
    for algorithm in [Algorithm::Es384, Algorithm::EdDsa, Algorithm::Rs256, Algorithm::MlDsa44] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("ring.json");
        let ring = KeyRing::builder(algorithm).create_file(&path, PASSWORD).unwrap();
        let set: Value = serde_json::from_str(ring.publication().unwrap().body()).unwrap();
        let file: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let kept = file["keys"].as_array().unwrap().iter().map(|key| &key["public"]);
        for key in set["keys"].as_array().unwrap().iter().chain(kept) {
            for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"] {
                assert!(key.get(member).is_none(), "{algorithm}: {member}");
            }
            assert_eq!(key["alg"], algorithm.name());
        }
    }
}

/// J22: a shared secret would be published as it is: there is no such ring.
#[test]
fn j22_a_shared_secret_is_refused() {
    for algorithm in [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512] {
        let folder = TempDir::new().unwrap();
        let made = KeyRing::builder(algorithm).create_file(folder.path().join("ring"), PASSWORD);
        assert_eq!(made.unwrap_err().code(), "ring_algorithm_symmetric");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

/// J23: a name is a thumbprint, so it can never be given to another key.
#[test]
fn j23_no_name_is_used_for_two_keys() {
    let (folder, clock) = (TempDir::new().unwrap(), FixedClock::at(NOW));
    let ring = ring(&folder, &clock);
    let mut seen: Vec<(String, String)> = Vec::new();
    for step in 0..12 {
        let set = KeySet::from_json(ring.publication().unwrap().body()).unwrap();
        for key in set.keys() {
            let name = key.key_id().unwrap().to_owned();
            assert_eq!(name, key.thumbprint(), "RFC 7638");
            let document = key.to_json().unwrap();
            match seen.iter().find(|(known, _)| *known == name) {
                Some((_, known)) => assert_eq!(*known, document, "another key under {name}"),
                None => seen.push((name, document)),
            }
        }
        clock.advance(ring.timers().announce_for());
        if step % 3 == 0 {
            ring.compromise(&of_state(&ring, KeyState::Active)[0]).unwrap();
        } else {
            ring.rotate().unwrap();
        }
    }
    assert_eq!(seen.len(), 13);
}

/// J23: a file in which a name belongs to another key is not taken.
#[test]
fn j23_a_key_under_the_name_of_another_is_refused() {
    let (folder, clock) = (TempDir::new().unwrap(), FixedClock::at(NOW));
    let path = folder.path().join("ring.json");
    drop(ring(&folder, &clock));
    let text = std::fs::read_to_string(&path).unwrap();
    for half in ["public", "private"] {
        let mut file: Value = serde_json::from_str(&text).unwrap();
        let other = file["keys"][1][half].clone();
        file["keys"][0][half] = other;
        std::fs::write(&path, file.to_string()).unwrap();
        let error = KeyRing::open_file(&path, PASSWORD).unwrap_err();
        assert_eq!(error.code(), "ring_damaged", "{half}");
        assert!(error.to_string().contains(half), "{error}");
    }
}

/// R24: rotation under load refuses nothing, for verifiers that fetch within the cache age.
#[test]
fn r24_a_rotation_breaks_no_live_token() {
    let (folder, clock) = (TempDir::new().unwrap(), FixedClock::at(NOW));
    let hour = Duration::from_secs(3600);
    let ring = builder(&clock)
        .token_lifetime(hour)
        .jwks_max_age(hour)
        .stale_while_revalidate(Duration::ZERO)
        .stale_if_error(Duration::ZERO)
        .fetch_interval(Duration::ZERO)
        .announce_for(hour)
        .rotate_every(2 * hour)
        .create_file(folder.path().join("ring.json"), PASSWORD)
        .unwrap();
    let issuer = ring.issuer(|issuer| issuer).unwrap();
    let mut live: Vec<(u64, String)> = Vec::new();
    let mut fetched = KeySet::default();
    let mut rotations = 0;
    for minute in 0..60 * 12_u64 {
        let now = NOW + minute * 60;
        clock.set(now);
        rotations += usize::from(ring.maintain().unwrap().rotation.is_some());
        if minute % 60 == 0 {
            fetched = KeySet::from_json(ring.publication().unwrap().body()).unwrap();
        }
        if minute % 20 == 0 {
            live.push((now + 3600, issuer.issue(&Claims::empty()).unwrap()));
            live.retain(|(expiry, _)| *expiry > now);
        }
        if minute % 10 == 9 {
            let builder = Verifier::builder(fetched.clone()).clock(clock.clone());
            let verifier = builder.build().unwrap();
            for (_, token) in &live {
                verifier.verify::<()>(token).unwrap();
            }
        }
    }
    assert_eq!(rotations, 5);
}

/// R24: a key that not everybody can know does not sign by accident.
#[test]
fn r24_a_rotation_before_the_next_key_is_known_is_refused() {
    let (folder, clock) = (TempDir::new().unwrap(), FixedClock::at(NOW));
    let ring = ring(&folder, &clock);
    clock.advance(ring.timers().announce_for() - Duration::from_secs(1));
    assert_eq!(ring.rotate().unwrap_err().code(), "ring_spare_too_new");
    clock.advance(Duration::from_secs(1));
    ring.rotate().unwrap();
    assert_eq!(ring.rotate().unwrap_err().code(), "ring_spare_too_new");
}

/// R25: a compromised key is refused at the next call, in another process within a second, and by
/// whoever fetches when its copy is as old as it may be.
#[test]
fn r25_a_compromised_key_verifies_nothing() {
    let (folder, clock) = (TempDir::new().unwrap(), FixedClock::at(NOW));
    let ring = ring(&folder, &clock);
    let path = folder.path().join("ring.json");
    let other = KeyRing::open_with_clock(FileStore::new(path), PASSWORD, clock.clone()).unwrap();
    let verifier = |ring: &KeyRing| Verifier::builder(ring).clock(clock.clone()).build().unwrap();
    let (here, there) = (verifier(&ring), verifier(&other));
    let stolen = of_state(&ring, KeyState::Active).remove(0);
    let token = ring.issuer(|issuer| issuer).unwrap().issue(&Claims::empty()).unwrap();
    here.verify::<()>(&token).unwrap();
    there.verify::<()>(&token).unwrap();

    ring.compromise(&stolen).unwrap();
    assert_eq!(here.verify::<()>(&token).unwrap_err().code().as_str(), "jws_key_not_found");
    clock.advance(Duration::from_secs(1));
    assert_eq!(there.verify::<()>(&token).unwrap_err().code().as_str(), "jws_key_not_found");
    let set = KeySet::from_json(ring.publication().unwrap().body()).unwrap();
    let fetched = Verifier::builder(set).clock(clock.clone()).build().unwrap();
    assert!(fetched.verify::<()>(&token).is_err());
    let file = std::fs::read_to_string(folder.path().join("ring.json")).unwrap();
    assert!(!file.contains(&stolen), "nothing of it is kept");
}

/// W16: the file is its owner's alone, and one that is not is refused.
#[cfg(unix)]
#[test]
fn w16_a_file_that_others_may_read_is_neither_made_nor_taken() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, clock) = (TempDir::new().unwrap(), FixedClock::at(NOW));
    let ring = ring(&folder, &clock);
    let path = folder.path().join("ring.json");
    ring.rotate_now().unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
    }
    for mode in [0o640, 0o620, 0o604, 0o644, 0o666, 0o610] {
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        let error = KeyRing::open_file(&path, PASSWORD).unwrap_err();
        assert_eq!(error.code(), "ring_permissions", "{mode:o}");
        assert_eq!(KeyRing::open_public_file(&path).unwrap_err().code(), "ring_permissions");
        assert!(ring.rotate_now().is_err(), "{mode:o}");
    }
    for mode in [0o600, 0o400] {
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        KeyRing::open_file(&path, PASSWORD).unwrap();
    }
}
