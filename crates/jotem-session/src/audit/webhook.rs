//! Alarms, posted to a URL.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jotem::{Clock, Secret, SystemClock};
use jotem_jwks::remote::{Delivery, RemoteError};

use super::delivery::{Courier, Post};
use super::error::AuditError;
use super::members::{self, Addresses, Value};
use super::queue::Queue;
use super::signature::Signer;
use crate::event::{Action, Event, EventSink};

/// Posts events as JSON to a URL: alarms, if nothing else is chosen.
///
/// Each is one request: the members of a line of [`AuditLog`](super::AuditLog) without `seq` and the
/// chain; `id`, the same in every attempt; and `suppressed`, if that many were left out. It is signed: see
/// [`verify_signature`](super::verify_signature).
///
/// It never waits where an event happens. A thread posts, tries again what was not taken (no answer,
/// 408, 429, 5xx) with growing pauses, and drops and counts what comes while its queue is full. At most so
/// many of one action are posted in a minute ([`WebhookBuilder::at_most`]); the rest is counted, and the
/// number is posted.
///
/// # Security
/// The URL is https, or http on this machine. Redirects are not followed. The URL is in no message
/// and no `Debug` output: the path of many is a secret.
///
/// # Examples
/// ```
/// use jotem::Secret;
/// use jotem_session::audit::Webhook;
/// use jotem_session::event::Action;
///
/// let secret = Secret::from(vec![7; 32]);
/// let webhook = Webhook::builder("https://alerts.example/hook", secret.clone())
///     .also(Action::RevokeSubject)
///     .at_most(5)
///     .start()?;
/// # drop(webhook);
/// let error = Webhook::builder("http://alerts.example/hook", secret).start().unwrap_err();
/// assert_eq!(error.code(), "audit_webhook_url");
/// # Ok::<(), jotem_session::audit::AuditError>(())
/// ```
pub struct Webhook {
    shared: Arc<Shared>,
    chosen: Vec<Action>,
    addresses: Addresses,
    close_limit: Duration,
    process: u32,
}

/// How events are posted.
#[must_use = "the webhook is started by `start`"]
pub struct WebhookBuilder {
    url: String,
    secret: Secret,
    authorities: Option<Vec<u8>>,
    chosen: Vec<Action>,
    addresses: Addresses,
    capacity: usize,
    most: u32,
    window: Duration,
    retries: u32,
    pause: Duration,
    timeout: Duration,
    close_limit: Duration,
    clock: Arc<dyn Clock>,
}

/// What a webhook did so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookCounts {
    /// Posted, and taken.
    pub delivered: u64,
    /// Not posted, or not taken, and never will be.
    pub dropped: u64,
    /// Left out because too many of one action came.
    pub suppressed: u64,
}

/// What the thread and those who tell it share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) queue: Queue<Post>,
    pub(super) storms: Storms,
    pub(super) delivered: AtomicU64,
    pub(super) dropped: AtomicU64,
    suppressed: AtomicU64,
}

impl Shared {
    pub(super) fn drop_posts(&self, number: u64) {
        self.dropped.fetch_add(number, Ordering::Relaxed);
        #[cfg(feature = "metrics")]
        crate::metrics::count_webhook_dropped(number);
    }
}

impl Webhook {
    /// Begins with a URL, and the secret that the receiver has too: at least 32 bytes.
    pub fn builder(url: impl Into<String>, secret: Secret) -> WebhookBuilder {
        WebhookBuilder {
            url: url.into(),
            secret,
            authorities: None,
            chosen: Action::ALL.into_iter().filter(|action| action.is_alarm()).collect(),
            addresses: Addresses::default(),
            capacity: 1_024,
            most: 10,
            window: Duration::from_secs(60),
            retries: 5,
            pause: Duration::from_secs(1),
            timeout: Duration::from_secs(5),
            close_limit: Duration::from_secs(5),
            clock: Arc::new(SystemClock),
        }
    }

    /// Waits until everything that was recorded is posted or dropped; returns whether it is within
    /// `limit`.
    pub fn flush(&self, limit: Duration) -> bool {
        self.is_here() && self.shared.queue.wait_until_done(limit)
    }

    /// Returns what it did so far.
    #[must_use]
    pub fn counts(&self) -> WebhookCounts {
        WebhookCounts {
            delivered: self.shared.delivered.load(Ordering::Relaxed),
            dropped: self.shared.dropped.load(Ordering::Relaxed),
            suppressed: self.shared.suppressed.load(Ordering::Relaxed),
        }
    }

    /// Whether this process started it: in a forked child there is no thread.
    fn is_here(&self) -> bool {
        self.process == std::process::id()
    }
}

impl EventSink for Webhook {
    fn record(&self, event: &Event) {
        if !self.chosen.contains(&event.action) {
            return;
        }
        if !self.is_here() {
            return self.shared.drop_posts(1);
        }
        let Some(suppressed) = self.shared.storms.admit(event.action) else {
            self.shared.suppressed.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let mut said = members::of_event(event, self.addresses);
        if suppressed > 0 {
            said.push(("suppressed", Value::Number(suppressed)));
        }
        let post = Post { at: event.at, action: event.action, members: said };
        if !self.shared.queue.push(post, None) {
            self.shared.drop_posts(1);
        }
    }
}

impl Drop for Webhook {
    /// Posts what is in the queue, each once more at most, and ends the thread.
    fn drop(&mut self) {
        if self.is_here() {
            self.shared.queue.close();
            if !self.shared.queue.wait_until_over(self.close_limit) {
                tracing::warn!(target: "jotem::audit", "not everything was posted to the webhook");
            }
        }
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Webhook({:?})", self.counts())
    }
}

impl fmt::Debug for WebhookBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "WebhookBuilder({:?})", self.chosen)
    }
}

impl WebhookBuilder {
    /// Posts these, and no others.
    pub fn only(mut self, actions: impl IntoIterator<Item = Action>) -> Self {
        self.chosen = actions.into_iter().collect();
        self
    }

    /// Posts this, too.
    pub fn also(mut self, action: Action) -> Self {
        self.chosen.push(action);
        self
    }

    /// Trusts these certificates (PEM) beside those of the system.
    pub fn certificate_authorities(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.authorities = Some(pem.into());
        self
    }

    /// Says how much of addresses is posted; their network by default.
    pub const fn addresses(mut self, addresses: Addresses) -> Self {
        self.addresses = addresses;
        self
    }

    /// Says how many of one action are posted in a minute; 10 by default.
    pub const fn at_most(mut self, most: u32) -> Self {
        self.most = most;
        self
    }

    /// Counts them in another span than a minute.
    pub const fn within(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    /// Says how often one is tried again, and how long the first pause is; each is twice as long as the
    /// one before. 5 times after 1 s by default.
    pub const fn retries(mut self, retries: u32, pause: Duration) -> Self {
        self.retries = retries;
        self.pause = pause;
        self
    }

    /// Says how long an attempt takes at most; 5 s by default.
    pub const fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Says how many may wait to be posted; 1024 by default, of which a quarter stays free.
    pub const fn capacity(mut self, posts: usize) -> Self {
        self.capacity = posts;
        self
    }

    /// Says how long dropping the webhook waits until everything is posted; 5 s by default.
    pub const fn close_limit(mut self, limit: Duration) -> Self {
        self.close_limit = limit;
        self
    }

    /// Takes the time of the signatures from another clock.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Checks the URL and the secret, and starts the thread.
    ///
    /// # Errors
    /// [`AuditError::WebhookUrl`], [`AuditError::WebhookTls`], [`AuditError::WebhookSecret`],
    /// [`AuditError::Random`], [`AuditError::Thread`].
    pub fn start(self) -> Result<Webhook, AuditError> {
        let signer = Signer::new(&self.secret)?;
        let delivery = Delivery::new(&self.url, self.authorities.as_deref()).map_err(unusable)?;
        let mut instance = [0; 12];
        aws_lc_rs::rand::fill(&mut instance).map_err(|_| AuditError::Random)?;
        let shared = Arc::new(Shared {
            queue: Queue::new(self.capacity),
            storms: Storms { most: self.most, window: self.window, known: Mutex::default() },
            delivered: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            suppressed: AtomicU64::new(0),
        });
        let courier = Courier {
            shared: Arc::clone(&shared),
            delivery,
            signer,
            clock: self.clock,
            instance,
            number: 0,
            retries: self.retries,
            pause: self.pause,
            timeout: self.timeout,
            window: self.window,
        };
        courier.start()?;
        Ok(Webhook {
            shared,
            chosen: self.chosen,
            addresses: self.addresses,
            close_limit: self.close_limit,
            process: std::process::id(),
        })
    }
}

/// Without the URL, which may be a secret.
fn unusable(error: RemoteError) -> AuditError {
    #[expect(clippy::wildcard_enum_match_arm, reason = "those of an exchange do not come here")]
    match error {
        RemoteError::Url { reason, .. } => AuditError::WebhookUrl { reason },
        RemoteError::UrlNotHttps { .. } => {
            AuditError::WebhookUrl { reason: "it is neither https nor http on this machine" }
        }
        RemoteError::AddressRefused { .. } => {
            AuditError::WebhookUrl { reason: "no server can be at its address" }
        }
        RemoteError::TlsSetup { reason } | RemoteError::CertificateAuthorities { reason } => {
            AuditError::WebhookTls { reason }
        }
        _ => AuditError::WebhookUrl { reason: "it cannot be used" },
    }
}

/// How many of each action came in the running span.
#[derive(Debug)]
pub(super) struct Storms {
    most: u32,
    window: Duration,
    known: Mutex<HashMap<Action, Storm>>,
}

#[derive(Debug)]
struct Storm {
    begun: Instant,
    posted: u32,
    suppressed: u64,
}

impl Storms {
    /// Returns how many were left out before this one, or nothing if it is left out, too.
    fn admit(&self, action: Action) -> Option<u64> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Storm { begun: Instant::now(), posted: 0, suppressed: 0 };
        let storm = known.entry(action).or_insert_with(new);
        let before = if storm.begun.elapsed() >= self.window {
            std::mem::replace(storm, new()).suppressed
        } else {
            0
        };
        if storm.posted >= self.most {
            storm.suppressed = storm.suppressed.saturating_add(1);
            return None;
        }
        storm.posted = storm.posted.saturating_add(1);
        Some(before)
    }

    /// Takes out what was left out in spans that are over, or in all of them.
    pub(super) fn over(&self, all: bool) -> Vec<(Action, u64)> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut over = Vec::new();
        known.retain(|action, storm| {
            let is_over = all || storm.begun.elapsed() >= self.window;
            if is_over && storm.suppressed > 0 {
                over.push((*action, storm.suppressed));
            }
            !is_over
        });
        over
    }
}
