//! One attempt to have the keys of a source: where they are, if that must be asked, and then the
//! keys. Nothing is changed before everything has been checked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jotem::error::Excerpt;

use super::discovery;
use super::endpoint::{Endpoint, shown};
use super::error::RemoteError;
use super::event::{FetchReason, JwksEvent};
use super::exchange::{Answer, Request, Transport};
use super::key_index::{KeyIndex, Limits, Skipped};
use super::process::Tls;
use super::settings::{Settings, Shared};
use super::source::{Loaded, Origin, Source};

/// An attempt under way.
pub(super) struct Attempt<'s> {
    pub(super) shared: &'s Shared,
    pub(super) source: &'s Source,
    pub(super) tls: &'s Tls,
    pub(super) reason: FetchReason,
}

impl Attempt<'_> {
    /// Makes the attempt within the deadline, and puts what was fetched in place of what was there.
    pub(super) async fn run(self) -> Result<(), RemoteError> {
        self.shared.counting.fetches_started.add();
        let limit = self.shared.settings.deadline;
        let outcome = tokio::time::timeout(limit, self.fetch()).await.unwrap_or_else(|_| {
            let host = self.source.origin.endpoint().shown_host();
            Err(RemoteError::Timeout { host, limit })
        });
        if let Err(error) = &outcome {
            // Perhaps the keys have moved.
            self.source.discover.store(true, Ordering::Relaxed);
            self.shared.counting.fetches_failed.add();
            let (url, error) = (self.source.shown(), error.clone());
            self.shared.tell(&JwksEvent::FetchFailed { url, error });
        }
        outcome
    }

    async fn fetch(&self) -> Result<(), RemoteError> {
        let before = self.source.loaded.load_full();
        let (endpoint, discovered) = self.locate(before.as_deref()).await?;
        // What another page was tagged with says nothing of this one.
        let before = before.filter(|before| before.endpoint == endpoint);
        let tag = before.as_ref().and_then(|before| before.entity_tag.clone());
        let accept = "application/jwk-set+json, application/json";
        let answer = self.send(&endpoint, accept, tag).await?;
        match (&answer.body, before) {
            (None, Some(before)) => self.keep(&before, &answer, discovered),
            // Nobody answers "not modified" who was not asked; this cannot be reached.
            (None, None) => {
                return Err(RemoteError::Status { host: endpoint.shown_host(), status: 304 });
            }
            (Some(body), _) => self.replace(body, &answer, endpoint, discovered)?,
        }
        Ok(())
    }

    /// Returns where the key set is, and until when that is known.
    async fn locate(&self, before: Option<&Loaded>) -> Result<(Endpoint, Duration), RemoteError> {
        let metadata = match &self.source.origin {
            Origin::KeySet(endpoint) => return Ok((endpoint.clone(), Duration::MAX)),
            Origin::Issuer(metadata) => metadata,
        };
        let now = self.shared.now();
        if let Some(before) = before
            && now < before.discovered
            && !self.source.discover.load(Ordering::Relaxed)
        {
            return Ok((before.endpoint.clone(), before.discovered));
        }
        let issuer = self.source.issuer.as_deref().unwrap_or_default();
        let [first, second] = metadata;
        let answer = match self.send(first, "application/json", None).await {
            Err(RemoteError::Status { status: 404, .. }) => {
                self.send(second, "application/json", None).await?
            }
            other => other?,
        };
        let body = answer.body.unwrap_or_default();
        let found = discovery::key_set_of(&body, issuer, first.shown_host());
        if matches!(found, Err(RemoteError::IssuerMismatch { .. })) {
            self.shared.counting.discovery_mismatches.add();
        }
        let endpoint = Endpoint::parse(&found?, &self.shared.settings.http_hosts)?;
        let ages = &self.shared.settings.ages;
        let fresh = ages.soft(answer.cache_control.as_deref(), answer.age.as_deref());
        let url = shown(endpoint.url().as_str());
        self.shared.tell(&JwksEvent::Discovered { issuer: Excerpt::new(issuer), url });
        Ok((endpoint, now.saturating_add(fresh)))
    }

    async fn send(
        &self,
        endpoint: &Endpoint,
        accept: &'static str,
        entity_tag: Option<reqwest::header::HeaderValue>,
    ) -> Result<Answer, RemoteError> {
        let settings = &self.shared.settings;
        let url = shown(endpoint.url().as_str());
        self.shared.tell(&JwksEvent::FetchStarted { url, reason: self.reason });
        let transport = Transport {
            tls: self.tls.configuration(endpoint.is_plain())?,
            names: &settings.names,
            proxy: settings.proxy.as_ref(),
            body_limit: Settings::MOST_BYTES,
        };
        let reach = settings.reach(self.source, endpoint);
        let headers = settings.headers_for(endpoint);
        transport.send(Request { endpoint, reach, accept, headers, entity_tag }).await
    }

    /// The set is what it was: only its ages begin anew.
    fn keep(&self, before: &Loaded, answer: &Answer, discovered: Duration) {
        let (keys, endpoint) = (Arc::clone(&before.keys), before.endpoint.clone());
        let tag = answer.entity_tag.clone().or_else(|| before.entity_tag.clone());
        let fresh_for = self.install(keys, endpoint, tag, answer, discovered);
        self.shared.counting.fetches_not_modified.add();
        let url = shown(before.endpoint.url().as_str());
        self.shared.tell(&JwksEvent::NotModified { url, fresh_for });
    }

    /// Puts a new set in place of the old one, if it has a key.
    fn replace(
        &self,
        body: &[u8],
        answer: &Answer,
        endpoint: Endpoint,
        discovered: Duration,
    ) -> Result<(), RemoteError> {
        let limits = Limits {
            keys: Settings::MOST_KEYS,
            pinned: self.shared.settings.pinned(),
            issuer: self.source.issuer.as_deref(),
        };
        let (url, host) = (shown(endpoint.url().as_str()), endpoint.shown_host());
        let mut skipped = Vec::new();
        let read = KeyIndex::read(body, &limits, &host, &mut skipped);
        self.tell_skipped(&url, skipped);
        let keys = Arc::new(read?);
        let before = self.source.loaded.load_full().map(|before| Arc::clone(&before.keys));
        let before = before.unwrap_or_default();
        let (added, removed) = (keys.without(&before), before.without(&keys));
        let count = keys.len();
        let tag = answer.entity_tag.clone();
        let fresh_for = self.install(keys, endpoint, tag, answer, discovered);
        self.shared.counting.fetches_succeeded.add();
        self.shared.tell(&JwksEvent::FetchSucceeded { url: url.clone(), keys: count, fresh_for });
        if !added.is_empty() || !removed.is_empty() {
            self.shared.counting.keys_replaced.add();
            self.shared.tell(&JwksEvent::KeysReplaced { url, added, removed });
        }
        Ok(())
    }

    fn install(
        &self,
        keys: Arc<KeyIndex>,
        endpoint: Endpoint,
        entity_tag: Option<reqwest::header::HeaderValue>,
        answer: &Answer,
        discovered: Duration,
    ) -> Duration {
        let settings = &self.shared.settings;
        let at = self.shared.now();
        let fresh_for = settings.ages.soft(answer.cache_control.as_deref(), answer.age.as_deref());
        let loaded = Loaded {
            keys,
            endpoint,
            entity_tag,
            at,
            soft: at.saturating_add(fresh_for),
            hard: at.saturating_add(settings.ages.hard),
            discovered,
            stale_said: AtomicBool::new(false),
            hard_said: AtomicBool::new(false),
        };
        self.source.loaded.store(Some(Arc::new(loaded)));
        self.source.discover.store(false, Ordering::Relaxed);
        self.source.set_due(at.saturating_add(settings.jitter.ahead_of(fresh_for)));
        fresh_for
    }

    fn tell_skipped(&self, url: &Excerpt, skipped: Vec<Skipped>) {
        for Skipped { position, key_id, reason } in skipped {
            self.shared.counting.members_skipped.add();
            let url = url.clone();
            self.shared.tell(&JwksEvent::MemberSkipped { url, position, key_id, reason });
        }
    }
}
