//! JWK Sets (RFC 7517 §5): what their members are together.

use serde_json::Value;

use super::finding::{Place, Report};
use super::{Rule, key};
use crate::jwa::KeyType;
use crate::jwk::Jwk;

/// As many members as are looked at.
const MOST: usize = 64;

/// Examines each member and all together, and returns those that could be read.
pub(super) fn examine(members: &[Value], place: &Place, report: &mut Report) -> Vec<Jwk> {
    let place = place.member("keys");
    if members.is_empty() {
        report.add(Rule::SetEmpty, &place);
    }
    let count = members.len();
    let mut keys: Vec<Jwk> = Vec::new();
    for (position, member) in members.iter().enumerate().take(MOST) {
        let place = place.element(position);
        let Value::Object(members) = member else {
            report.add(Rule::KeyUnreadable, &place);
            continue;
        };
        let Some(jwk) = key::jwk(members, None, &place, report) else { continue };
        if jwk.is_private() {
            report.add(Rule::SetPrivate, &place);
        }
        // One key alone is always the one that is meant.
        if count > 1 && jwk.key_id().is_none_or(str::is_empty) {
            report.add(Rule::SetKidMissing, &place);
        }
        if let Some(twin) = keys.iter().find(|earlier| has_name_of(earlier, &jwk)) {
            let rule = if is_key_of(twin, &jwk) { Rule::SetKeyTwice } else { Rule::SetKidTwice };
            report.add(rule, &place);
        } else if keys.iter().any(|earlier| is_key_of(earlier, &jwk)) {
            report.add(Rule::SetKeyTwice, &place);
        }
        keys.push(jwk);
    }
    let is_secret = |jwk: &Jwk| jwk.key_type() == KeyType::Oct;
    if keys.iter().any(is_secret) && !keys.iter().all(is_secret) {
        report.add(Rule::SetMixed, &place);
    }
    keys
}

/// RFC 7517 §4.5: keys of different types may share a `kid`.
fn has_name_of(one: &Jwk, other: &Jwk) -> bool {
    let named = one.key_id().is_some_and(|id| !id.is_empty());
    named && one.key_id() == other.key_id() && one.key_type() == other.key_type()
}

fn is_key_of(one: &Jwk, other: &Jwk) -> bool {
    one.thumbprint() == other.thumbprint()
}
