//! The attack catalogue (`vectors/attacks.json`) as tests: each class under its id, with its bad
//! inputs and a positive control that differs only in the defect. A test's name begins with the id.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it is surprised"
)]

mod cache;
mod cache_verdicts;
mod certificates;
mod claims;
mod claims_match;
mod claims_time;
mod confusion;
mod copies;
mod documents;
mod encodings;
mod forge;
mod header;
mod id_token;
mod json;
mod key;
mod key_akp;
mod key_curve;
mod key_encoding;
mod key_rsa;
mod key_secret;
mod limits;
mod lookup;
mod number;
mod others;
mod parameters;
mod parse;
mod sample;
mod secrets;
mod serialization;
mod sets;
mod signature;
mod signature_ecdsa;
mod signature_ed25519;
#[cfg(feature = "ed448")]
mod signature_ed448;
mod signature_mldsa;
mod signature_rsa;
mod unencoded;

use std::collections::BTreeSet;

/// The files that hold the tests of the classes.
const SOURCES: &[&str] = &[
    include_str!("certificates.rs"),
    include_str!("cache.rs"),
    include_str!("cache_verdicts.rs"),
    include_str!("claims.rs"),
    include_str!("claims_time.rs"),
    include_str!("claims_match.rs"),
    include_str!("confusion.rs"),
    include_str!("copies.rs"),
    include_str!("header.rs"),
    include_str!("id_token.rs"),
    include_str!("json.rs"),
    include_str!("key.rs"),
    include_str!("key_secret.rs"),
    include_str!("key_rsa.rs"),
    include_str!("key_encoding.rs"),
    include_str!("key_akp.rs"),
    include_str!("key_curve.rs"),
    include_str!("limits.rs"),
    include_str!("lookup.rs"),
    include_str!("others.rs"),
    include_str!("parameters.rs"),
    include_str!("parse.rs"),
    include_str!("secrets.rs"),
    include_str!("serialization.rs"),
    include_str!("sets.rs"),
    include_str!("signature.rs"),
    include_str!("signature_ed448.rs"),
    include_str!("signature_mldsa.rs"),
    include_str!("signature_rsa.rs"),
    include_str!("signature_ed25519.rs"),
    include_str!("signature_ecdsa.rs"),
    include_str!("unencoded.rs"),
];

fn classes() -> Vec<serde_json::Value> {
    serde_json::from_str(include_str!("../../../../vectors/attacks.json")).unwrap()
}

/// The ids for which there is a test function.
fn tested() -> BTreeSet<String> {
    let lines = SOURCES.iter().flat_map(|source| source.lines());
    let names = lines.filter_map(|line| line.trim().strip_prefix("fn "));
    names.filter_map(|name| name.split_once('_')).map(|(id, _)| id.to_uppercase()).collect()
}

#[test]
fn every_class_of_the_core_has_a_test() {
    let tested = tested();
    let missing: Vec<_> = classes()
        .into_iter()
        .filter(|class| class["room"] == "core" && class.get("waits_for").is_none())
        .map(|class| class["id"].as_str().unwrap().to_owned())
        .filter(|id| !tested.contains(id))
        .collect();
    assert!(missing.is_empty(), "no test for {missing:?}");
}

#[test]
fn no_class_waits_for_something_that_has_a_test() {
    let tested = tested();
    for class in classes() {
        let id = class["id"].as_str().unwrap();
        if class.get("waits_for").is_some() {
            assert!(!tested.contains(id), "{id} has a test: remove waits_for");
        }
    }
}

#[test]
fn the_catalogue_is_whole() {
    let ids: BTreeSet<_> = classes().iter().map(|class| class["id"].to_string()).collect();
    assert_eq!(ids.len(), 232);
}
