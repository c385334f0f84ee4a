//! What the bytes are that somebody wants examined: a token, a key, a set, or a secret.

use serde_json::{Map, Value};

use super::json::{self, Document};
use crate::error::KeyError;
use crate::jwk::Jwk;

/// What the bytes are.
pub(super) enum Subject {
    /// A JWK, as an object; whether a member stands twice in it.
    Jwk { members: Map<String, Value>, duplicates: bool },
    /// A JWK Set: its members, whatever they are.
    Set { keys: Vec<Value>, duplicates: bool },
    /// A token in the JSON serialization (RFC 7515 §7.2, RFC 7516 §7.2).
    JsonSerialization,
    /// PEM, DER, or the public key of OpenSSH, or why it is none.
    Key(Result<Box<Jwk>, KeyError>),
    /// Text or bytes that are nothing else.
    Secret,
    /// An object that is not sound JSON.
    Malformed,
}

impl Subject {
    /// Finds out what is given as a key.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let trimmed = bytes.trim_ascii();
        let is_object = trimmed.starts_with(b"{\"") || trimmed.ends_with(b"}");
        if trimmed.starts_with(b"{") && is_object && std::str::from_utf8(trimmed).is_ok() {
            return Self::of_json(trimmed);
        }
        match Jwk::from_bytes(bytes).map_err(crate::Error::into_kind) {
            Ok(jwk) => Self::Key(Ok(Box::new(jwk))),
            Err(crate::ErrorKind::Key(reason)) if !is_no_key(&reason, bytes) => {
                Self::Key(Err(reason))
            }
            Err(_) => Self::Secret,
        }
    }

    fn of_json(json: &[u8]) -> Self {
        let Document::Object { mut members, duplicates } = json::read(json) else {
            return Self::Malformed;
        };
        if ["payload", "signatures", "ciphertext"].iter().any(|name| members.contains_key(*name)) {
            return Self::JsonSerialization;
        }
        match members.remove("keys") {
            Some(Value::Array(keys)) => Self::Set { keys, duplicates },
            _ => Self::Jwk { members, duplicates },
        }
    }
}

/// Whether the bytes only failed to be DER, or JSON after a first byte by chance: any secret does.
fn is_no_key(reason: &KeyError, bytes: &[u8]) -> bool {
    let has_label = memchr::memmem::find(bytes, b"-BEGIN ").is_some();
    matches!(reason, KeyError::Format { .. } | KeyError::Json { .. }) && !has_label
}

/// Whether a text is meant as a token: it says so, or has its segments.
pub(super) fn is_token(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "\"'`\u{feff}".contains(c));
    let is_bearer = text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("bearer "));
    let dots = text.bytes().filter(|byte| *byte == b'.').take(6).count();
    // A header in base64url begins with `{"`, or with a space or a line end between the two.
    let is_header =
        ["eyJ", "eyA", "ewo", "ew0", "ewk", "eyI"].iter().any(|it| text.starts_with(it));
    is_bearer || (is_header && dots > 0)
}
