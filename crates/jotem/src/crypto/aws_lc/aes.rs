//! AES as key files use it: CBC with padding (PKCS#8), CBC, CTR and GCM (OpenSSH).

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, DecryptingKey, DecryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// How many bytes a block has, and an initialization vector.
pub(crate) const BLOCK: usize = 16;

/// Decrypts CBC and takes the padding away (RFC 8018 §B.2.5). `None` says that the padding, or a
/// length, is wrong.
pub(crate) fn decrypt_padded(key: &[u8], iv: [u8; BLOCK], data: &[u8]) -> Option<Secret> {
    let mut buffer = Zeroizing::new(data.to_vec());
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(cipher(key)?).ok()?;
    let plain = key.decrypt(&mut buffer, DecryptionContext::Iv128(FixedLength::from(iv)));
    plain.ok().map(|plain| Secret::from(&*plain))
}

/// Pads and encrypts with CBC under a new initialization vector, and returns both.
pub(crate) fn encrypt_padded(key: &[u8], plain: &Secret) -> Option<([u8; BLOCK], Vec<u8>)> {
    // With room for the padding: growing would leave a copy of the plaintext behind.
    let mut buffer = Zeroizing::new(Vec::with_capacity(plain.len().checked_add(BLOCK)?));
    buffer.extend_from_slice(plain.expose());
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(cipher(key)?).ok()?;
    let context = key.encrypt(&mut *buffer).ok()?;
    let iv: &[u8] = (&context).try_into().ok()?;
    Some((iv.try_into().ok()?, buffer.to_vec()))
}

/// Decrypts CBC of whole blocks.
pub(crate) fn decrypt_cbc(key: &[u8], iv: &[u8], data: &[u8]) -> Option<Secret> {
    decrypt(&DecryptingKey::cbc(cipher(key)?).ok()?, iv, data)
}

/// Decrypts CTR.
pub(crate) fn decrypt_ctr(key: &[u8], iv: &[u8], data: &[u8]) -> Option<Secret> {
    decrypt(&DecryptingKey::ctr(cipher(key)?).ok()?, iv, data)
}

/// Decrypts GCM with its tag at the end of `data`; `None` says that the tag is wrong.
pub(crate) fn decrypt_gcm(key: &[u8], nonce: &[u8], data: &[u8]) -> Option<Secret> {
    let algorithm = if key.len() == 16 { &AES_128_GCM } else { &AES_256_GCM };
    let key = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut buffer = Zeroizing::new(data.to_vec());
    let plain = key.open_in_place(nonce, Aad::empty(), &mut buffer).ok()?;
    Some(Secret::from(&*plain))
}

fn decrypt(key: &DecryptingKey, iv: &[u8], data: &[u8]) -> Option<Secret> {
    let iv: [u8; BLOCK] = iv.try_into().ok()?;
    let mut buffer = Zeroizing::new(data.to_vec());
    key.decrypt(&mut buffer, DecryptionContext::Iv128(FixedLength::from(iv))).ok()?;
    Some(Secret::from(buffer.as_slice()))
}

fn cipher(key: &[u8]) -> Option<UnboundCipherKey> {
    let algorithm = match key.len() {
        16 => &AES_128,
        24 => &AES_192,
        32 => &AES_256,
        _ => return None,
    };
    UnboundCipherKey::new(algorithm, key).ok()
}
