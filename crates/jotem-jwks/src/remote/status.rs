//! What is known of each source, for a page or a probe.

use std::time::Duration;

use jotem::error::Excerpt;

use super::source::Source;

/// A key set as the client has it.
///
/// # Examples
/// ```
/// use jotem_jwks::remote::JwksClient;
///
/// let client = JwksClient::builder().issuer("https://issuer.example").build()?;
/// let status = client.status();
/// assert_eq!(status[0].issuer.as_deref(), Some("https://issuer.example"));
/// assert!(status[0].age.is_none() && status[0].keys.is_empty());
/// # Ok::<(), jotem_jwks::remote::RemoteError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceStatus {
    /// The issuer, if the keys belong to one.
    pub issuer: Option<String>,
    /// What it goes by in events: the issuer, or the URL of the key set.
    pub url: Excerpt,
    /// The names of the keys; those without one go by their thumbprint.
    pub keys: Vec<Excerpt>,
    /// How long ago the server said that these are the keys; absent before it first did.
    pub age: Option<Duration>,
    /// How long it is until the next look-up has them fetched again.
    pub due_in: Duration,
    /// Whether they are past their soft age.
    pub is_stale: bool,
    /// Whether they may be served: there are some, and they are not past the hard age.
    pub is_available: bool,
}

impl SourceStatus {
    pub(super) fn of(source: &Source, now: Duration) -> Self {
        let loaded = source.loaded.load();
        let loaded = loaded.as_deref();
        Self {
            issuer: source.issuer.clone(),
            url: source.shown(),
            keys: loaded.map(|loaded| loaded.keys.names()).unwrap_or_default(),
            age: loaded.map(|loaded| now.saturating_sub(loaded.at)),
            due_in: source.due_in(now),
            is_stale: loaded.is_some_and(|loaded| now >= loaded.soft),
            is_available: source.serves(now),
        }
    }
}
