//! The JOSE header (RFC 7515 §4): the algorithm, the kind of token, keys that come along, `crit`.

use serde_json::{Map, Value};

use super::Rule;
use super::finding::{Part, Report};
use super::json::{self, Document};
use super::kind::Kind;
use crate::jwa::Algorithm;
use crate::jws::crit::REGISTERED;

/// What the rest of the examination needs to know of the header.
pub(super) struct Header {
    pub(super) algorithm: Option<Algorithm>,
    /// Whether `alg` is `none` in any spelling.
    pub(super) is_none: bool,
    pub(super) has_key_id: bool,
    pub(super) kind: Kind,
    /// Whether the payload is not meant to be a claims set.
    pub(super) has_other_content: bool,
}

pub(super) fn examine(bytes: &[u8], encrypted: bool, report: &mut Report) -> Option<Header> {
    let members = match json::read(bytes) {
        Document::Object { members, duplicates } => {
            if duplicates {
                report.add(Rule::DuplicateMember, &Part::Header.whole());
            }
            members
        }
        Document::Other | Document::Malformed => {
            report.add(Rule::JsonMalformed, &Part::Header.whole());
            return None;
        }
    };
    types(&members, report);
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let kind = Kind::of(text("typ"));
    let (algorithm, is_none) =
        if encrypted { key_management(&members, report) } else { algorithm(&members, report) };
    key_id(text("kid"), report);
    keys(&members, kind, report);
    critical(&members, report);
    if members.get("b64") == Some(&Value::Bool(false)) {
        report.add(Rule::UnencodedPayload, &Part::Header.member("b64"));
    }
    if members.contains_key("zip") {
        report.add(Rule::Compressed, &Part::Header.member("zip"));
    }
    // A token inside a token is no claims set (RFC 7519 §5.2).
    let has_other_content = text("cty").is_some();
    let has_key_id = text("kid").is_some_and(|id| !id.is_empty());
    Some(Header { algorithm, is_none, has_key_id, kind, has_other_content })
}

/// RFC 7515 §4.1: each registered parameter has one type.
fn types(members: &Map<String, Value>, report: &mut Report) {
    for name in ["kid", "typ", "cty", "jku", "x5u", "x5t", "x5t#S256"] {
        if members.get(name).is_some_and(|value| !value.is_string()) {
            report.add(Rule::ParameterType, &Part::Header.member(name));
        }
    }
    let others = [
        ("jwk", Value::is_object as fn(&Value) -> bool),
        ("x5c", Value::is_array),
        ("b64", Value::is_boolean),
    ];
    for (name, is_typed) in others {
        if members.get(name).is_some_and(|value| !is_typed(value)) {
            report.add(Rule::ParameterType, &Part::Header.member(name));
        }
    }
    match members.get("typ") {
        None => report.add(Rule::TypMissing, &Part::Header.whole()),
        Some(typ) if typ == "" => report.add(Rule::TypMissing, &Part::Header.member("typ")),
        Some(_) => {}
    }
}

fn algorithm(members: &Map<String, Value>, report: &mut Report) -> (Option<Algorithm>, bool) {
    let Some(name) = members.get("alg").and_then(Value::as_str) else {
        report.add(Rule::AlgMissing, &Part::Header.whole());
        return (None, false);
    };
    let place = Part::Header.member("alg");
    if name.trim().eq_ignore_ascii_case("none") {
        report.add(Rule::AlgNone, &place);
        return (None, true);
    }
    let algorithm = Algorithm::from_name(name);
    match algorithm {
        Some(Algorithm::Es256K) => report.add(Rule::AlgRare, &place),
        Some(Algorithm::EdDsa) => report.add(Rule::AlgDeprecated, &place),
        Some(_) => {}
        // RFC 8812 §5.3 is about RS1; the others are in use without a registration.
        None if ["RS1", "HS1", "PS1", "ES1"].contains(&name) => report.add(Rule::AlgSha1, &place),
        None => report.add(Rule::AlgUnknown, &place),
    }
    (algorithm, false)
}

/// RFC 8725 §3.2: of the ways to encrypt a content key one is known to be broken.
fn key_management(members: &Map<String, Value>, report: &mut Report) -> (Option<Algorithm>, bool) {
    match members.get("alg").and_then(Value::as_str) {
        None => report.add(Rule::AlgMissing, &Part::Header.whole()),
        Some("RSA1_5") => report.add(Rule::EncryptionRsa15, &Part::Header.member("alg")),
        Some(_) => {}
    }
    (None, false)
}

fn key_id(key_id: Option<&str>, report: &mut Report) {
    let Some(key_id) = key_id else { return };
    let place = Part::Header.member("kid");
    if key_id.is_empty() {
        report.add(Rule::KidEmpty, &place);
    } else if let Some(looks) = attack(key_id) {
        report.add_with(Rule::KidInjection, &place, vec![("looks_like", looks.into())]);
    } else if key_id.contains("://") {
        report.add(Rule::KidUrl, &place);
    }
}

/// What a `kid` looks like that no issuer writes. Base64 may begin with `/`, and URLs and DIDs have
/// `:`, `#` and `?`: none of these alone is one.
fn attack(key_id: &str) -> Option<&'static str> {
    let lower = key_id.to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let is_path_character = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let absolute = lower.starts_with('/')
        && lower.matches('/').count() > 1
        && lower.len() < 40
        && lower.chars().all(is_path_character);
    if key_id.chars().any(char::is_control) {
        Some("control characters")
    } else if has(&["../", "..\\", "%2e%2e", "file:", ":\\"]) || absolute {
        Some("a path")
    } else if has(&["' or ", "\" or ", "'--", "' --", "union select", "union all", "';", "' and "])
    {
        Some("SQL")
    } else if has(&["$(", "`", "|", "&&", "; ", "${"]) {
        Some("a command")
    } else if has(&["<script", "{{", "<!"]) {
        Some("markup")
    } else {
        None
    }
}

/// RFC 8725 §3.10: keys that the sender chose.
fn keys(members: &Map<String, Value>, kind: Kind, report: &mut Report) {
    for name in ["jku", "x5u"] {
        if let Some(url) = members.get(name).and_then(Value::as_str) {
            let place = Part::Header.member(name);
            let is_https = url.get(..8).is_some_and(|it| it.eq_ignore_ascii_case("https://"));
            let rule = if is_https { Rule::HeaderKeyUrl } else { Rule::HeaderKeyUrlPlain };
            report.add(rule, &place);
        }
    }
    for name in ["jwk", "x5c"] {
        let place = Part::Header.member(name);
        let Some(key) = members.get(name) else { continue };
        if ["d", "k", "p", "q", "priv"].iter().any(|name| key.get(*name).is_some()) {
            report.add(Rule::HeaderKeyPrivate, &place);
        } else if !kind.brings_its_key() {
            report.add(Rule::HeaderKey, &place);
        }
    }
}

/// RFC 7515 §4.1.11.
fn critical(members: &Map<String, Value>, report: &mut Report) {
    let Some(critical) = members.get("crit") else { return };
    let place = Part::Header.member("crit");
    let names: Option<Vec<&str>> =
        critical.as_array().and_then(|names| names.iter().map(Value::as_str).collect());
    let Some(names) = names.filter(|names| !names.is_empty()) else {
        report.add(Rule::CritMalformed, &place);
        return;
    };
    // Nobody has more extensions; comparing more is work for a sender's pleasure.
    for (position, name) in names.iter().enumerate().take(64) {
        let repeated = names.iter().take(position).any(|earlier| earlier == name);
        if REGISTERED.contains(name) {
            report.add(Rule::CritRegistered, &place);
        } else if repeated || !members.contains_key(*name) {
            report.add(Rule::CritMalformed, &place);
        } else if *name != "b64" {
            report.add(Rule::CritUnknown, &place);
        }
    }
}
