//! Builds a client. What makes no sense is refused here, and not at the first token.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use jotem::Algorithm;
use jotem::error::Excerpt;
use reqwest::header::{HeaderName, HeaderValue};

use super::address::Names;
use super::client::JwksClient;
use super::clock::{MonotonicClock, SystemMonotonicClock};
use super::counters::Counting;
use super::discovery;
use super::endpoint::{Endpoint, shown};
use super::error::RemoteError;
use super::event::JwksEvent;
use super::freshness::{Ages, Jitter};
use super::settings::{CoolDown, Header, Listener, Settings, Shared};
use super::source::{Origin, Source};
use super::tls;

/// Builds a [`JwksClient`].
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use jotem::Algorithm;
/// use jotem_jwks::remote::JwksClient;
///
/// let client = JwksClient::builder()
///     .issuer("https://login.example")                                // says where its keys are
///     .key_set_of("https://old.example", "https://old.example/jwks.json")
///     .algorithms([Algorithm::Rs256, Algorithm::Es256])
///     .hard_age(Duration::from_secs(12 * 3_600))
///     .build()?;
/// # Ok::<(), jotem_jwks::remote::RemoteError>(())
/// ```
#[must_use]
pub struct JwksClientBuilder {
    sources: Vec<Named>,
    ages: Ages,
    deadline: Duration,
    cool_down: CoolDown,
    absent_for: Duration,
    algorithms: Option<Vec<Algorithm>>,
    headers: Vec<[String; 3]>,
    http_hosts: Vec<String>,
    private_hosts: Vec<String>,
    authorities: Vec<Vec<u8>>,
    proxy: Option<String>,
    proxy_login: Option<(String, String)>,
    names: Names,
    clock: Arc<dyn MonotonicClock>,
    jitter: Option<u64>,
    listener: Option<Arc<Listener>>,
}

/// A source as it was named.
struct Named {
    issuer: Option<String>,
    key_set: Option<String>,
}

impl JwksClientBuilder {
    pub(super) fn new() -> Self {
        Self {
            sources: Vec::new(),
            ages: Ages::default(),
            deadline: Duration::from_secs(5),
            cool_down: CoolDown { first: Duration::from_secs(10), later: Duration::from_secs(30) },
            absent_for: Duration::from_secs(60),
            algorithms: None,
            headers: Vec::new(),
            http_hosts: Vec::new(),
            private_hosts: Vec::new(),
            authorities: Vec::new(),
            proxy: None,
            proxy_login: None,
            names: Names::default(),
            clock: Arc::new(SystemMonotonicClock::default()),
            jitter: None,
            listener: None,
        }
    }

    /// Adds an issuer that says itself where its keys are: by `OpenID` Connect Discovery, or else by
    /// RFC 8414. Its metadata must name exactly this issuer, and its keys verify its tokens only.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.sources.push(Named { issuer: Some(issuer.into()), key_set: None });
        self
    }

    /// Adds a key set that belongs to no issuer: the verifier alone decides whose tokens they are. For
    /// one issuer; with several, [`Self::key_set_of`].
    pub fn key_set(mut self, url: impl Into<String>) -> Self {
        self.sources.push(Named { issuer: None, key_set: Some(url.into()) });
        self
    }

    /// Adds the key set of an issuer. Its keys verify tokens of this issuer only (RFC 8725 §3.8).
    ///
    /// Issuers may use the same `kid`: a token is verified with a key of the issuer that it names, and
    /// what others publish under that name does not keep it from being so.
    pub fn key_set_of(mut self, issuer: impl Into<String>, url: impl Into<String>) -> Self {
        self.sources.push(Named { issuer: Some(issuer.into()), key_set: Some(url.into()) });
        self
    }

    /// Says which algorithms the issuers use: it becomes the allow-list of a verifier that has none
    /// of its own, and a key that names no algorithm gets the one of these that fits it.
    ///
    /// Without it a verifier must name its own, and RSA keys without `alg` are for RS256.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = Some(algorithms.into_iter().collect());
        self
    }

    /// Sets for how long fetched keys are fresh: at least and at most so long, whatever the server
    /// says; a minute and an hour by default.
    pub const fn soft_age(mut self, least: Duration, most: Duration) -> Self {
        self.ages.least = least;
        self.ages.most = most;
        self
    }

    /// Sets for how long the keys of a server are fresh that does not say; five minutes by default.
    pub const fn soft_age_unless_said(mut self, age: Duration) -> Self {
        self.ages.unsaid = age;
        self
    }

    /// Sets until which age keys are served that could not be fetched again; two days by default, at
    /// least the longest soft age and at most thirty days.
    ///
    /// # Security
    /// Longer survives longer outages of the issuer. Shorter ends sooner what a withdrawn key can be
    /// used for by whoever cuts this program off from the issuer. The time for which a machine was
    /// suspended counts, as far as its [wall clock](super::SystemMonotonicClock) tells it; one that is
    /// set forward makes all keys older.
    pub const fn hard_age(mut self, age: Duration) -> Self {
        self.ages.hard = age;
        self
    }

    /// Sets for how long no request is sent for an unknown key: after a first one, and after the next
    /// ones; ten and thirty seconds by default, at least one.
    pub const fn cool_down(mut self, first: Duration, later: Duration) -> Self {
        self.cool_down = CoolDown { first, later };
        self
    }

    /// Sets for how long a key that was not in a fetched set is not asked for again; a minute by
    /// default, at most an hour.
    pub const fn remember_absent(mut self, duration: Duration) -> Self {
        self.absent_for = duration;
        self
    }

    /// Sets how long an attempt may take in all, discovery included; five seconds by default, at most
    /// a minute.
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Adds a request header that is sent to one origin, such as `https://issuer.example`, and to no
    /// other.
    pub fn header(
        mut self,
        origin: impl Into<String>,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.headers.push([origin.into(), name.into(), value.into()]);
        self
    }

    /// Allows http, without TLS, to a host: whoever is on the way to it can then give this program
    /// keys of their own. For hosts that are reached in a way that is secure by itself.
    pub fn allow_http(mut self, host: impl Into<String>) -> Self {
        self.http_hosts.push(host.into());
        self
    }

    /// Allows an issuer's metadata to name a key set at this host, though it is at an address that is
    /// not public. A host that the program itself named need not be listed.
    pub fn allow_private(mut self, host: impl Into<String>) -> Self {
        self.private_hosts.push(host.into());
        self
    }

    /// Trusts certificate authorities in PEM, beside those of the system.
    pub fn certificate_authorities(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.authorities.push(pem.as_ref().to_vec());
        self
    }

    /// Sends all requests but those to this machine through a proxy: `http://proxy.example:3128`. No
    /// proxy of the environment is ever used. Through a proxy it is the proxy that resolves names, so
    /// it is the proxy that must not let a discovered URL lead into your network.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Says who this is to the proxy (Basic, RFC 7617).
    pub fn proxy_login(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.proxy_login = Some((user.into(), password.into()));
        self
    }

    /// Resolves names in a way of the program's own. It may block; what it returns is checked like
    /// what the system returns.
    pub fn resolve_names(
        mut self,
        lookup: impl Fn(&str) -> std::io::Result<Vec<IpAddr>> + Send + Sync + 'static,
    ) -> Self {
        self.names = Names::new(lookup);
        self
    }

    /// Sets the clock by which ages are told; the system's by default.
    pub fn clock(mut self, clock: impl MonotonicClock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the seed that spreads refreshes; a random one by default, so that many programs do not
    /// ask at once.
    pub const fn jitter_seed(mut self, seed: u64) -> Self {
        self.jitter = Some(seed);
        self
    }

    /// Sets who hears of [events](JwksEvent). It is called on the fetching thread or on the one that
    /// verifies, and should be quick. It must not hold a clone of the client, which would then never
    /// end.
    pub fn on_event(mut self, listener: impl Fn(&JwksEvent) + Send + Sync + 'static) -> Self {
        self.listener = Some(Arc::new(listener));
        self
    }

    /// Builds the client. Nothing is fetched and no thread is started.
    ///
    /// # Errors
    /// [`RemoteError`]: no source, a URL that is not plain https, a number out of its range, a header
    /// or certificates that cannot be used.
    pub fn build(self) -> Result<JwksClient, RemoteError> {
        check_ages(&self.ages)?;
        self.check_durations()?;
        check_algorithms(self.algorithms.as_deref())?;
        let sources = sources(self.sources, &self.http_hosts)?;
        let headers: Result<_, _> =
            self.headers.iter().map(|one| header(one, &self.http_hosts)).collect();
        let mut authorities = Vec::new();
        for pem in &self.authorities {
            authorities.extend(tls::authorities(pem)?);
        }
        let proxy = match &self.proxy {
            Some(url) => Some(proxy(url, self.proxy_login)?),
            None => None,
        };
        let seed = self.jitter.unwrap_or_else(|| RandomState::new().hash_one("jitter"));
        let settings = Settings {
            ages: self.ages,
            deadline: self.deadline,
            cool_down: self.cool_down,
            absent_for: self.absent_for,
            algorithms: self.algorithms,
            headers: headers?,
            http_hosts: self.http_hosts,
            private_hosts: self.private_hosts,
            authorities,
            proxy,
            names: self.names,
            clock: self.clock,
            jitter: Jitter::new(seed),
            listener: self.listener,
        };
        Ok(JwksClient::new(Shared { settings, sources, counting: Counting::default() }))
    }

    fn check_durations(&self) -> Result<(), RemoteError> {
        let second = Duration::from_secs(1);
        let CoolDown { first, later } = self.cool_down;
        within("cool_down", first, second..=HOUR, "at least a second, at most an hour")?;
        within("cool_down", later, first..=HOUR, "at least the first pause, at most an hour")?;
        within("remember_absent", self.absent_for, second..=HOUR, "a second to an hour")?;
        let least = Duration::from_millis(10);
        let most = Duration::from_secs(60);
        within("deadline", self.deadline, least..=most, "10 ms to a minute")
    }
}

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

fn within(
    setting: &'static str,
    value: Duration,
    range: std::ops::RangeInclusive<Duration>,
    reason: &'static str,
) -> Result<(), RemoteError> {
    if range.contains(&value) { Ok(()) } else { Err(RemoteError::Setting { setting, reason }) }
}

fn check_ages(ages: &Ages) -> Result<(), RemoteError> {
    let second = Duration::from_secs(1);
    within("soft_age", ages.least, second..=DAY, "a second to a day")?;
    within("soft_age", ages.most, ages.least..=DAY, "at least the least age, at most a day")?;
    let bounds = ages.least..=ages.most;
    within("soft_age_unless_said", ages.unsaid, bounds, "between the two soft ages")?;
    let days = DAY.saturating_mul(30);
    within("hard_age", ages.hard, ages.most..=days, "the longest soft age to thirty days")
}

fn check_algorithms(algorithms: Option<&[Algorithm]>) -> Result<(), RemoteError> {
    match algorithms {
        Some([]) => Err(RemoteError::Algorithms { reason: "it is empty" }),
        Some(some) if some.iter().any(|one| one.is_symmetric()) => {
            Err(RemoteError::Algorithms { reason: "a shared secret cannot be published" })
        }
        Some(_) | None => Ok(()),
    }
}

fn sources(named: Vec<Named>, http_hosts: &[String]) -> Result<Vec<Source>, RemoteError> {
    let owned = named.iter().any(|one| one.issuer.is_some());
    let mut sources: Vec<Source> = Vec::with_capacity(named.len());
    for Named { issuer, key_set } in named {
        let source = match (issuer, key_set) {
            (None, Some(url)) if owned => {
                return Err(RemoteError::SourceUnowned { url: shown(&url) });
            }
            (issuer, Some(url)) => {
                Source::new(Origin::KeySet(Endpoint::parse(&url, http_hosts)?), issuer)
            }
            (Some(issuer), None) => {
                let metadata = discovery::metadata_of(&issuer, http_hosts)?;
                Source::new(Origin::Issuer(metadata), Some(issuer))
            }
            (None, None) => continue,
        };
        if source.issuer.as_deref() == Some("") {
            return Err(RemoteError::Setting { setting: "key_set_of", reason: "a named issuer" });
        }
        if sources.iter().any(|other| is_same(other, &source)) {
            return Err(RemoteError::SourceTwice { source_name: source.shown() });
        }
        sources.push(source);
    }
    if sources.is_empty() { Err(RemoteError::SourceMissing) } else { Ok(sources) }
}

/// Whether two sources are of one issuer, or are one page of nobody.
fn is_same(one: &Source, other: &Source) -> bool {
    match (&one.issuer, &other.issuer) {
        (Some(one), Some(other)) => one == other,
        (None, None) => one.origin.endpoint() == other.origin.endpoint(),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn header(
    [origin, name, value]: &[String; 3],
    http_hosts: &[String],
) -> Result<Header, RemoteError> {
    let refuse = |reason| RemoteError::RequestHeader { name: Excerpt::new(name), reason };
    let origin = Endpoint::parse(origin, http_hosts)?;
    let parsed: HeaderName = name.parse().map_err(|_| refuse("that is no name of a header"))?;
    if OURS.contains(&parsed.as_str()) {
        return Err(refuse("the client writes it itself"));
    }
    let mut value: HeaderValue = value.parse().map_err(|_| refuse("that is no value"))?;
    value.set_sensitive(true);
    Ok(Header { origin, name: parsed, value })
}

fn proxy(url: &str, login: Option<(String, String)>) -> Result<reqwest::Proxy, RemoteError> {
    // A proxy sees names and bytes that TLS protects; it may be asked over http wherever it is.
    let refuse = || RemoteError::Url { url: shown(url), reason: "it is no URL of a proxy" };
    let host = reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let endpoint = Endpoint::parse(url, &[host.ok_or_else(refuse)?])?;
    let proxy = reqwest::Proxy::all(endpoint.url().clone()).map_err(|_| refuse())?;
    Ok(match login {
        Some((user, password)) => proxy.basic_auth(&user, &password),
        None => proxy,
    })
}

/// Headers that say how the answer is to be read, or how the request is sent.
const OURS: [&str; 13] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "host",
    "if-none-match",
    "if-modified-since",
    "range",
    "te",
    "transfer-encoding",
    "upgrade",
];

impl std::fmt::Debug for JwksClientBuilder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("JwksClientBuilder")
            .field("sources", &self.sources.len())
            .field("algorithms", &self.algorithms)
            .finish_non_exhaustive()
    }
}
