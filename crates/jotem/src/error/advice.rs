//! What each refusal is called, what to tell the developer, and what to tell the sender.

use super::{Code, Public, Rejection};

impl Rejection {
    /// Returns the stable identifier of the reason.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub const fn code(&self) -> Code {
        match self {
            Self::AlgorithmMissing => Code::AlgorithmMissing,
            Self::AlgorithmNone { .. } => Code::AlgorithmNone,
            Self::AlgorithmNotAllowed { .. } => Code::AlgorithmNotAllowed,
            Self::AlgorithmUnknown { .. } => Code::AlgorithmUnknown,
            Self::AudienceMismatch { .. } => Code::AudienceMismatch,
            Self::AudienceUnexpected => Code::AudienceUnexpected,
            Self::B64NotCritical => Code::B64NotCritical,
            Self::Base64Length { .. } => Code::Base64Length,
            Self::Base64Padding { .. } => Code::Base64Padding,
            Self::Base64TrailingBits { .. } => Code::Base64TrailingBits,
            Self::BearerPrefix => Code::BearerPrefix,
            Self::ByteOrderMark { .. } => Code::ByteOrderMark,
            Self::CertificateMismatch => Code::CertificateMismatch,
            Self::Character { .. } => Code::Character,
            Self::ClaimEmpty { .. } => Code::ClaimEmpty,
            Self::ClaimMissing { .. } => Code::ClaimMissing,
            Self::ClaimTooLong { .. } => Code::ClaimTooLong,
            Self::ClaimType { .. } => Code::ClaimType,
            Self::ClaimsShape { .. } => Code::ClaimsShape,
            Self::ConfirmationUnchecked => Code::ConfirmationUnchecked,
            Self::CritAbsent { .. } => Code::CritAbsent,
            Self::CritDuplicate { .. } => Code::CritDuplicate,
            Self::CritEmpty => Code::CritEmpty,
            Self::CritRegistered { .. } => Code::CritRegistered,
            Self::CritUnknown { .. } => Code::CritUnknown,
            Self::DateMilliseconds { .. } => Code::DateMilliseconds,
            Self::DateRange { .. } => Code::DateRange,
            Self::DuplicateMember { .. } => Code::DuplicateMember,
            Self::Encrypted => Code::Encrypted,
            Self::Expired { .. } => Code::Expired,
            Self::HashMismatch { .. } => Code::HashMismatch,
            Self::HashUndefined { .. } => Code::HashUndefined,
            Self::HeaderTooLarge { .. } => Code::HeaderTooLarge,
            Self::IssuedInFuture { .. } => Code::IssuedInFuture,
            Self::IssuerMismatch { .. } => Code::IssuerMismatch,
            Self::JsonSerialization => Code::JsonSerialization,
            Self::JsonSyntax { .. } => Code::JsonSyntax,
            Self::KeyAmbiguous { .. } => Code::KeyAmbiguous,
            Self::KeyNotFound { .. } => Code::KeyNotFound,
            Self::KeysUnavailable { .. } => Code::KeysUnavailable,
            Self::LifetimeTooLong { .. } => Code::LifetimeTooLong,
            Self::LoneSurrogate { .. } => Code::LoneSurrogate,
            Self::NotObject { .. } => Code::NotObject,
            Self::NotUtf8 { .. } => Code::NotUtf8,
            Self::NotYetValid { .. } => Code::NotYetValid,
            Self::NumberRange { .. } => Code::NumberRange,
            Self::ParameterForbidden { .. } => Code::ParameterForbidden,
            Self::ParameterTooLong { .. } => Code::ParameterTooLong,
            Self::ParameterType { .. } => Code::ParameterType,
            Self::PayloadAttached => Code::PayloadAttached,
            Self::PayloadDetached => Code::PayloadDetached,
            Self::PayloadEncoded => Code::PayloadEncoded,
            Self::SecretNotDecoded => Code::SecretNotDecoded,
            Self::SegmentCount { .. } => Code::SegmentCount,
            Self::SegmentEmpty { .. } => Code::SegmentEmpty,
            Self::Serialization(fault) => fault.code(),
            Self::SignatureIsDer { .. } => Code::SignatureIsDer,
            Self::SignatureLength { .. } => Code::SignatureLength,
            Self::SignatureMismatch { .. } => Code::SignatureMismatch,
            Self::SignatureMissing => Code::SignatureMissing,
            Self::SubjectMismatch { .. } => Code::SubjectMismatch,
            Self::TokenEmpty => Code::TokenEmpty,
            Self::TokenQuoted => Code::TokenQuoted,
            Self::TokenTooLarge { .. } => Code::TokenTooLarge,
            Self::TokenWhitespace => Code::TokenWhitespace,
            Self::TooDeep { .. } => Code::TooDeep,
            Self::TooManyMembers { .. } => Code::TooManyMembers,
            Self::TooOld { .. } => Code::TooOld,
            Self::TypeMismatch { .. } => Code::TypeMismatch,
            Self::UnencodedPayload => Code::UnencodedPayload,
        }
    }

    /// Tells the developer what to do about it.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::TokenEmpty => "is the header or the variable that should hold the token set?",
            Self::TokenTooLarge { .. } => {
                "an access token has a few hundred bytes; raise `Limits::token_bytes` only for a protocol that needs it"
            }
            Self::BearerPrefix => "pass only what follows `Bearer ` in the Authorization header",
            Self::TokenQuoted => {
                "a JSON string was passed on without being parsed; remove the quotation marks"
            }
            Self::TokenWhitespace => {
                "trim what was read from a file, a form or a shell: `token.trim()`"
            }
            Self::JsonSerialization => {
                "a JWT is three base64url segments between dots; pick the token out of the JSON"
            }
            Self::Serialization(fault) => fault.hint(),
            Self::Encrypted => {
                "it must be decrypted, not verified; ask the issuer for a signed token"
            }
            Self::SegmentCount { .. } => {
                "a JWT has exactly two dots; was it cut, or is this an opaque token?"
            }
            Self::SegmentEmpty { .. } | Self::Base64Length { .. } => {
                "the token was cut or put together wrongly"
            }
            Self::Character { .. } => {
                "only A-Z, a-z, 0-9, `-` and `_` may stand in a segment; `+` and `/` are the wrong base64"
            }
            Self::Base64Padding { .. } => "the issuer must leave `=` out (RFC 7515 §2)",
            Self::Base64TrailingBits { .. } => {
                "the token was altered, or its issuer's base64 is not canonical"
            }
            Self::HeaderTooLarge { .. } => {
                "a header has a few dozen bytes; certificates (`x5c`) do not belong in every token"
            }
            Self::NotUtf8 { .. } | Self::ByteOrderMark { .. } => {
                "the issuer must write UTF-8 without a byte order mark (RFC 8725 §3.7)"
            }
            Self::JsonSyntax { .. } | Self::NotObject { .. } => {
                "the issuer must write one JSON object, with nothing before or after it"
            }
            Self::DuplicateMember { .. } => {
                "two parsers would read two different tokens; the issuer must write each name once"
            }
            Self::TooDeep { .. } | Self::TooManyMembers { .. } => {
                "keep documents out of tokens, or raise the limit in `Limits`"
            }
            Self::LoneSurrogate { .. } | Self::NumberRange { .. } => {
                "the issuer writes JSON that not every parser can read"
            }
            Self::ParameterType { .. } => {
                "the issuer must write the type that RFC 7515 §4.1 gives the parameter"
            }
            Self::ParameterTooLong { .. } => {
                "such a name has a few dozen characters; raise `Limits::text_bytes` if this is meant"
            }
            Self::ParameterForbidden { .. } => {
                "`zip`, `enc` and the like belong to encrypted tokens"
            }
            Self::CritEmpty
            | Self::CritDuplicate { .. }
            | Self::CritRegistered { .. }
            | Self::CritAbsent { .. } => "the issuer's crit breaks RFC 7515 §4.1.11",
            Self::CritUnknown { .. } => {
                "if the application handles the extension, say so with `.critical([..])`"
            }
            Self::B64NotCritical => "the issuer must list b64 in crit (RFC 7797 §6)",
            Self::UnencodedPayload => {
                "a JWT may not use b64 (RFC 7797 §7); verify other content with `jws::Options::unencoded(payload)`"
            }
            Self::AlgorithmMissing => "the issuer must write alg in every header (RFC 7515 §4.1.1)",
            Self::AlgorithmNone { .. } => {
                "nobody signed this token; it may come from an attacker, and is never accepted"
            }
            Self::AlgorithmUnknown { .. } => {
                "names are case-sensitive; `Algorithm::ALL` lists those that are known"
            }
            Self::AlgorithmNotAllowed { .. } => {
                "is this the right key? a key verifies its own algorithm only"
            }
            Self::KeyNotFound { .. } => {
                "the issuer may have rotated its keys: load its key set again; or the token is another issuer's"
            }
            Self::KeyAmbiguous { .. } => {
                "give the keys distinct kids, or allow several tries with `.try_keys(n)`"
            }
            Self::CertificateMismatch => {
                "the issuer may have renewed its certificate: load its key set again"
            }
            Self::KeysUnavailable { .. } => "try again; this says nothing about the token",
            Self::SignatureMissing => "the token was cut after its last dot, or is unsecured",
            Self::SignatureLength { .. } => "the token was cut, or signed with another key",
            Self::SignatureIsDer { .. } => {
                "the issuer must convert it to r and s side by side; `Unsigned::attach` says so too"
            }
            Self::SignatureMismatch { .. } => {
                "the token was altered, or signed with another key: compare kid, issuer and environment"
            }
            Self::SecretNotDecoded => {
                "load the secret with `from_base64_secret` instead of `from_secret`"
            }
            Self::PayloadAttached => "verify it without a detached payload",
            Self::PayloadEncoded => "verify it with `jws::Options::detached(payload)`",
            Self::PayloadDetached => "give the payload: `jws::Options::detached(payload)`",
            Self::ClaimType { .. } => {
                "the issuer must write the type that RFC 7519 §4.1 gives the claim"
            }
            Self::DateRange { .. } => {
                "the issuer must write seconds since 1970: is it another unit, or a sum gone wrong?"
            }
            Self::ClaimTooLong { .. } => "raise `Limits::text_bytes` if this is meant",
            Self::DateMilliseconds { .. } => {
                "the issuer must divide by 1000: `Math.floor(Date.now() / 1000)`"
            }
            Self::ClaimMissing { .. } | Self::ClaimEmpty { .. } => {
                "the issuer must write it, or the verifier must not ask for it"
            }
            Self::Expired { .. } => {
                "renew it; if both clocks should agree, compare the server's clock with the issuer's"
            }
            Self::NotYetValid { .. } | Self::IssuedInFuture { .. } => {
                "compare the server's clock with the issuer's; a small skew is what the leeway is for"
            }
            Self::TooOld { .. } => "the user must authenticate again",
            Self::LifetimeTooLong { .. } => "the issuer must write a nearer exp",
            Self::IssuerMismatch { .. } => {
                "compare with `.issuer(..)` letter by letter: a slash at the end counts"
            }
            Self::AudienceMismatch { .. } => {
                "the token is meant for another service; compare with `.audience(..)` letter by letter"
            }
            Self::AudienceUnexpected => {
                "name this service with `.audience(..)`, or accept every audience with `.any_audience()`"
            }
            Self::SubjectMismatch { .. } => "the token belongs to somebody else",
            Self::TypeMismatch { .. } => {
                "this is another kind of token, an ID token for an access token perhaps"
            }
            Self::ConfirmationUnchecked => {
                "check the DPoP proof or the client certificate, then say so with `.accept_bound_tokens()`"
            }
            Self::HashMismatch { .. } => {
                "the ID token and the access token, or the code, are from different logins: begin again"
            }
            Self::HashUndefined { .. } => {
                "the issuer must sign ID tokens with an algorithm whose name says its hash, ES256 for example"
            }
            Self::ClaimsShape { .. } => {
                "compare the claims type with the payload: `jotem decode TOKEN`"
            }
        }
    }

    /// Returns what may be said on the wire (RFC 6750 §3.1).
    ///
    /// Everything that depends on a key or a signature reads the same.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "what is not named says nothing")]
    pub const fn public(&self) -> Public {
        match self {
            Self::Expired { .. } | Self::TooOld { .. } => Public::invalid("the token expired"),
            Self::NotYetValid { .. } | Self::IssuedInFuture { .. } => {
                Public::invalid("the token is not valid yet")
            }
            Self::AudienceMismatch { .. } | Self::AudienceUnexpected => {
                Public::invalid("the token is meant for another audience")
            }
            Self::IssuerMismatch { .. } => Public::invalid("the token has another issuer"),
            Self::TypeMismatch { .. } => Public::invalid("the token is of another type"),
            Self::KeysUnavailable { .. } => Public::SERVER,
            Self::Serialization(fault) => fault.public(),
            Self::TokenEmpty
            | Self::TokenTooLarge { .. }
            | Self::BearerPrefix
            | Self::TokenQuoted
            | Self::TokenWhitespace
            | Self::JsonSerialization
            | Self::Encrypted
            | Self::SegmentCount { .. }
            | Self::SegmentEmpty { .. }
            | Self::Character { .. }
            | Self::Base64Padding { .. }
            | Self::Base64Length { .. }
            | Self::Base64TrailingBits { .. } => Public::invalid("the token is malformed"),
            _ => Public::invalid("the token is invalid"),
        }
    }
}
