//! TLS over AWS-LC by a configuration of our own. The process default of rustls is neither read nor
//! set, so it does not matter which other providers a program has.

use std::sync::Arc;

use jotem::error::Excerpt;
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;

use super::error::RemoteError;

/// Makes the configuration: TLS 1.2 and 1.3, the system's certificate authorities and those given.
pub(super) fn configuration(
    authorities: &[CertificateDer<'static>],
) -> Result<ClientConfig, RemoteError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(authorities.to_vec(), Arc::clone(&provider));
    let verifier = verifier.map_err(|error| unable(&error))?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unable(&error))?;
    let mut configuration = builder
        // What rustls calls dangerous is the way to hand over the system's verifier.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    // A connection every few minutes has nothing to resume.
    configuration.resumption = Resumption::disabled();
    Ok(configuration)
}

/// Reads certificates in PEM.
pub(super) fn authorities(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, RemoteError> {
    let refuse =
        |reason: &str| RemoteError::CertificateAuthorities { reason: Excerpt::new(reason) };
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let certificates = certificates.map_err(|error| refuse(&error.to_string()))?;
    if certificates.is_empty() {
        return Err(refuse("there is no certificate in it"));
    }
    let mut roots = rustls::RootCertStore::empty();
    for certificate in &certificates {
        roots.add(certificate.clone()).map_err(|error| refuse(&error.to_string()))?;
    }
    Ok(certificates)
}

fn unable(error: &rustls::Error) -> RemoteError {
    RemoteError::TlsSetup { reason: Excerpt::new(&error.to_string()) }
}

/// Makes a configuration without any authority, for URLs without TLS: it asks nothing of the system.
pub(super) fn trusting_nobody() -> Result<ClientConfig, RemoteError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unable(&error))?;
    Ok(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}
