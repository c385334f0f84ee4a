//! What a verification gives: claims of the caller's own, or claims that callers share.

use std::convert::Infallible;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::cache::{Entry, Kept};
use super::{ClaimsSet, Verified};
use crate::jws::Header;

/// A token that passed all eight steps, in the form that the caller asked for.
pub(super) trait Outcome: Sized {
    /// The application's claims.
    type Custom: DeserializeOwned;

    /// What spares reading the payload.
    type Known;

    /// Returns what was read before, if the form can make use of it.
    fn known(remembered: Option<&Entry>) -> Option<Self::Known>;

    /// Returns the claims of a token that was read before, for step 8 to decide about.
    fn claims_of(known: &Self::Known) -> &ClaimsSet<Self::Custom>;

    /// Makes the outcome of what was read before.
    fn from_known(known: Self::Known) -> Self;

    /// Makes the outcome of what was read now.
    fn from_read(verified: Verified<Self::Custom>) -> Self;

    /// Returns the header.
    fn header(&self) -> &Arc<Header>;

    /// Whether there is more to remember than what is.
    fn adds_to(remembered: &Entry) -> bool;

    /// Returns the claims for the cache, if they are to be shared.
    fn kept(&self) -> Option<Arc<dyn Kept>>;
}

impl<T: DeserializeOwned> Outcome for Verified<T> {
    type Custom = T;
    /// Claims of the caller's own are read at each call.
    type Known = Infallible;

    fn known(_remembered: Option<&Entry>) -> Option<Infallible> {
        None
    }

    fn claims_of(known: &Infallible) -> &ClaimsSet<T> {
        match *known {}
    }

    fn from_known(known: Infallible) -> Self {
        match known {}
    }

    fn from_read(verified: Self) -> Self {
        verified
    }

    fn header(&self) -> &Arc<Header> {
        &self.header
    }

    fn adds_to(_remembered: &Entry) -> bool {
        false
    }

    fn kept(&self) -> Option<Arc<dyn Kept>> {
        None
    }
}

impl<T: DeserializeOwned + Send + Sync + 'static> Outcome for Arc<Verified<T>> {
    type Custom = T;
    type Known = Self;

    fn known(remembered: Option<&Entry>) -> Option<Self> {
        remembered.and_then(Entry::claims)
    }

    fn claims_of(known: &Self) -> &ClaimsSet<T> {
        known.claims()
    }

    fn from_known(known: Self) -> Self {
        known
    }

    fn from_read(verified: Verified<T>) -> Self {
        Self::new(verified)
    }

    fn header(&self) -> &Arc<Header> {
        &self.header
    }

    fn adds_to(remembered: &Entry) -> bool {
        // The first type stays: two that take turns would push each other out at every call.
        !remembered.has_claims()
    }

    fn kept(&self) -> Option<Arc<dyn Kept>> {
        Some(Self::clone(self))
    }
}
