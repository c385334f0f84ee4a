//! What a verification gives: claims of the caller's own, or claims that callers share.

use std::convert::Infallible;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::Verified;
use super::cache::{Entry, Kept};

/// A token that passed all eight steps, in the form that the caller asked for.
pub(super) trait Outcome: Sized {
    /// The application's claims.
    type Custom: DeserializeOwned;

    /// What spares reading the payload.
    type Known;

    /// Returns what was read before, if the form can make use of it.
    fn known(remembered: &Entry) -> Option<Self::Known>;

    /// Makes the outcome of what was read before.
    fn from_known(known: Self::Known) -> Self;

    /// Makes the outcome of what was read again, and is remembered already.
    fn from_again(verified: Verified<Self::Custom>) -> Self;

    /// Makes the outcome of what was read now, and hands over the claims if callers are to share
    /// them.
    fn from_read(
        verified: impl FnOnce() -> Verified<Self::Custom>,
        keep: impl FnOnce(Option<Arc<dyn Kept>>),
    ) -> Self;

    /// Whether there is more to remember than what is.
    fn adds_to(remembered: &Entry) -> bool;
}

impl<T: DeserializeOwned> Outcome for Verified<T> {
    type Custom = T;
    /// Claims of the caller's own are read at each call.
    type Known = Infallible;

    fn known(_remembered: &Entry) -> Option<Infallible> {
        None
    }

    fn from_known(known: Infallible) -> Self {
        match known {}
    }

    #[inline(always)]
    fn from_again(verified: Self) -> Self {
        verified
    }

    #[inline(always)]
    fn from_read(
        verified: impl FnOnce() -> Self,
        keep: impl FnOnce(Option<Arc<dyn Kept>>),
    ) -> Self {
        keep(None);
        verified()
    }

    fn adds_to(_remembered: &Entry) -> bool {
        false
    }
}

impl<T: DeserializeOwned + Send + Sync + 'static> Outcome for Arc<Verified<T>> {
    type Custom = T;
    type Known = Self;

    fn known(remembered: &Entry) -> Option<Self> {
        remembered.claims()
    }

    fn from_known(known: Self) -> Self {
        known
    }

    fn from_again(verified: Verified<T>) -> Self {
        Self::new(verified)
    }

    fn from_read(
        verified: impl FnOnce() -> Verified<T>,
        keep: impl FnOnce(Option<Arc<dyn Kept>>),
    ) -> Self {
        let shared = Self::new(verified());
        keep(Some(Self::clone(&shared) as _));
        shared
    }

    fn adds_to(remembered: &Entry) -> bool {
        // The first type stays: two that take turns would push each other out at every call.
        !remembered.has_claims()
    }
}
