//! What was found, and the list it is collected in.

use super::Rule;
use crate::error::Excerpt;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Worth knowing; nothing need change today.
    Info,
    /// A habit that limits damage is missing.
    Low,
    /// A verifier less strict than this one can be misled, or more is open than need be.
    Medium,
    /// One more mistake, or one theft, and an attacker has what the token or the key protects.
    High,
    /// Everybody can forge tokens or read a key, with what is here.
    Critical,
}

impl Severity {
    /// Every severity, the gravest first.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// Returns the name in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(self.name())
    }
}

/// A value that goes with a finding: a number, or a word of this crate. Never a text of the token,
/// the key or the secret: there is no variant for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fact {
    /// A size, a count, or seconds.
    Number(i64),
    /// A fixed word.
    Word(&'static str),
}

impl std::fmt::Display for Fact {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(formatter, "{number}"),
            Self::Word(word) => formatter.write_str(word),
        }
    }
}

impl From<usize> for Fact {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<&'static str> for Fact {
    fn from(word: &'static str) -> Self {
        Self::Word(word)
    }
}

/// Something weak: the rule, where it is, and the facts.
///
/// # Examples
/// ```
/// use jotem::NumericDate;
/// use jotem::lint::{Lint, Severity};
///
/// let findings = Lint::at(NumericDate::from_secs(1_800_000_000)).token("eyJhbGciOiJub25lIn0.e30.");
/// let first = &findings[0];
/// assert_eq!(first.code(), "lint_alg_none");
/// assert_eq!(first.severity(), Severity::Critical);
/// assert_eq!(first.place(), "header.alg");
/// assert_eq!(first.cure(), "sign it, with ES256 for example, and never accept `none`");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Finding {
    rule: Rule,
    part: Part,
    place: String,
    facts: Vec<(&'static str, Fact)>,
}

impl Finding {
    /// Returns the rule that found it.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        self.rule
    }

    /// Returns the stable identifier of the rule.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.rule.code()
    }

    /// Returns how grave it is.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.rule.severity()
    }

    /// Returns what is weak, in one sentence.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        self.rule.message()
    }

    /// Returns where it is written: an RFC and its section, or a CVE.
    #[must_use]
    pub const fn reference(&self) -> &'static str {
        self.rule.reference()
    }

    /// Returns what to do about it.
    #[must_use]
    pub const fn cure(&self) -> &'static str {
        self.rule.cure()
    }

    /// Returns where it is: `header.alg`, `claims.user.password`, `key.keys[2].kid`. The names of
    /// members are the sender's, cut and escaped as an [`Excerpt`] is; values are never shown.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Returns the facts, by name.
    #[must_use]
    pub fn facts(&self) -> &[(&'static str, Fact)] {
        &self.facts
    }
}

impl std::fmt::Display for Finding {
    /// Writes the severity, the code, the place, the message and the facts in one line.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (severity, code) = (self.severity(), self.code());
        write!(formatter, "{severity} {code} at {}: {}", self.place, self.message())?;
        for (position, (name, fact)) in self.facts.iter().enumerate() {
            let before = if position == 0 { " (" } else { ", " };
            write!(formatter, "{before}{name}: {fact}")?;
        }
        formatter.write_str(if self.facts.is_empty() { "" } else { ")" })
    }
}

/// The part of what is examined; the order of findings of one severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Part {
    Token,
    Header,
    Claims,
    Signature,
    Key,
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Header => "header",
            Self::Claims => "claims",
            Self::Signature => "signature",
            Self::Key => "key",
        }
    }

    /// Returns the place of a whole part.
    pub(super) fn whole(self) -> Place {
        Place { part: self, path: self.name().to_owned() }
    }

    /// Returns the place of a member of the part.
    pub(super) fn member(self, name: &str) -> Place {
        self.whole().member(name)
    }
}

/// A path to a value.
#[derive(Debug, Clone)]
pub(super) struct Place {
    part: Part,
    path: String,
}

impl Place {
    /// Returns the place of a member of the object here.
    pub(super) fn member(&self, name: &str) -> Self {
        self.followed_by(&format!(".{}", Excerpt::new(name)))
    }

    /// Returns the place of an element of the array here.
    pub(super) fn element(&self, position: usize) -> Self {
        self.followed_by(&format!("[{position}]"))
    }

    fn followed_by(&self, step: &str) -> Self {
        let mut path = self.path.clone();
        if path.len() < LONGEST_PATH {
            path.push_str(step);
        }
        Self { part: self.part, path }
    }
}

/// A path that is longer says no more.
const LONGEST_PATH: usize = 256;

/// As many findings of one rule as are reported: a token made to have thousands says no more.
const OF_ONE_RULE: usize = 8;

/// The findings so far.
#[derive(Debug, Default)]
pub(super) struct Report(Vec<Finding>);

impl Report {
    pub(super) fn add(&mut self, rule: Rule, place: &Place) {
        self.add_with(rule, place, Vec::new());
    }

    pub(super) fn add_with(&mut self, rule: Rule, place: &Place, facts: Vec<(&'static str, Fact)>) {
        let before = self.0.iter().filter(|finding| finding.rule == rule);
        if before.clone().any(|finding| finding.place == place.path)
            || before.count() >= OF_ONE_RULE
        {
            return;
        }
        self.0.push(Finding { rule, part: place.part, place: place.path.clone(), facts });
    }

    pub(super) fn has(&self, rule: Rule) -> bool {
        self.0.iter().any(|finding| finding.rule == rule)
    }

    /// Returns the findings, the gravest first, then by their place.
    pub(super) fn finish(self) -> Vec<Finding> {
        let mut findings = self.0;
        findings.sort_by(|one, other| {
            let by_severity = other.severity().cmp(&one.severity());
            by_severity
                .then_with(|| one.part.cmp(&other.part))
                .then_with(|| one.place.cmp(&other.place))
                .then_with(|| one.rule.cmp(&other.rule))
        });
        findings
    }
}
