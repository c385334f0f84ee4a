//! A token and the key that is said to belong to it: RFC 8725 §2.1 and §3.1.

use super::Rule;
use super::finding::{Part, Report};
use super::header::Header;
use super::signature;
use super::text::Token;
use crate::jwa::Algorithm;
use crate::jwk::Jwk;

/// Compares a token with the keys of a document; `None` are the keys of a shared secret.
pub(super) fn examine(
    token: &Token<'_>,
    header: &Header,
    document: &[u8],
    keys: Option<&[Jwk]>,
    report: &mut Report,
) {
    let Some(algorithm) = header.algorithm else { return };
    let place = Part::Key.whole();
    let Some(keys) = keys else {
        if !algorithm.is_symmetric() {
            report.add(Rule::KeyMismatch, &place);
        }
        return;
    };
    let fits = |jwk: &&Jwk| jwk.material().check(algorithm).is_ok() && declares(jwk, algorithm);
    let fitting = keys.iter().filter(fits).count();
    if fitting > 1 && !header.has_key_id {
        report.add(Rule::KidMissing, &Part::Header.whole());
    }
    if fitting > 0 || keys.is_empty() {
        return;
    }
    let is_public = keys.iter().all(|jwk| !jwk.is_private());
    if algorithm.is_symmetric() && signed_with_text(token, algorithm, document, keys) {
        report.add(Rule::SignedWithPublicKey, &Part::Signature.whole());
    } else if algorithm.is_symmetric() && is_public {
        report.add(Rule::KeyConfusion, &place);
    } else {
        report.add(Rule::KeyMismatch, &place);
    }
}

fn declares(jwk: &Jwk, algorithm: Algorithm) -> bool {
    match jwk.declared_algorithm() {
        None => true,
        Some(name) => Algorithm::from_name(name).is_some_and(|known| known.verifies(algorithm)),
    }
}

/// As many keys of a set as are tried as secrets.
const MOST_TRIED: usize = 8;

/// Whether the HMAC was made with a public key, in one of the forms in which it lies about.
fn signed_with_text(
    token: &Token<'_>,
    algorithm: Algorithm,
    document: &[u8],
    keys: &[Jwk],
) -> bool {
    let mut forms = vec![document.to_vec()];
    for jwk in keys.iter().take(MOST_TRIED) {
        forms.extend(jwk.to_pem().map(String::into_bytes));
        forms.extend(jwk.to_der());
        forms.extend(jwk.to_json().map(String::into_bytes));
    }
    forms.iter().any(|form| {
        let bare = form.trim_ascii();
        let line = [bare, b"\n"].concat();
        [form.as_slice(), bare, &line].iter().any(|text| signature::holds(token, algorithm, text))
    })
}
