//! Why a ring cannot be built, read, changed or used.

use jotem::NumericDate;
use jotem::error::{Excerpt, Public};
use jotem::jwa::Algorithm;

/// A reason, with its facts.
///
/// # Examples
/// ```
/// use jotem::Algorithm;
/// use jotem_jwks::ring::KeyRing;
///
/// let error = KeyRing::builder(Algorithm::Hs256).timers().unwrap_err();
/// assert_eq!(error.code(), "ring_algorithm_symmetric");
/// assert_eq!(error.hint(), "use ES256: a shared secret cannot be published");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RingError {
    /// A shared secret cannot be published, so it has no place in a ring.
    #[error("a ring holds key pairs, and {algorithm} signs with a shared secret")]
    AlgorithmSymmetric {
        /// The algorithm that was asked for.
        algorithm: Algorithm,
    },
    /// A key would sign before every verifier can know it.
    #[error(
        "an announcement of {announce_for} s is shorter than the {needed} s until every verifier knows a key"
    )]
    AnnouncementTooShort {
        /// How long keys are to be announced, in seconds.
        announce_for: u64,
        /// The least there can be, in seconds.
        needed: u64,
    },
    /// Another process changed the ring at the same time, and was first.
    #[error("the ring was changed meanwhile: its revision is {found}, not {expected}")]
    Conflict {
        /// The revision that was changed.
        expected: u64,
        /// The revision that is kept.
        found: u64,
    },
    /// What is kept is no ring, or is none any more.
    #[error("what is kept is not a ring that can be used: {problem}")]
    Damaged {
        /// What is wrong with it.
        problem: Excerpt,
    },
    /// There is a ring, or something else, where a new one was to be kept.
    #[error("{name} exists already")]
    Exists {
        /// Where.
        name: Excerpt,
    },
    /// So many keys are on their way out that nobody would read the set.
    #[error("the ring has {keys} keys already, as many as it may have")]
    Full {
        /// How many there are.
        keys: usize,
    },
    /// No key of the ring has this name.
    #[error("the ring has no key {key_id}")]
    KeyUnknown {
        /// The name that was asked for.
        key_id: Excerpt,
    },
    /// Another process has been changing the ring for too long.
    #[error("another process holds the lock of {name}")]
    Locked {
        /// What is locked.
        name: Excerpt,
    },
    /// There is no ring.
    #[error("there is no {name}")]
    Missing {
        /// Where it should be.
        name: Excerpt,
    },
    /// A symbolic link, a folder, a device.
    #[error("{name} is not a regular file")]
    NotAFile {
        /// Its name.
        name: Excerpt,
    },
    /// Others than the owner may read or write the file.
    #[error("{name} is open to others: its mode is {mode:04o}")]
    Permissions {
        /// The name of the file.
        name: Excerpt,
        /// Its mode.
        mode: u32,
    },
    /// The ring was opened without its password.
    #[error("the ring was opened without its password, and has public keys only")]
    PublicOnly,
    /// What is kept now is not a later state of this ring.
    #[error(
        "what is kept is not a later state of this ring: its revision is {found}, after {known}"
    )]
    Replaced {
        /// The revision that is kept.
        found: u64,
        /// The revision that this ring has.
        known: u64,
    },
    /// A key would be removed while tokens that it signed still live.
    #[error("a retirement of {retire_for} s is shorter than the {needed} s that tokens live on")]
    RetirementTooShort {
        /// How long keys are to be retiring, in seconds.
        retire_for: u64,
        /// The least there can be, in seconds.
        needed: u64,
    },
    /// Keys would come before those before them are known, or faster than they go.
    #[error("a rotation every {rotate_every} s is more often than every {needed} s")]
    RotationTooOften {
        /// How often keys are to be rotated, in seconds.
        rotate_every: u64,
        /// The least there can be, in seconds.
        needed: u64,
    },
    /// The announced key may not be known everywhere yet.
    #[error("the announced key {key_id} is known everywhere at {known_at}, and now is {now}")]
    SpareTooNew {
        /// The name of the announced key.
        key_id: String,
        /// From when on it may sign.
        known_at: NumericDate,
        /// What time it is.
        now: NumericDate,
    },
    /// What keeps the ring cannot be read or written.
    #[error("cannot {action} {name}")]
    Store {
        /// What was tried: `read`, `write`, `lock`.
        action: &'static str,
        /// What keeps the ring.
        name: Excerpt,
        /// What the system or the store said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A duration that makes no sense.
    #[error("{timer} is {found} s, not between {least} and {most} s")]
    TimerOutOfRange {
        /// The name of the setting.
        timer: &'static str,
        /// What was asked for, in seconds.
        found: u64,
        /// The least there can be, in seconds.
        least: u64,
        /// The most there can be, in seconds.
        most: u64,
    },
    /// A token that never expires outlives every key.
    #[error("a token that never expires outlives its key")]
    TokenNeverExpires,
    /// A token would live longer than its key is published.
    #[error(
        "a token that lives for {lifetime} s outlives its key: the ring's tokens live for {limit} s"
    )]
    TokenOutlivesKey {
        /// How long the token would live, in seconds.
        lifetime: u64,
        /// The longest that tokens of the ring live, in seconds.
        limit: u64,
    },
    /// Something far larger than a ring.
    #[error("{name} has {bytes} bytes, more than a ring ever has")]
    TooLarge {
        /// What keeps it.
        name: Excerpt,
        /// How large it is.
        bytes: u64,
    },
    /// A ring that a newer version wrote.
    #[error("the ring is of version {version}, and this program knows version {known}")]
    VersionUnknown {
        /// The version that is kept.
        version: u64,
        /// The version that is known.
        known: u64,
    },
    /// The engine said no: a wrong password, a key that cannot be used.
    #[error(transparent)]
    Jotem(#[from] jotem::Error),
}

macro_rules! codes {
    ($($variant:ident = $text:literal,)*) => {
        impl RingError {
            /// Every code of this type's own; `docs/errors.md` has a section for each.
            pub const CODES: &[&str] = &[$($text,)*];

            /// Returns the stable identifier of the reason; for what the engine said, the engine's.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $text,)*
                    Self::Jotem(error) => error.code().as_str(),
                }
            }
        }
    };
}

codes! {
    AlgorithmSymmetric = "ring_algorithm_symmetric",
    AnnouncementTooShort = "ring_announcement_too_short",
    Conflict = "ring_conflict",
    Damaged = "ring_damaged",
    Exists = "ring_exists",
    Full = "ring_full",
    KeyUnknown = "ring_key_unknown",
    Locked = "ring_locked",
    Missing = "ring_missing",
    NotAFile = "ring_not_a_file",
    Permissions = "ring_permissions",
    PublicOnly = "ring_public_only",
    Replaced = "ring_replaced",
    RetirementTooShort = "ring_retirement_too_short",
    RotationTooOften = "ring_rotation_too_often",
    SpareTooNew = "ring_spare_too_new",
    Store = "ring_store",
    TimerOutOfRange = "ring_timer_out_of_range",
    TokenNeverExpires = "ring_token_never_expires",
    TokenOutlivesKey = "ring_token_outlives_key",
    TooLarge = "ring_too_large",
    VersionUnknown = "ring_version_unknown",
}

impl RingError {
    /// Tells the developer what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::AlgorithmSymmetric { .. } => "use ES256: a shared secret cannot be published",
            Self::AnnouncementTooShort { .. } => {
                "announce for longer, or let caches keep the set for less: it is the max-age, the longer of the stale times and the fetch interval together"
            }
            Self::Conflict { .. } => "look at the ring, and call again if it is still to be done",
            Self::Damaged { .. } => {
                "bring the file back from a copy; a ring that runs goes on with what it has"
            }
            Self::Exists { .. } => "open it, or choose another name",
            Self::Full { .. } => "wait until retiring keys are removed",
            Self::KeyUnknown { .. } => {
                "compare with the keys of the ring; one that was removed is gone already"
            }
            Self::Locked { .. } => "call again; if it stays so, look for a process that hangs",
            Self::Missing { .. } => "check the name, or create the ring",
            Self::NotAFile { .. } => "name the file itself, not a link to it",
            Self::Permissions { .. } => "run: chmod 600 FILE",
            Self::PublicOnly => "open it with its password to sign and to change it",
            Self::Replaced { .. } => {
                "an older copy may bring removed keys back; open the ring anew if it is meant"
            }
            Self::RetirementTooShort { .. } => {
                "let keys retire for as long as tokens live, with the leeway and 2 s; by default it is computed"
            }
            Self::RotationTooOften { .. } => {
                "rotate less often, announce for less, or let tokens live for less"
            }
            Self::SpareTooNew { .. } => {
                "wait until then; if the active key is stolen, call compromise, otherwise rotate_now if verifiers that have not fetched may refuse tokens"
            }
            Self::Store { .. } => "look at the source of this error: the system's own message",
            Self::TimerOutOfRange { .. } => {
                "durations are in seconds; was it given in milliseconds?"
            }
            Self::TokenNeverExpires => "set a lifetime",
            Self::TokenOutlivesKey { .. } => {
                "give the ring the longest lifetime of what it signs: token_lifetime"
            }
            Self::TooLarge { .. } => "is this the right file?",
            Self::VersionUnknown { .. } => {
                "update this program, or use the one that wrote the ring"
            }
            Self::Jotem(error) => error.hint(),
        }
    }

    /// Returns what may be said on the wire: that the server is at fault, whatever it is.
    #[must_use]
    pub const fn public(&self) -> Public {
        Public::SERVER
    }

    /// Makes the error of a store that failed.
    pub fn store(
        action: &'static str,
        name: &str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Store { action, name: Excerpt::new(name), source: source.into() }
    }

    pub(super) fn damaged(problem: &str) -> Self {
        Self::Damaged { problem: Excerpt::new(problem) }
    }
}
