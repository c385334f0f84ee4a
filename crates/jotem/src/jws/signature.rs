//! Step 6 of the pipeline: does the signature hold?

use super::selection::Candidates;
use super::shape;
use crate::encoding::base64url;
use crate::encoding::compact::Segments;
use crate::error::{Rejection, Segment};
use crate::jwk::VerifyingKey;

/// Signatures up to this many bytes are decoded in place: all but those of RSA and
/// of ML-DSA.
const IN_PLACE: usize = 132;

/// Checks the signature of a token over `message` under the keys that may have made it.
pub(crate) fn check_token<'k>(
    segments: &Segments<'_>,
    message: &[u8],
    candidates: &'k Candidates<'_>,
) -> Result<&'k VerifyingKey, Rejection> {
    let refused = match check(segments.signature, message, candidates) {
        Ok(key) => return Ok(key),
        Err(reason) => reason,
    };
    // A line break or a stray character in the payload breaks the signature as well: say which.
    if matches!(refused, Rejection::SignatureMismatch { .. })
        && let Err(fault) = base64url::decode(segments.payload.as_bytes())
    {
        return Err(shape::encoding(Segment::Payload, fault));
    }
    Err(refused)
}

/// Checks an encoded signature over `message` under the keys that may have made it.
pub(super) fn check<'k>(
    encoded: &str,
    message: &[u8],
    candidates: &'k Candidates<'_>,
) -> Result<&'k VerifyingKey, Rejection> {
    if encoded.is_empty() {
        return Err(Rejection::SignatureMissing);
    }
    let mut refused = Rejection::SignatureMissing;
    for key in candidates.iter() {
        match check_encoded(key, message, encoded) {
            Ok(()) => return Ok(key),
            // One key that could not be asked leaves the question open, whatever the others say.
            Err(_) if matches!(refused, Rejection::KeysUnavailable { .. }) => {}
            Err(reason) => refused = reason,
        }
    }
    Err(refused)
}

/// Decodes a signature, once its length is known to be right, and checks it.
fn check_encoded(key: &VerifyingKey, message: &[u8], encoded: &str) -> Result<(), Rejection> {
    let fault = |fault| shape::encoding(Segment::Signature, fault);
    let expected = key.signature_bytes();
    if expected.is_some_and(|bytes| base64url::encoded_len(bytes) != encoded.len()) {
        let signature = base64url::decode(encoded.as_bytes()).map_err(fault)?;
        return key.check(message, &signature);
    }
    if encoded.len() <= base64url::encoded_len(IN_PLACE) {
        let mut buffer = [0; IN_PLACE];
        let signature = base64url::decode_into(encoded.as_bytes(), &mut buffer).map_err(fault)?;
        return key.check(message, signature);
    }
    let signature = base64url::decode(encoded.as_bytes()).map_err(fault)?;
    key.check(message, &signature)
}
