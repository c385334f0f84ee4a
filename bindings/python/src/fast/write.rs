//! Writes Python's objects as `json.dumps(value, separators=(",", ":"))` does: those of exact
//! built-in types.
//!
//! Subclasses, other types, names that are no `str`, whole numbers beyond 64 bits, `NaN`, lone
//! surrogates and deep nesting are "not mine".

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

use super::number::write_float;
use super::{NotMine, Ordinary};
use crate::json::scan;
use crate::raw;

/// Deeper than this is left to Python, which also finds circles.
pub(crate) const DEPTH: usize = 64;

/// Writes a value.
pub(crate) fn value(value: &Bound<'_, PyAny>, depth: usize, out: &mut Vec<u8>) -> Ordinary<()> {
    if let Ok(text) = value.cast_exact::<PyString>() {
        return string(text, out);
    }
    if let Ok(number) = value.cast_exact::<PyInt>() {
        whole(number.extract()?, out);
        return Ok(());
    }
    if let Ok(truth) = value.cast_exact::<PyBool>() {
        out.extend_from_slice(if truth.is_true() { b"true" } else { b"false" });
        return Ok(());
    }
    if value.is_none() {
        out.extend_from_slice(b"null");
        return Ok(());
    }
    let deeper = depth.checked_sub(1).ok_or(NotMine)?;
    if let Ok(dict) = value.cast_exact::<PyDict>() {
        return members(dict, deeper, out);
    }
    if let Ok(list) = value.cast_exact::<PyList>() {
        return elements(list.iter(), deeper, out);
    }
    if let Ok(tuple) = value.cast_exact::<PyTuple>() {
        return elements(tuple.iter(), deeper, out);
    }
    let number = value.cast_exact::<PyFloat>().map_err(|_| NotMine)?.value();
    if !number.is_finite() {
        return Err(NotMine);
    }
    write_float(number, out);
    Ok(())
}

/// Writes a whole number.
pub(crate) fn whole(number: i64, out: &mut Vec<u8>) {
    let mut buffer = itoa::Buffer::new();
    out.extend_from_slice(buffer.format(number).as_bytes());
}

/// Writes an object.
fn members(dict: &Bound<'_, PyDict>, depth: usize, out: &mut Vec<u8>) -> Ordinary<()> {
    let start = out.len();
    out.push(b'{');
    for (name, member) in raw::members(dict) {
        if out.len() > start.saturating_add(1) {
            out.push(b',');
        }
        string(name.cast_exact::<PyString>().map_err(|_| NotMine)?, out)?;
        out.push(b':');
        value(&member, depth, out)?;
    }
    out.push(b'}');
    Ok(())
}

fn elements<'py>(
    elements: impl Iterator<Item = Bound<'py, PyAny>>,
    depth: usize,
    out: &mut Vec<u8>,
) -> Ordinary<()> {
    out.push(b'[');
    for (position, element) in elements.enumerate() {
        if position > 0 {
            out.push(b',');
        }
        value(&element, depth, out)?;
    }
    out.push(b']');
    Ok(())
}

/// Writes a string, in ASCII.
pub(crate) fn string(string: &Bound<'_, PyString>, out: &mut Vec<u8>) -> Ordinary<()> {
    text(raw::text(string)?, out);
    Ok(())
}

/// Writes a text, in ASCII: other characters as `\u` and four digits, twice beyond the first plane.
pub(crate) fn text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    if scan::is_printable(text.as_bytes()) {
        out.extend_from_slice(text.as_bytes());
    } else {
        text.chars().for_each(|character| escape(character, out));
    }
    out.push(b'"');
}

#[cold]
fn escape(character: char, out: &mut Vec<u8>) {
    let short = match character {
        '"' => b'"',
        '\\' => b'\\',
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        '\u{8}' => b'b',
        '\u{c}' => b'f',
        ' '..='~' => {
            let mut utf8 = [0; 4];
            out.extend_from_slice(character.encode_utf8(&mut utf8).as_bytes());
            return;
        }
        _ => {
            for unit in character.encode_utf16(&mut [0; 2]) {
                out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
            }
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}
