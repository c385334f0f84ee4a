//! Verifying access tokens against what was revoked, without asking a store.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jotem::jwt::Verified;
use jotem::{Clock, NumericDate, SystemClock, Verifier};
use serde::de::DeserializeOwned;

use super::access::Access;
use super::verify_error::{VerifyError, describe_age};
use crate::event::{Action, Event, EventSink};
use crate::refresh_token::SessionId;
use crate::revocation::{Fingerprints, Names, RevocationView};

/// Verifies access tokens: the signature, the claims, and that nothing of it was revoked, as far as a
/// [`RevocationView`] knows that is not too old. It never asks a store. Clones share everything.
///
/// # Examples
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use jotem::Secret;
/// use jotem_session::{Grant, Sessions};
///
/// let sessions = Sessions::builder(Secret::from(vec![7; 32])).audience("api").open().await?;
/// let pair = sessions.start("ada", Grant::new().scopes(["invoices"])).await?;
///
/// let verifier = sessions.verifier();
/// let live = verifier.verify::<()>(pair.access_token())?;
/// assert_eq!(live.subject(), "ada");
/// assert!(live.has_scope("invoices"));
///
/// sessions.revoke_session("ada", pair.session()).await?;
/// assert_eq!(verifier.verify::<()>(pair.access_token()).unwrap_err().code(), "access_revoked");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SessionVerifier {
    verifier: Verifier,
    bound: Option<Verifier>,
    view: Arc<RevocationView>,
    fingerprints: Fingerprints,
    tenant: Option<Arc<str>>,
    pub(super) max_staleness: Duration,
    max_outage: Duration,
    clock: Arc<dyn Clock>,
    events: Option<Arc<dyn EventSink>>,
    alarmed_at: Arc<AtomicU64>,
    #[cfg(feature = "metrics")]
    counts: bool,
}

/// A token that was verified, and of which nothing was revoked, as a view knew it that was not older
/// than its verifier allows. Only a [`SessionVerifier`] makes one.
#[derive(Debug, Clone)]
pub struct Live<C = ()> {
    verified: Verified<Access<C>>,
    session: SessionId,
}

/// What a verifier that goes on with an old view says of a token.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_enums, reason = "whoever asks has to handle both")]
pub enum Liveness<C = ()> {
    /// Nothing of it was revoked.
    Live(Live<C>),
    /// Nothing of it was revoked when the view was fresh, that long ago; absent if it never was.
    Stale(Verified<Access<C>>, Option<Duration>),
}

impl SessionVerifier {
    /// Makes one of a verifier for access tokens, and of a view that somebody feeds: for services that
    /// verify and do not issue. The verifier should ask for the type `at+jwt`.
    #[must_use]
    pub fn new(verifier: Verifier, fingerprints: Fingerprints, view: Arc<RevocationView>) -> Self {
        Self {
            verifier,
            bound: None,
            view,
            fingerprints,
            tenant: None,
            max_staleness: Self::MAX_STALENESS,
            max_outage: Self::MAX_OUTAGE,
            clock: Arc::new(SystemClock),
            events: None,
            alarmed_at: Arc::new(AtomicU64::new(FRESH)),
            #[cfg(feature = "metrics")]
            counts: false,
        }
    }

    /// How old the view may be unless something else is said: 30 seconds.
    pub const MAX_STALENESS: Duration = Duration::from_secs(30);

    /// Sets how old the view may be.
    #[must_use]
    pub const fn max_staleness(mut self, age: Duration) -> Self {
        self.max_staleness = age;
        self
    }

    /// For how long tokens are accepted under a view that is too old, unless something else is said: one
    /// hour. Only [`Self::verify_fail_open`] does that.
    pub const MAX_OUTAGE: Duration = Duration::from_secs(3_600);

    /// Sets for how long [`Self::verify_fail_open`] goes on: how old the view may be there, or, where
    /// nothing is known (it was never fed, is full, or the clock was set back), for how long after the
    /// first token. With zero it does not go on at all.
    #[must_use]
    pub const fn max_outage(mut self, age: Duration) -> Self {
        self.max_outage = age;
        self
    }

    /// Expects a tenant: a token of another one, or of none, is refused as
    /// [`VerifyError::Tenant`]. Without it every tenant's tokens are good, and a program that has
    /// several looks at [`Live::tenant`] itself.
    ///
    /// # Examples
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use jotem::Secret;
    /// use jotem_session::{Grant, Sessions};
    /// use jotem_session::store::Subject;
    ///
    /// let sessions = Sessions::builder(Secret::from(vec![7; 32])).audience("api").open().await?;
    /// let pair = sessions.start(Subject::new("ada").tenant("acme"), Grant::new()).await?;
    ///
    /// let other = sessions.verifier().tenant("other");
    /// let error = other.verify::<()>(pair.access_token()).unwrap_err();
    /// assert_eq!(error.code(), "access_tenant_mismatch");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn tenant(mut self, name: impl Into<Arc<str>>) -> Self {
        self.tenant = Some(name.into());
        self
    }

    /// Sets the clock that the age of the view is measured by; the verifier has its own.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets who is told when tokens are accepted under a view that is too old.
    #[must_use]
    pub fn events(mut self, sink: Arc<dyn EventSink>) -> Self {
        self.events = Some(sink);
        self
    }

    /// Sets the verifier for tokens that are bound to a key: as the other, with
    /// [`accept_bound_tokens`](jotem::jwt::VerifierBuilder::accept_bound_tokens).
    #[must_use]
    pub fn bound_tokens(mut self, verifier: Verifier) -> Self {
        self.bound = Some(verifier);
        self
    }

    /// Counts tokens that are verified, by what came of them: `jotem_verify_total`.
    #[cfg(feature = "metrics")]
    #[must_use]
    pub const fn metrics(mut self) -> Self {
        self.counts = true;
        self
    }

    /// Returns the view.
    #[must_use]
    pub const fn view(&self) -> &Arc<RevocationView> {
        &self.view
    }

    /// Verifies an access token; fails if what is known of revocations is too old.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify<C: DeserializeOwned>(&self, token: &str) -> Result<Live<C>, VerifyError> {
        self.counted(self.unbound(token).and_then(|it| self.fresh(it)))
    }

    /// Verifies the signature and the claims of a token that is bound to no key: the verifier may be one
    /// that accepts those, since [`Self::verify_bound`] takes it where there is no other.
    fn unbound<C: DeserializeOwned>(
        &self,
        token: &str,
    ) -> Result<Verified<Access<C>>, VerifyError> {
        let verified: Verified<Access<C>> = self.verifier.verify(token)?;
        if verified.custom().cnf.is_some() {
            return Err(VerifyError::NotProven);
        }
        Ok(verified)
    }

    /// Verifies an access token that is bound to a key, by a request that proved the key with this
    /// RFC 7638 thumbprint (RFC 9449 §7.1).
    ///
    /// # Errors
    /// [`VerifyError::NotProven`] if it is bound to another key or to none, and as [`Self::verify`].
    pub fn verify_bound<C: DeserializeOwned>(
        &self,
        token: &str,
        proven: &str,
    ) -> Result<Live<C>, VerifyError> {
        self.counted(self.proven(token, proven))
    }

    fn proven<C: DeserializeOwned>(
        &self,
        token: &str,
        proven: &str,
    ) -> Result<Live<C>, VerifyError> {
        let verified: Verified<Access<C>> =
            self.bound.as_ref().unwrap_or(&self.verifier).verify(token)?;
        let bound_to = verified.custom().cnf.as_ref().map(|cnf| cnf.jkt.as_str());
        if bound_to != Some(proven) {
            return Err(VerifyError::NotProven);
        }
        self.fresh(verified)
    }

    /// Verifies an access token; goes on, and raises an alarm, if what is known of revocations is too
    /// old, for as long as [`Self::max_outage`] says. What was known to be revoked is refused all the
    /// same.
    ///
    /// # Errors
    /// [`VerifyError`]; [`VerifyError::Stale`] only after that long.
    ///
    /// # Security
    /// For routes on which a token that was revoked a moment ago does no harm.
    pub fn verify_fail_open<C: DeserializeOwned>(
        &self,
        token: &str,
    ) -> Result<Liveness<C>, VerifyError> {
        self.counted(self.live_or_stale(token))
    }

    fn live_or_stale<C: DeserializeOwned>(&self, token: &str) -> Result<Liveness<C>, VerifyError> {
        let verified = self.unbound(token)?;
        let session = self.check(&verified)?;
        let Some(age) = self.stale_age() else {
            return Ok(Liveness::Live(Live { verified, session }));
        };
        let (lasts, limit) = (self.alarm(age), self.max_outage);
        if lasts > limit || limit.is_zero() {
            return Err(VerifyError::Stale { age, limit });
        }
        Ok(Liveness::Stale(verified, age))
    }

    /// Counts a verdict, where that is wanted, and hands it on.
    #[cfg_attr(not(feature = "metrics"), expect(clippy::unused_self, reason = "nothing counts"))]
    fn counted<T>(&self, verdict: Result<T, VerifyError>) -> Result<T, VerifyError> {
        #[cfg(feature = "metrics")]
        if self.counts {
            crate::metrics::count_verified(verdict.as_ref().map(|_| ()).map_err(VerifyError::code));
        }
        verdict
    }

    fn fresh<C>(&self, verified: Verified<Access<C>>) -> Result<Live<C>, VerifyError> {
        // The age first: the view can only become newer until it is looked into.
        let age = self.check_age();
        let session = self.check(&verified)?;
        age?;
        Ok(Live { verified, session })
    }

    fn check_age(&self) -> Result<(), VerifyError> {
        match self.stale_age() {
            Some(age) => Err(VerifyError::Stale { age, limit: self.max_staleness }),
            None => Ok(()),
        }
    }

    /// Returns how old the view is, if it is too old; `Some(None)` if it was never fed.
    fn stale_age(&self) -> Option<Option<Duration>> {
        let age = self.view.age(self.clock.now());
        if age.is_none_or(|age| age > self.max_staleness) {
            return Some(age);
        }
        // Read first: each verification comes here, and what all of them wrote they would take from
        // each other.
        if self.alarmed_at.load(Ordering::Relaxed) != FRESH && self.ends_alarm() {
            self.tell(Event::new(Action::ViewFresh, self.clock.now()));
        }
        None
    }

    /// Ends the alarm; `false` if there was none. Whoever ends it tells so.
    pub(super) fn ends_alarm(&self) -> bool {
        self.alarmed_at.swap(FRESH, Ordering::Relaxed) != FRESH
    }

    fn tell(&self, event: Event) {
        if let Some(events) = &self.events {
            events.record(&event);
        }
    }

    fn check<C>(&self, verified: &Verified<Access<C>>) -> Result<SessionId, VerifyError> {
        let (claims, access) = (verified.claims(), verified.custom());
        let session =
            SessionId::from_text(&access.sid).ok_or(VerifyError::Session { claim: "sid" })?;
        let subject = claims.subject().ok_or(VerifyError::Session { claim: "sub" })?;
        if self.tenant.is_some() && self.tenant.as_deref() != access.tenant.as_deref() {
            return Err(VerifyError::Tenant);
        }
        let prints = &self.fingerprints;
        let subject = prints.subject(access.tenant.as_deref(), subject);
        let mut names = Names::none()
            .session(prints.session(&session))
            .client(prints.client(&access.client_id), access.cep)
            .subject(subject, access.sep);
        if let Some(id) = claims.token_id() {
            names = names.token(prints.token(id));
        }
        if let Some(key_id) = verified.header().key_id() {
            names = names.key(prints.key(key_id));
        }
        self.view.check(&names).map_err(|by| VerifyError::Revoked { by })?;
        Ok(session)
    }

    /// Raises the alarm, once for each time that the view becomes too old and not once for each token.
    /// Returns for how long it has been so: how old the view is, or, where that is unknown, since when
    /// there is an alarm.
    fn alarm(&self, age: Option<Duration>) -> Duration {
        let now = self.clock.now();
        let order = Ordering::Relaxed;
        let since = match self.alarmed_at.compare_exchange(FRESH, now.as_secs(), order, order) {
            Ok(_) => {
                let words = format!("what is known of revocations is {} old", describe_age(age));
                self.tell(Event::new(Action::ViewStale, now).detail(&words));
                Duration::ZERO
            }
            Err(then) if then > now.as_secs() => {
                // The clock was set back: an alarm of the future would never be over.
                let _who_was_first =
                    self.alarmed_at.compare_exchange(then, now.as_secs(), order, order);
                Duration::ZERO
            }
            Err(then) => now.saturating_since(NumericDate::from_secs(then)),
        };
        age.unwrap_or(since)
    }
}

/// No alarm was raised since the view was fresh.
const FRESH: u64 = u64::MAX;

impl<C> Live<C> {
    /// Returns who it is: the `sub`.
    #[must_use]
    pub fn subject(&self) -> &str {
        // It was there when the token was checked.
        self.verified.claims().subject().unwrap_or_default()
    }

    /// Returns the session.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// Returns the client.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.access().client_id
    }

    /// Returns the tenant, if there is one.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.access().tenant.as_deref()
    }

    /// Returns the scopes.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.access()
            .scope
            .as_deref()
            .unwrap_or_default()
            .split(' ')
            .filter(|text| !text.is_empty())
    }

    /// Returns whether it has a scope.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|own| own == scope)
    }

    /// Returns when the subject logged in. A refresh does not change it: a route that wants to see the
    /// user again compares it with now (RFC 9470).
    #[must_use]
    pub fn authenticated_at(&self) -> NumericDate {
        NumericDate::from_secs(self.access().auth_time.into())
    }

    /// Returns the claims that access tokens have.
    #[must_use]
    pub const fn access(&self) -> &Access<C> {
        self.verified.custom()
    }

    /// Returns the application's claims.
    #[must_use]
    pub const fn custom(&self) -> &C {
        &self.access().custom
    }

    /// Returns the token as it was verified.
    #[must_use]
    pub const fn verified(&self) -> &Verified<Access<C>> {
        &self.verified
    }
}

impl fmt::Debug for SessionVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SessionVerifier")
            .field("max_staleness", &self.max_staleness)
            .field("as_of", &self.view.as_of())
            .finish_non_exhaustive()
    }
}
