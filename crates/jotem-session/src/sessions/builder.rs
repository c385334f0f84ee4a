//! Building sessions: what is said, what is not, and what cannot be.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jotem::jwt::VerifierBuilder;
use jotem::{Algorithm, Clock, Secret, SigningKey, SystemClock};
use jotem_jwks::ring::KeyRing;
use serde::Serialize;
use serde_json::{Map, Value};

use super::access::TOKEN_TYPE;
use super::error::{ClaimsError, SessionError};
use super::follower::{Duties, Follower};
use super::grant::Grant;
use super::keys::KeySource;
use super::names::Names;
use super::store_ring::StoreRing;
use super::verifier::SessionVerifier;
use super::{Sessions, Shared};
use crate::audit::{FanOut, OnEvent};
use crate::event::{Event, EventSink};
use crate::refresh_token::RefreshKeys;
use crate::revocation::{Fingerprints, RevocationView};
use crate::rotation::RotationPolicy;
use crate::store::{self, Store, Subject};

/// Supplies the application's claims.
pub(super) type ClaimsSource = Box<
    dyn Fn(
            &Subject,
            &Grant,
        )
            -> Pin<Box<dyn Future<Output = Result<Map<String, Value>, SessionError>> + Send>>
        + Send
        + Sync,
>;

/// Builds [`Sessions`].
#[must_use]
pub struct SessionsBuilder {
    master: Secret,
    store: StoreSource,
    keys: Option<KeySource>,
    ring_algorithm: Algorithm,
    makes_ring: bool,
    policy: RotationPolicy,
    access_lifetime: Option<Duration>,
    issuer: Option<String>,
    audiences: Vec<String>,
    default_client: String,
    most_per_subject: u32,
    max_staleness: Duration,
    cache: usize,
    claims: Option<ClaimsSource>,
    events: Vec<Arc<dyn EventSink>>,
    clock: Arc<dyn Clock>,
    duties: Duties,
    #[cfg(feature = "metrics")]
    measures: bool,
}

/// How long access tokens live where nothing says otherwise.
const ACCESS_LIFETIME: Duration = Duration::from_secs(900);

/// For how long a ring that is made here may sign at least: the lifetime may be changed up to that.
const RING_LIFETIME: Duration = Duration::from_secs(3_600);

/// How long they live at most.
const LONGEST_ACCESS: Duration = Duration::from_secs(86_400);

enum StoreSource {
    Url(String),
    Open(Arc<dyn Store>),
}

impl SessionsBuilder {
    pub(super) fn new(master: Secret) -> Self {
        Self {
            master,
            store: StoreSource::Url("memory:".to_owned()),
            keys: None,
            ring_algorithm: Algorithm::EdDsa,
            makes_ring: true,
            policy: RotationPolicy::web(),
            access_lifetime: None,
            issuer: None,
            audiences: Vec::new(),
            default_client: "default".to_owned(),
            most_per_subject: 100,
            max_staleness: SessionVerifier::MAX_STALENESS,
            cache: 0,
            claims: None,
            events: Vec::new(),
            clock: Arc::new(SystemClock),
            duties: Duties::default(),
            #[cfg(feature = "metrics")]
            measures: false,
        }
    }

    /// Sets where sessions are kept: see [`store`](crate::store). In memory otherwise.
    pub fn store_url(mut self, url: impl Into<String>) -> Self {
        self.store = StoreSource::Url(url.into());
        self
    }

    /// Sets a store that is open already.
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = StoreSource::Open(store);
        self
    }

    /// Sets the ring whose keys sign access tokens, such as one in a file. Otherwise there is one in
    /// the store, encrypted under a key that is derived from the master secret, which one process
    /// rotates and all others follow.
    pub fn ring(mut self, ring: KeyRing) -> Self {
        self.keys = Some(KeySource::Ring(ring));
        self
    }

    /// Sets one key that signs access tokens for ever.
    pub fn signing_key(mut self, key: SigningKey) -> Self {
        self.keys = Some(KeySource::One(key));
        self
    }

    /// Sets the algorithm of the ring in the store, when it is made: `EdDSA` otherwise.
    pub const fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.ring_algorithm = algorithm;
        self
    }

    /// Takes the ring that is in the store, and makes none: for a tool that may have been given another
    /// store or another master secret than was meant. Where there is none, [`Self::open`] fails with
    /// [`RingError::Missing`](jotem_jwks::ring::RingError::Missing).
    pub const fn existing_ring(mut self) -> Self {
        self.makes_ring = false;
        self
    }

    /// Sets when refresh tokens are exchanged, and when sessions end: [`RotationPolicy::web`]
    /// otherwise.
    pub const fn policy(mut self, policy: RotationPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets how long access tokens live: one second to one day, 15 minutes otherwise. No ring signs for
    /// longer than its own `token_lifetime`: an hour for one that is made here, or as long as this says
    /// then, if that is more.
    pub const fn access_lifetime(mut self, lifetime: Duration) -> Self {
        self.access_lifetime = Some(lifetime);
        self
    }

    /// Sets the `iss` of access tokens, which is then required of them.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Sets the `aud` of access tokens for which no other was granted, which is then required of them
    /// here.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// Sets the client of whoever names none: `default` otherwise.
    pub fn default_client(mut self, id: impl Into<String>) -> Self {
        self.default_client = id.into();
        self
    }

    /// Sets how many sessions a subject may have; one more ends the least recently used. 100 otherwise,
    /// 0 for any number. Of sessions that have ended as many are remembered, so that somebody who logs in
    /// and out without end leaves nothing behind.
    pub const fn most_per_subject(mut self, most: u32) -> Self {
        self.most_per_subject = most;
        self
    }

    /// Sets how old the knowledge of revocations may be: 30 seconds otherwise.
    pub const fn max_staleness(mut self, age: Duration) -> Self {
        self.max_staleness = age;
        self
    }

    /// Remembers tokens that were verified, in so many bytes: see
    /// [`VerifierBuilder::cache`].
    pub const fn cache(mut self, bytes: usize) -> Self {
        self.cache = bytes;
        self
    }

    /// Sets who supplies the application's claims, at login and at every refresh: a struct or a map
    /// with text keys. It is asked before the refresh token is used up. What it refuses is refused,
    /// and what it cannot say now is to be tried again.
    ///
    /// # Examples
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use jotem::Secret;
    /// use jotem_session::{ClaimsError, Grant, Sessions};
    ///
    /// #[derive(serde::Serialize, serde::Deserialize)]
    /// struct Roles {
    ///     roles: Vec<String>,
    /// }
    ///
    /// let sessions = Sessions::builder(Secret::from(vec![7; 32]))
    ///     .claims_for(|subject, _grant| {
    ///         let name = subject.name().to_owned();
    ///         async move {
    ///             if name == "mallory" {
    ///                 return Err(ClaimsError::Refused("the account is disabled".to_owned()));
    ///             }
    ///             Ok(Roles { roles: vec!["editor".to_owned()] })
    ///         }
    ///     })
    ///     .open()
    ///     .await?;
    ///
    /// let pair = sessions.start("ada", Grant::new()).await?;
    /// let live = sessions.verify::<Roles>(pair.access_token())?;
    /// assert_eq!(live.custom().roles, ["editor"]);
    /// assert_eq!(sessions.start("mallory", Grant::new()).await.unwrap_err().code(), "session_refused");
    /// # Ok(())
    /// # }
    /// ```
    pub fn claims_for<F, Fut, C>(mut self, supply: F) -> Self
    where
        F: Fn(&Subject, &Grant) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<C, ClaimsError>> + Send + 'static,
        C: Serialize,
    {
        self.claims = Some(Box::new(move |subject, grant| {
            let claims = supply(subject, grant);
            Box::pin(async move {
                match serde_json::to_value(claims.await?) {
                    Ok(Value::Object(claims)) => Ok(claims),
                    Ok(_) | Err(_) => Err(SessionError::ClaimsShape),
                }
            })
        }));
        self
    }

    /// Adds somebody who is told of every event. It must not wait; a panic in it goes no further.
    pub fn on_event(self, tell: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.events(Arc::new(OnEvent::new(tell)))
    }

    /// Adds a sink that is told of every event.
    pub fn events(mut self, sink: Arc<dyn EventSink>) -> Self {
        self.events.push(sink);
        self
    }

    /// Counts and times everything that [`metrics::ALL`](crate::metrics::ALL) lists, but for audit logs
    /// and webhooks, which do so themselves: events, tokens that are verified, what the store is asked,
    /// the view and the keys.
    #[cfg(feature = "metrics")]
    pub fn metrics(mut self) -> Self {
        self.measures = true;
        self.events(Arc::new(crate::metrics::MetricsSink))
    }

    /// Sets the clock of access tokens and of the view; the store has its own. For tests.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets how often the store is asked what was revoked: once a second otherwise.
    pub const fn poll_every(mut self, interval: Duration) -> Self {
        self.duties.poll_every = interval;
        self
    }

    /// Leaves upkeep to others: here nothing is forgotten that is over, and no key is rotated.
    pub const fn no_maintenance(mut self) -> Self {
        self.duties.maintains = false;
        self
    }

    /// Opens the store, reads what was revoked, and goes on following it in a task of the runtime that
    /// this is called in (tokio).
    ///
    /// # Errors
    /// [`SessionError`]: a setting that makes no sense, a store that cannot be opened, a ring that
    /// cannot be read.
    pub async fn open(mut self) -> Result<Sessions, SessionError> {
        let seconds = self.access_lifetime.unwrap_or(ACCESS_LIFETIME).as_secs();
        if !(1..=LONGEST_ACCESS.as_secs()).contains(&seconds) {
            return Err(SessionError::AccessLifetime { seconds });
        }
        self.policy.check()?;
        tokio::runtime::Handle::try_current().map_err(|_| SessionError::NoRuntime)?;
        let store = match &self.store {
            StoreSource::Url(url) => store::open(url).await?,
            StoreSource::Open(store) => Arc::clone(store),
        };
        #[cfg(feature = "metrics")]
        let store = if self.measures {
            Arc::new(crate::metrics::Measured::new(store).clock(Arc::clone(&self.clock)))
        } else {
            store
        };
        let (source, in_store) = match self.keys.take() {
            Some(keys) => (keys, None),
            None => {
                let lifetime = self.access_lifetime.unwrap_or(ACCESS_LIFETIME).max(RING_LIFETIME);
                let builder = KeyRing::builder(self.ring_algorithm).token_lifetime(lifetime);
                let builder = self.makes_ring.then_some(builder);
                let (kept, ring) = StoreRing::open(&store, &self.master, builder).await?;
                (KeySource::Ring(ring), Some(kept))
            }
        };
        let duties = self.duties;
        let sessions = self.assemble(store, &source)?;
        let follower = Follower::start(&sessions.0, duties, in_store).await?;
        // Nobody else has set it: the sessions are made here.
        drop(sessions.0.follower.set(follower));
        Ok(sessions)
    }

    fn assemble(self, store: Arc<dyn Store>, source: &KeySource) -> Result<Sessions, SessionError> {
        let fingerprints = Fingerprints::derive(&self.master)?;
        let of_ring = source.token_lifetime().unwrap_or(ACCESS_LIFETIME);
        let access_lifetime = self.access_lifetime.unwrap_or_else(|| ACCESS_LIFETIME.min(of_ring));
        let signer = source.signer(|issuer| {
            let issuer = issuer.lifetime(access_lifetime).token_type(TOKEN_TYPE).token_ids();
            let issuer = issuer.clock(Arc::clone(&self.clock));
            self.issuer.iter().fold(issuer, |issuer, name| issuer.issuer(name))
        })?;
        let verifier = self.verifier(source, fingerprints.clone())?;
        let authentic = source.verifier().token_type(TOKEN_TYPE).clock(Arc::clone(&self.clock));
        let authentic = authentic.any_audience().accept_bound_tokens().build()?;
        Ok(Sessions(Arc::new(Shared {
            store,
            keys: RefreshKeys::derive(&self.master)?,
            fingerprints,
            policy: self.policy,
            access_lifetime,
            longest_access: access_lifetime.max(of_ring),
            signer,
            default_client: self.default_client,
            audiences: self.audiences,
            most_per_subject: self.most_per_subject,
            claims: self.claims,
            events: FanOut::new(self.events),
            clock: self.clock,
            names: Names::default(),
            authentic,
            verifier,
            #[cfg(feature = "metrics")]
            measures: self.measures,
            follower: OnceLock::new(),
        })))
    }

    fn verifier(
        &self,
        source: &KeySource,
        fingerprints: Fingerprints,
    ) -> Result<SessionVerifier, SessionError> {
        let expect = |bound: bool| {
            let verifier = source.verifier().token_type(TOKEN_TYPE).clock(Arc::clone(&self.clock));
            let verifier = expecting(verifier, self.issuer.as_deref(), &self.audiences);
            let verifier = if self.cache > 0 { verifier.cache(self.cache) } else { verifier };
            if bound { verifier.accept_bound_tokens().build() } else { verifier.build() }
        };
        let view = Arc::new(RevocationView::new());
        let verifier = SessionVerifier::new(expect(false)?, fingerprints, view)
            .bound_tokens(expect(true)?)
            .max_staleness(self.max_staleness)
            .clock(Arc::clone(&self.clock));
        #[cfg(feature = "metrics")]
        let verifier = if self.measures { verifier.metrics() } else { verifier };
        if self.events.is_empty() {
            return Ok(verifier);
        }
        Ok(verifier.events(Arc::new(FanOut::new(self.events.clone()))))
    }
}

fn expecting(
    verifier: VerifierBuilder,
    issuer: Option<&str>,
    audiences: &[String],
) -> VerifierBuilder {
    let verifier = issuer.into_iter().fold(verifier, VerifierBuilder::issuer);
    if audiences.is_empty() { verifier.any_audience() } else { verifier.audiences(audiences) }
}

impl fmt::Debug for SessionsBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SessionsBuilder")
            .field("policy", &self.policy)
            .field("access_lifetime", &self.access_lifetime)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}
