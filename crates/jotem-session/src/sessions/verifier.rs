//! Verifying access tokens against what was revoked, without asking a store.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jotem::error::Public;
use jotem::jwt::Verified;
use jotem::{Clock, NumericDate, SystemClock, Verifier};
use serde::de::DeserializeOwned;

use super::access::Access;
use crate::event::{Action, Event, EventSink};
use crate::refresh_token::SessionId;
use crate::revocation::{Fingerprints, Names, RevocationView, RevokedBy};

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
    pub(super) max_staleness: Duration,
    clock: Arc<dyn Clock>,
    events: Option<Arc<dyn EventSink>>,
    has_alarmed: Arc<AtomicBool>,
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

/// Why an access token is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The token itself: its signature, its claims.
    #[error(transparent)]
    Token(#[from] jotem::Error),
    /// It is an access token of no session: its claims lack what those have.
    #[error("the token is of no session: {claim} is not what it should be")]
    Session {
        /// The claim.
        claim: &'static str,
    },
    /// It was revoked.
    #[error("the token was revoked: by its {}", describe(*by))]
    Revoked {
        /// By which of its names.
        by: RevokedBy,
    },
    /// What is known of revocations is too old to say whether it was. The token may be sound.
    #[error("what is known of revocations is {} old, and at most {} s are allowed",
        describe_age(*age), limit.as_secs())]
    Stale {
        /// How old it is; absent if nothing was ever known.
        age: Option<Duration>,
        /// How old it may be.
        limit: Duration,
    },
    /// The token is bound to a key that the request did not prove (RFC 9449 §7.1).
    #[error("the token is bound to a key that was not proven")]
    NotProven,
}

const fn describe(by: RevokedBy) -> &'static str {
    match by {
        RevokedBy::Token => "own id",
        RevokedBy::Session => "session",
        RevokedBy::Client => "client",
        RevokedBy::Key => "key",
        RevokedBy::Subject => "subject",
    }
}

fn describe_age(age: Option<Duration>) -> String {
    age.map_or_else(|| "infinitely".to_owned(), |age| format!("{} s", age.as_secs()))
}

impl VerifyError {
    /// Returns the stable identifier of the reason; `docs/errors.md` has a section for each.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Token(error) => error.code().as_str(),
            Self::Session { .. } => "access_session",
            Self::Revoked { .. } => "access_revoked",
            Self::Stale { .. } => "access_view_stale",
            Self::NotProven => "access_not_proven",
        }
    }

    /// Tells the developer what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Token(error) => error.hint(),
            Self::Session { .. } => "it was issued by something else than Sessions",
            Self::Revoked { .. } => "answer 401: the client refreshes, or logs in again",
            Self::Stale { .. } => "answer 503; see why the store does not answer, or fail open",
            Self::NotProven => "verify the DPoP proof, and name its key: verify_bound",
        }
    }

    /// Returns what may be said on the wire (RFC 6750 §3.1).
    #[must_use]
    pub fn public(&self) -> Public {
        match self {
            Self::Token(error) => error.public(),
            Self::Session { .. } | Self::Revoked { .. } | Self::NotProven => Public::REFUSED,
            Self::Stale { .. } => Public::SERVER,
        }
    }

    /// Returns when to try again, where the verifier and not the token is at fault: the answer is then
    /// 503 with `Retry-After`.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Stale { .. } => Some(Duration::from_secs(1)),
            Self::Token(_) | Self::Session { .. } | Self::Revoked { .. } | Self::NotProven => None,
        }
    }
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
            max_staleness: Self::MAX_STALENESS,
            clock: Arc::new(SystemClock),
            events: None,
            has_alarmed: Arc::default(),
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
    /// old. What was known to be revoked is refused all the same.
    ///
    /// # Errors
    /// [`VerifyError`], but never [`VerifyError::Stale`].
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
        let Err(VerifyError::Stale { age, .. }) = self.check_age() else {
            return Ok(Liveness::Live(Live { verified, session }));
        };
        self.alarm(age);
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
        let (age, limit) = (self.view.age(self.clock.now()), self.max_staleness);
        if age.is_some_and(|age| age <= limit) {
            self.has_alarmed.store(false, Ordering::Relaxed);
            return Ok(());
        }
        Err(VerifyError::Stale { age, limit })
    }

    fn check<C>(&self, verified: &Verified<Access<C>>) -> Result<SessionId, VerifyError> {
        let (claims, access) = (verified.claims(), verified.custom());
        let session =
            SessionId::from_text(&access.sid).ok_or(VerifyError::Session { claim: "sid" })?;
        let subject = claims.subject().ok_or(VerifyError::Session { claim: "sub" })?;
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

    /// Once for each time that the view becomes too old, not once for each token.
    fn alarm(&self, age: Option<Duration>) {
        if !self.has_alarmed.swap(true, Ordering::Relaxed)
            && let Some(events) = &self.events
        {
            let words = format!("tokens are accepted all the same; its age: {}", describe_age(age));
            events.record(&Event::new(Action::ViewStale, self.clock.now()).detail(&words));
        }
    }
}

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
