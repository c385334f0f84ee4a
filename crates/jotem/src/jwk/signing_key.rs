//! A key that signs with one algorithm.

use std::sync::{Arc, OnceLock};

use super::{Begun, Jwk, Material, Operation, VerifyingKey, oct, verifying_key};
use crate::crypto::{Sign, Signature, Verify};
use crate::error::{Error, ErrorKind, KeyError, Misuse};
use crate::jwa::Algorithm;
use crate::limits::Limits;
use crate::secret::Secret;

/// A private key, or a shared secret, that signs with exactly one algorithm. Clones share it.
///
/// In the manual: [keys](crate::manual::keys), [algorithms](crate::manual::algorithms), and
/// [keys in an HSM or a KMS](crate::manual::hardware).
///
/// # Examples
/// ```
/// use jotem::{Algorithm, SigningKey};
///
/// let key = SigningKey::generate(Algorithm::Es256)?.with_key_id("2026-11");
/// let pem = key.to_pem()?;                                 // PKCS#8, for a file of mode 0600
/// let same = SigningKey::from_pem(pem.expose(), Algorithm::Es256)?;
/// assert_eq!(same.verifying_key().thumbprint(), key.verifying_key().thumbprint());
/// # Ok::<(), jotem::Error>(())
/// ```
#[derive(Clone)]
pub struct SigningKey {
    /// Absent when the private half lives elsewhere.
    sign: Option<Arc<dyn Sign>>,
    /// Whether `sign` is other people's code, whose signatures are checked before they leave.
    foreign: bool,
    verifying: VerifyingKey,
    jwk: Option<Arc<Jwk>>,
    /// The encoded header of tokens that are signed in one call.
    header: OnceLock<Arc<str>>,
}

impl SigningKey {
    /// Makes a new key: for HMAC as many random bytes as the hash has, for RSA 2048 bits.
    ///
    /// # Errors
    /// [`KeyError::Rejected`] if the operating system has no random numbers.
    #[cfg(feature = "aws-lc")]
    pub fn generate(algorithm: Algorithm) -> Result<Self, Error> {
        Self::from_jwk(&super::generate::new(algorithm)?, algorithm)
    }

    /// Makes a new RSA key of 2048, 3072, 4096 or 8192 bits.
    ///
    /// # Errors
    /// [`KeyError::RsaSize`] for other sizes, [`KeyError::AlgorithmMismatch`] for other algorithms.
    #[cfg(feature = "aws-lc")]
    pub fn generate_rsa(algorithm: Algorithm, bits: usize) -> Result<Self, Error> {
        Self::from_jwk(&super::generate::rsa(bits)?, algorithm)
    }

    /// Reads a private key from PEM: PKCS#8, PKCS#1 or SEC1.
    ///
    /// # Errors
    /// [`KeyError`]: what it is instead, and what to run.
    #[cfg(feature = "aws-lc")]
    pub fn from_pem(pem: impl AsRef<[u8]>, algorithm: Algorithm) -> Result<Self, Error> {
        Self::from_jwk(&Jwk::from_pem(pem)?, algorithm)
    }

    /// Reads a private key from DER: PKCS#8, PKCS#1 or SEC1.
    ///
    /// # Errors
    /// [`KeyError`]: what it is instead, and what to run.
    #[cfg(feature = "aws-lc")]
    pub fn from_der(der: impl AsRef<[u8]>, algorithm: Algorithm) -> Result<Self, Error> {
        Self::from_jwk(&Jwk::from_der(der)?, algorithm)
    }

    /// Reads a private key from PEM under a password: PKCS#8; see [`Jwk::from_encrypted_pem`].
    ///
    /// # Errors
    /// [`KeyError`]: the password is wrong, or what it is instead.
    #[cfg(feature = "encrypted-keys")]
    pub fn from_encrypted_pem(
        pem: impl AsRef<[u8]>,
        password: impl AsRef<[u8]>,
        algorithm: Algorithm,
    ) -> Result<Self, Error> {
        Self::from_jwk(&Jwk::from_encrypted_pem(pem, password)?, algorithm)
    }

    /// Reads a private key from DER under a password: PKCS#8; see [`Jwk::from_encrypted_pem`].
    ///
    /// # Errors
    /// [`KeyError`]: the password is wrong, or what it is instead.
    #[cfg(feature = "encrypted-keys")]
    pub fn from_encrypted_der(
        der: impl AsRef<[u8]>,
        password: impl AsRef<[u8]>,
        algorithm: Algorithm,
    ) -> Result<Self, Error> {
        Self::from_jwk(&Jwk::from_encrypted_der(der, password)?, algorithm)
    }

    /// Reads a private key of OpenSSH, under a password or not; see [`Jwk::from_openssh`].
    ///
    /// # Errors
    /// [`KeyError`]: the password is wrong or missing, or what it is instead.
    #[cfg(feature = "encrypted-keys")]
    pub fn from_openssh(
        document: impl AsRef<[u8]>,
        password: Option<&[u8]>,
        algorithm: Algorithm,
    ) -> Result<Self, Error> {
        Self::from_jwk(&Jwk::from_openssh(document, password)?, algorithm)
    }

    /// Takes a private key, or a shared secret, from a JWK. `alg`, `use` and `key_ops` of the JWK
    /// must allow it.
    ///
    /// # Errors
    /// [`KeyError`]: why this key cannot sign with this algorithm.
    pub fn from_jwk(jwk: &Jwk, algorithm: Algorithm) -> Result<Self, Error> {
        if !jwk.is_private() {
            return Err(KeyError::Public.into());
        }
        jwk.check(algorithm, Operation::Sign)?;
        if let Material::Oct(secret) = jwk.material() {
            oct::check_length(secret, algorithm)?;
        }
        Ok(Self::of(jwk, algorithm)?)
    }

    /// Takes a shared secret as it is: bytes, or the text that both sides use as it stands.
    ///
    /// # Errors
    /// [`KeyError`]: empty, shorter than the hash (RFC 7518 §3.2), or public-key material.
    ///
    /// # Examples
    /// ```
    /// use jotem::{Algorithm, SigningKey};
    ///
    /// let error = SigningKey::from_secret("changeme", Algorithm::Hs256).unwrap_err();
    /// assert_eq!(error.code().as_str(), "key_secret_too_short");
    /// ```
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

    /// Takes a signer whose key lives elsewhere, and its public key. Whatever it signs is verified
    /// before it leaves.
    ///
    /// # Errors
    /// [`KeyError::AlgorithmMismatch`] if the two have different algorithms.
    pub fn from_signer(signer: impl Sign + 'static, public: VerifyingKey) -> Result<Self, Error> {
        let algorithm = signer.algorithm();
        if algorithm != public.algorithm() {
            return Err(KeyError::AlgorithmMismatch {
                algorithm,
                expected: "a public key of the same algorithm",
                found: crate::error::Excerpt::new(&format!("for {}", public.algorithm())),
            }
            .into());
        }
        Ok(Self {
            sign: Some(Arc::new(signer)),
            foreign: true,
            verifying: public,
            jwk: None,
            header: OnceLock::new(),
        })
    }

    /// Stands for a key that is asked over the network, such as one in a KMS: an
    /// [`Issuer`](crate::Issuer) prepares what is to be signed, and attaches the signature.
    #[must_use]
    pub const fn held_elsewhere(public: VerifyingKey) -> Self {
        Self { sign: None, foreign: true, verifying: public, jwk: None, header: OnceLock::new() }
    }

    /// Makes the key of a private document that has been checked.
    pub(crate) fn of(jwk: &Jwk, algorithm: Algorithm) -> Result<Self, KeyError> {
        let (sign, verifying) = primitives(jwk, algorithm)?;
        let jwk = Some(Arc::new(jwk.clone()));
        Ok(Self { sign: Some(sign), foreign: false, verifying, jwk, header: OnceLock::new() })
    }

    /// Returns the one algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.verifying.algorithm()
    }

    /// Returns the name of the key: `kid`, which issuers write into the header.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.verifying.key_id()
    }

    /// Returns the key under a name.
    #[must_use]
    pub fn with_key_id(mut self, key_id: impl Into<String>) -> Self {
        let key_id = key_id.into();
        self.jwk = self.jwk.map(|jwk| Arc::new(Jwk::clone(&jwk).with_key_id(key_id.clone())));
        self.verifying = self.verifying.with_key_id(key_id);
        self.header = OnceLock::new();
        self
    }

    /// Returns the key under its RFC 7638 thumbprint as its name.
    #[must_use]
    pub fn with_thumbprint_key_id(self) -> Self {
        match self.verifying.thumbprint() {
            Some(thumbprint) => self.with_key_id(thumbprint),
            None => self,
        }
    }

    /// Returns the key that verifies what this one signs: the public key, or the shared secret.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        self.verifying.clone()
    }

    /// Returns the encoded header of a JWT that says nothing but `alg`, `kid` and `typ`.
    pub(crate) fn jwt_header(&self) -> Result<&str, Misuse> {
        if let Some(header) = self.header.get() {
            return Ok(header);
        }
        let mut header = crate::jws::HeaderTemplate::new(self.algorithm(), self.key_id());
        header.set_type("JWT");
        let header = header.encode_checked(&Limits::default())?;
        Ok(self.header.get_or_init(|| header.into()))
    }

    pub(crate) const fn verifying_key_ref(&self) -> &VerifyingKey {
        &self.verifying
    }

    /// Returns the private document, with `alg` and `use` set.
    ///
    /// # Errors
    /// [`Misuse::KeyElsewhere`] if the private key is not here.
    pub fn to_jwk(&self) -> Result<Jwk, Error> {
        Ok(verifying_key::with_use(self.document()?.clone(), self.algorithm()))
    }

    /// Writes the private key as PKCS#8 in PEM.
    ///
    /// # Errors
    /// [`Misuse::KeyElsewhere`] if the private key is not here, [`KeyError::NoPublicPart`] for a
    /// shared secret, which is no key of PKCS#8: use [`Self::to_jwk`].
    pub fn to_pem(&self) -> Result<Secret, Error> {
        self.document()?.to_private_pem()
    }

    /// Writes the private key as PKCS#8 in DER.
    ///
    /// # Errors
    /// As [`Self::to_pem`].
    pub fn to_der(&self) -> Result<Secret, Error> {
        self.document()?.to_private_der()
    }

    /// Writes the private key as PKCS#8 under a password, in PEM; see [`Jwk::to_encrypted_pem`].
    ///
    /// # Errors
    /// As [`Self::to_pem`], and [`KeyError::PasswordEmpty`].
    #[cfg(feature = "encrypted-keys")]
    pub fn to_encrypted_pem(&self, password: impl AsRef<[u8]>) -> Result<String, Error> {
        self.document()?.to_encrypted_pem(password)
    }

    /// Writes the private key as PKCS#8 under a password, in DER; see [`Jwk::to_encrypted_pem`].
    ///
    /// # Errors
    /// As [`Self::to_encrypted_pem`].
    #[cfg(feature = "encrypted-keys")]
    pub fn to_encrypted_der(&self, password: impl AsRef<[u8]>) -> Result<Vec<u8>, Error> {
        self.document()?.to_encrypted_der(password)
    }

    fn document(&self) -> Result<&Jwk, Misuse> {
        self.jwk.as_deref().ok_or_else(|| Misuse::KeyElsewhere { algorithm: self.algorithm() })
    }

    /// Prepares to sign messages that begin with `prefix`, and any other.
    ///
    /// # Examples
    /// See [`Begun`].
    #[must_use]
    pub fn begin(&self, prefix: &[u8]) -> Begun {
        // What other people's code signs is checked, whole.
        let ours = self.sign.as_deref().filter(|_| !self.foreign);
        Begun::new(self.clone(), ours, prefix)
    }

    /// Signs bytes, in the form that RFC 7518 §3 gives the signature.
    ///
    /// # Errors
    /// [`ErrorKind::Signing`] if the signer fails or its signature does not hold,
    /// [`Misuse::KeyElsewhere`] if there is none.
    pub fn sign(&self, message: &[u8]) -> Result<Signature, Error> {
        let algorithm = self.algorithm();
        let signer = self.sign.as_ref().ok_or(Misuse::KeyElsewhere { algorithm })?;
        let signature = signer.sign(message).map_err(ErrorKind::Signing)?;
        if self.foreign {
            self.verifying
                .check(message, signature.as_ref())
                .map_err(|reason| ErrorKind::Signing(Box::new(reason)))?;
        }
        Ok(signature)
    }
}

#[cfg(feature = "aws-lc")]
fn primitives(jwk: &Jwk, algorithm: Algorithm) -> Result<(Arc<dyn Sign>, VerifyingKey), KeyError> {
    use crate::crypto::aws_lc::ecdsa::EcdsaSigner;
    use crate::crypto::aws_lc::ed25519::Ed25519Signer;
    use crate::crypto::aws_lc::mldsa::MlDsaSigner;
    use crate::crypto::aws_lc::rsa::RsaSigner;

    let sign: Arc<dyn Sign> = match jwk.material() {
        Material::Oct(secret) => return shared(jwk, secret, algorithm),
        Material::Rsa(key) => {
            let private = key.private.as_ref().ok_or(KeyError::Public)?;
            Arc::new(RsaSigner::new(algorithm, private.expose())?)
        }
        Material::Ec(key) => {
            let scalar = key.scalar.as_ref().ok_or(KeyError::Public)?;
            Arc::new(EcdsaSigner::new(algorithm, key.curve, scalar.expose(), &key.point)?)
        }
        Material::Okp(key) => {
            let seed = key.seed.as_ref().ok_or(KeyError::Public)?;
            Arc::new(Ed25519Signer::new(algorithm, seed.expose(), &key.public)?)
        }
        Material::Ed448(key) => key.signer()?,
        Material::Akp(key) => {
            let seed = key.seed.as_ref().ok_or(KeyError::Public)?;
            Arc::new(MlDsaSigner::new(key.parameters, seed.expose(), &key.public)?)
        }
    };
    let public = jwk.material().public().ok_or(KeyError::NoPublicPart)?;
    let public = Jwk { material: public, parameters: jwk.parameters.public() };
    Ok((sign, VerifyingKey::of(public, algorithm)?))
}

#[cfg(not(feature = "aws-lc"))]
fn primitives(jwk: &Jwk, algorithm: Algorithm) -> Result<(Arc<dyn Sign>, VerifyingKey), KeyError> {
    match jwk.material() {
        Material::Oct(secret) => shared(jwk, secret, algorithm),
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

/// One prepared secret signs and verifies.
fn shared(
    jwk: &Jwk,
    secret: &Secret,
    algorithm: Algorithm,
) -> Result<(Arc<dyn Sign>, VerifyingKey), KeyError> {
    let key = verifying_key::hmac(secret, algorithm)?;
    let verify: Arc<dyn Verify> = Arc::<crate::crypto::hmac::HmacKey>::clone(&key);
    Ok((key, VerifyingKey::assemble(jwk.clone(), algorithm, verify)))
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SigningKey")
            .field("algorithm", &self.algorithm())
            .field("key_id", &self.key_id())
            .finish_non_exhaustive()
    }
}
