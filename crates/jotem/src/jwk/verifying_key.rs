//! A key that verifies with one algorithm.

use std::sync::Arc;

use super::{Jwk, Material, Operation, Parameters, oct};
use crate::crypto::hmac::HmacKey;
use crate::crypto::{Verify, VerifyError};
use crate::error::{Error, Excerpt, KeyError, Rejection};
use crate::jwa::{Algorithm, Scheme};
use crate::secret::Secret;

/// A public key, or a shared secret, that verifies with exactly one algorithm. Clones share it.
///
/// In the manual: [keys](crate::manual::keys).
///
/// # Examples
/// ```
/// use jotem::{Algorithm, VerifyingKey};
///
/// let pem = "-----BEGIN PUBLIC KEY-----
/// MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
/// -----END PUBLIC KEY-----";
/// let key = VerifyingKey::from_pem(pem, Algorithm::EdDsa)?;
///
/// let error = VerifyingKey::from_pem(pem, Algorithm::Es256).unwrap_err();
/// assert_eq!(error.code().as_str(), "key_algorithm_mismatch");
/// # Ok::<(), jotem::Error>(())
/// ```
#[derive(Clone)]
pub struct VerifyingKey {
    algorithm: Algorithm,
    key_id: Option<Arc<str>>,
    verify: Arc<dyn Verify>,
    /// The public document, or the shared secret's; absent for keys that live elsewhere.
    jwk: Option<Arc<Jwk>>,
    /// Whose key it is, if that was said.
    issuers: Option<Arc<[String]>>,
}

impl VerifyingKey {
    /// Reads a public key from PEM: SPKI or PKCS#1.
    ///
    /// # Errors
    /// [`KeyError`]: what it is instead, and what to run.
    #[cfg(feature = "aws-lc")]
    pub fn from_pem(pem: impl AsRef<[u8]>, algorithm: Algorithm) -> Result<Self, Error> {
        Self::from_jwk(&Jwk::from_pem(pem)?, algorithm)
    }

    /// Reads a public key from DER: SPKI or PKCS#1.
    ///
    /// # Errors
    /// [`KeyError`]: what it is instead, and what to run.
    #[cfg(feature = "aws-lc")]
    pub fn from_der(der: impl AsRef<[u8]>, algorithm: Algorithm) -> Result<Self, Error> {
        Self::from_jwk(&Jwk::from_der(der)?, algorithm)
    }

    /// Reads a public key of OpenSSH: the line of an `id_ed25519.pub`; see [`Jwk::from_ssh`].
    ///
    /// # Errors
    /// [`KeyError`]: what it is instead.
    #[cfg(feature = "aws-lc")]
    pub fn from_ssh(line: impl AsRef<[u8]>, algorithm: Algorithm) -> Result<Self, Error> {
        Self::from_jwk(&Jwk::from_ssh(line)?, algorithm)
    }

    /// Takes the public key out of an X.509 certificate, in PEM or DER. Nothing in a certificate is
    /// checked: see [`Jwk::from_x509`].
    ///
    /// # Errors
    /// [`KeyError`]: what it is instead.
    #[cfg(feature = "aws-lc")]
    pub fn from_x509(certificate: impl AsRef<[u8]>, algorithm: Algorithm) -> Result<Self, Error> {
        Self::from_jwk(&Jwk::from_x509(certificate)?, algorithm)
    }

    /// Takes a public key, or a shared secret, from a JWK. `alg`, `use` and `key_ops` of the JWK
    /// must allow it.
    ///
    /// # Errors
    /// [`KeyError`]: why this key cannot verify with this algorithm.
    pub fn from_jwk(jwk: &Jwk, algorithm: Algorithm) -> Result<Self, Error> {
        if jwk.is_private() && !matches!(jwk.material(), Material::Oct(_)) {
            return Err(KeyError::Private.into());
        }
        Ok(Self::of(jwk.clone(), algorithm)?)
    }

    /// Takes a shared secret as it is: bytes, or the text that both sides use as it stands.
    ///
    /// # Errors
    /// [`KeyError`]: empty, shorter than the hash, or public-key material.
    pub fn from_secret(secret: impl AsRef<[u8]>, algorithm: Algorithm) -> Result<Self, Error> {
        let secret = Secret::from(secret.as_ref());
        oct::check(&secret)?;
        Self::from_jwk(&Jwk::from_material(Material::Oct(secret)), algorithm)
    }

    /// Takes a shared secret from its base64 or base64url text, padded or not.
    ///
    /// # Errors
    /// [`KeyError`]: not base64, or as [`Self::from_secret`].
    pub fn from_base64_secret(text: &str, algorithm: Algorithm) -> Result<Self, Error> {
        Self::from_secret(oct::from_base64(text)?.expose(), algorithm)
    }

    /// Takes a key that lives elsewhere. It cannot be exported.
    pub fn from_verifier(verifier: impl Verify + 'static) -> Self {
        Self {
            algorithm: verifier.algorithm(),
            key_id: None,
            verify: Arc::new(verifier),
            jwk: None,
            issuers: None,
        }
    }

    /// Makes the key of a document whose private part, if any, has been left out.
    pub(crate) fn of(jwk: Jwk, algorithm: Algorithm) -> Result<Self, KeyError> {
        jwk.check(algorithm, Operation::Verify)?;
        if let Material::Oct(secret) = jwk.material() {
            oct::check_length(secret, algorithm)?;
        }
        let verify = verify(&jwk, algorithm)?;
        Ok(Self::assemble(jwk, algorithm, verify))
    }

    /// Joins a document and the primitive made of it.
    pub(super) fn assemble(jwk: Jwk, algorithm: Algorithm, verify: Arc<dyn Verify>) -> Self {
        let key_id = jwk.key_id().map(Arc::from);
        Self { algorithm, key_id, verify, jwk: Some(Arc::new(jwk)), issuers: None }
    }

    /// Returns the one algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the name of the key: `kid`.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Returns the SHA-256 of the key's certificate, if its document says it: tokens whose header
    /// names another are not for it.
    pub(crate) fn certificate_thumbprint(&self) -> Option<&str> {
        self.jwk.as_deref()?.certificate_thumbprint()
    }

    /// Returns the key under a name: tokens whose header names another are not for it.
    #[must_use]
    pub fn with_key_id(mut self, key_id: impl Into<String>) -> Self {
        let key_id = key_id.into();
        self.jwk = self.jwk.map(|jwk| Arc::new(Jwk::clone(&jwk).with_key_id(key_id.clone())));
        self.key_id = Some(key_id.into());
        self
    }

    /// Binds the key to its owner: it then verifies tokens of these issuers only (RFC 8725 §3.8).
    ///
    /// A verifier that expects several issuers and has several keys asks for it, since one
    /// issuer's key must not speak for another. Where keys of several issuers fit a token, those that are
    /// bound to others than its `iss` are left out, so issuers may use the same `kid`.
    ///
    /// # Examples
    /// ```
    /// use jotem::{Algorithm, SigningKey, Verifier};
    ///
    /// let [a, b] = [SigningKey::generate(Algorithm::Es256)?, SigningKey::generate(Algorithm::EdDsa)?];
    /// let verifier = Verifier::builder([
    ///     a.verifying_key().of_issuers(["https://a.example"]),
    ///     b.verifying_key().of_issuers(["https://b.example"]),
    /// ])
    /// .issuers(["https://a.example", "https://b.example"])
    /// .build()?;
    /// # Ok::<(), jotem::Error>(())
    /// ```
    #[must_use]
    pub fn of_issuers(mut self, issuers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.issuers = Some(issuers.into_iter().map(Into::into).collect());
        self
    }

    /// Returns whose key it is, if that was said.
    #[must_use]
    pub fn issuers(&self) -> Option<&[String]> {
        self.issuers.as_deref()
    }

    /// Whether nothing is known of the key but how to ask it.
    pub(crate) const fn lives_elsewhere(&self) -> bool {
        self.jwk.is_none()
    }

    /// Whether this is the same key, under whatever name and algorithm.
    pub(crate) fn is_same_key(&self, other: &Self) -> bool {
        let same_material = || match (&self.jwk, &other.jwk) {
            (Some(own), Some(others)) => own.material() == others.material(),
            (None, _) | (_, None) => false,
        };
        Arc::ptr_eq(&self.verify, &other.verify) || same_material()
    }

    /// Whether this is the same key for the same algorithm, whatever its name and its owner.
    pub(crate) fn verifies_like(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.is_same_key(other)
    }

    /// Whether to whoever looks for a key these are one: the same under the same name for the same
    /// operation, whose name may be either of two (RFC 9864); both bound to owners, or neither.
    pub(crate) fn is_one_with(&self, other: &Self) -> bool {
        self.key_id == other.key_id
            && self.issuers.is_some() == other.issuers.is_some()
            && self.algorithm.verifies(other.algorithm)
            && other.algorithm.verifies(self.algorithm)
            && self.is_same_key(other)
    }

    /// Whether this is one key with another, both are bound to their owners, and these say the same of
    /// its certificate: what one says of it is not the other's word.
    pub(crate) fn is_bound_like(&self, other: &Self) -> bool {
        self.issuers.is_some()
            && self.is_one_with(other)
            && self.certificate_thumbprint() == other.certificate_thumbprint()
    }

    /// Binds the key to the owners of another as well.
    pub(crate) fn add_issuers_of(&mut self, other: &Self) {
        let own = self.issuers().unwrap_or_default();
        let added = other.issuers().unwrap_or_default();
        let mut added = added.iter().filter(|issuer| !own.contains(issuer)).peekable();
        if added.peek().is_some() {
            self.issuers = Some(own.iter().chain(added).cloned().collect());
        }
    }

    /// Returns the document, with `alg` and `use` set so that others use the key as it is meant.
    ///
    /// # Errors
    /// [`KeyError::NoPublicPart`] for a key that lives elsewhere.
    pub fn to_jwk(&self) -> Result<Jwk, Error> {
        let jwk = self.jwk.as_deref().ok_or(KeyError::NoPublicPart)?;
        Ok(with_use(jwk.clone(), self.algorithm))
    }

    /// Writes the public key as an SPKI in PEM.
    ///
    /// # Errors
    /// [`KeyError::NoPublicPart`] for a shared secret, and for a key that lives elsewhere.
    pub fn to_pem(&self) -> Result<String, Error> {
        self.jwk.as_deref().ok_or(KeyError::NoPublicPart)?.to_pem()
    }

    /// Writes the public key as an SPKI in DER.
    ///
    /// # Errors
    /// [`KeyError::NoPublicPart`] for a shared secret, and for a key that lives elsewhere.
    pub fn to_der(&self) -> Result<Vec<u8>, Error> {
        self.jwk.as_deref().ok_or(KeyError::NoPublicPart)?.to_der()
    }

    /// Returns the RFC 7638 thumbprint; absent for a key that lives elsewhere.
    #[must_use]
    pub fn thumbprint(&self) -> Option<String> {
        self.jwk.as_deref().map(Jwk::thumbprint)
    }

    /// Returns the key under its RFC 7638 thumbprint as its name.
    #[must_use]
    pub fn with_thumbprint_key_id(self) -> Self {
        match self.thumbprint() {
            Some(thumbprint) => self.with_key_id(thumbprint),
            None => self,
        }
    }

    /// Checks a signature of bytes, in the form that RFC 7518 §3 gives it. Tokens are for a
    /// [`Verifier`](crate::Verifier).
    ///
    /// # Errors
    /// [`Rejection`](crate::Rejection): the length is wrong, or the signature does not hold.
    ///
    /// # Examples
    /// ```
    /// use jotem::{Algorithm, SigningKey};
    ///
    /// let key = SigningKey::generate(Algorithm::Es256)?;
    /// let signature = key.sign(b"message")?;
    /// assert!(key.verifying_key().verify(b"message", signature.as_ref()).is_ok());
    /// assert!(key.verifying_key().verify(b"another", signature.as_ref()).is_err());
    /// # Ok::<(), jotem::Error>(())
    /// ```
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        Ok(self.check(message, signature)?)
    }

    /// Returns how many bytes a signature has.
    pub(crate) fn signature_bytes(&self) -> Option<usize> {
        self.verify.signature_bytes()
    }

    /// Checks a signature: its length first, exactly.
    pub(crate) fn check(&self, message: &[u8], signature: &[u8]) -> Result<(), Rejection> {
        if let Some(expected) = self.signature_bytes()
            && expected != signature.len()
        {
            return Err(self.refuse_length(expected, signature));
        }
        self.verify.verify(message, signature).map_err(|error| self.refuse(error))
    }

    #[cold]
    fn refuse_length(&self, expected: usize, signature: &[u8]) -> Rejection {
        let algorithm = self.algorithm;
        // SEQUENCE, length, INTEGER: what OpenSSL and key services write (RFC 3279 §2.2.3).
        let der = matches!(signature, [0x30, _, 0x02, ..] | [0x30, 0x81, _, 0x02, ..]);
        if der && matches!(algorithm.scheme(), Scheme::Ecdsa(_)) {
            Rejection::SignatureIsDer { algorithm }
        } else {
            Rejection::SignatureLength { algorithm, expected, found: signature.len() }
        }
    }

    #[cold]
    fn refuse(&self, error: VerifyError) -> Rejection {
        match error {
            VerifyError::Mismatch => Rejection::SignatureMismatch {
                algorithm: self.algorithm,
                key_id: self.key_id().map(Excerpt::new),
            },
            VerifyError::SecretNotDecoded => Rejection::SecretNotDecoded,
            VerifyError::Unavailable(reason) => {
                Rejection::KeysUnavailable { reason: Excerpt::new(&reason.to_string()) }
            }
        }
    }
}

/// Returns the document with `alg`, and `use` unless `key_ops` says it all.
pub(super) fn with_use(mut jwk: Jwk, algorithm: Algorithm) -> Jwk {
    let Parameters { operations, public_key_use, algorithm: declared, .. } = &mut jwk.parameters;
    *declared = Some(algorithm.name().to_owned());
    if operations.is_none() && public_key_use.is_none() {
        *public_key_use = Some("sig".to_owned());
    }
    jwk
}

#[cfg(feature = "aws-lc")]
fn verify(jwk: &Jwk, algorithm: Algorithm) -> Result<Arc<dyn Verify>, KeyError> {
    use crate::crypto::aws_lc::ecdsa::EcdsaVerifier;
    use crate::crypto::aws_lc::ed25519::Ed25519Verifier;
    use crate::crypto::aws_lc::mldsa::MlDsaVerifier;
    use crate::crypto::aws_lc::rsa::RsaVerifier;

    Ok(match jwk.material() {
        Material::Oct(secret) => hmac(secret, algorithm)?,
        Material::Rsa(key) => {
            Arc::new(RsaVerifier::new(algorithm, &key.public_der()?, key.modulus.len())?)
        }
        Material::Ec(key) => Arc::new(EcdsaVerifier::new(algorithm, key.curve, &key.point)?),
        Material::Okp(key) => Arc::new(Ed25519Verifier::new(algorithm, &key.public)?),
        Material::Ed448(key) => key.verifier()?,
        Material::Akp(key) => Arc::new(MlDsaVerifier::new(key.parameters, &key.public)?),
    })
}

/// Without AWS-LC only shared secrets become keys; others bring their own
/// [`Verify`](crate::crypto::Verify).
#[cfg(not(feature = "aws-lc"))]
fn verify(jwk: &Jwk, algorithm: Algorithm) -> Result<Arc<dyn Verify>, KeyError> {
    match jwk.material() {
        Material::Oct(secret) => Ok(hmac(secret, algorithm)?),
        Material::Rsa(_)
        | Material::Ec(_)
        | Material::Okp(_)
        | Material::Ed448(_)
        | Material::Akp(_) => Err(KeyError::Rejected {
            key_type: jwk.key_type().name(),
            reason: "the feature `aws-lc` is off",
        }),
    }
}

/// Prepares a shared secret.
pub(super) fn hmac(secret: &Secret, algorithm: Algorithm) -> Result<Arc<HmacKey>, KeyError> {
    let key = HmacKey::new(algorithm, secret).map(Arc::new);
    key.ok_or(KeyError::Rejected { key_type: "oct", reason: "the algorithm is not an HMAC" })
}

impl std::fmt::Debug for VerifyingKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("VerifyingKey")
            .field("algorithm", &self.algorithm)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}
