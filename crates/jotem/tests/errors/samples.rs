//! One of each error there is, with facts as they occur.

use jotem::error::{
    Excerpt, JsonType, KeyError, Misuse, Part, Rejection, SecretDisguise, Segment,
    SerializationFault,
};
use jotem::{Algorithm, Error, ErrorKind, NumericDate};

fn date(seconds: u64) -> NumericDate {
    NumericDate::from_secs(seconds)
}

/// Every error, in the order of its enum.
pub(crate) fn all() -> Vec<Error> {
    let signing = ErrorKind::Signing("the session with the HSM was closed".into());
    let faults = serialization_faults().into_iter().map(|fault| Rejection::from(fault).into());
    let rejections = rejections().into_iter().map(Error::from).chain(faults);
    let keys = key_errors().into_iter().map(Error::from);
    let misuses = misuses().into_iter().map(Error::from);
    rejections.chain(keys).chain(misuses).chain([signing.into()]).collect()
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn rejections() -> Vec<Rejection> {
    vec![
        Rejection::TokenEmpty,
        Rejection::TokenTooLarge { bytes: 20_000, limit: 16_384 },
        Rejection::BearerPrefix,
        Rejection::TokenQuoted,
        Rejection::TokenWhitespace,
        Rejection::JsonSerialization,
        Rejection::Encrypted,
        Rejection::SegmentCount { found: 2 },
        Rejection::SegmentEmpty { segment: Segment::Payload },
        Rejection::Character { segment: Segment::Payload, position: 3, byte: b'+' },
        Rejection::Base64Padding { segment: Segment::Payload },
        Rejection::Base64Length { segment: Segment::Payload },
        Rejection::Base64TrailingBits { segment: Segment::Payload },
        Rejection::HeaderTooLarge { bytes: 5_000, limit: 4_096 },
        Rejection::NotUtf8 { part: Part::Claims, position: 3 },
        Rejection::ByteOrderMark { part: Part::Claims },
        Rejection::JsonSyntax { part: Part::Claims, position: 3 },
        Rejection::NotObject { part: Part::Claims, found: JsonType::Number },
        Rejection::DuplicateMember { part: Part::Claims, name: Excerpt::new("name") },
        Rejection::TooDeep { part: Part::Claims, limit: 32 },
        Rejection::TooManyMembers { part: Part::Claims, limit: 1_024 },
        Rejection::LoneSurrogate { part: Part::Claims, position: 3 },
        Rejection::NumberRange { part: Part::Claims, position: 3 },
        Rejection::ParameterType { name: "kid", expected: "a string", found: JsonType::Number },
        Rejection::ParameterTooLong { name: "kid", bytes: 5_000, limit: 1_024 },
        Rejection::ParameterForbidden { name: "zip" },
        Rejection::CritEmpty,
        Rejection::CritDuplicate { name: Excerpt::new("name") },
        Rejection::CritRegistered { name: Excerpt::new("name") },
        Rejection::CritAbsent { name: Excerpt::new("name") },
        Rejection::CritUnknown { name: Excerpt::new("name") },
        Rejection::B64NotCritical,
        Rejection::UnencodedPayload,
        Rejection::AlgorithmMissing,
        Rejection::AlgorithmNone { found: Excerpt::new("nOnE") },
        Rejection::AlgorithmUnknown { found: Excerpt::new("HS1") },
        Rejection::AlgorithmNotAllowed {
            found: Algorithm::Hs256,
            allowed: vec![Algorithm::Es256, Algorithm::Rs256],
        },
        Rejection::KeyNotFound {
            algorithm: Algorithm::Es256,
            key_id: Some(Excerpt::new("2026-11")),
        },
        Rejection::CertificateMismatch,
        Rejection::KeyAmbiguous { candidates: 2, key_id: Some(Excerpt::new("2026-11")) },
        Rejection::KeysUnavailable { reason: Excerpt::new("the key server does not answer") },
        Rejection::SignatureMissing,
        Rejection::SignatureLength { algorithm: Algorithm::Es256, expected: 64, found: 63 },
        Rejection::SignatureIsDer { algorithm: Algorithm::Es256 },
        Rejection::SignatureMismatch {
            algorithm: Algorithm::Es256,
            key_id: Some(Excerpt::new("2026-11")),
        },
        Rejection::SecretNotDecoded,
        Rejection::PayloadAttached,
        Rejection::PayloadEncoded,
        Rejection::PayloadDetached,
        Rejection::ClaimType { claim: "exp", expected: "a number", found: JsonType::String },
        Rejection::ClaimTooLong { claim: "sub", bytes: 5_000, limit: 1_024 },
        Rejection::DateMilliseconds { claim: "exp" },
        Rejection::DateRange { claim: "exp" },
        Rejection::ClaimMissing { claim: Excerpt::new("role") },
        Rejection::ClaimEmpty { claim: Excerpt::new("role") },
        Rejection::Expired {
            exp: date(1_699_999_900),
            now: date(1_700_000_000),
            leeway: 30,
            ago: 100,
        },
        Rejection::NotYetValid {
            nbf: date(1_700_000_100),
            now: date(1_700_000_000),
            leeway: 30,
            early: 100,
        },
        Rejection::IssuedInFuture {
            iat: date(1_700_000_100),
            now: date(1_700_000_000),
            leeway: 30,
            early: 100,
        },
        Rejection::TooOld { age: 7200, limit: 3600 },
        Rejection::LifetimeTooLong { lifetime: 86_400, limit: 3600 },
        Rejection::IssuerMismatch { found: Excerpt::new("https://other.example") },
        Rejection::AudienceMismatch { found: Excerpt::new("`web`") },
        Rejection::AudienceUnexpected,
        Rejection::SubjectMismatch { found: Excerpt::new("7") },
        Rejection::TypeMismatch { expected: "at+jwt".to_owned(), found: None },
        Rejection::ConfirmationUnchecked,
        Rejection::HashMismatch { claim: "at_hash" },
        Rejection::HashUndefined { claim: "at_hash", algorithm: Algorithm::Es256 },
        Rejection::ClaimsShape { message: Excerpt::new("missing field `role`") },
    ]
}

fn serialization_faults() -> Vec<SerializationFault> {
    vec![
        SerializationFault::Other { expected: "flattened JSON", found: "compact" },
        SerializationFault::Mixed,
        SerializationFault::MemberMissing { member: "signature" },
        SerializationFault::MemberType {
            member: "payload",
            expected: "a string",
            found: JsonType::Null,
        },
        SerializationFault::SignaturesEmpty,
        SerializationFault::TooManySignatures { limit: 8 },
        SerializationFault::ParameterUnprotected { name: "alg" },
        SerializationFault::ParameterTwice { name: Excerpt::new("kid") },
        SerializationFault::B64Differs,
        SerializationFault::KeyTwice,
        SerializationFault::SignerMissing {
            signer: 2,
            signers: 3,
            reason: Box::new(Rejection::KeyNotFound { algorithm: Algorithm::Es256, key_id: None }),
        },
    ]
}

fn key_errors() -> Vec<KeyError> {
    vec![
        KeyError::AlgorithmMismatch {
            algorithm: Algorithm::Es256,
            expected: "an EC key on P-256",
            found: Excerpt::new("an RSA key"),
        },
        KeyError::AlgorithmUnknown,
        KeyError::Certificate,
        KeyError::CertificateMismatch { member: "x5c" },
        KeyError::Ed448Off,
        KeyError::Encrypted,
        KeyError::Expanded,
        KeyError::EncryptionCost {
            parameter: "PBKDF2 iterations",
            found: 1 << 31,
            limit: 3_000_000,
        },
        KeyError::EncryptionScheme { found: Excerpt::new("3DES (des-ede3-cbc)") },
        KeyError::Format { expected: "a key in DER (PKCS#8, SPKI, PKCS#1 or SEC1)" },
        KeyError::HalvesMismatch { key_type: "EC" },
        KeyError::KeyIdTwice,
        KeyError::LegacyEncryptedPem,
        KeyError::Json { problem: "a member stands twice,", position: 3 },
        KeyError::Member { member: Excerpt::new("x"), expected: "32 bytes long" },
        KeyError::MemberMissing { member: "kty" },
        KeyError::NoPublicPart,
        KeyError::NotEncrypted,
        KeyError::OpenSsh,
        KeyError::OpenSshEncrypted,
        KeyError::PemEscaped,
        KeyError::PemOneLine,
        KeyError::PemSeveral { count: 2 },
        KeyError::PasswordEmpty,
        KeyError::PasswordWrong,
        KeyError::Private,
        KeyError::Public,
        KeyError::Rejected { key_type: "EC", reason: "the point is not on the curve" },
        KeyError::RsaExponent,
        KeyError::RsaModulus { reason: "it is even" },
        KeyError::RsaSize { bits: 1024 },
        KeyError::SecretEmpty,
        KeyError::SecretIsKey { disguise: SecretDisguise::Pem },
        KeyError::SecretNotBase64,
        KeyError::SecretTooShort { algorithm: Algorithm::Hs256, bytes: 8, needed: 32 },
        KeyError::SetWithoutKeys,
        KeyError::TypeUnknown { found: Excerpt::new("AKP") },
        KeyError::Use { member: "use", operation: "verify" },
    ]
}

fn misuses() -> Vec<Misuse> {
    vec![
        Misuse::AlgorithmsEmpty,
        Misuse::AlgorithmsNeeded,
        Misuse::CacheTooSmall { bytes: 1024, needed: 16_384 },
        Misuse::ClaimTwice { claim: "sub".to_owned() },
        Misuse::ClaimsNotObject { found: "an array" },
        Misuse::ClaimsNotSerializable { message: "key must be a string".to_owned() },
        Misuse::ExpectationEmpty { claim: "aud" },
        Misuse::HeaderRefused {
            reason: "the header parameter typ is a number, not a string".to_owned(),
        },
        Misuse::HeaderReserved { name: "alg".to_owned() },
        Misuse::JsonOnly { what: "an unprotected header" },
        Misuse::KeyElsewhere { algorithm: Algorithm::Es256 },
        Misuse::KeysMissing,
        Misuse::KeysMixed,
        Misuse::KeysUnbound,
        Misuse::KeysUnusable { members: 2, first: "the key names no algorithm".to_owned() },
        Misuse::LeewayTooLong { leeway: 3600, limit: 300 },
        Misuse::LifetimeMissing,
        Misuse::PayloadNotText { position: 3 },
        Misuse::SignersDisagree,
        Misuse::SignersMissing,
        Misuse::TokenTooLong { bytes: 20_000, limit: 16_384 },
    ]
}
