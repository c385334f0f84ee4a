//! What signs: one key for good, or whichever key of a ring is active.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jotem::error::Misuse;
use jotem::jwk::Begun;
use jotem::jwt::IssuerBuilder;
use jotem::{Algorithm, Claims, Error, Issuer as EngineIssuer, Limits, NumericDate, SigningKey};
use jotem_jwks::ring::RingError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::key::Key;
use super::ring::KeyRing;
use super::{arguments, clock, errors};
use crate::compact;
use crate::raw::{Flat, Guarded, Holds, Out};

/// What an issuer was given to sign with.
pub(super) enum Source<'a, 'py> {
    Key(SigningKey),
    Ring(&'a Bound<'py, KeyRing>, SigningKey),
}

impl<'a, 'py> Source<'a, 'py> {
    pub(super) fn read(given: &'a Bound<'py, PyAny>) -> PyResult<Self> {
        let py = given.py();
        if let Ok(ring) = given.cast::<KeyRing>() {
            let active = ring.get().run(py, |ring| ring.signing_key())?;
            return Ok(Self::Ring(ring, active));
        }
        let wrong = |_| arguments::wrong_type("key", "jotem.Key or jotem.KeyRing", given);
        let key = given.cast::<Key>().map_err(wrong)?.get().signing();
        key.map(|key| Self::Key(key.clone())).map_err(|error| errors::raise(py, error))
    }

    pub(super) const fn key(&self) -> &SigningKey {
        let (Self::Key(key) | Self::Ring(_, key)) = self;
        key
    }

    /// Returns the clock of the issuer: its own, or the ring's.
    pub(super) fn clock(&self, own: Option<Bound<'py, PyAny>>) -> PyResult<Option<Py<PyAny>>> {
        match self {
            Self::Key(_) => clock::check(own),
            Self::Ring(ring, _) => ring.get().clock_for(ring.py(), own.as_ref()),
        }
    }

    /// Returns how long tokens live: as asked, or as long as the ring allows. No token outlives the
    /// key that signed it.
    pub(super) fn lifetime(
        &self,
        asked: Option<Duration>,
        never_expires: bool,
    ) -> PyResult<Option<Duration>> {
        let Self::Ring(ring, _) = self else { return Ok(asked) };
        let raise = |error| errors::raise_ring(ring.py(), &error);
        if never_expires {
            return Err(raise(RingError::TokenNeverExpires));
        }
        let limit = ring.get().engine.timers().token_lifetime();
        let lifetime = asked.unwrap_or(limit);
        within(lifetime, limit).map_err(raise)?;
        Ok(Some(lifetime))
    }

    /// Makes what signs, with the headers of an issuer that was set up.
    ///
    /// `members` are the first claims of each token, each with a comma before it.
    pub(super) fn signer(self, settings: IssuerBuilder, members: &[u8]) -> Result<Signer, Error> {
        let mut ready = Ready::new(&settings, self.key().clone())?;
        Ok(match self {
            Self::Key(_) => {
                ready.begin(members);
                Signer::Key(ready)
            }
            Self::Ring(ring, _) => Signer::Ring {
                ring: ring.clone().unbind(),
                settings: Box::new(settings),
                ready: Mutex::new(Arc::new(ready)),
            },
        })
    }
}

/// What signs the tokens of an issuer.
pub(super) enum Signer {
    Key(Ready),
    Ring {
        ring: Py<KeyRing>,
        settings: Box<IssuerBuilder>,
        /// With the key that was active last. Locked only with the GIL held, and never for longer
        /// than it takes to copy a pointer: so it is free in a forked child.
        ready: Mutex<Arc<Ready>>,
    },
}

impl Signer {
    /// Returns the key that signs now. Other threads run while a ring looks at its file.
    pub(super) fn current(&self, py: Python<'_>) -> PyResult<Current<'_>> {
        let (ring, settings, ready) = match self {
            Self::Key(ready) => return Ok(Current::Fixed(ready)),
            Self::Ring { ring, settings, ready } => (ring, settings, ready),
        };
        let active = ring.get().run(py, |ring| ring.signing_key())?;
        let last = Arc::clone(&ready.lock().unwrap_or_else(PoisonError::into_inner));
        if last.key_id() == active.key_id() {
            return Ok(Current::OfRing(last));
        }
        let next = Ready::new(settings, active).map_err(|error| errors::raise(py, error))?;
        let next = Arc::new(next);
        *ready.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&next);
        Ok(Current::OfRing(next))
    }

    /// Refuses a token that would outlive its key.
    pub(super) fn check_expiry(
        &self,
        py: Python<'_>,
        expires_at: Option<NumericDate>,
    ) -> PyResult<()> {
        let Self::Ring { ring, .. } = self else { return Ok(()) };
        let ring = ring.get();
        let outcome = match expires_at {
            None => Err(RingError::TokenNeverExpires),
            Some(expires_at) => {
                let lifetime = expires_at.saturating_since(clock::now(py, ring.clock.as_ref())?);
                within(lifetime, ring.engine.timers().token_lifetime())
            }
        };
        outcome.map_err(|error| errors::raise_ring(py, &error))
    }

    /// Returns the algorithm, which all keys of a ring share.
    pub(super) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Key(ready) => ready.key.key().algorithm(),
            Self::Ring { ring, .. } => ring.get().engine.algorithm(),
        }
    }
}

/// The key that signs a token.
pub(super) enum Current<'a> {
    Fixed(&'a Ready),
    OfRing(Arc<Ready>),
}

impl Deref for Current<'_> {
    type Target = Ready;

    fn deref(&self) -> &Ready {
        match self {
            Self::Fixed(ready) => ready,
            Self::OfRing(ready) => ready,
        }
    }
}

/// Where flat claims are written.
static FLAT: Guarded<Flat> = Guarded::new(Flat::new(Holds::Own));

/// A key, with the header that its tokens have.
pub(super) struct Ready {
    /// It has begun with what all tokens begin with, as far as that is known.
    key: Begun,
    /// Encoded: the same for every token.
    header: String,
}

impl Ready {
    fn new(settings: &IssuerBuilder, key: SigningKey) -> Result<Self, Error> {
        let header = encoded_header(&settings.clone().key(key.clone()).build()?)?;
        Ok(Self { key: key.begin(header.as_bytes()), header })
    }

    /// Begins with the first claims as well: members that are JSON, each with a comma before it.
    pub(super) fn begin(&mut self, members: &[u8]) {
        let claims = [b"{", members.get(1..).unwrap_or_default()].concat();
        // Whole groups of three bytes: what comes after does not change their base64.
        let groups = claims.len().saturating_sub(claims.len() % 3);
        let mut input = format!("{}.", self.header);
        let claims = claims.get(..groups).unwrap_or_default();
        base64_simd::URL_SAFE_NO_PAD.encode_append(claims, &mut input);
        self.key = self.key.key().begin(input.as_bytes());
    }

    pub(super) fn key_id(&self) -> Option<&str> {
        self.key.key().key_id()
    }

    /// Signs flat claims with a shared secret, if that is what they and the key are.
    #[inline]
    pub(super) fn flat<'py>(
        &self,
        py: Python<'py>,
        before: impl FnOnce(&mut Out<'_>) -> Option<()>,
        claims: Option<&Bound<'py, PyDict>>,
    ) -> Option<Bound<'py, PyString>> {
        let mac = compact::mac_length(self.key.key().algorithm())?;
        let token = FLAT.with(py, |flat| {
            let claims = flat.claims(before, claims)?;
            compact::token(py, self.header.as_bytes(), claims, mac, |input| self.key.sign(input))
        });
        token.flatten()
    }

    /// Signs a payload.
    pub(super) fn sign(&self, payload: &[u8]) -> Result<String, Error> {
        // Room for the base64 of payload and signature: RSA's of 4096 bits has 683 characters.
        let room = payload.len().saturating_add(512).saturating_mul(4) / 3;
        let mut token = String::with_capacity(self.header.len().saturating_add(room));
        token.push_str(&self.header);
        token.push('.');
        base64_simd::URL_SAFE_NO_PAD.encode_append(payload, &mut token);
        let signature = self.key.sign(token.as_bytes())?;
        token.push('.');
        base64_simd::URL_SAFE_NO_PAD.encode_append(signature.as_ref(), &mut token);
        let (bytes, limit) = (token.len(), Limits::default().max_token_bytes());
        if bytes > limit {
            return Err(Misuse::TokenTooLong { bytes, limit }.into());
        }
        Ok(token)
    }
}

fn within(lifetime: Duration, limit: Duration) -> Result<(), RingError> {
    if lifetime <= limit {
        return Ok(());
    }
    let (lifetime, limit) = (lifetime.as_secs(), limit.as_secs());
    Err(RingError::TokenOutlivesKey { lifetime, limit })
}

/// Returns the header that the engine writes, checked as verifiers will read it.
fn encoded_header(engine: &EngineIssuer) -> Result<String, Error> {
    let unsigned = engine.prepare(&Claims::empty())?;
    let input = unsigned.signing_input().iter().map(|byte| char::from(*byte));
    Ok(input.take_while(|character| *character != '.').collect())
}
