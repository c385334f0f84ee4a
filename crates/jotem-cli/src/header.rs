//! Header parameters as people write them: `NAME=VALUE`, where the value is JSON, or else text.
//! What begins as an object, an array or a string does is meant to be JSON.

use jotem::error::Excerpt;
use serde_json::Value;

use crate::error::Failure;
use crate::{json_text, strict_json};

/// Reads the parameters, none of which may stand twice.
pub(crate) fn read(arguments: &[String]) -> Result<Vec<(&str, Value)>, Failure> {
    let mut parameters: Vec<(&str, Value)> = Vec::new();
    for argument in arguments {
        let (name, value) = parameter(argument)?;
        if parameters.iter().any(|(other, _)| *other == name) {
            let message = format!("the header parameter {} stands twice", Excerpt::new(name));
            return Err(Failure::usage(message).hint("write each name once"));
        }
        parameters.push((name, value));
    }
    Ok(parameters)
}

fn parameter(argument: &str) -> Result<(&str, Value), Failure> {
    let named = argument.split_once('=').filter(|(name, _)| !name.is_empty());
    let Some((name, text)) = named else {
        let message = format!("{} is no header parameter", Excerpt::new(argument));
        return Err(Failure::usage(message).hint("write it as --header NAME=VALUE"));
    };
    if name == "typ" {
        return Err(Failure::usage("typ is set by a flag of its own").hint("use --typ TYPE"));
    }
    match strict_json::read(text) {
        Ok(value) if is_kept(text, &value) => Ok((name, value)),
        Ok(_) => {
            let name = Excerpt::new(name);
            let message = format!("the header parameter {name} has a number that would be changed");
            Err(Failure::usage(message)
                .hint("write it as text, in quotation marks: --header 'NAME=\"0.10\"'"))
        }
        Err(error) if error.is_data() || text.starts_with(['{', '[', '"']) => {
            let name = Excerpt::new(name);
            let message = format!("the header parameter {name} is not sound JSON: {error}");
            Err(Failure::usage(message).hint("write each name once, and text in quotation marks"))
        }
        Err(_) => Ok((name, Value::from(text))),
    }
}

/// Whether every digit is still there: the engine takes a header parameter as a `Value`, which
/// rounds what is beyond 64 bits and writes `1.50` as `1.5`.
fn is_kept(text: &str, value: &Value) -> bool {
    json_text::without_strings(text) == json_text::without_strings(&value.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::read;

    fn one(argument: &str) -> Option<Value> {
        let arguments = [argument.to_owned()];
        read(&arguments).ok()?.pop().map(|(_, value)| value)
    }

    #[test]
    fn takes_json_or_else_text() {
        assert_eq!(one("x=7"), Some(json!(7)));
        assert_eq!(one("x=[1, \"\\u0061\", null]"), Some(json!([1, "a", null])));
        assert_eq!(one("x=a=b"), Some(json!("a=b")));
        assert_eq!(one("x="), Some(json!("")));
        assert_eq!(one("x=\"0.10\""), Some(json!("0.10")));
    }

    #[test]
    fn refuses_a_number_that_would_not_be_signed_as_it_was_written() {
        for text in ["123456789012345678901234567890", "0.10", "1E2", "-0", "[{\"a\":1.50}]"] {
            assert_eq!(one(&format!("x={text}")), None, "{text}");
        }
    }

    #[test]
    fn refuses_broken_json_rather_than_take_it_as_text() {
        for text in ["{kty:1}", "[1", "[1e400]", "\"a", "\"a\"b"] {
            assert_eq!(one(&format!("x={text}")), None, "{text}");
        }
    }

    #[test]
    fn refuses_what_has_no_name_or_stands_twice() {
        for argument in ["", "x", "=5", "typ=JWT", "x={\"a\":1,\"a\":2}"] {
            assert_eq!(one(argument), None, "{argument}");
        }
        assert!(read(&["x=1".to_owned(), "x=2".to_owned()]).is_err());
    }
}
