//! What a verifier knows of revocations: in memory, read without a lock, fed from outside.
//!
//! Verification never asks a store. Each verifier keeps a [`RevocationView`], which somebody feeds with
//! [`Revocation`]s; looking a token up costs one or two reads of memory for each of its names. An entry
//! lives as long as the access tokens that it is about, so a view is as large as what was revoked in
//! the last quarter of an hour or so, and not as what was ever issued.
//!
//! The view knows fingerprints, not names: 64 bits under a key, so that nobody who chooses a name can
//! choose one that collides with another's. Of a million entries one token in 10¹³ is refused by chance.

mod fingerprint;
mod table;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use jotem::NumericDate;

pub use fingerprint::{Fingerprint, Fingerprints};
use table::Table;

/// One revocation, as it travels to verifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    what: Fingerprint,
    until_s: u32,
    epoch: Option<u32>,
}

impl Revocation {
    /// Revokes a token, a session, a client's tokens or a key's, until the last of them has expired:
    /// leeway included (seconds since 1970).
    #[must_use]
    pub const fn of(what: Fingerprint, until_s: u32) -> Self {
        Self { what, until_s, epoch: None }
    }

    /// Revokes what a subject was given before: their tokens of an epoch below this one. What they
    /// get from now on has this epoch, and holds.
    #[must_use]
    pub const fn of_subject(what: Fingerprint, epoch: u32, until_s: u32) -> Self {
        Self { what, until_s, epoch: Some(epoch) }
    }

    /// Returns whose tokens are revoked.
    #[must_use]
    pub const fn what(&self) -> Fingerprint {
        self.what
    }

    /// Returns until when it matters: seconds since 1970.
    #[must_use]
    pub const fn until_s(&self) -> u32 {
        self.until_s
    }

    /// Returns the epoch below which a subject's tokens are revoked; absent if it is of no subject.
    #[must_use]
    pub const fn epoch(&self) -> Option<u32> {
        self.epoch
    }
}

/// What is asked of a token: every name under which it may have been revoked.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Names {
    token: Option<Fingerprint>,
    session: Option<Fingerprint>,
    client: Option<Fingerprint>,
    key: Option<Fingerprint>,
    subject: Option<(Fingerprint, u32)>,
}

impl Names {
    /// Names nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Names the token, by its `jti`.
    #[must_use]
    pub const fn token(mut self, token: Fingerprint) -> Self {
        self.token = Some(token);
        self
    }

    /// Names the session, by its `sid`.
    #[must_use]
    pub const fn session(mut self, session: Fingerprint) -> Self {
        self.session = Some(session);
        self
    }

    /// Names the client, by its `client_id`.
    #[must_use]
    pub const fn client(mut self, client: Fingerprint) -> Self {
        self.client = Some(client);
        self
    }

    /// Names the key that signed it, by its `kid`.
    #[must_use]
    pub const fn key(mut self, key: Fingerprint) -> Self {
        self.key = Some(key);
        self
    }

    /// Names the subject, and the epoch in which the token was issued.
    #[must_use]
    pub const fn subject(mut self, subject: Fingerprint, epoch: u32) -> Self {
        self.subject = Some((subject, epoch));
        self
    }
}

/// By which of its names a token is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevokedBy {
    /// The token itself.
    Token,
    /// Its session.
    Session,
    /// Its client.
    Client,
    /// The key that signed it.
    Key,
    /// Its subject, after it was issued.
    Subject,
}

/// What a verifier knows of revocations.
///
/// # Examples
/// ```
/// use jotem::{NumericDate, Secret};
/// use jotem_session::revocation::{Fingerprints, Names, Revocation, RevocationView, RevokedBy};
/// use std::time::Duration;
///
/// let fingerprints = Fingerprints::derive(&Secret::from(vec![7; 32]))?;
/// let view = RevocationView::new();
/// let now = NumericDate::from_secs(1_795_305_600);
///
/// let ada = fingerprints.subject(None, "ada");
/// view.apply([Revocation::of_subject(ada, 5, 1_795_306_530)], now);
///
/// let issued_before = Names::none().subject(ada, 4);
/// let issued_after = Names::none().subject(ada, 5);
/// assert_eq!(view.check(&issued_before), Err(RevokedBy::Subject));
/// assert_eq!(view.check(&issued_after), Ok(()));
/// assert_eq!(view.age(now), Some(Duration::ZERO));
/// # Ok::<(), jotem_session::refresh_token::RefreshTokenError>(())
/// ```
#[derive(Debug)]
pub struct RevocationView {
    ids: ArcSwap<Table>,
    subjects: ArcSwap<Table>,
    /// Who changes something, alone.
    writer: Mutex<()>,
    /// Milliseconds since 1970; 0 while nothing is known.
    as_of_ms: AtomicU64,
}

impl RevocationView {
    /// Makes a view that knows nothing yet, not even that nothing was revoked: [`Self::age`] is absent.
    #[must_use]
    pub fn new() -> Self {
        Self {
            ids: ArcSwap::from_pointee(Table::of_ids(0)),
            subjects: ArcSwap::from_pointee(Table::of_epochs(0)),
            writer: Mutex::new(()),
            as_of_ms: AtomicU64::new(0),
        }
    }

    /// Takes revocations in: all that there were up to `as_of`, which may be none. One that is known
    /// changes nothing; the later end, and the higher epoch, stays.
    pub fn apply(&self, revocations: impl IntoIterator<Item = Revocation>, as_of: NumericDate) {
        let alone = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        for Revocation { what, until_s, epoch } in revocations {
            let table = if epoch.is_some() { &self.subjects } else { &self.ids };
            if !table.load().insert(what, until_s, epoch.unwrap_or_default()) {
                let larger = table.load().rebuilt(1, as_of);
                larger.insert(what, until_s, epoch.unwrap_or_default());
                table.store(larger.into());
            }
        }
        let as_of_ms = u64::try_from(as_of.since_epoch().as_millis()).unwrap_or(u64::MAX);
        self.as_of_ms.fetch_max(as_of_ms, Ordering::Release);
        drop(alone);
    }

    /// Forgets what is over: revocations of tokens that have all expired. Once a minute is enough; what
    /// is over costs memory and nothing else.
    pub fn sweep(&self, now: NumericDate) {
        let alone = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        for table in [&self.ids, &self.subjects] {
            let swept = table.load().rebuilt(0, now);
            table.store(swept.into());
        }
        drop(alone);
    }

    /// Looks a token up by all of its names.
    ///
    /// # Errors
    /// [`RevokedBy`]: one of them is revoked.
    pub fn check(&self, names: &Names) -> Result<(), RevokedBy> {
        let ids = self.ids.load();
        let has = |name: Option<Fingerprint>| name.is_some_and(|name| ids.find(name).is_some());
        for (name, by) in [
            (names.session, RevokedBy::Session),
            (names.token, RevokedBy::Token),
            (names.client, RevokedBy::Client),
            (names.key, RevokedBy::Key),
        ] {
            if has(name) {
                return Err(by);
            }
        }
        if let Some((subject, epoch)) = names.subject
            && self.subjects.load().find(subject).is_some_and(|revoked| epoch < revoked)
        {
            return Err(RevokedBy::Subject);
        }
        Ok(())
    }

    /// Returns up to when everything is known; absent if nothing was heard yet.
    #[must_use]
    pub fn as_of(&self) -> Option<NumericDate> {
        let as_of = self.as_of_ms.load(Ordering::Acquire);
        (as_of != 0).then(|| NumericDate::from_secs(0).saturating_add(Duration::from_millis(as_of)))
    }

    /// Returns how old that knowledge is; absent if nothing was heard yet.
    #[must_use]
    pub fn age(&self, now: NumericDate) -> Option<Duration> {
        self.as_of().map(|as_of| now.saturating_since(as_of))
    }

    /// Returns how many revocations there are, with those that are over and were not swept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.load().len().saturating_add(self.subjects.load().len())
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns how many bytes they take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.ids.load().bytes().saturating_add(self.subjects.load().bytes())
    }
}

impl Default for RevocationView {
    fn default() -> Self {
        Self::new()
    }
}
