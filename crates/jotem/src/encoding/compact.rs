//! The compact serialization (RFC 7515 §7.1): three segments between two dots, found without
//! copying.

/// The three segments of a compact JWS, still encoded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Segments<'t> {
    /// The encoded JOSE header.
    pub(crate) header: &'t str,
    /// The encoded payload, or with `b64: false` the payload itself.
    pub(crate) payload: &'t str,
    /// The encoded signature.
    pub(crate) signature: &'t str,
    /// Header, dot and payload: what the signature is over (RFC 7515 §5.2, step 8).
    pub(crate) signing_input: &'t str,
}

/// Splits a token at its first and its last dot; `None` unless there are two or more.
///
/// A payload with dots in it is returned as it stands: base64url decoding refuses it, and an
/// unencoded payload (RFC 7797 §5.2) forbids them.
pub(crate) fn split(token: &str) -> Option<Segments<'_>> {
    let bytes = token.as_bytes();
    let first = memchr::memchr(b'.', bytes)?;
    let last = memchr::memrchr(b'.', bytes)?;
    if first == last {
        return None;
    }
    let (signing_input, signature) = token.split_at_checked(last)?;
    let (header, payload) = signing_input.split_at_checked(first)?;
    Some(Segments {
        header,
        payload: payload.strip_prefix('.')?,
        signature: signature.strip_prefix('.')?,
        signing_input,
    })
}

/// Counts the segments of a text.
pub(crate) fn count(token: &str) -> usize {
    memchr::memchr_iter(b'.', token.as_bytes()).count().saturating_add(1)
}
