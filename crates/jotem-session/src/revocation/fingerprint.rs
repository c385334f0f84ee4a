//! Names as verifiers compare them: 64 bits under a key.

use std::hash::Hasher as _;

use jotem::Secret;
use siphasher::sip::SipHasher13;

use crate::refresh_token::{RefreshTokenError, SessionId};
use crate::secrets;

/// 64 bits that stand for one name of a token: for its `jti` or session, its subject, client or key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// Returns the number.
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0
    }

    /// Takes a number that travelled.
    #[must_use]
    pub const fn from_u64(number: u64) -> Self {
        // Zero is a place in a table where nothing is.
        Self(if number == 0 { 1 } else { number })
    }
}

/// Makes fingerprints (SipHash-1-3), under a key that is derived from the master secret. Who revokes
/// and who verifies must have the same.
///
/// # Examples
/// See [`RevocationView`](super::RevocationView).
#[derive(Clone)]
pub struct Fingerprints {
    hasher: SipHasher13,
}

impl Fingerprints {
    /// Derives the key.
    ///
    /// # Errors
    /// [`RefreshTokenError::MasterTooShort`].
    pub fn derive(master: &Secret) -> Result<Self, RefreshTokenError> {
        let key = secrets::derive::<16>(master, b"jotem revocation fingerprint 1")?;
        Ok(Self { hasher: SipHasher13::new_with_key(&key) })
    }

    /// Names a token by its `jti`.
    #[must_use]
    pub fn token(&self, id: &str) -> Fingerprint {
        self.of(1, id.as_bytes())
    }

    /// Names a session.
    #[must_use]
    pub fn session(&self, id: &SessionId) -> Fingerprint {
        self.of(2, id.as_bytes())
    }

    /// Names a client by its `client_id`.
    #[must_use]
    pub fn client(&self, id: &str) -> Fingerprint {
        self.of(3, id.as_bytes())
    }

    /// Names a key by its `kid`.
    #[must_use]
    pub fn key(&self, id: &str) -> Fingerprint {
        self.of(4, id.as_bytes())
    }

    /// Names a subject, in a tenant if there are tenants.
    #[must_use]
    pub fn subject(&self, tenant: Option<&str>, subject: &str) -> Fingerprint {
        let tenant = tenant.unwrap_or_default();
        let mut hasher = self.hasher;
        hasher.write_u8(5);
        // The length first: otherwise a tenant `a` with a subject `bc` were a tenant `ab` with `c`.
        hasher.write_usize(tenant.len());
        hasher.write(tenant.as_bytes());
        hasher.write(subject.as_bytes());
        Fingerprint::from_u64(hasher.finish())
    }

    fn of(&self, kind: u8, name: &[u8]) -> Fingerprint {
        let mut hasher = self.hasher;
        hasher.write_u8(kind);
        hasher.write(name);
        Fingerprint::from_u64(hasher.finish())
    }
}

impl std::fmt::Debug for Fingerprints {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Fingerprints")
    }
}
