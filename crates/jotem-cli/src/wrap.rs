//! Long lines, broken between words.

use anstream::adapter::strip_str;

/// Breaks each line of a message; what follows a label, such as `hint:`, stays to the right of it.
pub(crate) fn message(text: &str, width: usize) -> String {
    let lines = text.lines().map(|line| {
        let label = line.split(' ').next().unwrap_or_default();
        let indent = if strip_str(label).to_string().ends_with(':') {
            length(label).saturating_add(1)
        } else {
            0
        };
        wrap(line, width, indent).join(&format!("\n{}", " ".repeat(indent)))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Breaks a line so that no part is longer than `width` characters, and all but the first leave
/// room for `indent`; a word that is longer stands alone and keeps its length.
pub(crate) fn wrap(text: &str, width: usize, indent: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let room = width.saturating_sub(if lines.len() > 1 { indent } else { 0 });
        match lines.last_mut() {
            Some(line) if length(line).saturating_add(1).saturating_add(length(word)) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// How many characters are seen: paint takes no room.
fn length(text: &str) -> usize {
    strip_str(text).to_string().chars().count()
}

#[cfg(test)]
mod tests {
    use super::{message, wrap};
    use crate::paint::{ADVICE, paint};

    #[test]
    fn breaks_between_words_and_nowhere_else() {
        assert_eq!(wrap("one two  three", 8, 0), ["one two ", "three"]);
        assert_eq!(
            wrap("one incomprehensibility two", 8, 0),
            ["one", "incomprehensibility", "two"]
        );
        assert_eq!(wrap("one two", 80, 0), ["one two"]);
        assert_eq!(wrap("", 80, 0), [""]);
        assert_eq!(wrap("é é", 0, 0), ["é", "é"]);
    }

    #[test]
    fn what_follows_a_label_stays_to_the_right_of_it() {
        let text = format!("{} one two three\nno label here", paint(ADVICE, "hint:"));
        let expected = format!("{} one two\n      three\nno label here", paint(ADVICE, "hint:"));
        assert_eq!(message(&text, 13), expected);
    }
}
