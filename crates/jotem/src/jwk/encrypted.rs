//! PKCS#8 under a password: `EncryptedPrivateKeyInfo` (RFC 5958 §3).

use pkcs8::AlgorithmIdentifierRef;
use pkcs8::der::asn1::{AnyRef, OctetStringRef, SequenceRef};
use pkcs8::der::{Decode as _, Encode as _, Reader as _, SliceReader, Tag};

use super::material::Material;
use super::pbes2::{self, Pbes2};
use super::{Password, der, pem};
use crate::crypto::aws_lc::aes;
use crate::error::KeyError;
use crate::secret::Secret;

/// What is asked for.
pub(super) const EXPECTED: &str = "an encrypted private key (PKCS#8, RFC 5958 §3)";

const LABEL: &str = "ENCRYPTED PRIVATE KEY";
const FORMAT: KeyError = KeyError::Format { expected: EXPECTED };

/// Reads the one key in a PEM text.
pub(super) fn read_pem(text: &[u8], password: &[u8]) -> Result<Material, KeyError> {
    read(&open_pem(text)?, password)
}

/// Reads the one key in a PEM text, under a password that remembers.
pub(super) fn read_pem_under(text: &[u8], password: &mut Password) -> Result<Material, KeyError> {
    let der = open_pem(text)?;
    read_by(&der, |parameters, data| {
        let (derivation, bytes) = (parameters.derivation(), parameters.key_bytes());
        let key = password.derive(derivation, bytes, |password| parameters.derive(password))?;
        let plain = parameters.decrypt(&key, data)?;
        // Only now: a wrong password must not decide anything.
        password.adopt(parameters.own_salt());
        Some(plain)
    })
}

/// Takes the document out of a PEM text.
fn open_pem(text: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>, KeyError> {
    let der = pem::open(text, |label| match label {
        LABEL => Ok(()),
        "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" => Err(KeyError::NotEncrypted),
        "OPENSSH PRIVATE KEY" => Err(KeyError::OpenSsh),
        "PUBLIC KEY" | "RSA PUBLIC KEY" => Err(KeyError::Public),
        _ => Err(FORMAT),
    });
    Ok(der?.1)
}

/// Reads a key; the whole input must be one document.
pub(super) fn read(der: &[u8], password: &[u8]) -> Result<Material, KeyError> {
    read_by(der, |parameters, data| parameters.decrypt(&*parameters.derive(password)?, data))
}

/// Reads a key that `decrypt` decrypts.
fn read_by(
    der: &[u8],
    decrypt: impl FnOnce(&Pbes2<'_>, &[u8]) -> Option<Secret>,
) -> Result<Material, KeyError> {
    let (scheme, data) = split(der).ok_or_else(|| explain(der))?;
    let parameters = Pbes2::read(&scheme)?;
    if data.is_empty() || !data.len().is_multiple_of(aes::BLOCK) {
        return Err(FORMAT);
    }
    // One answer for wrong padding and for a wrong inside: the difference would tell of the key.
    let plain = decrypt(&parameters, data).ok_or(KeyError::PasswordWrong)?;
    der::read_pkcs8(plain.expose()).ok_or(KeyError::PasswordWrong)?
}

/// Encrypts a PKCS#8 document.
pub(super) fn write(pkcs8: &Secret, password: &[u8]) -> Result<Vec<u8>, KeyError> {
    if password.is_empty() {
        return Err(KeyError::PasswordEmpty);
    }
    join(pbes2::encrypt(password, pkcs8)?)
}

/// Encrypts a PKCS#8 document under a password that remembers.
pub(super) fn write_under(
    pkcs8: &Secret,
    password: &mut Password,
    salt: &[u8; 16],
) -> Result<Vec<u8>, KeyError> {
    let derivation = pbes2::own_derivation(salt)?;
    let derive = |password: &[u8]| Some(pbes2::derive_own(password, salt));
    let key = password.derive(&derivation, pbes2::OWN_KEY_BYTES, derive).ok_or(FORMAT)?;
    join(pbes2::encrypt_under(&key, salt, pkcs8)?)
}

/// Joins how a document is encrypted, and the ciphertext.
fn join((mut inside, data): (Vec<u8>, Vec<u8>)) -> Result<Vec<u8>, KeyError> {
    let data = OctetStringRef::new(&data).and_then(|data| data.to_der()).map_err(|_| FORMAT)?;
    inside.extend(data);
    AnyRef::new(Tag::Sequence, &inside).and_then(|outer| outer.to_der()).map_err(|_| FORMAT)
}

/// Writes an encrypted document as PEM.
pub(super) fn write_pem(der: &[u8]) -> Result<String, KeyError> {
    pem::write(LABEL, der)
}

/// Splits a document into how it is encrypted, and what.
fn split(der: &[u8]) -> Option<(AlgorithmIdentifierRef<'_>, &[u8])> {
    let outer = <&SequenceRef>::from_der(der).ok()?;
    let mut reader = SliceReader::new(outer.as_bytes()).ok()?;
    let scheme = AlgorithmIdentifierRef::decode(&mut reader).ok()?;
    let data = <&OctetStringRef>::decode(&mut reader).ok()?;
    reader.finish().ok()?;
    Some((scheme, data.as_bytes()))
}

/// Says what a document is that is no encrypted key.
fn explain(document: &[u8]) -> KeyError {
    match der::read(document) {
        Ok(key) if key.is_private() => KeyError::NotEncrypted,
        Ok(_) => KeyError::Public,
        Err(_) => FORMAT,
    }
}
