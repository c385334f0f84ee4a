//! Tables for people: a name, a value, and what it means, in the width that there is.

use anstyle::Style;

use crate::paint::{ASIDE, HEADING, paint};
use crate::wrap::wrap;

/// A line of a table, or several where it is long.
#[derive(Debug)]
pub(crate) struct Row {
    name: String,
    value: String,
    value_style: Style,
    meaning: String,
    meaning_style: Style,
}

impl Row {
    /// A value may have several lines.
    pub(crate) fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            value_style: Style::new(),
            meaning: String::new(),
            meaning_style: ASIDE,
        }
    }

    /// Paints the value.
    pub(crate) fn value_style(self, value_style: Style) -> Self {
        Self { value_style, ..self }
    }

    /// Says what the value means, in one line.
    pub(crate) fn meaning(self, meaning: impl Into<String>, meaning_style: Style) -> Self {
        Self { meaning: meaning.into(), meaning_style, ..self }
    }
}

/// Lays the rows out below each other, `indent` columns from the left.
pub(crate) fn table(rows: &[Row], indent: usize, width: usize) -> String {
    let widest = |lengths: &mut dyn Iterator<Item = usize>, limit| {
        lengths.filter(|length| *length <= limit).max().unwrap_or_default()
    };
    let names = widest(&mut rows.iter().map(|row| columns(&row.name)), NAME_LIMIT);
    let with_meaning = rows.iter().filter(|row| !row.meaning.is_empty());
    let values = widest(&mut with_meaning.map(|row| columns(&row.value)), VALUE_LIMIT);
    let value_at = indent.saturating_add(names).saturating_add(GAP.len());
    let layout = Layout { indent, names, values, value_at, width };
    rows.iter().map(|row| layout.row(row)).collect()
}

/// Where the columns stand.
struct Layout {
    indent: usize,
    names: usize,
    values: usize,
    value_at: usize,
    width: usize,
}

impl Layout {
    fn row(&self, row: &Row) -> String {
        let mut lines = vec![format!(
            "{}{}{}",
            " ".repeat(self.indent),
            padded(HEADING, &row.name, self.names),
            GAP
        )];
        for (number, line) in row.value.lines().enumerate() {
            if number > 0 {
                lines.push(" ".repeat(self.value_at));
            }
            let styled = paint(row.value_style, line);
            lines.last_mut().into_iter().for_each(|last| last.push_str(&styled));
        }
        if !row.meaning.is_empty() {
            self.add_meaning(row, &mut lines);
        }
        lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
    }

    /// Writes the meaning beside the value where there is room for it, or below.
    fn add_meaning(&self, row: &Row, lines: &mut Vec<String>) {
        let at = self.value_at.saturating_add(self.values).saturating_add(GAP.len());
        let room = self.width.saturating_sub(at);
        let length = columns(&row.value);
        let one_line = lines.len() == 1 && length <= self.values;
        let beside = one_line && (room >= ENOUGH || columns(&row.meaning) <= room);
        let (at, mut parts) = if beside {
            (at, wrap(&row.meaning, room).into_iter())
        } else {
            let below = self.width.saturating_sub(self.value_at).max(ENOUGH);
            (self.value_at, wrap(&row.meaning, below).into_iter())
        };
        if beside && let (Some(last), Some(part)) = (lines.last_mut(), parts.next()) {
            let gap = " ".repeat(self.values.saturating_sub(length));
            last.push_str(&format!("{gap}{GAP}{}", paint(row.meaning_style, &part)));
        }
        let more =
            parts.map(|part| format!("{}{}", " ".repeat(at), paint(row.meaning_style, &part)));
        lines.extend(more);
    }
}

fn padded(style: Style, text: &str, width: usize) -> String {
    format!("{}{}", paint(style, text), " ".repeat(width.saturating_sub(columns(text))))
}

/// How many columns a text takes.
fn columns(text: &str) -> usize {
    text.chars().count()
}

/// What stands between two columns.
const GAP: &str = "  ";

/// A longer name, or value, does not push the others to the right.
const NAME_LIMIT: usize = 16;
const VALUE_LIMIT: usize = 32;

/// Less room than this is no column.
const ENOUGH: usize = 24;

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;
    use anstyle::Style;

    use super::{Row, table};

    fn rows() -> Vec<Row> {
        let about = |row: Row, text: &str| row.meaning(text, Style::new());
        vec![
            about(Row::new("iss", "\"https://auth.example\""), "who issued it"),
            Row::new("roles", "[\n  1\n]"),
            about(Row::new("exp", "1700000000"), "2023-11-14T22:13:20Z, 3 years ago"),
        ]
    }

    #[test]
    fn puts_the_meaning_beside_the_value_where_there_is_room() {
        let expected = "  iss    \"https://auth.example\"  who issued it\n  roles  [\n           1\n         ]\n  \
                        exp    1700000000              2023-11-14T22:13:20Z, 3 years ago\n";
        assert_eq!(strip_str(&table(&rows(), 2, 80)).to_string(), expected);
    }

    #[test]
    fn puts_it_below_where_there_is_none() {
        let expected = "  iss    \"https://auth.example\"\n         who issued it\n  roles  [\n           1\n         ]\n  \
                        exp    1700000000\n         2023-11-14T22:13:20Z, 3 years\n         ago\n";
        assert_eq!(strip_str(&table(&rows(), 2, 40)).to_string(), expected);
    }
}
