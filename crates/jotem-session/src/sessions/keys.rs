//! With what access tokens are signed, and verified.

use std::time::Duration;

use jotem::jwt::{IssuerBuilder, VerifierBuilder};
use jotem::{Claims, Issuer, SigningKey, Verifier};
use jotem_jwks::ring::{KeyRing, RingIssuer};
use serde::Serialize;

use super::SessionError;

/// Where the keys of access tokens come from.
#[derive(Debug, Clone)]
pub(super) enum KeySource {
    /// A ring that somebody opened.
    Ring(KeyRing),
    /// One key, for ever.
    One(SigningKey),
}

/// Signs access tokens.
#[derive(Debug)]
pub(super) enum Signer {
    Ring(RingIssuer),
    One(Issuer),
}

impl KeySource {
    /// Makes what signs.
    pub(super) fn signer(
        &self,
        settings: impl FnOnce(IssuerBuilder) -> IssuerBuilder,
    ) -> Result<Signer, SessionError> {
        Ok(match self {
            Self::Ring(ring) => Signer::Ring(ring.issuer(settings)?),
            Self::One(key) => Signer::One(settings(Issuer::builder(key.clone())).build()?),
        })
    }

    /// Returns how long tokens live at most, where a ring says so.
    pub(super) fn token_lifetime(&self) -> Option<Duration> {
        match self {
            Self::Ring(ring) => Some(ring.timers().token_lifetime()),
            Self::One(_) => None,
        }
    }

    /// Begins to make what verifies.
    pub(super) fn verifier(&self) -> VerifierBuilder {
        match self {
            Self::Ring(ring) => Verifier::builder(ring),
            Self::One(key) => Verifier::builder(key.verifying_key()),
        }
    }
}

impl Signer {
    /// Signs.
    pub(super) fn issue<T: Serialize>(&self, claims: &Claims<T>) -> Result<String, SessionError> {
        Ok(match self {
            Self::Ring(issuer) => issuer.issue(claims)?,
            Self::One(issuer) => issuer.issue(claims)?,
        })
    }

    /// Returns the ring, if there is one.
    pub(super) fn ring(&self) -> Option<&KeyRing> {
        match self {
            Self::Ring(issuer) => Some(issuer.ring()),
            Self::One(_) => None,
        }
    }
}
