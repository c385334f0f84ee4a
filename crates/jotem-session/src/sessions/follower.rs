//! What is done now and then: seeing what was revoked, and the upkeep of store and ring.

use std::sync::{Arc, Weak};
use std::time::Duration;

use jotem::NumericDate;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::store_ring::StoreRing;
use super::{SessionError, Shared};
use crate::event::Action;
use crate::fork::Change;
use crate::store::{Position, StoreError};

/// What is done, and how often.
#[derive(Debug, Clone, Copy)]
pub(super) struct Duties {
    pub(super) poll_every: Duration,
    pub(super) maintains: bool,
}

impl Default for Duties {
    fn default() -> Self {
        Self { poll_every: Duration::from_secs(1), maintains: true }
    }
}

/// Follows a store, in a task of its own; upkeep is another, so that nobody hears late of a revocation
/// because something is forgotten meanwhile. Both end when it is dropped.
#[derive(Debug)]
pub(super) struct Follower {
    place: Arc<Mutex<Place>>,
    ring: Option<StoreRing>,
    tasks: Vec<JoinHandle<()>>,
}

/// Up to where the feed was read.
#[derive(Debug, Default)]
struct Place {
    position: Position,
    /// When the store was asked last that answered.
    asked_at: Option<NumericDate>,
}

/// After so long without an answer the server may be another one.
const FAILOVER: Duration = Duration::from_secs(5);

/// So many revocations are asked for at once.
const PAGE: usize = 10_000;

/// How often the view forgets what is over.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// How long one process is the one that does the upkeep.
const LEASE: Duration = Duration::from_secs(120);

/// How much of what is over is forgotten at once.
const FORGET: u32 = 1_000;

impl Follower {
    /// Reads everything that was revoked, and begins to follow.
    pub(super) async fn start(
        shared: &Arc<Shared>,
        duties: Duties,
        ring: Option<StoreRing>,
    ) -> Result<Self, SessionError> {
        let mut follower = Self { place: Arc::default(), ring, tasks: Vec::new() };
        follower.catch_up(shared).await?;
        let (place, ring) = (Arc::clone(&follower.place), follower.ring.clone());
        let work = Work { place, ring, poll_every: duties.poll_every };
        follower.tasks.push(tokio::spawn(work.go_on(Arc::downgrade(shared))));
        if duties.maintains {
            let upkeep = Upkeep { poll_every: duties.poll_every, holder: holder()? };
            follower.tasks.push(tokio::spawn(upkeep.go_on(Arc::downgrade(shared))));
        }
        Ok(follower)
    }

    /// Sees what was revoked since it was last looked at.
    pub(super) async fn catch_up(&self, shared: &Shared) -> Result<(), StoreError> {
        catch_up(shared, &self.place).await
    }

    /// Sees whether the ring in the store was changed.
    pub(super) async fn look_at_ring(&self) -> Result<(), SessionError> {
        match &self.ring {
            Some(ring) => ring.look().await,
            None => Ok(()),
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn catch_up(shared: &Shared, place: &Mutex<Place>) -> Result<(), StoreError> {
    let mut place = place.lock().await;
    let view = shared.verifier.view();
    if view.as_of().is_some() && view.age(shared.now()).is_none() {
        // The clock was set back: what was forgotten as over may not be.
        view.restart();
        *place = Place::default();
    }
    let mut is_anew = place.position == Position::default();
    loop {
        // Before it is asked: what comes later is not known yet.
        let as_of = shared.now();
        let feed = match shared.store.feed(place.position, PAGE).await {
            Ok(feed) => feed,
            Err(error) => {
                *place = Place::default();
                return Err(error);
            }
        };
        let lasted = place.asked_at.map(|asked| shared.now().saturating_since(asked));
        if !is_anew && lasted.is_none_or(|lasted| lasted >= FAILOVER) {
            // Who took over without the latest writes gives their places once more: what it was told
            // meanwhile may lie before ours.
            *place = Place::default();
            is_anew = true;
            continue;
        }
        // Clients first: when the view refuses the old tokens, nobody uses the old number.
        shared.forget_revoked_clients(&feed.revocations);
        let known = view.as_of().unwrap_or(NumericDate::from_secs(0));
        // A view without room is as old as one that knows nothing: verifiers notice by themselves.
        if let Err(error) = view.apply(feed.revocations, if feed.has_more { known } else { as_of })
        {
            tracing::warn!(%error, "there is no room for what was revoked");
        }
        *place = Place { position: feed.next, asked_at: Some(as_of) };
        if !feed.has_more {
            return Ok(());
        }
    }
}

struct Work {
    place: Arc<Mutex<Place>>,
    ring: Option<StoreRing>,
    poll_every: Duration,
}

impl Work {
    /// Until there are no sessions any more.
    async fn go_on(self, shared: Weak<Shared>) {
        let mut is_stale = false;
        let mut sweep_in = SWEEP_EVERY;
        loop {
            tokio::time::sleep(self.poll_every).await;
            let Some(shared) = shared.upgrade() else { return };
            let followed = catch_up(&shared, &self.place).await;
            is_stale = tell(&shared, &followed, is_stale);
            #[cfg(feature = "metrics")]
            measure(&shared, is_stale);
            if let Some(ring) = &self.ring {
                // What is wrong with it, the ring itself says: it goes on with what it has.
                drop(ring.look().await);
            }
            sweep_in = sweep_in.saturating_sub(self.poll_every);
            if sweep_in.is_zero() {
                sweep_in = SWEEP_EVERY;
                shared.verifier.view().sweep(shared.now());
            }
        }
    }
}

struct Upkeep {
    poll_every: Duration,
    holder: [u8; 16],
}

impl Upkeep {
    /// Until there are no sessions any more.
    async fn go_on(self, shared: Weak<Shared>) {
        let mut again_in = Duration::ZERO;
        loop {
            tokio::time::sleep(again_in.max(self.poll_every)).await;
            let Some(shared) = shared.upgrade() else { return };
            again_in = self.maintain(&shared).await;
        }
    }

    /// Does the upkeep, if no other process does, and returns when to come back.
    async fn maintain(&self, shared: &Shared) -> Duration {
        let again = Duration::from_secs(60);
        if !matches!(shared.store.lease("upkeep", self.holder, LEASE).await, Ok(true)) {
            return again;
        }
        if let Some(ring) = shared.signer.ring().cloned() {
            // Once the process has forked.
            let Some(change) = Change::begin() else { return Duration::ZERO };
            // A ring that can no longer be changed would sign with one key for ever, and nobody know.
            let done = change.run(move || ring.maintain()).await;
            match done.map_err(|error| error.to_string()) {
                Ok(Ok(done)) => {
                    if let Some(rotation) = done.rotation {
                        shared.record(&shared.event(Action::KeyRotate).key_id(&rotation.active));
                    }
                }
                Ok(Err(error)) => tracing::warn!(%error, "the ring could not be maintained"),
                Err(error) => tracing::warn!(%error, "the ring could not be maintained"),
            }
        }
        match shared.store.maintain(FORGET).await {
            Ok(done) if done.has_more => Duration::ZERO,
            Ok(done) => done.again_in,
            Err(error) => {
                drop(shared.store_failed(error));
                again
            }
        }
    }
}

/// Tells when what is known becomes too old, and when it is fresh again.
fn tell(shared: &Shared, followed: &Result<(), StoreError>, was_stale: bool) -> bool {
    let age = shared.verifier.view().age(shared.now());
    let is_stale = age.is_none_or(|age| age > shared.verifier.max_staleness);
    // Whoever failed open may have told of it between two looks.
    let was_stale = was_stale || (!is_stale && shared.verifier.ends_alarm());
    match (was_stale, is_stale) {
        (false, true) => {
            let mut event = shared.event(Action::ViewStale);
            if let Err(error) = followed {
                event = event.reason(error.code()).detail(&error.to_string());
            }
            shared.record(&event);
        }
        (true, false) => shared.record(&shared.event(Action::ViewFresh)),
        (false, false) | (true, true) => {}
    }
    is_stale
}

/// Says how the view and the keys are.
#[cfg(feature = "metrics")]
fn measure(shared: &Shared, is_stale: bool) {
    if !shared.measures {
        return;
    }
    let (view, now) = (shared.verifier.view(), shared.now());
    // One that knows nothing is as old as the time.
    let age = view.age(now).unwrap_or_else(|| now.since_epoch());
    crate::metrics::set_view(view.len(), age, is_stale);
    if let Some(ring) = shared.signer.ring() {
        crate::metrics::set_keys(ring, now);
    }
}

fn holder() -> Result<[u8; 16], SessionError> {
    let mut holder = [0; 16];
    aws_lc_rs::rand::fill(&mut holder)
        .map_err(|_| crate::refresh_token::RefreshTokenError::Random)?;
    Ok(holder)
}
