//! How much a token may ask of us before its signature is known to hold.

/// Bounds on the size and shape of a token.
///
/// Key documents (JWK, JWK Set) are read within the same defaults of depth and members.
///
/// Each is checked before the work it bounds is done. The defaults fit every token that belongs in
/// an HTTP header; raise them for the one protocol that needs more, not for the whole program.
///
/// # Examples
/// ```
/// use jotem::Limits;
///
/// let limits = Limits::default().token_bytes(4 * 1024);
/// assert_eq!(limits.max_token_bytes(), 4096);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    token_bytes: usize,
    header_bytes: usize,
    depth: usize,
    members: usize,
    text_bytes: usize,
    signatures: usize,
}

impl Limits {
    /// The deepest nesting that can be asked for: recursion stays within a small stack.
    pub const MAX_DEPTH: usize = 128;

    /// Sets the most bytes a whole token may have (16,384 by default).
    #[must_use]
    pub const fn token_bytes(mut self, bytes: usize) -> Self {
        self.token_bytes = bytes;
        self
    }

    /// Sets the most characters the encoded header may have (4,096 by default).
    #[must_use]
    pub const fn header_bytes(mut self, bytes: usize) -> Self {
        self.header_bytes = bytes;
        self
    }

    /// Sets how deep objects and arrays may nest (32 by default, at most [`Self::MAX_DEPTH`]).
    #[must_use]
    pub const fn depth(mut self, levels: usize) -> Self {
        self.depth = if levels > Self::MAX_DEPTH { Self::MAX_DEPTH } else { levels };
        self
    }

    /// Sets how many members one JSON object may have (1,024 by default).
    #[must_use]
    pub const fn members(mut self, members: usize) -> Self {
        self.members = members;
        self
    }

    /// Sets the most bytes of one registered text: `kid`, `iss`, `sub`, `jti`, one `aud` (1,024 by
    /// default).
    #[must_use]
    pub const fn text_bytes(mut self, bytes: usize) -> Self {
        self.text_bytes = bytes;
        self
    }

    /// Sets how many signatures a general JSON serialization may have (8 by default): each costs
    /// the work of one.
    #[must_use]
    pub const fn signatures(mut self, signatures: usize) -> Self {
        self.signatures = signatures;
        self
    }

    /// Returns the most bytes a whole token may have.
    #[must_use]
    pub const fn max_token_bytes(&self) -> usize {
        self.token_bytes
    }

    /// Returns the most characters the encoded header may have.
    #[must_use]
    pub const fn max_header_bytes(&self) -> usize {
        self.header_bytes
    }

    /// Returns how deep objects and arrays may nest.
    #[must_use]
    pub const fn max_depth(&self) -> usize {
        self.depth
    }

    /// Returns how many members one JSON object may have.
    #[must_use]
    pub const fn max_members(&self) -> usize {
        self.members
    }

    /// Returns the most bytes of one registered text.
    #[must_use]
    pub const fn max_text_bytes(&self) -> usize {
        self.text_bytes
    }

    /// Returns how many signatures a general JSON serialization may have.
    #[must_use]
    pub const fn max_signatures(&self) -> usize {
        self.signatures
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            token_bytes: 16 * 1024,
            header_bytes: 4 * 1024,
            depth: 32,
            members: 1024,
            text_bytes: 1024,
            signatures: 8,
        }
    }
}
