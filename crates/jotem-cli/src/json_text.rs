//! JSON texts that stay as they were written: what is signed or shown is never read into numbers
//! and written again, because that would round them.

use serde_json::Value;

/// Pairs each character of a sound JSON text with whether it belongs to a string, quotation marks
/// included.
pub(crate) fn characters(json: &str) -> impl Iterator<Item = (char, bool)> {
    let (mut inside, mut escaped) = (false, false);
    json.chars().map(move |character| {
        if inside {
            inside = escaped || character != '"';
            escaped = !escaped && character == '\\';
            return (character, true);
        }
        inside = character == '"';
        (character, inside)
    })
}

/// Leaves out the whitespace between the parts of a sound JSON text, and nothing else.
pub(crate) fn compact(json: &str) -> String {
    let keep = |(character, in_string): (char, bool)| {
        (in_string || !character.is_ascii_whitespace()).then_some(character)
    };
    characters(json).filter_map(keep).collect()
}

/// Returns all of a sound JSON text that is neither whitespace nor string: its numbers among it.
pub(crate) fn without_strings(json: &str) -> String {
    let keep = |(character, in_string): (char, bool)| {
        (!in_string && !character.is_ascii_whitespace()).then_some(character)
    };
    characters(json).filter_map(keep).collect()
}

/// Adds a member to the text of an object that has none of this name and no whitespace around it.
pub(crate) fn append(object: &mut String, name: &str, json: &str) {
    object.pop();
    if object.len() > 1 {
        object.push(',');
    }
    object.push_str(&format!("{}:{json}}}", Value::from(name)));
}

#[cfg(test)]
mod tests {
    use super::{append, compact, without_strings};

    #[test]
    fn drops_whitespace_outside_strings_only() {
        let json = "{ \"a b\" :\t[ 1.10,\r\n\"c\\\" \\\\\" , null ] }";
        assert_eq!(compact(json), r#"{"a b":[1.10,"c\" \\",null]}"#);
        assert_eq!(without_strings(json), "{:[1.10,,null]}");
    }

    #[test]
    fn adds_members_in_order_and_escapes_their_names() {
        let mut object = "{}".to_owned();
        append(&mut object, "a", "1.10");
        append(&mut object, "\"", "{}");
        assert_eq!(object, r#"{"a":1.10,"\"":{}}"#);
    }
}
