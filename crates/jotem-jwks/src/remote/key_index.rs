//! The keys of one fetched set, found by name.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jotem::error::Excerpt;
use jotem::{Algorithm, Jwk, KeyError, KeySet, VerifyingKey, jwk::Member};

use super::error::RemoteError;
use super::event::SkipReason;

/// The verifying keys of a set. It replaces the one before it as a whole, never in parts.
#[derive(Debug, Default)]
pub(super) struct KeyIndex {
    named: HashMap<Arc<str>, Vec<VerifyingKey>>,
    unnamed: Vec<VerifyingKey>,
    /// What tells a key from others: its thumbprint, its name and its algorithm.
    identities: BTreeMap<String, Excerpt>,
}

/// A member that was left out.
#[derive(Debug)]
pub(super) struct Skipped {
    pub(super) position: usize,
    pub(super) key_id: Option<Excerpt>,
    pub(super) reason: SkipReason,
}

impl KeyIndex {
    /// Makes the keys of a body, bound to their issuer if they have one. What is left out is added to
    /// a list, whatever becomes of the rest.
    pub(super) fn read(
        body: &[u8],
        limits: &Limits<'_>,
        host: &Excerpt,
        skipped: &mut Vec<Skipped>,
    ) -> Result<Self, RemoteError> {
        let set = KeySet::from_json(body).map_err(|error| RemoteError::Malformed {
            host: host.clone(),
            reason: Excerpt::new(&error.to_string()),
        })?;
        let members = set.members();
        if members.len() > limits.keys {
            let (found, limit) = (members.len(), limits.keys);
            return Err(RemoteError::TooManyKeys { host: host.clone(), found, limit });
        }
        let mut index = Self::default();
        let verdicts = set.verdicts(limits.pinned);
        for (position, (member, verdict)) in members.iter().zip(verdicts).enumerate() {
            match usable(member, verdict) {
                Ok(key) => index.add(key, limits.issuer),
                Err(reason) => skipped.push(Skipped { position, key_id: name(member), reason }),
            }
        }
        if index.identities.is_empty() {
            return Err(RemoteError::NoUsableKey { host: host.clone(), members: members.len() });
        }
        Ok(index)
    }

    fn add(&mut self, key: VerifyingKey, issuer: Option<&str>) {
        let key = match issuer {
            Some(issuer) => key.of_issuers([issuer]),
            None => key,
        };
        let thumbprint = key.thumbprint().unwrap_or_default();
        let name = key.key_id().unwrap_or_default();
        let identity = format!("{thumbprint} {} {name}", key.algorithm());
        let shown = Excerpt::new(key.key_id().unwrap_or(&thumbprint));
        self.identities.insert(identity, shown);
        match key.key_id() {
            Some(key_id) => self.named.entry(key_id.into()).or_default().push(key),
            None => self.unnamed.push(key),
        }
    }

    /// Adds the keys that may have signed a token to a list: those of its `kid` if there are any for
    /// its algorithm, else those without a name; for a token without `kid`, all.
    pub(super) fn find(
        &self,
        algorithm: Algorithm,
        key_id: Option<&str>,
        found: &mut Vec<VerifyingKey>,
    ) {
        let fits = |key: &&VerifyingKey| key.algorithm().verifies(algorithm);
        let before = found.len();
        match key_id {
            Some(key_id) => {
                found.extend(self.named.get(key_id).into_iter().flatten().filter(fits).cloned());
            }
            None => found.extend(self.named.values().flatten().filter(fits).cloned()),
        }
        if key_id.is_none() || found.len() == before {
            found.extend(self.unnamed.iter().filter(fits).cloned());
        }
    }

    /// Whether some key may have signed a token with this algorithm and `kid`.
    pub(super) fn holds(&self, algorithm: Algorithm, key_id: Option<&str>) -> bool {
        let mut found = Vec::new();
        self.find(algorithm, key_id, &mut found);
        !found.is_empty()
    }

    /// Returns the names of the keys that are here and not in another; a key without one goes by its
    /// thumbprint.
    pub(super) fn without(&self, other: &Self) -> Vec<Excerpt> {
        let new = self.identities.iter().filter(|(one, _)| !other.identities.contains_key(*one));
        new.map(|(_, shown)| shown.clone()).collect()
    }

    /// Returns how many keys there are.
    pub(super) fn len(&self) -> usize {
        self.named.values().map(Vec::len).sum::<usize>().saturating_add(self.unnamed.len())
    }

    /// Returns the names of all keys; those without one go by their thumbprint.
    pub(super) fn names(&self) -> Vec<Excerpt> {
        self.identities.values().cloned().collect()
    }
}

/// What a set may be, and whose keys are in it.
pub(super) struct Limits<'c> {
    pub(super) keys: usize,
    pub(super) pinned: &'c [Algorithm],
    pub(super) issuer: Option<&'c str>,
}

/// Takes the key of a member, or says why it is not for us.
fn usable(
    member: &Member,
    verdict: Result<VerifyingKey, KeyError>,
) -> Result<VerifyingKey, SkipReason> {
    match document(member) {
        // A secret that everybody can fetch is none.
        Some(jwk) if jwk.key_type().name() == "oct" => Err(SkipReason::Secret),
        // Nor is a private key: whoever reads this page can sign with it.
        Some(jwk) if jwk.is_private() => Err(SkipReason::Private),
        Some(_) | None => verdict.map_err(|reason| SkipReason::Unusable(Box::new(reason))),
    }
}

fn document(member: &Member) -> Option<&Jwk> {
    match member {
        Member::Key(jwk) => Some(jwk),
        Member::Unusable { .. } => None,
        _ => None,
    }
}

fn name(member: &Member) -> Option<Excerpt> {
    let name = match member {
        Member::Key(jwk) => jwk.key_id(),
        Member::Unusable { key_id, .. } => key_id.as_deref(),
        _ => None,
    };
    name.map(Excerpt::new)
}
