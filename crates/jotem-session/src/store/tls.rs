//! TLS to the servers of stores, over AWS-LC by a configuration of our own. The process default of rustls
//! is neither read nor set, so it does not matter which other providers a program has.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, Error, RootCertStore};
use rustls_platform_verifier::Verifier;

/// Says whose certificates hold.
pub(super) type Trust = Arc<dyn ServerCertVerifier>;

/// Returns the cryptography of all connections.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// Trusts what the system's authorities vouch for.
pub(super) fn system(provider: &Arc<CryptoProvider>) -> Result<Trust, Error> {
    Ok(Arc::new(Verifier::new(Arc::clone(provider))?))
}

/// Trusts what the authorities in a file vouch for, and nobody else; or says what is wrong with the file.
pub(super) fn only(path: &Path, provider: &Arc<CryptoProvider>) -> Result<Trust, &'static str> {
    let certificates = CertificateDer::pem_file_iter(path).map_err(|_| "cannot be read")?;
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        let certificate = certificate.map_err(|_| "is not PEM")?;
        roots.add(certificate).map_err(|_| "has something in it that is no certificate")?;
    }
    if roots.is_empty() {
        return Err("has no certificate in it");
    }
    let builder = WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(provider));
    let verifier = builder.build().map_err(|_| "cannot be used")?;
    Ok(verifier)
}

/// Makes the configuration: TLS 1.2 and 1.3.
pub(super) fn configuration(
    trust: Trust,
    provider: Arc<CryptoProvider>,
) -> Result<ClientConfig, Error> {
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        // What rustls calls dangerous is the way to hand over a verifier that was made elsewhere.
        .dangerous()
        .with_custom_certificate_verifier(trust)
        .with_no_client_auth())
}
