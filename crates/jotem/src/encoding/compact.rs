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

/// Splits a token at its two dots; `None` unless there are exactly two.
pub(crate) fn split(token: &str) -> Option<Segments<'_>> {
    let bytes = token.as_bytes();
    let first = memchr::memchr(b'.', bytes)?;
    let (header, rest) = token.split_at_checked(first)?;
    let rest = rest.strip_prefix('.')?;
    let second = memchr::memchr(b'.', rest.as_bytes())?;
    let (payload, rest) = rest.split_at_checked(second)?;
    let signature = rest.strip_prefix('.')?;
    if memchr::memchr(b'.', signature.as_bytes()).is_some() {
        return None;
    }
    let signing_input = token.get(..first.saturating_add(second).saturating_add(1))?;
    Some(Segments { header, payload, signature, signing_input })
}

/// Counts the segments of a text.
pub(crate) fn count(token: &str) -> usize {
    memchr::memchr_iter(b'.', token.as_bytes()).count().saturating_add(1)
}
