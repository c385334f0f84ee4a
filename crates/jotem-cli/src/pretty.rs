//! JSON for reading: laid out, and otherwise exactly as it was signed.
//!
//! Numbers and escapes are not read and written again, so what is shown is what the token says.
//! Characters that could move the cursor, or turn the direction of the text around, are escaped.

use crate::json_text::characters;

/// Lays out a JSON text that has been checked.
pub(crate) fn pretty(json: &str) -> String {
    let mut layout = Layout::default();
    for (character, in_string) in characters(json) {
        match character {
            _ if in_string => layout.value(character),
            '{' | '[' => layout.open(character),
            '}' | ']' => layout.close(character),
            ',' => layout.comma(),
            ':' => layout.text.push_str(": "),
            ' ' | '\t' | '\r' | '\n' => {}
            _ => layout.value(character),
        }
    }
    layout.text
}

#[derive(Debug, Default)]
struct Layout {
    text: String,
    depth: usize,
    /// An object or array was opened, and nothing stands in it yet.
    empty: bool,
}

impl Layout {
    fn line(&mut self) {
        self.text.push('\n');
        self.text.push_str(&"  ".repeat(self.depth));
    }

    /// Makes room for a value or a name.
    fn begin(&mut self) {
        if std::mem::take(&mut self.empty) {
            self.line();
        }
    }

    fn open(&mut self, bracket: char) {
        self.begin();
        self.text.push(bracket);
        self.depth = self.depth.saturating_add(1);
        self.empty = true;
    }

    fn close(&mut self, bracket: char) {
        self.depth = self.depth.saturating_sub(1);
        if !std::mem::take(&mut self.empty) {
            self.line();
        }
        self.text.push(bracket);
    }

    fn comma(&mut self) {
        self.text.push(',');
        self.line();
    }

    /// Writes one character of a string, a number, a boolean or null.
    fn value(&mut self, character: char) {
        self.begin();
        self.text.push_str(&escape(character));
    }
}

/// Escapes what a terminal would obey in a JSON text, and leaves the rest as it is.
pub(crate) fn harmless(json: &str) -> String {
    json.chars().map(escape).collect()
}

fn escape(character: char) -> String {
    if is_harmless(character) {
        return character.to_string();
    }
    let mut units = [0; 2];
    character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// Whether a terminal shows the character and does nothing else.
pub(crate) fn is_harmless(character: char) -> bool {
    let invisible = matches!(
        character,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    );
    !character.is_control() && !invisible
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn lays_out_and_keeps_numbers_and_escapes_as_they_are() {
        let json = r#"{"a":1.10,"b":[ ],"c":[1,{"d":"\"x, {\\"}],"e":{}}"#;
        let expected = "{\n  \"a\": 1.10,\n  \"b\": [],\n  \"c\": [\n    1,\n    {\n      \
                        \"d\": \"\\\"x, {\\\\\"\n    }\n  ],\n  \"e\": {}\n}";
        assert_eq!(pretty(json), expected);
    }

    #[test]
    fn escapes_what_a_terminal_would_obey() {
        let json = "\"a\u{9b}2J\u{202e}\u{7f}\u{e0041}é\"";
        assert_eq!(pretty(json), "\"a\\u009b2J\\u202e\\u007f\\udb40\\udc41é\"");
    }
}
