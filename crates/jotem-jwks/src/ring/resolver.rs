//! A ring as the keys of a verifier.

use jotem::error::Excerpt;
use jotem::jwa::Algorithm;
use jotem::jws::{KeyRequest, KeyResolver, Keys};
use jotem::{NumericDate, VerifyingKey};

use super::key_ring::KeyRing;

impl KeyResolver for KeyRing {
    /// Returns the keys that are not removed at this moment.
    fn resolve(&self, request: &KeyRequest<'_>) -> Result<Vec<VerifyingKey>, Excerpt> {
        let (snapshot, now) = self.current();
        let wanted = |key: &&VerifyingKey| {
            request.untrusted_key_id().is_none_or(|id| key.key_id() == Some(id))
        };
        Ok(snapshot.verifying(now).filter(wanted).cloned().collect())
    }

    fn algorithms(&self) -> Option<Vec<Algorithm>> {
        // An Ed25519 key verifies under two names (RFC 9864).
        let own = self.algorithm();
        Some(Algorithm::ALL.into_iter().filter(|name| own.verifies(*name)).collect())
    }
}

impl From<&KeyRing> for Keys {
    /// The keys of a ring as they are at each verification.
    fn from(ring: &KeyRing) -> Self {
        Self::resolver(ring.clone())
    }
}

impl From<KeyRing> for Keys {
    /// The keys of a ring as they are at each verification.
    fn from(ring: KeyRing) -> Self {
        Self::resolver(ring)
    }
}

impl KeyRing {
    /// Returns the keys that verify now, each under its name: those that are announced, active or
    /// retiring.
    #[must_use]
    pub fn verifying_keys(&self) -> Vec<VerifyingKey> {
        let (snapshot, now) = self.current();
        snapshot.verifying(now).cloned().collect()
    }

    pub(super) fn now(&self) -> NumericDate {
        self.clock().now()
    }
}
