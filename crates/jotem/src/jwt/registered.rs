//! The registered claims of a payload (RFC 7519 §4.1), captured while the application's type is
//! read: nothing is read twice, and texts stay where they are.

use std::marker::PhantomData;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};

use super::outermost::{Object, Outermost};
use super::{DateFault, NumericDate};
use crate::encoding::json::{Fault, FaultKind, Kind, Members, Name, Reader};
use crate::error::{JsonType, Rejection};
use crate::jws::header::json_type;
use crate::limits::Limits;

/// A text in the payload: where it stands, or, if it has escapes, what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Text {
    Span { start: u32, end: u32 },
    Owned(Box<str>),
}

impl Text {
    /// Returns how many bytes it has.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Span { start, end } => {
                usize::try_from(end.saturating_sub(*start)).unwrap_or(usize::MAX)
            }
            Self::Owned(text) => text.len(),
        }
    }

    /// Whether it is this text, given the payload it was captured in.
    #[inline]
    pub(crate) fn is(&self, text: &str, payload: &str) -> bool {
        match self {
            Self::Span { start, end } => {
                payload.as_bytes().get(bound(*start)..bound(*end)) == Some(text.as_bytes())
            }
            Self::Owned(own) => **own == *text,
        }
    }

    /// Returns the text, given the payload it was captured in.
    #[inline]
    pub(crate) fn get<'a>(&'a self, payload: &'a str) -> &'a str {
        match self {
            Self::Span { start, end } => {
                payload.get(bound(*start)..bound(*end)).unwrap_or_default()
            }
            Self::Owned(text) => text,
        }
    }
}

/// Whatever a u32 holds was the position in a payload, and so is a usize.
fn bound(position: u32) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// `aud`: one text, or several (RFC 7519 §4.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AudienceText {
    One(Text),
    Many(Vec<Text>),
}

/// A claim: absent, of the right type, or neither. There is no fourth.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Captured<T> {
    #[default]
    Absent,
    Value(T),
    Refused(ClaimFault),
}

/// Why a claim that is there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClaimFault {
    Type(JsonType),
    DateRange,
    Milliseconds,
    Empty,
}

impl<T> Captured<T> {
    /// Returns the value of a claim, or refuses one that has the wrong type.
    pub(crate) fn check(
        &self,
        claim: &'static str,
        expected: &'static str,
    ) -> Result<Option<&T>, Rejection> {
        match self {
            Self::Absent => Ok(None),
            Self::Value(value) => Ok(Some(value)),
            Self::Refused(ClaimFault::Type(found)) => {
                Err(Rejection::ClaimType { claim, expected, found: *found })
            }
            Self::Refused(ClaimFault::DateRange) => Err(Rejection::DateRange { claim }),
            Self::Refused(ClaimFault::Milliseconds) => Err(Rejection::DateMilliseconds { claim }),
            Self::Refused(ClaimFault::Empty) => {
                Err(Rejection::ClaimEmpty { claim: crate::error::Excerpt::new(claim) })
            }
        }
    }

    /// Returns the value of a claim that is known to have the right type.
    pub(crate) const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Refused(_) => None,
        }
    }
}

/// The registered claims, and whether there is a `cnf` (RFC 7800).
#[derive(Debug, Clone, Default)]
pub(crate) struct Registered {
    pub(crate) issuer: Captured<Text>,
    pub(crate) subject: Captured<Text>,
    pub(crate) audience: Captured<AudienceText>,
    pub(crate) expires_at: Captured<NumericDate>,
    pub(crate) not_before: Captured<NumericDate>,
    pub(crate) issued_at: Captured<NumericDate>,
    pub(crate) token_id: Captured<Text>,
    pub(crate) confirmation: bool,
}

impl Registered {
    /// Returns how many bytes it takes besides itself.
    pub(crate) fn owned_bytes(&self) -> usize {
        let owned = |text: &Text| match text {
            Text::Span { .. } => 0,
            Text::Owned(text) => text.len(),
        };
        let single = [&self.issuer, &self.subject, &self.token_id];
        let single = single.into_iter().filter_map(Captured::value).map(owned);
        let (several, listed): (&[Text], usize) = match self.audience.value() {
            None => (&[], 0),
            Some(AudienceText::One(text)) => (std::slice::from_ref(text), 0),
            Some(AudienceText::Many(texts)) => (texts, size_of_val(texts.as_slice())),
        };
        single.chain(several.iter().map(owned)).fold(listed, usize::saturating_add)
    }
}

/// Which claim a member name is.
#[derive(Clone, Copy)]
enum Slot {
    Issuer,
    Subject,
    Audience,
    ExpiresAt,
    NotBefore,
    IssuedAt,
    TokenId,
    Confirmation,
}

#[inline(always)]
fn slot(name: &str) -> Option<Slot> {
    Some(match name {
        "iss" => Slot::Issuer,
        "sub" => Slot::Subject,
        "aud" => Slot::Audience,
        "exp" => Slot::ExpiresAt,
        "nbf" => Slot::NotBefore,
        "iat" => Slot::IssuedAt,
        "jti" => Slot::TokenId,
        "cnf" => Slot::Confirmation,
        _ => return None,
    })
}

/// Reads a payload into the application's type, and the registered claims on the way.
#[inline]
pub(crate) fn read<T: serde::de::DeserializeOwned>(
    payload: &str,
    registered: &mut Registered,
    limits: &Limits,
) -> Result<T, Fault> {
    let mut reader = Reader::new(payload, limits);
    let claims = T::deserialize(Outermost(Unread { reader: &mut reader, registered }))?;
    reader.end()?;
    Ok(claims)
}

/// A value that was just read: a part of the payload.
#[derive(Clone, Copy)]
struct Value<'p> {
    payload: &'p str,
    start: usize,
    end: usize,
    escaped: bool,
    /// The value, if it is a whole number, so that a date is not read twice.
    whole: Option<u64>,
}

impl<'p> Value<'p> {
    fn json(&self) -> &'p str {
        self.payload.get(self.start..self.end).unwrap_or_default()
    }

    /// Returns its type, by the first byte: it has been read, so it is one.
    fn kind(&self) -> JsonType {
        match self.payload.as_bytes().get(self.start) {
            Some(b'{') => JsonType::Object,
            Some(b'[') => JsonType::Array,
            Some(b'"') => JsonType::String,
            Some(b't' | b'f') => JsonType::Boolean,
            Some(b'n') | None => JsonType::Null,
            Some(_) => JsonType::Number,
        }
    }

    /// Returns where the text of a string without escapes stands, between its quotation marks.
    #[inline]
    fn span(&self) -> Option<(u32, u32)> {
        if self.escaped || self.payload.as_bytes().get(self.start) != Some(&b'"') {
            return None;
        }
        let start = u32::try_from(self.start.checked_add(1)?).ok()?;
        Some((start, u32::try_from(self.end.checked_sub(1)?).ok()?))
    }
}

/// Captures the value that was just read.
fn capture(registered: &mut Registered, slot: Slot, value: &Value<'_>) {
    match slot {
        Slot::Issuer => capture_text(&mut registered.issuer, value),
        Slot::Subject => capture_text(&mut registered.subject, value),
        Slot::Audience => capture_audience(&mut registered.audience, value),
        Slot::ExpiresAt => capture_date(&mut registered.expires_at, value),
        Slot::NotBefore => capture_date(&mut registered.not_before, value),
        Slot::IssuedAt => capture_date(&mut registered.issued_at, value),
        Slot::TokenId => capture_text(&mut registered.token_id, value),
        Slot::Confirmation => registered.confirmation = true,
    }
}

/// Captures a text. It is written in place: moving it out of a result takes longer than finding it.
#[inline]
fn capture_text(claim: &mut Captured<Text>, value: &Value<'_>) {
    if let Some((start, end)) = value.span() {
        *claim = Captured::Value(Text::Span { start, end });
        return;
    }
    *claim = match text(value) {
        Ok(text) => Captured::Value(text),
        Err(fault) => Captured::Refused(fault),
    };
}

/// Captures one audience or several.
#[inline]
fn capture_audience(claim: &mut Captured<AudienceText>, value: &Value<'_>) {
    match value.span() {
        Some((start, end)) if start != end => {
            *claim = Captured::Value(AudienceText::One(Text::Span { start, end }));
        }
        Some(_) => *claim = Captured::Refused(ClaimFault::Empty),
        None if value.kind() == JsonType::Array => *claim = many(value),
        None => {
            *claim = match text(value) {
                Ok(text) => Captured::Value(AudienceText::One(text)),
                Err(fault) => Captured::Refused(fault),
            };
        }
    }
}

/// Captures a date; in place as well.
#[inline]
fn capture_date(claim: &mut Captured<NumericDate>, value: &Value<'_>) {
    if let Some(seconds) = value.whole
        && seconds <= NumericDate::MAX.as_secs()
    {
        *claim = Captured::Value(NumericDate::from_secs(seconds));
        return;
    }
    *claim = date(value);
}

/// Reads a date, whatever it looks like.
#[cold]
fn date(value: &Value<'_>) -> Captured<NumericDate> {
    if value.kind() != JsonType::Number {
        return Captured::Refused(ClaimFault::Type(value.kind()));
    }
    match NumericDate::from_json_number(value.json()) {
        Ok(date) => Captured::Value(date),
        Err(DateFault::Range) => Captured::Refused(ClaimFault::DateRange),
        Err(DateFault::Milliseconds) => Captured::Refused(ClaimFault::Milliseconds),
    }
}

/// Reads a text, whatever it looks like.
#[cold]
fn text(value: &Value<'_>) -> Result<Text, ClaimFault> {
    if let Some((start, end)) = value.span() {
        return Ok(Text::Span { start, end });
    }
    let wrong = ClaimFault::Type(value.kind());
    if value.kind() != JsonType::String {
        return Err(wrong);
    }
    let text = Reader::new(value.json(), &Limits::default()).text().map_err(|_| wrong)?;
    Ok(Text::Owned(text.into()))
}

/// Reads several audiences.
fn many(value: &Value<'_>) -> Captured<AudienceText> {
    let mut texts = Vec::new();
    let mut refused = None;
    let mut reader = Reader::new(value.json(), &Limits::default());
    let read = reader.array(|reader| {
        let found = json_type(reader.kind()?);
        let start = value.start.saturating_add(reader.position());
        reader.raw()?;
        let end = value.start.saturating_add(reader.position());
        match text(&Value { start, end, whole: None, ..*value }) {
            Ok(text) => texts.push(text),
            Err(_) => {
                refused.get_or_insert(ClaimFault::Type(found));
            }
        }
        Ok(())
    });
    match (read, refused) {
        (Ok(()), None) if texts.is_empty() => Captured::Refused(ClaimFault::Empty),
        (Ok(()), None) => Captured::Value(AudienceText::Many(texts)),
        (Ok(()), Some(fault)) => Captured::Refused(fault),
        (Err(_), _) => Captured::Refused(ClaimFault::Type(JsonType::Array)),
    }
}

/// A payload that nobody read yet.
struct Unread<'r, 'de> {
    reader: &'r mut Reader<'de>,
    registered: &'r mut Registered,
}

impl<'de> Object<'de> for Unread<'_, 'de> {
    #[inline]
    fn visit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Self { reader, registered } = self;
        if reader.kind()? != Kind::Object {
            return Err(Fault::at(FaultKind::Syntax, reader.position()));
        }
        let mut access =
            PayloadMembers { members: Members::open(reader)?, reader, registered, slot: None };
        let value = visitor.visit_map(&mut access)?;
        // A visitor may stop early; what it left is read as strictly, and captured.
        access.finish()?;
        Ok(value)
    }

    fn pass(self) -> Result<(), Fault> {
        let Self { reader, registered } = self;
        let members = Members::open(reader)?;
        PayloadMembers { members, reader, registered, slot: None }.finish()
    }
}

struct PayloadMembers<'r, 'de> {
    reader: &'r mut Reader<'de>,
    members: Members<'de>,
    registered: &'r mut Registered,
    slot: Option<Slot>,
}

impl PayloadMembers<'_, '_> {
    /// Reads what is left.
    fn finish(mut self) -> Result<(), Fault> {
        let mut access = &mut self;
        while access.next_key_seed(PhantomData::<IgnoredAny>)?.is_some() {
            access.next_value_seed(PhantomData::<IgnoredAny>)?;
        }
        Ok(())
    }
}

impl<'de> MapAccess<'de> for &mut PayloadMembers<'_, 'de> {
    type Error = Fault;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let Some(name) = self.members.next(self.reader)? else { return Ok(None) };
        self.slot = slot(&name);
        seed.deserialize(Name(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let Some(slot) = self.slot.take() else { return seed.deserialize(&mut *self.reader) };
        let (start, escaped) = (self.reader.position(), self.reader.escaped_strings());
        let read = seed.deserialize(&mut *self.reader);
        // Captured whether the application's type took it or not: a type that goes on without it
        // does not undo the claim. One that read half of a value gets no further than the end.
        let value = Value {
            payload: self.reader.document(),
            start,
            end: self.reader.position(),
            escaped: self.reader.escaped_strings() != escaped,
            whole: self.reader.whole_at(start),
        };
        capture(self.registered, slot, &value);
        read
    }
}
