//! JSON Web Keys (RFC 7517): keys as documents ([`Jwk`], [`KeySet`]) and keys that do something
//! ([`SigningKey`], [`VerifyingKey`]).
//!
//! Whatever a key came in (PEM, DER, JWK, a secret) becomes a [`Jwk`] first: the one place where
//! formats meet. A `Jwk` may know its algorithm or not; a `SigningKey` and a `VerifyingKey` always
//! do, and it is one only.

mod akp;
mod begun;
mod certificates;
mod containers;
mod der;
mod disguise;
mod ec;
mod ed448;
#[cfg(feature = "encrypted-keys")]
mod encrypted;
#[cfg(feature = "aws-lc")]
mod generate;
mod material;
mod members;
mod oct;
mod okp;
#[cfg(feature = "encrypted-keys")]
mod openssh;
mod parameters;
#[cfg(feature = "encrypted-keys")]
mod password;
#[cfg(feature = "encrypted-keys")]
mod pbes2;
mod pem;
#[cfg(feature = "encrypted-keys")]
mod remainder;
mod roca;
mod rsa;
mod set;
mod signing_key;
mod ssh;
mod thumbprint;
mod verifying_key;
mod x509;

pub use begun::Begun;
#[cfg(feature = "encrypted-keys")]
pub use password::Password;
pub use set::{KeySet, Member};
pub use signing_key::SigningKey;
pub use verifying_key::VerifyingKey;

pub(crate) use material::Material;
pub(crate) use parameters::{Operation, Parameters};
pub(crate) use rsa::RsaKey;

use crate::error::{Error, Excerpt, KeyError};
use crate::jwa::{Algorithm, KeyType};
use crate::secret::Secret;
use akp::AkpKey;
use certificates::Certificates;
use ec::EcKey;
use ed448::Ed448Key;
use members::{Members, Writer};
use okp::OkpKey;

/// A key as a document: its numbers, and what it says about its own use.
///
/// Reading one checks its form, its size and that `alg`, `use` and `key_ops` agree with the rest.
/// That a point is on its curve and that private and public halves belong together is checked when
/// a [`SigningKey`] or a [`VerifyingKey`] is made of it.
///
/// In the manual: [keys](crate::manual::keys).
///
/// # Examples
/// ```
/// use jotem::{Algorithm, Jwk};
///
/// let jwk = Jwk::from_json(r#"{"kty":"OKP","crv":"Ed25519","kid":"2026-11",
///     "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#)?;
/// assert_eq!(jwk.key_id(), Some("2026-11"));
/// assert_eq!(jwk.algorithm(), Some(Algorithm::EdDsa), "an Ed25519 key has no other");
/// assert_eq!(jwk.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
/// # Ok::<(), jotem::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Jwk {
    material: Material,
    parameters: Parameters,
}

impl Jwk {
    /// Reads a JWK (RFC 7517 §4), public or private.
    ///
    /// # Errors
    /// [`KeyError`]: what is wrong with it, and which member.
    pub fn from_json(json: impl AsRef<[u8]>) -> Result<Self, Error> {
        let json = std::str::from_utf8(json.as_ref());
        let json = json.map_err(|_| KeyError::Json { problem: "it is not UTF-8", position: 0 })?;
        Ok(Self::read(json)?)
    }

    /// Reads a key from PEM: PKCS#8, SPKI, PKCS#1 or SEC1.
    ///
    /// # Errors
    /// [`KeyError`]: what it is instead, and what to run.
    pub fn from_pem(pem: impl AsRef<[u8]>) -> Result<Self, Error> {
        Ok(Self::from_material(pem::read(pem.as_ref())?))
    }

    /// Reads a key from DER: PKCS#8, SPKI, PKCS#1 or SEC1.
    ///
    /// # Errors
    /// [`KeyError`]: what it is instead, and what to run.
    pub fn from_der(der: impl AsRef<[u8]>) -> Result<Self, Error> {
        Ok(Self::from_material(der::read(der.as_ref())?))
    }

    pub(crate) fn read(json: &str) -> Result<Self, KeyError> {
        let members = Members::read(json)?;
        let mut parameters = Parameters::read(&members)?;
        let key_type = members.text("kty")?.ok_or(KeyError::MemberMissing { member: "kty" })?;
        let material = match key_type {
            "oct" => Material::Oct(oct::read(&members)?),
            "RSA" => Material::Rsa(RsaKey::read(&members)?),
            "EC" => Material::Ec(EcKey::read(&members)?),
            "OKP" if members.text("crv")? == Some("Ed448") => {
                Material::Ed448(Ed448Key::read(&members)?)
            }
            "OKP" => Material::Okp(OkpKey::read(&members)?),
            "AKP" => Material::Akp(AkpKey::read(&members)?),
            other => return Err(KeyError::TypeUnknown { found: Excerpt::new(other) }),
        };
        if key_type == "RSA" && members.has("crv") {
            return Err(members::not("crv", "absent: an RSA key has no curve"));
        }
        parameters.certificates = Certificates::read(&members, &material)?;
        if let Some(algorithm) = parameters.known_algorithm() {
            material.check(material.meant_by(algorithm))?;
        }
        Ok(Self { material, parameters })
    }

    pub(crate) fn from_material(material: Material) -> Self {
        // RFC 9964 §3: an AKP key says its `alg`, whatever it was read from.
        let algorithm = match &material {
            Material::Akp(key) => Some(key.parameters.algorithm().name().to_owned()),
            Material::Oct(_) | Material::Rsa(_) => None,
            Material::Ec(_) | Material::Okp(_) | Material::Ed448(_) => None,
        };
        Self { material, parameters: Parameters { algorithm, ..Parameters::default() } }
    }

    /// Returns the type of the key: `kty`.
    #[must_use]
    pub const fn key_type(&self) -> KeyType {
        self.material.key_type()
    }

    /// Returns the name of the key: `kid` (RFC 7517 §4.5).
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.parameters.key_id.as_deref()
    }

    /// Returns the key under another name.
    #[must_use]
    pub fn with_key_id(mut self, key_id: impl Into<String>) -> Self {
        self.parameters.key_id = Some(key_id.into());
        self
    }

    /// Returns the one algorithm of this key: what `alg` says or, where `alg` is absent, the only
    /// one that the curve of an EC or OKP key allows. RSA keys and shared secrets without `alg`
    /// have none: they must be told.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        match self.parameters.algorithm {
            Some(_) => self.named_algorithm(),
            None => self.material.only_algorithm(),
        }
    }

    /// Returns the algorithm that `alg` names, if it is one of this engine.
    fn named_algorithm(&self) -> Option<Algorithm> {
        self.parameters.known_algorithm().map(|algorithm| self.material.meant_by(algorithm))
    }

    /// Returns `alg` as it is written, whether this engine knows it or not (RFC 7517 §4.4).
    #[must_use]
    pub fn declared_algorithm(&self) -> Option<&str> {
        self.parameters.algorithm.as_deref()
    }

    /// Returns `use`: `sig`, `enc` or another purpose (RFC 7517 §4.2).
    #[must_use]
    pub fn public_key_use(&self) -> Option<&str> {
        self.parameters.public_key_use.as_deref()
    }

    /// Returns `key_ops`: what the key may do (RFC 7517 §4.3).
    #[must_use]
    pub fn operations(&self) -> Option<&[String]> {
        self.parameters.operations.as_deref()
    }

    /// Returns `x5c`: the key's certificate, and those above it, each as DER in base64 (RFC 7517
    /// §4.7). That the first one has this key was checked, and nothing else.
    #[must_use]
    pub fn certificates(&self) -> Option<&[String]> {
        self.parameters.certificates.chain()
    }

    /// Returns `x5t#S256`: the SHA-256 of the key's certificate in base64url (RFC 7517 §4.9),
    /// computed where the document has only the certificate. A token whose header names another
    /// certificate is refused.
    #[must_use]
    pub fn certificate_thumbprint(&self) -> Option<&str> {
        self.parameters.certificates.sha256()
    }

    /// Returns how many bits an RSA modulus has, a shared secret, or the public key of an ML-DSA
    /// key; for other types the size of the curve's field.
    #[must_use]
    pub fn bits(&self) -> usize {
        match &self.material {
            Material::Oct(secret) => secret.len().saturating_mul(8),
            Material::Rsa(key) => key.bits(),
            Material::Ec(key) if key.curve == crate::jwa::Curve::P521 => 521,
            Material::Ec(key) => key.curve.coordinate_bytes().saturating_mul(8),
            Material::Okp(_) => 255,
            Material::Ed448(_) => 448,
            Material::Akp(key) => key.public.len().saturating_mul(8),
        }
    }

    /// Returns the curve of an EC or OKP key.
    #[must_use]
    pub const fn curve(&self) -> Option<crate::jwa::Curve> {
        match &self.material {
            Material::Oct(_) | Material::Rsa(_) | Material::Akp(_) => None,
            Material::Ec(key) => Some(key.curve),
            Material::Okp(_) => Some(crate::jwa::Curve::Ed25519),
            Material::Ed448(_) => Some(crate::jwa::Curve::Ed448),
        }
    }

    /// Returns whether the document has a part that must stay secret; a shared secret is all secret.
    #[must_use]
    pub const fn is_private(&self) -> bool {
        self.material.is_private()
    }

    /// Returns the public part: what may be published.
    ///
    /// # Errors
    /// [`KeyError::NoPublicPart`] for a shared secret.
    pub fn public(&self) -> Result<Self, Error> {
        let material = self.material.public().ok_or(KeyError::NoPublicPart)?;
        Ok(Self { material, parameters: self.parameters.public() })
    }

    /// Returns the SHA-256 thumbprint in base64url (RFC 7638): the same for the public and the
    /// private document of one key.
    ///
    /// # Security
    /// The thumbprint of a shared secret is a hash of the secret: do not publish it.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        thumbprint::sha256(&self.material)
    }

    /// Writes the public JWK; never a private member.
    ///
    /// # Errors
    /// [`KeyError::NoPublicPart`] for a shared secret.
    pub fn to_json(&self) -> Result<String, Error> {
        Ok(self.public()?.write().to_string())
    }

    /// Writes the JWK with everything it has.
    #[must_use]
    pub fn to_private_json(&self) -> Secret {
        Secret::from(self.write().as_bytes())
    }

    /// Writes the public key as an SPKI in PEM.
    ///
    /// # Errors
    /// [`KeyError::NoPublicPart`] for a shared secret.
    pub fn to_pem(&self) -> Result<String, Error> {
        Ok(pem::write("PUBLIC KEY", &self.to_der()?)?)
    }

    /// Writes the public key as an SPKI in DER.
    ///
    /// # Errors
    /// [`KeyError::NoPublicPart`] for a shared secret.
    pub fn to_der(&self) -> Result<Vec<u8>, Error> {
        Ok(der::write_public(&self.material)?)
    }

    /// Writes the private key as PKCS#8 in PEM.
    ///
    /// # Errors
    /// [`KeyError::Public`] if there is no private part, [`KeyError::NoPublicPart`] for a shared
    /// secret, which is no key of PKCS#8.
    pub fn to_private_pem(&self) -> Result<Secret, Error> {
        Ok(pem::write_private(&self.to_private_der()?)?)
    }

    /// Writes the private key as PKCS#8 in DER.
    ///
    /// # Errors
    /// As [`Self::to_private_pem`].
    pub fn to_private_der(&self) -> Result<Secret, Error> {
        Ok(der::write_private(&self.material)?)
    }

    fn write(&self) -> zeroize::Zeroizing<String> {
        let mut writer = Writer::new();
        writer.text("kty", self.key_type().name());
        self.parameters.write(&mut writer);
        match &self.material {
            Material::Oct(secret) => oct::write(secret, &mut writer),
            Material::Rsa(key) => key.write(&mut writer),
            Material::Ec(key) => key.write(&mut writer),
            Material::Okp(key) => key.write(&mut writer),
            Material::Ed448(key) => key.write(&mut writer),
            Material::Akp(key) => key.write(&mut writer),
        }
        writer.finish()
    }

    pub(crate) const fn material(&self) -> &Material {
        &self.material
    }

    /// Checks that the key may be used with `algorithm` for `operation`.
    pub(crate) fn check(&self, algorithm: Algorithm, operation: Operation) -> Result<(), KeyError> {
        self.material.check(algorithm)?;
        self.parameters.allow(operation)?;
        if let Some(declared) = &self.parameters.algorithm
            && !self.named_algorithm().is_some_and(|known| known.verifies(algorithm))
        {
            return Err(KeyError::AlgorithmMismatch {
                algorithm,
                expected: "a key whose `alg` says so, or says nothing",
                found: Excerpt::new(&format!("for {declared}")),
            });
        }
        Ok(())
    }
}

impl std::fmt::Debug for Jwk {
    /// Shows what kind of key it is, and none of its numbers.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Jwk")
            .field("kty", &self.key_type().name())
            .field("private", &self.is_private())
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}
