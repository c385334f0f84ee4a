//! JSON (RFC 8259) read strictly, in one pass: no duplicate member at any level, nothing before or
//! after the value, bounded depth and members, only Unicode, only numbers that fit.
//!
//! `serde_json` reads JSON as fast but keeps the last of two equal members without a word, so two
//! parsers can disagree about what was signed (RFC 7515 §4, RFC 7519 §4). This reader feeds serde
//! directly: what it checks costs no second pass.

mod deserialize;
mod fault;
mod names;
mod number;
mod reader;
mod string;

pub(crate) use deserialize::Name;
pub(crate) use fault::{Fault, FaultKind};
pub(crate) use reader::{Kind, Members, Reader};

use crate::limits::Limits;

/// How names begin by which `serde_json` talks to itself; no token may speak in them.
pub(crate) const PRIVATE: &str = "$serde_json::private::";

/// Bytes to text: UTF-8 without a byte order mark (RFC 8725 §3.7).
#[inline]
pub(crate) fn text(bytes: Vec<u8>) -> Result<String, Fault> {
    let text = String::from_utf8(bytes)
        .map_err(|error| Fault::at(FaultKind::NotUtf8, error.utf8_error().valid_up_to()))?;
    if text.starts_with('\u{feff}') {
        return Err(Fault::at(FaultKind::ByteOrderMark, 0));
    }
    Ok(text)
}

/// Reads one value of any type, and nothing else, from `text`.
pub(crate) fn read<'de, T: serde::Deserialize<'de>>(
    text: &'de str,
    limits: &Limits,
) -> Result<T, Fault> {
    let mut reader = Reader::new(text, limits);
    let value = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}
