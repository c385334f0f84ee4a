//! Writes registered claims and the application's own into one JSON object, and sees to it that no
//! name is written twice: a serde serializer for the outermost object; `serde_json` writes the
//! values.

use std::fmt::Display;
use std::io::Write as _;

use serde::Serialize;
use serde::ser::{Impossible, SerializeMap, SerializeStruct, Serializer};

use serde_json::Value;

use super::NumericDate;
use crate::encoding::json::PRIVATE;
use crate::error::Misuse;

/// A JSON object that is being written.
#[derive(Debug)]
pub(super) struct Members {
    json: Vec<u8>,
    /// The registered names that have been written, and the names of a map.
    names: Vec<String>,
    registered: [Option<&'static str>; 7],
}

/// Why the claims cannot be written.
#[derive(Debug)]
pub(super) enum Fault {
    Twice(String),
    NotObject(&'static str),
    Message(String),
}

impl Members {
    pub(super) fn new() -> Self {
        // Enough for most claims sets: one allocation.
        let mut json = Vec::with_capacity(256);
        json.push(b'{');
        Self { json, names: Vec::new(), registered: [None; 7] }
    }

    /// Writes a registered claim.
    pub(super) fn write<V: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &V,
    ) -> Result<(), Misuse> {
        self.remember(name);
        Ok(self.member(name, value)?)
    }

    /// Writes a registered date.
    pub(super) fn write_number(
        &mut self,
        name: &'static str,
        date: NumericDate,
    ) -> Result<(), Misuse> {
        self.remember(name);
        self.name(name)?;
        write!(self.json, "{date}").map_err(|error| Misuse::from(Fault::Message(error.to_string())))
    }

    fn remember(&mut self, name: &'static str) {
        if let Some(slot) = self.registered.iter_mut().find(|slot| slot.is_none()) {
            *slot = Some(name);
        }
    }

    /// Writes the application's claims and the closing brace.
    pub(super) fn finish<T: Serialize>(mut self, custom: &T) -> Result<Vec<u8>, Misuse> {
        custom.serialize(&mut self)?;
        self.json.push(b'}');
        Ok(self.json)
    }

    fn member<V: Serialize + ?Sized>(&mut self, name: &str, value: &V) -> Result<(), Fault> {
        self.name(name)?;
        serde_json::to_writer(&mut self.json, value).map_err(Fault::from)
    }

    fn name(&mut self, name: &str) -> Result<(), Fault> {
        if self.json.len() > 1 {
            self.json.push(b',');
        }
        serde_json::to_writer(&mut self.json, name)?;
        self.json.push(b':');
        Ok(())
    }

    fn check(&self, name: &str) -> Result<(), Fault> {
        let written = self.registered.iter().flatten().any(|registered| *registered == name);
        if written || self.names.iter().any(|earlier| earlier == name) {
            return Err(Fault::Twice(name.to_owned()));
        }
        Ok(())
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Message(error.to_string())
    }
}

impl From<Fault> for Misuse {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Twice(claim) => Self::ClaimTwice { claim },
            Fault::NotObject(found) => Self::ClaimsNotObject { found },
            Fault::Message(message) => Self::ClaimsNotSerializable { message },
        }
    }
}

impl Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{self:?}")
    }
}

impl std::error::Error for Fault {}

impl serde::ser::Error for Fault {
    fn custom<T: Display>(message: T) -> Self {
        Self::Message(message.to_string())
    }
}

impl SerializeStruct for &mut Members {
    type Ok = ();
    type Error = Fault;

    fn serialize_field<V: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &V,
    ) -> Result<(), Fault> {
        self.check(name)?;
        self.member(name, value)
    }

    fn end(self) -> Result<(), Fault> {
        Ok(())
    }
}

impl SerializeMap for &mut Members {
    type Ok = ();
    type Error = Fault;

    fn serialize_key<K: Serialize + ?Sized>(&mut self, key: &K) -> Result<(), Fault> {
        // As `serde_json` spells keys: texts as they are, integers in digits.
        let name = match serde_json::to_value(key)? {
            Value::String(name) => name,
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                return Err(Fault::NotObject("a map without text keys"));
            }
        };
        self.check(&name)?;
        self.name(&name)?;
        self.names.push(name);
        Ok(())
    }

    fn serialize_value<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<(), Fault> {
        serde_json::to_writer(&mut self.json, value).map_err(Fault::from)
    }

    fn end(self) -> Result<(), Fault> {
        Ok(())
    }
}

/// What is not an object.
macro_rules! not_objects {
    ($($method:ident($type:ty) $found:literal,)*) => {$(
        fn $method(self, _value: $type) -> Result<(), Fault> {
            Err(Fault::NotObject($found))
        }
    )*};
}

impl<'m> Serializer for &'m mut Members {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = Impossible<(), Fault>;
    type SerializeTuple = Impossible<(), Fault>;
    type SerializeTupleStruct = Impossible<(), Fault>;
    type SerializeTupleVariant = Impossible<(), Fault>;
    type SerializeMap = &'m mut Members;
    type SerializeStruct = &'m mut Members;
    type SerializeStructVariant = Impossible<(), Fault>;

    not_objects! {
        serialize_bool(bool) "a boolean",
        serialize_i8(i8) "a number", serialize_i16(i16) "a number",
        serialize_i32(i32) "a number", serialize_i64(i64) "a number",
        serialize_u8(u8) "a number", serialize_u16(u16) "a number",
        serialize_u32(u32) "a number", serialize_u64(u64) "a number",
        serialize_f32(f32) "a number", serialize_f64(f64) "a number",
        serialize_char(char) "a string", serialize_str(&str) "a string",
        serialize_bytes(&[u8]) "bytes",
    }

    fn serialize_none(self) -> Result<(), Fault> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Fault> {
        value.serialize(self)
    }

    /// `()` stands for no claims of the application's own.
    fn serialize_unit(self) -> Result<(), Fault> {
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Fault> {
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
    ) -> Result<(), Fault> {
        Err(Fault::NotObject("a string"))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        self.check(variant)?;
        self.member(variant, value)
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Self::SerializeSeq, Fault> {
        Err(Fault::NotObject("an array"))
    }

    fn serialize_tuple(self, _len: usize) -> Result<Self::SerializeTuple, Fault> {
        Err(Fault::NotObject("an array"))
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleStruct, Fault> {
        Err(Fault::NotObject("an array"))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleVariant, Fault> {
        Err(Fault::NotObject("an enum variant"))
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Self::SerializeMap, Fault> {
        Ok(self)
    }

    fn serialize_struct(
        self,
        name: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStruct, Fault> {
        // How `serde_json` passes raw text and numbers to itself: no struct of the application's.
        if name.starts_with(PRIVATE) {
            return Err(Fault::NotObject("raw JSON"));
        }
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStructVariant, Fault> {
        Err(Fault::NotObject("an enum variant"))
    }
}
