//! Where the members of a payload stand that was read before, so that reading it into another value
//! of the application's need not find them again.

use std::borrow::Cow;
use std::slice;

use crate::encoding::json::{Fault, Members, Reader};
use crate::limits::Limits;

/// The members of the outermost object, in their order.
pub(super) struct Outline(Box<[Member]>);

/// Positions in the text of the payload: of a name between its quotation marks, and of its value.
#[derive(Clone, Copy)]
struct Member {
    name: (u16, u16),
    value: (u16, u16),
}

/// The members that are left to read.
pub(super) struct Rest<'o> {
    members: slice::Iter<'o, Member>,
    /// Where the value ends that the application's type was given last.
    end: Option<u16>,
}

impl Outline {
    /// Finds the members of a payload that was read within these limits; absent if it is longer than
    /// can be said here, and if names have escapes.
    pub(super) fn of(payload: &str, limits: &Limits) -> Option<Self> {
        u16::try_from(payload.len()).ok()?;
        let mut reader = Reader::new(payload, limits);
        let mut members = Members::open(&mut reader).ok()?;
        let mut found = Vec::new();
        while let Some(name) = members.next(&mut reader).ok()? {
            let Cow::Borrowed(name) = name else { return None };
            let start = name.as_ptr().addr().checked_sub(payload.as_ptr().addr())?;
            let value = reader.position();
            reader.raw().ok()?;
            let end = start.checked_add(name.len())?;
            found.push(Member {
                name: (u16::try_from(start).ok()?, u16::try_from(end).ok()?),
                value: (u16::try_from(value).ok()?, u16::try_from(reader.position()).ok()?),
            });
        }
        Some(Self(found.into()))
    }

    /// Returns how many bytes it takes, besides itself.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.0)
    }

    /// Begins to read.
    pub(super) fn rest(&self) -> Rest<'_> {
        Rest { members: self.0.iter(), end: None }
    }
}

impl Rest<'_> {
    /// Returns the next name, and moves the reader before its value; absent after the last.
    ///
    /// Whoever did not read a value to its end fails here as with any other reader.
    #[inline]
    pub(super) fn next<'a>(&mut self, reader: &mut Reader<'a>) -> Result<Option<&'a str>, Fault> {
        if self.end.is_some_and(|end| usize::from(end) != reader.position()) {
            return Err(reader.syntax());
        }
        let Some(Member { name, value }) = self.members.next() else {
            self.end = None;
            return Ok(None);
        };
        self.end = Some(value.1);
        reader.move_to(value.0.into());
        Ok(Some(reader.slice(name.0.into(), name.1.into())))
    }
}
