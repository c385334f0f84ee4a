//! What a URL says: which servers, how they are reached, and how the store behaves.

use std::path::PathBuf;
use std::time::Duration;

use fred::types::config::{ClusterDiscoveryPolicy, Server, ServerConfig};

use super::error::wrong_url;
use super::settings::RedisSettings;
use crate::store::StoreError;

/// What a URL says. It has no `Debug`: there is a password in it.
pub(super) struct Address {
    pub(super) servers: ServerConfig,
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    pub(super) database: Option<u8>,
    pub(super) is_encrypted: bool,
    pub(super) authorities: Option<PathBuf>,
    pub(super) settings: RedisSettings,
}

/// The kinds of servers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Single,
    Sentinel,
    Cluster,
}

/// Reads a URL. Messages repeat nothing of it: a password may be anywhere in a URL that is wrong.
pub(super) fn read(url: &str) -> Result<Address, StoreError> {
    let (scheme, rest) = url.split_once("://").ok_or_else(|| wrong_url("it has no scheme"))?;
    let (kind, is_encrypted) = match scheme {
        "redis" => (Kind::Single, false),
        "rediss" => (Kind::Single, true),
        "redis+sentinel" => (Kind::Sentinel, false),
        "rediss+sentinel" => (Kind::Sentinel, true),
        "redis+cluster" => (Kind::Cluster, false),
        "rediss+cluster" => (Kind::Cluster, true),
        _ => return Err(wrong_url("its scheme is none of Redis")),
    };
    if rest.contains('#') {
        return Err(wrong_url("it has a fragment; a # in a password is written %23"));
    }
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (who, hosts) = place.rsplit_once('@').map_or((None, place), |(who, at)| (Some(who), at));
    let (user, password) = credentials(who)?;
    let (servers, database) = servers(kind, hosts, path)?;
    let (settings, authorities) = parameters(query)?;
    if authorities.is_some() && !is_encrypted {
        return Err(wrong_url("ca is for rediss://, and this is not encrypted"));
    }
    Ok(Address { servers, user, password, database, is_encrypted, authorities, settings })
}

fn credentials(who: Option<&str>) -> Result<(Option<String>, Option<String>), StoreError> {
    let Some(who) = who else { return Ok((None, None)) };
    let (user, password) =
        who.split_once(':').ok_or_else(|| wrong_url("there is a user and no password"))?;
    let user = decoded(user)?;
    Ok(((!user.is_empty()).then_some(user), Some(decoded(password)?)))
}

fn servers(kind: Kind, hosts: &str, path: &str) -> Result<(ServerConfig, Option<u8>), StoreError> {
    let default_port = if kind == Kind::Sentinel { 26_379 } else { 6_379 };
    let mut hosts = hosts
        .split(',')
        .map(|host| server(host, default_port))
        .collect::<Result<Vec<Server>, StoreError>>()?;
    match kind {
        Kind::Single => {
            let server = hosts.pop().filter(|_| hosts.is_empty());
            let server = server.ok_or_else(|| {
                wrong_url("it names several servers: write redis+cluster:// or redis+sentinel://")
            })?;
            Ok((ServerConfig::Centralized { server }, database(path)?))
        }
        Kind::Sentinel => {
            let (service, path) = path.split_once('/').unwrap_or((path, ""));
            if service.is_empty() {
                return Err(wrong_url(
                    "it does not name the service: redis+sentinel://host/service",
                ));
            }
            let service_name = decoded(service)?;
            let (username, password) = (None, None);
            let servers = ServerConfig::Sentinel { hosts, service_name, username, password };
            Ok((servers, database(path)?))
        }
        Kind::Cluster if path.is_empty() => {
            let policy = ClusterDiscoveryPolicy::UseCache;
            Ok((ServerConfig::Clustered { hosts, policy }, None))
        }
        Kind::Cluster => Err(wrong_url("a cluster has no databases")),
    }
}

/// Reads `host`, `host:port` or `[address]:port`.
fn server(text: &str, default_port: u16) -> Result<Server, StoreError> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').ok_or_else(|| wrong_url("an address has no ]"))?,
        None => match text.rfind(':') {
            Some(colon) => text.split_at(colon),
            None => (text, ""),
        },
    };
    let port = match port.strip_prefix(':') {
        Some(port) => port.parse().map_err(|_| wrong_url("its port is no number"))?,
        None if port.is_empty() => default_port,
        None => return Err(wrong_url("there is something between address and port")),
    };
    if host.is_empty() || host.contains(|it: char| it.is_whitespace() || it.is_control()) {
        return Err(wrong_url("it names no host"));
    }
    Ok(Server::new(host, port))
}

fn database(path: &str) -> Result<Option<u8>, StoreError> {
    match path {
        "" => Ok(None),
        number => {
            number.parse().map(Some).map_err(|_| wrong_url("its database is no number of 0 to 255"))
        }
    }
}

fn parameters(query: &str) -> Result<(RedisSettings, Option<PathBuf>), StoreError> {
    let mut settings = RedisSettings::new();
    let mut authorities = None;
    let mut seen = Vec::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if seen.contains(&name) {
            return Err(wrong_url("a parameter is there twice"));
        }
        seen.push(name);
        let value = decoded(value)?;
        let number = |what| value.parse::<u32>().map_err(|_| wrong_url(what));
        match name {
            "prefix" => settings = settings.prefix(value),
            "timeout" => {
                let ms = number("timeout is no number of milliseconds")?;
                settings = settings.timeout(Duration::from_millis(ms.into()));
            }
            "wait" => settings = settings.wait(number("wait is no number of copies")?),
            "ca" => authorities = Some(PathBuf::from(value)),
            _ => {
                return Err(wrong_url(
                    "it has a parameter that is none of prefix, timeout, wait, ca",
                ));
            }
        }
    }
    settings.check()?;
    Ok((settings, authorities))
}

/// Reads what is written with percent signs (RFC 3986 §2.1).
fn decoded(text: &str) -> Result<String, StoreError> {
    let wrong = || wrong_url("a percent sign is not followed by two hexadecimal digits of UTF-8");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let mut byte = *first;
        if byte == b'%' {
            let (digits, after) = rest.split_first_chunk::<2>().ok_or_else(wrong)?;
            let digits = std::str::from_utf8(digits).map_err(|_| wrong())?;
            if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(wrong());
            }
            byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
            rest = after;
        }
        bytes.push(byte);
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}
