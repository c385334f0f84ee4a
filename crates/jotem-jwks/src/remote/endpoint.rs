//! A URL that may be fetched: plainly written, https, or http on this machine.

use std::net::IpAddr;

use jotem::error::Excerpt;
use reqwest::Url;

use super::error::RemoteError;

/// A checked URL.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Endpoint {
    url: Url,
    host: Host,
}

/// Where a URL leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Host {
    Address(IpAddr),
    Name(String),
}

impl Endpoint {
    /// Checks a URL. `http_hosts` are those that may be asked without TLS.
    ///
    /// What two parsers could read differently is refused, not interpreted: user names, fragments,
    /// backslashes, control characters, other alphabets, numbers for addresses, `..`.
    pub(super) fn parse(text: &str, http_hosts: &[String]) -> Result<Self, RemoteError> {
        let refuse = |reason| RemoteError::Url { url: shown(text), reason };
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(refuse("it has a character that is not printable ASCII"));
        }
        if text.contains(['\\', '@', '#', '<', '>', '"']) {
            return Err(refuse("it has a user name, a fragment, or a character that no URL has"));
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(|| refuse("it has no scheme"))?;
        if scheme != "https" && scheme != "http" {
            return Err(refuse("its scheme is neither https nor http"));
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let url = Url::parse(text).map_err(|_| refuse("it cannot be read"))?;
        let host = url.host_str().ok_or_else(|| refuse("it has no host"))?;
        check_authority(authority, host).map_err(refuse)?;
        let read = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        if read != path && !(path.is_empty() && read == "/") {
            return Err(refuse("its path would be read differently than it is written"));
        }
        let host = Host::of(&url).ok_or_else(|| refuse("it has no host"))?;
        let endpoint = Self { url, host };
        if scheme == "http" && !endpoint.may_be_plain(http_hosts) {
            return Err(RemoteError::UrlNotHttps { url: shown(text) });
        }
        Ok(endpoint)
    }

    fn may_be_plain(&self, http_hosts: &[String]) -> bool {
        self.names_this_machine() || http_hosts.iter().any(|host| self.is_on(host))
    }

    /// Whether the URL says that it is on this machine.
    pub(super) fn names_this_machine(&self) -> bool {
        match &self.host {
            Host::Address(address) => address.is_loopback(),
            Host::Name(name) => name == "localhost",
        }
    }

    /// Whether the URL leads to this host.
    pub(super) fn is_on(&self, host: &str) -> bool {
        self.host_name().eq_ignore_ascii_case(host)
    }

    pub(super) const fn url(&self) -> &Url {
        &self.url
    }

    pub(super) const fn host(&self) -> &Host {
        &self.host
    }

    /// Returns the host as a URL has it: an address of IPv6 in brackets.
    pub(super) fn host_name(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Returns the host for a message.
    pub(super) fn shown_host(&self) -> Excerpt {
        Excerpt::new(self.host_name())
    }

    /// Whether requests go without TLS.
    pub(super) fn is_plain(&self) -> bool {
        self.url.scheme() == "http"
    }

    /// Whether another URL has the same scheme, host and port.
    pub(super) fn has_origin_of(&self, other: &Self) -> bool {
        self.url.origin() == other.url.origin()
    }
}

/// Without the query, where some put their keys.
impl std::fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Endpoint").field(&shown(self.url.as_str())).finish()
    }
}

impl Host {
    fn of(url: &Url) -> Option<Self> {
        let host = url.host_str()?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        Some(bare.parse().map_or_else(|_| Self::Name(host.to_owned()), Self::Address))
    }
}

/// Whether the part between `//` and the path is a host, and perhaps a port, as they are written.
fn check_authority(authority: &str, host: &str) -> Result<(), &'static str> {
    // The port stands after the last colon, unless that is inside an address of IPv6.
    let (written, port) = match authority.rsplit_once(':') {
        Some((written, port)) if !port.contains(']') => (written, Some(port)),
        Some(_) | None => (authority, None),
    };
    if !written.eq_ignore_ascii_case(host) || host.ends_with('.') {
        return Err("its host is not written as it is read: use plain names and addresses");
    }
    let Some(port) = port else { return Ok(()) };
    let plain = port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0');
    match port.parse::<u16>() {
        Ok(1..) if plain => Ok(()),
        Ok(_) | Err(_) => Err("its port is not between 1 and 65535"),
    }
}

/// A URL for a message: without what stands after a question mark, where some put their keys, and
/// without a word of one that may have a password: where that ends in a URL that is written wrongly,
/// nobody knows.
pub(super) fn shown(url: &str) -> Excerpt {
    if url.contains('@') {
        return Excerpt::new("(with a user name)");
    }
    Excerpt::new(url.split(['?', '#']).next().unwrap_or_default())
}
