//! The client's hints name its Rust methods; these name the same things as they are called here.

use jotem_jwks::remote::RemoteError;

/// Returns the hint in Python's words.
pub(in crate::native) const fn hint(error: &RemoteError) -> &'static str {
    match error {
        RemoteError::SourceMissing => "name one: `issuer=`, or `key_set=`",
        RemoteError::SourceUnowned { .. } => "name its issuer: `key_set={issuer: url}`",
        RemoteError::UrlNotHttps { .. } => "use https, or allow this host: `allow_http=`",
        RemoteError::CertificateAuthorities { .. } => "give certificates in PEM, not their file",
        RemoteError::AddressRefused { .. } => {
            "if the issuer's keys are inside your network, list the host: `allow_private=`"
        }
        RemoteError::Tls { .. } => {
            "if its certificate is of your own authority, add that: `certificate_authorities=`"
        }
        RemoteError::Timeout { .. } => "the server is slow or hangs; `deadline=` sets the limit",
        RemoteError::NoUsableKey { .. } => {
            "listen with `on_event=`: each member that is skipped says why"
        }
        _ => error.hint(),
    }
}
