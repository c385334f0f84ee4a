//! What a key of a ring is for at a moment.

use jotem::NumericDate;

/// Announced, active, retiring, removed: in this order, never back.
///
/// | state | published | signs | verifies | private key |
/// |---|---|---|---|---|
/// | announced | yes | no | yes | kept |
/// | active | yes | yes | yes | kept |
/// | retiring | yes | no | yes | destroyed |
/// | removed | no | no | no | destroyed |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum KeyState {
    /// Published, so that everybody knows it before it signs.
    Announced,
    /// The one key that signs.
    Active,
    /// Published until the last token that it signed has expired.
    Retiring,
    /// Gone: it verifies nothing.
    Removed,
}

impl KeyState {
    /// Returns the word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Active => "active",
            Self::Retiring => "retiring",
            Self::Removed => "removed",
        }
    }
}

impl std::fmt::Display for KeyState {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(self.name())
    }
}

/// A key of a ring, as it is at a moment: its name, its state, and its dates.
///
/// # Examples
/// See [`KeyRing::keys`](super::KeyRing::keys).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RingKey {
    pub(super) key_id: String,
    pub(super) state: KeyState,
    pub(super) announced_at: NumericDate,
    pub(super) activated_at: Option<NumericDate>,
    pub(super) retired_at: Option<NumericDate>,
    pub(super) next_at: NumericDate,
}

impl RingKey {
    /// Returns its name: the RFC 7638 thumbprint.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Returns its state.
    #[must_use]
    pub const fn state(&self) -> KeyState {
        self.state
    }

    /// Returns since when it has been published.
    #[must_use]
    pub const fn announced_at(&self) -> NumericDate {
        self.announced_at
    }

    /// Returns when it began to sign, if it did.
    #[must_use]
    pub const fn activated_at(&self) -> Option<NumericDate> {
        self.activated_at
    }

    /// Returns when it stopped signing, if it did.
    #[must_use]
    pub const fn retired_at(&self) -> Option<NumericDate> {
        self.retired_at
    }

    /// Returns when it may go on to the next state: an announced key may sign from then on, an active
    /// one is due to be rotated, a retiring one is removed.
    #[must_use]
    pub const fn next_at(&self) -> NumericDate {
        self.next_at
    }
}
