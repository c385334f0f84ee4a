//! New keys, from the operating system's random numbers.

use super::akp::AkpKey;
use super::ec::EcKey;
use super::ed448::{self, Ed448Key};
use super::okp::OkpKey;
use super::{Jwk, Material};
use crate::crypto::aws_lc;
use crate::error::KeyError;
use crate::jwa::{Algorithm, Scheme};
use crate::secret::Secret;

/// Makes a key for an algorithm; RSA keys have 2048 bits.
pub(super) fn new(algorithm: Algorithm) -> Result<Jwk, KeyError> {
    let material = match algorithm.scheme() {
        Scheme::Hmac(hash) => {
            let mut secret = zeroize::Zeroizing::new(vec![0; hash.bytes()]);
            aws_lc::random(&mut secret)?;
            Material::Oct(Secret::from(secret.as_slice()))
        }
        Scheme::RsaPkcs1(_) | Scheme::RsaPss(_) => return rsa(2048),
        Scheme::Ecdsa(curve) => {
            let (scalar, point) = aws_lc::ecdsa::generate(curve)?;
            Material::Ec(EcKey { curve, point, scalar: Some(scalar) })
        }
        Scheme::Ed25519 => {
            let seed = aws_lc::ed25519::generate()?;
            Material::Okp(OkpKey::from_seed(seed.expose(), None)?)
        }
        Scheme::Ed448 => {
            let seed = ed448::generate()?;
            Material::Ed448(Ed448Key::from_seed(seed.expose(), None)?)
        }
        Scheme::MlDsa(parameters) => {
            let seed = aws_lc::mldsa::generate()?;
            Material::Akp(AkpKey::from_seed(parameters, seed.expose(), None)?)
        }
    };
    Ok(Jwk::from_material(material))
}

/// Makes an RSA key.
pub(super) fn rsa(bits: usize) -> Result<Jwk, KeyError> {
    let pkcs1 = aws_lc::rsa::generate(bits)?;
    let key = super::rsa::RsaKey::from_private_der(pkcs1.expose());
    let key = key.ok_or(KeyError::Format { expected: "an RSA key" })??;
    Ok(Jwk::from_material(Material::Rsa(key)))
}
