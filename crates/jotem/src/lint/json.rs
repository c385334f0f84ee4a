//! JSON read for looking at: as strictly as everywhere, except that a member that stands twice is a
//! finding and not the end.

use serde_json::{Map, Value};

use crate::encoding::json::{FaultKind, Reader, text};
use crate::limits::Limits;

/// What the text of a header, a claims set or a key document turned out to be.
pub(super) enum Document {
    /// An object, and whether some member name stands twice in it.
    Object { members: Map<String, Value>, duplicates: bool },
    /// JSON of another type.
    Other,
    /// Not JSON, or not within the limits.
    Malformed,
}

pub(super) fn read(bytes: &[u8]) -> Document {
    let Ok(text) = text(bytes.to_vec()) else { return Document::Malformed };
    let mut reader = Reader::new(&text, &Limits::default());
    let duplicates = match reader.raw().and_then(|_| reader.end()) {
        Ok(()) => false,
        Err(fault) if matches!(fault.kind(), FaultKind::DuplicateMember(_)) => true,
        Err(_) => return Document::Malformed,
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "duplicates were looked for; serde_json bounds the depth, the caller the size"
    )]
    let value = serde_json::from_str(&text);
    match value {
        Ok(Value::Object(members)) => Document::Object { members, duplicates },
        Ok(_) => Document::Other,
        Err(_) => Document::Malformed,
    }
}
