//! Why a view of revocations did not take what it was given.

/// Why a [`RevocationView`](super::RevocationView) did not take what it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationError {
    /// There is no room for more. The view says that it does not know everything, until what was left
    /// out is over.
    #[error("{left_out} revocations were left out: there is room for {cap}")]
    Full {
        /// How many there is room for.
        cap: usize,
        /// How many were left out.
        left_out: usize,
    },
    /// The bytes do not begin as a snapshot.
    #[error("the {bytes} bytes are no snapshot of revocations")]
    SnapshotShape {
        /// How many there are.
        bytes: usize,
    },
    /// A version that a later program wrote.
    #[error("the snapshot has version {found}, which this version does not know")]
    SnapshotVersion {
        /// The number of the version.
        found: u16,
    },
    /// It was made under another master secret.
    #[error("the snapshot was made under another master secret")]
    SnapshotKey,
    /// Its end is missing, or something follows it.
    #[error("the snapshot has {bytes} bytes, and says that it has {expected}")]
    SnapshotLength {
        /// How many there are.
        bytes: usize,
        /// How many there should be.
        expected: u64,
    },
    /// The MAC does not hold.
    #[error("the snapshot was changed after it was made")]
    SnapshotChanged,
}

impl RevocationError {
    /// Returns the stable identifier of the reason; `docs/errors.md` has a section for each.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Full { .. } => "revocation_full",
            Self::SnapshotShape { .. } => "revocation_snapshot_shape",
            Self::SnapshotVersion { .. } => "revocation_snapshot_version",
            Self::SnapshotKey => "revocation_snapshot_key",
            Self::SnapshotLength { .. } => "revocation_snapshot_length",
            Self::SnapshotChanged => "revocation_snapshot_changed",
        }
    }

    /// Tells the developer what to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Full { .. } => {
                "revoke a client or a key instead of many tokens, or give the view more room"
            }
            Self::SnapshotShape { .. } => "is it the right file?",
            Self::SnapshotVersion { .. } => "a later version made it: use that version",
            Self::SnapshotKey => "verifiers need the master secret of who makes the snapshots",
            Self::SnapshotLength { .. } => "it was not written or sent to its end: fetch it again",
            Self::SnapshotChanged => "it was damaged, or somebody changed it: fetch it again",
        }
    }
}
