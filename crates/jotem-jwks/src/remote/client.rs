//! The client: what verifiers read, and who waits for what.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

use jotem::error::Excerpt;
use jotem::jws::{KeyRequest, KeyResolver, Keys};
use jotem::{Algorithm, Rejection, Verified, Verifier, VerifyingKey};
use serde::de::DeserializeOwned;
use tokio::sync::oneshot::Receiver;

use super::builder::JwksClientBuilder;
use super::counters::JwksCounters;
use super::error::RemoteError;
use super::event::{FetchReason, JwksEvent};
use super::gate::{Demand, Outcome};
use super::process::{Answer, Processes};
use super::settings::Shared;
use super::source::{Loaded, Source};
use super::status::SourceStatus;

/// Keeps the published keys of issuers at hand. Clones share everything; the thread that fetches
/// ends with the last of them.
///
/// A [`Verifier`] made of it reads the keys that are there and never waits. [`Self::verify`] and
/// [`Self::blocking_verify`] wait for one fetch where that can help: when there are no keys yet, or
/// when a token names one that is not among them.
///
/// # Security
/// Keys stay good for as long as their issuer cannot be asked, up to the
/// [hard age](JwksClientBuilder::hard_age): so long can a key that its issuer withdrew be used by
/// whoever keeps this program from reaching the issuer. A program that verified nothing for a while
/// judges its first token by the keys it has, and fetches meanwhile.
///
/// # Examples
/// ```no_run
/// use jotem::{Algorithm, Verifier};
/// use jotem_jwks::remote::JwksClient;
///
/// # async fn handle(token: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let client = JwksClient::builder().issuer("https://issuer.example").build()?;
/// client.ready().await?;
///
/// let verifier = Verifier::builder(&client)
///     .algorithms([Algorithm::Rs256])
///     .issuer("https://issuer.example")
///     .audience("api")
///     .build()?;
/// let verified = client.verify::<()>(&verifier, token).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct JwksClient {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    shared: Arc<Shared>,
    processes: Processes,
    /// Makes a number of a key's name; what it makes of which, no sender can know.
    hasher: RandomState,
}

/// What a refused token lacks.
struct Lack {
    algorithm: Algorithm,
    key_id: Option<String>,
    /// The sources that may have it.
    sources: Vec<usize>,
}

/// An attempt that is waited for.
struct Waiting {
    source: usize,
    outcome: Receiver<Outcome>,
}

impl JwksClient {
    /// Begins to build a client.
    pub fn builder() -> JwksClientBuilder {
        JwksClientBuilder::new()
    }

    pub(super) fn new(shared: Shared) -> Self {
        let shared = Arc::new(shared);
        let processes = Processes::new(Arc::clone(&shared));
        Self { inner: Arc::new(Inner { shared, processes, hasher: RandomState::new() }) }
    }

    /// Verifies a token as the verifier does, which has this client's keys. If it lacks a key,
    /// waits for the one fetch that is allowed, and verifies again.
    ///
    /// It can be awaited in any executor, and be dropped at any time.
    ///
    /// # Errors
    /// [`Rejection`]: why the token is refused.
    pub async fn verify<T: DeserializeOwned>(
        &self,
        verifier: &Verifier,
        token: &str,
    ) -> Result<Verified<T>, jotem::Error> {
        match verifier.verify(token) {
            Err(refused) if self.fetch_for(token, &refused).await => verifier.verify(token),
            verdict => verdict,
        }
    }

    /// Does what [`Self::verify`] does, and blocks the thread meanwhile.
    ///
    /// # Errors
    /// [`Rejection`]: why the token is refused.
    ///
    /// # Examples
    /// ```no_run
    /// # use jotem::{Algorithm, Verifier};
    /// # use jotem_jwks::remote::JwksClient;
    /// let client = JwksClient::builder().issuer("https://issuer.example").build()?;
    /// let verifier = Verifier::builder(&client).algorithms([Algorithm::Es256]).any_audience().build()?;
    /// let verified = client.blocking_verify::<()>(&verifier, "eyJ…")?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn blocking_verify<T: DeserializeOwned>(
        &self,
        verifier: &Verifier,
        token: &str,
    ) -> Result<Verified<T>, jotem::Error> {
        match verifier.verify(token) {
            Err(refused) if self.blocking_fetch_for(token, &refused) => verifier.verify(token),
            verdict => verdict,
        }
    }

    /// Fetches for a token that was refused for want of a key, if that is allowed, and returns
    /// whether it is worth to verify it again.
    ///
    /// For those who verify in a way of their own:
    /// [`verify_shared`](Verifier::verify_shared), a batch, a JWS that is no JWT. Every other refusal is
    /// answered with `false` at once. The token's `iss` chooses among the issuers that were
    /// configured; it leads nowhere else (RFC 8725 §3.10).
    pub async fn fetch_for(&self, token: &str, refused: &jotem::Error) -> bool {
        let Some(lack) = self.lack(token, refused) else { return false };
        let mut loaded = Vec::new();
        for Waiting { source, outcome } in self.ask_for(&lack) {
            if matches!(outcome.await, Ok(Ok(()))) {
                loaded.push(source);
            }
        }
        self.conclude(&lack, &loaded)
    }

    /// Returns whether [`Self::fetch_for`] would look for a key at all: whether the token was refused
    /// for want of one that a source may have.
    #[must_use]
    pub fn is_for_want(&self, token: &str, refused: &jotem::Error) -> bool {
        self.lack(token, refused).is_some()
    }

    /// Does what [`Self::fetch_for`] does, and blocks the thread meanwhile.
    #[must_use]
    pub fn blocking_fetch_for(&self, token: &str, refused: &jotem::Error) -> bool {
        block_on(self.fetch_for(token, refused))
    }

    /// Fetches every source now, whatever the cool-down says; for start-up, and for operators.
    ///
    /// # Errors
    /// [`RemoteError`]: why the first source that failed did.
    pub async fn refresh(&self) -> Result<(), RemoteError> {
        let demand = Demand { reason: FetchReason::Asked, key: None };
        self.fetch_all(demand, |_| true).await
    }

    /// Does what [`Self::refresh`] does, and blocks the thread meanwhile.
    ///
    /// # Errors
    /// [`RemoteError`]: why the first source that failed did.
    pub fn blocking_refresh(&self) -> Result<(), RemoteError> {
        block_on(self.refresh())
    }

    /// Waits until every source has keys that may be served. Where it has, nothing is fetched.
    ///
    /// For start-up and for probes: an attempt that fails is not made again before the cool-down is
    /// over.
    ///
    /// # Errors
    /// [`RemoteError`]: why the first source that has none has none.
    pub async fn ready(&self) -> Result<(), RemoteError> {
        let now = self.inner.shared.now();
        let demand = Demand { reason: FetchReason::NoKeys, key: None };
        self.fetch_all(demand, |source| !source.serves(now)).await
    }

    /// Does what [`Self::ready`] does, and blocks the thread meanwhile.
    ///
    /// # Errors
    /// [`RemoteError`]: why the first source that has none has none.
    pub fn blocking_ready(&self) -> Result<(), RemoteError> {
        block_on(self.ready())
    }

    /// Returns what happened so far, in numbers.
    #[must_use]
    pub fn counters(&self) -> JwksCounters {
        self.inner.shared.counting.read()
    }

    /// Returns what is known of each source, in the order in which they were named.
    #[must_use]
    pub fn status(&self) -> Vec<SourceStatus> {
        let now = self.inner.shared.now();
        self.inner.shared.sources.iter().map(|source| SourceStatus::of(source, now)).collect()
    }

    async fn fetch_all(
        &self,
        demand: Demand,
        wanted: impl Fn(&Source) -> bool,
    ) -> Result<(), RemoteError> {
        let mut waiting = Vec::new();
        let mut outcome = Ok(());
        for (index, source) in self.inner.shared.sources.iter().enumerate() {
            if !wanted(source) {
                continue;
            }
            match self.inner.processes.demand(index, demand) {
                Answer::Wait(receiver) => waiting.push(receiver),
                Answer::Later(wait) => outcome = outcome.and(Err(RemoteError::CoolDown { wait })),
                Answer::Unknown => {}
            }
        }
        for receiver in waiting {
            outcome = outcome.and(receiver.await.unwrap_or(Err(RemoteError::Stopped)));
        }
        outcome
    }

    /// Returns what a refused token lacks, if it is a key.
    fn lack(&self, token: &str, refused: &jotem::Error) -> Option<Lack> {
        let rejection = refused.rejection()?;
        let is_for_want =
            matches!(rejection, Rejection::KeyNotFound { .. } | Rejection::KeysUnavailable { .. });
        // Another issuer may have a key of that name, while that of this one is not here yet.
        let is_perhaps = self.inner.shared.sources.len() > 1
            && matches!(
                rejection,
                Rejection::SignatureLength { .. }
                    | Rejection::SignatureMismatch { .. }
                    | Rejection::CertificateMismatch
                    // It published several of that name, or that very key.
                    | Rejection::KeyAmbiguous { .. }
                    | Rejection::IssuerMismatch { .. }
            );
        if !is_for_want && !is_perhaps {
            return None;
        }
        let header = jotem::unverified_header(token).ok()?.into_untrusted();
        let name = header.algorithm()?;
        let algorithm = Algorithm::ALL.into_iter().find(|one| one.name() == name)?;
        let key_id = header.key_id().map(str::to_owned);
        let mut lack = Lack { algorithm, key_id, sources: self.sources_of(token) };
        if is_perhaps {
            let lacking =
                |index: &usize| self.was_absent(*index) || self.owner_lacks(*index, &lack);
            lack.sources = lack.sources.iter().copied().filter(lacking).collect();
        }
        (!lack.sources.is_empty()).then_some(lack)
    }

    /// Whether a source belongs to an issuer and does not have the key: then it was another issuer's
    /// that was tried.
    fn owner_lacks(&self, source: usize, lack: &Lack) -> bool {
        let source = self.inner.shared.sources.get(source);
        source.is_some_and(|source| source.issuer.is_some() && !holds(source, lack))
    }

    /// Whether a source has no keys, or had none when the token was looked at: they came a moment ago.
    fn was_absent(&self, source: usize) -> bool {
        let shared = &self.inner.shared;
        let Some(source) = shared.sources.get(source) else { return false };
        let now = shared.now();
        let moment = shared.settings.deadline;
        source
            .loaded
            .load()
            .as_ref()
            .is_none_or(|loaded| now >= loaded.hard || now.saturating_sub(loaded.at) < moment)
    }

    /// Returns the sources whose keys may be this token's: those of the issuer that it names, and
    /// those that belong to none. It is a comparison with what was configured, and nothing more.
    fn sources_of(&self, token: &str) -> Vec<usize> {
        let claims = jotem::unverified_claims::<()>(token).ok();
        let claims = claims.map(jotem::Unverified::into_untrusted);
        let issuer = claims.as_ref().and_then(|claims| claims.issuer());
        let sources = self.inner.shared.sources.iter().enumerate();
        sources
            .filter(|(_, source)| source.issuer.is_none() || source.issuer.as_deref() == issuer)
            .map(|(index, _)| index)
            .collect()
    }

    fn ask_for(&self, lack: &Lack) -> Vec<Waiting> {
        let now = self.inner.shared.now();
        let mut waiting = Vec::new();
        for (index, source) in self.each(lack) {
            let demand = if !source.serves(now) {
                Demand { reason: FetchReason::NoKeys, key: None }
            } else if holds(source, lack) {
                continue;
            } else {
                Demand { reason: FetchReason::UnknownKey, key: Some(self.number(lack)) }
            };
            if let Answer::Wait(outcome) = self.inner.processes.demand(index, demand) {
                waiting.push(Waiting { source: index, outcome });
            }
        }
        waiting
    }

    /// Whether something has been loaded; a source that was, and still lacks the key, is known to.
    fn conclude(&self, lack: &Lack, loaded: &[usize]) -> bool {
        let mut is_worth_it = !loaded.is_empty();
        for (index, source) in self.each(lack) {
            if holds(source, lack) {
                is_worth_it = true;
            } else if loaded.contains(&index) {
                self.inner.processes.remember_absent(index, self.number(lack));
            }
        }
        is_worth_it
    }

    fn each<'s>(&'s self, lack: &'s Lack) -> impl Iterator<Item = (usize, &'s Source)> {
        let sources = &self.inner.shared.sources;
        lack.sources.iter().filter_map(|index| Some((*index, sources.get(*index)?)))
    }

    fn number(&self, lack: &Lack) -> u64 {
        self.inner.hasher.hash_one((lack.algorithm, &lack.key_id))
    }

    /// Begins to fetch a source that is due, for whom nobody waits.
    #[cold]
    fn fetch_ahead(&self, index: usize, source: &Source, now: Duration) {
        let shared = &self.inner.shared;
        let again = now.saturating_add(shared.settings.deadline.saturating_mul(2));
        if !source.claim_due(now, again) {
            return;
        }
        let serves = source.serves(now);
        let reason = if serves { FetchReason::Ahead } else { FetchReason::NoKeys };
        let answer = self.inner.processes.demand(index, Demand { reason, key: None });
        if let Answer::Later(wait) = answer {
            source.set_due(now.saturating_add(wait));
        }
    }

    #[cold]
    fn say_stale(&self, source: &Source, loaded: &Loaded, now: Duration) {
        self.inner.shared.counting.stale_served.add();
        if !loaded.stale_said.swap(true, Ordering::Relaxed) {
            let age = now.saturating_sub(loaded.at);
            self.inner.shared.tell(&JwksEvent::StaleServed { url: source.shown(), age });
        }
    }

    #[cold]
    fn say_unavailable(&self, source: &Source, loaded: Option<&Loaded>, now: Duration) {
        self.inner.shared.counting.unavailable.add();
        let Some(loaded) = loaded else { return };
        if !loaded.hard_said.swap(true, Ordering::Relaxed) {
            let age = now.saturating_sub(loaded.at);
            self.inner.shared.tell(&JwksEvent::HardAgeReached { url: source.shown(), age });
        }
    }
}

impl KeyResolver for JwksClient {
    fn resolve(&self, request: &KeyRequest<'_>) -> Result<Vec<VerifyingKey>, Excerpt> {
        let now = self.inner.shared.now();
        let mut found = Vec::new();
        let mut lacking = None;
        for (index, source) in self.inner.shared.sources.iter().enumerate() {
            if source.is_due(now) {
                self.fetch_ahead(index, source, now);
            }
            let loaded = source.loaded.load();
            match loaded.as_deref() {
                Some(loaded) if now < loaded.hard => {
                    if now >= loaded.soft {
                        self.say_stale(source, loaded, now);
                    }
                    loaded.keys.find(request.algorithm(), request.untrusted_key_id(), &mut found);
                }
                too_old => {
                    self.say_unavailable(source, too_old, now);
                    let had_keys = too_old.is_some();
                    lacking.get_or_insert((source, had_keys));
                }
            }
        }
        match lacking {
            Some((source, had_keys)) if found.is_empty() => Err(reason(source, had_keys)),
            Some(_) | None => Ok(found),
        }
    }

    fn algorithms(&self) -> Option<Vec<Algorithm>> {
        self.inner.shared.settings.algorithms.clone()
    }
}

impl From<&JwksClient> for Keys {
    fn from(client: &JwksClient) -> Self {
        Self::resolver(client.clone())
    }
}

impl From<JwksClient> for Keys {
    fn from(client: JwksClient) -> Self {
        Self::resolver(client)
    }
}

fn holds(source: &Source, lack: &Lack) -> bool {
    let loaded = source.loaded.load();
    let keys = loaded.as_ref().map(|loaded| &loaded.keys);
    keys.is_some_and(|keys| keys.holds(lack.algorithm, lack.key_id.as_deref()))
}

#[cold]
fn reason(source: &Source, had_keys: bool) -> Excerpt {
    let host = source.origin.endpoint().host_name();
    Excerpt::new(&if had_keys {
        format!("too old: {host}")
    } else {
        format!("not fetched yet: {host}")
    })
}

/// Waits for a future by parking the thread: no runtime is needed, and none is disturbed.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
