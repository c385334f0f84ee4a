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

/// Splits the text of an object that has no whitespace between its parts into its members: the name
/// with its quotation marks, and the value.
pub(crate) fn members(object: &str) -> Vec<(&str, &str)> {
    let inner = object.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let inner = inner.unwrap_or_default();
    let (mut members, mut depth, mut at, mut begin, mut colon) = (Vec::new(), 0_usize, 0, 0, None);
    let member = |begin: usize, colon: Option<usize>, end: usize| {
        let (name, value) = inner.get(begin..end)?.split_at_checked(colon?.checked_sub(begin)?)?;
        Some((name, value.strip_prefix(':')?))
    };
    for (character, in_string) in characters(inner) {
        match character {
            _ if in_string => {}
            '{' | '[' => depth = depth.saturating_add(1),
            '}' | ']' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => colon = Some(at),
            ',' if depth == 0 => {
                members.extend(member(begin, colon, at));
                begin = at.saturating_add(1);
            }
            _ => {}
        }
        at = at.saturating_add(character.len_utf8());
    }
    members.extend(member(begin, colon, at));
    members
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
    use super::{append, compact, members, without_strings};

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

    #[test]
    fn splits_an_object_into_its_members_and_their_values_are_untouched() {
        let object = r#"{"a":1.10,"b,:":{"c":[1,2]},"é":"x,\":\\","":null}"#;
        let expected = [
            ("\"a\"", "1.10"),
            ("\"b,:\"", r#"{"c":[1,2]}"#),
            ("\"é\"", r#""x,\":\\""#),
            ("\"\"", "null"),
        ];
        assert_eq!(members(object), expected);
        for nothing in ["{}", "", "[]", "{", "}{"] {
            assert_eq!(members(nothing), [], "{nothing}");
        }
    }
}
