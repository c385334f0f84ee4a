//! A ring that was read: its record, and the keys that do something.

use jotem::jwa::Algorithm;
use jotem::jwk::Password;
use jotem::{Jwk, NumericDate, SigningKey, VerifyingKey};
use serde_json::value::RawValue;

use super::document;
use super::error::RingError;
use super::record::{Entry, Record};
use super::state::KeyState;
use super::store::StoredRing;

/// A state of a ring.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) stored: StoredRing,
    pub(super) record: Record,
    /// The public half of each entry, in their order.
    keys: Vec<VerifyingKey>,
    /// The key that signs, where the ring was opened with its password.
    pub(super) active: Option<SigningKey>,
}

impl Snapshot {
    /// Makes the keys of a ring. Each must be the one that its name says, and its halves belong
    /// together; with a password every private half is opened, so that what cannot be used is found
    /// now and not when it has to sign.
    pub(super) fn open(
        stored: StoredRing,
        mut password: Option<&mut Password>,
    ) -> Result<Self, RingError> {
        let record = document::read(stored.text())?;
        let mut keys = Vec::with_capacity(record.entries.len());
        let mut active = None;
        for entry in &record.entries {
            keys.push(public(entry, record.algorithm)?);
            if let (Some(password), Some(pem)) = (password.as_deref_mut(), &entry.private) {
                let key = private(entry, pem, record.algorithm, password)?;
                if entry.is_active() {
                    active = Some(key);
                }
            }
        }
        Ok(Self { stored, record, keys, active })
    }

    /// Returns the keys that verify at a moment.
    pub(super) fn verifying(&self, now: NumericDate) -> impl Iterator<Item = &VerifyingKey> {
        let entries = self.record.entries.iter().zip(&self.keys);
        entries.filter(move |(entry, _)| entry.state(now) != KeyState::Removed).map(|(_, key)| key)
    }
}

/// Makes a new pair of keys, to be announced.
pub(super) fn generate(
    algorithm: Algorithm,
    rsa_bits: Option<usize>,
    now: NumericDate,
    password: &mut Password,
) -> Result<Entry, RingError> {
    let key = match rsa_bits {
        Some(bits) => SigningKey::generate_rsa(algorithm, bits)?,
        None => SigningKey::generate(algorithm)?,
    };
    let key = key.with_thumbprint_key_id();
    let public = key.verifying_key().to_jwk()?.to_json()?;
    let unwritable = |_| RingError::damaged("a new key cannot be written as JSON");
    Ok(Entry {
        key_id: key.key_id().unwrap_or_default().to_owned(),
        announced_at: now.floor(),
        activated_at: None,
        retired_at: None,
        removed_at: None,
        public: RawValue::from_string(public).map_err(unwritable)?,
        private: Some(password.close(&key.to_jwk()?)?),
    })
}

fn public(entry: &Entry, algorithm: Algorithm) -> Result<VerifyingKey, RingError> {
    let jwk = Jwk::from_json(entry.public.get())?;
    if jwk.thumbprint() != entry.key_id {
        return Err(RingError::damaged("a public key is not the one that its name says"));
    }
    Ok(VerifyingKey::from_jwk(&jwk, algorithm)?.with_thumbprint_key_id())
}

fn private(
    entry: &Entry,
    pem: &str,
    algorithm: Algorithm,
    password: &mut Password,
) -> Result<SigningKey, RingError> {
    let key = SigningKey::from_jwk(&password.open(pem)?, algorithm)?.with_thumbprint_key_id();
    if key.key_id() != Some(entry.key_id.as_str()) {
        return Err(RingError::damaged("a private key is not the one that its name says"));
    }
    Ok(key)
}
