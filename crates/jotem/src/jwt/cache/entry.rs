//! What is remembered of one token: that its signature held, and under which key.

use std::any::Any;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use zeroize::Zeroizing;

use crate::encoding::compact::{self, Segments};
use crate::jwk::VerifyingKey;
use crate::jws::Header;
use crate::jwt::outline::Outline;
use crate::jwt::registered::Registered;
use crate::jwt::{NumericDate, Verified};
use crate::limits::Limits;

/// A token whose signature held under a key, and what was read from it. Says nothing about whether
/// the token is accepted.
pub(in crate::jwt) struct Entry {
    /// The token and, behind it, the JSON of its payload: texts that are read one after the other.
    text: Zeroizing<Box<str>>,
    /// How long the token is, and where its dots stand.
    token: usize,
    dots: Option<(usize, usize)>,
    registered: Registered,
    /// Where the members of the payload stand.
    outline: Option<Outline>,
    key: VerifyingKey,
    header: Arc<Header>,
    claims: Option<Arc<dyn Kept>>,
    /// From then on the token is refused, and its place is free.
    expires: Option<NumericDate>,
    bytes: usize,
    used: AtomicBool,
}

/// The claims of a token, read into whatever type the application has.
pub(in crate::jwt) trait Kept: Any + Send + Sync {
    /// How many bytes they take: exactly, but for what the application's type owns. That is taken
    /// to be as much as the payload.
    fn bytes(&self) -> usize;

    /// Overwrites the payload.
    fn wipe(&mut self);
}

impl<T: Send + Sync + 'static> Kept for Verified<T> {
    fn bytes(&self) -> usize {
        let payload = &self.claims.payload;
        let texts = payload.json().len().saturating_mul(2);
        [texts, payload.registered().owned_bytes(), ALLOCATION, ALLOCATION]
            .into_iter()
            .fold(size_of::<Self>(), usize::saturating_add)
    }

    fn wipe(&mut self) {
        self.claims.payload.wipe();
    }
}

impl Entry {
    /// Remembers a token under the key that verified it; absent for a key that lives elsewhere,
    /// which may change its mind.
    pub(in crate::jwt) fn new(
        token: &str,
        key: &VerifyingKey,
        header: &Arc<Header>,
        (json, registered): (&str, &Registered),
        limits: &Limits,
        expires: Option<NumericDate>,
    ) -> Option<Self> {
        if key.lives_elsewhere() || key.algorithm().is_symmetric() {
            return None;
        }
        let outline = Outline::of(json, limits);
        let owned = registered.owned_bytes();
        let outlined = outline.as_ref().map_or(0, Outline::bytes);
        Some(Self {
            bytes: [token.len(), json.len(), owned, outlined]
                .into_iter()
                .fold(OVERHEAD, usize::saturating_add),
            text: Zeroizing::new([token, json].concat().into()),
            token: token.len(),
            registered: registered.clone(),
            dots: compact::split(token).map(|segments| segments.dots()),
            key: key.clone(),
            header: Arc::clone(header),
            outline,
            claims: None,
            expires,
            used: AtomicBool::new(false),
        })
    }

    /// Counts the header as well: it is this token's own.
    pub(in crate::jwt) fn with_own_header(mut self) -> Self {
        self.bytes = [size_of::<Header>(), ALLOCATION, self.header.json().len()]
            .into_iter()
            .fold(self.bytes, usize::saturating_add);
        self
    }

    /// Remembers claims as well, if there are any to share.
    pub(in crate::jwt) fn with_claims(mut self, claims: Option<Arc<dyn Kept>>) -> Self {
        self.bytes = self.bytes.saturating_add(claims.as_deref().map_or(0, Kept::bytes));
        self.claims = claims;
        self
    }

    /// Returns the segments of the token, of which this is.
    pub(in crate::jwt) fn segments<'t>(&self, token: &'t str) -> Option<Segments<'t>> {
        Segments::at(token, self.dots?)
    }

    /// Returns the key under which the signature held.
    pub(in crate::jwt) const fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// Returns the header, as it was read.
    pub(in crate::jwt) const fn header(&self) -> &Arc<Header> {
        &self.header
    }

    /// Returns the JSON of the payload.
    pub(in crate::jwt) fn json(&self) -> &str {
        self.text.get(self.token..).unwrap_or_default()
    }

    /// Returns where the members of the payload stand, if that is known.
    pub(in crate::jwt) const fn outline(&self) -> Option<&Outline> {
        self.outline.as_ref()
    }

    /// Returns the registered claims, as they were read.
    pub(in crate::jwt) const fn registered(&self) -> &Registered {
        &self.registered
    }

    /// Returns the claims, if they were read into this type before.
    pub(in crate::jwt) fn claims<T: Send + Sync + 'static>(&self) -> Option<Arc<Verified<T>>> {
        let any: Arc<dyn Any + Send + Sync> = self.claims.clone()? as _;
        any.downcast().ok()
    }

    /// Whether claims were read into some type before.
    pub(in crate::jwt) const fn has_claims(&self) -> bool {
        self.claims.is_some()
    }

    fn token(&self) -> &str {
        self.text.get(..self.token).unwrap_or_default()
    }

    /// Whether this is about these very bytes.
    pub(super) fn is_of(&self, token: &str) -> bool {
        self.token() == token
    }

    pub(super) fn is_about_the_same_as(&self, other: &Self) -> bool {
        self.is_of(other.token())
    }

    pub(super) fn has_expired(&self, now: NumericDate) -> bool {
        self.expires.is_some_and(|expires| now >= expires)
    }

    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Notes that it was of use. Written once, so that readers do not take it from each other.
    pub(super) fn touch(&self) {
        if !self.used.load(Ordering::Relaxed) {
            self.used.store(true, Ordering::Relaxed);
        }
    }

    /// Whether it was of use since this was last asked.
    pub(super) fn take_use(&self) -> bool {
        self.used.swap(false, Ordering::Relaxed)
    }
}

impl Drop for Entry {
    /// Overwrites the claims as well, unless a caller still has them.
    fn drop(&mut self) {
        if let Some(claims) = self.claims.as_mut().and_then(Arc::get_mut) {
            claims.wipe();
        }
    }
}

impl UnwindSafe for Entry {}

/// Nothing of it ever changes but a flag, and claims are only handed out behind a reference.
impl RefUnwindSafe for Entry {}

/// What an entry takes besides its texts and lists: itself, and three allocations.
const OVERHEAD: usize = size_of::<Entry>() + 3 * ALLOCATION;

/// Two counts, and what the allocator takes for itself.
const ALLOCATION: usize = 4 * size_of::<usize>();
