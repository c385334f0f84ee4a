//! Where a ring is kept: a file, or whatever compares and swaps.

use super::document;
use super::error::RingError;

/// Keeps one ring. A [`FileStore`](super::FileStore) is one; a database may be another.
///
/// Each state of a ring has a revision, one more than the state before. What is kept may only be
/// replaced by the next state *of the one that is kept*: two processes that change a ring at once
/// must not both succeed.
///
/// # Examples
/// In memory, as a test has it; in SQL it is `UPDATE … WHERE revision = ?`.
/// ```
/// use std::sync::Mutex;
/// use jotem::Algorithm;
/// use jotem::error::Excerpt;
/// use jotem_jwks::ring::{KeyRing, RingError, RingStore, StoredRing};
///
/// #[derive(Debug, Default)]
/// struct Memory(Mutex<Option<StoredRing>>);
///
/// impl RingStore for Memory {
///     fn create(&self, ring: &StoredRing) -> Result<(), RingError> {
///         let mut kept = self.0.lock().unwrap();
///         if kept.is_some() {
///             return Err(RingError::Exists { name: Excerpt::new("the ring in memory") });
///         }
///         *kept = Some(ring.clone());
///         Ok(())
///     }
///
///     fn load(&self) -> Result<StoredRing, RingError> {
///         let missing = RingError::Missing { name: Excerpt::new("ring in memory") };
///         self.0.lock().unwrap().clone().ok_or(missing)
///     }
///
///     fn replace(&self, expected: u64, ring: &StoredRing) -> Result<(), RingError> {
///         let mut kept = self.0.lock().unwrap();
///         let found = kept.as_ref().map_or(0, StoredRing::revision);
///         if found != expected {
///             return Err(RingError::Conflict { expected, found });
///         }
///         *kept = Some(ring.clone());
///         Ok(())
///     }
/// }
///
/// let ring = KeyRing::builder(Algorithm::Es256).create_in(Memory::default(), "a long password")?;
/// assert_eq!(ring.revision(), 1);
/// # Ok::<(), RingError>(())
/// ```
pub trait RingStore: std::fmt::Debug + Send + Sync {
    /// Keeps a new ring.
    ///
    /// # Errors
    /// [`RingError::Exists`] if there is one, [`RingError::Store`] if it cannot be kept.
    fn create(&self, ring: &StoredRing) -> Result<(), RingError>;

    /// Returns the ring as it is kept now.
    ///
    /// # Errors
    /// [`RingError::Missing`] if there is none, [`RingError::Store`] if it cannot be read.
    fn load(&self) -> Result<StoredRing, RingError>;

    /// Returns the ring, unless it is still the state of this revision. A store that can tell without
    /// reading everything does so: it is asked about once a second.
    ///
    /// # Errors
    /// As [`Self::load`].
    fn load_if_changed(&self, revision: u64) -> Result<Option<StoredRing>, RingError> {
        Ok(Some(self.load()?).filter(|stored| stored.revision() != revision))
    }

    /// Puts `ring` in the place of the state of the revision `expected`, at once and for good.
    ///
    /// # Errors
    /// [`RingError::Conflict`] if another state is kept by now; then nothing is changed.
    /// [`RingError::Store`] if it cannot be kept.
    fn replace(&self, expected: u64, ring: &StoredRing) -> Result<(), RingError>;
}

/// A ring as it is kept: its JSON, in which every private key is encrypted, and its revision.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredRing {
    text: String,
    revision: u64,
}

impl StoredRing {
    /// Takes a text that was kept.
    ///
    /// # Errors
    /// [`RingError::Damaged`] if it has no revision.
    pub fn new(text: impl Into<String>) -> Result<Self, RingError> {
        let text = text.into();
        let revision = document::revision(&text)?;
        Ok(Self { text, revision })
    }

    /// Returns the JSON.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the revision.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }
}

impl std::fmt::Debug for StoredRing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("StoredRing")
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}
