//! DER documents: PKCS#8 (RFC 5958), SPKI (RFC 5280 §4.1.2.7), PKCS#1 (RFC 8017) and SEC1
//! (RFC 5915), told apart by what is in them.

use pkcs8::der::asn1::{AnyRef, BitStringRef, OctetStringRef, SequenceRef};
use pkcs8::der::{Decode as _, Encode as _, SliceReader};
use pkcs8::{AlgorithmIdentifierRef, PrivateKeyInfoRef};
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};

use super::akp::{self, AkpKey};
use super::disguise;
use super::ec::{self, EcKey};
use super::ed448::Ed448Key;
use super::material::Material;
use super::okp::OkpKey;
use super::rsa::RsaKey;
use crate::error::{Excerpt, KeyError};
use crate::secret::Secret;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const ED448: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.113");

const EXPECTED: &str = "a key in DER (PKCS#8, SPKI, PKCS#1 or SEC1)";

/// Reads a key; the whole input must be one document.
pub(super) fn read(der: &[u8]) -> Result<Material, KeyError> {
    let known = [read_pkcs8, read_spki, read_rsa_private, read_rsa_public, read_sec1];
    known.iter().find_map(|read| read(der)).unwrap_or_else(|| Err(explain(der, EXPECTED)))
}

/// Reads PKCS#8; `None` if it is something else.
pub(super) fn read_pkcs8(der: &[u8]) -> Option<Result<Material, KeyError>> {
    PrivateKeyInfoRef::try_from(der).ok().map(|info| pkcs8(&info))
}

/// Reads an SPKI; `None` if it is something else.
pub(super) fn read_spki(der: &[u8]) -> Option<Result<Material, KeyError>> {
    SubjectPublicKeyInfoRef::try_from(der).ok().map(|info| spki(&info))
}

/// Reads an `RSAPrivateKey`; `None` if it is something else.
pub(super) fn read_rsa_private(der: &[u8]) -> Option<Result<Material, KeyError>> {
    RsaKey::from_private_der(der).map(|key| key.map(Material::Rsa))
}

/// Reads an `RSAPublicKey`; `None` if it is something else.
pub(super) fn read_rsa_public(der: &[u8]) -> Option<Result<Material, KeyError>> {
    RsaKey::from_public_der(der).map(|key| key.map(Material::Rsa))
}

/// Reads an `ECPrivateKey`; `None` if it is something else.
pub(super) fn read_sec1(der: &[u8]) -> Option<Result<Material, KeyError>> {
    EcKey::from_private_der(der, None).map(|key| key.map(Material::Ec))
}

/// Finds out what a document without a key is.
pub(super) fn explain(der: &[u8], expected: &'static str) -> KeyError {
    /// The arcs of password-based encryption: PKCS#5 and PKCS#12.
    const PKCS5: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05";
    const PKCS12: &[u8] = b"\x06\x0a\x2a\x86\x48\x86\xf7\x0d\x01\x0c";

    if disguise::is_ssh_type(der.trim_ascii_start()) {
        return KeyError::OpenSsh;
    }
    match first_element(der) {
        // The version or the serial number of a certificate (RFC 5280 §4.1).
        Some([0xa0 | 0x02, ..]) => KeyError::Certificate,
        // The encryption of a private key (RFC 5958 §3).
        Some(first) if first.starts_with(PKCS5) || first.starts_with(PKCS12) => KeyError::Encrypted,
        Some(_) | None => KeyError::Format { expected },
    }
}

fn pkcs8(info: &PrivateKeyInfoRef<'_>) -> Result<Material, KeyError> {
    let format =
        KeyError::Format { expected: "a PKCS#8 key whose inside is what its outside says" };
    let inner = info.private_key.as_bytes();
    match info.algorithm.oid {
        RSA => RsaKey::from_private_der(inner).ok_or(format)?.map(Material::Rsa),
        EC => {
            let curve = curve(&info.algorithm)?;
            EcKey::from_private_der(inner, Some(curve)).ok_or(format)?.map(Material::Ec)
        }
        ED25519 => {
            let seed = <&OctetStringRef>::from_der(inner).map_err(|_| format)?.as_bytes();
            let public = info.public_key.and_then(|public| public.as_bytes());
            OkpKey::from_seed(seed, public).map(Material::Okp)
        }
        ED448 => {
            let seed = <&OctetStringRef>::from_der(inner).map_err(|_| format)?.as_bytes();
            let public = info.public_key.and_then(|public| public.as_bytes());
            Ed448Key::from_seed(seed, public).map(Material::Ed448)
        }
        other => {
            let parameters = akp::parameters(other).ok_or_else(|| unknown(other))?;
            // RFC 9881 §2: there are none.
            if info.algorithm.parameters.is_some() {
                return Err(format);
            }
            let public = info.public_key.and_then(|public| public.as_bytes());
            let key = AkpKey::from_private_der(parameters, inner, public);
            key.ok_or(format)?.map(Material::Akp)
        }
    }
}

fn spki(info: &SubjectPublicKeyInfoRef<'_>) -> Result<Material, KeyError> {
    let format =
        KeyError::Format { expected: "a public key whose inside is what its outside says" };
    let Some(inner) = info.subject_public_key.as_bytes() else { return Err(format) };
    match info.algorithm.oid {
        RSA => RsaKey::from_public_der(inner).ok_or(format)?.map(Material::Rsa),
        EC => EcKey::from_point(curve(&info.algorithm)?, inner).map(Material::Ec),
        ED25519 => OkpKey::from_public(inner).map(Material::Okp),
        ED448 => Ed448Key::from_public(inner).map(Material::Ed448),
        other => {
            let parameters = akp::parameters(other).ok_or_else(|| unknown(other))?;
            if info.algorithm.parameters.is_some() {
                return Err(format);
            }
            AkpKey::from_public(parameters, inner).map(Material::Akp)
        }
    }
}

fn curve(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<crate::jwa::Curve, KeyError> {
    let named = algorithm.parameters_oid();
    ec::curve(named.map_err(|_| ec::UNNAMED)?)
}

fn unknown(identifier: ObjectIdentifier) -> KeyError {
    KeyError::TypeUnknown { found: Excerpt::new(&identifier.to_string()) }
}

/// Returns the content of the SEQUENCE that a SEQUENCE begins with.
fn first_element(der: &[u8]) -> Option<&[u8]> {
    let outer = <&SequenceRef>::from_der(der).ok()?;
    let mut reader = SliceReader::new(outer.as_bytes()).ok()?;
    <&SequenceRef>::decode(&mut reader).ok().map(SequenceRef::as_bytes)
}

/// Writes the SPKI of a public key; a shared secret has none.
pub(super) fn write_public(material: &Material) -> Result<Vec<u8>, KeyError> {
    let unsound = |_| KeyError::Format { expected: "a public key" };
    let rsa;
    let (algorithm, bytes) = match material {
        Material::Oct(_) => return Err(KeyError::NoPublicPart),
        Material::Rsa(key) => {
            rsa = key.public_der()?;
            (rsa_identifier(), rsa.as_slice())
        }
        Material::Ec(key) => {
            let curve = key.curve_identifier();
            let subject_public_key = BitStringRef::from_bytes(&key.point).map_err(unsound)?;
            let algorithm = spki::AlgorithmIdentifier { oid: EC, parameters: Some(curve) };
            let info = spki::SubjectPublicKeyInfo { algorithm, subject_public_key };
            return info.to_der().map_err(unsound);
        }
        Material::Okp(key) => (ed25519_identifier(), key.public.as_slice()),
        Material::Ed448(key) => (ed448_identifier(), key.public.as_slice()),
        Material::Akp(key) => (key.identifier(), key.public.as_slice()),
    };
    let subject_public_key = BitStringRef::from_bytes(bytes).map_err(unsound)?;
    SubjectPublicKeyInfoRef { algorithm, subject_public_key }.to_der().map_err(unsound)
}

/// Writes the PKCS#8 of a private key.
pub(super) fn write_private(material: &Material) -> Result<Secret, KeyError> {
    let unsound = |_| KeyError::Format { expected: "a private key" };
    let inner;
    let curve;
    let (algorithm, key) = match material {
        Material::Oct(_) => return Err(KeyError::NoPublicPart),
        Material::Rsa(key) => (rsa_identifier(), key.private.as_ref().ok_or(KeyError::Public)?),
        Material::Ec(key) => {
            inner = key.private_der(key.scalar.as_ref().ok_or(KeyError::Public)?)?;
            curve = key.curve_identifier();
            let parameters = Some(AnyRef::from(&curve));
            (AlgorithmIdentifierRef { oid: EC, parameters }, &inner)
        }
        Material::Okp(key) => {
            let seed = key.seed.as_ref().ok_or(KeyError::Public)?;
            let seed = OctetStringRef::new(seed.expose()).map_err(unsound)?;
            inner = Secret::from(seed.to_der().map_err(unsound)?);
            (ed25519_identifier(), &inner)
        }
        Material::Ed448(key) => {
            let seed = key.seed.as_ref().ok_or(KeyError::Public)?;
            let seed = OctetStringRef::new(seed.expose()).map_err(unsound)?;
            inner = Secret::from(seed.to_der().map_err(unsound)?);
            (ed448_identifier(), &inner)
        }
        Material::Akp(key) => {
            inner = AkpKey::private_der(key.seed.as_ref().ok_or(KeyError::Public)?);
            (key.identifier(), &inner)
        }
    };
    let key = OctetStringRef::new(key.expose()).map_err(unsound)?;
    let info = PrivateKeyInfoRef::new(algorithm, key);
    info.to_der().map(Secret::from).map_err(unsound)
}

fn rsa_identifier() -> AlgorithmIdentifierRef<'static> {
    AlgorithmIdentifierRef { oid: RSA, parameters: Some(AnyRef::NULL) }
}

fn ed448_identifier() -> AlgorithmIdentifierRef<'static> {
    AlgorithmIdentifierRef { oid: ED448, parameters: None }
}

fn ed25519_identifier() -> AlgorithmIdentifierRef<'static> {
    AlgorithmIdentifierRef { oid: ED25519, parameters: None }
}
