//! JSON text from Python objects: `str`, `int`, `float`, `bool`, `None`, `list`, `tuple`, `dict`,
//! and what inherits from them. No Python code runs on the way.

use jotem::Limits;
use jotem::error::Excerpt;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use std::fmt::Write as _;

use super::{digits, scan};
use crate::raw;

/// Why an object cannot be written, and where in it.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) problem: Problem,
    /// The names and positions that lead to it, the innermost first.
    path: Vec<String>,
}

/// Why an object cannot be written.
#[derive(Debug)]
pub(crate) enum Problem {
    /// A type that JSON does not have: its name.
    Type(String),
    /// A member name that is not text: the name of its type.
    Name(String),
    /// A member name that is there already.
    Twice(String),
    /// NaN or an infinity.
    NotFinite,
    /// A number that no 64-bit float reaches: every strict reader refuses it.
    TooLarge,
    /// Deeper than verifiers read, or an object that contains itself.
    TooDeep(usize),
    /// Half of a surrogate pair.
    NotUnicode,
    /// Python failed.
    Python(PyErr),
}

impl Fault {
    /// Returns where in the object the fault is: `.roles[2]`.
    pub(crate) fn path(&self) -> String {
        self.path.iter().rev().map(String::as_str).collect()
    }

    fn below(mut self, step: impl FnOnce() -> String) -> Self {
        self.path.push(step());
        self
    }
}

impl From<Problem> for Fault {
    #[cold]
    fn from(problem: Problem) -> Self {
        Self { problem, path: Vec::new() }
    }
}

impl From<PyErr> for Fault {
    #[cold]
    fn from(error: PyErr) -> Self {
        Problem::Python(error).into()
    }
}

/// Writes any value.
///
/// # Errors
/// [`Fault`]: what in it is no JSON.
pub(crate) fn value(out: &mut Vec<u8>, value: &Bound<'_, PyAny>) -> Result<(), Fault> {
    write(out, value, 0)
}

/// Writes the members of a `dict` into an object that has been begun, and whose members have the
/// names in `taken`.
///
/// # Errors
/// [`Fault`]: what in it is no JSON, or a name that is taken.
pub(crate) fn members(
    out: &mut Vec<u8>,
    dict: &Bound<'_, PyDict>,
    taken: &[&str],
) -> Result<(), Fault> {
    write_members(out, dict, taken, 0)
}

/// Writes a string.
pub(crate) fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    loop {
        let stretch = scan::plain(rest).length;
        let Some((plain, special)) = rest.split_at_checked(stretch) else { break };
        out.extend_from_slice(plain);
        let Some((byte, after)) = special.split_first() else { break };
        escape(out, *byte);
        rest = after;
    }
    out.push(b'"');
}

/// Writes a whole number.
pub(crate) fn whole(out: &mut Vec<u8>, number: u64) {
    match digits(number) {
        Some(digits) => {
            out.extend_from_slice(digits.text.get(..digits.length).unwrap_or_default());
        }
        None => out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes()),
    }
}

#[cold]
fn escape(out: &mut Vec<u8>, byte: u8) {
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        control => out.extend_from_slice(format!("\\u{control:04x}").as_bytes()),
    }
}

fn write(out: &mut Vec<u8>, value: &Bound<'_, PyAny>, depth: usize) -> Result<(), Fault> {
    if let Ok(string) = value.cast::<PyString>() {
        text(out, raw::text(string).map_err(|_| Problem::NotUnicode)?);
    } else if let Ok(boolean) = value.cast::<PyBool>() {
        out.extend_from_slice(if boolean.is_true() { b"true" } else { b"false" });
    } else if let Ok(integer) = value.cast::<PyInt>() {
        write_integer(out, integer)?;
    } else if value.is_none() {
        out.extend_from_slice(b"null");
    } else if let Ok(dict) = value.cast::<PyDict>() {
        out.push(b'{');
        write_members(out, dict, &[], depth)?;
        out.push(b'}');
    } else if let Ok(list) = value.cast::<PyList>() {
        write_elements(out, list.iter(), depth)?;
    } else if let Ok(tuple) = value.cast::<PyTuple>() {
        write_elements(out, tuple.iter(), depth)?;
    } else if let Ok(float) = value.cast::<PyFloat>() {
        write_float(out, float.value())?;
    } else {
        return Err(Problem::Type(type_name(value)).into());
    }
    Ok(())
}

fn write_members(
    out: &mut Vec<u8>,
    dict: &Bound<'_, PyDict>,
    taken: &[&str],
    depth: usize,
) -> Result<(), Fault> {
    let depth = deeper(depth)?;
    let mut odd = None;
    for (name, member) in raw::members(dict) {
        let Ok(name) = name.cast::<PyString>() else {
            return Err(Problem::Name(type_name(&name)).into());
        };
        let plain = raw::text(name).map_err(|_| Problem::NotUnicode)?;
        if taken.contains(&plain) {
            return Err(Problem::Twice(plain.to_owned()).into());
        }
        if !name.is_exact_instance_of::<PyString>() {
            odd = Some(plain.to_owned());
        }
        if !matches!(out.last(), Some(b'{') | None) {
            out.push(b',');
        }
        text(out, plain);
        out.push(b':');
        write(out, &member, depth)
            .map_err(|fault| fault.below(|| format!(".{}", Excerpt::new(plain))))?;
    }
    odd.map_or(Ok(()), |name| check_names(dict, name))
}

/// Subclasses of `str` may hash and compare as they like, so that a `dict` holds one text twice.
#[cold]
fn check_names(dict: &Bound<'_, PyDict>, name: String) -> Result<(), Fault> {
    let mut names = Vec::with_capacity(dict.len());
    for key in dict.keys() {
        let key = key.cast::<PyString>().map_err(PyErr::from)?;
        names.push(key.to_str()?.to_owned());
    }
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    if names.len() == all { Ok(()) } else { Err(Problem::Twice(name).into()) }
}

fn write_elements<'py>(
    out: &mut Vec<u8>,
    elements: impl Iterator<Item = Bound<'py, PyAny>>,
    depth: usize,
) -> Result<(), Fault> {
    let depth = deeper(depth)?;
    out.push(b'[');
    for (position, element) in elements.enumerate() {
        if position > 0 {
            out.push(b',');
        }
        write(out, &element, depth).map_err(|fault| fault.below(|| format!("[{position}]")))?;
    }
    out.push(b']');
    Ok(())
}

fn deeper(depth: usize) -> Result<usize, Problem> {
    let limit = Limits::default().max_depth();
    if depth >= limit { Err(Problem::TooDeep(limit)) } else { Ok(depth.saturating_add(1)) }
}

fn write_integer(out: &mut Vec<u8>, integer: &Bound<'_, PyInt>) -> Result<(), Fault> {
    if let Ok(small) = integer.extract::<i64>() {
        if small < 0 {
            out.push(b'-');
        }
        whole(out, small.unsigned_abs());
        return Ok(());
    }
    // `int`'s own digits, whatever a subclass makes of them. Python refuses more than 4300.
    let digits = integer.py().get_type::<PyInt>().call_method1("__repr__", (integer,));
    let digits = digits.map_err(|_| Problem::TooLarge)?.to_string();
    if digits.parse::<f64>().is_ok_and(f64::is_finite) {
        out.extend_from_slice(digits.as_bytes());
        return Ok(());
    }
    Err(Problem::TooLarge.into())
}

fn write_float(out: &mut Vec<u8>, float: f64) -> Result<(), Problem> {
    if !float.is_finite() {
        return Err(Problem::NotFinite);
    }
    // The shortest digits that read back as the same float, with a point or an exponent.
    let mut digits = String::new();
    if write!(digits, "{float:?}").is_ok() {
        out.extend_from_slice(digits.as_bytes());
    }
    Ok(())
}

fn type_name(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "?".to_owned(), |name| name.to_string())
}
