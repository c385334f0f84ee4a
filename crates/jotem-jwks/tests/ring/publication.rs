//! What is published, and when it has changed.

use std::time::Duration;

use jotem::{KeySet, Verifier};

use super::memory::{in_state, ring};

#[test]
fn the_same_keys_are_the_same_bytes() {
    let (ring, memory, clock) = ring();
    let first = ring.publication().unwrap();
    clock.advance(Duration::from_secs(3600));
    assert_eq!(ring.publication().unwrap(), first);
    assert_eq!(memory.open(&clock).publication().unwrap(), first);
    assert!(
        first.etag().starts_with('"') && first.etag().ends_with('"') && first.etag().len() == 34
    );
}

#[test]
fn another_key_is_another_entity_tag() {
    let (ring, _, clock) = ring();
    let mut tags = vec![ring.publication().unwrap().etag().to_owned()];
    clock.advance(Duration::from_secs(86_400));
    ring.rotate().unwrap();
    tags.push(ring.publication().unwrap().etag().to_owned());
    clock.advance(Duration::from_secs(3600));
    tags.push(ring.publication().unwrap().etag().to_owned());
    ring.compromise(&in_state(&ring, jotem_jwks::ring::KeyState::Announced)[0]).unwrap();
    tags.push(ring.publication().unwrap().etag().to_owned());
    let mut distinct = tags.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), tags.len());
}

#[test]
fn what_is_published_is_a_set_that_verifiers_take() {
    let (ring, _, clock) = ring();
    let token = ring.issuer(|issuer| issuer).unwrap().issue(&jotem::Claims::empty()).unwrap();
    let set = KeySet::from_json(ring.publication().unwrap().body()).unwrap();
    assert!(set.keys().all(|key| key.public_key_use() == Some("sig") && !key.is_private()));
    Verifier::builder(set).clock(clock).build().unwrap().verify::<()>(&token).unwrap();
}

/// RFC 9110 section 13.1.2: any of the list, by the weak comparison.
#[test]
fn if_none_match_is_answered_as_http_has_it() {
    let (ring, _, _) = ring();
    let publication = ring.publication().unwrap();
    let tag = publication.etag();
    let current = [
        tag.to_owned(),
        format!("W/{tag}"),
        format!("\"x\", {tag}"),
        format!("{tag},\"x\""),
        format!("\"x\" ,\t W/{tag} , \"y\""),
        format!("\"\",{tag}"),
        format!("\"a,b\", {tag}"),
        format!("\"x\",,{tag},"),
        format!("  {tag}  "),
        "*".to_owned(),
    ];
    for value in current {
        assert!(publication.is_current(&value), "{value}");
    }
    let inside = tag.trim_matches('"');
    let other = [
        String::new(),
        " ".to_owned(),
        "\"x\"".to_owned(),
        "W/\"x\"".to_owned(),
        inside.to_owned(),
        format!("w/{tag}"),
        format!("\"{inside}"),
        format!("{inside}\""),
        format!("\"x {tag}"),
        format!("{tag} {tag}"),
        format!("{tag}x"),
        format!("\"a, {inside}, b\""),
        "**".to_owned(),
        format!("*, {tag}"),
        "W/".to_owned(),
        "\"".to_owned(),
        ",".to_owned(),
    ];
    for value in other {
        assert!(!publication.is_current(&value), "{value}");
    }
}

#[test]
fn the_header_says_what_the_timers_say() {
    let clock = jotem::testing::FixedClock::at(super::memory::NOW);
    let seconds = Duration::from_secs;
    let builder = super::memory::builder(&clock).jwks_max_age(seconds(60));
    let builder = builder.stale_while_revalidate(seconds(30)).stale_if_error(seconds(600));
    let ring = builder.create_in(super::memory::Memory::default(), "password").unwrap();
    assert_eq!(
        ring.publication().unwrap().cache_control(),
        "public, max-age=60, stale-while-revalidate=30, stale-if-error=600"
    );
}
