//! Builds the cases of `vectors/lint.json`: `vectors/README.md` says how.

use std::sync::LazyLock;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use hmac::Hmac;
use jotem::NumericDate;
use serde_json::Value;
use sha2::{Sha256, Sha384, Sha512};

static FILE: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../../vectors/lint.json")).unwrap());

pub(crate) static CASES: LazyLock<Vec<Case>> =
    LazyLock::new(|| FILE["cases"].as_array().unwrap().iter().cloned().map(Case).collect());

/// One case of the file.
pub(crate) struct Case(Value);

/// What is linted.
pub(crate) enum Built {
    Token { text: String, key: Option<Vec<u8>> },
    Key(Vec<u8>),
}

/// The time at which everything is linted.
pub(crate) fn now() -> NumericDate {
    NumericDate::from_secs(FILE["now"].as_u64().unwrap())
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

pub(crate) fn encode(header: &str, claims: &str, signature: &str) -> String {
    format!("{}.{}.{signature}", base64url(header.as_bytes()), base64url(claims.as_bytes()))
}

/// A text as it is, everything else as JSON.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().collect();
    let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

impl Case {
    pub(crate) fn name(&self) -> &str {
        self.0["name"].as_str().unwrap()
    }

    pub(crate) fn findings(&self) -> Vec<&str> {
        self.0["findings"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect()
    }

    /// Whether the text begins as tokens do.
    pub(crate) fn looks_like_a_token(&self) -> bool {
        text(&self.0["header"]).starts_with('{')
    }

    pub(crate) fn build(&self) -> Built {
        if let Some(subject) = self.0.get("subject") {
            return Built::Key(text(subject).into_bytes());
        }
        let mut claims = self.0["claims"].clone();
        if let Some(fill) = self.0["fill"].as_u64() {
            claims["fill"] = "x".repeat(usize::try_from(fill).unwrap()).into();
        }
        let (header, claims) = (text(&self.0["header"]), text(&claims));
        let input = encode(&header, &claims, "");
        let signature = self.signature(input.trim_end_matches('.'));
        let template = self.0["text"].as_str().unwrap_or("{header}.{claims}.{signature}");
        let text = template
            .replace("{header}", &base64url(header.as_bytes()))
            .replace("{claims}", &base64url(claims.as_bytes()))
            .replace("{signature}", &signature);
        Built::Token { text, key: self.key() }
    }

    fn key(&self) -> Option<Vec<u8>> {
        let hexadecimal = self.0["key_hex"].as_str().map(from_hex);
        hexadecimal.or_else(|| self.0.get("key").map(|key| text(key).into_bytes()))
    }

    fn signature(&self, input: &str) -> String {
        if let Some(signature) = self.0["signature"].as_str() {
            return signature.to_owned();
        }
        if let Some(count) = self.0["signature_bytes"].as_u64() {
            return base64url(&vec![0; usize::try_from(count).unwrap()]);
        }
        let hexadecimal = self.0["secret_hex"].as_str().or_else(|| FILE["secret_hex"].as_str());
        let secret = match self.0["secret"].as_str() {
            Some(secret) => secret.as_bytes().to_vec(),
            None => from_hex(hexadecimal.unwrap()),
        };
        base64url(&match self.0["header"]["alg"].as_str() {
            Some("HS384") => mac::<Hmac<Sha384>>(&secret, input),
            Some("HS512") => mac::<Hmac<Sha512>>(&secret, input),
            _ => mac::<Hmac<Sha256>>(&secret, input),
        })
    }
}

fn mac<M: hmac::Mac + hmac::digest::KeyInit>(secret: &[u8], input: &str) -> Vec<u8> {
    let mac = <M as hmac::digest::KeyInit>::new_from_slice(secret).unwrap();
    mac.chain_update(input).finalize().into_bytes().to_vec()
}
