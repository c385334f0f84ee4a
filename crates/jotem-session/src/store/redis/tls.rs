//! TLS over AWS-LC by a configuration of our own. The process default of rustls is neither read nor
//! set, so it does not matter which other providers a program has.

use std::path::Path;
use std::sync::Arc;

use fred::types::config::{TlsConfig, TlsConnector, TlsHostMapping};
use jotem::error::Excerpt;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use super::error::wrong_url;
use crate::store::StoreError;

/// Makes the configuration: TLS 1.2 and 1.3; the system's certificate authorities, or else exactly those
/// in a file. Nodes of a Cluster that it names by their addresses are held to the name that it was
/// reached by.
pub(super) fn configuration(
    authorities: Option<&Path>,
    is_cluster: bool,
) -> Result<TlsConfig, StoreError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = match authorities {
        Some(path) => of_file(path, &provider)?,
        None => Arc::new(Verifier::new(Arc::clone(&provider)).map_err(|error| unable(&error))?),
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unable(&error))?;
    let configuration = builder
        // What rustls calls dangerous is the way to hand over a verifier that was made elsewhere.
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    let hostnames = if is_cluster { TlsHostMapping::DefaultHost } else { TlsHostMapping::None };
    Ok(TlsConfig { connector: TlsConnector::from(configuration), hostnames })
}

fn of_file(
    path: &Path,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, StoreError> {
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| {
        wrong_url(&format!("ca cannot be read: {}", Excerpt::new(&error.to_string())))
    })?;
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        let wrong = |_| wrong_url("ca has something in it that is no certificate");
        let certificate = certificate.map_err(|_| wrong_url("ca is not PEM"))?;
        roots.add(certificate).map_err(wrong)?;
    }
    if roots.is_empty() {
        return Err(wrong_url("there is no certificate in ca"));
    }
    let builder = WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(provider));
    let verifier = builder.build().map_err(|_| wrong_url("ca cannot be used"))?;
    Ok(verifier)
}

fn unable(error: &rustls::Error) -> StoreError {
    super::error::unavailable(&error.to_string())
}
