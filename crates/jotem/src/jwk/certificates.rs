//! What a JWK says about certificates of its key: `x5c`, `x5t`, `x5t#S256` (RFC 7517 §4.7 to §4.9).
//!
//! They say which certificate is meant, never whose word to take: no chain is followed.

use std::borrow::Cow;

use base64_simd::STANDARD;
use sha2::{Digest as _, Sha256};

use super::material::Material;
use super::members::{Members, Writer, not};
use super::x509;
use crate::encoding::base64url;
use crate::error::KeyError;

/// The certificates of a key.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Certificates {
    /// The chain as `x5c` has it: base64, the key's own certificate first.
    chain: Option<Vec<String>>,
    /// `x5t#S256`, or what it would be: the SHA-256 of the first certificate in base64url.
    sha256: Option<String>,
    /// `x5t`: kept as it is. Nothing is decided by a SHA-1.
    sha1: Option<String>,
}

impl Certificates {
    /// Takes the certificate that a key came in.
    pub(super) fn of(certificate: &[u8]) -> Self {
        Self {
            chain: Some(vec![STANDARD.encode_to_string(certificate)]),
            sha256: Some(thumbprint(certificate)),
            sha1: None,
        }
    }

    /// Reads the members, and checks that the first certificate is one of this very key.
    pub(super) fn read(members: &Members<'_>, material: &Material) -> Result<Self, KeyError> {
        let chain = members.list("x5c")?;
        let mut sha256 = members.text("x5t#S256")?.map(str::to_owned);
        if let Some(text) = &sha256
            && base64url::decode(text.as_bytes()).map_or(0, |hash| hash.len()) != 32
        {
            return Err(not("x5t#S256", "a SHA-256 in base64url (RFC 7517 §4.9)"));
        }
        if let Some(chain) = chain {
            let found = check(chain, material)?;
            if sha256.as_ref().is_some_and(|written| *written != found) {
                return Err(KeyError::CertificateMismatch { member: "x5t#S256" });
            }
            sha256 = Some(found);
        }
        let chain = chain.map(|chain| chain.iter().map(Cow::to_string).collect());
        Ok(Self { chain, sha256, sha1: members.text("x5t")?.map(str::to_owned) })
    }

    pub(super) fn chain(&self) -> Option<&[String]> {
        self.chain.as_deref()
    }

    pub(super) fn sha256(&self) -> Option<&str> {
        self.sha256.as_deref()
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        if let Some(chain) = &self.chain {
            writer.list("x5c", &chain.iter().map(String::as_str).collect::<Vec<_>>());
        }
        if let Some(sha1) = &self.sha1 {
            writer.text("x5t", sha1);
        }
        if let Some(sha256) = &self.sha256 {
            writer.text("x5t#S256", sha256);
        }
    }
}

/// Checks that the first certificate of a chain has this key, and returns its thumbprint.
fn check(chain: &[Cow<'_, str>], material: &Material) -> Result<String, KeyError> {
    let expected = "a list of certificates, each DER in base64 (RFC 7517 §4.7)";
    // RFC 7517 §4.7: base64 and not base64url.
    let decode = |text: &Cow<'_, str>| STANDARD.decode_to_vec(text.as_bytes());
    let decoded: Result<Vec<_>, _> = chain.iter().map(decode).collect();
    let decoded = decoded.map_err(|_| not("x5c", expected))?;
    let first = decoded.first().ok_or_else(|| not("x5c", expected))?;
    let key = match x509::key(first) {
        Err(KeyError::Format { .. }) => return Err(not("x5c", expected)),
        key => key,
    };
    // A key that cannot be read is not this one either.
    if key.ok().is_none_or(|key| Some(key) != material.public()) {
        return Err(KeyError::CertificateMismatch { member: "x5c" });
    }
    Ok(thumbprint(first))
}

fn thumbprint(certificate: &[u8]) -> String {
    base64url::encode(&Sha256::digest(certificate))
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Certificates")
            .field("chain", &self.chain.as_ref().map(Vec::len))
            .field("sha256", &self.sha256)
            .finish_non_exhaustive()
    }
}
