//! Steps 1 and 2 of the pipeline: is this text a compact JWS at all?

use crate::encoding::base64url::{self, Fault};
use crate::encoding::compact::{self, Segments};
use crate::error::{Rejection, Segment};
use crate::limits::Limits;

/// Step 1: the size, before anything is looked at.
#[inline]
pub(crate) fn size(token: &str, limits: &Limits) -> Result<(), Rejection> {
    let (bytes, limit) = (token.len(), limits.max_token_bytes());
    if bytes == 0 {
        return Err(Rejection::TokenEmpty);
    }
    if bytes > limit {
        return Err(Rejection::TokenTooLarge { bytes, limit });
    }
    Ok(())
}

/// Step 2: the shape: three segments (RFC 7515 §7.1), with nothing around them.
#[inline]
pub(crate) fn split<'t>(token: &'t str, limits: &Limits) -> Result<Segments<'t>, Rejection> {
    let Some(segments) = compact::split(token) else { return Err(explain(token)) };
    // What people paste around a token shows in its first and its last byte, `Bearer ` in the
    // seventh.
    let bytes = token.as_bytes();
    let begins = bytes.first().is_some_and(|byte| base64url::is_alphabet(*byte));
    let ends = bytes.last().is_some_and(|byte| base64url::is_alphabet(*byte) || *byte == b'.');
    if !begins || !ends || bytes.get(6) == Some(&b' ') {
        return Err(explain(token));
    }
    let (bytes, limit) = (segments.header.len(), limits.max_header_bytes());
    if bytes > limit {
        return Err(Rejection::HeaderTooLarge { bytes, limit });
    }
    Ok(segments)
}

/// Finds out what a text without the shape of a token is.
#[cold]
fn explain(token: &str) -> Rejection {
    let is_outside = |character: char| {
        character.is_whitespace() || matches!(character, '\0' | '\u{feff}' | '\u{200b}')
    };
    let trimmed = token.trim_matches(is_outside);
    if trimmed.is_empty() {
        return Rejection::TokenEmpty;
    }
    if trimmed.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer ")) {
        return Rejection::BearerPrefix;
    }
    if trimmed.starts_with(['"', '\'', '`']) || trimmed.ends_with(['"', '\'', '`']) {
        return Rejection::TokenQuoted;
    }
    if trimmed.starts_with(['{', '[']) {
        return Rejection::JsonSerialization;
    }
    if trimmed.len() < token.len() {
        return Rejection::TokenWhitespace;
    }
    match compact::count(token) {
        3 => first_fault(token),
        5 if names_an_encryption(token) => Rejection::Encrypted,
        found => Rejection::SegmentCount { found },
    }
}

/// Whether the first segment is a header with `enc`, which every JWE has (RFC 7516 §4.1.2).
fn names_an_encryption(token: &str) -> bool {
    let header = token.split('.').next().unwrap_or_default();
    base64url::decode(header.as_bytes())
        .is_ok_and(|json| memchr::memmem::find(&json, b"\"enc\"").is_some())
}

/// Finds the segment of a three-part text that is not base64url.
fn first_fault(token: &str) -> Rejection {
    let names = [Segment::Header, Segment::Payload, Segment::Signature];
    for (segment, text) in names.into_iter().zip(token.split('.')) {
        if segment == Segment::Header && text.is_empty() {
            return Rejection::SegmentEmpty { segment };
        }
        if let Err(fault) = base64url::decode(text.as_bytes()) {
            return encoding(segment, fault);
        }
    }
    Rejection::SegmentCount { found: 3 }
}

/// Turns a fault of base64url into the reason for a refusal.
#[cold]
pub(crate) fn encoding(segment: Segment, fault: Fault) -> Rejection {
    match fault {
        Fault::Character { position, byte } => Rejection::Character { segment, position, byte },
        Fault::Padding => Rejection::Base64Padding { segment },
        Fault::Length => Rejection::Base64Length { segment },
        Fault::TrailingBits => Rejection::Base64TrailingBits { segment },
    }
}
