//! How sessions are opened: what a program said, kept to open them anew after a fork.

use std::sync::Arc;
use std::time::Duration;

use jotem::{Algorithm, Secret, SigningKey};
use jotem_jwks::ring::KeyRing as EngineRing;
use jotem_session::rotation::RotationPolicy;
use jotem_session::{Sessions, SessionsBuilder};

use super::audit;
use super::exchange::{self, Sink};
use super::runtime;
use crate::native::remote::Callback;

/// Everything that a program says of sessions; what it leaves out is the engine's to choose.
pub(super) struct Recipe {
    pub(super) secret: Secret,
    pub(super) store: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) audiences: Vec<String>,
    pub(super) policy: Option<RotationPolicy>,
    pub(super) access_lifetime: Option<Duration>,
    pub(super) ring: Option<EngineRing>,
    pub(super) key: Option<SigningKey>,
    pub(super) algorithm: Option<Algorithm>,
    pub(super) default_client: Option<String>,
    pub(super) max_sessions: Option<u32>,
    pub(super) max_staleness: Option<Duration>,
    pub(super) cache: Option<usize>,
    pub(super) asks_for_claims: bool,
    pub(super) on_event: Option<Arc<Callback>>,
    pub(super) audit: Option<audit::Settings>,
    pub(super) poll_every: Option<Duration>,
    pub(super) leaves_upkeep: bool,
}

impl Recipe {
    /// Returns who hears of events.
    pub(super) const fn on_event(&self) -> Option<&Arc<Callback>> {
        self.on_event.as_ref()
    }

    /// Whether the store is a file, which must not be open while the process forks.
    pub(super) fn is_in_a_file(&self) -> bool {
        self.store.as_ref().is_some_and(|url| url.starts_with("sqlite:"))
    }

    /// Begins to open.
    pub(super) fn builder(&self) -> std::io::Result<SessionsBuilder> {
        let mut builder = Sessions::builder(self.secret.clone());
        builder = set(builder, self.store.as_deref(), SessionsBuilder::store_url);
        builder = set(builder, self.issuer.as_deref(), SessionsBuilder::issuer);
        for audience in &self.audiences {
            builder = builder.audience(audience);
        }
        builder = set(builder, self.policy, SessionsBuilder::policy);
        builder = set(builder, self.access_lifetime, SessionsBuilder::access_lifetime);
        builder = set(builder, self.ring.clone(), SessionsBuilder::ring);
        builder = set(builder, self.key.clone(), SessionsBuilder::signing_key);
        builder = set(builder, self.algorithm, SessionsBuilder::algorithm);
        builder = set(builder, self.default_client.as_deref(), SessionsBuilder::default_client);
        builder = set(builder, self.max_sessions, SessionsBuilder::most_per_subject);
        builder = set(builder, self.max_staleness, SessionsBuilder::max_staleness);
        builder = set(builder, self.cache, SessionsBuilder::cache);
        builder = set(builder, self.poll_every, SessionsBuilder::poll_every);
        if self.asks_for_claims {
            builder = builder
                .claims_for(|subject, grant| exchange::claims_of(subject.clone(), grant.clone()));
        }
        if let Some(callback) = &self.on_event {
            let (callback, home) = (Arc::clone(callback), runtime::home()?);
            builder = builder.events(Arc::new(Sink { callback, home }));
        }
        Ok(if self.leaves_upkeep { builder.no_maintenance() } else { builder })
    }
}

fn set<T>(
    builder: SessionsBuilder,
    value: Option<T>,
    set: impl FnOnce(SessionsBuilder, T) -> SessionsBuilder,
) -> SessionsBuilder {
    match value {
        Some(value) => set(builder, value),
        None => builder,
    }
}
