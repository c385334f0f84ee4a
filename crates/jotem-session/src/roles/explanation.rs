//! Why a permission is granted or not, for people.

use std::collections::VecDeque;
use std::fmt;

use super::Granted;
use super::bits::Bits;
use super::compiled::{Bearing, Compiled, Role};
use super::permission::Permission;

/// Whether a permission is granted, and by which rule of which role.
///
/// # Examples
/// See [`Granted::explain`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    permission: String,
    verdict: Verdict,
    reason: Option<Reason>,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// A role allows it, and none denies it.
    Allowed,
    /// A role denies it.
    Denied,
    /// No role allows it.
    NotGranted,
}

/// The rule that decided, and the way to it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reason {
    rule: String,
    /// The role that was given, and those that lead from it to the one that states the rule.
    way: Vec<String>,
}

impl Explanation {
    pub(super) fn new(granted: &Granted, asked: &Permission, bearing: &Bearing) -> Self {
        let compiled = &granted.policy.compiled;
        let find = |rules: &[usize], own: fn(&Role) -> &Bits| {
            rules.iter().find_map(|rule| reason(compiled, &granted.roles, *rule, own))
        };
        let (verdict, reason) = match find(&bearing.denying, |role| &role.own_deny) {
            Some(reason) => (Verdict::Denied, Some(reason)),
            None => match find(&bearing.allowing, |role| &role.own_allow) {
                Some(reason) => (Verdict::Allowed, Some(reason)),
                None => (Verdict::NotGranted, None),
            },
        };
        Self { permission: asked.to_string(), verdict, reason }
    }

    /// Returns what was found.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Returns the rule that decided, as the policy states it.
    #[must_use]
    pub fn rule(&self) -> Option<&str> {
        self.reason.as_ref().map(|reason| reason.rule.as_str())
    }

    /// Returns the role that was given, and those that lead from it to the one that states the rule.
    pub fn way(&self) -> impl Iterator<Item = &str> {
        self.reason.iter().flat_map(|reason| reason.way.iter().map(String::as_str))
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Reason { rule, way }) = &self.reason else {
            return write!(formatter, "{} is not allowed by any role", self.permission);
        };
        let verb = if self.verdict == Verdict::Allowed { "allowed" } else { "denied" };
        write!(formatter, "{} is {verb} by {rule}", self.permission)?;
        if let Some(role) = way.last() {
            write!(formatter, " of {role}")?;
        }
        if way.len() > 1 {
            write!(formatter, ", by way of {}", way.join(" > "))?;
        }
        Ok(())
    }
}

/// Finds the nearest role that states a rule, beginning with those that were given.
fn reason(
    compiled: &Compiled,
    given: &[usize],
    rule: usize,
    own: fn(&Role) -> &Bits,
) -> Option<Reason> {
    let mut seen = Bits::default();
    let mut waiting: VecDeque<Vec<usize>> = given.iter().map(|role| vec![*role]).collect();
    while let Some(way) = waiting.pop_front() {
        let number = *way.last()?;
        let role = compiled.roles.get(number)?;
        if own(role).has(rule) {
            let name = |number: &usize| Some(compiled.roles.get(*number)?.name.to_string());
            let way = way.iter().filter_map(name).collect();
            return Some(Reason { rule: compiled.rules.get(rule)?.to_string(), way });
        }
        if seen.insert(number) {
            let on = |parent: &usize| way.iter().copied().chain([*parent]).collect();
            waiting.extend(role.parents.iter().map(on));
        }
    }
    None
}
