//! The attack catalogue (`vectors/attacks.json`) as tests: the classes of remote key sets and of key
//! rings under their ids, each with a positive control. A test's name begins with the id.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it is surprised"
)]

#[cfg(feature = "remote")]
mod remote;
#[cfg(feature = "ring")]
mod ring;

use std::collections::BTreeSet;
use std::path::Path;

/// The ids for which there is a test function in the sources of this folder.
fn tested() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attacks")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            let names = source.lines().filter_map(|line| line.trim().strip_prefix("fn "));
            found.extend(names.filter_map(|name| Some(name.split_once('_')?.0.to_uppercase())));
        }
    }
    found
}

fn classes_of(rooms: &[&str]) -> Vec<String> {
    let catalogue = include_str!("../../../../vectors/attacks.json");
    let classes: Vec<serde_json::Value> = serde_json::from_str(catalogue).unwrap();
    let ours = classes.iter().filter(|class| rooms.iter().any(|room| class["room"] == *room));
    ours.map(|class| class["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_class_of_remote_sets_and_of_rings_has_a_test() {
    let (tested, classes) = (tested(), classes_of(&["jwks", "ring"]));
    assert_eq!(classes.len(), 22);
    // The core has the bodies of J10, that a set at hand survives them can only be seen here; and it
    // has the members of a set in memory, not those of a set that was fetched.
    let more = ["J10", "J11", "J12", "J13", "J16"].map(str::to_owned);
    let all = classes.into_iter().chain(more);
    let missing: Vec<_> = all.filter(|id| !tested.contains(id)).collect();
    assert!(missing.is_empty(), "no test for {missing:?}");
}
