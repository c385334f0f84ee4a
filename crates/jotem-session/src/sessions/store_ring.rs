//! A key ring that is kept in the store of the sessions.

use std::sync::Arc;
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
#[derive(Debug, Clone)]
pub(super) struct StoreRing {
    store: Arc<dyn Store>,
    seen: Arc<ArcSwapOption<StoredRing>>,
}

/// Under which name the ring is kept.
pub(super) const NAME: &str = "ring";

/// How long the store may take to put a new state in the place of the old one.
const LIMIT: Duration = Duration::from_secs(5);

impl StoreRing {
    /// Opens the ring in a store, and makes one there if there is none and one is to be made.
    pub(super) async fn open(
        store: &Arc<dyn Store>,
        master: &Secret,
        builder: Option<RingBuilder>,
    ) -> Result<(Self, KeyRing), SessionError> {
        let ring = Self { store: Arc::clone(store), seen: Arc::default() };
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
        let known = self.seen.load().as_ref().map_or(0, |ring| ring.revision());
        if let Some(document) = self.store.document(NAME, known).await? {
            self.seen.store(Some(Arc::new(StoredRing::new(document.text)?)));
        }
        Ok(())
    }

    /// Puts a state in the place of another. It waits, in a thread of its own: whoever changes a ring
    /// may be in a runtime that must not be kept waiting inside.
    fn put(&self, expected: u64, ring: &StoredRing) -> Result<bool, RingError> {
        let (store, document) = (Arc::clone(&self.store), document(ring));
        let put = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
            let limit = StoreError::Timeout { store: store.name(), limit: LIMIT };
            runtime.block_on(async {
                let put = store.put_document(NAME, expected, &document);
                tokio::time::timeout(LIMIT, put).await.map_err(|_| limit)?.map_err(Into::into)
            })
        });
        let put = put.join().unwrap_or_else(|_| Err("the thread that asks it ended".into()));
        put.map_err(|source: Box<dyn std::error::Error + Send + Sync>| failed("write", source))
    }
}

impl RingStore for StoreRing {
    fn create(&self, ring: &StoredRing) -> Result<(), RingError> {
        if self.put(0, ring)? {
            self.seen.store(Some(Arc::new(ring.clone())));
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
        if self.put(expected, ring)? {
            self.seen.store(Some(Arc::new(ring.clone())));
            return Ok(());
        }
        self.look_waiting()?;
        let found = self.seen.load().as_ref().map_or(0, |ring| ring.revision());
        Err(RingError::Conflict { expected, found })
    }
}

impl StoreRing {
    /// Looks at what the store has now, from where nobody waits.
    fn look_waiting(&self) -> Result<(), RingError> {
        let ring = self.clone();
        let look = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
            runtime.block_on(async {
                let looked = tokio::time::timeout(LIMIT, ring.look()).await;
                looked.map_err(|_| "it did not answer in time")?.map_err(Into::into)
            })
        });
        let look = look.join().unwrap_or_else(|_| Err("the thread that asks it ended".into()));
        look.map_err(|source: Box<dyn std::error::Error + Send + Sync>| failed("read", source))
    }
}

fn failed(action: &'static str, source: Box<dyn std::error::Error + Send + Sync>) -> RingError {
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
