//! The registry of a ring's errors: every reason has a code of its own, a message that was looked at,
//! and a section in `docs/errors.md`.

use std::collections::BTreeSet;

use jotem::error::Excerpt;
use jotem::{Algorithm, NumericDate};
use jotem_jwks::ring::RingError;

/// One of each, with facts as they occur.
fn samples() -> Vec<RingError> {
    let name = || Excerpt::new("/etc/auth/ring.json");
    let key_id = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
    vec![
        RingError::AlgorithmSymmetric { algorithm: Algorithm::Hs256 },
        RingError::AnnouncementTooShort { announce_for: 300, needed: 600 },
        RingError::Conflict { expected: 7, found: 8 },
        RingError::Damaged { problem: Excerpt::new("no key is active") },
        RingError::Exists { name: name() },
        RingError::Full { keys: 64 },
        RingError::KeyUnknown { key_id: Excerpt::new(key_id) },
        RingError::Locked { name: name() },
        RingError::Missing { name: name() },
        RingError::NotAFile { name: name() },
        RingError::Permissions { name: name(), mode: 0o644 },
        RingError::PublicOnly,
        RingError::Replaced { found: 3, known: 7 },
        RingError::RetirementTooShort { retire_for: 900, needed: 932 },
        RingError::RotationTooOften { rotate_every: 3_600, needed: 86_400 },
        RingError::SpareTooNew {
            key_id: key_id.to_owned(),
            known_at: NumericDate::from_secs(1_800_086_400),
            now: NumericDate::from_secs(1_800_000_000),
        },
        RingError::store("read", "/etc/auth/ring.json", "permission denied"),
        RingError::TimerOutOfRange { timer: "leeway", found: 30_000, least: 0, most: 300 },
        RingError::TokenNeverExpires,
        RingError::TokenOutlivesKey { lifetime: 3_600, limit: 900 },
        RingError::TooLarge { name: name(), bytes: 2_000_000 },
        RingError::VersionUnknown { version: 2, known: 1 },
    ]
}

#[test]
fn every_code_has_one_variant() {
    let codes: Vec<&str> = samples().iter().map(RingError::code).collect();
    assert_eq!(codes, RingError::CODES, "one sample for each, in their order");
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len(), "a code is used twice");
    assert!(codes.iter().all(|code| code.starts_with("ring_")));
}

#[test]
fn every_message_reads_as_it_was_agreed() {
    let lines = samples().into_iter().map(|error| {
        let public = error.public();
        format!(
            "{}\n  message: {error}\n  hint:    {}\n  wire:    {} / {}\n",
            error.code(),
            error.hint(),
            public.error,
            public.description
        )
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_code_has_a_section_in_the_documentation() {
    let documentation = include_str!("../../../../docs/errors.md");
    let (_, rings) = documentation.split_once("\n## Key rings\n").unwrap();
    let rings = rings.split("\n## ").next().unwrap();
    let sections: Vec<&str> =
        rings.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`')).collect();
    assert_eq!(sections, RingError::CODES);
    for error in samples() {
        for line in
            [format!("- For example: {error}\n"), format!("- What to do: {}\n", error.hint())]
        {
            assert!(rings.contains(&line), "docs/errors.md lacks: {line}");
        }
    }
}

#[test]
fn messages_are_one_sentence_without_a_full_stop() {
    for error in samples() {
        let message = error.to_string();
        assert!(!message.contains('\n') && !message.ends_with('.'), "{message}");
        assert!(message.chars().next().is_some_and(|first| !first.is_uppercase()), "{message}");
        assert!(!error.hint().is_empty(), "{message}");
        assert_eq!(error.public().error, "server_error");
    }
}

#[test]
fn what_the_engine_says_keeps_its_own_code_and_hint() {
    let error = jotem::Jwk::from_pem("no key").unwrap_err();
    let (code, hint) = (error.code().as_str(), error.hint());
    let error = RingError::from(error);
    assert_eq!((error.code(), error.hint()), (code, hint));
}
