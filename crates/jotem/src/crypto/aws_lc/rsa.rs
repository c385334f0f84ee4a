//! RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 7518 §3.3, §3.5).

use std::error::Error;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RSA_PSS_SHA256,
    RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair, VerificationAlgorithm,
};

use super::rejected;
use crate::crypto::{Sign, Signature, Verify, VerifyError};
use crate::error::KeyError;
use crate::jwa::{Algorithm, Hash, Scheme};
use crate::secret::Secret;

/// A private key and its one algorithm.
pub(crate) struct RsaSigner {
    algorithm: Algorithm,
    encoding: &'static dyn RsaEncoding,
    key: RsaKeyPair,
}

/// A public key and its one algorithm.
pub(crate) struct RsaVerifier {
    algorithm: Algorithm,
    modulus_bytes: usize,
    key: ParsedPublicKey,
}

impl RsaSigner {
    /// Reads an `RSAPrivateKey` (RFC 8017 §A.1.2) and checks that its numbers belong together.
    pub(crate) fn new(algorithm: Algorithm, pkcs1: &[u8]) -> Result<Self, KeyError> {
        let encoding: &'static dyn RsaEncoding = match algorithm.scheme() {
            Scheme::RsaPkcs1(Hash::Sha256) => &RSA_PKCS1_SHA256,
            Scheme::RsaPkcs1(Hash::Sha384) => &RSA_PKCS1_SHA384,
            Scheme::RsaPkcs1(Hash::Sha512) => &RSA_PKCS1_SHA512,
            Scheme::RsaPss(Hash::Sha256) => &RSA_PSS_SHA256,
            Scheme::RsaPss(Hash::Sha384) => &RSA_PSS_SHA384,
            Scheme::RsaPss(Hash::Sha512) => &RSA_PSS_SHA512,
            Scheme::Hmac(_)
            | Scheme::Ecdsa(_)
            | Scheme::Ed25519
            | Scheme::Ed448
            | Scheme::MlDsa(_) => {
                return Err(rejected("RSA", "the algorithm is not one of RSA"));
            }
        };
        let key = RsaKeyPair::from_der(pkcs1)
            .map_err(|_| rejected("RSA", "its numbers do not belong together"))?;
        Ok(Self { algorithm, encoding, key })
    }
}

/// Makes a private key of 2048, 3072, 4096 or 8192 bits, as an `RSAPrivateKey`.
pub(crate) fn generate(bits: usize) -> Result<Secret, KeyError> {
    let size = match bits {
        2048 => KeySize::Rsa2048,
        3072 => KeySize::Rsa3072,
        4096 => KeySize::Rsa4096,
        8192 => KeySize::Rsa8192,
        _ => return Err(KeyError::RsaSize { bits }),
    };
    let failed = || rejected("RSA", "the key could not be made");
    let key = RsaKeyPair::generate(size).map_err(|_| failed())?;
    let pkcs8: aws_lc_rs::encoding::Pkcs8V1Der<'_> =
        aws_lc_rs::encoding::AsDer::as_der(&key).map_err(|_| failed())?;
    let info = pkcs8::PrivateKeyInfoRef::try_from(pkcs8.as_ref()).map_err(|_| failed())?;
    Ok(Secret::from(info.private_key.as_bytes()))
}

impl RsaVerifier {
    /// Reads an `RSAPublicKey` (RFC 8017 §A.1.1).
    pub(crate) fn new(
        algorithm: Algorithm,
        pkcs1: &[u8],
        modulus_bytes: usize,
    ) -> Result<Self, KeyError> {
        let parameters: &'static dyn VerificationAlgorithm = match algorithm.scheme() {
            Scheme::RsaPkcs1(Hash::Sha256) => &RSA_PKCS1_2048_8192_SHA256,
            Scheme::RsaPkcs1(Hash::Sha384) => &RSA_PKCS1_2048_8192_SHA384,
            Scheme::RsaPkcs1(Hash::Sha512) => &RSA_PKCS1_2048_8192_SHA512,
            Scheme::RsaPss(Hash::Sha256) => &RSA_PSS_2048_8192_SHA256,
            Scheme::RsaPss(Hash::Sha384) => &RSA_PSS_2048_8192_SHA384,
            Scheme::RsaPss(Hash::Sha512) => &RSA_PSS_2048_8192_SHA512,
            Scheme::Hmac(_)
            | Scheme::Ecdsa(_)
            | Scheme::Ed25519
            | Scheme::Ed448
            | Scheme::MlDsa(_) => {
                return Err(rejected("RSA", "the algorithm is not one of RSA"));
            }
        };
        let key = ParsedPublicKey::new(parameters, pkcs1)
            .map_err(|_| rejected("RSA", "the modulus or the exponent is not sound"))?;
        Ok(Self { algorithm, modulus_bytes, key })
    }
}

impl Sign for RsaSigner {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, Box<dyn Error + Send + Sync>> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        // AWS-LC checks what it computed under the public key before it returns it, so a fault in
        // the arithmetic cannot give the factors away.
        self.key
            .sign(self.encoding, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| "AWS-LC refused to sign")?;
        Ok(Signature::from(signature))
    }
}

impl Verify for RsaVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn signature_bytes(&self) -> Option<usize> {
        Some(self.modulus_bytes)
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        self.key.verify_sig(message, signature).map_err(|_| VerifyError::Mismatch)
    }
}

impl std::fmt::Debug for RsaSigner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bits = self.key.public_key().modulus_len().saturating_mul(8);
        write!(formatter, "RsaSigner({}, {bits} bits)", self.algorithm)
    }
}

impl std::fmt::Debug for RsaVerifier {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bits = self.modulus_bytes.saturating_mul(8);
        write!(formatter, "RsaVerifier({}, {bits} bits)", self.algorithm)
    }
}
