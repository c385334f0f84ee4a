//! Critical parameters (RFC 7515 §4.1.11), and the parameters that no JWS has.

use super::Header;
use crate::error::{Excerpt, Rejection};

/// The parameters of RFC 7515 §4.1, RFC 7516 §4.1 and RFC 7518 §4: everybody understands them, so
/// naming them critical is an error.
pub(crate) const REGISTERED: [&str; 20] = [
    "alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit", "enc",
    "zip", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c",
];

/// Checks the form of `crit`, and that nothing of encryption is in the header.
pub(super) fn check(header: &Header) -> Result<(), Rejection> {
    if let Some(name) = header.forbidden() {
        return Err(Rejection::ParameterForbidden { name });
    }
    if let Some(names) = header.critical_parameter() {
        check_names(header, names)?;
    }
    if header.is_unencoded() && !header.critical_names().iter().any(|name| name == "b64") {
        return Err(Rejection::B64NotCritical);
    }
    Ok(())
}

fn check_names(header: &Header, names: &[String]) -> Result<(), Rejection> {
    if names.is_empty() {
        return Err(Rejection::CritEmpty);
    }
    if let Some(name) = names.get(MOST) {
        return Err(Rejection::CritUnknown { name: Excerpt::new(name) });
    }
    let present = header.has_each(names);
    for (position, (name, present)) in names.iter().zip(present).enumerate() {
        let excerpt = || Excerpt::new(name);
        if names.iter().take(position).any(|earlier| earlier == name) {
            return Err(Rejection::CritDuplicate { name: excerpt() });
        }
        if REGISTERED.contains(&name.as_str()) {
            return Err(Rejection::CritRegistered { name: excerpt() });
        }
        if !present {
            return Err(Rejection::CritAbsent { name: excerpt() });
        }
    }
    Ok(())
}

/// Nobody understands more extensions than this; comparing more is work for a sender's pleasure.
const MOST: usize = 16;

/// Checks that every critical extension is understood: `b64` by the engine, others by the
/// application that named them.
pub(crate) fn understand(header: &Header, understood: &[String]) -> Result<(), Rejection> {
    for name in header.critical_names() {
        if name != "b64" && !understood.contains(name) {
            return Err(Rejection::CritUnknown { name: Excerpt::new(name) });
        }
    }
    Ok(())
}
