//! The JSON serializations (RFC 7515 §7.2) as documents: read whole and strictly, with all their
//! headers, before any signature is looked at.

use std::borrow::Cow;

use super::entry::Entry;
use super::header::{expect_object, json_type, unsound};
use super::shape;
use crate::encoding::base64url;
use crate::encoding::compact;
use crate::encoding::json::{Fault, Reader};
use crate::error::{JsonType, Part, Rejection, SerializationFault};
use crate::limits::Limits;

/// Which of the two JSON serializations it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// One signature, beside the payload (RFC 7515 §7.2.2).
    Flattened,
    /// A list of signatures (RFC 7515 §7.2.1).
    General,
}

impl Form {
    const fn name(self) -> &'static str {
        match self {
            Self::Flattened => "flattened JSON",
            Self::General => "general JSON",
        }
    }

    /// The member without which a document is not of this form.
    const fn member(self) -> &'static str {
        match self {
            Self::Flattened => "signature",
            Self::General => "signatures",
        }
    }
}

/// A JWS in JSON: well formed, nothing of it authentic.
pub(super) struct Document<'t> {
    /// The payload as it stands, encoded or not; absent if it is detached.
    pub(super) payload: Option<Cow<'t, str>>,
    /// At least one, in the order of the document.
    pub(super) entries: Vec<Entry<'t>>,
}

impl<'t> Document<'t> {
    /// Reads a document of this form, and of no other.
    pub(super) fn read(text: &'t str, form: Form, limits: &Limits) -> Result<Self, Rejection> {
        shape::size(text, limits)?;
        let begins = text.bytes().next();
        if compact::count(text) == 3 && begins.is_some_and(base64url::is_alphabet) {
            let (expected, found) = (form.name(), "compact");
            return Err(SerializationFault::Other { expected, found }.into());
        }
        let members = Members::read(text, limits)?;
        let lists = members.signatures.is_some();
        let flat = !members.own.is_empty();
        let found = match (lists, flat) {
            (true, true) => return Err(SerializationFault::Mixed.into()),
            (true, false) => Form::General,
            (false, true) => Form::Flattened,
            (false, false) => {
                return Err(SerializationFault::MemberMissing { member: form.member() }.into());
            }
        };
        if found != form {
            let (expected, found) = (form.name(), found.name());
            return Err(SerializationFault::Other { expected, found }.into());
        }
        let parts = members.signatures.unwrap_or_else(|| vec![members.own]);
        if parts.is_empty() {
            return Err(SerializationFault::SignaturesEmpty.into());
        }
        let entries: Result<Vec<_>, _> =
            parts.into_iter().map(|parts| Entry::read(parts, limits)).collect();
        let entries = entries?;
        // RFC 7797 §3: or they would not have signed the same bytes.
        let unencoded = entries.first().is_some_and(Entry::is_unencoded);
        if entries.iter().any(|entry| entry.is_unencoded() != unencoded) {
            return Err(SerializationFault::B64Differs.into());
        }
        Ok(Self { payload: members.payload, entries })
    }

    /// Returns whether the payload is signed as it is; all signatures agree on it.
    pub(super) fn is_unencoded(&self) -> bool {
        self.entries.first().is_some_and(Entry::is_unencoded)
    }
}

/// The members of one signature, still encoded.
#[derive(Default)]
pub(super) struct Parts<'t> {
    pub(super) protected: Option<Cow<'t, str>>,
    /// The unprotected header: JSON that has been read as strictly as the rest.
    pub(super) header: Option<&'t str>,
    pub(super) signature: Option<Cow<'t, str>>,
}

impl Parts<'_> {
    const fn is_empty(&self) -> bool {
        self.protected.is_none() && self.header.is_none() && self.signature.is_none()
    }
}

/// The members of a document, of whichever form.
#[derive(Default)]
struct Members<'t> {
    payload: Option<Cow<'t, str>>,
    /// The members of a signature that stand beside the payload.
    own: Parts<'t>,
    signatures: Option<Vec<Parts<'t>>>,
}

impl<'t> Members<'t> {
    fn read(text: &'t str, limits: &Limits) -> Result<Self, Rejection> {
        let part = Part::Serialization;
        let mut reader = Reader::new(text, limits);
        expect_object(&mut reader, part, limits)?;
        let mut members = Self::default();
        let mut refused = None;
        let read = reader.object(|reader, name| match name.as_ref() {
            "payload" => {
                members.payload = text_member("payload", reader, &mut refused)?;
                Ok(())
            }
            "signatures" => {
                members.signatures = Some(list(reader, limits, &mut refused)?);
                Ok(())
            }
            name => members.own.member(name, reader, &mut refused),
        });
        read.and_then(|()| reader.end()).map_err(|fault| unsound(part, fault, limits))?;
        match refused {
            Some(fault) => Err(fault.into()),
            None => Ok(members),
        }
    }
}

impl<'t> Parts<'t> {
    /// Reads a member; one that RFC 7515 §7.2 does not know is ignored.
    fn member(
        &mut self,
        name: &str,
        reader: &mut Reader<'t>,
        refused: &mut Option<SerializationFault>,
    ) -> Result<(), Fault> {
        match name {
            "protected" => self.protected = text_member("protected", reader, refused)?,
            "signature" => self.signature = text_member("signature", reader, refused)?,
            "header" => {
                expect("header", "an object", JsonType::Object, reader, refused)?;
                self.header = Some(reader.raw()?);
            }
            _ => drop(reader.raw()?),
        }
        Ok(())
    }
}

/// Reads `signatures`. What exceeds the limit is read over, so that the document is known to be
/// sound before it is refused for that.
fn list<'t>(
    reader: &mut Reader<'t>,
    limits: &Limits,
    refused: &mut Option<SerializationFault>,
) -> Result<Vec<Parts<'t>>, Fault> {
    let mut signatures = Vec::new();
    if !expect("signatures", "an array", JsonType::Array, reader, refused)? {
        reader.raw()?;
        return Ok(signatures);
    }
    reader.array(|reader| {
        let limit = limits.max_signatures();
        if signatures.len() >= limit {
            refused.get_or_insert(SerializationFault::TooManySignatures { limit });
            return reader.raw().map(drop);
        }
        if !expect("signatures", "an array of objects", JsonType::Object, reader, refused)? {
            return reader.raw().map(drop);
        }
        let mut parts = Parts::default();
        reader.object(|reader, name| parts.member(&name, reader, refused))?;
        signatures.push(parts);
        Ok(())
    })?;
    Ok(signatures)
}

/// Reads a text.
fn text_member<'t>(
    member: &'static str,
    reader: &mut Reader<'t>,
    refused: &mut Option<SerializationFault>,
) -> Result<Option<Cow<'t, str>>, Fault> {
    if expect(member, "a string", JsonType::String, reader, refused)? {
        return reader.text().map(Some);
    }
    reader.raw()?;
    Ok(None)
}

/// Whether the next value is of a type; notes it if not.
fn expect(
    member: &'static str,
    expected: &'static str,
    wanted: JsonType,
    reader: &mut Reader<'_>,
    refused: &mut Option<SerializationFault>,
) -> Result<bool, Fault> {
    let found = json_type(reader.kind()?);
    if found != wanted {
        refused.get_or_insert(SerializationFault::MemberType { member, expected, found });
    }
    Ok(found == wanted)
}
