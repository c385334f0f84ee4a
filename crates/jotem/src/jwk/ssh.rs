//! Public keys of OpenSSH: a line of type, base64 and comment, as in `id_ed25519.pub`
//! (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4).

use base64_simd::STANDARD;

use super::ec::EcKey;
use super::material::Material;
use super::okp::OkpKey;
use super::rsa::RsaKey;
use crate::error::{Excerpt, KeyError};
use crate::jwa::Curve;

const FORMAT: KeyError =
    KeyError::Format { expected: "a public key of OpenSSH: one line of type, base64 and comment" };

/// Reads the one key of the one line.
pub(super) fn read(document: &[u8]) -> Result<Material, KeyError> {
    let text = std::str::from_utf8(document).map_err(|_| FORMAT)?.trim();
    let mut words = text.split([' ', '\t']).filter(|word| !word.is_empty());
    let (Some(name), Some(blob)) = (words.next(), words.next()) else { return Err(FORMAT) };
    if text.contains(['\n', '\r']) {
        return Err(FORMAT);
    }
    let blob = STANDARD.decode_to_vec(blob).map_err(|_| FORMAT)?;
    let name_is_first = Fields(&blob).string()? == name.as_bytes();
    if name_is_first { read_blob(&blob) } else { Err(FORMAT) }
}

/// Reads the one key of the binary form.
pub(super) fn read_blob(blob: &[u8]) -> Result<Material, KeyError> {
    let mut fields = Fields(blob);
    let key = match fields.string()? {
        b"ssh-rsa" => {
            let (exponent, modulus) = (fields.number()?, fields.number()?);
            Material::Rsa(RsaKey::new(modulus, exponent)?)
        }
        b"ssh-ed25519" => Material::Okp(OkpKey::from_public(fields.string()?)?),
        b"ecdsa-sha2-nistp256" => ec(&mut fields, "nistp256", Curve::P256)?,
        b"ecdsa-sha2-nistp384" => ec(&mut fields, "nistp384", Curve::P384)?,
        b"ecdsa-sha2-nistp521" => ec(&mut fields, "nistp521", Curve::P521)?,
        // Among them certificates: whose word they are is for SSH to check.
        other => {
            let found = Excerpt::new(&String::from_utf8_lossy(other));
            return Err(KeyError::TypeUnknown { found });
        }
    };
    if fields.0.is_empty() { Ok(key) } else { Err(FORMAT) }
}

fn ec(fields: &mut Fields<'_>, name: &str, curve: Curve) -> Result<Material, KeyError> {
    if fields.string()? != name.as_bytes() {
        return Err(FORMAT);
    }
    EcKey::from_point(curve, fields.string()?).map(Material::Ec)
}

/// The rest of a sequence of strings, each behind its length in four bytes (RFC 4251 §5).
pub(super) struct Fields<'b>(pub(super) &'b [u8]);

impl<'b> Fields<'b> {
    pub(super) fn string(&mut self) -> Result<&'b [u8], KeyError> {
        let (length, rest) = self.0.split_first_chunk::<4>().ok_or(FORMAT)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| FORMAT)?;
        let (string, rest) = rest.split_at_checked(length).ok_or(FORMAT)?;
        self.0 = rest;
        Ok(string)
    }

    /// Reads an `mpint` that is positive, in its one spelling, and returns its bytes without the
    /// zero that keeps it positive.
    pub(super) fn number(&mut self) -> Result<&'b [u8], KeyError> {
        match self.string()? {
            [0, high, ..] if *high < 0x80 => Err(FORMAT),
            [0, number @ ..] if !number.is_empty() => Ok(number),
            number @ [1..=0x7f, ..] => Ok(number),
            _ => Err(FORMAT),
        }
    }
}
