//! Text that a sender controls, made safe to print.

/// At most 64 characters of a text that a sender controls, with everything escaped that could break
/// a log line or a terminal.
///
/// # Examples
/// ```
/// use jotem::error::Excerpt;
///
/// assert_eq!(Excerpt::new("https://a.example").to_string(), "https://a.example");
/// assert_eq!(Excerpt::new("a\r\nb").to_string(), "a\\r\\nb");
/// assert_eq!(Excerpt::new(&"x".repeat(100)).to_string().chars().count(), 64);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt(Box<str>);

impl Excerpt {
    const CHARACTERS: usize = 64;

    /// Takes an excerpt of `text`; a text that is cut ends with an ellipsis.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut escaped: Vec<char> = text
            .chars()
            .take(Self::CHARACTERS.saturating_add(1))
            .flat_map(|character| match character {
                // Printable ASCII as it is; `"` and `'` do no harm here and are read more easily.
                ' '..='~' if character != '\\' => vec![character],
                _ => character.escape_default().collect(),
            })
            .collect();
        if escaped.len() > Self::CHARACTERS {
            escaped.truncate(Self::CHARACTERS.saturating_sub(1));
            escaped.push('…');
        }
        Self(escaped.into_iter().collect::<String>().into())
    }

    /// Returns the escaped text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Excerpt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}
