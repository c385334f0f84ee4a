//! Clients and grants by their numbers, as far as they were asked for.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jotem::NumericDate;

use super::grant::Granted;
use crate::store::{NameKind, Store, StoreError};

/// Remembers what the store calls clients and grants. A number of a grant never changes its meaning;
/// that of a client does when the client is revoked.
#[derive(Debug, Default)]
pub(super) struct Names {
    clients: Mutex<HashMap<String, (u32, NumericDate)>>,
    /// How often clients were to be forgotten: what was asked before is not to be learned after it.
    changes: AtomicU64,
    grants: Mutex<HashMap<u32, Arc<Granted>>>,
}

/// So many of each are remembered; then it begins anew.
const MOST: usize = 10_000;

/// How long the number of a client is believed. A store that was restored, or that fails over without
/// its latest writes, gives another one and tells nobody.
const BELIEVED: Duration = Duration::from_secs(60);

impl Names {
    /// Returns the number of a client, which gets one if it has none.
    pub(super) async fn number_of_client(
        &self,
        store: &dyn Store,
        client: &str,
        now: NumericDate,
    ) -> Result<u32, StoreError> {
        if let Some(number) = self.known_client(client, now) {
            return Ok(number);
        }
        let changes = self.changes();
        let number = store.number(NameKind::Client, client).await?;
        self.learn_client(client, number, changes, now);
        Ok(number)
    }

    /// Returns the number of a client, if it was asked for a moment ago.
    pub(super) fn known_client(&self, client: &str, now: NumericDate) -> Option<u32> {
        let clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let (number, since) = clients.get(client).copied()?;
        (since <= now && now.saturating_since(since) < BELIEVED).then_some(number)
    }

    /// Returns what [`Self::learn_client`] is to be told, before the store is asked.
    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Keeps the number of a client; not if clients were revoked since the store was asked for it: the
    /// answer may be from before, and would never be forgotten.
    pub(super) fn learn_client(&self, client: &str, number: u32, changes: u64, now: NumericDate) {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if self.changes() == changes {
            insert(&mut clients, client.to_owned(), (number, now));
        }
    }

    /// Forgets the clients of which this is true: they have other numbers by now.
    pub(super) fn forget_clients(&self, is_revoked: impl Fn(&str) -> bool) {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        self.changes.fetch_add(1, Ordering::AcqRel);
        clients.retain(|client, _| !is_revoked(client));
    }

    /// Returns the number of a grant, which gets one if it has none.
    pub(super) async fn number_of_grant(
        &self,
        store: &dyn Store,
        grant: &Granted,
    ) -> Result<u32, StoreError> {
        let number = store.number(NameKind::Grant, &grant.write()).await?;
        self.learn_grant(number, Arc::new(grant.clone()));
        Ok(number)
    }

    /// Returns what a number stands for.
    pub(super) async fn grant(
        &self,
        store: &dyn Store,
        number: u32,
    ) -> Result<Arc<Granted>, StoreError> {
        let known =
            self.grants.lock().unwrap_or_else(PoisonError::into_inner).get(&number).cloned();
        if let Some(grant) = known {
            return Ok(grant);
        }
        let corrupt = |what: String| StoreError::Corrupt { store: store.name(), what };
        let text = store.name_of(NameKind::Grant, number).await?;
        let text = text.ok_or_else(|| corrupt(format!("grant {number} has no text")))?;
        let grant = Granted::read(&text);
        let grant = grant.ok_or_else(|| corrupt(format!("grant {number} is no grant")))?;
        let grant = Arc::new(grant);
        self.learn_grant(number, Arc::clone(&grant));
        Ok(grant)
    }

    fn learn_grant(&self, number: u32, grant: Arc<Granted>) {
        let mut grants = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        insert(&mut grants, number, grant);
    }
}

fn insert<K: std::hash::Hash + Eq, V>(names: &mut HashMap<K, V>, key: K, value: V) {
    if names.len() >= MOST {
        names.clear();
    }
    names.insert(key, value);
}
