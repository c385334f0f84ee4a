//! What is remembered of one token: that its signature held, and under which key.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use zeroize::{Zeroize as _, Zeroizing};

use crate::encoding::compact::{self, Segments};
use crate::jwk::VerifyingKey;
use crate::jws::Header;
use crate::jwt::{NumericDate, Verified};

/// A token whose signature held under a key, and what was read from it. Says nothing about whether
/// the token is accepted.
pub(in crate::jwt) struct Entry {
    token: Zeroizing<Box<str>>,
    /// Where its dots stand.
    dots: Option<(usize, usize)>,
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
    fn zeroize(&mut self);
}

impl<T: Send + Sync + 'static> Kept for Verified<T> {
    fn bytes(&self) -> usize {
        size_of::<Self>().saturating_add(self.claims.payload.len().saturating_mul(2))
    }

    fn zeroize(&mut self) {
        self.claims.payload.zeroize();
    }
}

impl Entry {
    /// Remembers a token under the key that verified it; absent for a key that lives elsewhere,
    /// which may change its mind.
    pub(in crate::jwt) fn new(
        token: &str,
        key: &VerifyingKey,
        header: &Arc<Header>,
        expires: Option<NumericDate>,
    ) -> Option<Self> {
        if key.lives_elsewhere() || key.algorithm().is_symmetric() {
            return None;
        }
        Some(Self {
            bytes: OVERHEAD.saturating_add(token.len()).saturating_add(header.json().len()),
            token: Zeroizing::new(token.into()),
            dots: compact::split(token).map(|segments| segments.dots()),
            key: key.clone(),
            header: Arc::clone(header),
            claims: None,
            expires,
            used: AtomicBool::new(false),
        })
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

    /// Returns the claims, if they were read into this type before.
    pub(in crate::jwt) fn claims<T: Send + Sync + 'static>(&self) -> Option<Arc<Verified<T>>> {
        let any: Arc<dyn Any + Send + Sync> = self.claims.clone()? as _;
        any.downcast().ok()
    }

    /// Whether claims were read into some type before.
    pub(in crate::jwt) const fn has_claims(&self) -> bool {
        self.claims.is_some()
    }

    /// Whether this is about these very bytes.
    pub(super) fn is_of(&self, token: &str) -> bool {
        **self.token == *token
    }

    pub(super) fn is_about_the_same_as(&self, other: &Self) -> bool {
        self.is_of(&other.token)
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
            claims.zeroize();
        }
    }
}

/// What an entry takes besides its texts: itself, the header, five allocations, two counts each.
const OVERHEAD: usize = size_of::<Entry>() + size_of::<Header>() + 5 * 4 * size_of::<usize>();
