//! The rules of the house, held by a test: sizes, names, words, and what the manual promises.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test stops where it fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Lines of a source file, documentation included.
const FILE_LINES: usize = 500;

/// Names that say nothing.
const EMPTY_NAMES: [&str; 4] = ["utils", "common", "helpers", "misc"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every source file of every crate, tests included, without what is built.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> =
        ["crates", "benchmarks/src", "bindings/python/src", "fuzz", "examples/rust"]
            .into_iter()
            .map(|folder| root().join(folder))
            .collect();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    assert!(found.len() > 60, "the sources were not found");
    found
}

#[test]
fn no_file_is_longer_than_it_may_be() {
    let long: Vec<_> = sources()
        .into_iter()
        .map(|path| (fs::read_to_string(&path).unwrap().lines().count(), path))
        .filter(|(lines, _)| *lines > FILE_LINES)
        .collect();
    assert!(long.is_empty(), "longer than {FILE_LINES} lines: {long:?}");
}

#[test]
fn every_file_begins_with_what_it_is() {
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") || first.starts_with("#!"), "{}", path.display());
    }
}

#[test]
fn no_file_or_folder_has_a_name_that_says_nothing() {
    for path in sources() {
        for part in path.components() {
            let name = part.as_os_str().to_string_lossy();
            let name = name.trim_end_matches(".rs");
            assert!(!EMPTY_NAMES.contains(&name), "{}", path.display());
        }
    }
}

#[test]
fn every_algorithm_is_in_the_readme() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for algorithm in jotem::Algorithm::ALL {
        let family = match algorithm.name() {
            name if name.ends_with("384") || name.ends_with("512") => continue,
            name if name.starts_with("ML-DSA") => "ML-DSA",
            name => name,
        };
        assert!(readme.contains(family), "README.md does not name {algorithm}");
    }
}

/// The ids that the manual names, with its ranges ("P03 to P07") spelled out.
fn ids_of_the_manual() -> BTreeSet<String> {
    let text = include_str!("../src/manual/attacks.rs");
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | ")?.split(" | ").next());
    let mut ids = BTreeSet::new();
    for list in rows.flat_map(|row| row.split(", ")) {
        let mut ends = list.split(" to ");
        let (Some(first), last) = (ends.next(), ends.next()) else { continue };
        let Some(from) = first.get(1..).and_then(|number| number.parse::<u32>().ok()) else {
            continue;
        };
        let to = last.map_or(from, |last| last[1..].parse().unwrap());
        ids.extend((from..=to).map(|number| format!("{}{number:02}", &first[..1])));
    }
    ids
}

#[test]
fn the_manual_says_which_rule_stops_each_class_of_the_core() {
    let ids = ids_of_the_manual();
    let catalogue = include_str!("../../../vectors/attacks.json");
    let classes: Vec<serde_json::Value> = serde_json::from_str(catalogue).unwrap();
    let missing: Vec<_> = classes
        .iter()
        .filter(|class| class["room"] == "core" && class.get("waits_for").is_none())
        .filter_map(|class| class["id"].as_str())
        // A positive control, and the one class that RFC 7518 allows: the manual says so in prose.
        .filter(|id| !matches!(*id, "P31" | "S05"))
        .filter(|id| !ids.contains(*id))
        .collect();
    assert!(missing.is_empty(), "the manual does not name {missing:?}");
}

#[test]
fn every_file_that_the_manual_names_exists() {
    let text = include_str!("../src/manual/attacks.rs");
    for row in text.lines().filter(|line| line.starts_with("//! | ")) {
        let Some(places) = row.trim_end_matches(" |").rsplit(" | ").next() else { continue };
        let mut folder = "";
        for name in places.split('`').filter(|part| part.ends_with(".rs") || part.ends_with('/')) {
            // A name without a folder stands beside the one before it, or at the top.
            let source = root().join("crates/jotem/src");
            let beside = source.join(folder).join(name);
            assert!(source.join(name).exists() || beside.exists(), "{name}");
            folder = name.rsplit_once('/').map_or(folder, |(folder, _)| folder);
        }
    }
}

#[test]
fn the_page_about_jsonwebtoken_quotes_programs_that_are_compiled() {
    let page = fs::read_to_string(root().join("docs/migrations/from-jsonwebtoken.md")).unwrap();
    for path in ["benchmarks/src/migration/before.rs", "examples/rust/from_jsonwebtoken.rs"] {
        let program = fs::read_to_string(root().join(path)).unwrap();
        // Without its first line, and without the test that runs it.
        let (_, program) = program.split_once("\n\n").unwrap();
        let program = program.split("\n#[test]").next().unwrap().trim_end();
        assert!(page.contains(program), "the page does not quote {path}");
    }
}

/// A sample that needs more than the engine is no documentation test of the engine's.
#[test]
fn the_readme_quotes_programs_that_are_compiled() {
    let page = fs::read_to_string(root().join("README.md")).unwrap();
    let program = fs::read_to_string(root().join("examples/rust/readme.rs")).unwrap();
    let lines =
        |text: &str| text.lines().map(|line| format!("{}\n", line.trim())).collect::<String>();
    let samples: Vec<_> = page.split("```rust,ignore\n").skip(1).collect();
    assert_eq!(samples.len(), 3);
    for sample in samples {
        let sample = sample.split("```").next().unwrap();
        assert!(
            lines(&program).contains(&lines(sample)),
            "examples/rust/readme.rs has not:\n{sample}"
        );
    }
}

#[test]
fn the_comparison_has_a_row_for_every_token_in_both_of_its_tables() {
    let page = fs::read_to_string(root().join("COMPARE.md")).unwrap();
    let cases = fs::read_to_string(root().join("benchmarks/cases.json")).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(&cases).unwrap();
    assert!(cases.len() > 50, "the cases were not found");
    for case in &cases {
        let row = format!("\n| {} | ", case["name"].as_str().unwrap());
        assert_eq!(page.matches(&row).count(), 2, "{row}");
    }
}

#[test]
fn no_dependency_asks_for_a_newer_compiler_than_we_promise() {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    // 1.88 and 1.88.0 are one version.
    let version = |text: &str| -> Vec<u32> {
        let parts = text.split('.').map(|part| part.parse().unwrap_or_default());
        parts.chain([0, 0]).take(3).collect()
    };
    let packages = metadata["packages"].as_array().unwrap();
    let ours = packages.iter().find(|package| package["name"] == "jotem").unwrap();
    let promised = version(ours["rust_version"].as_str().unwrap());
    for package in packages {
        if let Some(asked) = package["rust_version"].as_str() {
            assert!(version(asked) <= promised, "{} asks for Rust {asked}", package["name"]);
        }
    }
}

/// What the lock file names that is not ours: `name version`.
fn locked(lock: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join(lock)).unwrap();
    let others = text.split("[[package]]").filter(|package| package.contains("\nsource = "));
    let value = |package: &str, name: &str| {
        let line = package.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim_matches('"').to_owned()
    };
    others.map(|one| [value(one, "name = "), value(one, "version = ")].join(" ")).collect()
}

#[test]
fn the_licences_that_travel_along_are_those_of_the_locked_dependencies() {
    for (lock, file) in [
        ("Cargo.lock", "crates/jotem-cli/THIRD-PARTY-LICENSES.txt"),
        ("bindings/python/Cargo.lock", "bindings/python/THIRD-PARTY-LICENSES.txt"),
    ] {
        let text = fs::read_to_string(root().join(file)).unwrap();
        let lists = text.split("\n====").next().unwrap();
        let named: BTreeSet<_> = lists
            .lines()
            .filter_map(|line| line.strip_prefix("  "))
            .map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
            .collect();
        let different: Vec<_> = locked(lock).symmetric_difference(&named).cloned().collect();
        assert!(different.is_empty(), "{file}: {different:?}; run `make third-party`");
        assert!(lists.contains("  aws-lc-sys "), "{file} was not read as it is written");
    }
}
