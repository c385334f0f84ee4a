//! Durations that fit each other, and those that are refused.

use std::time::Duration;

use jotem::Algorithm;
use jotem_jwks::ring::{KeyRing, RingBuilder, Timers};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn builder() -> RingBuilder {
    KeyRing::builder(Algorithm::Es256)
}

#[test]
fn the_defaults_are_those_that_are_written_down() {
    let timers = builder().timers().unwrap();
    let expected = [
        (timers.token_lifetime(), 900),
        (timers.leeway(), 30),
        (timers.jwks_max_age(), 300),
        (timers.fetch_interval(), 300),
        (timers.announce_for(), 86_400),
        (timers.rotate_every(), 30 * 86_400),
        (timers.retire_for(), 3_600),
        (timers.stale_while_revalidate(), 3_600),
        (timers.stale_if_error(), 85_800),
    ];
    for (found, expected) in expected {
        assert_eq!(found, seconds(expected));
    }
}

#[test]
fn what_is_not_set_is_computed_so_that_it_fits() {
    // Tokens that live long make keys retire for long.
    let timers = builder().token_lifetime(seconds(86_400)).timers().unwrap();
    assert_eq!(timers.retire_for(), seconds(86_400 + 30 + 2));
    // Caches that keep the set for long make keys be announced for long.
    let timers = builder().jwks_max_age(seconds(2 * 86_400)).timers().unwrap();
    assert_eq!(timers.announce_for(), seconds(2 * 86_400 + 300));
    assert_eq!(timers.stale_if_error(), Duration::ZERO, "there is no room for it");
    // Keys that rotate fast are announced for less, and old copies are kept for less.
    let timers = builder().rotate_every(seconds(2 * 3600)).timers().unwrap();
    assert_eq!(timers.announce_for(), seconds(2 * 3600));
    assert_eq!(timers.stale_if_error(), seconds(2 * 3600 - 600));
    assert_eq!(timers.stale_while_revalidate(), seconds(3600));
}

#[test]
fn parts_of_a_second_are_rounded_up() {
    let timers = builder().token_lifetime(Duration::from_millis(900_001)).timers().unwrap();
    assert_eq!(timers.token_lifetime(), seconds(901));
}

/// Each with the one second that makes the difference.
#[test]
fn what_does_not_fit_is_refused_to_the_second() {
    type Set = fn(RingBuilder, Duration) -> RingBuilder;
    let hour = seconds(3600);
    let cases: [(&str, Set, u64); 9] = [
        // Known everywhere: max-age, the longer stale time, the fetch interval.
        ("ring_announcement_too_short", |b, d| b.announce_for(d), 600),
        (
            "ring_announcement_too_short",
            |b, d| {
                b.stale_if_error(seconds(1000)).stale_while_revalidate(seconds(9)).announce_for(d)
            },
            1600,
        ),
        (
            "ring_announcement_too_short",
            |b, d| b.stale_while_revalidate(seconds(1000)).announce_for(d),
            1600,
        ),
        // Until the last token has expired.
        ("ring_retirement_too_short", |b, d| b.retire_for(d), 932),
        (
            "ring_retirement_too_short",
            |b, d| b.token_lifetime(seconds(7200)).leeway(seconds(300)).retire_for(d),
            7502,
        ),
        ("ring_retirement_too_short", |b, d| b.leeway(Duration::ZERO).retire_for(d), 902),
        // Not before the next key is known, and not so often that the set is full of old ones.
        ("ring_rotation_too_often", |b, d| b.announce_for(seconds(7200)).rotate_every(d), 7200),
        (
            "ring_rotation_too_often",
            |b, d| b.token_lifetime(seconds(160_000 - 32)).rotate_every(d),
            10_000,
        ),
        ("ring_rotation_too_often", |b, d| b.rotate_every(d), 600),
    ];
    for (code, set, least) in cases {
        let fits = set(builder(), seconds(least)).timers();
        assert!(fits.is_ok(), "{code} at {least}: {fits:?}");
        let error = set(builder(), seconds(least - 1)).timers().unwrap_err();
        assert_eq!(error.code(), code);
        assert!(error.to_string().contains(&(least - 1).to_string()), "{error}");
        assert!(error.to_string().contains(&least.to_string()), "{error}");
    }
    assert!(builder().announce_for(hour).rotate_every(hour).timers().is_ok());
}

#[test]
fn what_makes_no_sense_is_refused() {
    let year = seconds(366 * 86_400);
    let wrong: [(&str, RingBuilder); 10] = [
        ("token_lifetime", builder().token_lifetime(Duration::ZERO)),
        ("token_lifetime", builder().token_lifetime(year + seconds(1))),
        ("token_lifetime", builder().token_lifetime(Duration::MAX)),
        ("leeway", builder().leeway(seconds(301))),
        ("jwks_max_age", builder().jwks_max_age(seconds(300_000_000))),
        ("fetch_interval", builder().fetch_interval(Duration::MAX)),
        ("announce_for", builder().announce_for(year + seconds(1)).rotate_every(2 * year)),
        ("rotate_every", builder().rotate_every(Duration::MAX)),
        ("retire_for", builder().retire_for(Duration::MAX)),
        ("stale_if_error", builder().stale_if_error(Duration::MAX)),
    ];
    for (timer, builder) in wrong {
        let error = builder.timers().unwrap_err();
        assert_eq!(error.code(), "ring_timer_out_of_range", "{timer}: {error}");
        assert!(error.to_string().starts_with(timer), "{error}");
    }
}

#[test]
fn a_ring_is_refused_before_anything_is_made() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("ring.json");
    let made = builder().retire_for(seconds(60)).create_file(&path, "password");
    assert_eq!(made.unwrap_err().code(), "ring_retirement_too_short");
    let made = builder().create_file(&path, "");
    assert_eq!(made.unwrap_err().code(), "key_password_empty");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn an_rsa_ring_has_the_size_that_was_asked_for_and_keeps_it() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("ring.json");
    let rsa = || KeyRing::builder(Algorithm::Ps256);
    assert_eq!(rsa().rsa_bits(1024).create_file(&path, "p").unwrap_err().code(), "key_rsa_size");
    let es256 = builder().rsa_bits(2048).create_file(&path, "p");
    assert_eq!(es256.unwrap_err().code(), "key_algorithm_mismatch");
    let ring = rsa().rsa_bits(3072).create_file(&path, "p").unwrap();
    ring.rotate_now().unwrap();
    let bits = ring.verifying_keys().iter().map(|key| key.to_jwk().unwrap().bits()).max();
    let least = ring.verifying_keys().iter().map(|key| key.to_jwk().unwrap().bits()).min();
    assert_eq!((bits, least), (Some(3072), Some(3072)));
}

#[test]
fn timers_are_small_and_can_be_compared() {
    fn travels<T: Copy + Send + Sync + 'static>() {}
    travels::<Timers>();
    assert_eq!(builder().timers().unwrap(), builder().timers().unwrap());
}
