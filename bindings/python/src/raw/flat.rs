//! Claims sets of a few texts, numbers and truth values: written at once, into a place that is there.
//!
//! They are what nearly all tokens have. The dict lends its members while no Python code can run, which
//! is why this is here.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyString};

use super::text;
use crate::json::{Claim, digits, scan};

/// The longest claims set, in bytes of JSON.
const LONGEST: usize = 1024;
/// How many names are remembered.
const NAMES: usize = 16;
/// The longest name that is, with what stands around it.
const QUOTED: usize = 32;

/// Which claims a dict may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// All of them; `iss` is text.
    All,
    /// The application's own. The registered ones are written before.
    Own,
}

/// A place for the JSON, and the names that stood in it last.
pub(crate) struct Flat {
    holds: Holds,
    json: [u8; LONGEST],
    names: [Option<Name>; NAMES],
}

/// The name of a member, by the place that it had.
struct Name {
    /// The very object: programs write their names as constants, and Python makes those once.
    object: Py<PyString>,
    /// What stands before the value: `,"sub":`.
    quoted: [u8; QUOTED],
    length: usize,
    is_text: bool,
}

impl Flat {
    pub(crate) const fn new(holds: Holds) -> Self {
        Self { holds, json: [0; LONGEST], names: [const { None }; NAMES] }
    }

    /// Writes a claims set, after the members that `before` writes; `None` for one that is not flat, or
    /// not small. What it is then is for others to find out.
    pub(crate) fn claims(
        &mut self,
        before: impl FnOnce(&mut Out<'_>) -> Option<()>,
        members: Option<&Bound<'_, PyDict>>,
    ) -> Option<&[u8]> {
        let mut out = Out { bytes: &mut self.json, at: 0 };
        before(&mut out)?;
        if let Some(members) = members {
            write(&mut out, members, &mut self.names, self.holds)?;
        }
        // Each member has a comma before it: that of the first is none.
        if out.at == 0 {
            out.bytes(b",")?;
        }
        out.bytes(b"}")?;
        let json = out.bytes.get_mut(..out.at)?;
        *json.first_mut()? = b'{';
        Some(json)
    }
}

/// Writes the members of a dict.
#[inline]
fn write(
    out: &mut Out<'_>,
    members: &Bound<'_, PyDict>,
    names: &mut [Option<Name>; NAMES],
    holds: Holds,
) -> Option<()> {
    if members.len() > NAMES {
        return None;
    }
    let (mut position, mut name, mut value) = (0, std::ptr::null_mut(), std::ptr::null_mut());
    for place in names {
        // SAFETY: the dict is alive, and the GIL keeps others from it. What it lends stays alive until
        // the dict changes: within this loop only exact `str`, `int` and `bool` are looked at, and
        // nothing but `str` is let go of, so no code runs that could change it.
        let (name, value) = unsafe {
            if ffi::PyDict_Next(members.as_ptr(), &mut position, &mut name, &mut value) == 0 {
                break;
            }
            let py = members.py();
            (Borrowed::from_ptr_or_opt(py, name)?, Borrowed::from_ptr_or_opt(py, value)?)
        };
        let known = match place {
            Some(known) if name.is(&known.object) => known,
            _ => place.insert(Name::new(&name, holds)?),
        };
        out.start_of(&known.quoted, known.length)?;
        known.value(&value, out)?;
    }
    Some(())
}

impl Name {
    fn new(name: &Bound<'_, PyAny>, holds: Holds) -> Option<Self> {
        let name = name.cast_exact::<PyString>().ok()?;
        let text = text(name).ok()?;
        let claim = Claim::named(text.as_bytes());
        if holds == Holds::Own && claim.is_some() {
            return None;
        }
        let mut quoted = [0; QUOTED];
        let mut out = Out { bytes: &mut quoted, at: 0 };
        out.name(text)?;
        let (length, is_text) = (out.at, claim == Some(Claim::Iss));
        Some(Self { object: name.clone().unbind(), quoted, length, is_text })
    }

    /// Writes the value of this member.
    #[inline]
    fn value(&self, value: &Bound<'_, PyAny>, out: &mut Out<'_>) -> Option<()> {
        if let Ok(string) = value.cast_exact::<PyString>() {
            return out.string(text(string).ok()?);
        }
        if self.is_text {
            return None;
        }
        if let Ok(number) = value.cast_exact::<PyInt>() {
            // CPython is quicker with signed ones.
            let number: i64 = number.extract().ok()?;
            return out.whole(u64::try_from(number).ok()?);
        }
        if value.is_none() {
            return out.bytes(b"null");
        }
        if value.cast_exact::<PyBool>().ok()?.is_true() {
            out.bytes(b"true")
        } else {
            out.bytes(b"false")
        }
    }
}

/// Bytes that are written from the first on.
pub(crate) struct Out<'b> {
    bytes: &'b mut [u8],
    at: usize,
}

impl Out<'_> {
    /// Writes a comma, a name and a colon.
    #[inline]
    fn name(&mut self, name: &str) -> Option<()> {
        self.bytes(b",")?;
        self.string(name)?;
        self.bytes(b":")
    }

    /// Writes printable ASCII between quotes.
    #[inline]
    pub(crate) fn string(&mut self, text: &str) -> Option<()> {
        self.bytes(b"\"")?;
        let room = self.room(text.len())?;
        if scan::copy_printable(text.as_bytes(), room) { self.bytes(b"\"") } else { None }
    }

    /// Writes a whole number that is not negative.
    #[inline]
    pub(crate) fn whole(&mut self, number: u64) -> Option<()> {
        let digits = digits(number)?;
        self.start_of(&digits.text, digits.length)
    }

    /// Writes members that are JSON already, each with a comma before it.
    #[inline]
    pub(crate) fn members(&mut self, members: &[u8]) -> Option<()> {
        self.room(members.len())?.copy_from_slice(members);
        Some(())
    }

    /// Writes the first bytes of a place: all of it, because so many bytes are copied at once.
    #[inline]
    fn start_of<const N: usize>(&mut self, place: &[u8; N], length: usize) -> Option<()> {
        *self.bytes.get_mut(self.at..)?.first_chunk_mut()? = *place;
        self.at = self.at.saturating_add(length);
        Some(())
    }

    /// Writes what is JSON already.
    #[inline]
    pub(crate) fn bytes<const N: usize>(&mut self, bytes: &[u8; N]) -> Option<()> {
        *self.room(N)?.first_chunk_mut()? = *bytes;
        Some(())
    }

    #[inline]
    fn room(&mut self, length: usize) -> Option<&mut [u8]> {
        let end = self.at.saturating_add(length);
        let room = self.bytes.get_mut(self.at..end)?;
        self.at = end;
        Some(room)
    }
}
