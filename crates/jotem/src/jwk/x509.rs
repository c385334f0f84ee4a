//! X.509 certificates (RFC 5280 §4.1) as containers of a public key. Nothing else in one is looked
//! at, and nobody's word is checked.

use pkcs8::AlgorithmIdentifierRef;
use pkcs8::der::asn1::{AnyRef, BitStringRef, SequenceRef};
use pkcs8::der::{Decode as _, Encode as _, Reader as _, SliceReader, Tag, Tagged as _};
use spki::SubjectPublicKeyInfoRef;

use super::material::Material;
use super::{der, pem};
use crate::error::KeyError;

const FORMAT: KeyError = KeyError::Format { expected: "an X.509 certificate in PEM or DER" };

/// Reads a certificate in PEM or DER: its key, and its DER.
pub(super) fn read(document: &[u8]) -> Result<(Material, Vec<u8>), KeyError> {
    let der = if pem::looks_like(document) {
        let opened = pem::open(document, |label| match label {
            "CERTIFICATE" | "X509 CERTIFICATE" => Ok(()),
            _ => Err(FORMAT),
        });
        let ((), der) = opened?;
        der.to_vec()
    } else {
        document.to_vec()
    };
    let key = key(&der)?;
    Ok((key, der))
}

/// Returns the key in a certificate; the whole input must be one.
pub(super) fn key(certificate: &[u8]) -> Result<Material, KeyError> {
    let info = find(certificate).ok_or(FORMAT)?;
    der::read_spki(&info).ok_or(FORMAT)?
}

/// Walks over the members of a `Certificate` to the `subjectPublicKeyInfo`.
fn find(certificate: &[u8]) -> Option<Vec<u8>> {
    let mut outer = sequence(certificate)?;
    let body = <&SequenceRef>::decode(&mut outer).ok()?;
    let algorithm = AlgorithmIdentifierRef::decode(&mut outer).ok()?;
    BitStringRef::decode(&mut outer).ok()?;
    outer.finish().ok()?;

    let mut body = SliceReader::new(body.as_bytes()).ok()?;
    let mut first = AnyRef::decode(&mut body).ok()?;
    if first.tag().is_context_specific() {
        // The version, which is left out in the first one; then the serial number.
        first = AnyRef::decode(&mut body).ok()?;
    }
    // RFC 5280 §4.1.1.2: the algorithm stands twice, and must be the same.
    if first.tag() != Tag::Integer || AlgorithmIdentifierRef::decode(&mut body).ok()? != algorithm {
        return None;
    }
    let _issuer = <&SequenceRef>::decode(&mut body).ok()?;
    let _validity = <&SequenceRef>::decode(&mut body).ok()?;
    let _subject = <&SequenceRef>::decode(&mut body).ok()?;
    let key = SubjectPublicKeyInfoRef::decode(&mut body).ok()?.to_der().ok()?;
    // Unique identifiers and extensions.
    while !body.is_finished() {
        if !AnyRef::decode(&mut body).ok()?.tag().is_context_specific() {
            return None;
        }
    }
    Some(key)
}

fn sequence(der: &[u8]) -> Option<SliceReader<'_>> {
    SliceReader::new(<&SequenceRef>::from_der(der).ok()?.as_bytes()).ok()
}
