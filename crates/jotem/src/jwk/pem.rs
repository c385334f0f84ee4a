//! PEM (RFC 7468): the text form of DER documents, and what people paste instead of it.

use pem_rfc7468::{Decoder, LineEnding};

use super::material::Material;
use super::{der, disguise};
use crate::error::KeyError;
use crate::secret::Secret;

const EXPECTED: &str = "PEM: it must begin with `-----BEGIN` and end with `-----END …-----`";

/// Reads the one key in a PEM text.
pub(super) fn read(pem: &[u8]) -> Result<Material, KeyError> {
    let (read, bytes) = open(pem, reader)?;
    let expected = "PEM whose label says what is inside";
    read(&bytes).unwrap_or_else(|| Err(der::explain(&bytes, expected)))
}

/// Decodes the one document in a PEM text, if its label is wanted. Lines may be indented, as in
/// YAML, and end in CRLF; the `EC PARAMETERS` that OpenSSL writes before an EC key are passed over.
pub(super) fn open<T>(
    pem: &[u8],
    want: impl FnOnce(&str) -> Result<T, KeyError>,
) -> Result<(T, zeroize::Zeroizing<Vec<u8>>), KeyError> {
    let format = || KeyError::Format { expected: EXPECTED };
    let text = std::str::from_utf8(pem).map_err(|_| format())?;
    let mut documents = documents(text)?;
    documents.retain(|document| !document.starts_with("-----BEGIN EC PARAMETERS-----"));
    let document = match documents.as_slice() {
        [document] => document,
        [] if disguise::is_ssh_type(text.trim().as_bytes()) => return Err(KeyError::OpenSsh),
        [] => return Err(format()),
        several => return Err(KeyError::PemSeveral { count: several.len() }),
    };
    let mut decoder = Decoder::new_detect_wrap(document.as_bytes()).map_err(|_| format())?;
    let wanted = want(decoder.type_label())?;
    let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(document.len()));
    decoder.decode_to_end(&mut bytes).map_err(|_| format())?;
    Ok((wanted, bytes))
}

/// Splits a text into its PEM documents, each without indentation and empty lines.
fn documents(text: &str) -> Result<Vec<zeroize::Zeroizing<String>>, KeyError> {
    if text.contains("-----\\n") || text.contains("-----\\r\\n") {
        return Err(KeyError::PemEscaped);
    }
    if text.contains("---- BEGIN SSH2 PUBLIC KEY ----") {
        return Err(KeyError::OpenSsh);
    }
    if text.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(KeyError::LegacyEncryptedPem);
    }
    // A key, and the parameters before it; what has more is not taken apart.
    let count = text.matches("-----BEGIN ").count();
    if count > 2 {
        return Err(KeyError::PemSeveral { count });
    }
    let mut documents: Vec<zeroize::Zeroizing<String>> = Vec::new();
    let mut open = false;
    for line in text.lines().map(|line| line.trim_matches(['\u{feff}', ' ', '\t', '\r'])) {
        if line.starts_with("-----BEGIN ") && line.contains("-----END ") {
            return Err(KeyError::PemOneLine);
        }
        if line.starts_with("-----BEGIN ") {
            documents.push(zeroize::Zeroizing::new(String::with_capacity(text.len())));
            open = true;
        }
        if let Some(document) = documents.last_mut()
            && open
            && !line.is_empty()
        {
            document.push_str(line);
            document.push('\n');
        }
        open &= !line.starts_with("-----END ");
    }
    Ok(documents)
}

/// What reads the inside of a document.
type Read = fn(&[u8]) -> Option<Result<Material, KeyError>>;

/// Returns what reads the inside of a document with this label: nothing else is in it.
fn reader(label: &str) -> Result<Read, KeyError> {
    match label {
        "PRIVATE KEY" => Ok(der::read_pkcs8),
        "PUBLIC KEY" => Ok(der::read_spki),
        "RSA PRIVATE KEY" => Ok(der::read_rsa_private),
        "RSA PUBLIC KEY" => Ok(der::read_rsa_public),
        "EC PRIVATE KEY" => Ok(der::read_sec1),
        "ENCRYPTED PRIVATE KEY" => Err(KeyError::Encrypted),
        "OPENSSH PRIVATE KEY" => Err(KeyError::OpenSsh),
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => Err(KeyError::Certificate),
        _ => Err(KeyError::Format { expected: "a PEM document that holds a key" }),
    }
}

/// Whether a text looks like PEM, so that the error can be about PEM.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"---- BEGIN ").is_some()
        || memchr::memmem::find(bytes, b"-----BEGIN ").is_some()
}

/// Writes a document without secrets.
pub(super) fn write(label: &str, der: &[u8]) -> Result<String, KeyError> {
    pem_rfc7468::encode_string(label, LineEnding::LF, der)
        .map_err(|_| KeyError::Format { expected: EXPECTED })
}

/// Writes a private document.
pub(super) fn write_private(der: &Secret) -> Result<Secret, KeyError> {
    pem_rfc7468::encode_string("PRIVATE KEY", LineEnding::LF, der.expose())
        .map(|pem| Secret::from(pem.into_bytes()))
        .map_err(|_| KeyError::Format { expected: EXPECTED })
}
