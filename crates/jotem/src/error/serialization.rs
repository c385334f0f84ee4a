//! What is wrong with a JSON serialization (RFC 7515 §7.2): reasons that no compact token has.

use super::{Code, Excerpt, JsonType, Public, Rejection};

/// Why a JSON serialization of a JWS is refused, where a compact one could not be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SerializationFault {
    /// Another serialization than the call is for.
    #[error("this is the {found} serialization, not the {expected} one")]
    Other {
        /// What the call is for.
        expected: &'static str,
        /// What it was given.
        found: &'static str,
    },
    /// `signatures` beside `signature`, `protected` or `header` (RFC 7515 §7.2.2): two readers
    /// would check two signatures.
    #[error("the JSON serialization has `signatures` and beside it a signature of its own")]
    Mixed,
    /// A member is absent that must be there.
    #[error("the JSON serialization has no `{member}`")]
    MemberMissing {
        /// The name of the member.
        member: &'static str,
    },
    /// A member of another JSON type than RFC 7515 §7.2 gives it.
    #[error("`{member}` of the JSON serialization is {found}, not {expected}")]
    MemberType {
        /// The name of the member.
        member: &'static str,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: JsonType,
    },
    /// `signatures` is an empty list: nobody signed it, so "all signatures hold" says nothing.
    #[error("the list of signatures is empty")]
    SignaturesEmpty,
    /// More signatures than [`Limits::signatures`](crate::Limits::signatures).
    #[error("there are more than {limit} signatures")]
    TooManySignatures {
        /// The limit.
        limit: usize,
    },
    /// A parameter that counts only under the signature (RFC 7515 §4.1.11, RFC 7797 §3): anyone
    /// could have written it.
    #[error("the header parameter {name} stands in the unprotected header")]
    ParameterUnprotected {
        /// The name of the parameter.
        name: &'static str,
    },
    /// The same parameter protected and unprotected (RFC 7515 §7.2.1).
    #[error("the header parameter `{name}` is both protected and unprotected")]
    ParameterTwice {
        /// The name of the parameter.
        name: Excerpt,
    },
    /// Signatures that do not agree on `b64` (RFC 7797 §3), and so not on what was signed.
    #[error("the signatures do not agree on b64")]
    B64Differs,
    /// A signature that holds, under a key that has stood for another signer already.
    #[error("its key has signed for another signer already")]
    KeyTwice,
    /// One of those who must have signed has not.
    #[error("signer {signer} of the {signers} that must have signed has not: {reason}")]
    SignerMissing {
        /// Which one, counted from 1 in the order of the call.
        signer: usize,
        /// How many must have signed.
        signers: usize,
        /// What became of the signature that came closest.
        reason: Box<Rejection>,
    },
}

impl SerializationFault {
    /// Returns the stable identifier of the reason.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Other { .. } => Code::SerializationOther,
            Self::Mixed => Code::SerializationsMixed,
            Self::MemberMissing { .. } => Code::MemberMissing,
            Self::MemberType { .. } => Code::MemberType,
            Self::SignaturesEmpty => Code::SignaturesEmpty,
            Self::TooManySignatures { .. } => Code::TooManySignatures,
            Self::ParameterUnprotected { .. } => Code::ParameterUnprotected,
            Self::ParameterTwice { .. } => Code::ParameterTwice,
            Self::B64Differs => Code::B64Differs,
            Self::KeyTwice => Code::KeyTwice,
            Self::SignerMissing { .. } => Code::SignerMissing,
        }
    }

    /// Tells the developer what to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Other { .. } => {
                "`jws::verify` reads the compact one, `jws::flattened` and `jws::general` those in JSON"
            }
            Self::Mixed => "one document is either flattened or general; ask its writer which",
            Self::MemberMissing { .. } | Self::MemberType { .. } => {
                "the writer breaks RFC 7515 §7.2; is this a JWS at all?"
            }
            Self::SignaturesEmpty => "nobody signed this; it may come from an attacker",
            Self::TooManySignatures { .. } => {
                "raise `Limits::signatures` only where so many parties do sign"
            }
            Self::ParameterUnprotected { .. } => {
                "the writer must move it into the protected header: what nobody signed decides nothing"
            }
            Self::ParameterTwice { .. } => {
                "the writer must say it once: two readers would read two headers"
            }
            Self::B64Differs => "the writer breaks RFC 7797 §3",
            Self::KeyTwice => "give each signer keys of its own",
            Self::SignerMissing { .. } => {
                "if one signature is enough, verify with `general::verify_any`"
            }
        }
    }

    /// Returns what may be said on the wire.
    pub(super) const fn public(&self) -> Public {
        match self {
            Self::Other { .. }
            | Self::Mixed
            | Self::MemberMissing { .. }
            | Self::MemberType { .. }
            | Self::SignaturesEmpty
            | Self::TooManySignatures { .. } => Public::invalid("the token is malformed"),
            Self::ParameterUnprotected { .. }
            | Self::ParameterTwice { .. }
            | Self::B64Differs
            | Self::KeyTwice
            | Self::SignerMissing { .. } => Public::invalid("the token is invalid"),
        }
    }
}

impl From<SerializationFault> for Rejection {
    #[cold]
    fn from(fault: SerializationFault) -> Self {
        Self::Serialization(fault)
    }
}
