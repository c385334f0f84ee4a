//! A case: a key, an algorithm, and a token that is made of them when it is asked for.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac;
use base64_simd::URL_SAFE_NO_PAD as BASE64URL;
use serde::Deserialize;

/// One row of the table. Exactly one of `secret`, `pem` and `jwk` is there.
#[derive(Debug, Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    rule: String,
    pub(crate) should: Should,
    /// What the verifier is told to accept.
    pub(crate) alg: String,
    secret: Option<String>,
    pem: Option<String>,
    jwk: Option<serde_json::Value>,
    /// What the verifier is told to expect; `null` is nothing.
    #[serde(default = "ours")]
    pub(crate) audience: Option<String>,
    token: Option<String>,
    header: Option<String>,
    payload: Option<String>,
    signed_with: Option<String>,
}

/// What the RFC says of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Should {
    Refuse,
    Accept,
    Either,
}

/// The key as the verifier gets it.
pub(crate) enum Key<'c> {
    Secret(&'c [u8]),
    Pem(&'c str),
    Jwk(String),
}

pub(crate) const ISSUER: &str = "https://auth.example";

#[expect(clippy::unnecessary_wraps, reason = "the type that serde asks for")]
fn ours() -> Option<String> {
    Some("api".to_owned())
}

impl Case {
    pub(crate) fn all() -> Vec<Self> {
        serde_json::from_str(include_str!("../../cases.json"))
            .expect("cases.json is as it was written")
    }

    pub(crate) fn key(&self) -> Key<'_> {
        match (&self.secret, &self.pem, &self.jwk) {
            (Some(secret), _, _) => Key::Secret(secret.as_bytes()),
            (_, Some(pem), _) => Key::Pem(pem),
            (_, _, Some(jwk)) => Key::Jwk(jwk.to_string()),
            _ => panic!("{} has no key", self.name),
        }
    }

    /// The token; one that is not there as a text is signed with HMAC SHA-256 now.
    pub(crate) fn token(&self) -> String {
        if let Some(token) = &self.token {
            return token.clone();
        }
        let (Some(header), Some(payload)) = (&self.header, &self.payload) else {
            panic!("{} has no token", self.name)
        };
        let payload = counted_from_now(payload);
        let input =
            [header.as_str(), &payload].map(|part| BASE64URL.encode_to_string(part)).join(".");
        let secret = self.signed_with.as_ref().or(self.secret.as_ref()).expect("a secret");
        let tag =
            hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), input.as_bytes());
        format!("{input}.{}", BASE64URL.encode_to_string(tag.as_ref()))
    }

    pub(crate) fn rule(&self) -> String {
        let verdict = match self.should {
            Should::Refuse => "refuse",
            Should::Accept => "accept",
            Should::Either => "either",
        };
        if self.rule.is_empty() { verdict.to_owned() } else { format!("{verdict}, {}", self.rule) }
    }
}

/// Replaces `@-45` by the time 45 seconds ago.
fn counted_from_now(payload: &str) -> String {
    let Some((before, rest)) = payload.split_once('@') else { return payload.to_owned() };
    let end = rest.find(['}', ',']).expect("a number ends");
    let offset: i64 = rest[..end].parse().expect("a number of seconds");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let then = i64::try_from(now).expect("before the sun is gone") + offset;
    format!("{before}{then}{}", &rest[end..])
}
