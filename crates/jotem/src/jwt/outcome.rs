//! What step 7 makes of a payload: claims of the caller's own, or claims that callers share.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::Verified;
use super::cache::{Entry, Kept};
use super::pipeline::{Authentic, Pipeline, read_claims};
use crate::error::Rejection;

/// A token that was read.
pub(super) trait Outcome: Sized {
    /// The application's claims.
    type Custom;

    /// Step 7: reads the payload of a token whose signature holds.
    fn read(pipeline: &Pipeline<'_>, token: &Authentic<'_>) -> Result<Self, Rejection>;

    /// Returns what was read, for step 8 to decide about.
    fn verified(&self) -> &Verified<Self::Custom>;

    /// Returns the claims for the cache, if they are to be shared and it has none yet.
    fn kept(&self, remembered: Option<&Entry>) -> Option<Arc<dyn Kept>>;
}

impl<T: DeserializeOwned> Outcome for Verified<T> {
    type Custom = T;

    #[inline(always)]
    fn read(pipeline: &Pipeline<'_>, token: &Authentic<'_>) -> Result<Self, Rejection> {
        let claims = read_claims(pipeline, token)?;
        Ok(Self { header: Arc::clone(token.header), algorithm: token.algorithm, claims })
    }

    fn verified(&self) -> &Self {
        self
    }

    fn kept(&self, _remembered: Option<&Entry>) -> Option<Arc<dyn Kept>> {
        None
    }
}

impl<T: DeserializeOwned + Send + Sync + 'static> Outcome for Arc<Verified<T>> {
    type Custom = T;

    #[inline(always)]
    fn read(pipeline: &Pipeline<'_>, token: &Authentic<'_>) -> Result<Self, Rejection> {
        match token.remembered.and_then(Entry::claims) {
            Some(verified) => Ok(verified),
            None => Verified::read(pipeline, token).map(Self::new),
        }
    }

    fn verified(&self) -> &Verified<T> {
        self
    }

    fn kept(&self, remembered: Option<&Entry>) -> Option<Arc<dyn Kept>> {
        // The first type stays: two that take turns would push each other out at every call.
        (!remembered.is_some_and(Entry::has_claims)).then(|| Self::clone(self) as _)
    }
}
