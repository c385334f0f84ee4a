//! Shared secrets: known, short, or easier to guess than they are long (RFC 8725 §3.5).

use super::finding::{Fact, Place, Report};
use super::{Rule, known, words};
use crate::crypto::hmac;
use crate::jwa::{Algorithm, Scheme};
use crate::secret::Secret;

/// Examines a secret; `algorithm` is what it is used with, HS256 if nobody says.
pub(super) fn examine(
    secret: &[u8],
    algorithm: Option<Algorithm>,
    place: &Place,
    report: &mut Report,
) {
    if secret.is_empty() {
        return report.add(Rule::SecretEmpty, place);
    }
    if let Some(facts) = find_known(secret) {
        return report.add_with(Rule::SecretKnown, place, facts);
    }
    let needed = match algorithm.map(Algorithm::scheme) {
        Some(Scheme::Hmac(hash)) => hash.bytes(),
        _ => 32,
    };
    if secret.len() < needed {
        let facts = vec![("bytes", secret.len().into()), ("needed_bytes", needed.into())];
        report.add_with(Rule::SecretShort, place, facts);
    }
    // What is longer is a file: its beginning tells.
    let secret = secret.get(..LONGEST).unwrap_or(secret);
    if words::is_pattern(secret) {
        report.add(Rule::SecretPattern, place);
    } else if words::is_words(secret) {
        report.add(Rule::SecretWords, place);
    } else if is_encoded_text(secret) {
        report.add(Rule::SecretText, place);
    }
}

/// As much of a secret as is looked at for patterns and words.
const LONGEST: usize = 1024;

/// Whether the secret is base64 of a text that would itself be too short, a pattern, or words.
/// Random bytes are never all printable.
fn is_encoded_text(secret: &[u8]) -> bool {
    let Some(decoded) = hmac::decode(&Secret::from(secret)) else { return false };
    let text = decoded.expose();
    // Three characters may be printable by chance.
    let is_text = text.len() >= 8 && text.iter().all(|byte| matches!(byte, b' '..=b'~'));
    is_text && (text.len() < 32 || words::is_pattern(text) || words::is_words(text))
}

/// Finds a secret in the list, as it is or decoded from base64.
fn find_known(secret: &[u8]) -> Option<Vec<(&'static str, Fact)>> {
    let decoded = hmac::decode(&Secret::from(secret));
    let forms = [Some(secret), decoded.as_ref().map(Secret::expose)];
    known::all().find_map(|(number, source, known)| {
        // Short texts are base64 by chance: what they decode to is in nobody's list.
        let long = Some(known).filter(|known| known.len() >= 22);
        let known_decoded = long.and_then(|known| hmac::decode(&Secret::from(known.as_bytes())));
        let is_this = |form: &[u8]| {
            let decoded = known_decoded.as_ref().map(Secret::expose);
            form == known.as_bytes() || decoded == Some(form)
        };
        let found = forms.iter().flatten().any(|form| !form.is_empty() && is_this(form));
        found.then(|| facts(number, source))
    })
}

/// Names an entry of the list without saying what it is.
pub(super) fn facts(number: usize, source: &'static str) -> Vec<(&'static str, Fact)> {
    vec![("entry", number.into()), ("source", source.into())]
}
