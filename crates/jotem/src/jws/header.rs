//! The JOSE header (RFC 7515 §4): step 3 of the pipeline.

use std::borrow::Cow;

use super::{crit, shape};
use crate::encoding::base64url;
use crate::encoding::json::{self, Fault, FaultKind, Kind, Reader};
use crate::error::{Excerpt, JsonType, Part, Rejection, Segment};
use crate::jwa::Algorithm;
use crate::limits::Limits;

/// The JOSE header of a JWS (RFC 7515 §4), read strictly.
///
/// Keys that a header carries or points to (`jwk`, `jku`, `x5c`, `x5u`) are never used, and never
/// fetched: [`Header::parameter`] shows them to who wants to look. Nor do `x5t` and `x5t#S256` ever
/// choose a key; but a key whose document has an `x5t#S256` refuses a token that names another.
///
/// # Examples
/// ```
/// let token = "eyJhbGciOiJFUzI1NiIsImtpZCI6IjIwMjYtMTEifQ.e30.AA";
/// let header = jotem::unverified_header(token)?.into_untrusted();
/// assert_eq!(header.algorithm(), Some("ES256"));
/// assert_eq!(header.key_id(), Some("2026-11"));
/// # Ok::<(), jotem::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    json: String,
    algorithm: Option<String>,
    /// The algorithm, if the engine knows it.
    known: Option<Algorithm>,
    key_id: Option<String>,
    token_type: Option<String>,
    content_type: Option<String>,
    /// `x5t#S256`.
    certificate: Option<String>,
    critical: Option<Vec<String>>,
    unencoded: bool,
    /// A parameter that belongs to encryption or compression.
    forbidden: Option<&'static str>,
}

impl Header {
    /// Decodes and reads a header.
    pub(crate) fn read(encoded: &str, limits: &Limits) -> Result<Self, Rejection> {
        if encoded.is_empty() {
            return Err(Rejection::SegmentEmpty { segment: Segment::Header });
        }
        let bytes = base64url::decode(encoded.as_bytes())
            .map_err(|fault| shape::encoding(Segment::Header, fault))?;
        let text = json::text(bytes).map_err(|fault| unsound(Part::Header, fault, limits))?;
        let mut header = Self::parse(&text, limits)?;
        header.json = text;
        header.known = header.algorithm.as_deref().and_then(Algorithm::from_name);
        crit::check(&header)?;
        Ok(header)
    }

    fn parse(text: &str, limits: &Limits) -> Result<Self, Rejection> {
        let unsound = |fault| unsound(Part::Header, fault, limits);
        let mut reader = Reader::new(text, limits);
        expect_object(&mut reader, Part::Header, limits)?;
        let mut header = Self {
            json: String::new(),
            algorithm: None,
            known: None,
            key_id: None,
            token_type: None,
            content_type: None,
            certificate: None,
            critical: None,
            unencoded: false,
            forbidden: None,
        };
        let mut refused = None;
        let read = reader.object(|reader, name| {
            if let Err(reason) = header.member(&name, reader, limits)? {
                refused.get_or_insert(reason);
            }
            Ok(())
        });
        read.and_then(|()| reader.end()).map_err(unsound)?;
        match refused {
            Some(reason) => Err(reason),
            None => Ok(header),
        }
    }

    /// Reads the value of one parameter; registered ones must have their RFC's type.
    fn member(
        &mut self,
        name: &str,
        reader: &mut Reader<'_>,
        limits: &Limits,
    ) -> Result<Result<(), Rejection>, Fault> {
        let slot = match name {
            "alg" => return text("alg", reader, limits, &mut self.algorithm),
            "kid" => return text("kid", reader, limits, &mut self.key_id),
            "typ" => return text("typ", reader, limits, &mut self.token_type),
            "cty" => return text("cty", reader, limits, &mut self.content_type),
            "x5t#S256" => return text("x5t#S256", reader, limits, &mut self.certificate),
            "jku" => (Kind::String, "jku", "a string"),
            "x5u" => (Kind::String, "x5u", "a string"),
            "x5t" => (Kind::String, "x5t", "a string"),
            "jwk" => (Kind::Object, "jwk", "an object"),
            "x5c" => (Kind::Array, "x5c", "an array"),
            "b64" => {
                let value = reader.raw()?;
                self.unencoded = value == "false";
                let found = json_type(Reader::new(value, limits).kind()?);
                return Ok(typed("b64", "a boolean", found, JsonType::Boolean));
            }
            "crit" => return self.critical(reader),
            "enc" => return self.forbid("enc", reader),
            "zip" => return self.forbid("zip", reader),
            "epk" => return self.forbid("epk", reader),
            _ => return reader.raw().map(|_| Ok(())),
        };
        let (kind, name, expected) = slot;
        let found = json_type(reader.kind()?);
        reader.raw()?;
        Ok(typed(name, expected, found, json_type(kind)))
    }

    fn critical(&mut self, reader: &mut Reader<'_>) -> Result<Result<(), Rejection>, Fault> {
        let expected = "an array of strings";
        let found = json_type(reader.kind()?);
        if found != JsonType::Array {
            reader.raw()?;
            return Ok(Err(Rejection::ParameterType { name: "crit", expected, found }));
        }
        let mut names = Vec::new();
        let mut refused = Ok(());
        reader.array(|reader| {
            let found = json_type(reader.kind()?);
            if found == JsonType::String {
                names.push(reader.text()?.into_owned());
                return Ok(());
            }
            refused = Err(Rejection::ParameterType { name: "crit", expected, found });
            reader.raw().map(drop)
        })?;
        self.critical = Some(names);
        Ok(refused)
    }

    fn forbid(
        &mut self,
        name: &'static str,
        reader: &mut Reader<'_>,
    ) -> Result<Result<(), Rejection>, Fault> {
        self.forbidden.get_or_insert(name);
        reader.raw().map(|_| Ok(()))
    }

    /// Returns `alg` (RFC 7515 §4.1.1) as it is written.
    #[must_use]
    pub fn algorithm(&self) -> Option<&str> {
        self.algorithm.as_deref()
    }

    /// Returns `kid` (RFC 7515 §4.1.4).
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Returns `typ` (RFC 7515 §4.1.9), such as `JWT` or `at+jwt`.
    #[must_use]
    pub fn token_type(&self) -> Option<&str> {
        self.token_type.as_deref()
    }

    /// Returns `cty` (RFC 7515 §4.1.10).
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// Returns `x5t#S256` (RFC 7515 §4.1.8) as it is written.
    pub(super) fn certificate_thumbprint(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// Returns the names in `crit` (RFC 7515 §4.1.11).
    #[must_use]
    pub fn critical_names(&self) -> &[String] {
        self.critical.as_deref().unwrap_or_default()
    }

    /// Returns whether `crit` is there at all, be it empty.
    pub(super) fn critical_parameter(&self) -> Option<&[String]> {
        self.critical.as_deref()
    }

    /// Returns whether the payload is signed as it is: `b64` is false (RFC 7797 §3).
    #[must_use]
    pub const fn is_unencoded(&self) -> bool {
        self.unencoded
    }

    /// Returns the header's JSON text, exactly as it was signed.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Reads any parameter; `None` if it is absent or of another type.
    ///
    /// # Examples
    /// ```
    /// let token = "eyJhbGciOiJFUzI1NiIsIngtdGVuYW50Ijo3fQ.e30.AA";
    /// let header = jotem::unverified_header(token)?.into_untrusted();
    /// assert_eq!(header.parameter::<u32>("x-tenant"), Some(7));
    /// # Ok::<(), jotem::Error>(())
    /// ```
    #[must_use]
    pub fn parameter<T: serde::de::DeserializeOwned>(&self, name: &str) -> Option<T> {
        let limits = Limits::default().depth(Limits::MAX_DEPTH).members(usize::MAX);
        let mut value = None;
        let mut reader = Reader::new(&self.json, &limits);
        let read = reader.object(|reader, found| {
            let raw = reader.raw()?;
            if found == name {
                value = json::read(raw, &limits).ok();
            }
            Ok(())
        });
        read.ok().and(value)
    }

    /// Returns for each name whether the header has it, in one pass.
    pub(super) fn has_each(&self, names: &[String]) -> Vec<bool> {
        let limits = Limits::default().depth(Limits::MAX_DEPTH).members(usize::MAX);
        let mut present = vec![false; names.len()];
        let read = Reader::new(&self.json, &limits).object(|reader, found| {
            for (name, present) in names.iter().zip(&mut present) {
                *present |= *name == found;
            }
            reader.raw().map(drop)
        });
        // The header has been read before, so it can be read again.
        read.map_or_else(|_| vec![false; names.len()], |()| present)
    }

    /// Returns the parameter of encryption or compression that the header has.
    pub(super) const fn forbidden(&self) -> Option<&'static str> {
        self.forbidden
    }

    /// Returns the algorithm, if the engine knows it.
    pub(crate) const fn known_algorithm(&self) -> Option<Algorithm> {
        self.known
    }

    pub(crate) fn key_id_excerpt(&self) -> Option<Excerpt> {
        self.key_id.as_deref().map(Excerpt::new)
    }
}

fn typed(
    name: &'static str,
    expected: &'static str,
    found: JsonType,
    wanted: JsonType,
) -> Result<(), Rejection> {
    if found == wanted { Ok(()) } else { Err(Rejection::ParameterType { name, expected, found }) }
}

/// Reads a text parameter into its slot.
fn text(
    name: &'static str,
    reader: &mut Reader<'_>,
    limits: &Limits,
    slot: &mut Option<String>,
) -> Result<Result<(), Rejection>, Fault> {
    let found = json_type(reader.kind()?);
    if found != JsonType::String {
        reader.raw()?;
        return Ok(Err(Rejection::ParameterType { name, expected: "a string", found }));
    }
    let text = reader.text()?;
    let (bytes, limit) = (text.len(), limits.max_text_bytes());
    if bytes > limit {
        return Ok(Err(Rejection::ParameterTooLong { name, bytes, limit }));
    }
    *slot = Some(Cow::into_owned(text));
    Ok(Ok(()))
}

/// Checks that a JSON text is an object, and says what it is otherwise.
pub(crate) fn expect_object(
    reader: &mut Reader<'_>,
    part: Part,
    limits: &Limits,
) -> Result<(), Rejection> {
    match reader.kind().map_err(|fault| unsound(part, fault, limits))? {
        Kind::Object => Ok(()),
        other @ (Kind::Array | Kind::String | Kind::Number | Kind::Boolean | Kind::Null) => {
            Err(Rejection::NotObject { part, found: json_type(other) })
        }
    }
}

pub(crate) const fn json_type(kind: Kind) -> JsonType {
    match kind {
        Kind::Object => JsonType::Object,
        Kind::Array => JsonType::Array,
        Kind::String => JsonType::String,
        Kind::Number => JsonType::Number,
        Kind::Boolean => JsonType::Boolean,
        Kind::Null => JsonType::Null,
    }
}

/// Turns a fault of JSON into the reason for a refusal.
#[cold]
pub(crate) fn unsound(part: Part, fault: Fault, limits: &Limits) -> Rejection {
    let position = fault.position();
    match fault.into_kind() {
        FaultKind::NotUtf8 => Rejection::NotUtf8 { part, position },
        FaultKind::ByteOrderMark => Rejection::ByteOrderMark { part },
        FaultKind::Syntax => Rejection::JsonSyntax { part, position },
        FaultKind::DuplicateMember(name) => {
            Rejection::DuplicateMember { part, name: Excerpt::new(&name) }
        }
        FaultKind::TooDeep => Rejection::TooDeep { part, limit: limits.max_depth() },
        FaultKind::TooManyMembers => {
            Rejection::TooManyMembers { part, limit: limits.max_members() }
        }
        FaultKind::LoneSurrogate => Rejection::LoneSurrogate { part, position },
        FaultKind::NumberRange => Rejection::NumberRange { part, position },
        FaultKind::Shape(message) => Rejection::ClaimsShape { message: Excerpt::new(&message) },
    }
}
