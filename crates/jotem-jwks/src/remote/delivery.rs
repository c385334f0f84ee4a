//! Something that is posted: over the same TLS as what is fetched, and only to where its URL may lead.

use std::fmt;

use reqwest::header::CONTENT_TYPE;
use rustls::ClientConfig;

use super::address::{Names, Reach};
use super::endpoint::Endpoint;
use super::error::RemoteError;
use super::exchange::{Transport, failure};
use super::tls;

/// A URL to which documents are posted; for the webhook of `jotem-session`.
pub struct Delivery {
    endpoint: Endpoint,
    tls: ClientConfig,
    reach: Reach,
}

impl Delivery {
    /// Checks a URL: https, or http on this machine. `authorities` are certificates in PEM, beside
    /// those of the system.
    ///
    /// # Errors
    /// [`RemoteError::Url`], [`RemoteError::UrlNotHttps`], [`RemoteError::AddressRefused`],
    /// [`RemoteError::CertificateAuthorities`], [`RemoteError::TlsSetup`].
    pub fn new(url: &str, authorities: Option<&[u8]>) -> Result<Self, RemoteError> {
        let endpoint = Endpoint::parse(url, &[])?;
        let authorities = authorities.map_or_else(|| Ok(Vec::new()), tls::authorities)?;
        let (tls, reach) = if endpoint.is_plain() {
            (tls::trusting_nobody()?, Reach::ThisMachine)
        } else {
            (tls::configuration(&authorities)?, Reach::Anywhere)
        };
        reach.check(&endpoint)?;
        Ok(Self { endpoint, tls, reach })
    }

    /// Posts a JSON document, and returns the status of the answer. The caller limits the time.
    ///
    /// # Errors
    /// Those of the way to the server.
    pub async fn post(
        &self,
        body: String,
        headers: &[(&'static str, String)],
    ) -> Result<u16, RemoteError> {
        let names = Names::default();
        let transport = Transport { tls: &self.tls, names: &names, proxy: None, body_limit: 0 };
        let client = transport.client(&self.endpoint, self.reach)?;
        let mut request = client.post(self.endpoint.url().clone());
        request = request.header(CONTENT_TYPE, "application/json").body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let answer = request.send().await.map_err(|error| failure(&self.endpoint, &error))?;
        Ok(answer.status().as_u16())
    }
}

impl fmt::Debug for Delivery {
    /// Without the URL: many have a secret in their path.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Delivery")
    }
}
