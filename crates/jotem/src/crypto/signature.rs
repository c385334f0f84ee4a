//! The bytes of a signature.

/// A signature or MAC, in the form that RFC 7518 §3 gives it. Up to 64 bytes live in place.
///
/// # Examples
/// ```
/// use jotem::crypto::Signature;
///
/// let signature = Signature::from(&[7; 64][..]);
/// assert_eq!(signature.as_ref().len(), 64);
/// ```
#[derive(Clone)]
pub struct Signature(Repr);

#[derive(Clone)]
enum Repr {
    Inline { bytes: [u8; INLINE], len: usize },
    Heap(Vec<u8>),
}

/// HMAC, ES256, ES256K and EdDSA: the algorithms that are fast enough for an allocation to show.
const INLINE: usize = 64;

impl From<&[u8]> for Signature {
    fn from(signature: &[u8]) -> Self {
        let mut bytes = [0; INLINE];
        match bytes.get_mut(..signature.len()) {
            Some(prefix) => {
                prefix.copy_from_slice(signature);
                Self(Repr::Inline { bytes, len: signature.len() })
            }
            None => Self(Repr::Heap(signature.to_vec())),
        }
    }
}

impl From<Vec<u8>> for Signature {
    fn from(signature: Vec<u8>) -> Self {
        Self(Repr::Heap(signature))
    }
}

impl AsRef<[u8]> for Signature {
    fn as_ref(&self) -> &[u8] {
        match &self.0 {
            Repr::Inline { bytes, len } => bytes.get(..*len).unwrap_or_default(),
            Repr::Heap(bytes) => bytes,
        }
    }
}

impl std::fmt::Debug for Signature {
    /// Shows the length only: a signature is a credential.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Signature({} bytes)", self.as_ref().len())
    }
}
