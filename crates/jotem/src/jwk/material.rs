//! What a key is made of, whatever document it came in.

use super::akp::AkpKey;
use super::ec::EcKey;
use super::ed448::Ed448Key;
use super::okp::OkpKey;
use super::rsa::RsaKey;
use crate::error::{Excerpt, KeyError};
use crate::jwa::{Algorithm, Curve, KeyType, ParameterSet, Scheme};
use crate::secret::Secret;

/// A key of one of the five types, public or private.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Material {
    Oct(Secret),
    Rsa(RsaKey),
    Ec(EcKey),
    Okp(OkpKey),
    Ed448(Ed448Key),
    Akp(AkpKey),
}

impl Material {
    pub(crate) const fn key_type(&self) -> KeyType {
        match self {
            Self::Oct(_) => KeyType::Oct,
            Self::Rsa(_) => KeyType::Rsa,
            Self::Ec(_) => KeyType::Ec,
            Self::Okp(_) | Self::Ed448(_) => KeyType::Okp,
            Self::Akp(_) => KeyType::Akp,
        }
    }

    /// Whether there is a part that must stay secret.
    pub(crate) const fn is_private(&self) -> bool {
        match self {
            Self::Oct(_) => true,
            Self::Rsa(key) => key.private.is_some(),
            Self::Ec(key) => key.scalar.is_some(),
            Self::Okp(key) => key.seed.is_some(),
            Self::Ed448(key) => key.seed.is_some(),
            Self::Akp(key) => key.seed.is_some(),
        }
    }

    /// Returns the public part; a shared secret has none.
    pub(crate) fn public(&self) -> Option<Self> {
        match self {
            Self::Oct(_) => None,
            Self::Rsa(key) => Some(Self::Rsa(key.public())),
            Self::Ec(key) => Some(Self::Ec(key.public())),
            Self::Okp(key) => Some(Self::Okp(key.public())),
            Self::Ed448(key) => Some(Self::Ed448(key.public())),
            Self::Akp(key) => Some(Self::Akp(key.public())),
        }
    }

    /// Returns the one algorithm this material can be used with, if there is only one: the curve
    /// of an EC or OKP key decides it, and `alg` of an AKP key; the types `oct` and `RSA` leave it open.
    pub(crate) const fn only_algorithm(&self) -> Option<Algorithm> {
        match self {
            Self::Oct(_) | Self::Rsa(_) => None,
            Self::Ec(key) => match key.curve {
                Curve::P256 => Some(Algorithm::Es256),
                Curve::P384 => Some(Algorithm::Es384),
                Curve::P521 => Some(Algorithm::Es512),
                Curve::Secp256k1 => Some(Algorithm::Es256K),
                Curve::Ed25519 | Curve::Ed448 => None,
            },
            Self::Okp(_) => Some(Algorithm::EdDsa),
            Self::Ed448(_) => Some(Algorithm::Ed448),
            Self::Akp(key) => Some(key.parameters.algorithm()),
        }
    }

    /// Returns what an `alg` means for this material: beside the curve Ed448, `EdDSA` is `Ed448`
    /// (RFC 8037 §3.1, RFC 9864 §2.2).
    pub(crate) const fn meant_by(&self, algorithm: Algorithm) -> Algorithm {
        match (self, algorithm) {
            (Self::Ed448(_), Algorithm::EdDsa) => Algorithm::Ed448,
            (_, other) => other,
        }
    }

    /// Checks that the material is of the type and on the curve that `algorithm` uses.
    pub(crate) fn check(&self, algorithm: Algorithm) -> Result<(), KeyError> {
        let expected = match (algorithm.scheme(), self) {
            (Scheme::Hmac(_), Self::Oct(_))
            | (Scheme::RsaPkcs1(_) | Scheme::RsaPss(_), Self::Rsa(_))
            | (Scheme::Ed25519, Self::Okp(_))
            | (Scheme::Ed448, Self::Ed448(_)) => return Ok(()),
            (Scheme::Ecdsa(curve), Self::Ec(key)) if key.curve == curve => return Ok(()),
            (Scheme::MlDsa(set), Self::Akp(key)) if key.parameters == set => return Ok(()),
            (Scheme::Hmac(_), _) => "a shared secret (oct)",
            (Scheme::RsaPkcs1(_) | Scheme::RsaPss(_), _) => "an RSA key",
            (Scheme::Ed25519, _) => "an Ed25519 key (OKP)",
            (Scheme::Ed448, _) => "an Ed448 key (OKP)",
            (Scheme::Ecdsa(Curve::P256), _) => "an EC key on P-256",
            (Scheme::Ecdsa(Curve::P384), _) => "an EC key on P-384",
            (Scheme::Ecdsa(Curve::P521), _) => "an EC key on P-521",
            (Scheme::Ecdsa(Curve::Secp256k1), _) => "an EC key on secp256k1",
            (Scheme::Ecdsa(Curve::Ed25519 | Curve::Ed448), _) => "an EC key",
            (Scheme::MlDsa(ParameterSet::MlDsa44), _) => "an ML-DSA-44 key (AKP)",
            (Scheme::MlDsa(ParameterSet::MlDsa65), _) => "an ML-DSA-65 key (AKP)",
            (Scheme::MlDsa(ParameterSet::MlDsa87), _) => "an ML-DSA-87 key (AKP)",
        };
        Err(KeyError::AlgorithmMismatch { algorithm, expected, found: self.describe() })
    }

    fn describe(&self) -> Excerpt {
        Excerpt::new(match self {
            Self::Oct(_) => "a shared secret (oct)",
            Self::Rsa(_) => "an RSA key",
            Self::Okp(_) => "an Ed25519 key (OKP)",
            Self::Ed448(_) => "an Ed448 key (OKP)",
            Self::Ec(key) => match key.curve {
                Curve::P256 => "an EC key on P-256",
                Curve::P384 => "an EC key on P-384",
                Curve::P521 => "an EC key on P-521",
                Curve::Secp256k1 => "an EC key on secp256k1",
                Curve::Ed25519 | Curve::Ed448 => "an EC key",
            },
            Self::Akp(key) => match key.parameters {
                ParameterSet::MlDsa44 => "an ML-DSA-44 key (AKP)",
                ParameterSet::MlDsa65 => "an ML-DSA-65 key (AKP)",
                ParameterSet::MlDsa87 => "an ML-DSA-87 key (AKP)",
            },
        })
    }
}
