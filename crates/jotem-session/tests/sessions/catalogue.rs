//! The attack catalogue (`vectors/attacks.json`): each class of sessions has a test whose name begins with
//! its id, here, with the stores, or among what every store is held to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The sources that have tests in them.
fn sources() -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![own.join("tests"), own.join("src/store/conformance")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found
}

/// Returns the id that a part of a name is, such as `R03` for `r03`.
fn id(part: &str) -> Option<String> {
    let (layer, number) = part.split_at_checked(1)?;
    let is_id = layer.bytes().all(|byte| byte.is_ascii_lowercase())
        && number.len() == 2
        && number.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then(|| part.to_uppercase())
}

/// The ids with which names of functions begin: one, or several.
fn tested() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for path in sources() {
        let source = std::fs::read_to_string(&path).unwrap();
        for line in source.lines() {
            let line = line.trim_start();
            let line = line.strip_prefix("pub(super) ").unwrap_or(line);
            let line = line.strip_prefix("async ").unwrap_or(line);
            if let Some(name) = line.strip_prefix("fn ") {
                found.extend(name.split(['_', '(']).map_while(id));
            }
        }
    }
    found
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the catalogue is no token")]
fn every_class_of_sessions_has_a_test() {
    let catalogue = include_str!("../../../../vectors/attacks.json");
    let classes: Vec<serde_json::Value> = serde_json::from_str(catalogue).unwrap();
    let ours = classes.iter().filter(|class| class["room"] == "session");
    let ours: Vec<_> = ours.map(|class| class["id"].as_str().unwrap()).collect();
    assert_eq!(ours.len(), 24);
    let tested = tested();
    let missing: Vec<_> = ours.iter().filter(|id| !tested.contains(**id)).collect();
    assert!(missing.is_empty(), "no test for {missing:?}");
}
