//! JSON in one line of printable ASCII: nothing that somebody wrote into a name ends the line, or
//! does anything to a terminal (RFC 8259 §7).

use super::members::{Member, Value};

/// Writes members after what an object has already: each with a comma before it.
pub(super) fn push_members(json: &mut String, members: &[Member]) {
    for (name, value) in members {
        json.push_str(",\"");
        json.push_str(name);
        json.push_str("\":");
        match value {
            Value::Text(text) => push_text(json, text),
            Value::Number(number) => json.push_str(&number.to_string()),
            Value::True => json.push_str("true"),
        }
    }
}

/// Writes a string; all that is not printable ASCII is escaped.
pub(super) fn push_text(json: &mut String, text: &str) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            ' '..='~' => json.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    json.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::push_text;

    #[test]
    fn a_text_comes_back_and_is_printable_ascii_on_the_way() {
        let texts =
            ["", "ada", "a\"b\\c", "line\nend\r\u{0}", "\u{1b}[31mred\u{9b}", "Ådå 🙂 \u{202e}x"];
        for text in texts {
            let mut json = String::new();
            push_text(&mut json, text);
            assert!(json.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{json}");
            let read: serde_json::Value = json.parse().unwrap();
            assert_eq!(read, text);
        }
    }
}
