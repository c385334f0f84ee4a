//! The facts that refusals carry, and what may be said of them on the wire.

/// One of the three segments of a compact JWS (RFC 7515 §7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Segment {
    /// The JOSE header.
    Header,
    /// The payload.
    Payload,
    /// The signature.
    Signature,
}

impl std::fmt::Display for Segment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}

/// One of the JSON texts of a JWS or JWT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The JOSE header.
    Header,
    /// The claims set.
    Claims,
    /// The JSON serialization (RFC 7515 §7.2).
    Serialization,
}

impl std::fmt::Display for Part {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Header => "header",
            Self::Claims => "claims set",
            Self::Serialization => "JSON serialization",
        })
    }
}

/// The type of a JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonType {
    /// An object.
    Object,
    /// An array.
    Array,
    /// A string.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`.
    Null,
}

impl std::fmt::Display for JsonType {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Object => "an object",
            Self::Array => "an array",
            Self::String => "a string",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::Null => "null",
        })
    }
}

/// What may be said on the wire (RFC 6750 §3.1): fixed texts, the same for every secret-dependent
/// reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Public {
    /// The value of `error`.
    pub error: &'static str,
    /// The value of `error_description`.
    pub description: &'static str,
}

impl Public {
    pub(super) const fn invalid(description: &'static str) -> Self {
        Self { error: "invalid_token", description }
    }

    /// What a client is told whose token is sound, but does not allow what it asked for (RFC 6750 §3.1,
    /// status 403).
    pub const INSUFFICIENT_SCOPE: Self =
        Self { error: "insufficient_scope", description: "the token does not allow this" };

    /// What a client is told whose token is sound, and not accepted: one that was revoked (RFC 6750
    /// §3.1, status 401).
    pub const REFUSED: Self = Self::invalid("the token is not accepted");

    /// What a client is told when the server itself is at fault.
    pub const SERVER: Self =
        Self { error: "server_error", description: "the token could not be checked" };
}
