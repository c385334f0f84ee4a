//! What happens to remote key sets, told as it happens.

use std::time::Duration;

use jotem::KeyError;
use jotem::error::Excerpt;

use super::error::RemoteError;

/// Something that happened; [`JwksClientBuilder::on_event`](super::JwksClientBuilder::on_event)
/// hears of it. Texts of others are excerpts: at most 64 escaped characters.
///
/// # Examples
/// ```
/// use jotem_jwks::remote::{JwksClient, JwksEvent};
///
/// let client = JwksClient::builder()
///     .issuer("https://issuer.example")
///     .on_event(|event| match event {
///         JwksEvent::FetchFailed { url, error } => eprintln!("{url}: {}: {error}", error.code()),
///         other => eprintln!("{other:?}"),
///     })
///     .build()?;
/// # Ok::<(), jotem_jwks::remote::RemoteError>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum JwksEvent {
    /// A request is about to be sent.
    FetchStarted {
        /// The key set or the metadata.
        url: Excerpt,
        /// Why.
        reason: FetchReason,
    },
    /// A key set was fetched.
    FetchSucceeded {
        /// The key set.
        url: Excerpt,
        /// How many keys can be used.
        keys: usize,
        /// How long it is fresh.
        fresh_for: Duration,
    },
    /// The server says that the set is what it was (304).
    NotModified {
        /// The key set.
        url: Excerpt,
        /// How long it is fresh.
        fresh_for: Duration,
    },
    /// An attempt failed. Keys that were good stay, up to the hard age.
    FetchFailed {
        /// The key set or the issuer.
        url: Excerpt,
        /// What failed.
        error: RemoteError,
    },
    /// The keys are others than before.
    KeysReplaced {
        /// The key set.
        url: Excerpt,
        /// The names of new keys; of those without one, the thumbprints.
        added: Vec<Excerpt>,
        /// The names of keys that are gone.
        removed: Vec<Excerpt>,
    },
    /// A member of a fetched set is not used.
    MemberSkipped {
        /// The key set.
        url: Excerpt,
        /// Where it stands in the set, counted from 0.
        position: usize,
        /// Its `kid`, if it could be read.
        key_id: Option<Excerpt>,
        /// Why it is not used.
        reason: SkipReason,
    },
    /// The metadata of an issuer was fetched and is its own.
    Discovered {
        /// The issuer.
        issuer: Excerpt,
        /// Where its keys are.
        url: Excerpt,
    },
    /// A token named a key that is not there, and no request was sent for it. Said once in each
    /// cool-down; the counters count every one.
    UnknownKeyRefused {
        /// The key set or the issuer.
        url: Excerpt,
        /// Why nothing was fetched.
        reason: UnknownKeyRefusal,
    },
    /// Keys past their soft age are served: newer ones could not be had, or are only now being
    /// fetched. Said once for each fetched set.
    StaleServed {
        /// The key set or the issuer.
        url: Excerpt,
        /// How old they are.
        age: Duration,
    },
    /// The keys are too old to be served. Said once for each fetched set.
    HardAgeReached {
        /// The key set or the issuer.
        url: Excerpt,
        /// How old they are.
        age: Duration,
    },
    /// The fetching thread was started: on first use, and again in a process that was forked.
    ThreadStarted {
        /// The process.
        process: u32,
    },
}

/// Why a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchReason {
    /// There are no keys yet, or they are too old.
    NoKeys,
    /// The keys will soon be past their soft age, or are.
    Ahead,
    /// A token named a key that is not there.
    UnknownKey,
    /// The program asked for it.
    Asked,
}

/// Why a member of a set is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SkipReason {
    /// It cannot be read, or cannot verify.
    #[error(transparent)]
    Unusable(#[from] Box<KeyError>),
    /// It is a shared secret, which everybody can read there.
    #[error("it is a shared secret, and it is published")]
    Secret,
    /// It has its private part with it, so everybody can sign with it.
    #[error("it is a private key, and it is published")]
    Private,
}

/// Why no request was sent for a key that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownKeyRefusal {
    /// A request was sent a moment ago.
    CoolDown,
    /// This very key was asked for a moment ago, and the set did not have it.
    KnownAbsent,
}
