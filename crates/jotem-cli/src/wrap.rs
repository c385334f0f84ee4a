//! Long lines, broken between words.

/// Breaks a line so that no part is longer than `width` characters; a word that is longer stands
/// alone and keeps its length.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let length = |text: &str| text.chars().count();
        match lines.last_mut() {
            Some(line) if length(line).saturating_add(1).saturating_add(length(word)) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn breaks_between_words_and_nowhere_else() {
        assert_eq!(wrap("one two  three", 8), ["one two ", "three"]);
        assert_eq!(wrap("one incomprehensibility two", 8), ["one", "incomprehensibility", "two"]);
        assert_eq!(wrap("one two", 80), ["one two"]);
        assert_eq!(wrap("", 80), [""]);
        assert_eq!(wrap("é é", 0), ["é", "é"]);
    }
}
