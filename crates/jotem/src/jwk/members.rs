//! The members of a JWK as JSON (RFC 7517 §4): read strictly, written in one order.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::encoding::base64url;
use crate::encoding::json::{Fault, FaultKind, Kind, Reader};
use crate::error::{Excerpt, KeyError};
use crate::limits::Limits;
use crate::secret::Secret;

/// The members of one JWK: texts, lists of texts, and the presence of anything else.
pub(crate) struct Members<'a>(BTreeMap<Cow<'a, str>, Value<'a>>);

enum Value<'a> {
    Text(Cow<'a, str>),
    List(Vec<Cow<'a, str>>),
    Other,
}

impl<'a> Members<'a> {
    /// Reads one JSON object.
    pub(crate) fn read(json: &'a str) -> Result<Self, KeyError> {
        let mut reader = Reader::new(json, &Limits::default());
        let mut members = BTreeMap::new();
        reader
            .object(|reader, name| {
                members.insert(name, value(reader)?);
                Ok(())
            })
            .and_then(|()| reader.end())
            .map_err(|fault| unsound(&fault))?;
        Ok(Self(members))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Returns a text that may be absent.
    pub(crate) fn text(&self, name: &'static str) -> Result<Option<&str>, KeyError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::List(_) | Value::Other) => Err(not(name, "a string")),
        }
    }

    /// Returns a list of texts that may be absent.
    pub(crate) fn list(&self, name: &'static str) -> Result<Option<&[Cow<'a, str>]>, KeyError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::List(list)) => Ok(Some(list)),
            Some(Value::Text(_) | Value::Other) => Err(not(name, "an array of strings")),
        }
    }

    /// Returns the bytes of a public member that must be there.
    pub(crate) fn bytes(&self, name: &'static str) -> Result<Vec<u8>, KeyError> {
        let text = self.text(name)?.ok_or(KeyError::MemberMissing { member: name })?;
        base64url::decode(text.as_bytes()).map_err(|_| not(name, "base64url without padding"))
    }

    /// Returns the bytes of a secret member that may be absent, decoded in constant time.
    pub(crate) fn secret(&self, name: &'static str) -> Result<Option<Secret>, KeyError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let bytes = base64url::decode_secret(text);
        bytes.map(Some).map_err(|_| not(name, "base64url without padding"))
    }
}

fn value<'a>(reader: &mut Reader<'a>) -> Result<Value<'a>, Fault> {
    match reader.kind()? {
        Kind::String => reader.text().map(Value::Text),
        Kind::Array => {
            let mut list = Some(Vec::new());
            reader.array(|reader| {
                if reader.kind()? == Kind::String {
                    let text = reader.text()?;
                    list.iter_mut().for_each(|list| list.push(text.clone()));
                } else {
                    list = None;
                    reader.raw()?;
                }
                Ok(())
            })?;
            Ok(list.map_or(Value::Other, Value::List))
        }
        Kind::Object | Kind::Number | Kind::Boolean | Kind::Null => {
            reader.raw().map(|_| Value::Other)
        }
    }
}

/// "This member is not what it should be."
pub(crate) fn not(member: &str, expected: &'static str) -> KeyError {
    KeyError::Member { member: Excerpt::new(member), expected }
}

/// Says what is wrong with the JSON of a key document, without quoting it.
pub(crate) fn unsound(fault: &Fault) -> KeyError {
    let problem = match fault.kind() {
        FaultKind::NotUtf8 => "it is not UTF-8",
        FaultKind::ByteOrderMark => "there is a byte order mark",
        FaultKind::Syntax | FaultKind::Shape(_) => "there is an unexpected byte, or the end,",
        FaultKind::DuplicateMember(_) => "a member stands twice,",
        FaultKind::TooDeep => "it nests too deep",
        FaultKind::TooManyMembers => "it has too many members",
        FaultKind::LoneSurrogate => "there is half of a surrogate pair",
        FaultKind::NumberRange => "there is a number that is too large",
    };
    KeyError::Json { problem, position: fault.position() }
}

/// Writes a JSON object member by member.
pub(crate) struct Writer(zeroize::Zeroizing<String>);

impl Writer {
    pub(crate) fn new() -> Self {
        // Large enough for an RSA-4096 private key: growing would leave secret copies behind.
        let mut json = zeroize::Zeroizing::new(String::with_capacity(8 * 1024));
        json.push('{');
        Self(json)
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.string(name);
        self.0.push(':');
    }

    fn string(&mut self, text: &str) {
        // A string always has a JSON form.
        self.0.push_str(&serde_json::Value::from(text).to_string());
    }

    pub(crate) fn text(&mut self, name: &str, text: &str) -> &mut Self {
        self.name(name);
        self.string(text);
        self
    }

    pub(crate) fn list(&mut self, name: &str, list: &[&str]) -> &mut Self {
        self.name(name);
        self.0.push('[');
        for (position, text) in list.iter().enumerate() {
            if position > 0 {
                self.0.push(',');
            }
            self.string(text);
        }
        self.0.push(']');
        self
    }

    pub(crate) fn bytes(&mut self, name: &str, bytes: &[u8]) -> &mut Self {
        self.text(name, &base64url::encode(bytes))
    }

    pub(crate) fn secret(&mut self, name: &str, bytes: &[u8]) -> &mut Self {
        self.name(name);
        self.0.push('"');
        self.0.push_str(&base64url::encode_secret(bytes));
        self.0.push('"');
        self
    }

    pub(crate) fn finish(mut self) -> zeroize::Zeroizing<String> {
        self.0.push('}');
        self.0
    }
}
