//! PBES2 (RFC 8018 §6.2): a key derived from a password by PBKDF2 or scrypt, and AES in CBC mode.
//!
//! All parameters are a file's own words. They are read, and what they cost is known, before any
//! of the work is done.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2;
use pkcs8::AlgorithmIdentifierRef;
use pkcs8::der::asn1::{AnyRef, Null, OctetStringRef, SequenceRef};
use pkcs8::der::{Decode as _, Encode as _, Reader as _, SliceReader, Tag};
use spki::ObjectIdentifier;
use zeroize::Zeroizing;

use crate::crypto::aws_lc::{aes, random};
use crate::error::{Excerpt, KeyError};
use crate::secret::Secret;

/// The most iterations of PBKDF2, for all blocks of the derived key together: with the slowest
/// hash about two seconds.
const MAX_ITERATIONS: u64 = 3_000_000;
/// The most that N·r·p of scrypt may be: 128 MiB, about a second.
const MAX_SCRYPT: u64 = 1 << 20;
/// What OWASP recommends for PBKDF2 with HMAC-SHA-256, and every tool reads.
const ITERATIONS: NonZeroU32 = NonZeroU32::new(600_000).unwrap();
/// What AES-256 takes, which this engine encrypts with.
pub(super) const OWN_KEY_BYTES: usize = 32;
/// RFC 8018 §4.1 asks for 8 bytes of salt at least; nobody needs more than a hash has.
const SALT_BYTES: std::ops::RangeInclusive<usize> = 8..=64;

const PBES2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.13");
const PBKDF2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.12");
const SCRYPT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11591.4.11");
const HMAC_SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.7");
const HMAC_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.9");
const HMAC_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.10");
const HMAC_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.11");
const AES_128_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.2");
const AES_192_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.22");
const AES_256_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.42");

/// What the parameters of an encryption say.
pub(super) struct Pbes2<'d> {
    derivation: Derivation<'d>,
    /// The derivation as it is written in the file.
    named: Vec<u8>,
    key_bytes: usize,
    iv: [u8; aes::BLOCK],
}

enum Derivation<'d> {
    Pbkdf2 { function: pbkdf2::Algorithm, salt: &'d [u8], iterations: NonZeroU32 },
    Scrypt { salt: &'d [u8], parameters: scrypt::Params },
}

impl<'d> Pbes2<'d> {
    /// Reads the parameters, and refuses what is not supported or costs too much.
    pub(super) fn read(scheme: &AlgorithmIdentifierRef<'d>) -> Result<Self, KeyError> {
        if scheme.oid != PBES2 {
            return Err(unsupported(scheme.oid));
        }
        let mut reader = fields(scheme.parameters)?;
        let derivation = identifier(&mut reader)?;
        let cipher = identifier(&mut reader)?;
        end(reader)?;

        let key_bytes = match cipher.oid {
            AES_128_CBC => 16,
            AES_192_CBC => 24,
            AES_256_CBC => 32,
            other => return Err(unsupported(other)),
        };
        let iv = cipher.parameters.ok_or(FORMAT)?.decode_as::<&OctetStringRef>();
        let iv = iv.ok().and_then(|iv| iv.as_bytes().try_into().ok()).ok_or(FORMAT)?;
        let named = derivation.to_der().map_err(|_| FORMAT)?;
        let derivation = Derivation::read(&derivation, key_bytes)?;
        Ok(Self { derivation, named, key_bytes, iv })
    }

    /// Returns what tells one derivation from another: its `AlgorithmIdentifier`.
    pub(super) fn derivation(&self) -> &[u8] {
        &self.named
    }

    /// Returns how many bytes the key has that is derived.
    pub(super) const fn key_bytes(&self) -> usize {
        self.key_bytes
    }

    /// Returns the salt, if the derivation is the one that this engine writes.
    pub(super) fn own_salt(&self) -> Option<[u8; 16]> {
        let Derivation::Pbkdf2 { salt, .. } = self.derivation else { return None };
        let salt = salt.try_into().ok()?;
        (own_derivation(&salt).ok()? == self.named && self.key_bytes == OWN_KEY_BYTES)
            .then_some(salt)
    }

    /// Derives the key, which may be shorter than the array: the rest of it is zeros.
    pub(super) fn derive(&self, password: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
        let mut key = Zeroizing::new([0; 32]);
        self.derivation.derive(password, key.get_mut(..self.key_bytes)?)?;
        Some(key)
    }

    /// Decrypts. `None` says that the password is wrong, or the file damaged: no more can be told.
    pub(super) fn decrypt(&self, key: &[u8; 32], data: &[u8]) -> Option<Secret> {
        aes::decrypt_padded(key.get(..self.key_bytes)?, self.iv, data)
    }
}

impl<'d> Derivation<'d> {
    fn read(named: &AlgorithmIdentifierRef<'d>, key_bytes: usize) -> Result<Self, KeyError> {
        let mut reader = fields(named.parameters)?;
        let derivation = match named.oid {
            PBKDF2 => Self::pbkdf2(&mut reader, key_bytes)?,
            SCRYPT => Self::scrypt(&mut reader, key_bytes)?,
            other => return Err(unsupported(other)),
        };
        end(reader)?;
        Ok(derivation)
    }

    /// Reads `PBKDF2-params` (RFC 8018 §A.2).
    fn pbkdf2(reader: &mut SliceReader<'d>, key_bytes: usize) -> Result<Self, KeyError> {
        let salt = salt(reader)?;
        let iterations = u64::decode(reader).map_err(|_| COUNT)?;
        key_length(reader, key_bytes)?;
        let (function, hash_bytes) = match Option::<AlgorithmIdentifierRef<'d>>::decode(reader) {
            Ok(None) => (pbkdf2::PBKDF2_HMAC_SHA1, 20),
            Ok(Some(named)) => function(&named)?,
            Err(_) => return Err(FORMAT),
        };
        // RFC 8018 §5.2: each block of the key costs as much as the first.
        let blocks = u64::try_from(key_bytes.div_ceil(hash_bytes)).unwrap_or(u64::MAX);
        let limit = MAX_ITERATIONS.div_euclid(blocks.max(1));
        let expensive =
            KeyError::EncryptionCost { parameter: "PBKDF2 iterations", found: iterations, limit };
        if iterations > limit {
            return Err(expensive);
        }
        let iterations = u32::try_from(iterations).map_err(|_| expensive)?;
        let iterations = NonZeroU32::new(iterations).ok_or(COUNT)?;
        Ok(Self::Pbkdf2 { function, salt, iterations })
    }

    /// Reads `scrypt-params` (RFC 7914 §7.1).
    fn scrypt(reader: &mut SliceReader<'d>, key_bytes: usize) -> Result<Self, KeyError> {
        let salt = salt(reader)?;
        let [n, r, p] = [(); 3].map(|()| u64::decode(reader).map_err(|_| COUNT));
        let (n, r, p) = (n?, r?, p?);
        key_length(reader, key_bytes)?;
        let found = n.saturating_mul(r).saturating_mul(p);
        if found > MAX_SCRYPT {
            let parameter = "scrypt N·r·p";
            return Err(KeyError::EncryptionCost { parameter, found, limit: MAX_SCRYPT });
        }
        // RFC 7914 §2: N is larger than one and a power of two.
        if n < 2 || !n.is_power_of_two() || r == 0 || p == 0 {
            return Err(COUNT);
        }
        let log_n = u8::try_from(n.trailing_zeros()).map_err(|_| COUNT)?;
        let (r, p) = (u32::try_from(r).map_err(|_| COUNT)?, u32::try_from(p).map_err(|_| COUNT)?);
        let parameters = scrypt::Params::new(log_n, r, p).map_err(|_| COUNT)?;
        Ok(Self::Scrypt { salt, parameters })
    }

    fn derive(&self, password: &[u8], key: &mut [u8]) -> Option<()> {
        match self {
            Self::Pbkdf2 { function, salt, iterations } => {
                pbkdf2::derive(*function, *iterations, salt, password, key);
                Some(())
            }
            Self::Scrypt { salt, parameters } => {
                scrypt::scrypt(password, salt, parameters, key).ok()
            }
        }
    }
}

/// Encrypts under a password: PBKDF2 with HMAC-SHA-256, and AES-256-CBC. Returns the
/// `AlgorithmIdentifier` in DER, and the ciphertext.
pub(super) fn encrypt(password: &[u8], plain: &Secret) -> Result<(Vec<u8>, Vec<u8>), KeyError> {
    let mut salt = [0; 16];
    random(&mut salt)?;
    encrypt_under(&derive_own(password, &salt), &salt, plain)
}

/// Derives a key as this engine does for what it writes.
pub(super) fn derive_own(password: &[u8], salt: &[u8; 16]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ITERATIONS, salt, password, &mut *key);
    key
}

/// Encrypts under the key that [`derive_own`] made with this salt, and a new initialization vector.
pub(super) fn encrypt_under(
    key: &[u8; 32],
    salt: &[u8; 16],
    plain: &Secret,
) -> Result<(Vec<u8>, Vec<u8>), KeyError> {
    let rejected =
        KeyError::Rejected { key_type: "PKCS#8", reason: "AES-256-CBC is not available" };
    let (iv, data) = aes::encrypt_padded(key, plain).ok_or(rejected)?;
    let scheme = own_derivation(salt).and_then(|named| write(&named, &iv).map_err(|_| FORMAT));
    Ok((scheme?, data))
}

/// Writes the `AlgorithmIdentifier` of the derivation that this engine uses.
pub(super) fn own_derivation(salt: &[u8; 16]) -> Result<Vec<u8>, KeyError> {
    write_derivation(salt).map_err(|_| FORMAT)
}

fn write_derivation(salt: &[u8; 16]) -> der::Result<Vec<u8>> {
    let function = AlgorithmIdentifierRef { oid: HMAC_SHA256, parameters: Some(AnyRef::NULL) };
    let mut parameters = OctetStringRef::new(salt)?.to_der()?;
    parameters.extend(ITERATIONS.get().to_der()?);
    parameters.extend(function.to_der()?);
    let parameters = Some(AnyRef::new(Tag::Sequence, &parameters)?);
    AlgorithmIdentifierRef { oid: PBKDF2, parameters }.to_der()
}

fn write(derivation: &[u8], iv: &[u8]) -> der::Result<Vec<u8>> {
    let cipher = AlgorithmIdentifierRef {
        oid: AES_256_CBC,
        parameters: Some(AnyRef::from(OctetStringRef::new(iv)?)),
    };
    let mut parameters = derivation.to_vec();
    parameters.extend(cipher.to_der()?);
    let parameters = AnyRef::new(Tag::Sequence, &parameters)?;
    AlgorithmIdentifierRef { oid: PBES2, parameters: Some(parameters) }.to_der()
}

/// The pseudorandom function of PBKDF2, and how many bytes it gives.
fn function(named: &AlgorithmIdentifierRef<'_>) -> Result<(pbkdf2::Algorithm, usize), KeyError> {
    if named.parameters.is_some_and(|parameters| parameters.decode_as::<Null>().is_err()) {
        return Err(FORMAT);
    }
    match named.oid {
        HMAC_SHA1 => Ok((pbkdf2::PBKDF2_HMAC_SHA1, 20)),
        HMAC_SHA256 => Ok((pbkdf2::PBKDF2_HMAC_SHA256, 32)),
        HMAC_SHA384 => Ok((pbkdf2::PBKDF2_HMAC_SHA384, 48)),
        HMAC_SHA512 => Ok((pbkdf2::PBKDF2_HMAC_SHA512, 64)),
        other => Err(unsupported(other)),
    }
}

fn salt<'d>(reader: &mut SliceReader<'d>) -> Result<&'d [u8], KeyError> {
    let salt = <&OctetStringRef>::decode(reader).map_err(|_| FORMAT)?.as_bytes();
    if SALT_BYTES.contains(&salt.len()) { Ok(salt) } else { Err(FORMAT) }
}

/// Reads the length of the key, which may be left out: the cipher decides it.
fn key_length(reader: &mut SliceReader<'_>, key_bytes: usize) -> Result<(), KeyError> {
    match Option::<u16>::decode(reader) {
        Ok(length) if length.is_none_or(|length| usize::from(length) == key_bytes) => Ok(()),
        Ok(_) | Err(_) => Err(FORMAT),
    }
}

fn fields(parameters: Option<AnyRef<'_>>) -> Result<SliceReader<'_>, KeyError> {
    let sequence = parameters.ok_or(FORMAT)?.decode_as::<&SequenceRef>().map_err(|_| FORMAT)?;
    SliceReader::new(sequence.as_bytes()).map_err(|_| FORMAT)
}

fn identifier<'d>(reader: &mut SliceReader<'d>) -> Result<AlgorithmIdentifierRef<'d>, KeyError> {
    AlgorithmIdentifierRef::decode(reader).map_err(|_| FORMAT)
}

fn end(reader: SliceReader<'_>) -> Result<(), KeyError> {
    reader.finish().map_err(|_| FORMAT)
}

/// "That algorithm is not among those that are read here", by its name if it has one.
fn unsupported(identifier: ObjectIdentifier) -> KeyError {
    let text = identifier.to_string();
    let name = match text.as_str() {
        "1.2.840.113549.3.7" => "3DES (des-ede3-cbc)",
        "1.2.840.113549.3.2" => "RC2",
        "1.3.14.3.2.7" => "DES",
        "2.16.840.1.101.3.4.1.6" | "2.16.840.1.101.3.4.1.26" | "2.16.840.1.101.3.4.1.46" => {
            "AES in GCM mode"
        }
        "1.2.840.113549.2.8" => "PBKDF2 with HMAC-SHA-224",
        other if other.starts_with("1.2.840.113549.1.12.1.") => "PBES1 of PKCS#12",
        other if other.starts_with("1.2.840.113549.1.5.") => "PBES1",
        other => other,
    };
    KeyError::EncryptionScheme { found: Excerpt::new(name) }
}

const FORMAT: KeyError = KeyError::Format { expected: super::encrypted::EXPECTED };
const COUNT: KeyError =
    KeyError::Format { expected: "an encrypted key whose derivation has possible parameters" };
