//! Why a store did not do what it was asked.

use std::time::Duration;

use jotem::error::Excerpt;

/// Why a store did not do what it was asked. None of the messages has a password, a token or a secret
/// in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The URL is none, or asks for what there is not.
    #[error("the URL of the store is wrong: {reason}")]
    Url {
        /// What is wrong with it. The URL itself may have a password in it.
        reason: String,
    },
    /// This program was built without that store.
    #[error("a store of {scheme}:// was not built in")]
    NotBuilt {
        /// The beginning of the URL.
        scheme: &'static str,
        /// The feature of the crate.
        feature: &'static str,
    },
    /// It cannot be asked now.
    #[error("the store ({store}) does not answer: {reason}")]
    Unavailable {
        /// Which store.
        store: &'static str,
        /// What happened.
        reason: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// It was asked, and did not answer in time. What was asked may have been done or not.
    #[error("the store ({store}) did not answer within {} ms", limit.as_millis())]
    Timeout {
        /// Which store.
        store: &'static str,
        /// The limit.
        limit: Duration,
    },
    /// It did what was asked, and the copies that were asked for did not confirm it in time.
    #[error("{confirmed} of {wanted} copies confirmed the change in time")]
    NotReplicated {
        /// How many did.
        confirmed: u32,
        /// How many were asked for.
        wanted: u32,
    },
    /// It has no room left.
    #[error("the store ({store}) is full")]
    Full {
        /// Which store.
        store: &'static str,
    },
    /// It refuses to be written to: a copy, or a file that may only be read.
    #[error("the store ({store}) can only be read")]
    ReadOnly {
        /// Which store.
        store: &'static str,
    },
    /// It knows this program, and refuses; or, over TLS, its certificate does not hold.
    #[error("the store ({store}) refuses access: {reason}")]
    Denied {
        /// Which store.
        store: &'static str,
        /// What it says.
        reason: String,
    },
    /// What is kept is damaged, or was written by something else.
    #[error("the store ({store}) has kept something that is none of ours: {what}")]
    Corrupt {
        /// Which store.
        store: &'static str,
        /// What it is, without its content.
        what: String,
    },
    /// Its tables are of another version than this program's.
    #[error(
        "what is in the store ({store}) has version {found}, and this program wants {expected}"
    )]
    Schema {
        /// Which store.
        store: &'static str,
        /// The version that there is; 0 if there are no tables.
        found: u32,
        /// The version that is wanted.
        expected: u32,
    },
    /// It is set up so that sessions or revocations would be lost.
    #[error("the store ({store}) is set up so that sessions are lost: {setting} is {found}")]
    Unsafe {
        /// Which store.
        store: &'static str,
        /// Which setting.
        setting: &'static str,
        /// What it is.
        found: Excerpt,
    },
    /// The subject's sessions were revoked since it was last looked at.
    #[error("the epoch of the subject is {found} by now, not {expected}")]
    EpochChanged {
        /// What it is.
        found: u32,
        /// What was expected.
        expected: u32,
    },
}

impl StoreError {
    /// Returns the stable identifier of the reason; `docs/errors.md` has a section for each.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Url { .. } => "store_url",
            Self::NotBuilt { .. } => "store_not_built",
            Self::Unavailable { .. } => "store_unavailable",
            Self::Timeout { .. } => "store_timeout",
            Self::NotReplicated { .. } => "store_not_replicated",
            Self::Full { .. } => "store_full",
            Self::ReadOnly { .. } => "store_read_only",
            Self::Denied { .. } => "store_denied",
            Self::Corrupt { .. } => "store_corrupt",
            Self::Schema { .. } => "store_schema",
            Self::Unsafe { .. } => "store_unsafe",
            Self::EpochChanged { .. } => "store_epoch_changed",
        }
    }

    /// Tells the developer what to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Url { .. } => {
                "memory:, sqlite:///path/file.db, redis://host:6379, rediss://, redis+sentinel://a,b/name, redis+cluster://a,b, postgres://user@host/database"
            }
            Self::NotBuilt { .. } => "build with the feature sqlite, redis or postgres",
            Self::Unavailable { .. } => {
                "answer 503 with Retry-After; tokens that were issued go on being verified"
            }
            Self::Timeout { .. } => {
                "answer 503 with Retry-After; presenting the same token again is safe within the window"
            }
            Self::NotReplicated { .. } => {
                "it is done here; do it again to see it confirmed, or ask for fewer copies"
            }
            Self::Full { .. } => "make room: nothing was lost, and nothing new is kept",
            Self::ReadOnly { .. } => "name the primary server, or a file that may be written",
            Self::Denied { .. } => {
                "look at user, password and rights; over TLS at certificates and the names in them"
            }
            Self::Corrupt { .. } => "restore it from a copy, or see what else writes to it",
            Self::Schema { .. } => {
                "a later version made them: use that version; or point at an empty database"
            }
            Self::Unsafe { .. } => {
                "change that setting: the message names it and what it is; Redis wants maxmemory-policy noeviction"
            }
            Self::EpochChanged { .. } => "everything was revoked meanwhile: log in again",
        }
    }

    /// Returns whether asking again later may help, and when.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } => Some(*retry_after),
            Self::Timeout { .. } => Some(Duration::from_secs(1)),
            Self::Url { .. }
            | Self::NotBuilt { .. }
            | Self::NotReplicated { .. }
            | Self::Full { .. }
            | Self::ReadOnly { .. }
            | Self::Denied { .. }
            | Self::Corrupt { .. }
            | Self::Schema { .. }
            | Self::Unsafe { .. }
            | Self::EpochChanged { .. } => None,
        }
    }
}
