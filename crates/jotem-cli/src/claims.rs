//! The claims of a token to be signed: the text that a person wrote, and what flags add to it.

use serde_json::{Map, Value};

use crate::error::Failure;
use crate::{json_text, strict_json};

/// A claims set, in the order and with the digits in which it was written.
#[derive(Debug)]
pub(crate) struct Claims {
    /// What is signed.
    json: String,
    /// The same, to look things up in: numbers beyond 64 bits are rounded here.
    members: Map<String, Value>,
}

impl Claims {
    /// Claims of which nothing is written yet.
    pub(crate) fn empty() -> Self {
        Self { json: "{}".to_owned(), members: Map::new() }
    }

    /// Reads the claims as a person wrote them.
    pub(crate) fn read(json: &str) -> Result<Self, Failure> {
        let read = strict_json::read(json).map_err(|error| {
            Failure::usage(format!("the claims are not sound JSON: {error}"))
                .hint("write '{\"role\":\"admin\"}', @FILE for a file, or - for standard input")
        })?;
        match read {
            Value::Object(members) => Ok(Self { json: json_text::compact(json), members }),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Err(Failure::usage("the claims are JSON, but not an object")
                .hint("write '{\"role\":\"admin\"}'")),
        }
    }

    /// Returns a claim.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// Adds what a flag says; nothing may say it twice.
    pub(crate) fn add(&mut self, name: &str, value: Value) -> Result<(), Failure> {
        if self.members.contains_key(name) {
            return Err(twice(name));
        }
        json_text::append(&mut self.json, name, &value.to_string());
        self.members.insert(name.to_owned(), value);
        Ok(())
    }

    /// Returns the JSON text to be signed.
    pub(crate) fn json(&self) -> &str {
        &self.json
    }
}

/// A flag is about a claim that was written out.
pub(crate) fn twice(name: &str) -> Failure {
    Failure::usage(format!("the claims have {name}, and a flag says something about it too"))
        .hint("leave out one of the two")
}

#[cfg(test)]
mod tests {
    use super::Claims;

    #[test]
    fn keeps_every_digit_and_every_escape() {
        let json = r#"{"z":123456789012345678901234567890,"a":[0.1000000000000000055511151231257827,-0,1.50,1E2],"\u0062":"\/ \u00e9"}"#;
        assert_eq!(Claims::read(json).unwrap().json(), json);
    }

    #[test]
    fn leaves_out_the_whitespace_between_members() {
        assert_eq!(Claims::read("{ \"a b\" : [ 1 ,\n2 ]\n}").unwrap().json(), r#"{"a b":[1,2]}"#);
    }

    #[test]
    fn adds_what_is_not_there_yet() {
        let mut claims = Claims::read("{ }").unwrap();
        claims.add("iss", "a\"b".into()).unwrap();
        claims.add("exp", 1.into()).unwrap();
        assert_eq!(claims.json(), r#"{"iss":"a\"b","exp":1}"#);
    }

    #[test]
    fn refuses_a_claim_that_is_there_however_its_name_is_spelled() {
        let mut claims = Claims::read(r#"{"\u0065xp":1}"#).unwrap();
        let text = claims.add("exp", 2.into()).unwrap_err().to_text();
        assert!(text.contains(" the claims have exp"), "{text}");
        assert_eq!(claims.json(), r#"{"\u0065xp":1}"#);
    }

    #[test]
    fn refuses_what_is_no_object() {
        for json in ["", "null", "[]", "\"{}\"", "1", "{}{}", "{\"a\":1e400}"] {
            assert!(Claims::read(json).is_err(), "{json}");
        }
    }
}
