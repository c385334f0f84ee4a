//! Writing a JWS (RFC 7515 §5.1): the compact serialization, and the parts of those in JSON.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Header, entry};
use crate::crypto::Signature;
use crate::encoding::base64url;
use crate::error::{Error, Misuse};
use crate::jwa::Algorithm;
use crate::jwk::SigningKey;
use crate::limits::Limits;

/// Signs a payload of any bytes: the header has `alg`, and `kid` if the key has a name.
///
/// # Errors
/// [`ErrorKind::Signing`](crate::ErrorKind::Signing) if the signer fails.
///
/// # Examples
/// ```
/// use jotem::{Algorithm, SigningKey, jws};
///
/// let key = SigningKey::generate(Algorithm::Es256)?;
/// assert_eq!(jws::sign(b"hello", &key)?.split('.').nth(1), Some("aGVsbG8"));
/// # Ok::<(), jotem::Error>(())
/// ```
pub fn sign(payload: &[u8], key: &SigningKey) -> Result<String, Error> {
    Signer::new(key).sign(payload)
}

/// Signs payloads with one key and one header.
///
/// In the manual: [payloads](crate::manual::payloads).
///
/// # Examples
/// ```
/// use jotem::{Algorithm, SigningKey, jws};
///
/// let key = SigningKey::generate(Algorithm::EdDsa)?;
/// let token = jws::Signer::new(&key)
///     .header("cty", "text/plain")?
///     .unencoded()                       // RFC 7797: signed as it is, and sent apart
///     .sign(b"$.02")?;
/// let options = jws::Options::new().unencoded(b"$.02");
/// assert!(jws::verify(&token, key.verifying_key(), &options).is_ok());
/// # Ok::<(), jotem::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Signer<'k> {
    key: &'k SigningKey,
    header: HeaderTemplate,
    unprotected: BTreeMap<String, Value>,
    detached: bool,
}

impl<'k> Signer<'k> {
    /// Begins with the header that the key asks for.
    #[must_use]
    pub fn new(key: &'k SigningKey) -> Self {
        let header = HeaderTemplate::new(key.algorithm(), key.key_id());
        Self { key, header, unprotected: BTreeMap::new(), detached: false }
    }

    /// Adds a header parameter.
    ///
    /// # Errors
    /// [`Misuse::HeaderReserved`] for parameters that the key or this builder write, and for those
    /// of encryption.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Result<Self, Error> {
        self.header.set(name, value.into())?;
        Ok(self)
    }

    /// Leaves the payload out of the token (RFC 7515 appendix F).
    #[must_use]
    pub const fn detached(mut self) -> Self {
        self.detached = true;
        self
    }

    /// Signs the payload as it is, not its base64url, and leaves it out of the token (RFC 7797).
    #[must_use]
    pub fn unencoded(mut self) -> Self {
        self.detached = true;
        self.header.unencoded = true;
        self
    }

    /// Signs the payload as it is, and writes it into the JSON as it is (RFC 7797 §5.3). It must be
    /// UTF-8, and only the JSON serializations have room for it.
    #[must_use]
    pub const fn unencoded_attached(mut self) -> Self {
        self.detached = false;
        self.header.unencoded = true;
        self
    }

    /// Adds a parameter to the unprotected header, which only the JSON serializations have. Nobody
    /// signs it: anyone on the way can change it, and verifiers use of it at most the `kid`.
    ///
    /// # Errors
    /// [`Misuse::HeaderReserved`] for parameters that count only under the signature, and for those
    /// of encryption.
    pub fn unprotected(mut self, name: &str, value: impl Into<Value>) -> Result<Self, Error> {
        if name != "kid" && RESERVED.contains(&name) {
            return Err(Misuse::HeaderReserved { name: name.to_owned() }.into());
        }
        self.unprotected.insert(name.to_owned(), value.into());
        Ok(self)
    }

    /// Signs a payload.
    ///
    /// # Errors
    /// [`Misuse::JsonOnly`] after [`Self::unprotected`] or [`Self::unencoded_attached`],
    /// [`Misuse::HeaderRefused`] if no verifier would take the header,
    /// [`ErrorKind::Signing`](crate::ErrorKind::Signing) if the signer fails.
    pub fn sign(&self, payload: &[u8]) -> Result<String, Error> {
        if !self.unprotected.is_empty() {
            return Err(Misuse::JsonOnly { what: "an unprotected header" }.into());
        }
        if self.header.unencoded && !self.detached {
            return Err(Misuse::JsonOnly { what: "an unencoded payload in the token" }.into());
        }
        let header = self.header.encode_checked(&Limits::default())?;
        let (signature, encoded) = self.signature(&header, payload)?;
        let mut token = header;
        token.push('.');
        if !self.detached {
            token.push_str(&encoded);
        }
        token.push('.');
        base64url::encode_append(signature.as_ref(), &mut token);
        Ok(token)
    }

    /// Signs an encoded header and a payload; returns the encoded payload as well.
    fn signature(&self, header: &str, payload: &[u8]) -> Result<(Signature, String), Error> {
        let mut input = Vec::with_capacity(header.len().saturating_add(payload.len()));
        input.extend_from_slice(header.as_bytes());
        input.push(b'.');
        let encoded = base64url::encode(payload);
        input.extend_from_slice(if self.header.unencoded { payload } else { encoded.as_bytes() });
        Ok((self.key.sign(&input)?, encoded))
    }

    /// Signs a payload and writes the members of one signature: `protected`, `header`, `signature`.
    pub(super) fn sign_entry(&self, payload: &[u8]) -> Result<String, Error> {
        let limits = Limits::default();
        let protected = self.header.encode_checked(&limits)?;
        let mut members = format!("\"protected\":\"{protected}\"");
        if !self.unprotected.is_empty() {
            let others = self.unprotected.iter();
            let others = others.map(|(name, value)| (name.clone(), value.clone())).collect();
            let header = Value::Object(others).to_string();
            entry::check_headers(&protected, &header, &limits)
                .map_err(|reason| Misuse::HeaderRefused { reason: reason.to_string() })?;
            members.push_str(&format!(",\"header\":{header}"));
        }
        let (signature, _) = self.signature(&protected, payload)?;
        let signature = base64url::encode(signature.as_ref());
        members.push_str(&format!(",\"signature\":\"{signature}\""));
        Ok(members)
    }

    /// Writes the member `payload` of a JSON serialization; none if it is detached.
    pub(super) fn payload_member(&self, payload: &[u8]) -> Result<Option<String>, Misuse> {
        if self.detached {
            return Ok(None);
        }
        if !self.header.unencoded {
            return Ok(Some(format!("\"{}\"", base64url::encode(payload))));
        }
        let text = std::str::from_utf8(payload)
            .map_err(|error| Misuse::PayloadNotText { position: error.valid_up_to() })?;
        Ok(Some(Value::from(text).to_string()))
    }

    /// Whether two signers sign the same bytes of a payload, and leave it in the same place.
    pub(super) const fn treats_payload_as(&self, other: &Self) -> bool {
        self.detached == other.detached && self.header.unencoded == other.header.unencoded
    }
}

/// A header to be written: `alg` first, then what was set, in order of name.
#[derive(Debug, Clone)]
pub(crate) struct HeaderTemplate {
    algorithm: Algorithm,
    others: BTreeMap<String, Value>,
    pub(super) unencoded: bool,
}

/// What the key and the builders write, and what has no place in a JWS.
const RESERVED: [&str; 8] = ["alg", "kid", "b64", "crit", "enc", "zip", "epk", "jwk"];

impl HeaderTemplate {
    pub(crate) fn new(algorithm: Algorithm, key_id: Option<&str>) -> Self {
        let key_id = key_id.map(|key_id| ("kid".to_owned(), Value::from(key_id)));
        Self { algorithm, others: key_id.into_iter().collect(), unencoded: false }
    }

    /// Writes the algorithm and the name of another key.
    pub(crate) fn set_key(&mut self, algorithm: Algorithm, key_id: Option<&str>) {
        self.algorithm = algorithm;
        match key_id {
            Some(key_id) => self.others.insert("kid".to_owned(), Value::from(key_id)),
            None => self.others.remove("kid"),
        };
    }

    /// Sets `typ`.
    pub(crate) fn set_type(&mut self, token_type: &str) {
        self.others.insert("typ".to_owned(), Value::from(token_type));
    }

    /// Sets a parameter.
    pub(crate) fn set(&mut self, name: &str, value: Value) -> Result<(), Misuse> {
        if RESERVED.contains(&name) {
            return Err(Misuse::HeaderReserved { name: name.to_owned() });
        }
        self.others.insert(name.to_owned(), value);
        Ok(())
    }

    /// Writes the header in base64url, if verifiers can read what is written.
    pub(crate) fn encode_checked(&self, limits: &Limits) -> Result<String, Misuse> {
        let encoded = self.encode();
        match Header::read(&encoded, limits) {
            Ok(_) => Ok(encoded),
            Err(reason) => Err(Misuse::HeaderRefused { reason: reason.to_string() }),
        }
    }

    /// Writes the header in base64url.
    fn encode(&self) -> String {
        let mut json = format!("{{\"alg\":\"{}\"", self.algorithm);
        if self.unencoded {
            json.push_str(",\"b64\":false,\"crit\":[\"b64\"]");
        }
        for (name, value) in &self.others {
            json.push_str(&format!(",{}:{value}", Value::from(name.as_str())));
        }
        json.push('}');
        base64url::encode(json.as_bytes())
    }
}
