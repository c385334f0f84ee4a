//! TLS to Redis.

use std::path::Path;

use fred::types::config::{TlsConfig, TlsConnector, TlsHostMapping};

use super::error::{unavailable, wrong_url};
use crate::store::{StoreError, tls};

/// Makes the configuration: the system's certificate authorities, or else exactly those in a file. Nodes
/// of a Cluster that it names by their addresses are held to the name that it was reached by.
pub(super) fn configuration(
    authorities: Option<&Path>,
    is_cluster: bool,
) -> Result<TlsConfig, StoreError> {
    let unable = |error: rustls::Error| unavailable(&error.to_string());
    let provider = tls::provider();
    let trust = match authorities {
        Some(path) => {
            tls::only(path, &provider).map_err(|wrong| wrong_url(&format!("ca {wrong}")))?
        }
        None => tls::system(&provider).map_err(unable)?,
    };
    let configuration = tls::configuration(trust, provider).map_err(unable)?;
    let hostnames = if is_cluster { TlsHostMapping::DefaultHost } else { TlsHostMapping::None };
    Ok(TlsConfig { connector: TlsConnector::from(configuration), hostnames })
}
