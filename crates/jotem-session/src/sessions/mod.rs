//! Access and refresh tokens, from login to log out.

mod access;
mod builder;
mod error;
mod follower;
mod grant;
mod keys;
mod list;
mod names;
mod refresh;
mod revoke;
mod start;
mod store_ring;
mod verifier;
mod verify_error;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jotem::{Clock, NumericDate, Verifier};
use jotem_jwks::ring::KeyRing;
use serde::de::DeserializeOwned;

pub use access::{Access, Confirmation, TokenPair};
pub use builder::SessionsBuilder;
pub use error::{ClaimsError, SessionError};
pub use grant::{Grant, Presenter};
pub use list::{SessionInfo, SessionList};
pub use verifier::{Live, Liveness, SessionVerifier};
pub use verify_error::VerifyError;

use self::builder::ClaimsSource;
use self::keys::Signer;
use self::names::Names;
use crate::audit::FanOut;
use crate::event::{Action, Event, EventSink as _};
use crate::fork::Change;
use crate::refresh_token::RefreshKeys;
use crate::revocation::{Fingerprints, Revocation, RevocationView};
use crate::rotation::RotationPolicy;
use crate::store::{Notice, Store, StoreError, Subject};

/// Sessions: access tokens for minutes, refresh tokens for weeks, kept in a store, and ended at once.
/// Clones share everything; there is one for a program.
///
/// Access tokens are JWTs as RFC 9068 has them. Refresh tokens are exchanged for new ones each time
/// they are used, and one that comes twice ends its session (RFC 9700 §4.14). Verifying never asks the
/// store: revocations come to every process within about a second.
///
/// # Examples
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use jotem::Secret;
/// use jotem_session::{Grant, Sessions};
///
/// // 32 random bytes, the same in every process and after every restart.
/// let sessions = Sessions::builder(Secret::from(vec![7; 32]))
///     .store_url("memory:")
///     .issuer("https://auth.example")
///     .audience("api")
///     .open()
///     .await?;
///
/// let pair = sessions.start("ada", Grant::new().scopes(["invoices"])).await?;
/// let live = sessions.verify::<()>(pair.access_token())?;
/// assert_eq!(live.subject(), "ada");
///
/// let next = sessions.refresh(pair.refresh_token()).await?;
/// assert_ne!(next.refresh_token(), pair.refresh_token());
///
/// sessions.revoke_subject("ada").await?;
/// assert!(sessions.verify::<()>(next.access_token()).is_err());
/// assert_eq!(sessions.refresh(next.refresh_token()).await.unwrap_err().code(), "session_ended");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Sessions(Arc<Shared>);

struct Shared {
    store: Arc<dyn Store>,
    keys: RefreshKeys,
    fingerprints: Fingerprints,
    policy: RotationPolicy,
    access_lifetime: Duration,
    /// How long those live that any process issued under this ring: longer, maybe.
    longest_access: Duration,
    signer: Signer,
    default_client: String,
    audiences: Vec<String>,
    most_per_subject: u32,
    claims: Option<ClaimsSource>,
    events: FanOut,
    clock: Arc<dyn Clock>,
    names: Names,
    verifier: SessionVerifier,
    /// For tokens that are to be revoked: whoever they are for.
    authentic: Verifier,
    #[cfg(feature = "metrics")]
    measures: bool,
    /// Ends with the last clone.
    follower: std::sync::OnceLock<follower::Follower>,
}

impl Sessions {
    /// Under which name a ring is kept in the store: for who copies it into another
    /// ([`copy`](crate::store::copy)).
    pub const RING_DOCUMENT: &str = store_ring::NAME;

    /// Begins to build. Everything secret is derived from the master secret: at least 32 bytes.
    ///
    /// # Security
    /// Whoever has it can make signing keys of a ring that is kept in the store readable, but no refresh
    /// token that was not made before. Who loses it logs everybody out.
    pub fn builder(master: jotem::Secret) -> SessionsBuilder {
        SessionsBuilder::new(master)
    }

    /// Verifies an access token: see [`SessionVerifier::verify`].
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify<C: DeserializeOwned>(&self, token: &str) -> Result<Live<C>, VerifyError> {
        self.0.verifier.verify(token)
    }

    /// Returns the verifier of access tokens, to keep where tokens are verified.
    #[must_use]
    pub fn verifier(&self) -> SessionVerifier {
        self.0.verifier.clone()
    }

    /// Returns what is known of revocations here.
    #[must_use]
    pub fn view(&self) -> &Arc<RevocationView> {
        self.0.verifier.view()
    }

    /// Returns the store.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }

    /// Returns the ring whose keys sign access tokens, if it is a ring: its public keys are to be
    /// published. One that is kept in the store is changed by [`Self::rotate_keys`].
    #[must_use]
    pub fn ring(&self) -> Option<&KeyRing> {
        self.0.signer.ring()
    }

    /// Rotates the keys of the ring now; otherwise that happens when it is due.
    ///
    /// # Errors
    /// [`SessionError::Keys`]: see [`KeyRing::rotate`]. Without a ring nothing is done.
    pub async fn rotate_keys(&self) -> Result<(), SessionError> {
        let Some(ring) = self.0.signer.ring().cloned() else { return Ok(()) };
        let rotated = Change::wait().await.run(move || ring.rotate()).await;
        let rotation = rotated.map_err(|error| SessionError::Claims { source: error.into() })??;
        self.0.record(&self.0.event(Action::KeyRotate).key_id(&rotation.active));
        Ok(())
    }

    /// Asks the store at once what was revoked, instead of a moment later.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn catch_up(&self) -> Result<(), SessionError> {
        let Some(follower) = self.0.follower.get() else { return Ok(()) };
        follower.catch_up(&self.0).await?;
        follower.look_at_ring().await
    }
}

impl Shared {
    fn now(&self) -> NumericDate {
        self.clock.now()
    }

    fn record(&self, event: &Event) {
        self.events.record(event);
    }

    fn event(&self, action: Action) -> Event {
        Event::new(action, self.now())
    }

    /// Takes in at once what this process revoked itself. It says nothing of what others did.
    fn apply_own(&self, revocations: &[Revocation]) {
        let view = self.verifier.view();
        let as_of = view.as_of().unwrap_or(NumericDate::from_secs(0));
        if let Err(error) = view.apply(revocations.iter().copied(), as_of) {
            tracing::warn!(%error, "there is no room for what was revoked");
        }
        self.forget_revoked_clients(revocations);
    }

    /// A client that was revoked has another number by now.
    fn forget_revoked_clients(&self, revocations: &[Revocation]) {
        if revocations.is_empty() {
            return;
        }
        let prints = &self.fingerprints;
        self.names.forget_clients(|client| {
            let print = prints.client(client);
            revocations.iter().any(|revocation| revocation.what() == print)
        });
    }

    /// For how long verifiers have to know of a revocation: as long as an access token lives, the most
    /// leeway that a verifier can have, and a minute for clocks that differ.
    fn notice(&self, what: crate::revocation::Fingerprint) -> Notice {
        let seconds = self.longest_access.as_secs().saturating_add(300 + 60);
        Notice::new(what, u32::try_from(seconds).unwrap_or(u32::MAX))
    }

    /// Tells of a store that fails, and hands the error on.
    fn store_failed(&self, error: StoreError) -> SessionError {
        let event = self.event(Action::StoreFailed).reason(error.code());
        self.record(&event.detail(&error.to_string()));
        error.into()
    }

    fn subject_key(&self, subject: &Subject) -> crate::refresh_token::SubjectKey {
        self.keys.subject(subject.tenant_name(), subject.name())
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Sessions")
            .field("store", &self.0.store.name())
            .field("policy", &self.0.policy)
            .field("access_lifetime", &self.0.access_lifetime)
            .finish_non_exhaustive()
    }
}
