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

impl<'t> Segments<'t> {
    /// Returns where the two dots stand.
    pub(crate) const fn dots(&self) -> (usize, usize) {
        (self.header.len(), self.signing_input.len())
    }

    /// Returns the segments of a token whose two dots stand there.
    #[inline]
    pub(crate) fn at(token: &'t str, (first, second): (usize, usize)) -> Option<Self> {
        let signing_input = token.get(..second)?;
        let header = signing_input.get(..first)?;
        let payload = signing_input.get(first.checked_add(1)?..)?;
        let signature = token.get(second.checked_add(1)?..)?;
        Some(Self { header, payload, signature, signing_input })
    }
}

/// Splits a token at its two dots; `None` unless there are exactly two.
#[inline]
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

/// Returns what stands behind the last dot: in a token its signature.
#[inline]
pub(crate) fn last(text: &str) -> &str {
    let dot = memchr::memrchr(b'.', text.as_bytes());
    dot.and_then(|dot| text.get(dot.checked_add(1)?..)).unwrap_or(text)
}

/// Counts the segments of a text.
pub(crate) fn count(token: &str) -> usize {
    memchr::memchr_iter(b'.', token.as_bytes()).count().saturating_add(1)
}
