//! A key ring that is kept in the store of the sessions.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use jotem::Secret;
use jotem::error::Excerpt;
use jotem_jwks::ring::{KeyRing, RingBuilder, RingError, RingStore, StoredRing};
use zeroize::Zeroizing;

use super::SessionError;
use crate::secrets;
use crate::store::{Document, Store, StoreError};

/// The ring as it was last seen, and the store that it is in. Looking is without waiting: whoever
/// follows the store brings it up to date.
///
/// A store may lose its latest writes: a copy takes over that never got them, or an older one is
/// brought back. Then it has a state that was seen here before, and the later one is put back: without
/// it a key that was removed would be among those that new programs trust.
#[derive(Debug, Clone)]
pub(super) struct StoreRing {
    store: Arc<dyn Store>,
    seen: Arc<ArcSwapOption<StoredRing>>,
    /// What was seen before that, oldest first.
    past: Arc<Mutex<VecDeque<Arc<StoredRing>>>>,
    /// How many looks may be content with the same revision.
    by_revision: Arc<AtomicU32>,
}

/// Under which name the ring is kept.
pub(super) const NAME: &str = "ring";

/// How long the store may take to put a new state in the place of the old one.
const LIMIT: Duration = Duration::from_secs(5);

/// How many looks by the revision come between two at everything: a minute of them, by default.
const BY_REVISION: u32 = 59;

/// How many states are remembered that were seen before.
const PAST: usize = 8;

impl StoreRing {
    /// Opens the ring in a store, and makes one there if there is none and one is to be made.
    pub(super) async fn open(
        store: &Arc<dyn Store>,
        master: &Secret,
        builder: Option<RingBuilder>,
    ) -> Result<(Self, KeyRing), SessionError> {
        let ring = Self {
            store: Arc::clone(store),
            seen: Arc::default(),
            past: Arc::default(),
            by_revision: Arc::default(),
        };
        let password = password(master)?;
        ring.look().await?;
        let kept = ring.clone();
        // Keys are derived from the password, and made: that takes long.
        let opened = tokio::task::spawn_blocking(move || {
            if let (None, Some(builder)) = (&*kept.seen.load(), builder) {
                match builder.create_in(kept.clone(), password.as_bytes()) {
                    Err(RingError::Exists { .. }) => {}
                    other => return other,
                }
            }
            KeyRing::open(kept, password.as_bytes())
        });
        let opened = opened.await.map_err(|_| RingError::PublicOnly)?;
        Ok((ring, opened?))
    }

    /// Looks at what the store has now.
    pub(super) async fn look(&self) -> Result<(), SessionError> {
        let seen = self.seen.load_full();
        let order = Ordering::Relaxed;
        let left = self.by_revision.fetch_update(order, order, |left| left.checked_sub(1));
        let unless = seen.as_ref().filter(|_| left.is_ok()).map_or(0, |ring| ring.revision());
        let found = match self.store.document(NAME, unless).await {
            Ok(found) => found,
            Err(error) => {
                // Whoever answers next may be another server.
                self.by_revision.store(0, order);
                return Err(error.into());
            }
        };
        if left.is_err() {
            self.by_revision.store(BY_REVISION, order);
        }
        let Some(found) = found else { return Ok(()) };
        let found = StoredRing::new(found.text)?;
        match &seen {
            Some(seen) if **seen == found => Ok(()),
            Some(seen) if self.was_before(&found) => {
                tracing::warn!("the store has lost the latest state of the ring: it is put back");
                self.by_revision.store(0, order);
                // If another program was faster, the next look sees it.
                self.store.put_document(NAME, found.revision(), &document(seen)).await?;
                Ok(())
            }
            Some(_) | None => {
                self.see(seen, found);
                Ok(())
            }
        }
    }

    /// Whether this is a state that was followed by others here.
    fn was_before(&self, found: &StoredRing) -> bool {
        let past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        past.iter().any(|state| **state == *found)
    }

    /// Takes a state in the place of the one that was seen until now, unless that is another by now.
    fn see(&self, until_now: Option<Arc<StoredRing>>, found: StoredRing) {
        let before = self.seen.compare_and_swap(&until_now, Some(Arc::new(found)));
        let is_same = (*before).as_ref().map(Arc::as_ptr) == until_now.as_ref().map(Arc::as_ptr);
        if let (true, Some(before)) = (is_same, until_now) {
            let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
            if past.len() >= PAST {
                past.pop_front();
            }
            past.push_back(before);
        }
    }

    /// Puts a state in the place of another, if that is what the store has. It waits, in a thread of its
    /// own: whoever changes a ring may be in a runtime that must not be kept waiting inside.
    fn put(&self, before: Option<Arc<StoredRing>>, ring: &StoredRing) -> Result<bool, RingError> {
        let (store, document) = (Arc::clone(&self.store), document(ring));
        let put = waiting(store.name(), async move {
            let kept = store.document(NAME, 0).await?;
            let text = kept.as_ref().map(|kept| kept.text.as_str());
            if text != before.as_ref().map(|before| before.text()) {
                // Perhaps of the same revision: of two that were lost and made again.
                return Ok(false);
            }
            let expected = before.map_or(0, |before| before.revision());
            Ok(store.put_document(NAME, expected, &document).await?)
        });
        put.map_err(|source| failed("write", source))
    }

    /// Looks at what the store has now, from where nobody waits.
    fn look_waiting(&self) -> Result<(), RingError> {
        self.by_revision.store(0, Ordering::Relaxed);
        let ring = self.clone();
        let looked = waiting(self.store.name(), async move { Ok(ring.look().await?) });
        looked.map_err(|source| failed("read", source))
    }
}

impl RingStore for StoreRing {
    fn create(&self, ring: &StoredRing) -> Result<(), RingError> {
        if self.put(None, ring)? {
            self.see(None, ring.clone());
            return Ok(());
        }
        self.look_waiting()?;
        Err(RingError::Exists { name: Excerpt::new("the ring in the store") })
    }

    fn load(&self) -> Result<StoredRing, RingError> {
        let seen = self.seen.load_full();
        let missing = || RingError::Missing { name: Excerpt::new("ring in the store") };
        seen.map(|ring| (*ring).clone()).ok_or_else(missing)
    }

    fn replace(&self, expected: u64, ring: &StoredRing) -> Result<(), RingError> {
        let seen = self.seen.load_full();
        let found = seen.as_ref().map_or(0, |ring| ring.revision());
        if found != expected {
            return Err(RingError::Conflict { expected, found });
        }
        if self.put(seen.clone(), ring)? {
            self.see(seen, ring.clone());
            return Ok(());
        }
        self.look_waiting()?;
        let found = self.seen.load().as_ref().map_or(0, |ring| ring.revision());
        Err(RingError::Conflict { expected, found })
    }
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Asks the store in a thread and a runtime of their own, and waits. A connection that the store makes
/// there ends with it.
fn waiting<T: Send + 'static>(
    store: &'static str,
    asking: impl Future<Output = Result<T, Failed>> + Send + 'static,
) -> Result<T, Failed> {
    let asked = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let limit = StoreError::Timeout { store, limit: LIMIT };
        runtime.block_on(async { tokio::time::timeout(LIMIT, asking).await.map_err(|_| limit)? })
    });
    asked.join().unwrap_or_else(|_| Err("the thread that asks it ended".into()))
}

fn failed(action: &'static str, source: Failed) -> RingError {
    RingError::Store { action, name: Excerpt::new("the ring in the store"), source }
}

fn document(ring: &StoredRing) -> Document {
    Document { revision: ring.revision(), text: ring.text().to_owned() }
}

/// The password that private keys are encrypted under.
fn password(master: &Secret) -> Result<Zeroizing<String>, SessionError> {
    let key = secrets::derive::<32>(master, b"jotem key ring password 1")?;
    Ok(Zeroizing::new(Base64UrlUnpadded::encode_string(&*key)))
}
