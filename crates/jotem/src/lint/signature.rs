//! The signature of a token: there at all, of the right length, and, for HMAC, not under a secret
//! that everybody knows. Nothing is verified here: silence is no verdict.

use super::finding::{Part, Report};
use super::header::Header;
use super::text::Token;
use super::{Rule, known, secret};
use crate::crypto::hmac::HmacKey;
use crate::crypto::{Verify as _, VerifyError};
use crate::jwa::Algorithm;
use crate::secret::Secret;

/// Longer tokens are not tried: 200 hashes of 8 KiB take two milliseconds.
const LONGEST_TRIED: usize = 8 * 1024;

pub(super) fn examine(token: &Token<'_>, header: &Header, report: &mut Report) {
    let place = Part::Signature.whole();
    if token.unsigned {
        // Of `none` nobody expects one.
        if !header.is_none {
            report.add(Rule::SignatureMissing, &place);
        }
        return;
    }
    let Some(algorithm) = header.algorithm else { return };
    let (found, expected) = (token.signature.len(), algorithm.signature_bytes());
    if let Some(expected) = expected.filter(|expected| *expected != found) {
        let facts = vec![("bytes", found.into()), ("expected_bytes", expected.into())];
        return report.add_with(Rule::SignatureLength, &place, facts);
    }
    if algorithm.is_symmetric() && token.signing_input.len() <= LONGEST_TRIED {
        let guessed = known::all().find(|(_, _, known)| holds(token, algorithm, known.as_bytes()));
        if let Some((number, source, _)) = guessed {
            report.add_with(Rule::SecretGuessed, &place, secret::facts(number, source));
        }
    }
}

/// Whether the HMAC of the token is that of a secret, as it is or decoded from base64.
pub(super) fn holds(token: &Token<'_>, algorithm: Algorithm, secret: &[u8]) -> bool {
    let Some(key) = HmacKey::new(algorithm, &Secret::from(secret)) else { return false };
    let verdict = key.verify(token.signing_input.as_bytes(), &token.signature);
    matches!(verdict, Ok(()) | Err(VerifyError::SecretNotDecoded))
}
