//! A view as bytes: for verifiers that start, and for those that have no store.
//!
//! | bytes | what |
//! |--:|---|
//! | 8 | `jotemrev` |
//! | 2 | the version: 1 |
//! | 8 | the key: derived beside it, so that another one is told from a change |
//! | 8 | up to when everything is known: milliseconds since 1970; 0 if nothing was heard |
//! | 4 | until when something that was left out matters: seconds since 1970; 0 if nothing was |
//! | 8 | how many names of tokens, sessions, clients and keys follow |
//! | 8 | how many subjects follow them |
//! | 12 each | a fingerprint (8), until when it matters in seconds since 1970 (4) |
//! | 16 each | a subject: the same, and the epoch (4) |
//! | 32 | HMAC-SHA256 of all of this |
//!
//! Numbers are big-endian.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jotem::Secret;
use sha2::Sha256;

use super::table::Entry;
use super::{Fingerprint, RevocationError};
use crate::refresh_token::RefreshTokenError;
use crate::secrets;

/// The key under which snapshots are made and read, derived from the master secret (HKDF-SHA256,
/// RFC 5869).
///
/// # Examples
/// See [`RevocationView::snapshot`](super::RevocationView::snapshot).
#[derive(Clone)]
pub struct SnapshotKey {
    mac: Hmac<Sha256>,
    /// Says which key it is, and nothing about it.
    number: [u8; 8],
}

/// What a snapshot says.
pub(super) struct Content {
    pub(super) as_of_ms: u64,
    pub(super) lost_until_s: u32,
    pub(super) ids: Vec<Entry>,
    pub(super) subjects: Vec<Entry>,
}

impl SnapshotKey {
    /// Derives the key.
    ///
    /// # Errors
    /// [`RefreshTokenError::MasterTooShort`].
    pub fn derive(master: &Secret) -> Result<Self, RefreshTokenError> {
        let key = secrets::derive::<32>(master, b"jotem revocation snapshot MAC 1")?;
        let number = *secrets::derive::<8>(master, b"jotem revocation snapshot key number 1")?;
        let mac = Hmac::new_from_slice(&*key)
            .map_err(|_| RefreshTokenError::MasterTooShort { bytes: master.len() })?;
        Ok(Self { mac, number })
    }

    fn mac(&self, bytes: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(bytes);
        mac
    }
}

impl std::fmt::Debug for SnapshotKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SnapshotKey")
    }
}

impl Content {
    pub(super) fn write(&self, key: &SnapshotKey) -> Vec<u8> {
        let mut bytes = Vec::from(MAGIC);
        bytes.extend(VERSION.to_be_bytes());
        bytes.extend(key.number);
        bytes.extend(self.as_of_ms.to_be_bytes());
        bytes.extend(self.lost_until_s.to_be_bytes());
        for entries in [&self.ids, &self.subjects] {
            bytes.extend(u64::try_from(entries.len()).unwrap_or(u64::MAX).to_be_bytes());
        }
        for Entry { what, until_s, .. } in &self.ids {
            bytes.extend(what.as_u64().to_be_bytes());
            bytes.extend(until_s.to_be_bytes());
        }
        for Entry { what, until_s, epoch } in &self.subjects {
            bytes.extend(what.as_u64().to_be_bytes());
            bytes.extend(until_s.to_be_bytes());
            bytes.extend(epoch.to_be_bytes());
        }
        let mac = key.mac(&bytes).finalize().into_bytes();
        bytes.extend(mac);
        bytes
    }

    pub(super) fn read(bytes: &[u8], key: &SnapshotKey) -> Result<Self, RevocationError> {
        let shape = RevocationError::SnapshotShape { bytes: bytes.len() };
        let rest = bytes.strip_prefix(MAGIC).ok_or(shape)?;
        let (version, rest) = rest.split_first_chunk().ok_or(shape)?;
        let found = u16::from_be_bytes(*version);
        if found != VERSION {
            return Err(RevocationError::SnapshotVersion { found });
        }
        let (number, rest) = rest.split_first_chunk().ok_or(shape)?;
        if key.number != *number {
            return Err(RevocationError::SnapshotKey);
        }
        let (as_of_ms, rest) = rest.split_first_chunk().ok_or(shape)?;
        let (lost_until_s, rest) = rest.split_first_chunk().ok_or(shape)?;
        let (ids, rest) = rest.split_first_chunk().ok_or(shape)?;
        let (subjects, rest) = rest.split_first_chunk().ok_or(shape)?;
        let [ids, subjects] = [ids, subjects].map(|count| u64::from_be_bytes(*count));
        let entries = ids.saturating_mul(ID).saturating_add(subjects.saturating_mul(SUBJECT));
        let expected = entries.saturating_add(AROUND);
        if u64::try_from(bytes.len()) != Ok(expected) {
            return Err(RevocationError::SnapshotLength { bytes: bytes.len(), expected });
        }
        let (body, mac) = bytes.split_last_chunk::<MAC>().ok_or(shape)?;
        key.mac(body).verify_slice(mac).map_err(|_| RevocationError::SnapshotChanged)?;
        let ids_end = usize::try_from(ids.saturating_mul(ID)).map_err(|_| shape)?;
        let (ids, rest) = rest.split_at_checked(ids_end).ok_or(shape)?;
        let (subjects, _) = rest.split_last_chunk::<MAC>().ok_or(shape)?;
        Ok(Self {
            as_of_ms: u64::from_be_bytes(*as_of_ms),
            lost_until_s: u32::from_be_bytes(*lost_until_s),
            ids: ids.as_chunks::<12>().0.iter().filter_map(|entry| entry_of(entry)).collect(),
            subjects: subjects
                .as_chunks::<16>()
                .0
                .iter()
                .filter_map(|entry| entry_of(entry))
                .collect(),
        })
    }
}

fn entry_of(bytes: &[u8]) -> Option<Entry> {
    let (what, rest) = bytes.split_first_chunk()?;
    let (until_s, rest) = rest.split_first_chunk()?;
    let epoch = rest.first_chunk().map_or(0, |epoch| u32::from_be_bytes(*epoch));
    let what = Fingerprint::from_u64(u64::from_be_bytes(*what));
    Some(Entry { what, until_s: u32::from_be_bytes(*until_s), epoch })
}

const MAGIC: &[u8; 8] = b"jotemrev";
const VERSION: u16 = 1;

/// Bytes of an entry.
const ID: u64 = 12;
const SUBJECT: u64 = 16;

/// Bytes before the entries and after them.
const AROUND: u64 = 8 + 2 + 8 + 8 + 4 + 8 + 8 + 32;
const MAC: usize = 32;
