//! The JWK thumbprint (RFC 7638, RFC 8037 appendix A.3, RFC 9964 §6): a name for a key that the key itself
//! decides.

use sha2::{Digest as _, Sha256};

use super::material::Material;
use super::members::Writer;
use crate::encoding::base64url;

/// Returns base64url of the SHA-256 of the required members, in lexicographic order, without
/// whitespace.
pub(super) fn sha256(material: &Material) -> String {
    let mut members = Writer::new();
    match material {
        Material::Oct(secret) => {
            members.secret("k", secret.expose()).text("kty", "oct");
        }
        Material::Rsa(key) => {
            members.bytes("e", &key.exponent).text("kty", "RSA").bytes("n", &key.modulus);
        }
        Material::Ec(key) => {
            let (x, y) = key.coordinates();
            members.text("crv", key.curve.name()).text("kty", "EC").bytes("x", x).bytes("y", y);
        }
        Material::Okp(key) => {
            members.text("crv", "Ed25519").text("kty", "OKP").bytes("x", &key.public);
        }
        Material::Ed448(key) => {
            members.text("crv", "Ed448").text("kty", "OKP").bytes("x", &key.public);
        }
        Material::Akp(key) => {
            let algorithm = key.parameters.algorithm().name();
            members.text("alg", algorithm).text("kty", "AKP").bytes("pub", &key.public);
        }
    }
    base64url::encode(&Sha256::digest(members.finish().as_bytes()))
}
