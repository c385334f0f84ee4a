//! Private keys of OpenSSH (`openssh-key-v1`, the file `PROTOCOL.key` of its sources), under a
//! password or not.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use zeroize::Zeroizing;

use super::ec::EcKey;
use super::material::Material;
use super::okp::OkpKey;
use super::rsa::RsaKey;
use super::ssh::{self, Fields};
use super::{pem, remainder};
use crate::crypto::aws_lc::aes;
use crate::error::{Excerpt, KeyError};
use crate::jwa::Curve;
use crate::secret::Secret;

const FORMAT: KeyError =
    KeyError::Format { expected: "a private key of OpenSSH (`BEGIN OPENSSH PRIVATE KEY`)" };

/// The most rounds of the derivation, about three seconds. `ssh-keygen` writes 16 or 24, and
/// `ssh-keygen -a 100` is what many were told to type.
const MAX_ROUNDS: u32 = 100;

/// Whether a document is a private key of OpenSSH.
pub(super) fn looks_like(document: &[u8]) -> bool {
    memchr::memmem::find(document, b"-----BEGIN OPENSSH PRIVATE KEY-----").is_some()
}

/// Reads the one key in a document.
pub(super) fn read(document: &[u8], password: Option<&[u8]>) -> Result<Material, KeyError> {
    let opened = pem::open(document, |label| match label {
        "OPENSSH PRIVATE KEY" => Ok(()),
        _ => Err(FORMAT),
    });
    let ((), bytes) = opened?;
    let file = File::read(&bytes)?;
    // What has no place here is refused before a password is asked for.
    let public = ssh::read_blob(file.public)?;
    match (&file.encryption, password) {
        (None, None) => private(file.private, 8, &public),
        (None, Some(_)) => Err(KeyError::NotEncrypted),
        (Some(_), None) => Err(KeyError::OpenSshEncrypted),
        (Some(encryption), Some(password)) => {
            let plain = encryption.decrypt(password, &file).ok_or(KeyError::PasswordWrong)?;
            // Type and size were seen in the public part; what is still wrong here is the password,
            // or damage, and saying more would tell of the key.
            private(plain.expose(), aes::BLOCK, &public).map_err(|_| KeyError::PasswordWrong)
        }
    }
}

/// A file, taken apart.
struct File<'d> {
    encryption: Option<Encryption<'d>>,
    public: &'d [u8],
    private: &'d [u8],
    /// The tag of GCM, which stands behind everything.
    tag: &'d [u8],
}

/// How the private part is encrypted.
struct Encryption<'d> {
    cipher: Cipher,
    salt: &'d [u8],
    rounds: u32,
}

#[derive(Clone, Copy)]
struct Cipher {
    mode: Mode,
    key_bytes: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Cbc,
    Ctr,
    Gcm,
}

impl<'d> File<'d> {
    fn read(bytes: &'d [u8]) -> Result<Self, KeyError> {
        let mut fields = Fields(bytes.strip_prefix(b"openssh-key-v1\0").ok_or(FORMAT)?);
        let mut string = || fields.string().map_err(|_| FORMAT);
        let (cipher, derivation, options) = (string()?, string()?, string()?);
        if fields.count()? != 1 {
            return Err(KeyError::Format { expected: "a file with one private key of OpenSSH" });
        }
        let mut string = || fields.string().map_err(|_| FORMAT);
        let (public, private) = (string()?, string()?);
        let tag = fields.0;
        let encryption = Encryption::read(cipher, derivation, options)?;
        let tag_bytes = match &encryption {
            Some(encryption) if encryption.cipher.mode == Mode::Gcm => 16,
            Some(_) | None => 0,
        };
        let block = if encryption.is_some() { aes::BLOCK } else { 8 };
        if tag.len() != tag_bytes || private.is_empty() || !private.len().is_multiple_of(block) {
            return Err(FORMAT);
        }
        Ok(Self { encryption, public, private, tag })
    }
}

impl<'d> Encryption<'d> {
    /// Reads how a file is encrypted; `None` if it is not.
    fn read(cipher: &[u8], derivation: &[u8], options: &'d [u8]) -> Result<Option<Self>, KeyError> {
        match (cipher, derivation) {
            (b"none", b"none") if options.is_empty() => return Ok(None),
            (b"none", _) | (_, b"none") => return Err(FORMAT),
            (_, b"bcrypt") => {}
            (_, other) => return Err(unsupported(other)),
        }
        let cipher = Cipher::named(cipher)?;
        let mut fields = Fields(options);
        let salt = fields.string().map_err(|_| FORMAT)?;
        let rounds = fields.count()?;
        if !fields.0.is_empty() || !(1..=64).contains(&salt.len()) || rounds == 0 {
            return Err(FORMAT);
        }
        if rounds > MAX_ROUNDS {
            return Err(KeyError::EncryptionCost {
                parameter: "bcrypt rounds",
                found: rounds.into(),
                limit: MAX_ROUNDS.into(),
            });
        }
        Ok(Some(Self { cipher, salt, rounds }))
    }

    /// Decrypts the private part. `None` says that the password is wrong, or the file damaged.
    fn decrypt(&self, password: &[u8], file: &File<'_>) -> Option<Secret> {
        let Cipher { mode, key_bytes } = self.cipher;
        let iv_bytes = if mode == Mode::Gcm { 12 } else { aes::BLOCK };
        let mut derived = Zeroizing::new(vec![0; key_bytes.checked_add(iv_bytes)?]);
        bcrypt_pbkdf::bcrypt_pbkdf(password, self.salt, self.rounds, &mut derived).ok()?;
        let (key, iv) = derived.split_at_checked(key_bytes)?;
        match mode {
            Mode::Cbc => aes::decrypt_cbc(key, iv, file.private),
            Mode::Ctr => aes::decrypt_ctr(key, iv, file.private),
            Mode::Gcm => aes::decrypt_gcm(key, iv, &[file.private, file.tag].concat()),
        }
    }
}

impl Cipher {
    fn named(name: &[u8]) -> Result<Self, KeyError> {
        let (mode, key_bytes) = match name {
            b"aes128-cbc" => (Mode::Cbc, 16),
            b"aes192-cbc" => (Mode::Cbc, 24),
            b"aes256-cbc" | b"rijndael-cbc@lysator.liu.se" => (Mode::Cbc, 32),
            b"aes128-ctr" => (Mode::Ctr, 16),
            b"aes192-ctr" => (Mode::Ctr, 24),
            b"aes256-ctr" => (Mode::Ctr, 32),
            b"aes128-gcm@openssh.com" => (Mode::Gcm, 16),
            b"aes256-gcm@openssh.com" => (Mode::Gcm, 32),
            other => return Err(unsupported(other)),
        };
        Ok(Self { mode, key_bytes })
    }
}

impl<'b> Fields<'b> {
    fn take<const N: usize>(&mut self) -> Result<&'b [u8; N], KeyError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(FORMAT)?;
        self.0 = rest;
        Ok(taken)
    }

    /// Reads a `uint32` (RFC 4251 §5).
    fn count(&mut self) -> Result<u32, KeyError> {
        self.take().copied().map(u32::from_be_bytes)
    }
}

/// Reads the private part, which is padded with 1, 2, 3 … to a whole block.
fn private(plain: &[u8], block: usize, public: &Material) -> Result<Material, KeyError> {
    let mut fields = Fields(plain);
    let (first, second) = (fields.take::<4>()?, fields.take::<4>()?);
    if verify_slices_are_equal(first, second).is_err() {
        return Err(FORMAT);
    }
    let key = key(&mut fields)?;
    let _comment = fields.string().map_err(|_| FORMAT)?;
    let padding = fields.0;
    if padding.len() >= block || !(1_u8..).zip(padding).all(|(expected, byte)| expected == *byte) {
        return Err(FORMAT);
    }
    if key.public().as_ref() != Some(public) {
        return Err(KeyError::HalvesMismatch { key_type: key.key_type().name() });
    }
    Ok(key)
}

fn key(fields: &mut Fields<'_>) -> Result<Material, KeyError> {
    match fields.string()? {
        b"ssh-rsa" => rsa(fields).map(Material::Rsa),
        b"ssh-ed25519" => {
            let (public, both) = (fields.string()?, fields.string()?);
            let (seed, second) = both.split_at_checked(32).ok_or(FORMAT)?;
            if second != public {
                return Err(KeyError::HalvesMismatch { key_type: "OKP" });
            }
            OkpKey::from_seed(seed, Some(public)).map(Material::Okp)
        }
        b"ecdsa-sha2-nistp256" => ec(fields, b"nistp256", Curve::P256),
        b"ecdsa-sha2-nistp384" => ec(fields, b"nistp384", Curve::P384),
        b"ecdsa-sha2-nistp521" => ec(fields, b"nistp521", Curve::P521),
        // The public part was of a type that is known.
        _ => Err(FORMAT),
    }
}

fn ec(fields: &mut Fields<'_>, name: &[u8], curve: Curve) -> Result<Material, KeyError> {
    if fields.string()? != name {
        return Err(FORMAT);
    }
    let (point, scalar) = (fields.string()?, fields.number()?);
    let missing = curve.coordinate_bytes().checked_sub(scalar.len()).ok_or(FORMAT)?;
    let mut padded = Zeroizing::new(vec![0; missing]);
    padded.reserve_exact(scalar.len());
    padded.extend_from_slice(scalar);
    EcKey::from_scalar(curve, &padded, point).map(Material::Ec)
}

/// Reads n, e, d, iqmp, p, q, and computes the two numbers that PKCS#1 has besides.
fn rsa(fields: &mut Fields<'_>) -> Result<RsaKey, KeyError> {
    let mut number = || fields.number();
    let (modulus, exponent) = (number()?, number()?);
    let (d, qi, p, q) = (number()?, number()?, number()?, number()?);
    let key = RsaKey::new(modulus, exponent)?;
    if [d, qi, p, q].iter().any(|number| number.len() > modulus.len()) {
        return Err(FORMAT);
    }
    let dp = remainder::by_predecessor(d, p).ok_or(FORMAT)?;
    let dq = remainder::by_predecessor(d, q).ok_or(FORMAT)?;
    key.with_private([d, p, q, dp.expose(), dq.expose(), qi])
}

/// "That algorithm is not among those that are read here."
fn unsupported(name: &[u8]) -> KeyError {
    KeyError::EncryptionScheme { found: Excerpt::new(&String::from_utf8_lossy(name)) }
}
