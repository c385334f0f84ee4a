//! What a client was told when it was built.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use jotem::Algorithm;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use rustls::pki_types::CertificateDer;

use super::address::{Names, Reach};
use super::clock::MonotonicClock;
use super::counters::Counting;
use super::endpoint::Endpoint;
use super::event::JwksEvent;
use super::freshness::{Ages, Jitter};
use super::source::Source;

/// What all parts of a client share, in every process.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) settings: Settings,
    pub(super) sources: Vec<Source>,
    pub(super) counting: Counting,
}

/// The settings of a client.
pub(super) struct Settings {
    pub(super) ages: Ages,
    pub(super) deadline: Duration,
    pub(super) cool_down: CoolDown,
    /// How long a key that was not in a fetched set is known to be absent.
    pub(super) absent_for: Duration,
    pub(super) algorithms: Option<Vec<Algorithm>>,
    pub(super) headers: Vec<Header>,
    pub(super) http_hosts: Vec<String>,
    pub(super) private_hosts: Vec<String>,
    pub(super) authorities: Vec<CertificateDer<'static>>,
    pub(super) proxy: Option<reqwest::Proxy>,
    pub(super) names: Names,
    pub(super) clock: Arc<dyn MonotonicClock>,
    pub(super) jitter: Jitter,
    pub(super) listener: Option<Arc<Listener>>,
}

/// How long no request is sent for an unknown key after the last one was.
#[derive(Debug, Clone, Copy)]
pub(super) struct CoolDown {
    /// After the first.
    pub(super) first: Duration,
    /// After the next ones.
    pub(super) later: Duration,
}

/// A header that goes to one origin, and to no other.
pub(super) struct Header {
    pub(super) origin: Endpoint,
    pub(super) name: HeaderName,
    pub(super) value: HeaderValue,
}

pub(super) type Listener = dyn Fn(&JwksEvent) + Send + Sync;

impl Settings {
    /// The members that a set may have.
    pub(super) const MOST_KEYS: usize = 100;
    /// The bytes that an answer may have.
    pub(super) const MOST_BYTES: usize = 512 * 1_024;

    /// Returns the algorithms that keys get which name none. OpenID Connect has every provider
    /// support RS256 (Discovery §3), and well-known ones leave `alg` out.
    pub(super) fn pinned(&self) -> &[Algorithm] {
        self.algorithms.as_deref().unwrap_or(&[Algorithm::Rs256])
    }

    /// Returns where a URL may lead that a source named or that was found for it.
    pub(super) fn reach(&self, source: &Source, endpoint: &Endpoint) -> Reach {
        let configured = endpoint.is_on(source.origin.endpoint().host_name());
        let listed = |hosts: &[String]| hosts.iter().any(|host| endpoint.is_on(host));
        if !configured && !listed(&self.private_hosts) {
            Reach::Public
        } else if endpoint.is_plain() && !listed(&self.http_hosts) {
            Reach::ThisMachine
        } else {
            Reach::Anywhere
        }
    }

    /// Returns the program's headers for a URL.
    pub(super) fn headers_for(&self, endpoint: &Endpoint) -> HeaderMap {
        let own = self.headers.iter().filter(|header| header.origin.has_origin_of(endpoint));
        own.map(|header| (header.name.clone(), header.value.clone())).collect()
    }
}

impl Shared {
    pub(super) fn now(&self) -> Duration {
        self.settings.clock.now()
    }

    /// Tells the listener. One that panics stops nothing but itself.
    pub(super) fn tell(&self, event: &JwksEvent) {
        let Some(listener) = &self.settings.listener else { return };
        if catch_unwind(AssertUnwindSafe(|| listener(event))).is_err() {
            self.counting.listener_panics.add();
        }
    }
}

/// Without the values of headers, which may be secrets.
impl std::fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("ages", &self.ages)
            .field("deadline", &self.deadline)
            .field("cool_down", &self.cool_down)
            .field("algorithms", &self.algorithms)
            .finish_non_exhaustive()
    }
}
