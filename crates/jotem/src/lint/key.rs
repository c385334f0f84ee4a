//! Keys: their numbers, and what a JWK says about its use (RFC 7517 §4).

use serde_json::{Map, Value};

use super::finding::{Fact, Part, Place, Report};
use super::subject::Subject;
use super::{Rule, rsa, secret, set};
use crate::error::KeyError;
use crate::jwa::{Algorithm, KeyType};
use crate::jwk::{Jwk, Material};
#[cfg(feature = "aws-lc")]
use crate::jwk::{SigningKey, VerifyingKey};

/// Examines what was given as a key, and returns the keys that could be read; `None` for a secret.
pub(super) fn examine(
    bytes: &[u8],
    algorithm: Option<Algorithm>,
    report: &mut Report,
) -> Option<Vec<Jwk>> {
    let place = Part::Key.whole();
    match Subject::of(bytes) {
        Subject::Jwk { members, duplicates } => {
            if duplicates {
                report.add(Rule::DuplicateMember, &place);
            }
            Some(jwk(&members, algorithm, &place, report).into_iter().collect())
        }
        Subject::Set { keys, duplicates } => {
            if duplicates {
                report.add(Rule::DuplicateMember, &place);
            }
            Some(set::examine(&keys, &place, report))
        }
        Subject::Key(Ok(jwk)) => {
            numbers(&jwk, algorithm, &place, report);
            Some(vec![*jwk])
        }
        Subject::Key(Err(reason)) => {
            refused(&reason, &place, report);
            Some(Vec::new())
        }
        Subject::Malformed => {
            report.add(Rule::JsonMalformed, &place);
            Some(Vec::new())
        }
        Subject::JsonSerialization => {
            report.add(Rule::JsonSerialization, &place);
            Some(Vec::new())
        }
        Subject::Secret => {
            secret::examine(bytes, algorithm, &place, report);
            None
        }
    }
}

/// Examines a JWK.
pub(super) fn jwk(
    members: &Map<String, Value>,
    algorithm: Option<Algorithm>,
    place: &Place,
    report: &mut Report,
) -> Option<Jwk> {
    let json = zeroize::Zeroizing::new(serde_json::to_string(members).unwrap_or_default());
    let jwk = match Jwk::read(&json) {
        Ok(jwk) => jwk,
        Err(reason) => {
            refused(&reason, place, report);
            return None;
        }
    };
    if jwk.public_key_use().is_none() && jwk.operations().is_none() {
        report.add(Rule::KeyUseMissing, place);
    }
    if jwk.declared_algorithm() == Some(Algorithm::EdDsa.name()) {
        report.add(Rule::AlgDeprecated, &place.member("alg"));
    }
    // The curve of the other types leaves no choice.
    if matches!(jwk.key_type(), KeyType::Oct | KeyType::Rsa) && jwk.declared_algorithm().is_none() {
        report.add(Rule::KeyAlgMissing, place);
    }
    numbers(&jwk, algorithm, place, report);
    Some(jwk)
}

/// Examines what a key is made of; `algorithm` is that of the token.
fn numbers(jwk: &Jwk, algorithm: Option<Algorithm>, place: &Place, report: &mut Report) {
    if let Material::Oct(bytes) = jwk.material() {
        let algorithm = jwk.algorithm().or(algorithm);
        secret::examine(bytes.expose(), algorithm, &place.member("k"), report);
        return;
    }
    if let Material::Rsa(key) = jwk.material() {
        rsa::examine(key, place, report);
    }
    // Without AWS-LC nothing is known of curves.
    #[cfg(feature = "aws-lc")]
    if let Err(reason) = make(jwk) {
        refused(&reason, place, report);
    }
}

/// Makes the key: its points are on their curve, its halves belong together (RFC 8725 §3.4).
#[cfg(feature = "aws-lc")]
fn make(jwk: &Jwk) -> Result<(), KeyError> {
    let is_for_signatures = |name| Algorithm::from_name(name).is_some();
    if jwk.public_key_use().is_some_and(|purpose| purpose != "sig")
        && !jwk.declared_algorithm().is_some_and(is_for_signatures)
    {
        // A key for encryption is none of ours.
        return Ok(());
    }
    let algorithm = match (jwk.algorithm(), jwk.declared_algorithm()) {
        (Some(algorithm), _) => algorithm,
        (None, Some(_)) => return Ok(()),
        (None, None) if jwk.key_type() == KeyType::Rsa => Algorithm::Rs256,
        (None, None) => return Ok(()),
    };
    let verify_only = ["verify".to_owned()];
    if jwk.is_private() && jwk.operations() != Some(&verify_only) {
        return SigningKey::from_jwk(jwk, algorithm).map(drop).or_else(own);
    }
    VerifyingKey::from_jwk(&jwk.public().unwrap_or_else(|_| jwk.clone()), algorithm)
        .map(drop)
        .or_else(own)
}

#[cfg(feature = "aws-lc")]
fn own(error: crate::Error) -> Result<(), KeyError> {
    match error.into_kind() {
        crate::ErrorKind::Key(reason) => Err(reason),
        crate::ErrorKind::Rejected(_)
        | crate::ErrorKind::Misuse(_)
        | crate::ErrorKind::Signing(_) => Ok(()),
    }
}

/// Says what is weak about a key that the strict reader refuses. It names the first reason, which
/// is enough: such a key is replaced, not mended.
#[expect(clippy::wildcard_enum_match_arm, reason = "no verdict: every other reason has one rule")]
pub(super) fn refused(reason: &KeyError, place: &Place, report: &mut Report) {
    let bits = |bits: usize| vec![("bits", bits.into())];
    let (rule, facts) = match reason {
        KeyError::RsaSize { bits: size @ ..1024 } => (Rule::RsaTiny, bits(*size)),
        KeyError::RsaSize { bits: size @ ..2048 } => (Rule::RsaSmall, bits(*size)),
        KeyError::RsaSize { bits: size } => (Rule::RsaHuge, bits(*size)),
        KeyError::RsaExponent => (Rule::RsaExponent, Vec::new()),
        KeyError::RsaModulus { reason } if reason.contains("ROCA") => (Rule::RsaRoca, Vec::new()),
        KeyError::RsaModulus { .. } => (Rule::RsaFactor, vec![("factor", Fact::Number(2))]),
        KeyError::SecretEmpty => (Rule::SecretEmpty, Vec::new()),
        KeyError::SecretIsKey { .. } => (Rule::SecretIsKey, Vec::new()),
        KeyError::Rejected { .. } | KeyError::HalvesMismatch { .. } => {
            (Rule::KeyUnsound, Vec::new())
        }
        KeyError::LegacyEncryptedPem => (Rule::KeyLegacyPem, Vec::new()),
        KeyError::Encrypted
        | KeyError::EncryptionCost { .. }
        | KeyError::EncryptionScheme { .. }
        | KeyError::OpenSsh
        | KeyError::OpenSshEncrypted
        | KeyError::Ed448Off
        | KeyError::Expanded
        | KeyError::Certificate
        | KeyError::TypeUnknown { .. } => (Rule::KeyOpaque, Vec::new()),
        KeyError::Use { .. } => (Rule::KeyUseWrong, Vec::new()),
        KeyError::Member { member, .. } if member.as_str() == "key_ops" => {
            (Rule::KeyUseWrong, Vec::new())
        }
        KeyError::AlgorithmMismatch { .. } => (Rule::KeyAlgWrong, Vec::new()),
        _ => (Rule::KeyUnreadable, Vec::new()),
    };
    report.add_with(rule, place, facts);
}
