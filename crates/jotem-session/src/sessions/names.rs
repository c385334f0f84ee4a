//! Clients and grants by their numbers, as far as they were asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::grant::Granted;
use crate::store::{NameKind, Store, StoreError};

/// Remembers what the store calls clients and grants. A number of a grant never changes its meaning;
/// that of a client does when the client is revoked.
#[derive(Debug, Default)]
pub(super) struct Names {
    clients: Mutex<HashMap<String, u32>>,
    grants: Mutex<HashMap<u32, Arc<Granted>>>,
}

/// So many of each are remembered; then it begins anew.
const MOST: usize = 10_000;

impl Names {
    /// Returns the number of a client, which gets one if it has none.
    pub(super) async fn number_of_client(
        &self,
        store: &dyn Store,
        client: &str,
    ) -> Result<u32, StoreError> {
        if let Some(number) = self.known_client(client) {
            return Ok(number);
        }
        let number = store.number(NameKind::Client, client).await?;
        insert(&self.clients, client.to_owned(), number);
        Ok(number)
    }

    /// Returns the number of a client, if it was asked for before.
    pub(super) fn known_client(&self, client: &str) -> Option<u32> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner).get(client).copied()
    }

    /// Keeps the number of a client.
    pub(super) fn learn_client(&self, client: &str, number: u32) {
        insert(&self.clients, client.to_owned(), number);
    }

    /// Forgets the clients of which this is true: they have other numbers by now.
    pub(super) fn forget_clients(&self, is_revoked: impl Fn(&str) -> bool) {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.retain(|client, _| !is_revoked(client));
    }

    /// Returns the number of a grant, which gets one if it has none.
    pub(super) async fn number_of_grant(
        &self,
        store: &dyn Store,
        grant: &Granted,
    ) -> Result<u32, StoreError> {
        let number = store.number(NameKind::Grant, &grant.write()).await?;
        insert(&self.grants, number, Arc::new(grant.clone()));
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
        insert(&self.grants, number, Arc::clone(&grant));
        Ok(grant)
    }
}

fn insert<K: std::hash::Hash + Eq, V>(names: &Mutex<HashMap<K, V>>, key: K, value: V) {
    let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
    if names.len() >= MOST {
        names.clear();
    }
    names.insert(key, value);
}
