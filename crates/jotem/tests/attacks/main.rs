//! The attack catalogue (`vectors/attacks.json`) as tests: each class under its id, with its bad
//! inputs and a positive control that differs only in the defect. A test's name begins with the id.

mod claims;
mod forge;
mod header;
mod key;
mod others;
mod parse;
mod signature;

use std::collections::BTreeSet;

/// The files that hold the tests of the classes.
const SOURCES: [&str; 6] = [
    include_str!("claims.rs"),
    include_str!("header.rs"),
    include_str!("key.rs"),
    include_str!("others.rs"),
    include_str!("parse.rs"),
    include_str!("signature.rs"),
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
