//! A payload as serde sees it: always an object, whatever the application's type would also accept.

use serde::de::{Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::encoding::json::Fault;

/// The members of a payload, which is read for the first time, or again.
pub(super) trait Object<'de>: Sized {
    /// Shows them to a type that wants them.
    fn visit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault>;

    /// Reads them for a type that wants none.
    fn pass(self) -> Result<(), Fault>;
}

/// The payload as a serde deserializer.
pub(super) struct Outermost<O>(pub(super) O);

impl<'de, O: Object<'de>> Deserializer<'de> for Outermost<O> {
    type Error = Fault;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.0.visit(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.0.pass()?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_unit(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string
        bytes byte_buf seq tuple tuple_struct map struct enum identifier
    }
}
