//! The file of a ring: what is in it, and what is not taken for one.

use std::fs;
use std::path::PathBuf;

use jotem::testing::FixedClock;
use jotem::{Algorithm, SigningKey};
use jotem_jwks::ring::{FileStore, KeyRing};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::memory::{NOW, PASSWORD, builder};

struct Kept {
    folder: TempDir,
    clock: FixedClock,
    ring: KeyRing,
}

fn kept() -> Kept {
    let (folder, clock) = (TempDir::new().unwrap(), FixedClock::at(NOW));
    let ring = builder(&clock).create_file(folder.path().join("ring.json"), PASSWORD).unwrap();
    Kept { folder, clock, ring }
}

impl Kept {
    fn path(&self) -> PathBuf {
        self.folder.path().join("ring.json")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    /// The code with which the file is refused that has this text.
    fn refusal(&self, text: impl AsRef<[u8]>) -> &'static str {
        fs::write(self.path(), text).unwrap();
        let public = KeyRing::open_public_file(self.path());
        let opened = KeyRing::open_file(self.path(), PASSWORD).unwrap_err();
        assert!(opened.to_string().len() < 300, "{opened}");
        assert!(!opened.to_string().contains("PRIVATE KEY-----"), "{opened}");
        assert!(public.is_err() || opened.to_string().contains("private"), "{opened}");
        opened.code()
    }

    /// The code with which the file is refused after a change of its JSON.
    fn refusal_of(&self, good: &str, change: impl Fn(&mut Value)) -> &'static str {
        let mut document = serde_json::from_str(good).unwrap();
        change(&mut document);
        self.refusal(document.to_string())
    }
}

#[test]
fn the_file_is_json_of_timers_and_encrypted_keys() {
    let kept = kept();
    let file: Value = serde_json::from_str(&kept.text()).unwrap();
    assert_eq!((&file["version"], &file["revision"]), (&json!(1), &json!(1)));
    assert_eq!(file["algorithm"], "EdDSA");
    assert_eq!(file["timers"].as_object().unwrap().len(), 9);
    for key in file["keys"].as_array().unwrap() {
        // Any tool opens each of them by itself.
        let pem = key["private"].as_str().unwrap();
        let private = SigningKey::from_encrypted_pem(pem, PASSWORD, Algorithm::EdDsa).unwrap();
        assert_eq!(private.verifying_key().thumbprint().unwrap(), key["kid"].as_str().unwrap());
    }
    let seed = file["keys"][0]["public"].as_object().unwrap();
    assert!(!seed.contains_key("d"));
}

#[test]
fn a_file_is_read_again_as_it_was_written() {
    let kept = kept();
    kept.clock.set(NOW + 86_400);
    kept.ring.rotate().unwrap();
    let again = FileStore::new(kept.path());
    let again = KeyRing::open_with_clock(again, PASSWORD, kept.clock.clone()).unwrap();
    assert_eq!(again.keys(), kept.ring.keys());
    assert_eq!(again.timers(), kept.ring.timers());
    assert_eq!(again.revision(), 2);
    assert_eq!(fs::read_dir(kept.folder.path()).unwrap().count(), 2, "the file and its lock");
}

#[test]
fn a_wrong_password_opens_nothing() {
    let kept = kept();
    for password in ["open sesame", "correct horse battery staple ", "Correct horse battery staple"]
    {
        let error = KeyRing::open_file(kept.path(), password).unwrap_err();
        assert_eq!(error.code(), "key_password_wrong");
        assert!(!error.to_string().contains(password));
    }
    let error = KeyRing::open_file(kept.path(), "").unwrap_err();
    assert_eq!(error.code(), "key_password_empty");
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_refused() {
    let kept = kept();
    let text = kept.text();
    for length in (0..text.trim_end().len()).step_by(41) {
        assert_eq!(kept.refusal(&text[..length]), "ring_damaged", "{length}");
    }
}

#[test]
fn what_is_no_ring_is_refused() {
    let kept = kept();
    for text in
        ["", "{}", "[]", "null", "{\"version\":1}", "\u{feff}{}", "-----BEGIN", "{\"keys\":[]}"]
    {
        assert_eq!(kept.refusal(text), "ring_damaged", "{text}");
    }
    assert_eq!(kept.refusal([0xff, 0xfe, 0]), "ring_damaged");
    assert_eq!(kept.refusal(" ".repeat(1024 * 1024 + 1)), "ring_too_large");
}

#[test]
fn a_version_that_is_not_known_is_refused_by_its_number() {
    let kept = kept();
    let good = kept.text();
    for version in [0, 2, 4_000_000_000_u64] {
        let code = kept.refusal_of(&good, |ring| ring["version"] = version.into());
        assert_eq!(code, "ring_version_unknown");
    }
    // Whatever else a newer version has.
    assert_eq!(kept.refusal(r#"{"version":2,"revision":9,"rings":[]}"#), "ring_version_unknown");
    assert_eq!(kept.refusal_of(&good, |ring| ring["version"] = "1".into()), "ring_damaged");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_file_that_was_changed_by_hand_is_refused() {
    type Change = fn(&mut Value);
    let kept = kept();
    kept.clock.set(NOW + 86_400);
    kept.ring.rotate().unwrap();
    let good = kept.text();
    let changes: [(&str, Change, &str); 22] = [
        ("another member", |r| r["note"] = "x".into(), "ring_damaged"),
        ("a timer more", |r| r["timers"]["grace"] = 1.into(), "ring_damaged"),
        (
            "a timer less",
            |r| drop(r["timers"].as_object_mut().unwrap().remove("leeway")),
            "ring_damaged",
        ),
        ("a negative timer", |r| r["timers"]["leeway"] = (-1).into(), "ring_damaged"),
        (
            "a timer out of range",
            |r| r["timers"]["leeway"] = 9999.into(),
            "ring_timer_out_of_range",
        ),
        (
            "timers that do not fit",
            |r| r["timers"]["retire_for"] = 60.into(),
            "ring_retirement_too_short",
        ),
        ("a member of a key more", |r| r["keys"][0]["x"] = 1.into(), "ring_damaged"),
        ("no algorithm", |r| drop(r.as_object_mut().unwrap().remove("algorithm")), "ring_damaged"),
        ("an algorithm nobody knows", |r| r["algorithm"] = "XX1".into(), "ring_damaged"),
        (
            "an algorithm of secrets",
            |r| r["algorithm"] = "HS256".into(),
            "ring_algorithm_symmetric",
        ),
        (
            "an algorithm of other keys",
            |r| r["algorithm"] = "ES256".into(),
            "key_algorithm_mismatch",
        ),
        ("no keys", |r| r["keys"] = json!([]), "ring_damaged"),
        ("no active key", |r| drop(r["keys"].as_array_mut().unwrap().remove(1)), "ring_damaged"),
        ("no announced key", |r| drop(r["keys"].as_array_mut().unwrap().pop()), "ring_damaged"),
        ("two active keys", |r| r["keys"][2]["activated_at"] = NOW.into(), "ring_damaged"),
        (
            "a key twice",
            |r| {
                let key = r["keys"][2].clone();
                r["keys"].as_array_mut().unwrap().push(key);
            },
            "ring_damaged",
        ),
        ("another name", |r| r["keys"][1]["kid"] = "2026-11".into(), "ring_damaged"),
        (
            "a retiring key without an end",
            |r| drop(r["keys"][0].as_object_mut().unwrap().remove("removed_at")),
            "ring_damaged",
        ),
        (
            "a retiring key that never signed",
            |r| drop(r["keys"][0].as_object_mut().unwrap().remove("activated_at")),
            "ring_damaged",
        ),
        (
            "a retiring key with its private half",
            |r| r["keys"][0]["private"] = r["keys"][1]["private"].clone(),
            "ring_damaged",
        ),
        (
            "an active key without its private half",
            |r| drop(r["keys"][1].as_object_mut().unwrap().remove("private")),
            "ring_damaged",
        ),
        (
            "a date that is none",
            |r| r["keys"][0]["announced_at"] = "yesterday".into(),
            "ring_damaged",
        ),
    ];
    for (what, change, code) in changes {
        assert_eq!(kept.refusal_of(&good, change), code, "{what}");
    }
    fs::write(kept.path(), &good).unwrap();
    KeyRing::open_file(kept.path(), PASSWORD).unwrap();
}

#[test]
fn keys_that_were_changed_by_hand_are_refused() {
    let kept = kept();
    let good = kept.text();
    let file: Value = serde_json::from_str(&good).unwrap();
    let name = file["keys"][0]["kid"].as_str().unwrap();
    // A member written twice, in the ring or in a key: which one counts is not for us to guess.
    let twice = good.replacen("\"revision\": 1,", "\"revision\": 1,\n\"revision\": 1,", 1);
    assert_eq!(kept.refusal(twice), "ring_damaged");
    let twice = good.replacen("\"kty\":\"OKP\",", "\"kty\":\"OKP\",\"kty\":\"OKP\",", 1);
    assert!(kept.refusal(twice).starts_with("key_"));
    // A private JWK where the public one belongs.
    let leaked =
        good.replacen("\"kty\":\"OKP\",", &format!("\"kty\":\"OKP\",\"d\":\"{name}\","), 1);
    assert!(kept.refusal(leaked).starts_with("key_"));
    // A private key in the clear.
    let clear = SigningKey::generate(Algorithm::EdDsa).unwrap().to_pem().unwrap();
    let clear = String::from_utf8(clear.expose().to_vec()).unwrap();
    fs::write(kept.path(), {
        let mut changed = file.clone();
        changed["keys"][0]["private"] = clear.into();
        changed.to_string()
    })
    .unwrap();
    let error = KeyRing::open_file(kept.path(), PASSWORD).unwrap_err();
    assert_eq!(error.code(), "key_not_encrypted");
}

#[test]
fn a_ring_that_runs_survives_whatever_happens_to_its_file() {
    let kept = kept();
    let keys = kept.ring.keys();
    let good = kept.text();
    for (text, code) in
        [("", "ring_damaged"), ("{\"version\":2}", "ring_damaged"), (&good[..99], "ring_damaged")]
    {
        fs::write(kept.path(), text).unwrap();
        kept.clock.advance(std::time::Duration::from_secs(1));
        assert_eq!(kept.ring.keys(), keys, "{text}");
        assert_eq!(kept.ring.last_error().unwrap().code(), code);
        assert!(kept.ring.rotate_now().is_err(), "nothing is built on it");
        assert_eq!(kept.text(), text);
    }
    fs::remove_file(kept.path()).unwrap();
    kept.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(kept.ring.keys(), keys);
    assert_eq!(kept.ring.last_error().unwrap().code(), "ring_missing");
}

#[test]
fn a_file_that_exists_is_never_replaced_by_a_new_ring() {
    let kept = kept();
    let before = kept.text();
    let made = builder(&kept.clock).create_file(kept.path(), PASSWORD);
    assert_eq!(made.unwrap_err().code(), "ring_exists");
    assert_eq!(kept.text(), before);
    let missing = kept.folder.path().join("missing/ring.json");
    let made = builder(&kept.clock).create_file(&missing, PASSWORD).unwrap_err();
    assert_eq!(made.code(), "ring_store");
    assert!(std::error::Error::source(&made).is_some());
    let error = KeyRing::open_file(&missing, PASSWORD).unwrap_err();
    assert_eq!(error.code(), "ring_missing");
    assert_eq!(KeyRing::open_file(kept.folder.path(), "p").unwrap_err().code(), "ring_not_a_file");
}

#[cfg(unix)]
#[test]
fn a_link_is_not_followed() {
    let kept = kept();
    let link = kept.folder.path().join("link.json");
    std::os::unix::fs::symlink(kept.path(), &link).unwrap();
    assert_eq!(KeyRing::open_file(&link, PASSWORD).unwrap_err().code(), "ring_not_a_file");
    let dangling = kept.folder.path().join("dangling.json");
    std::os::unix::fs::symlink("nowhere", &dangling).unwrap();
    let made = builder(&kept.clock).create_file(&dangling, PASSWORD);
    assert_eq!(made.unwrap_err().code(), "ring_exists");
    // The file that became a link under a ring that runs.
    fs::rename(kept.path(), kept.folder.path().join("moved.json")).unwrap();
    std::os::unix::fs::symlink("moved.json", kept.path()).unwrap();
    assert_eq!(kept.ring.rotate_now().unwrap_err().code(), "ring_not_a_file");
}

/// The superuser may write into any folder: there is nothing to be seen then.
#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_lets_a_ring_sign_but_not_change() {
    use std::os::unix::fs::PermissionsExt;
    let kept = kept();
    fs::set_permissions(kept.folder.path(), PermissionsExt::from_mode(0o500)).unwrap();
    let may_write = fs::write(kept.folder.path().join("probe"), "").is_ok();
    let opened = KeyRing::open_file(kept.path(), PASSWORD).unwrap();
    assert!(opened.issuer(|issuer| issuer).is_ok());
    let rotated = opened.rotate_now();
    fs::set_permissions(kept.folder.path(), PermissionsExt::from_mode(0o700)).unwrap();
    if may_write {
        rotated.unwrap();
    } else {
        assert_eq!(rotated.unwrap_err().code(), "ring_store");
        assert_eq!(KeyRing::open_file(kept.path(), PASSWORD).unwrap().revision(), 1);
    }
}

#[test]
fn a_lock_that_nobody_gives_back_is_no_end_of_reading() {
    let kept = kept();
    let lock = fs::File::create(kept.folder.path().join(".ring.json.lock")).unwrap();
    fs4::FileExt::lock(&lock).unwrap();
    assert_eq!(KeyRing::open_file(kept.path(), PASSWORD).unwrap().revision(), 1);
    let changing = std::thread::spawn({
        let ring = kept.ring.clone();
        move || ring.rotate_now()
    });
    // It waits; what is read meanwhile does not.
    for _ in 0..100 {
        assert_eq!(kept.ring.keys().len(), 2);
    }
    drop(lock);
    changing.join().unwrap().unwrap();
    assert_eq!(kept.ring.revision(), 2);
}
