//! Colours, all of them: what a style means, and how a text gets one.
//!
//! Text is painted wherever it is made, and [`crate::output::Output`] takes the paint off again
//! where none is wanted. Colour never says what the words do not say too.

use anstyle::{AnsiColor, Style};
use clap::builder::Styles;

/// The title of a part, and the name of a thing.
pub(crate) const HEADING: Style = Style::new().bold();
/// What went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What went wrong, or is over.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What to be careful about.
pub(crate) const CAREFUL: Style = AnsiColor::Yellow.on_default().bold();
/// What to do about it.
pub(crate) const ADVICE: Style = AnsiColor::Cyan.on_default().bold();
/// What is said beside the matter: explanations, codes, steps that were not reached.
pub(crate) const ASIDE: Style = Style::new().dimmed();

/// The header of a token.
pub(crate) const HEADER: Style = AnsiColor::Red.on_default();
/// The payload of a token: its claims.
pub(crate) const PAYLOAD: Style = AnsiColor::Magenta.on_default();
/// The signature of a token.
pub(crate) const SIGNATURE: Style = AnsiColor::Cyan.on_default();

/// Paints a text.
pub(crate) fn paint(style: Style, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{style}{text}{style:#}") }
}

/// Paints the parts of a token, each in its colour; the dots between them stay as they are.
pub(crate) fn token(token: &str) -> String {
    let styles = [HEADER, PAYLOAD, SIGNATURE].into_iter().chain(std::iter::repeat(Style::new()));
    let parts: Vec<_> = token.split('.').zip(styles).map(|(part, one)| paint(one, part)).collect();
    parts.join(".")
}

/// Paints the beginning of each part of a token: enough to see which is which, and too little for
/// anybody to use the token.
pub(crate) fn beginning_of(text: &str) -> String {
    let shorten = |part: &str| match part.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", part.get(..end).unwrap_or_default()),
        None => part.to_owned(),
    };
    let parts: Vec<_> = text.split('.').map(shorten).collect();
    token(&parts.join("."))
}

/// How many characters of a part are shown: three of them fit into 40 columns.
const SHOWN: usize = 11;

/// The colours of the help.
pub(crate) const HELP: Styles = Styles::styled()
    .header(HEADING)
    .usage(HEADING)
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(ASIDE);

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;

    use super::{BAD, beginning_of, paint, token};

    #[test]
    fn paints_and_ends_what_it_paints() {
        assert_eq!(paint(BAD, "no"), "\u{1b}[1m\u{1b}[31mno\u{1b}[0m");
        assert_eq!(paint(BAD, ""), "");
    }

    #[test]
    fn a_token_without_its_paint_is_the_token() {
        for text in ["a.b.c", "a.b.", "..", "a", "a.b.c.d.e", ""] {
            assert_eq!(strip_str(&token(text)).to_string(), text);
        }
        let painted = token("a.b.c");
        for color in ["\u{1b}[31ma", "\u{1b}[35mb", "\u{1b}[36mc"] {
            assert!(painted.contains(color), "{painted:?}");
        }
    }

    #[test]
    fn of_a_long_part_only_the_beginning_is_shown() {
        let shown =
            strip_str(&beginning_of("eyJhbGciOiJFUzI1NiJ9.e30.AAAAAAAAAAAAAAAA")).to_string();
        assert_eq!(shown, "eyJhbGciOiJ….e30.AAAAAAAAAAA…");
        assert!(shown.chars().count() <= 40);
    }
}
