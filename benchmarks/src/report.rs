//! The figures, as a table for people and as JSON for programs.

use std::fmt;

use serde::Serialize;

use crate::{
    rounds::Samples,
    statistics::{self, Summary},
};

/// Everything that one run found.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) implementations: Vec<Implementation>,
    pub(crate) races: Vec<Race>,
}

/// Who was measured: the versions that this program was built with, and what computes its cryptography.
#[derive(Serialize)]
pub(crate) struct Implementation {
    name: &'static str,
    versions: Vec<String>,
    cryptography: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// One operation with one algorithm.
#[derive(Serialize)]
pub(crate) struct Race {
    title: String,
    rounds: usize,
    reference: &'static str,
    results: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    #[serde(flatten)]
    summary: Summary,
    to_reference: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_jotem: Option<f64>,
}

impl Implementation {
    pub(crate) fn new(
        name: &'static str,
        crates: &[&'static str],
        cryptography: &'static str,
    ) -> Self {
        let versions = crates.iter().map(|name| format!("{name} {}", locked_version(name)));
        Self { name, versions: versions.collect(), cryptography, note: None }
    }

    /// Adds what a reader of the figures must know.
    pub(crate) fn with_note(self, note: Option<&str>) -> Self {
        Self { note: note.map(str::to_owned), ..self }
    }
}

impl Race {
    /// Summarises the samples beside the entrant named `reference`, and beside `jotem` where it takes part.
    pub(crate) fn of(
        title: String,
        samples: &[Samples],
        reference: &'static str,
        jotem: Option<&str>,
    ) -> Self {
        let named = |name: &str| samples.iter().find(|entrant| entrant.name == name);
        let reference = named(reference).expect("the reference takes part");
        let jotem = jotem.and_then(named);
        let results = samples.iter().map(|entrant| Entry {
            name: entrant.name,
            summary: Summary::of(entrant),
            to_reference: statistics::paired_ratio(entrant, reference),
            to_jotem: jotem.map(|jotem| statistics::paired_ratio(entrant, jotem)),
        });
        Self {
            title,
            rounds: reference.per_round.len(),
            reference: reference.name,
            results: results.collect(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Implementation { name, versions, cryptography, note } in &self.implementations {
            writeln!(f, "{name:<14} {} · cryptography: {cryptography}", versions.join(", "))?;
            if let Some(note) = note {
                writeln!(f, "{:<14} note: {note}", "")?;
            }
        }
        self.races.iter().try_for_each(|race| write!(f, "\n{race}"))
    }
}

impl fmt::Display for Race {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heading = format!("{} ({} rounds)", self.title, self.rounds);
        let ratio = format!("to {}", self.reference);
        let with_jotem = self.results.iter().any(|entry| entry.to_jotem.is_some());
        let last = if with_jotem { "  to jotem" } else { "" };
        writeln!(
            f,
            "{heading:<30}{:>12}{:>12}{:>24}{ratio:>14}{last}",
            "median ns", "min ns", "quartiles ns"
        )?;
        self.results.iter().try_for_each(|entry| writeln!(f, "{entry}"))
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { median_ns, min_ns, lower_quartile_ns, upper_quartile_ns } = self.summary;
        let quartiles = format!("{} … {}", whole(lower_quartile_ns), whole(upper_quartile_ns));
        let (median, min) = (whole(median_ns), whole(min_ns));
        write!(
            f,
            "  {:<28}{median:>12}{min:>12}{quartiles:>24}{:>14.2}",
            self.name, self.to_reference
        )?;
        self.to_jotem.map_or(Ok(()), |ratio| write!(f, "{ratio:>10.2}"))
    }
}

/// Whole nanoseconds, their thousands apart.
fn whole(nanoseconds: f64) -> String {
    let digits = (nanoseconds.round() as u64).to_string();
    let first = digits.len() % 3;
    let groups = digits.as_bytes()[first..].chunks(3).map(|group| String::from_utf8_lossy(group));
    let head = (first > 0).then(|| digits[..first].into());
    head.into_iter().chain(groups).collect::<Vec<_>>().join(",")
}

/// The version in this workspace's lock file, which is what was built.
///
/// Where the lock file holds several versions of a crate, our own dependencies name the one we use.
fn locked_version(name: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let ours = between(lock, "name = \"jotem-benchmarks\"\n", "]").unwrap_or_default();
    between(ours, &format!("\"{name} "), "\"")
        .or_else(|| between(lock, &format!("name = \"{name}\"\nversion = \""), "\""))
        .unwrap_or("of an unknown version")
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_thousands_apart() {
        assert_eq!(whole(7.4), "7");
        assert_eq!(whole(949.0), "949");
        assert_eq!(whole(1_124.0), "1,124");
        assert_eq!(whole(123_456.0), "123,456");
        assert_eq!(whole(1_002_003.0), "1,002,003");
    }

    #[test]
    fn finds_versions_in_the_lock_file() {
        assert!(locked_version("jsonwebtoken").starts_with("11."));
        assert!(locked_version("sha2").starts_with("0.11."), "there is an older one too");
    }
}
