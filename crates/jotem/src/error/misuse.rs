//! Calls that make no sense, found when a builder builds or a token is issued.

use super::Code;
use crate::jwa::Algorithm;

/// A mistake of the program. No token and no key from outside leads here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// `.algorithms([])`: an empty allow-list would refuse every token, or, in other libraries,
    /// allow every algorithm.
    #[error("the list of allowed algorithms is empty")]
    AlgorithmsEmpty,
    /// Keys that are only known later need an allow-list now.
    #[error("a resolver's keys are not known yet, so the allowed algorithms must be named")]
    AlgorithmsNeeded,
    /// A cache of verified tokens without room for one.
    #[error("a cache of {bytes} bytes is less than the {needed} of the smallest")]
    CacheTooSmall {
        /// What was asked for.
        bytes: usize,
        /// The least there can be.
        needed: usize,
    },
    /// The issuer and the claims type both write one claim.
    #[error("the claim {claim} would be written twice")]
    ClaimTwice {
        /// The name of the claim.
        claim: String,
    },
    /// The claims type serializes to something else than a JSON object.
    #[error("the claims serialize to {found}, not to an object")]
    ClaimsNotObject {
        /// What they serialize to.
        found: &'static str,
    },
    /// The claims type failed to serialize.
    #[error("the claims cannot be written as JSON: {message}")]
    ClaimsNotSerializable {
        /// The message of the `Serialize` implementation.
        message: String,
    },
    /// An expected issuer, audience, subject or type is empty, or its list is.
    #[error("the expected {claim} is empty")]
    ExpectationEmpty {
        /// The claim or header parameter.
        claim: &'static str,
    },
    /// A header that no verifier would take: a registered parameter of the wrong type, a `kid` of
    /// more than 1 KiB.
    #[error("every verifier would refuse this header: {reason}")]
    HeaderRefused {
        /// What verifiers would say.
        reason: String,
    },
    /// A header parameter that the engine writes, or that has no business in what it writes.
    #[error("the header parameter {name} cannot be set by hand")]
    HeaderReserved {
        /// The name of the parameter.
        name: String,
    },
    /// What only the JSON serializations have room for, asked of the compact one.
    #[error("{what} has no place in the compact serialization")]
    JsonOnly {
        /// What was asked for.
        what: &'static str,
    },
    /// Signing with a key whose private half lives elsewhere.
    #[error("the private key of this {algorithm} key lives elsewhere")]
    KeyElsewhere {
        /// The algorithm of the key.
        algorithm: Algorithm,
    },
    /// A verifier without any key.
    #[error("there is no key to verify with")]
    KeysMissing,
    /// Shared secrets and public keys in one verifier: the door to key confusion.
    #[error("shared secrets and public keys are mixed in one verifier")]
    KeysMixed,
    /// Several issuers and several keys, and nothing says whose key is whose (RFC 8725 §3.8).
    #[error("several issuers are expected, and it is not said which key is whose")]
    KeysUnbound,
    /// A key set none of whose members can verify here.
    #[error("none of the {members} members of the key set can verify here: {first}")]
    KeysUnusable {
        /// How many members there are.
        members: usize,
        /// Why the first of them cannot.
        first: String,
    },
    /// A leeway above five minutes makes `exp` and `nbf` say little.
    #[error("a leeway of {leeway} s is more than {limit} s")]
    LeewayTooLong {
        /// What was asked for, in seconds.
        leeway: u64,
        /// The most there can be, in seconds.
        limit: u64,
    },
    /// An issuer that was not told how long its tokens live.
    #[error("the lifetime of the tokens is not set")]
    LifetimeMissing,
    /// An unencoded payload inside JSON that is not Unicode (RFC 7797 §5.3).
    #[error("an unencoded payload in JSON must be UTF-8, and is not at byte {position}")]
    PayloadNotText {
        /// At which byte.
        position: usize,
    },
    /// Signers of one document that do not agree on how its payload is signed, and where it is.
    #[error("the signers do not agree whether the payload is encoded, and whether it is detached")]
    SignersDisagree,
    /// A general JSON serialization that nobody signs, or that nobody must have signed.
    #[error("there is no signer")]
    SignersMissing,
    /// The token that would be written is longer than verifiers accept.
    #[error("the token would have {bytes} bytes, more than the limit of {limit}")]
    TokenTooLong {
        /// How long it would be.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
}

impl Misuse {
    /// Returns the stable identifier of the reason.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::AlgorithmsEmpty => Code::AlgorithmsEmpty,
            Self::AlgorithmsNeeded => Code::AlgorithmsNeeded,
            Self::CacheTooSmall { .. } => Code::CacheTooSmall,
            Self::ClaimTwice { .. } => Code::ClaimTwice,
            Self::ClaimsNotObject { .. } => Code::ClaimsNotObject,
            Self::ClaimsNotSerializable { .. } => Code::ClaimsNotSerializable,
            Self::ExpectationEmpty { .. } => Code::ExpectationEmpty,
            Self::HeaderRefused { .. } => Code::HeaderRefused,
            Self::HeaderReserved { .. } => Code::HeaderReserved,
            Self::JsonOnly { .. } => Code::JsonOnly,
            Self::KeyElsewhere { .. } => Code::KeyElsewhere,
            Self::KeysMissing => Code::KeysMissing,
            Self::KeysMixed => Code::KeysMixed,
            Self::KeysUnbound => Code::KeysUnbound,
            Self::KeysUnusable { .. } => Code::KeysUnusable,
            Self::LeewayTooLong { .. } => Code::LeewayTooLong,
            Self::LifetimeMissing => Code::LifetimeMissing,
            Self::PayloadNotText { .. } => Code::PayloadNotText,
            Self::SignersDisagree => Code::SignersDisagree,
            Self::SignersMissing => Code::SignersMissing,
            Self::TokenTooLong { .. } => Code::TokenTooLong,
        }
    }

    /// Tells the developer what to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::AlgorithmsEmpty => {
                "name the algorithms, or leave the call out: then it is the keys' own"
            }
            Self::AlgorithmsNeeded => {
                "call `.algorithms([..])` with those that the resolver's keys have"
            }
            Self::CacheTooSmall { .. } => {
                "give it 4 KiB for each token in use at one time, or leave the call out"
            }
            Self::ClaimTwice { .. } => {
                "remove the field from the claims type, or the claim from the issuer"
            }
            Self::ClaimsNotObject { .. } => "use a struct or a map with text keys",
            Self::ClaimsNotSerializable { .. } => "look at the claims type's `Serialize`",
            Self::ExpectationEmpty { .. } => "give the expected value, or leave the call out",
            Self::HeaderRefused { .. } => "write the parameter as RFC 7515 section 4.1 has it",
            Self::HeaderReserved { .. } => {
                "the key and the issuer's own settings write this parameter"
            }
            Self::JsonOnly { .. } => "sign with `sign_flattened` or `jws::general::sign`",
            Self::KeyElsewhere { .. } => {
                "use `Issuer::prepare`, sign its `signing_input`, and `attach` the signature"
            }
            Self::KeysMissing => "give the verifier at least one key",
            Self::KeysMixed => {
                "build one verifier for the shared secret and one for the public keys"
            }
            Self::KeysUnbound => {
                "bind each key with `VerifyingKey::of_issuers`, or build one verifier for each issuer"
            }
            Self::KeysUnusable { .. } => {
                "RSA keys without `alg` need `.algorithms([Algorithm::Rs256])`; see each member's reason in `KeySet::members`"
            }
            Self::LeewayTooLong { .. } => "correct the clocks; 30 s is the default and enough",
            Self::LifetimeMissing => {
                "call `.lifetime(Duration::from_secs(900))`; tokens that never expire need `.never_expires()`"
            }
            Self::PayloadNotText { .. } => "sign it encoded, or detached with `.unencoded()`",
            Self::SignersDisagree => {
                "call `detached`, `unencoded` or `unencoded_attached` on each of them, or on none"
            }
            Self::SignersMissing => "name at least one",
            Self::TokenTooLong { .. } => {
                "keep data out of the token, or raise the limit on both sides"
            }
        }
    }
}
