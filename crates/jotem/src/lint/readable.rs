//! What must not stand where everybody can read it (RFC 7519 §12): found by the name of a claim, or
//! by the shape of its value.

use serde_json::{Map, Value};

use super::Rule;
use super::finding::{Part, Place, Report};

/// As many values as are looked at; a token of an HTTP header has fewer.
const MOST: usize = 4096;

pub(super) fn examine(claims: &Map<String, Value>, report: &mut Report) {
    let mut left = MOST;
    object(claims, &Part::Claims.whole(), true, &mut left, report);
}

fn object(
    members: &Map<String, Value>,
    place: &Place,
    top: bool,
    left: &mut usize,
    report: &mut Report,
) {
    // RFC 7517 §4: a JWK with its private member (RFC 7518 §6.2.2, §6.3.2, §6.4.1).
    let is_key = members.get("kty").is_some_and(Value::is_string);
    if is_key && ["d", "k", "priv"].iter().any(|name| members.contains_key(*name)) {
        report.add(Rule::ClaimSecret, place);
        return;
    }
    for (name, value) in members {
        let identifies = top && IDENTIFIERS.contains(&name.as_str());
        walk(name, value, &place.member(name), identifies, left, report);
    }
}

/// Claims whose values are identifiers, often long numbers.
const IDENTIFIERS: [&str; 8] = ["sub", "jti", "sid", "azp", "client_id", "nonce", "aud", "iss"];

fn walk(
    name: &str,
    value: &Value,
    place: &Place,
    identifies: bool,
    left: &mut usize,
    report: &mut Report,
) {
    let Some(rest) = left.checked_sub(1) else { return };
    *left = rest;
    match value {
        Value::Object(members) => object(members, place, false, left, report),
        Value::Array(values) => {
            for (position, value) in values.iter().enumerate() {
                walk(name, value, &place.element(position), identifies, left, report);
            }
        }
        Value::String(text) => {
            if let Some(rule) = by_name(name, text).or_else(|| by_shape(text, identifies)) {
                report.add(rule, place);
            }
        }
        Value::Number(number) => {
            let digits = number.to_string();
            let rule = by_name(name, &digits)
                .or_else(|| (!identifies && is_card(&digits)).then_some(Rule::ClaimCard));
            if let Some(rule) = rule {
                report.add(rule, place);
            }
        }
        Value::Bool(_) | Value::Null => {}
    }
}

/// The names, in lower case and without separators.
const NAMES: [(Rule, &[&str]); 6] = [
    (
        Rule::ClaimPassword,
        &[
            "password",
            "passwd",
            "passwort",
            "pwd",
            "passphrase",
            "pin",
            "pincode",
            "passwordhash",
            "hashedpassword",
            "userpassword",
            "newpassword",
            "oldpassword",
            "otpsecret",
            "totpsecret",
            "securityanswer",
        ],
    ),
    (
        Rule::ClaimSecret,
        &[
            "secret",
            "clientsecret",
            "secretkey",
            "appsecret",
            "apisecret",
            "apikey",
            "xapikey",
            "accesskey",
            "secretaccesskey",
            "awssecretaccesskey",
            "privatekey",
            "signingkey",
            "encryptionkey",
            "masterkey",
            "jwtsecret",
            "connectionstring",
            "databaseurl",
            "mnemonic",
            "seedphrase",
            "credentials",
        ],
    ),
    (
        Rule::ClaimToken,
        &["accesstoken", "refreshtoken", "idtoken", "sessiontoken", "bearertoken", "authtoken"],
    ),
    (
        Rule::ClaimCard,
        &["creditcard", "creditcardnumber", "cardnumber", "ccnumber", "pan", "cvv", "cvc", "cvv2"],
    ),
    (
        Rule::ClaimNationalId,
        &[
            "ssn",
            "socialsecuritynumber",
            "socialsecurity",
            "nationalid",
            "nationalidnumber",
            "nin",
            "nino",
            "passport",
            "passportnumber",
            "taxid",
            "driverslicense",
            "driverlicensenumber",
            "personnummer",
            "aadhaar",
            "cpf",
            "bsn",
            "steuerid",
        ],
    ),
    (
        Rule::ClaimPersonal,
        &[
            "email",
            "emailaddress",
            "mail",
            "phone",
            "phonenumber",
            "mobile",
            "telephone",
            "birthdate",
            "birthday",
            "dateofbirth",
            "dob",
            "streetaddress",
            "address",
        ],
    ),
];

fn by_name(name: &str, value: &str) -> Option<Rule> {
    if value.trim().is_empty() || name.len() > 64 {
        return None;
    }
    let separators = |c: &char| !matches!(c, '_' | '-' | '.' | ' ');
    let plain: String = name.chars().filter(separators).collect();
    let plain = plain.to_ascii_lowercase();
    NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(rule, _)| *rule)
}

fn by_shape(text: &str, identifies: bool) -> Option<Rule> {
    if is_secret(text) {
        Some(Rule::ClaimSecret)
    } else if is_token(text) {
        Some(Rule::ClaimToken)
    } else if is_card(text) && !(identifies && text.bytes().all(|byte| byte.is_ascii_digit())) {
        Some(Rule::ClaimCard)
    } else if is_social_security_number(text) {
        Some(Rule::ClaimNationalId)
    } else if is_email(text) {
        Some(Rule::ClaimPersonal)
    } else {
        None
    }
}

/// How keys begin that services give out; each is followed by many characters of one word.
const PREFIXES: [(&str, usize); 13] = [
    ("AKIA", 20),
    ("ASIA", 20),
    ("ghp_", 40),
    ("gho_", 40),
    ("github_pat_", 40),
    ("glpat-", 26),
    ("sk_live_", 24),
    ("rk_live_", 24),
    ("sk-", 40),
    ("xoxb-", 24),
    ("xoxp-", 24),
    ("AIza", 39),
    ("SG.", 60),
];

fn is_secret(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    text.contains("PRIVATE KEY-----")
        || text.starts_with("AGE-SECRET-KEY-")
        || PREFIXES.iter().any(|(prefix, length)| {
            text.starts_with(prefix) && text.len() >= *length && text.chars().all(word)
        })
}

/// The beginning of every header in base64url, then the other segments.
fn is_token(text: &str) -> bool {
    let dots = text.bytes().filter(|byte| *byte == b'.').count();
    let is_spelled = |byte: u8| byte == b'.' || crate::encoding::base64url::is_alphabet(byte);
    text.starts_with("eyJ") && matches!(dots, 2 | 4) && text.bytes().all(is_spelled)
}

/// The number of a payment card: its first digits and length (ISO/IEC 7812-1) and its check digit.
/// Long numbers are often something else, so the networks are told apart.
fn is_card(text: &str) -> bool {
    if text.len() > 23 || !text.bytes().all(|byte| byte.is_ascii_digit() || b" -".contains(&byte)) {
        return false;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let first = |count: usize| digits.get(..count).and_then(|d| d.parse::<u32>().ok()).unwrap_or(0);
    let network = match digits.len() {
        16 => {
            first(1) == 4
                || (51..=55).contains(&first(2))
                || (2221..=2720).contains(&first(4))
                || first(4) == 6011
                || first(2) == 65
                || (3528..=3589).contains(&first(4))
        }
        15 => matches!(first(2), 34 | 37),
        14 => matches!(first(2), 36 | 38) || (300..=305).contains(&first(3)),
        _ => false,
    };
    network && has_luhn_check_digit(&digits)
}

fn has_luhn_check_digit(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(|digit| u32::from(digit.saturating_sub(b'0')))
        .enumerate()
        .map(|(position, digit)| match (position % 2, digit) {
            (0, digit) => digit,
            (_, digit @ 0..=4) => digit.saturating_mul(2),
            (_, digit) => digit.saturating_mul(2).saturating_sub(9),
        })
        .fold(0, u32::saturating_add);
    sum.is_multiple_of(10)
}

/// `ddd-dd-dddd`, with the numbers that are never given left out.
fn is_social_security_number(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(4, '-').collect();
    let [area, group, serial] = parts.as_slice() else { return false };
    let is_number = |part: &str, digits| {
        part.len() == digits
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && part.bytes().any(|byte| byte != b'0')
    };
    is_number(area, 3)
        && is_number(group, 2)
        && is_number(serial, 4)
        && *area != "666"
        && !area.starts_with('9')
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let is_word = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "._+-'".contains(c))
    };
    text.len() <= 254
        && is_word(local)
        && is_word(domain)
        && domain.rsplit_once('.').is_some_and(|(name, end)| !name.is_empty() && end.len() > 1)
}
