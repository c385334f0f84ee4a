//! Where the members of a payload stand that was read before, so that reading it into another value
//! of the application's need not find them again.

use std::borrow::Cow;
use std::slice;

use serde::de::{DeserializeOwned, DeserializeSeed, MapAccess, Visitor};

use super::outermost::{Object, Outermost};
use crate::encoding::json::{Fault, Members, Name, Reader};
use crate::limits::Limits;

/// The members of the outermost object, in their order.
pub(super) struct Outline(Box<[Member]>);

/// Positions in the text of the payload: of a name between its quotation marks, and of its value.
#[derive(Clone, Copy)]
struct Member {
    name: u16,
    name_length: u8,
    /// Whether the value is a string without escapes: then it need not be looked through again.
    plain: bool,
    value: u16,
    end: u16,
}

impl Outline {
    /// Finds the members of a payload that was read within these limits; absent if it is longer than
    /// can be said here, and if a name is or has escapes.
    pub(super) fn of(payload: &str, limits: &Limits) -> Option<Self> {
        u16::try_from(payload.len()).ok()?;
        let mut reader = Reader::new(payload, limits);
        let mut members = Members::open(&mut reader).ok()?;
        let mut found = Vec::new();
        while let Some(name) = members.next(&mut reader).ok()? {
            let Cow::Borrowed(name) = name else { return None };
            let start = name.as_ptr().addr().checked_sub(payload.as_ptr().addr())?;
            let (value, escaped) = (reader.position(), reader.escaped_strings());
            let plain = reader.raw().ok()?.starts_with('"') && reader.escaped_strings() == escaped;
            found.push(Member {
                name: u16::try_from(start).ok()?,
                name_length: u8::try_from(name.len()).ok()?,
                plain,
                value: u16::try_from(value).ok()?,
                end: u16::try_from(reader.position()).ok()?,
            });
        }
        Some(Self(found.into()))
    }

    /// Returns how many bytes it takes, besides itself.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.0)
    }

    /// Reads the payload into the application's type once more.
    #[inline]
    pub(super) fn read<T: DeserializeOwned>(
        &self,
        payload: &str,
        limits: &Limits,
    ) -> Result<T, Fault> {
        let mut reader = Reader::new(payload, limits);
        let known = Known { reader: &mut reader, members: self.0.iter(), end: 0, open: true };
        let claims = T::deserialize(Outermost(known))?;
        reader.end()?;
        Ok(claims)
    }
}

/// The members that are left to read.
struct Known<'r, 'de> {
    reader: &'r mut Reader<'de>,
    members: slice::Iter<'r, Member>,
    /// Where the value ends that the application's type was given last.
    end: u16,
    /// Whether the end of the object has not been met yet.
    open: bool,
}

impl Known<'_, '_> {
    /// Sees that the last value was read to its end. Whoever did not do it fails as with any other
    /// reader.
    #[inline]
    fn check_end(&self) -> Result<(), Fault> {
        let whole = !self.open || usize::from(self.end) == self.reader.position();
        if whole { Ok(()) } else { Err(self.reader.syntax()) }
    }

    /// Meets the end of the object.
    fn close(&mut self) {
        if std::mem::take(&mut self.open) {
            self.reader.leave();
            self.reader.leave_out_rest();
        }
    }
}

impl<'de> Object<'de> for Known<'_, 'de> {
    #[inline]
    fn visit<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Fault> {
        self.reader.enter()?;
        let value = visitor.visit_map(&mut self)?;
        self.check_end()?;
        self.close();
        Ok(value)
    }

    fn pass(self) -> Result<(), Fault> {
        self.reader.leave_out_rest();
        Ok(())
    }
}

impl<'de> MapAccess<'de> for &mut Known<'_, 'de> {
    type Error = Fault;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        self.check_end()?;
        let Some(member) = self.members.next() else {
            self.close();
            return Ok(None);
        };
        let (start, end) = (usize::from(member.value), usize::from(member.end));
        self.end = member.end;
        self.reader.move_to(start, member.plain.then_some(end));
        let name = usize::from(member.name);
        let name = self.reader.slice(name, name.wrapping_add(member.name_length.into()));
        seed.deserialize(Name(name)).map(Some)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        seed.deserialize(&mut *self.reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwt::registered::{self, Registered};

    fn again<T: DeserializeOwned>(payload: &str) -> Result<T, Fault> {
        let limits = Limits::default();
        let outline = Outline::of(payload, &limits).unwrap();
        outline.read(payload, &limits)
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
            let first: Members = registered::read(payload, &mut scratch, &limits).unwrap();
            assert_eq!(again::<Members>(payload).unwrap(), first, "{payload}");
            again::<()>(payload).unwrap();
            again::<serde::de::IgnoredAny>(payload).unwrap();
        }
    }

    /// A type that asks for names (`n`) and values (`v`) in an order of its own.
    struct Asks<const IN_ORDER: usize>;

    /// Whoever asks so does not read a value whole, or one that is none.
    const REFUSED: [&str; 7] = ["v", "n", "nn", "nvv", "nvn", "nvnvv", "nvnn"];
    const ACCEPTED: [&str; 4] = ["", "nv", "nvnv", "nvnvn"];

    impl<'de, const IN_ORDER: usize> serde::Deserialize<'de> for Asks<IN_ORDER> {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            from.deserialize_map(Self)
        }
    }

    impl<'de, const IN_ORDER: usize> Visitor<'de> for Asks<IN_ORDER> {
        type Value = Self;

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self, A::Error> {
            let all = [REFUSED.as_slice(), ACCEPTED.as_slice()].concat();
            for asks in all[IN_ORDER].chars() {
                if asks == 'n' {
                    members.next_key::<String>()?;
                } else {
                    members.next_value::<serde::de::IgnoredAny>()?;
                }
            }
            Ok(self)
        }
    }

    fn both<const IN_ORDER: usize>() -> [bool; 2] {
        let payload = r#" {"a":"1", "b":"\u0032"} "#;
        let limits = Limits::default();
        let first =
            registered::read::<Asks<IN_ORDER>>(payload, &mut Registered::default(), &limits);
        [first.is_ok(), again::<Asks<IN_ORDER>>(payload).is_ok()]
    }

    #[test]
    fn a_type_that_asks_out_of_turn_is_refused_again() {
        let refused = [
            both::<0>(),
            both::<1>(),
            both::<2>(),
            both::<3>(),
            both::<4>(),
            both::<5>(),
            both::<6>(),
        ];
        assert_eq!(refused.len(), REFUSED.len());
        for (asked, verdicts) in REFUSED.iter().zip(refused) {
            assert_eq!(verdicts, [false; 2], "{asked}");
        }
    }

    #[test]
    fn a_type_that_stops_early_is_accepted_again() {
        let accepted = [both::<7>(), both::<8>(), both::<9>(), both::<10>()];
        assert_eq!(accepted.len(), ACCEPTED.len());
        for (asked, verdicts) in ACCEPTED.iter().zip(accepted) {
            assert_eq!(verdicts, [true; 2], "{asked}");
        }
    }

    /// A type that goes on without what it does not find.
    struct Lenient(Option<Strict>);

    #[derive(serde::Deserialize)]
    struct Strict {
        role: String,
    }

    impl<'de> serde::Deserialize<'de> for Lenient {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            Ok(Self(Strict::deserialize(from).ok()))
        }
    }

    #[test]
    fn a_type_that_goes_on_without_a_claim_does_so_again() {
        let limits = Limits::default();
        // Found; not found once all was read; given up at a value of another type.
        let payloads = [r#"{"role":"a"}"#, r#" { "name" : "a" } "#, r#"{"role":1,"name":"a"}"#];
        for (payload, expected) in payloads.into_iter().zip([Some("a"), None, None]) {
            let first = registered::read::<Lenient>(payload, &mut Registered::default(), &limits);
            let role = |read: Lenient| read.0.map(|strict| strict.role);
            let (first, again) = (first.map(role), again::<Lenient>(payload).map(role));
            assert_eq!(again.is_ok(), first.is_ok(), "{payload}");
            if let (Ok(first), Ok(again)) = (first, again) {
                assert_eq!([first.as_deref(), again.as_deref()], [expected; 2], "{payload}");
            }
        }
        assert_eq!(again::<Lenient>(payloads[1]).unwrap().0.map(|strict| strict.role), None);
    }

    #[test]
    fn a_type_that_does_not_fit_does_not_fit_again() {
        assert!(again::<std::collections::BTreeMap<String, u8>>(r#"{"a":1,"b":256}"#).is_err());
        assert!(again::<u8>(r#"{"a":1}"#).is_err());
        assert!(again::<Vec<u8>>(r#"{"a":1}"#).is_err());
    }

    #[test]
    fn names_with_escapes_and_long_texts_have_none() {
        let limits = Limits::default();
        let name = |bytes| format!(r#"{{"{}":1}}"#, "x".repeat(bytes));
        assert!(Outline::of(&name(255), &limits).is_some());
        let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(usize::from(u16::MAX)));
        for payload in [r#"{"\u0061":1}"#, &long, &name(256), "[]", r#"{"a":1,"a":2}"#, r#"{"a":1"#]
        {
            assert!(Outline::of(payload, &limits).is_none(), "{}", payload.len());
        }
    }
}
