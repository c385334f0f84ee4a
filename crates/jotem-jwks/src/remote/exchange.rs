//! One request and its answer: no redirect, no cookie, no proxy of the environment, no compression,
//! and no more bytes than allowed.

use std::error::Error as StdError;
use std::sync::Arc;

use jotem::error::Excerpt;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AGE, CACHE_CONTROL, CONTENT_ENCODING, ETAG, HeaderMap, HeaderValue,
    IF_NONE_MATCH,
};
use reqwest::{Client, Response, StatusCode, redirect, retry};
use rustls::ClientConfig;

use super::address::{CheckedNames, Names, Reach};
use super::endpoint::Endpoint;
use super::error::RemoteError;

/// What is asked.
pub(super) struct Request<'e> {
    pub(super) endpoint: &'e Endpoint,
    pub(super) reach: Reach,
    pub(super) accept: &'static str,
    pub(super) headers: HeaderMap,
    pub(super) entity_tag: Option<HeaderValue>,
}

/// How it is asked.
pub(super) struct Transport<'s> {
    pub(super) tls: &'s ClientConfig,
    pub(super) names: &'s Names,
    pub(super) proxy: Option<&'s reqwest::Proxy>,
    pub(super) body_limit: usize,
}

/// What came back.
pub(super) struct Answer {
    /// Absent: what it was the last time.
    pub(super) body: Option<Vec<u8>>,
    pub(super) entity_tag: Option<HeaderValue>,
    pub(super) cache_control: Option<String>,
    pub(super) age: Option<String>,
}

impl Transport<'_> {
    /// Sends a request. The caller limits the time.
    pub(super) async fn send(&self, request: Request<'_>) -> Result<Answer, RemoteError> {
        let endpoint = request.endpoint;
        request.reach.check(endpoint)?;
        let client = self.client(endpoint, request.reach)?;
        let asked = request.entity_tag.is_some();
        let mut builder = client
            .get(endpoint.url().clone())
            .headers(request.headers)
            .header(ACCEPT, request.accept)
            .header(ACCEPT_ENCODING, "identity");
        if let Some(tag) = request.entity_tag {
            builder = builder.header(IF_NONE_MATCH, tag);
        }
        let response = builder.send().await.map_err(|error| failure(endpoint, &error))?;
        check_status(endpoint, response.status(), asked)?;
        let headers = response.headers();
        if headers.get_all(CONTENT_ENCODING).iter().any(|value| value != "identity") {
            return Err(RemoteError::Encoded { host: endpoint.shown_host() });
        }
        let text = |name| headers.get(name)?.to_str().ok().map(str::to_owned);
        let (cache_control, age) = (joined(headers), text(AGE));
        let entity_tag = headers.get(ETAG).filter(|tag| tag.len() <= LONGEST_TAG).cloned();
        let body = match response.status() {
            StatusCode::NOT_MODIFIED => None,
            _ => Some(self.body(endpoint, response).await?),
        };
        Ok(Answer { body, entity_tag, cache_control, age })
    }

    /// Makes a client for one URL, which may connect where this URL may lead.
    pub(super) fn client(&self, endpoint: &Endpoint, reach: Reach) -> Result<Client, RemoteError> {
        // This machine is not behind the proxy.
        let is_here = reach == Reach::ThisMachine || endpoint.names_this_machine();
        let proxy = self.proxy.filter(|_| !is_here);
        // With a proxy it is the proxy's name that is resolved here, and the program chose it.
        let reach = if proxy.is_some() { Reach::Anywhere } else { reach };
        let resolver = CheckedNames { names: self.names.clone(), reach };
        let builder = Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .dns_resolver(Arc::new(resolver))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy()
            .http1_only()
            .http1_max_headers(MOST_HEADERS)
            .pool_max_idle_per_host(0)
            .https_only(!endpoint.is_plain())
            .user_agent(USER_AGENT);
        let builder = match proxy {
            Some(proxy) => builder.proxy(proxy.clone()),
            None => builder,
        };
        builder.build().map_err(|error| RemoteError::TlsSetup { reason: deepest(&error) })
    }

    /// Reads a body up to the limit, whatever its header says of its length.
    async fn body(
        &self,
        endpoint: &Endpoint,
        mut response: Response,
    ) -> Result<Vec<u8>, RemoteError> {
        let limit = self.body_limit;
        let too_large = || RemoteError::TooLarge { host: endpoint.shown_host(), limit };
        let said = response.content_length().and_then(|length| usize::try_from(length).ok());
        if said.is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let mut body = Vec::with_capacity(said.unwrap_or(4_096));
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(endpoint, &error))? {
            if chunk.len() > limit.saturating_sub(body.len()) {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

fn check_status(
    endpoint: &Endpoint,
    status: StatusCode,
    tag_sent: bool,
) -> Result<(), RemoteError> {
    let host = endpoint.shown_host();
    let number = status.as_u16();
    match number {
        200 => Ok(()),
        304 if tag_sent => Ok(()),
        300..400 => Err(RemoteError::Redirect { host, status: number }),
        _ => Err(RemoteError::Status { host, status: number }),
    }
}

/// Several `Cache-Control` headers are one list (RFC 9110 §5.3).
fn joined(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let joined = values.collect::<Vec<_>>().join(",");
    (!joined.is_empty()).then_some(joined)
}

/// Finds in an error and its sources what it is about.
#[cold]
pub(super) fn failure(endpoint: &Endpoint, error: &reqwest::Error) -> RemoteError {
    let sources =
        || std::iter::successors(Some(error as &(dyn StdError + 'static)), |one| within(*one));
    if let Some(own) = sources().find_map(|source| source.downcast_ref::<RemoteError>()) {
        return own.clone();
    }
    let host = endpoint.shown_host();
    if let Some(tls) = sources().find_map(|source| source.downcast_ref::<rustls::Error>()) {
        return RemoteError::Tls { host, reason: Excerpt::new(&tls.to_string()) };
    }
    let reason = deepest(error);
    if error.is_connect() {
        RemoteError::Connection { host, reason }
    } else {
        RemoteError::Transfer { host, reason }
    }
}

/// Returns the error inside another. One of the system that wraps another names what is inside that
/// as its source, and so leaves one out.
fn within<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e (dyn StdError + 'static)> {
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    match wrapped {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// The innermost error knows what happened; those around it only say where.
fn deepest(error: &(dyn StdError + 'static)) -> Excerpt {
    let innermost = std::iter::successors(Some(error), |one| within(*one)).last();
    Excerpt::new(&innermost.unwrap_or(error).to_string())
}

const LONGEST_TAG: usize = 1_024;
const MOST_HEADERS: usize = 64;
const USER_AGENT: &str = concat!("jotem-jwks/", env!("CARGO_PKG_VERSION"));
