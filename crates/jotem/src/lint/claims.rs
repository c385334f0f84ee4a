//! The claims set (RFC 7519 §4): the registered claims. `time` looks at the dates, `readable` at
//! what everybody can read.

use serde_json::{Map, Value};

use super::finding::{Part, Report};
use super::header::Header;
use super::json::{self, Document};
use super::kind::Kind;
use super::{Rule, readable, time};
use crate::jwt::NumericDate;

pub(super) fn examine(bytes: &[u8], header: &Header, now: NumericDate, report: &mut Report) {
    let members = match json::read(bytes) {
        Document::Object { members, duplicates } => {
            if duplicates {
                report.add(Rule::DuplicateMember, &Part::Claims.whole());
            }
            members
        }
        Document::Other | Document::Malformed => {
            if !header.has_other_content {
                report.add(Rule::ClaimsUnreadable, &Part::Claims.whole());
            }
            return;
        }
    };
    for (name, missing) in
        [("iss", Rule::IssMissing), ("sub", Rule::SubMissing), ("jti", Rule::JtiMissing)]
    {
        text(&members, name, missing, header.kind, report);
    }
    audience(&members, header.kind, report);
    time::examine(&members, header.kind, now, report);
    // RFC 9068 §2.2: `client_id` is required of an access token, `scope` is its own.
    let is_access = ["scope", "scp", "client_id"].iter().any(|name| members.contains_key(*name));
    if header.kind == Kind::Generic && is_access {
        report.add(Rule::TypGeneric, &Part::Header.member("typ"));
    }
    readable::examine(&members, report);
}

fn text(members: &Map<String, Value>, name: &str, missing: Rule, kind: Kind, report: &mut Report) {
    let place = Part::Claims.member(name);
    match members.get(name) {
        None if kind.has(name) => report.add(missing, &Part::Claims.whole()),
        None => {}
        Some(Value::String(text)) if text.trim().is_empty() => {
            report.add(Rule::ClaimEmpty, &place);
        }
        Some(Value::String(_)) => {}
        Some(_) => report.add(Rule::ClaimType, &place),
    }
}

fn audience(members: &Map<String, Value>, kind: Kind, report: &mut Report) {
    let place = Part::Claims.member("aud");
    let audiences = match members.get("aud") {
        None if kind.has("aud") => {
            return report.add(Rule::AudMissing, &Part::Claims.whole());
        }
        None => return,
        Some(Value::Array(audiences)) => audiences.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    if audiences.is_empty() {
        report.add(Rule::ClaimEmpty, &place);
    }
    for audience in audiences {
        match audience.as_str() {
            None => report.add(Rule::ClaimType, &place),
            Some(text) if text.trim().is_empty() => report.add(Rule::ClaimEmpty, &place),
            Some(text) if text.contains('*') => report.add(Rule::AudWildcard, &place),
            Some(_) => {}
        }
    }
}
