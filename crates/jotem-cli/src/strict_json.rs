//! Any JSON value, in which no object has a member twice.

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Reads a JSON text. What it returns is for looking at: large numbers are rounded in it.
pub(crate) fn read(json: &str) -> serde_json::Result<Value> {
    #[expect(clippy::disallowed_methods, reason = "`Strict` refuses what `Value` is quiet about")]
    let read = serde_json::from_str(json);
    read.map(|Strict(value)| value)
}

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
            let text = read(json).unwrap_err().to_string();
            assert!(text.contains("the member `a` stands twice"), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_json() {
        for json in ["", "{", "{}{}", "01", "+1", "1.", "1e400", "NaN", "'a'", r#""\ud800""#] {
            assert!(read(json).is_err(), "{json}");
        }
    }

    #[test]
    fn keeps_order_and_values() {
        let json = r#"{"z":null,"a":[true,-1,18446744073709551615,0.5,"é"]}"#;
        assert_eq!(read(json).unwrap().to_string(), json);
    }
}
