//! Keys that are derived from the master secret (HKDF-SHA256, RFC 5869), one for each purpose.

use jotem::Secret;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::refresh_token::RefreshTokenError;

/// Derives the key of one purpose.
pub(crate) fn derive<const N: usize>(
    master: &Secret,
    purpose: &[u8],
) -> Result<Zeroizing<[u8; N]>, RefreshTokenError> {
    let short = RefreshTokenError::MasterTooShort { bytes: master.len() };
    if master.len() < 32 {
        return Err(short);
    }
    let mut key = Zeroizing::new([0; N]);
    let derivation = hkdf::Hkdf::<Sha256>::new(None, master.expose());
    derivation.expand(purpose, &mut *key).map_err(|_| short)?;
    Ok(key)
}
