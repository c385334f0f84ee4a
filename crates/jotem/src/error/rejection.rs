//! Why a token is refused: one variant per reason, in the order of the pipeline.

use super::{Excerpt, JsonType, Part, Segment, SerializationFault};
use crate::jwa::Algorithm;
use crate::jwt::NumericDate;

/// Why a token is refused.
///
/// Messages show at most 64 escaped characters of what the sender wrote, and never a token, a key,
/// or what a signature should have been.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    // ── 1. size ──────────────────────────────────────────────────────────────────────────────
    /// There is no text at all.
    #[error("the token is empty")]
    TokenEmpty,
    /// More bytes than [`Limits::token_bytes`](crate::Limits::token_bytes).
    #[error("the token has {bytes} bytes, more than the limit of {limit}")]
    TokenTooLarge {
        /// How many bytes the token has.
        bytes: usize,
        /// The limit.
        limit: usize,
    },

    // ── 2. shape ─────────────────────────────────────────────────────────────────────────────
    /// The authentication scheme of the `Authorization` header is still there.
    #[error("the token begins with the authentication scheme `Bearer `")]
    BearerPrefix,
    /// Quotation marks around the token.
    #[error("the token stands in quotation marks")]
    TokenQuoted,
    /// Whitespace, a line end, a byte order mark or a NUL before or after the token.
    #[error("there is whitespace around the token")]
    TokenWhitespace,
    /// A JSON serialization (RFC 7515 §7.2) where a JWT is needed, which is always compact.
    #[error("this is JSON, not a compact token")]
    JsonSerialization,
    /// A JSON serialization that is not as RFC 7515 §7.2 has it, where one was asked for.
    #[error(transparent)]
    Serialization(SerializationFault),
    /// Five segments: an encrypted token (RFC 7516 §7.1).
    #[error("this is an encrypted token (JWE): it has five segments")]
    Encrypted,
    /// Not three segments.
    #[error("the token has {found} segment(s) between dots, not three")]
    SegmentCount {
        /// How many there are.
        found: usize,
    },
    /// A header or a payload of no characters.
    #[error("the {segment} is empty")]
    SegmentEmpty {
        /// Which one.
        segment: Segment,
    },
    /// A character outside base64url.
    #[error("the {segment} has a byte 0x{byte:02x} at {position}, which is not base64url")]
    Character {
        /// In which segment.
        segment: Segment,
        /// At which byte of the segment.
        position: usize,
        /// The byte.
        byte: u8,
    },
    /// `=` at the end of a segment (RFC 7515 §2 leaves padding out).
    #[error("the {segment} is padded with `=`")]
    Base64Padding {
        /// Which segment.
        segment: Segment,
    },
    /// A number of characters that no byte string is spelled with.
    #[error("the {segment} has a length that base64url never has")]
    Base64Length {
        /// Which segment.
        segment: Segment,
    },
    /// Bits in the last character that belong to no byte: a second spelling of the same bytes.
    #[error("the {segment} ends in bits that belong to no byte")]
    Base64TrailingBits {
        /// Which segment.
        segment: Segment,
    },

    // ── 3. header ────────────────────────────────────────────────────────────────────────────
    /// A header longer than [`Limits::header_bytes`](crate::Limits::header_bytes).
    #[error("the header has {bytes} characters, more than the limit of {limit}")]
    HeaderTooLarge {
        /// How many characters the encoded header has.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("the {part} is not UTF-8 at byte {position}")]
    NotUtf8 {
        /// Which part.
        part: Part,
        /// At which byte.
        position: usize,
    },
    /// A byte order mark at the beginning.
    #[error("the {part} begins with a byte order mark")]
    ByteOrderMark {
        /// Which part.
        part: Part,
    },
    /// Not JSON.
    #[error("the {part} is not JSON at byte {position}")]
    JsonSyntax {
        /// Which part.
        part: Part,
        /// At which byte.
        position: usize,
    },
    /// JSON, but not an object.
    #[error("the {part} is {found}, not an object")]
    NotObject {
        /// Which part.
        part: Part,
        /// What it is.
        found: JsonType,
    },
    /// Two members of the same name in one object.
    #[error("the {part} has the member `{name}` twice")]
    DuplicateMember {
        /// In which part.
        part: Part,
        /// The name.
        name: Excerpt,
    },
    /// Nested deeper than [`Limits::depth`](crate::Limits::depth).
    #[error("the {part} nests deeper than {limit} levels")]
    TooDeep {
        /// Which part.
        part: Part,
        /// The limit.
        limit: usize,
    },
    /// More members in one object than [`Limits::members`](crate::Limits::members).
    #[error("an object of the {part} has more than {limit} members")]
    TooManyMembers {
        /// In which part.
        part: Part,
        /// The limit.
        limit: usize,
    },
    /// Half of a surrogate pair: not a character.
    #[error("the {part} has half of a surrogate pair at byte {position}")]
    LoneSurrogate {
        /// Which part.
        part: Part,
        /// At which byte.
        position: usize,
    },
    /// A number larger than a 64-bit float holds.
    #[error("the {part} has a number at byte {position} that is too large")]
    NumberRange {
        /// Which part.
        part: Part,
        /// At which byte.
        position: usize,
    },
    /// A registered header parameter of another JSON type than its RFC gives it.
    #[error("the header parameter {name} is {found}, not {expected}")]
    ParameterType {
        /// The name of the parameter.
        name: &'static str,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: JsonType,
    },
    /// A `kid`, `typ` or `cty` longer than [`Limits::text_bytes`](crate::Limits::text_bytes).
    #[error("the header parameter {name} has {bytes} bytes, more than the limit of {limit}")]
    ParameterTooLong {
        /// The name of the parameter.
        name: &'static str,
        /// How many bytes it has.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A parameter of encryption or compression on a signed token.
    #[error("the header parameter {name} has no place in a signed token")]
    ParameterForbidden {
        /// The name of the parameter.
        name: &'static str,
    },
    /// `crit` is an empty list (RFC 7515 §4.1.11).
    #[error("crit is empty")]
    CritEmpty,
    /// `crit` names a parameter twice (RFC 7515 §4.1.11).
    #[error("crit names `{name}` twice")]
    CritDuplicate {
        /// The name.
        name: Excerpt,
    },
    /// `crit` names a parameter that RFC 7515 or RFC 7518 defines (RFC 7515 §4.1.11).
    #[error("crit names `{name}`, which is a registered parameter and never critical")]
    CritRegistered {
        /// The name.
        name: Excerpt,
    },
    /// `crit` names a parameter that the header does not have.
    #[error("crit names `{name}`, which the header does not have")]
    CritAbsent {
        /// The name.
        name: Excerpt,
    },
    /// `crit` names an extension that nobody here said they understand.
    #[error("crit names `{name}`, an extension that this verifier does not understand")]
    CritUnknown {
        /// The name.
        name: Excerpt,
    },
    /// `b64` without `crit` (RFC 7797 §6).
    #[error("b64 is false, but crit does not name it")]
    B64NotCritical,
    /// `b64: false` where the payload must be base64url: in every JWT (RFC 7797 §7).
    #[error("b64 is false: an unencoded payload has no place here")]
    UnencodedPayload,

    // ── 4. algorithm ─────────────────────────────────────────────────────────────────────────
    /// No `alg`.
    #[error("the header has no alg")]
    AlgorithmMissing,
    /// `alg` is `none`, in any spelling.
    #[error("the token is unsecured: alg is `{found}`")]
    AlgorithmNone {
        /// How it is spelled.
        found: Excerpt,
    },
    /// An `alg` this engine does not know; names are case-sensitive.
    #[error("alg is `{found}`, which is no JWS algorithm of this engine")]
    AlgorithmUnknown {
        /// The value.
        found: Excerpt,
    },
    /// An `alg` that no key of the verifier has, or that its allow-list leaves out.
    #[error("the token is signed with {found}, but the verifier accepts {}", list(allowed))]
    AlgorithmNotAllowed {
        /// The token's algorithm.
        found: Algorithm,
        /// What the verifier accepts.
        allowed: Vec<Algorithm>,
    },

    // ── 5. key ───────────────────────────────────────────────────────────────────────────────
    /// No key has the token's `kid` and algorithm; or keys of several issuers have, and none of them is
    /// of the token's.
    #[error("no key for {algorithm} {}", kid(key_id))]
    KeyNotFound {
        /// The token's algorithm.
        algorithm: Algorithm,
        /// The token's `kid`.
        key_id: Option<Excerpt>,
    },
    /// Several keys could have signed it.
    #[error("{candidates} keys could have signed this token, {}", kid(key_id))]
    KeyAmbiguous {
        /// How many there are.
        candidates: usize,
        /// The token's `kid`.
        key_id: Option<Excerpt>,
    },
    /// The token's `x5t#S256` names another certificate than the key has (RFC 7515 §4.1.8).
    #[error("the x5t#S256 of the header names another certificate than the key has")]
    CertificateMismatch,
    /// The keys could not be had: no verdict about the token.
    #[error("the keys are not available: {reason}")]
    KeysUnavailable {
        /// What the source of the keys said.
        reason: Excerpt,
    },

    // ── 6. signature ─────────────────────────────────────────────────────────────────────────
    /// No signature.
    #[error("the signature is missing")]
    SignatureMissing,
    /// Not as long as a signature of this algorithm and key is.
    #[error("the signature has {found} bytes; {algorithm} with this key has {expected}")]
    SignatureLength {
        /// The algorithm.
        algorithm: Algorithm,
        /// How many bytes it should have.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// An ECDSA signature in DER, as OpenSSL and most KMS write it; a JWS has r ‖ s.
    #[error("the {algorithm} signature is in DER, not r and s side by side (RFC 7518 §3.4)")]
    SignatureIsDer {
        /// The algorithm.
        algorithm: Algorithm,
    },
    /// The signature does not hold under the key.
    #[error("the signature does not hold under the {algorithm} key {}", named(key_id))]
    SignatureMismatch {
        /// The algorithm.
        algorithm: Algorithm,
        /// The `kid` of the key that was tried.
        key_id: Option<Excerpt>,
    },
    /// The signature holds under what the secret is base64 of.
    #[error("the signature does not hold under the secret, but under what it is base64 of")]
    SecretNotDecoded,
    /// A detached payload was given for a token that has its own.
    #[error("the token has a payload of its own, and another was given")]
    PayloadAttached,
    /// An unencoded payload was given for a token that signs the encoded one.
    #[error("b64 is not false: the token signs its payload in base64url")]
    PayloadEncoded,
    /// The token's payload is detached (RFC 7515 appendix F).
    #[error("the payload is detached, and none was given")]
    PayloadDetached,

    // ── 7. payload, 8. claims ────────────────────────────────────────────────────────────────
    /// A registered claim of another JSON type than RFC 7519 gives it.
    #[error("the claim {claim} is {found}, not {expected}")]
    ClaimType {
        /// The name of the claim.
        claim: &'static str,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: JsonType,
    },
    /// A registered claim longer than [`Limits::text_bytes`](crate::Limits::text_bytes).
    #[error("the claim {claim} has {bytes} bytes, more than the limit of {limit}")]
    ClaimTooLong {
        /// The name of the claim.
        claim: &'static str,
        /// How many bytes it has.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A date in milliseconds.
    #[error("the claim {claim} is in milliseconds; a NumericDate is in seconds (RFC 7519 §2)")]
    DateMilliseconds {
        /// The name of the claim.
        claim: &'static str,
    },
    /// A date before 1970 or after 9999.
    #[error("the claim {claim} is not between 0 and 253402300799")]
    DateRange {
        /// The name of the claim.
        claim: &'static str,
    },
    /// A claim that is required is absent.
    #[error("the claim {} is missing", claim.as_str())]
    ClaimMissing {
        /// The name of the claim.
        claim: Excerpt,
    },
    /// A claim that is required is `null` or empty.
    #[error("the claim {} is empty", claim.as_str())]
    ClaimEmpty {
        /// The name of the claim.
        claim: Excerpt,
    },
    /// Past its `exp` (RFC 7519 §4.1.4).
    #[error("the token expired {ago} s ago: exp is {exp}, now is {now}, leeway is {leeway} s")]
    Expired {
        /// The claim.
        exp: NumericDate,
        /// The time of the check.
        now: NumericDate,
        /// The leeway, in seconds.
        leeway: u64,
        /// How long ago it expired, in whole seconds.
        ago: u64,
    },
    /// Before its `nbf` (RFC 7519 §4.1.5).
    #[error("the token is valid in {early} s: nbf is {nbf}, now is {now}, leeway is {leeway} s")]
    NotYetValid {
        /// The claim.
        nbf: NumericDate,
        /// The time of the check.
        now: NumericDate,
        /// The leeway, in seconds.
        leeway: u64,
        /// How long until then, in whole seconds, rounded up.
        early: u64,
    },
    /// An `iat` in the future.
    #[error(
        "the token was issued {early} s in the future: iat is {iat}, now is {now}, leeway is {leeway} s"
    )]
    IssuedInFuture {
        /// The claim.
        iat: NumericDate,
        /// The time of the check.
        now: NumericDate,
        /// The leeway, in seconds.
        leeway: u64,
        /// How far in the future, in whole seconds, rounded up.
        early: u64,
    },
    /// Issued longer ago than the verifier's maximum age.
    #[error("the token was issued {age} s ago; the verifier accepts {limit} s")]
    TooOld {
        /// How long ago, in whole seconds.
        age: u64,
        /// The maximum age, in seconds.
        limit: u64,
    },
    /// Meant to live longer than the verifier's maximum lifetime.
    #[error("the token lives {lifetime} s from iat to exp; the verifier accepts {limit} s")]
    LifetimeTooLong {
        /// From `iat` to `exp`, in whole seconds.
        lifetime: u64,
        /// The maximum lifetime, in seconds.
        limit: u64,
    },
    /// Another issuer (RFC 7519 §4.1.1).
    #[error("the issuer is `{found}`, not the expected one")]
    IssuerMismatch {
        /// The claim.
        found: Excerpt,
    },
    /// Meant for others (RFC 7519 §4.1.3).
    #[error("the audience is {found}, not the expected one")]
    AudienceMismatch {
        /// The first of the audiences, and how many more there are.
        found: Excerpt,
    },
    /// An audience, and the verifier names none.
    #[error("the token names an audience, and the verifier expects none")]
    AudienceUnexpected,
    /// Another subject (RFC 7519 §4.1.2).
    #[error("the subject is `{found}`, not the expected one")]
    SubjectMismatch {
        /// The claim.
        found: Excerpt,
    },
    /// Another type of token: `typ` (RFC 8725 §3.11).
    #[error("typ is {}, not `{expected}`", typ(found))]
    TypeMismatch {
        /// What was expected.
        expected: String,
        /// What the header says.
        found: Option<Excerpt>,
    },
    /// The token is bound to a key (`cnf`, RFC 7800) and nobody checked that the sender has it.
    #[error("the token is bound to a key by cnf, and the proof of possession was not checked")]
    ConfirmationUnchecked,
    /// The ID token was issued beside another access token, or another code (OpenID Connect Core 1.0
    /// §3.1.3.8).
    #[error("the claim {claim} is not the hash of what was sent with the token")]
    HashMismatch {
        /// `at_hash` or `c_hash`.
        claim: &'static str,
    },
    /// The claim cannot be checked: the algorithm of the token names no hash.
    #[error("the claim {claim} cannot be checked: {algorithm} names no hash")]
    HashUndefined {
        /// `at_hash` or `c_hash`.
        claim: &'static str,
        /// The algorithm of the token.
        algorithm: Algorithm,
    },
    /// The claims do not fit the application's type.
    #[error("the claims do not fit the type: {message}")]
    ClaimsShape {
        /// What serde said, cut to 64 characters.
        message: Excerpt,
    },
}

fn list(algorithms: &[Algorithm]) -> String {
    algorithms.iter().map(|algorithm| algorithm.name()).collect::<Vec<_>>().join(", ")
}

fn kid(key_id: &Option<Excerpt>) -> String {
    key_id.as_ref().map_or_else(|| "without a kid".into(), |id| format!("with the kid `{id}`"))
}

fn named(key_id: &Option<Excerpt>) -> String {
    key_id.as_ref().map_or_else(|| "(it has no kid)".into(), |id| format!("`{id}`"))
}

fn typ(found: &Option<Excerpt>) -> String {
    found.as_ref().map_or_else(|| "absent".into(), |typ| format!("`{typ}`"))
}
