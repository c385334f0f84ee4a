//! The registry of errors: every variant has a code of its own, a message that was looked at, and a
//! section in `docs/errors.md`.

mod samples;

use std::collections::BTreeSet;

use jotem::error::{Code, Excerpt};

/// One line an error: what a developer reads, and what goes on the wire.
fn describe(error: &jotem::Error) -> String {
    let public = error.public();
    format!(
        "{}\n  message: {error}\n  hint:    {}\n  wire:    {} / {}\n",
        error.code(),
        error.hint(),
        public.error,
        public.description
    )
}

#[test]
fn every_code_has_one_variant() {
    let codes: Vec<Code> = samples::all().iter().map(jotem::Error::code).collect();
    let distinct: BTreeSet<Code> = codes.iter().copied().collect();
    assert_eq!(distinct.len(), codes.len(), "two samples share a code");
    let missing: Vec<_> = Code::ALL.iter().filter(|code| !distinct.contains(code)).collect();
    assert!(missing.is_empty(), "no sample for {missing:?}");
}

#[test]
fn every_message_reads_as_it_was_agreed() {
    let text: String = samples::all().iter().map(describe).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(text);
}

#[test]
fn every_code_has_a_section_in_the_documentation() {
    let documentation = include_str!("../../../../docs/errors.md");
    // The codes after that heading are not the engine's; tests of `jotem-jwks` and of the Python package
    // hold them.
    let (engine, _) = documentation.split_once("\n## Key rings\n").unwrap();
    let sections: Vec<&str> =
        engine.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`')).collect();
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    for code in &codes {
        assert!(sections.contains(code), "docs/errors.md has no section for {code}");
    }
    for section in &sections {
        assert!(
            codes.contains(section),
            "docs/errors.md describes {section}, which does not exist"
        );
    }
}

#[test]
fn messages_are_one_sentence_without_a_full_stop() {
    for error in samples::all() {
        let message = error.to_string();
        assert!(!message.contains('\n') && !message.ends_with('.'), "{message}");
        let first = message.chars().next().unwrap();
        assert!(!first.is_uppercase() || message.starts_with("PEM"), "{message}");
        assert!(!error.hint().is_empty(), "{message}");
    }
}

#[test]
fn the_wire_says_only_what_is_on_a_short_list() {
    let said: BTreeSet<_> = samples::all()
        .iter()
        .map(|error| (error.public().error, error.public().description))
        .collect();
    let allowed = [
        ("invalid_token", "the token expired"),
        ("invalid_token", "the token has another issuer"),
        ("invalid_token", "the token is invalid"),
        ("invalid_token", "the token is malformed"),
        ("invalid_token", "the token is meant for another audience"),
        ("invalid_token", "the token is not valid yet"),
        ("invalid_token", "the token is of another type"),
        ("server_error", "the token could not be checked"),
    ];
    assert_eq!(said, BTreeSet::from(allowed));
}

#[test]
fn an_error_is_one_word_wide_and_travels_between_threads() {
    fn travels<T: Send + Sync + 'static>() {}
    travels::<jotem::Error>();
    assert_eq!(size_of::<jotem::Error>(), size_of::<usize>());
    assert_eq!(size_of::<Result<(), jotem::Error>>(), size_of::<usize>());
}

#[test]
fn an_excerpt_is_short_and_printable_whatever_it_is_of() {
    for text in ["\u{1b}[31mred", "a\r\nSet-Cookie: x", "\u{202e}", "\0", &"é".repeat(1000)] {
        let excerpt = Excerpt::new(text).to_string();
        assert!(excerpt.chars().count() <= 64);
        assert!(excerpt.chars().all(|c| matches!(c, ' '..='~' | '…')), "{excerpt:?}");
    }
}
