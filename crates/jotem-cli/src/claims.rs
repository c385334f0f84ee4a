//! Claims and header parameters as people write them: strict JSON, in which no member stands twice.

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::error::Failure;

/// Reads the claims of a token to be signed.
pub(crate) fn read(json: &str) -> Result<Map<String, Value>, Failure> {
    #[expect(clippy::disallowed_methods, reason = "`Strict` refuses what `Value` is quiet about")]
    let read = serde_json::from_str(json);
    let Strict(claims) = read.map_err(|error| {
        Failure::usage(format!("the claims are not sound JSON: {error}"))
            .hint("write '{\"role\":\"admin\"}', @FILE for a file, or - for standard input")
    })?;
    match claims {
        Value::Object(claims) => Ok(claims),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(Failure::usage("the claims are JSON, but not an object")
                .hint("write '{\"role\":\"admin\"}'"))
        }
    }
}

/// Reads the value of a header parameter: JSON, or else text.
pub(crate) fn value(text: &str) -> Result<Value, Failure> {
    #[expect(clippy::disallowed_methods, reason = "`Strict` refuses what `Value` is quiet about")]
    match serde_json::from_str(text) {
        Ok(Strict(value)) => Ok(value),
        Err(error) if error.is_data() => {
            Err(Failure::usage(format!("the header parameter is not sound JSON: {error}"))
                .hint("write each name once"))
        }
        Err(_) => Ok(Value::from(text)),
    }
}

/// Any JSON value, in which no object has a member twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(element)) = elements.next_element()? {
            array.push(element);
        }
        Ok(array.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(value))) = members.next_entry::<String, Strict>()? {
            if object.contains_key(&name) {
                let name = jotem::error::Excerpt::new(&name);
                return Err(A::Error::custom(format!("the member `{name}` stands twice")));
            }
            object.insert(name, value);
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn refuses_a_member_that_stands_twice_at_any_depth() {
        for json in [r#"{"a":1,"a":2}"#, r#"{"b":[{"a":1,"\u0061":2}]}"#] {
            let text = read(json).unwrap_err().to_text();
            assert!(text.contains("the member `a` stands twice"), "{text}");
        }
    }

    #[test]
    fn keeps_order_and_values() {
        let json = r#"{"z":null,"a":[true,-1,18446744073709551615,0.5,"é"]}"#;
        assert_eq!(serde_json::to_string(&read(json).unwrap()).unwrap(), json);
    }
}
