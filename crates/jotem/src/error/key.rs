//! Why a key cannot be read, or not be used so.

use super::{Code, Excerpt};
use crate::jwa::Algorithm;

/// Public-key material given as a shared secret: what it turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretDisguise {
    /// PEM text.
    Pem,
    /// A DER structure: SPKI, PKCS#1, PKCS#8 or a certificate.
    Der,
    /// A JWK, a JWK Set, or other JSON.
    Json,
    /// An OpenSSH public key.
    Ssh,
    /// A point on a curve of JOSE.
    Point,
}

impl std::fmt::Display for SecretDisguise {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Pem => "a PEM document",
            Self::Der => "a DER document",
            Self::Json => "JSON, such as a JWK",
            Self::Ssh => "an OpenSSH key",
            Self::Point => "a point on an elliptic curve",
        })
    }
}

/// Why a key cannot be read, or not be used so. Messages never show key material.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The key is of another type, curve, or declared `alg` than the algorithm asks for.
    #[error("the key is {found}, but {algorithm} needs {expected}")]
    AlgorithmMismatch {
        /// The algorithm that was asked for.
        algorithm: Algorithm,
        /// What it needs.
        expected: &'static str,
        /// What the key is.
        found: Excerpt,
    },
    /// The JWK names no algorithm and could be used with several.
    #[error("the key names no algorithm (`alg`), and its type allows several")]
    AlgorithmUnknown,
    /// An X.509 certificate where a key is needed.
    #[error("this is an X.509 certificate, not a key")]
    Certificate,
    /// The certificate that a JWK carries or names is not one of its key, or another one.
    #[error("the key and the certificate in its `{member}` do not belong together")]
    CertificateMismatch {
        /// `x5c` or `x5t#S256`.
        member: &'static str,
    },
    /// An Ed448 key, where the feature `ed448` is off.
    #[error("this is an Ed448 key, and the feature `ed448` is off")]
    Ed448Off,
    /// A PKCS#8 key under a password, where none was given.
    #[error("this private key is encrypted (PKCS#8, `BEGIN ENCRYPTED PRIVATE KEY`)")]
    Encrypted,
    /// An encrypted key asks for more work than anybody's key needs.
    #[error("the encrypted key asks for {found} {parameter}, and at most {limit} are accepted")]
    EncryptionCost {
        /// What is counted.
        parameter: &'static str,
        /// How many the file asks for.
        found: u64,
        /// How many are accepted.
        limit: u64,
    },
    /// A key that is encrypted by a method that is broken, or unusual.
    #[error("this private key is encrypted by {found}, which is not supported")]
    EncryptionScheme {
        /// The name of the method, or its object identifier.
        found: Excerpt,
    },
    /// An ML-DSA private key without its seed (RFC 9964 §3, RFC 9881 §6).
    #[error("this is an expanded ML-DSA private key; its seed of 32 bytes is needed")]
    Expanded,
    /// Neither PEM nor DER of a kind that is known.
    #[error("this is not {expected}")]
    Format {
        /// What was expected.
        expected: &'static str,
    },
    /// The two halves of a private key do not belong together.
    #[error("the private and the public part of this {key_type} key do not belong together")]
    HalvesMismatch {
        /// The type of the key.
        key_type: &'static str,
    },
    /// Another member of the set, which cannot be used, has the same `kid` and `kty`.
    #[error("another member of the set, which cannot be used, has the same kid")]
    KeyIdTwice,
    /// The old OpenSSL encryption inside PEM (`Proc-Type: 4,ENCRYPTED`), which hashes the password
    /// with MD5.
    #[error("this private key has OpenSSL's legacy encryption (`Proc-Type: 4,ENCRYPTED`)")]
    LegacyEncryptedPem,
    /// A JWK or JWK Set that is not JSON, or not strictly.
    #[error("the JWK is not sound JSON: {problem} at byte {position}")]
    Json {
        /// What is wrong.
        problem: &'static str,
        /// Where.
        position: usize,
    },
    /// A member of a JWK has the wrong type or value.
    #[error("the member {member} of the key is not {expected}")]
    Member {
        /// The name of the member.
        member: Excerpt,
        /// What it should be.
        expected: &'static str,
    },
    /// A JWK lacks a member that its type needs.
    #[error("the key has no member {member}")]
    MemberMissing {
        /// The name of the member.
        member: &'static str,
    },
    /// A shared secret where a public key is asked for.
    #[error("a shared secret has no public part")]
    NoPublicPart,
    /// A password for a key in the clear.
    #[error("a password was given, but this private key is not encrypted")]
    NotEncrypted,
    /// An OpenSSH key file.
    #[error("this is an OpenSSH key")]
    OpenSsh,
    /// A private key of OpenSSH under a password, where none was given.
    #[error("this private key is encrypted (OpenSSH, `BEGIN OPENSSH PRIVATE KEY`)")]
    OpenSshEncrypted,
    /// An empty password for a key that is to be encrypted.
    #[error("the password is empty")]
    PasswordEmpty,
    /// The password does not open the key, or the document is damaged.
    #[error("the password is wrong, or the encrypted key is damaged")]
    PasswordWrong,
    /// A PEM text whose line ends are the two characters `\` and `n`.
    #[error("the line ends of this PEM text are the two characters \\ and n")]
    PemEscaped,
    /// A PEM text on one line: its line ends were lost, or became spaces.
    #[error("this PEM text stands on one line; its line ends were lost")]
    PemOneLine,
    /// Several PEM documents in one text.
    #[error("this text has {count} PEM documents; exactly one is needed")]
    PemSeveral {
        /// How many there are.
        count: usize,
    },
    /// A private key where a public one is needed.
    #[error("this is a private key; a verifier needs the public one")]
    Private,
    /// A public key where a private one is needed.
    #[error("this is a public key; signing needs the private one")]
    Public,
    /// The cryptographic library refuses the key: a point off its curve, inconsistent numbers.
    #[error("the {key_type} key is not sound: {reason}")]
    Rejected {
        /// The type of the key.
        key_type: &'static str,
        /// What the check found.
        reason: &'static str,
    },
    /// An RSA public exponent that is even, below 3, or above 33 bits.
    #[error("the RSA public exponent must be odd, at least 3 and at most 33 bits long")]
    RsaExponent,
    /// An RSA modulus known to be weak: even, or with the fingerprint of ROCA (CVE-2017-15361).
    #[error("the RSA modulus is weak: {reason}")]
    RsaModulus {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An RSA modulus outside 2048 to 8192 bits.
    #[error("the RSA key has {bits} bits; 2048 to 8192 are accepted (RFC 7518 §3.3)")]
    RsaSize {
        /// How many bits the modulus has.
        bits: usize,
    },
    /// A shared secret of no bytes.
    #[error("the secret is empty")]
    SecretEmpty,
    /// Public-key material given as a shared secret: everybody could sign.
    #[error("the secret is {disguise}: public-key material is no shared secret")]
    SecretIsKey {
        /// What it turned out to be.
        disguise: SecretDisguise,
    },
    /// A text that should be base64 is not.
    #[error("the secret is not base64 or base64url")]
    SecretNotBase64,
    /// A secret shorter than the hash of its algorithm (RFC 7518 §3.2).
    #[error("the secret has {bytes} bytes; {algorithm} needs at least {needed} (RFC 7518 §3.2)")]
    SecretTooShort {
        /// The algorithm.
        algorithm: Algorithm,
        /// How many bytes the secret has.
        bytes: usize,
        /// How many it needs.
        needed: usize,
    },
    /// A JWK Set that has no member list.
    #[error("this is not a JWK Set: it has no array `keys`")]
    SetWithoutKeys,
    /// A `kty` this engine does not know.
    #[error("the key type {found} is not known")]
    TypeUnknown {
        /// The value of `kty`, or of `crv`.
        found: Excerpt,
    },
    /// `use` or `key_ops` forbid what the key should do (RFC 7517 §4.2, §4.3).
    #[error("the key's `{member}` does not allow it to {operation}")]
    Use {
        /// `use` or `key_ops`.
        member: &'static str,
        /// `sign` or `verify`.
        operation: &'static str,
    },
}

impl KeyError {
    /// Returns the stable identifier of the reason.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::AlgorithmMismatch { .. } => Code::KeyAlgorithmMismatch,
            Self::AlgorithmUnknown => Code::KeyAlgorithmUnknown,
            Self::Certificate => Code::KeyCertificate,
            Self::CertificateMismatch { .. } => Code::KeyCertificateMismatch,
            Self::Ed448Off => Code::KeyEd448Off,
            Self::Encrypted => Code::KeyEncrypted,
            Self::EncryptionCost { .. } => Code::KeyEncryptionCost,
            Self::EncryptionScheme { .. } => Code::KeyEncryptionScheme,
            Self::Expanded => Code::KeyExpanded,
            Self::Format { .. } => Code::KeyFormat,
            Self::HalvesMismatch { .. } => Code::KeyMismatch,
            Self::KeyIdTwice => Code::KeyIdTwice,
            Self::LegacyEncryptedPem => Code::KeyLegacyEncryptedPem,
            Self::Json { .. } => Code::KeyJson,
            Self::Member { .. } => Code::KeyMember,
            Self::NoPublicPart => Code::KeyNoPublicPart,
            Self::MemberMissing { .. } => Code::KeyMemberMissing,
            Self::NotEncrypted => Code::KeyNotEncrypted,
            Self::OpenSsh => Code::KeyOpenSsh,
            Self::OpenSshEncrypted => Code::KeyOpenSshEncrypted,
            Self::PasswordEmpty => Code::KeyPasswordEmpty,
            Self::PasswordWrong => Code::KeyPasswordWrong,
            Self::PemEscaped => Code::KeyPemEscaped,
            Self::PemOneLine => Code::KeyPemOneLine,
            Self::PemSeveral { .. } => Code::KeyPemSeveral,
            Self::Private => Code::KeyPrivate,
            Self::Public => Code::KeyPublic,
            Self::Rejected { .. } => Code::KeyRejected,
            Self::RsaExponent => Code::RsaExponent,
            Self::RsaModulus { .. } => Code::RsaModulus,
            Self::RsaSize { .. } => Code::RsaSize,
            Self::SecretEmpty => Code::SecretEmpty,
            Self::SecretIsKey { .. } => Code::SecretIsKey,
            Self::SecretNotBase64 => Code::SecretNotBase64,
            Self::SecretTooShort { .. } => Code::SecretTooShort,
            Self::SetWithoutKeys => Code::KeySetEmpty,
            Self::TypeUnknown { .. } => Code::KeyTypeUnknown,
            Self::Use { .. } => Code::KeyUse,
        }
    }

    /// Tells the developer what to do about it.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::AlgorithmMismatch { .. } => "name the key's own algorithm, or load the right key",
            Self::AlgorithmUnknown => {
                "name it: `VerifyingKey::from_jwk(&jwk, Algorithm::Rs256)`, or `.algorithms([..])` of a verifier"
            }
            Self::Certificate => {
                "take its public key with `Jwk::from_x509`, which checks nobody's word"
            }
            Self::CertificateMismatch { .. } => {
                "the publisher must write the certificate of this very key first in `x5c` (RFC 7517 §4.7)"
            }
            Self::Ed448Off => {
                "use an Ed25519 key; a Rust program can switch `ed448` on in its Cargo.toml, but its cryptography is an unaudited pre-release"
            }
            Self::Encrypted => {
                "give the password: `from_encrypted_pem(pem, password)`, of the feature `encrypted-keys`"
            }
            Self::EncryptionCost { .. } => {
                "if it is your own, encrypt it with less: openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000 -in key.pem -out new.pem"
            }
            Self::EncryptionScheme { .. } => {
                "convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in key.pem -out new.pem (with `-provider legacy -provider default` for the oldest), or ssh-keygen -p -Z aes256-ctr -f KEY"
            }
            Self::Expanded => {
                "export it again with its seed; a seed cannot be computed from an expanded key, so without one make a new key: jotem key generate --alg ML-DSA-65"
            }
            Self::Format { .. } => "keys are read as PEM, DER (PKCS#8, PKCS#1, SEC1, SPKI) or JWK",
            Self::HalvesMismatch { .. } => "export the key again from where it was made",
            Self::KeyIdTwice => {
                "the publisher must give each key a name of its own (RFC 7517 §4.5)"
            }
            Self::LegacyEncryptedPem => {
                "convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.pem -out new.pem"
            }
            Self::Member { .. } | Self::MemberMissing { .. } => {
                "see RFC 7518 §6, RFC 8037 §2 and RFC 9964 §3 for what each key type has"
            }
            Self::Json { .. } => {
                "a JWK is one JSON object, with nothing around it and no name twice (RFC 7517 §4)"
            }
            Self::NoPublicPart => {
                "whoever can verify with it can sign with it; hand it over as a secret, or use ES256"
            }
            Self::OpenSsh => {
                "read a public line (`ssh-ed25519 AAAA…`) with `from_ssh`, a private file with `from_openssh`, of the feature `encrypted-keys`"
            }
            Self::NotEncrypted => {
                "is this the file that you meant? keys in the clear are read with `from_pem`, `from_der`, or `from_openssh(file, None)`"
            }
            Self::OpenSshEncrypted => "give the password: `from_openssh(file, Some(password))`",
            Self::PasswordEmpty => {
                "is the environment variable set? a key in the clear is written by `to_pem`"
            }
            Self::PasswordWrong => {
                "compare it byte by byte: a line end that came with it out of a file counts"
            }
            Self::PemEscaped => {
                "an environment variable or JSON file kept `\\n` as text; replace it by line ends before loading: pem.replace(\"\\\\n\", \"\\n\")"
            }
            Self::PemOneLine => {
                "keep the file as it is, or put it into the variable in base64 and decode it"
            }
            Self::PemSeveral { .. } => "keep only the key; chains and bundles belong elsewhere",
            Self::Private => {
                "use `SigningKey::from_pem(..)?.verifying_key()`, and keep private keys away from verifiers"
            }
            Self::Public => {
                "load the file that has `PRIVATE KEY` in its first line, or the JWK with `d`"
            }
            Self::Rejected { .. } => {
                "export the key again from where it was made; do not edit keys by hand"
            }
            Self::RsaExponent | Self::RsaModulus { .. } | Self::RsaSize { .. } => {
                "make a new key: jotem key generate --alg RS256"
            }
            Self::SecretEmpty => {
                "is the environment variable set? make a secret: jotem key generate --alg HS256"
            }
            Self::SecretIsKey { .. } => {
                "load public keys with `VerifyingKey::from_pem`, `from_der` or `from_jwk`"
            }
            Self::SecretNotBase64 => "if it is plain text, use `from_secret`",
            Self::SecretTooShort { algorithm: Algorithm::Hs384, .. } => {
                "make a random one of full length: jotem key generate --alg HS384; if it is base64 text, use `from_base64_secret`"
            }
            Self::SecretTooShort { algorithm: Algorithm::Hs512, .. } => {
                "make a random one of full length: jotem key generate --alg HS512; if it is base64 text, use `from_base64_secret`"
            }
            Self::SecretTooShort { .. } => {
                "make a random one of full length: jotem key generate --alg HS256; if it is base64 text, use `from_base64_secret`"
            }
            Self::SetWithoutKeys => {
                "a JWK Set is {\"keys\":[…]} (RFC 7517 §5); a single key is read with `Jwk::from_json`"
            }
            Self::TypeUnknown { .. } => {
                "known are oct, RSA, EC (P-256, P-384, P-521, secp256k1), OKP (Ed25519) and AKP (ML-DSA)"
            }
            Self::Use { .. } => {
                "this key was published for another purpose; use the one meant for signatures"
            }
        }
    }
}
