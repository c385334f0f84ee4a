//! Algorithm key pairs (RFC 9964 §3): ML-DSA, in JWK and in DER (RFC 9881).

use pkcs8::der::asn1::{OctetStringRef, SequenceRef};
use pkcs8::der::{Decode as _, Reader as _, SliceReader};
use spki::{AlgorithmIdentifierRef, ObjectIdentifier};

use super::members::{Members, Writer, not};
use crate::error::{Excerpt, KeyError};
use crate::jwa::{Algorithm, ParameterSet, Scheme};
use crate::secret::Secret;

/// An ML-DSA key.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct AkpKey {
    pub(crate) parameters: ParameterSet,
    pub(crate) public: Vec<u8>,
    /// The seed of 32 bytes that FIPS 204 calls ξ: all of the private key that is kept.
    pub(crate) seed: Option<Secret>,
}

const SEED_BYTES: usize = 32;

/// The header of `[0] IMPLICIT OCTET STRING (SIZE (32))`.
const SEED_HEADER: [u8; 2] = [0x80, 32];

const MLDSA44: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.17");
const MLDSA65: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.18");
const MLDSA87: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.19");

/// Returns the parameter set that an SPKI or a PKCS#8 names (RFC 9881 §2), if it is one of ML-DSA.
pub(super) const fn parameters(identifier: ObjectIdentifier) -> Option<ParameterSet> {
    match identifier {
        MLDSA44 => Some(ParameterSet::MlDsa44),
        MLDSA65 => Some(ParameterSet::MlDsa65),
        MLDSA87 => Some(ParameterSet::MlDsa87),
        _ => None,
    }
}

impl AkpKey {
    pub(crate) fn public(&self) -> Self {
        Self { parameters: self.parameters, public: self.public.clone(), seed: None }
    }

    pub(super) fn from_public(parameters: ParameterSet, public: &[u8]) -> Result<Self, KeyError> {
        if public.len() != parameters.public_key_bytes() {
            let expected = match parameters {
                ParameterSet::MlDsa44 => "1312 bytes long, as ML-DSA-44 has it",
                ParameterSet::MlDsa65 => "1952 bytes long, as ML-DSA-65 has it",
                ParameterSet::MlDsa87 => "2592 bytes long, as ML-DSA-87 has it",
            };
            return Err(not("pub", expected));
        }
        Ok(Self { parameters, public: public.to_vec(), seed: None })
    }

    /// Reads the members of a JWK. Unlike any other type it needs `alg` (RFC 9964 §3).
    pub(super) fn read(members: &Members<'_>) -> Result<Self, KeyError> {
        let name = members.text("alg")?.ok_or(KeyError::MemberMissing { member: "alg" })?;
        let algorithm = Algorithm::from_name(name);
        let algorithm =
            algorithm.ok_or_else(|| KeyError::TypeUnknown { found: Excerpt::new(name) })?;
        let Scheme::MlDsa(parameters) = algorithm.scheme() else {
            let (expected, found) = ("a key of another type", Excerpt::new("an AKP key"));
            return Err(KeyError::AlgorithmMismatch { algorithm, expected, found });
        };
        let key = Self::from_public(parameters, &members.bytes("pub")?)?;
        let seed = members.secret("priv")?;
        match seed.as_ref().map(Secret::len) {
            None | Some(SEED_BYTES) => Ok(Self { seed, ..key }),
            Some(bytes) if bytes == parameters.expanded_key_bytes() => Err(KeyError::Expanded),
            Some(_) => Err(not("priv", "the seed of 32 bytes")),
        }
    }

    /// Takes a seed, and the public key if the document has it.
    pub(super) fn from_seed(
        parameters: ParameterSet,
        seed: &[u8],
        public: Option<&[u8]>,
    ) -> Result<Self, KeyError> {
        if seed.len() != SEED_BYTES {
            return Err(KeyError::Format { expected: "an ML-DSA seed of 32 bytes" });
        }
        let computed = public_key(parameters, seed);
        let key = match public {
            Some(public) => Self::from_public(parameters, public)?,
            None => Self { parameters, public: computed.clone()?, seed: None },
        };
        // Without AWS-LC it cannot be computed, and no key for signing is made either.
        if computed.is_ok_and(|computed| computed != key.public) {
            return Err(KeyError::HalvesMismatch { key_type: "AKP" });
        }
        Ok(Self { seed: Some(Secret::from(seed)), ..key })
    }

    /// Reads the inside of a PKCS#8 (RFC 9881 §6): `[0]` with the seed, an OCTET STRING with the
    /// expanded key, or a SEQUENCE of both; `None` if it is none of the three.
    pub(super) fn from_private_der(
        parameters: ParameterSet,
        inner: &[u8],
        public: Option<&[u8]>,
    ) -> Option<Result<Self, KeyError>> {
        if let Some(seed) = seed(inner) {
            return Some(Self::from_seed(parameters, seed, public));
        }
        if let Ok(expanded) = <&OctetStringRef>::from_der(inner) {
            let is_whole = expanded.as_bytes().len() == parameters.expanded_key_bytes();
            return is_whole.then_some(Err(KeyError::Expanded));
        }
        let (seed, expanded) = both(inner)?;
        let agree = match expands_to(parameters, seed, expanded) {
            Ok(true) => Self::from_seed(parameters, seed, public),
            Ok(false) => Err(KeyError::Rejected {
                key_type: "AKP",
                reason: "the expanded key is not that of the seed",
            }),
            Err(reason) => Err(reason),
        };
        Some(agree)
    }

    /// Writes the inside of a PKCS#8: the seed alone, as RFC 9881 §6 recommends.
    pub(super) fn private_der(seed: &Secret) -> Secret {
        let [tag, length] = SEED_HEADER;
        let mut der = zeroize::Zeroizing::new(vec![tag, length]);
        der.extend_from_slice(seed.expose());
        Secret::from(der.as_slice())
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.bytes("pub", &self.public);
        if let Some(seed) = &self.seed {
            writer.secret("priv", seed.expose());
        }
    }

    /// Writes the identifier of the SPKI and of the PKCS#8, which has no parameters.
    pub(super) fn identifier(&self) -> AlgorithmIdentifierRef<'static> {
        let oid = match self.parameters {
            ParameterSet::MlDsa44 => MLDSA44,
            ParameterSet::MlDsa65 => MLDSA65,
            ParameterSet::MlDsa87 => MLDSA87,
        };
        AlgorithmIdentifierRef { oid, parameters: None }
    }
}

/// The form `seed`.
fn seed(inner: &[u8]) -> Option<&[u8]> {
    inner.strip_prefix(&SEED_HEADER).filter(|seed| seed.len() == SEED_BYTES)
}

/// The form `both`.
fn both(inner: &[u8]) -> Option<(&[u8], &[u8])> {
    let sequence = <&SequenceRef>::from_der(inner).ok()?;
    let mut reader = SliceReader::new(sequence.as_bytes()).ok()?;
    let mut next = || <&OctetStringRef>::decode(&mut reader).ok().map(OctetStringRef::as_bytes);
    let parts = (next()?, next()?);
    reader.is_finished().then_some(parts)
}

#[cfg(feature = "aws-lc")]
use crate::crypto::aws_lc::mldsa::{expands_to, public_key};

#[cfg(not(feature = "aws-lc"))]
fn public_key(_parameters: ParameterSet, _seed: &[u8]) -> Result<Vec<u8>, KeyError> {
    Err(KeyError::MemberMissing { member: "publicKey" })
}

#[cfg(not(feature = "aws-lc"))]
fn expands_to(_parameters: ParameterSet, _seed: &[u8], _expanded: &[u8]) -> Result<bool, KeyError> {
    Err(KeyError::Rejected { key_type: "AKP", reason: "the feature `aws-lc` is off" })
}
