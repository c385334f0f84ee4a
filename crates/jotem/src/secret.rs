//! Bytes that must not be printed, compared in variable time, or left in memory.

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Secret bytes: redacted in [`Debug`](std::fmt::Debug), compared in constant time, zeroized when
/// dropped.
///
/// # Security
/// What is zeroized is this buffer. A copy that the caller kept, the buffer that a reallocation left
/// behind before the bytes came here, and the cryptographic library's own copy of a key are beyond
/// it; `SECURITY.md` lists them.
///
/// # Examples
/// ```
/// use jotem::Secret;
///
/// let secret = Secret::from(b"correct horse battery staple".to_vec());
/// assert_eq!(format!("{secret:?}"), "Secret(28 bytes)");
/// assert_eq!(secret.expose().len(), 28);
/// ```
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Returns the bytes themselves. The name is long so that a reader stops at it.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Returns how many bytes there are; the length of a key is not secret.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no bytes at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<u8>> for Secret {
    /// Takes the bytes without copying them.
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl From<&[u8]> for Secret {
    fn from(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl Eq for Secret {}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Secret({} bytes)", self.len())
    }
}
