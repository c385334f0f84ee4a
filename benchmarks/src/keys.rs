//! Keys, made anew at each start and handed to every contender in the same encoding.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rand::{self, SystemRandom},
    rsa::{self, KeySize},
    signature::{
        self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, PqdsaKeyPair,
    },
};
use base64_simd::STANDARD;

use crate::token::Algorithm;

/// What a contender parses once, before the clock starts.
pub(crate) struct KeyPair {
    /// PKCS#8 DER, or the secret of an HMAC.
    pub(crate) private: Vec<u8>,
    /// SubjectPublicKeyInfo DER, or the secret of an HMAC.
    pub(crate) public: Vec<u8>,
}

impl KeyPair {
    pub(crate) fn generate(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Hs256 => Self::secret(),
            Algorithm::Rs256 | Algorithm::Ps256 => Self::rsa_2048(),
            Algorithm::Es256 => Self::ecdsa(&signature::ECDSA_P256_SHA256_FIXED_SIGNING),
            Algorithm::Es384 => Self::ecdsa(&signature::ECDSA_P384_SHA384_FIXED_SIGNING),
            Algorithm::EdDsa => Self::ed25519(),
            Algorithm::MlDsa65 => Self::ml_dsa_65(),
        }
    }

    /// The private key in PEM, for a library that takes nothing else of every kind.
    pub(crate) fn private_pem(&self) -> String {
        pem("PRIVATE KEY", &self.private)
    }

    /// The public key in PEM.
    pub(crate) fn public_pem(&self) -> String {
        pem("PUBLIC KEY", &self.public)
    }

    fn secret() -> Self {
        let mut secret = vec![0; 32];
        rand::fill(&mut secret).expect("the system has randomness");
        Self { private: secret.clone(), public: secret }
    }

    fn rsa_2048() -> Self {
        let pair = rsa::KeyPair::generate(KeySize::Rsa2048).expect("RSA key generation");
        let private: Pkcs8V1Der<'_> = pair.as_der().expect("RSA to PKCS#8");
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("RSA to SPKI");
        Self { private: private.as_ref().to_vec(), public: public.as_ref().to_vec() }
    }

    fn ecdsa(algorithm: &'static EcdsaSigningAlgorithm) -> Self {
        let private = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new())
            .expect("EC key generation");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, private.as_ref()).expect("EC from PKCS#8");
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("EC to SPKI");
        Self { private: private.as_ref().to_vec(), public: public.as_ref().to_vec() }
    }

    fn ed25519() -> Self {
        let pair = Ed25519KeyPair::generate().expect("Ed25519 key generation");
        let private = pair.to_pkcs8v1().expect("Ed25519 to PKCS#8");
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("Ed25519 to SPKI");
        Self { private: private.as_ref().to_vec(), public: public.as_ref().to_vec() }
    }

    fn ml_dsa_65() -> Self {
        let pair = PqdsaKeyPair::generate(&signature::ML_DSA_65_SIGNING).expect("ML-DSA keys");
        let private = pair.to_pkcs8v1().expect("ML-DSA to PKCS#8");
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("ML-DSA to SPKI");
        Self { private: private.as_ref().to_vec(), public: public.as_ref().to_vec() }
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    // RFC 7468 §2: lines of 64 characters.
    let lines: Vec<String> = der.chunks(48).map(|line| STANDARD.encode_to_string(line)).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
