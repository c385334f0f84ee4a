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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwt::registered::{self, Registered};

    fn again<T: serde::de::DeserializeOwned>(payload: &str) -> Result<T, Fault> {
        let limits = Limits::default();
        let outline = Outline::of(payload, &limits).unwrap();
        registered::read(payload, &mut Registered::default(), &limits, Some(&outline))
    }

    #[test]
    fn values_are_read_where_they_stand() {
        type Members = std::collections::BTreeMap<String, serde_json::Value>;
        for payload in [
            "{}",
            " { } ",
            r#"{"a":1}"#,
            r#" { "a" : [ 1 , { "b" : null } ] , "a name of many letters" : "\u00fc\"" , "ü" : -0.5e1 } "#,
            r#"{"a":{"b":{"c":[[],{}]}},"d":true}"#,
        ] {
            let mut scratch = Registered::default();
            let limits = Limits::default();
            let first: Members = registered::read(payload, &mut scratch, &limits, None).unwrap();
            assert_eq!(again::<Members>(payload).unwrap(), first, "{payload}");
            again::<()>(payload).unwrap();
            again::<serde::de::IgnoredAny>(payload).unwrap();
        }
    }

    #[test]
    fn a_type_that_does_not_fit_does_not_fit_again() {
        assert!(again::<std::collections::BTreeMap<String, u8>>(r#"{"a":1,"b":256}"#).is_err());
        assert!(again::<u8>(r#"{"a":1}"#).is_err());
        assert!(again::<Vec<u8>>(r#"{"a":1}"#).is_err());
    }

    #[test]
    fn names_with_escapes_and_long_payloads_have_none() {
        let limits = Limits::default();
        let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(usize::from(u16::MAX)));
        for payload in [r#"{"\u0061":1}"#, &long, "[]", r#"{"a":1,"a":2}"#, r#"{"a":1"#] {
            assert!(Outline::of(payload, &limits).is_none(), "{}", payload.len());
        }
    }
}
