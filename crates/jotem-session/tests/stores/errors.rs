//! Every reason has a code, a message that was looked at, and a section in `docs/errors.md`.

use std::collections::BTreeSet;
use std::time::Duration;

use jotem::error::Excerpt;
use jotem_session::store::StoreError;

/// One of each, in the order of their codes.
fn all() -> Vec<StoreError> {
    let store = "redis";
    let retry_after = Duration::from_secs(2);
    let (reason, limit) = ("connection refused".to_owned(), Duration::from_millis(1_500));
    vec![
        StoreError::Corrupt { store, what: "a record of 60 bytes, not of 61".to_owned() },
        StoreError::Denied { store, reason: "wrong password".to_owned() },
        StoreError::EpochChanged { found: 1_795_305_600, expected: 0 },
        StoreError::Full { store: "sqlite" },
        StoreError::NotBuilt { scheme: "postgres", feature: "postgres" },
        StoreError::NotReplicated { confirmed: 0, wanted: 1 },
        StoreError::ReadOnly { store },
        StoreError::Schema { store: "postgres", found: 9, expected: 1 },
        StoreError::Timeout { store, limit },
        StoreError::Unavailable { store, reason, retry_after },
        StoreError::Unsafe {
            store,
            setting: "maxmemory-policy",
            found: Excerpt::new("allkeys-lru"),
        },
        StoreError::Url { reason: "it has no scheme".to_owned() },
    ]
}

#[test]
fn every_message_reads_as_it_was_agreed() {
    let text = all().into_iter().map(|error| {
        let (code, message, hint) = (error.code(), error.to_string(), error.hint());
        assert!(!message.ends_with('.') && !hint.is_empty(), "{code}");
        let retry = error
            .retry_after()
            .map_or_else(String::new, |after| format!("  retry:   after {} s\n", after.as_secs()));
        format!("{code}\n  message: {message}\n  hint:    {hint}\n{retry}")
    });
    insta::assert_snapshot!(text.collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_code_has_a_section_in_the_documentation() {
    let page = include_str!("../../../../docs/errors.md");
    assert!(page.contains("\n- [Session stores](#session-stores): "), "the list of contents");
    let (_, stores) = page.split_once("\n## Session stores\n").unwrap();
    let stores = stores.split("\n## ").next().unwrap();
    let heading = |line: &str| Some(line.strip_prefix("### `")?.strip_suffix('`')?.to_owned());
    let sections: Vec<String> = stores.lines().filter_map(heading).collect();
    let codes: Vec<String> = all().iter().map(|error| error.code().to_owned()).collect();
    assert!(codes.is_sorted() && codes.iter().collect::<BTreeSet<_>>().len() == codes.len());
    assert_eq!(sections, codes);
}

#[test]
fn only_what_may_pass_says_when_to_ask_again() {
    for error in all() {
        let may_pass = matches!(error.code(), "store_unavailable" | "store_timeout");
        assert_eq!(error.retry_after().is_some(), may_pass, "{error}");
        assert!(error.retry_after().is_none_or(|after| after >= Duration::from_secs(1)));
    }
}
