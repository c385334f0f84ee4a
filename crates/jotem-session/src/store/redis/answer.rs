//! What scripts answer: a row of values, read one after the other.

use fred::types::Value;

use super::error::corrupt;
use crate::record::Record;
use crate::refresh_token::SessionId;
use crate::revocation::{Fingerprint, Revocation};
use crate::store::{StoreError, Subject};

/// The values that are still to be read.
pub(super) struct Row(std::vec::IntoIter<Value>);

impl Row {
    /// Takes an answer that is a row.
    pub(super) fn new(answer: Value) -> Result<Self, StoreError> {
        match answer {
            Value::Array(values) => Ok(Self(values.into_iter())),
            _ => Err(corrupt("an answer that is no row")),
        }
    }

    /// Returns the next value; null after the last, since a row ends before what is absent there.
    pub(super) fn value(&mut self) -> Value {
        self.0.next().unwrap_or(Value::Null)
    }

    pub(super) fn integer(&mut self) -> Result<i64, StoreError> {
        self.value().as_i64().ok_or_else(|| corrupt("an answer without a number"))
    }

    pub(super) fn clock(&mut self) -> Result<u64, StoreError> {
        u64::try_from(self.integer()?).map_err(|_| corrupt("a clock before 1970"))
    }

    pub(super) fn row(&mut self) -> Result<Self, StoreError> {
        Self::new(self.value())
    }

    pub(super) fn bytes(&mut self) -> Option<Vec<u8>> {
        self.value().into_owned_bytes()
    }

    /// Returns the rest of a row of bytes, two by two.
    pub(super) fn pairs(self) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        let mut bytes = self.0.map(Value::into_owned_bytes);
        let mut pairs = Vec::new();
        while let Some(first) = bytes.next() {
            let (Some(first), Some(Some(second))) = (first, bytes.next()) else {
                return Err(corrupt("half of a pair"));
            };
            pairs.push((first, second));
        }
        Ok(pairs)
    }

    /// Returns the rest of a row of bytes.
    pub(super) fn texts(self) -> Vec<Vec<u8>> {
        self.0.filter_map(Value::into_owned_bytes).collect()
    }

    pub(super) fn text(&mut self) -> Result<Option<String>, StoreError> {
        self.bytes().map(text).transpose()
    }

    pub(super) fn record(&mut self) -> Result<Option<Record>, StoreError> {
        self.bytes().map(|bytes| record(&bytes)).transpose()
    }

    /// Returns the epoch of a subject: 0 if none was kept.
    pub(super) fn epoch(&mut self) -> Result<u32, StoreError> {
        let number = |text: String| text.parse().map_err(|_| corrupt("an epoch that is no number"));
        self.text()?.map_or(Ok(0), number)
    }

    pub(super) fn subject(&mut self) -> Result<Option<Subject>, StoreError> {
        self.text()?.as_deref().map(subject).transpose()
    }

    /// Returns the rest of a row of sessions.
    pub(super) fn session_ids(self) -> Result<Vec<SessionId>, StoreError> {
        self.0.map(|value| session_id(&value.into_owned_bytes().unwrap_or_default())).collect()
    }
}

pub(super) fn text(bytes: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(bytes).map_err(|_| corrupt("a text that is not UTF-8"))
}

pub(super) fn subject(text: &str) -> Result<Subject, StoreError> {
    Subject::from_text(text).ok_or_else(|| corrupt("a subject without a name"))
}

pub(super) fn record(bytes: &[u8]) -> Result<Record, StoreError> {
    Record::decode(bytes).map_err(super::error::corrupt_record)
}

pub(super) fn session_id(bytes: &[u8]) -> Result<SessionId, StoreError> {
    let bytes = bytes.try_into().map_err(|_| corrupt("a session's number of another length"))?;
    Ok(SessionId::from_bytes(bytes))
}

/// Reads what verifiers are told: a fingerprint, until when it matters, and the epoch of a subject.
pub(super) fn revocation(told: &[u8]) -> Result<Revocation, StoreError> {
    let wrong = || corrupt("a revocation of another length");
    let (what, rest) = told.split_first_chunk().ok_or_else(wrong)?;
    let (until_s, rest) = rest.split_first_chunk().ok_or_else(wrong)?;
    let what = Fingerprint::from_u64(u64::from_be_bytes(*what));
    let until_s = u32::from_be_bytes(*until_s);
    if rest.is_empty() {
        return Ok(Revocation::of(what, until_s));
    }
    let epoch = rest.try_into().map_err(|_| wrong())?;
    Ok(Revocation::of_subject(what, u32::from_be_bytes(epoch), until_s))
}
