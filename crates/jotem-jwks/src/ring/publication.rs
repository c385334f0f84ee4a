//! What a ring publishes: a JWK Set (RFC 7517 §5) and the headers that belong to it.

use jotem::jwk::KeySet;
use jotem::{NumericDate, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::error::RingError;
use super::snapshot::Snapshot;

/// A JWK Set as it goes over the wire: public members only, in the order in which the keys were
/// announced, so that the same keys are the same bytes.
///
/// # Examples
/// ```
/// use jotem::Algorithm;
/// use jotem_jwks::ring::{KeyRing, Publication};
/// # let folder = tempfile::tempdir()?;
/// # let ring = KeyRing::builder(Algorithm::Es256).create_file(folder.path().join("ring.json"), "a long password")?;
///
/// // GET /.well-known/jwks.json, in any web framework.
/// fn answer(publication: &Publication, if_none_match: Option<&str>) -> (u16, String) {
///     if if_none_match.is_some_and(|tags| publication.is_current(tags)) {
///         return (304, String::new());                   // with the same ETag and Cache-Control
///     }
///     (200, publication.body().to_owned())
/// }
///
/// let publication = ring.publication()?;
/// assert_eq!(publication.content_type(), "application/jwk-set+json");
/// assert_eq!(
///     publication.cache_control(),
///     "public, max-age=300, stale-while-revalidate=3600, stale-if-error=85800"
/// );
/// assert_eq!(answer(&publication, None).0, 200);
/// assert_eq!(answer(&publication, Some(publication.etag())).0, 304);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    body: String,
    etag: String,
    cache_control: String,
}

impl Publication {
    pub(super) fn of(snapshot: &Snapshot, now: NumericDate) -> Result<Self, RingError> {
        let documents = snapshot.verifying(now).map(VerifyingKey::to_jwk);
        let body = documents.collect::<Result<KeySet, jotem::Error>>()?.to_json();
        let hash: String =
            Sha256::digest(&body).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let timers = &snapshot.record.timers;
        Ok(Self {
            body,
            etag: format!("\"{hash}\""),
            cache_control: format!(
                "public, max-age={}, stale-while-revalidate={}, stale-if-error={}",
                timers.jwks_max_age, timers.stale_while_revalidate, timers.stale_if_error
            ),
        })
    }

    /// Returns the JWK Set.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Returns the value of `ETag`: a strong entity tag, a hash of the body (RFC 9110 §8.8.3).
    #[must_use]
    pub fn etag(&self) -> &str {
        &self.etag
    }

    /// Returns the value of `Cache-Control` (RFC 9111 §5.2.2, RFC 5861).
    #[must_use]
    pub fn cache_control(&self) -> &str {
        &self.cache_control
    }

    /// Returns the value of `Content-Type` (RFC 7517 §8.5.2).
    #[must_use]
    pub const fn content_type(&self) -> &'static str {
        "application/jwk-set+json"
    }

    /// Whether a request with this `If-None-Match` is to be answered with 304: it names `*`, or the
    /// entity tag of this body, weak or strong (RFC 9110 §13.1.2). A value that is no list of tags is
    /// no match.
    #[must_use]
    pub fn is_current(&self, if_none_match: &str) -> bool {
        let mut rest = if_none_match.trim_matches([' ', '\t']);
        if rest == "*" {
            return true;
        }
        let mut found = false;
        while !rest.is_empty() {
            let opaque = rest.strip_prefix("W/").unwrap_or(rest);
            let Some((tag, after)) = opaque.strip_prefix('"').and_then(|tag| tag.split_once('"'))
            else {
                return false;
            };
            found |= self.etag.trim_matches('"') == tag;
            rest = after.trim_start_matches([' ', '\t']);
            match rest.strip_prefix(',') {
                // A list may have empty elements (RFC 9110 §5.6.1.2).
                Some(more) => rest = more.trim_start_matches([' ', '\t', ',']),
                None if rest.is_empty() => {}
                None => return false,
            }
        }
        found
    }
}
