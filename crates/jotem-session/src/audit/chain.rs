//! The chain: what each line says of the line before it, and of itself.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jotem::Secret;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::error::AuditError;
use crate::secrets;

/// The key of a chain, derived from the master secret (HKDF-SHA256, RFC 5869).
///
/// # Security
/// Whoever can read the master secret can write a chain that holds. A program that writes the log has
/// it in memory; whoever only gets hold of the files, or of a copy of them, has not.
///
/// # Examples
/// ```
/// use jotem::Secret;
/// use jotem_session::audit::ChainKey;
///
/// let key = ChainKey::derive(&Secret::from(vec![7; 32]))?;
/// assert_eq!(format!("{key:?}"), "ChainKey");
/// assert!(ChainKey::derive(&Secret::from(vec![7; 16])).is_err());
/// # Ok::<(), jotem_session::audit::AuditError>(())
/// ```
#[derive(Clone)]
pub struct ChainKey(Hmac<Sha256>);

impl ChainKey {
    /// Derives the key.
    ///
    /// # Errors
    /// [`AuditError::MasterTooShort`] for less than 32 bytes.
    pub fn derive(master: &Secret) -> Result<Self, AuditError> {
        let short = AuditError::MasterTooShort { bytes: master.len() };
        let Ok(key) = secrets::derive::<32>(master, b"jotem audit chain 1") else {
            return Err(short);
        };
        Hmac::new_from_slice(&*key).map(Self).map_err(|_| short)
    }
}

impl std::fmt::Debug for ChainKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ChainKey")
    }
}

/// The hash of a line, or its MAC under a key. The first line of a chain has random bytes in place
/// of that of the line before.
#[derive(Clone, Copy)]
pub(super) struct Seal([u8; 32]);

impl Seal {
    /// The length of [`Self::to_text`].
    pub(super) const CHARACTERS: usize = 43;

    /// Seals what a line has before its seal.
    pub(super) fn of(text: &[u8], key: Option<&ChainKey>) -> Self {
        match key {
            None => Self(Sha256::digest(text).into()),
            Some(ChainKey(key)) => {
                let mut mac = key.clone();
                mac.update(text);
                Self(mac.finalize().into_bytes().into())
            }
        }
    }

    /// Makes what the first line of a chain follows.
    pub(super) fn random() -> Result<Self, AuditError> {
        let mut bytes = [0; 32];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| AuditError::Random)?;
        Ok(Self(bytes))
    }

    pub(super) fn from_text(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let length = Base64UrlUnpadded::decode(text, &mut bytes).ok()?.len();
        (length == bytes.len()).then_some(Self(bytes))
    }

    pub(super) fn to_text(self) -> String {
        Base64UrlUnpadded::encode_string(&self.0)
    }
}

impl PartialEq for Seal {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Seal {}

impl std::fmt::Debug for Seal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.to_text())
    }
}

/// Where a chain is: its last line. It is no secret.
///
/// Kept where whoever can change the log cannot change it, it shows whether the end of the log was
/// cut off: see [`Verification::reaches`](super::Verification::reaches). As text it is the number of
/// the line, a colon, and the hash of the line.
///
/// # Examples
/// ```
/// use jotem_session::audit::Checkpoint;
///
/// let text = "17:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// let checkpoint: Checkpoint = text.parse()?;
/// assert_eq!((checkpoint.seq(), checkpoint.to_string().as_str()), (17, text));
/// assert!("17".parse::<Checkpoint>().is_err());
/// # Ok::<(), jotem_session::audit::AuditError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    pub(super) seq: u64,
    pub(super) seal: Seal,
}

impl Checkpoint {
    /// Returns the number of the line; the first is 1.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.seq
    }
}

impl std::fmt::Display for Checkpoint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.seq, self.seal.to_text())
    }
}

impl std::str::FromStr for Checkpoint {
    type Err = AuditError;

    fn from_str(text: &str) -> Result<Self, AuditError> {
        let (seq, seal) = text.split_once(':').ok_or(AuditError::CheckpointText)?;
        let is_number = seq.bytes().all(|byte| byte.is_ascii_digit());
        let seq = seq.parse().ok().filter(|_| is_number).ok_or(AuditError::CheckpointText)?;
        let seal = Seal::from_text(seal).ok_or(AuditError::CheckpointText)?;
        Ok(Self { seq, seal })
    }
}
