//! Issuing tokens with whichever key of a ring is active.

use std::sync::Arc;

use arc_swap::ArcSwap;
use jotem::jwt::IssuerBuilder;
use jotem::{Claims, Issuer, SigningKey};
use serde::Serialize;

use super::error::RingError;
use super::key_ring::KeyRing;

/// Issues tokens with the key of a ring that is active at that moment. Clones share everything.
///
/// No token outlives its key: a lifetime, or an `exp`, beyond the ring's `token_lifetime` is refused.
///
/// # Examples
/// ```
/// use jotem::{Algorithm, Claims, Verifier, unverified_header};
/// use jotem_jwks::ring::KeyRing;
/// # let folder = tempfile::tempdir()?;
/// # let ring = KeyRing::builder(Algorithm::Es256).create_file(folder.path().join("ring.json"), "a long password")?;
///
/// let issuer = ring.issuer(|issuer| issuer.issuer("https://auth.example").audience("api"))?;
/// let before = issuer.issue(&Claims::empty().subject("42"))?;
/// ring.rotate_now()?;
/// let after = issuer.issue(&Claims::empty().subject("42"))?;
///
/// let key_id = |token| unverified_header(token).map(|header| header.into_untrusted().key_id().map(str::to_owned));
/// assert_ne!(key_id(&before)?, key_id(&after)?);
/// let verifier = Verifier::builder(&ring).issuer("https://auth.example").audience("api").build()?;
/// verifier.verify::<()>(&before)?;
/// verifier.verify::<()>(&after)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct RingIssuer(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    ring: KeyRing,
    settings: IssuerBuilder,
    ready: ArcSwap<Ready>,
}

/// An issuer with the key that was active last.
#[derive(Debug)]
struct Ready {
    key_id: Option<String>,
    issuer: Issuer,
}

impl Ready {
    fn new(settings: &IssuerBuilder, key: SigningKey) -> Result<Self, RingError> {
        let key_id = key.key_id().map(str::to_owned);
        Ok(Self { key_id, issuer: settings.clone().key(key).build()? })
    }
}

impl RingIssuer {
    pub(super) fn new(ring: &KeyRing, settings: IssuerBuilder) -> Result<Self, RingError> {
        let ready = Ready::new(&settings, ring.signing_key()?)?;
        let limit = ring.timers().token_lifetime();
        let lifetime = ready.issuer.lifetime().ok_or(RingError::TokenNeverExpires)?;
        if lifetime > limit {
            let (lifetime, limit) = (lifetime.as_secs(), limit.as_secs());
            return Err(RingError::TokenOutlivesKey { lifetime, limit });
        }
        let ready = ArcSwap::from_pointee(ready);
        Ok(Self(Arc::new(Shared { ring: ring.clone(), settings, ready })))
    }

    /// Issues a token; see [`Issuer::issue`].
    ///
    /// # Errors
    /// [`RingError::TokenOutlivesKey`] for an `exp` that is too late; what the engine says otherwise.
    pub fn issue<T: Serialize>(&self, claims: &Claims<T>) -> Result<String, RingError> {
        let issuer = self.current()?;
        let expiry = issuer.expiry(claims).ok_or(RingError::TokenNeverExpires)?;
        // Asked after the expiry was computed: it must not be later by the moment in between.
        let lifetime = expiry.saturating_since(self.0.ring.now());
        let limit = self.0.ring.timers().token_lifetime();
        if lifetime > limit {
            let (lifetime, limit) = (lifetime.as_secs(), limit.as_secs());
            return Err(RingError::TokenOutlivesKey { lifetime, limit });
        }
        Ok(issuer.issue(claims)?)
    }

    /// Returns the ring.
    #[must_use]
    pub fn ring(&self) -> &KeyRing {
        &self.0.ring
    }

    /// Returns an issuer with the key that is active now.
    fn current(&self) -> Result<Issuer, RingError> {
        let shared = &*self.0;
        let key = shared.ring.signing_key()?;
        let ready = shared.ready.load();
        if ready.key_id.as_deref() == key.key_id() {
            return Ok(ready.issuer.clone());
        }
        let ready = Ready::new(&shared.settings, key)?;
        let issuer = ready.issuer.clone();
        shared.ready.store(Arc::new(ready));
        Ok(issuer)
    }
}
