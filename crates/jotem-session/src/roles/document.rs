//! What a policy looks like in TOML and JSON.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};

use super::PolicyError;
use jotem::error::Excerpt;

/// A policy as it is written. A member that it does not know is an error: `denys` must not be a rule
/// that nobody enforces.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    #[serde(default)]
    pub(super) version: u64,
    pub(super) roles: Roles,
}

/// A role as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleDocument {
    #[serde(default)]
    pub(super) inherits: Vec<String>,
    #[serde(default)]
    pub(super) allow: Vec<String>,
    #[serde(default)]
    pub(super) deny: Vec<String>,
}

/// The roles by their names, in their order. A name that stands twice is an error.
pub(super) struct Roles(pub(super) BTreeMap<String, RoleDocument>);

impl Document {
    /// Reads TOML.
    pub(super) fn from_toml(text: &str) -> Result<Self, PolicyError> {
        within_size(text)?;
        toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count().saturating_add(1);
            syntax("TOML", line, error.message())
        })
    }

    /// Reads JSON.
    pub(super) fn from_json(text: &str) -> Result<Self, PolicyError> {
        within_size(text)?;
        #[expect(
            clippy::disallowed_methods,
            reason = "every struct and the map below refuse a member that stands twice, and the size is checked"
        )]
        let document = serde_json::from_str(text);
        document.map_err(|error: serde_json::Error| {
            // It says the place once more, at the end.
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            syntax("JSON", error.line(), message)
        })
    }
}

impl<'de> Deserialize<'de> for Roles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RolesVisitor)
    }
}

struct RolesVisitor;

impl<'de> Visitor<'de> for RolesVisitor {
    type Value = Roles;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("roles by their names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Roles, A::Error> {
        let mut roles = BTreeMap::new();
        while let Some((name, role)) = map.next_entry::<String, RoleDocument>()? {
            let shown = Excerpt::new(&name);
            if roles.insert(name, role).is_some() {
                return Err(A::Error::custom(format_args!("the role `{shown}` stands twice")));
            }
        }
        Ok(Roles(roles))
    }
}

fn within_size(text: &str) -> Result<(), PolicyError> {
    if text.len() > LIMIT {
        return Err(PolicyError::TooLarge { bytes: text.len(), limit: LIMIT });
    }
    Ok(())
}

fn syntax(format: &'static str, line: usize, message: &str) -> PolicyError {
    PolicyError::Syntax { format, line, message: Excerpt::new(message) }
}

/// One mebibyte: thousands of roles.
const LIMIT: usize = 1 << 20;
