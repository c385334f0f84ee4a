//! Where an issuer's keys are: `OpenID` Connect Discovery §4 and RFC 8414 §3.

use jotem::error::Excerpt;
use serde::Deserialize;

use super::endpoint::Endpoint;
use super::error::RemoteError;

/// Returns where an issuer's metadata may be: first as `OpenID` Connect has it, then as RFC 8414.
pub(super) fn metadata_of(
    issuer: &str,
    http_hosts: &[String],
) -> Result<[Endpoint; 2], RemoteError> {
    // An issuer is a URL without a query (RFC 8414 §2); the checks are those of any other URL.
    let endpoint = Endpoint::parse(issuer, http_hosts)?;
    if endpoint.url().query().is_some() {
        let reason = "an issuer has no query";
        return Err(RemoteError::Url { url: super::endpoint::shown(issuer), reason });
    }
    let bare = issuer.strip_suffix('/').unwrap_or(issuer);
    let path = endpoint.url().path().trim_end_matches('/');
    let before_path = bare.strip_suffix(path).unwrap_or(bare);
    let connect = format!("{bare}/.well-known/openid-configuration");
    let oauth = format!("{before_path}/.well-known/oauth-authorization-server{path}");
    Ok([Endpoint::parse(&connect, http_hosts)?, Endpoint::parse(&oauth, http_hosts)?])
}

/// Reads metadata, which must be of this issuer (RFC 8414 §3.3), and returns where its keys are.
pub(super) fn key_set_of(body: &[u8], issuer: &str, host: Excerpt) -> Result<String, RemoteError> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the derived reader refuses a second `issuer` and a second `jwks_uri`, and the body is bounded"
    )]
    let metadata: Result<Metadata, _> = serde_json::from_slice(body);
    let refuse = |reason: &str| RemoteError::Metadata { host, reason: Excerpt::new(reason) };
    let metadata = match metadata {
        // The derived reader would take an array of two texts as well.
        Ok(_) if body.trim_ascii_start().first() != Some(&b'{') => {
            return Err(refuse("it is no object"));
        }
        Ok(metadata) => metadata,
        Err(error) => return Err(refuse(&error.to_string())),
    };
    if metadata.issuer != issuer {
        return Err(RemoteError::IssuerMismatch {
            expected: Excerpt::new(issuer),
            found: Excerpt::new(&metadata.issuer),
        });
    }
    Ok(metadata.jwks_uri)
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}
