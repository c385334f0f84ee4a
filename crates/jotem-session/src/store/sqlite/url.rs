//! What comes after `sqlite:` in a URL.

use std::path::PathBuf;

use super::SqliteOptions;
use crate::store::StoreError;

/// Reads where the file is, and how it is opened.
pub(super) fn parse(rest: &str) -> Result<(PathBuf, SqliteOptions), StoreError> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut options = SqliteOptions::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        match parameter {
            "mode=ro" => options = options.read_only(),
            "mode=rwc" => {}
            _ => return Err(wrong("mode=ro and mode=rwc are all that it can ask for")),
        }
    }
    let path = match path.strip_prefix("//") {
        None => path,
        Some(absolute) if absolute.starts_with('/') => absolute,
        Some(_) => return Err(wrong("a file has no host: three slashes before its path, or none")),
    };
    match path {
        "" | "/" => Err(wrong("it names no file")),
        ":memory:" => Err(wrong("for sessions in memory say memory:")),
        _ => Ok((PathBuf::from(path), options)),
    }
}

fn wrong(reason: &str) -> StoreError {
    StoreError::Url { reason: reason.to_owned() }
}
