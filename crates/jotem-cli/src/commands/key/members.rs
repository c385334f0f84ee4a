//! What a JWK says about its own use, written into it: `alg` and `use` (RFC 7517 §4.2, §4.4).

use jotem::{Algorithm, Jwk, Secret};

use crate::args::Purpose;
use crate::error::Failure;
use crate::json_text::append;

/// Adds what the key does not say yet; what it says otherwise stays, and is refused.
pub(super) fn describe(
    key: Jwk,
    algorithm: Option<Algorithm>,
    purpose: Option<Purpose>,
) -> Result<Jwk, Failure> {
    let purpose = purpose.map(|purpose| match purpose {
        Purpose::Sig => "sig",
        Purpose::Enc => "enc",
    });
    let wanted = [
        ("alg", key.declared_algorithm(), algorithm.map(Algorithm::name)),
        ("use", key.public_key_use(), purpose),
    ];
    let mut missing = Vec::new();
    for (member, found, wanted) in wanted {
        match (found, wanted) {
            (None, Some(wanted)) => missing.push((member, wanted)),
            (Some(found), Some(wanted)) if found != wanted => return Err(said(member, found)),
            (_, None) | (Some(_), Some(_)) => {}
        }
    }
    if missing.is_empty() {
        return Ok(key);
    }
    let document = key.to_private_json();
    // Long enough for both members: growing would leave a copy of the key behind.
    let mut text = String::with_capacity(document.len().saturating_add(64));
    text.push_str(&String::from_utf8_lossy(document.expose()));
    for (member, value) in missing {
        append(&mut text, member, &format!("\"{value}\""));
    }
    // Reading it again finds out whether the key fits what it says now.
    Ok(Jwk::from_json(Secret::from(text.into_bytes()).expose())?)
}

fn said(member: &str, found: &str) -> Failure {
    let found = jotem::error::Excerpt::new(found);
    Failure::unusable(format!("the key says `{member}` is `{found}`"))
        .hint("a key has one purpose: use another key for another")
}
