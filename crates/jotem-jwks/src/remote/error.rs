//! What can go wrong with remote key sets: one variant per reason.

use std::net::IpAddr;
use std::time::Duration;

use jotem::error::{Excerpt, Public};

/// Why a client could not be built, or a key set not be had. No variant says anything of a token.
///
/// # Examples
/// ```
/// use jotem_jwks::remote::JwksClient;
///
/// let error = JwksClient::builder().key_set("http://issuer.example/jwks.json").build().unwrap_err();
/// assert_eq!(error.code(), "jwks_url_not_https");
/// assert_eq!(error.hint(), "use https, or allow this host with `allow_http`");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteError {
    // ── The configuration ────────────────────────────────────────────────────────────────────
    /// Neither an issuer nor a key set was named.
    #[error("there is no issuer and no key set to fetch")]
    SourceMissing,
    /// One issuer, or one key set, was named twice.
    #[error("{source_name} is named twice")]
    SourceTwice {
        /// Which.
        source_name: Excerpt,
    },
    /// Some key sets have an owner and others do not: the latter would speak for everybody.
    #[error("{url} belongs to no issuer, while other key sets of this client do")]
    SourceUnowned {
        /// The key set without an owner.
        url: Excerpt,
    },
    /// A URL that is not plainly written.
    #[error("the URL {url} is refused: {reason}")]
    Url {
        /// The URL.
        url: Excerpt,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A URL that is neither https nor on this machine.
    #[error("the URL {url} is neither https nor http on this machine")]
    UrlNotHttps {
        /// The URL.
        url: Excerpt,
    },
    /// A number that makes no sense.
    #[error("{setting} is out of its range: {reason}")]
    Setting {
        /// The method of the builder.
        setting: &'static str,
        /// What it must be.
        reason: &'static str,
    },
    /// A list of algorithms that is empty, or has one with a shared secret.
    #[error("the list of algorithms is refused: {reason}")]
    Algorithms {
        /// What it must be.
        reason: &'static str,
    },
    /// Certificates that could not be read.
    #[error("the certificate authorities cannot be read: {reason}")]
    CertificateAuthorities {
        /// What is wrong with them.
        reason: Excerpt,
    },
    /// A request header that cannot be sent.
    #[error("the request header {name} is refused: {reason}")]
    RequestHeader {
        /// Its name.
        name: Excerpt,
        /// What is wrong with it.
        reason: &'static str,
    },

    // ── The way to the server ────────────────────────────────────────────────────────────────
    /// The name of the host has no address.
    #[error("the name {host} could not be resolved")]
    NameUnresolved {
        /// The host.
        host: Excerpt,
    },
    /// The host is at an address where this URL must not lead.
    #[error("{host} is at {address}, which is not an address for this URL")]
    AddressRefused {
        /// The host.
        host: Excerpt,
        /// Where it is.
        address: IpAddr,
    },
    /// No connection.
    #[error("no connection to {host}: {reason}")]
    Connection {
        /// The host.
        host: Excerpt,
        /// What the system said.
        reason: Excerpt,
    },
    /// TLS failed: most often a certificate that is not trusted.
    #[error("no secure connection to {host}: {reason}")]
    Tls {
        /// The host.
        host: Excerpt,
        /// What TLS said.
        reason: Excerpt,
    },
    /// TLS could not be set up on this machine.
    #[error("TLS could not be set up: {reason}")]
    TlsSetup {
        /// What is missing.
        reason: Excerpt,
    },
    /// The server took too long.
    #[error("{host} did not answer in full within {} ms", limit.as_millis())]
    Timeout {
        /// The host.
        host: Excerpt,
        /// How long it may take.
        limit: Duration,
    },

    // ── The answer ───────────────────────────────────────────────────────────────────────────
    /// The server answered with something else than 200.
    #[error("{host} answered with status {status}")]
    Status {
        /// The host.
        host: Excerpt,
        /// The status.
        status: u16,
    },
    /// The server sent the client elsewhere.
    #[error("{host} answered with a redirect ({status})")]
    Redirect {
        /// The host.
        host: Excerpt,
        /// The status.
        status: u16,
    },
    /// The answer breaks HTTP, or ended too early.
    #[error("the answer of {host} is broken: {reason}")]
    Transfer {
        /// The host.
        host: Excerpt,
        /// What is wrong with it.
        reason: Excerpt,
    },
    /// The answer is compressed, which was not asked for.
    #[error("the answer of {host} is encoded, and nobody asked for that")]
    Encoded {
        /// The host.
        host: Excerpt,
    },
    /// The body is longer than it may be.
    #[error("the answer of {host} is longer than {limit} bytes")]
    TooLarge {
        /// The host.
        host: Excerpt,
        /// How long it may be.
        limit: usize,
    },
    /// The body is no JWK Set.
    #[error("the answer of {host} is no key set: {reason}")]
    Malformed {
        /// The host.
        host: Excerpt,
        /// What is wrong with it.
        reason: Excerpt,
    },
    /// The set has more members than it may have.
    #[error("the key set of {host} has {found} members, and at most {limit} are accepted")]
    TooManyKeys {
        /// The host.
        host: Excerpt,
        /// How many it has.
        found: usize,
        /// How many it may have.
        limit: usize,
    },
    /// No member of the set can verify anything here.
    #[error("none of the {members} members of the key set of {host} can verify here")]
    NoUsableKey {
        /// The host.
        host: Excerpt,
        /// How many members it has.
        members: usize,
    },
    /// The issuer's metadata cannot be read.
    #[error("the metadata of {host} cannot be read: {reason}")]
    Metadata {
        /// The host.
        host: Excerpt,
        /// What is wrong with it.
        reason: Excerpt,
    },
    /// The metadata is of another issuer (RFC 8414 §3.3).
    #[error("the metadata of {expected} says that it is of {found}")]
    IssuerMismatch {
        /// The issuer that was configured.
        expected: Excerpt,
        /// The issuer that the metadata names.
        found: Excerpt,
    },

    // ── This client ──────────────────────────────────────────────────────────────────────────
    /// An attempt failed a moment ago, or there was none yet, and the next is not due.
    #[error("the next attempt is due in {} s", wait.as_secs())]
    CoolDown {
        /// How long until it is.
        wait: Duration,
    },
    /// The background thread could not be started, or ended.
    #[error("the thread that fetches key sets is not running")]
    Stopped,
}

impl RemoteError {
    /// Returns the stable identifier of the reason; `docs/errors.md` has a section for each.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SourceMissing => "jwks_source_missing",
            Self::SourceTwice { .. } => "jwks_source_twice",
            Self::SourceUnowned { .. } => "jwks_source_unowned",
            Self::Url { .. } => "jwks_url",
            Self::UrlNotHttps { .. } => "jwks_url_not_https",
            Self::Setting { .. } => "jwks_setting",
            Self::Algorithms { .. } => "jwks_algorithms",
            Self::CertificateAuthorities { .. } => "jwks_certificate_authorities",
            Self::RequestHeader { .. } => "jwks_request_header",
            Self::NameUnresolved { .. } => "jwks_name_unresolved",
            Self::AddressRefused { .. } => "jwks_address_refused",
            Self::Connection { .. } => "jwks_connection",
            Self::Tls { .. } => "jwks_tls",
            Self::TlsSetup { .. } => "jwks_tls_setup",
            Self::Timeout { .. } => "jwks_timeout",
            Self::Status { .. } => "jwks_status",
            Self::Redirect { .. } => "jwks_redirect",
            Self::Transfer { .. } => "jwks_transfer",
            Self::Encoded { .. } => "jwks_encoded",
            Self::TooLarge { .. } => "jwks_too_large",
            Self::Malformed { .. } => "jwks_malformed",
            Self::TooManyKeys { .. } => "jwks_too_many_keys",
            Self::NoUsableKey { .. } => "jwks_no_usable_key",
            Self::Metadata { .. } => "jwks_metadata",
            Self::IssuerMismatch { .. } => "jwks_issuer_mismatch",
            Self::CoolDown { .. } => "jwks_cool_down",
            Self::Stopped => "jwks_stopped",
        }
    }

    /// Every code there is.
    pub const CODES: &[&str] = &[
        "jwks_source_missing",
        "jwks_source_twice",
        "jwks_source_unowned",
        "jwks_url",
        "jwks_url_not_https",
        "jwks_setting",
        "jwks_algorithms",
        "jwks_certificate_authorities",
        "jwks_request_header",
        "jwks_name_unresolved",
        "jwks_address_refused",
        "jwks_connection",
        "jwks_tls",
        "jwks_tls_setup",
        "jwks_timeout",
        "jwks_status",
        "jwks_redirect",
        "jwks_transfer",
        "jwks_encoded",
        "jwks_too_large",
        "jwks_malformed",
        "jwks_too_many_keys",
        "jwks_no_usable_key",
        "jwks_metadata",
        "jwks_issuer_mismatch",
        "jwks_cool_down",
        "jwks_stopped",
    ];

    /// Tells the developer what to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::SourceMissing => "name one with `issuer` or `key_set`",
            Self::SourceTwice { .. } => "name it once",
            Self::SourceUnowned { .. } => "name its issuer with `key_set_of`",
            Self::Url { .. } => "write it as `https://host/path`, with nothing else in it",
            Self::UrlNotHttps { .. } => "use https, or allow this host with `allow_http`",
            Self::Setting { .. } => "leave it at its default",
            Self::Algorithms { .. } => "name the issuer's signature algorithms: RS256, ES256 …",
            Self::CertificateAuthorities { .. } => "give certificates in PEM",
            Self::RequestHeader { .. } => "the client itself writes Host, Accept and the like",
            Self::NameUnresolved { .. } => "is the name right, and does DNS answer here?",
            Self::AddressRefused { .. } => {
                "if the issuer's keys are inside your network, list the host with `allow_private`"
            }
            Self::Connection { .. } => "is the server up, and may this machine reach it?",
            Self::Tls { .. } => {
                "if its certificate is of your own authority, add that with `certificate_authorities`"
            }
            Self::TlsSetup { .. } => "install the system's certificates (`ca-certificates`)",
            Self::Timeout { .. } => "the server is slow or hangs; `deadline` sets the limit",
            Self::Status { .. } => "open the URL with curl: does it need a header?",
            Self::Redirect { .. } => {
                "name the URL where the keys are; redirects are never followed"
            }
            Self::Transfer { .. } | Self::Encoded { .. } => "open the URL with curl -v",
            Self::TooLarge { .. } | Self::TooManyKeys { .. } => "is this the URL of a key set?",
            Self::Malformed { .. } => "open the URL: is it a JSON object with `keys`?",
            Self::NoUsableKey { .. } => {
                "listen to the events: each member that is skipped says why"
            }
            Self::Metadata { .. } => "open the URL: does it have `issuer` and `jwks_uri`?",
            Self::IssuerMismatch { .. } => {
                "configure the issuer exactly as its metadata writes it, if that is who you trust"
            }
            Self::CoolDown { .. } => "try again later; the events say what failed",
            Self::Stopped => "the system refused a thread: look at its limits",
        }
    }

    /// Returns what may be said on the wire: always the same, since none of this is the client's.
    #[must_use]
    pub fn public(&self) -> Public {
        let reason = Excerpt::new(self.code());
        jotem::Error::from(jotem::Rejection::KeysUnavailable { reason }).public()
    }
}
