//! Steps 4 and 5 of the pipeline: which algorithm is allowed, and which key it is.

use std::borrow::Cow;
use std::slice;

use super::fit::{Asked, Claimed, Owner, Tally};
use super::header::Header;
use super::key_index::KeyIndex;
use super::keys::{KeyRequest, KeyResolver, Keys, Source};
use crate::error::{Excerpt, Misuse, Rejection};
use crate::jwa::Algorithm;
use crate::jwk::{KeySet, VerifyingKey};

/// The keys of a verifier and its allow-list, checked once.
#[derive(Debug, Clone)]
pub(crate) struct Selection {
    keys: Known,
    allowed: Vec<Algorithm>,
    try_keys: usize,
}

#[derive(Debug, Clone)]
enum Known {
    Now(Vec<VerifyingKey>, Option<KeyIndex>),
    Later(std::sync::Arc<dyn KeyResolver>),
}

impl Selection {
    /// Brings keys and allow-list together. `algorithms` narrows the allow-list, and pins the keys
    /// of a set that name no algorithm.
    pub(crate) fn new(
        keys: Keys,
        algorithms: Option<Vec<Algorithm>>,
        try_keys: usize,
    ) -> Result<Self, Misuse> {
        if algorithms.as_ref().is_some_and(Vec::is_empty) {
            return Err(Misuse::AlgorithmsEmpty);
        }
        let keys = match keys.0 {
            Source::Fixed(keys) => Known::Now(join_owners(keys), None),
            Source::Set(set) => {
                let mut keys = members(&set, algorithms.as_deref())?;
                // A member that the allow-list leaves out cannot break the others.
                if let Some(allowed) = &algorithms
                    && keys.iter().any(|key| accepts(allowed, key))
                {
                    keys.retain(|key| accepts(allowed, key));
                }
                Known::Now(keys, None)
            }
            Source::Resolver(resolver) => Known::Later(resolver),
        };
        let (keys, allowed) = match keys {
            Known::Now(keys, _) => {
                let (keys, allowed) = narrow(keys, algorithms)?;
                let index = KeyIndex::of(&keys);
                (Known::Now(keys, index), allowed)
            }
            Known::Later(resolver) => {
                let allowed = algorithms.or_else(|| resolver.algorithms());
                (Known::Later(resolver), allowed.ok_or(Misuse::AlgorithmsNeeded)?)
            }
        };
        let symmetric = allowed.iter().filter(|algorithm| algorithm.is_symmetric()).count();
        if symmetric != 0 && symmetric != allowed.len() {
            return Err(Misuse::KeysMixed);
        }
        Ok(Self { keys, allowed, try_keys: try_keys.max(1) })
    }

    /// Takes one key as it is, for a single verification.
    pub(crate) fn one(key: &VerifyingKey) -> Self {
        let allowed = names(key.algorithm());
        Self { keys: Known::Now(vec![key.clone()], None), allowed, try_keys: 1 }
    }

    /// Returns the algorithms that tokens may have.
    pub(crate) fn allowed(&self) -> &[Algorithm] {
        &self.allowed
    }

    /// Whether several keys, of several owners perhaps, are behind this.
    pub(crate) fn has_several_keys(&self) -> bool {
        match &self.keys {
            Known::Now(keys, _) => keys.len() > 1,
            Known::Later(_) => true,
        }
    }

    /// Whether some key that is known now was not bound to its owner.
    pub(crate) fn has_unbound_key(&self) -> bool {
        match &self.keys {
            Known::Now(keys, _) => keys.iter().any(|key| key.issuers().is_none()),
            Known::Later(_) => false,
        }
    }

    /// Step 4: the token's algorithm is known, and allowed, before any key is touched.
    pub(crate) fn algorithm(&self, header: &Header) -> Result<Algorithm, Rejection> {
        let algorithm = known_algorithm(header)?;
        if self.allowed.contains(&algorithm) {
            return Ok(algorithm);
        }
        Err(Rejection::AlgorithmNotAllowed { found: algorithm, allowed: self.allowed.clone() })
    }

    /// Step 5: the keys that may have signed the token, at least one and at most `try_keys`.
    ///
    /// A key must have the token's algorithm. If some key has the token's `kid`, those are it;
    /// otherwise the keys without `kid`, and, for a token without one, all. `claimed` is asked only
    /// where keys of several owners fit: those of other issuers than the token's are then left out.
    #[inline(always)]
    pub(crate) fn candidates<'a>(
        &'a self,
        header: &'a Header,
        algorithm: Algorithm,
        claimed: &dyn Fn() -> Claimed,
    ) -> Result<Candidates<'a>, Rejection> {
        let key_id = header.key_id();
        // The ordinary verifier has one key: then there is nothing to choose.
        if let Known::Now(keys, _) = &self.keys
            && asked(header, algorithm, key_id).is_met_by(keys)
        {
            return Ok(Candidates(Cow::Borrowed(keys)));
        }
        self.candidates_named(header, algorithm, key_id, claimed)
    }

    /// As [`Self::candidates`], for a `kid` that stands elsewhere than in the header.
    pub(crate) fn candidates_named<'a>(
        &'a self,
        header: &'a Header,
        algorithm: Algorithm,
        key_id: Option<&'a str>,
        claimed: &dyn Fn() -> Claimed,
    ) -> Result<Candidates<'a>, Rejection> {
        let asked = asked(header, algorithm, key_id);
        let chosen = match &self.keys {
            Known::Now(keys, Some(index)) if key_id.is_some() => {
                self.choose(index.named_or_nameless(keys, key_id), &asked, claimed)?
            }
            Known::Now(keys, _) => self.choose(keys.iter(), &asked, claimed)?,
            Known::Later(resolver) => {
                let request = KeyRequest { algorithm, key_id, token_type: header.token_type() };
                let keys = join_owners(ask(resolver.as_ref(), &request)?);
                if asked.is_met_by(&keys) {
                    Cow::Owned(keys)
                } else {
                    Cow::Owned(self.choose(keys.iter(), &asked, claimed)?.into_owned())
                }
            }
        };
        Ok(Candidates(chosen))
    }

    /// Chooses among keys: one is borrowed, several are cloned.
    #[inline(always)]
    fn choose<'k>(
        &self,
        keys: impl Iterator<Item = &'k VerifyingKey> + Clone,
        asked: &Asked<'_>,
        claimed: &dyn Fn() -> Claimed,
    ) -> Result<Cow<'k, [VerifyingKey]>, Rejection> {
        let tally = asked.tally(keys.clone());
        if tally.is_several() && asked.differ_in_owners(keys.clone()) {
            return self.choose_of_owner(keys, asked, &claimed());
        }
        self.choose_fitting(keys, asked, tally)
    }

    /// Chooses among the keys that are the token's issuer's, or bound to nobody. The others could not
    /// verify it, so they are not counted: one issuer's keys would else be in another's way.
    #[cold]
    fn choose_of_owner<'k>(
        &self,
        keys: impl Iterator<Item = &'k VerifyingKey> + Clone,
        asked: &Asked<'_>,
        claimed: &Claimed,
    ) -> Result<Cow<'k, [VerifyingKey]>, Rejection> {
        let asked = claimed.owner().map_or(*asked, |owner| asked.of(owner));
        let tally = asked.tally(keys.clone());
        self.choose_fitting(keys, &asked, tally)
    }

    /// Chooses among the keys that fit, if there are neither none nor too many.
    #[inline(always)]
    fn choose_fitting<'k>(
        &self,
        keys: impl Iterator<Item = &'k VerifyingKey> + Clone,
        asked: &Asked<'_>,
        tally: Tally,
    ) -> Result<Cow<'k, [VerifyingKey]>, Rejection> {
        let (fit, count) = tally.best();
        let mut fitting = keys.filter(|key| asked.fit(key) == Some(fit));
        if count > 1 {
            return self.choose_several(fitting, asked, count).map(Cow::Owned);
        }
        let Some(only) = fitting.next() else {
            let key_id = asked.key_id.map(Excerpt::new);
            return Err(Rejection::KeyNotFound { algorithm: asked.algorithm, key_id });
        };
        if asked.is_denied_by(only) {
            return Err(Rejection::CertificateMismatch);
        }
        Ok(Cow::Borrowed(slice::from_ref(only)))
    }

    /// Takes several keys that fit, each once, unless they are more than may be tried.
    #[cold]
    fn choose_several<'k>(
        &self,
        fitting: impl Iterator<Item = &'k VerifyingKey> + Clone,
        asked: &Asked<'_>,
        candidates: usize,
    ) -> Result<Vec<VerifyingKey>, Rejection> {
        // Counted before: what a token says of certificates must never choose among keys.
        if each_once(fitting.clone()).nth(self.try_keys).is_some() {
            let key_id = asked.key_id.map(Excerpt::new);
            return Err(Rejection::KeyAmbiguous { candidates, key_id });
        }
        // Where a key is there with a certificate and without, it does say its certificate.
        let is_silent = |key: &VerifyingKey| {
            let mut copies = fitting.clone().filter(|copy| copy.is_one_with(key));
            copies.all(|copy| copy.certificate_thumbprint().is_none())
        };
        let is_denied = |key: &VerifyingKey| match asked.certificate {
            Some(_) if key.certificate_thumbprint().is_none() => !is_silent(key),
            Some(_) | None => asked.is_denied_by(key),
        };
        let taken = fitting.clone().filter(|key| !is_denied(key));
        let keys: Vec<_> = each_once(taken).cloned().collect();
        if keys.is_empty() { Err(Rejection::CertificateMismatch) } else { Ok(keys) }
    }
}

/// Returns the token's algorithm, if it has one that the engine knows.
pub(crate) fn known_algorithm(header: &Header) -> Result<Algorithm, Rejection> {
    if let Some(algorithm) = header.known_algorithm() {
        return Ok(algorithm);
    }
    let name = header.algorithm().ok_or(Rejection::AlgorithmMissing)?;
    let found = Excerpt::new(name);
    Err(if name.trim().eq_ignore_ascii_case("none") {
        Rejection::AlgorithmNone { found }
    } else {
        Rejection::AlgorithmUnknown { found }
    })
}

/// Puts together what a token says of its key.
#[inline]
fn asked<'h>(header: &'h Header, algorithm: Algorithm, key_id: Option<&'h str>) -> Asked<'h> {
    let certificate = header.certificate_thumbprint();
    Asked { algorithm, key_id, certificate, owner: Owner::Anybody }
}

/// Leaves out the keys that an earlier one stands for.
fn each_once<'k>(
    keys: impl Iterator<Item = &'k VerifyingKey>,
) -> impl Iterator<Item = &'k VerifyingKey> {
    let mut seen: Vec<&VerifyingKey> = Vec::new();
    keys.filter(move |key| {
        let is_new = !seen.iter().any(|earlier| earlier.is_one_with(key));
        if is_new {
            seen.push(key);
        }
        is_new
    })
}

/// The keys that may have signed one token: at least one, and nearly always no other.
pub(crate) struct Candidates<'k>(Cow<'k, [VerifyingKey]>);

impl Candidates<'_> {
    pub(crate) fn iter(&self) -> slice::Iter<'_, VerifyingKey> {
        self.0.iter()
    }
}

fn ask(
    resolver: &dyn KeyResolver,
    request: &KeyRequest<'_>,
) -> Result<Vec<VerifyingKey>, Rejection> {
    resolver.resolve(request).map_err(|reason| Rejection::KeysUnavailable { reason })
}

/// Makes one key of those that are the same, with the same certificate, and belong to several owners:
/// large providers sign for many issuers with one key.
fn join_owners(keys: Vec<VerifyingKey>) -> Vec<VerifyingKey> {
    if keys.len() < 2 {
        return keys;
    }
    let mut joined: Vec<VerifyingKey> = Vec::with_capacity(keys.len());
    for key in keys {
        match joined.iter_mut().find(|known| key.is_bound_like(known)) {
            Some(known) => known.add_issuers_of(&key),
            None => joined.push(key),
        }
    }
    joined
}

/// Makes keys of the members of a set that can verify.
fn members(set: &KeySet, pinned: Option<&[Algorithm]>) -> Result<Vec<VerifyingKey>, Misuse> {
    let verdicts: Vec<_> = set.verdicts(pinned.unwrap_or_default()).collect();
    let members = verdicts.len();
    let mut first = None;
    let mut keys = Vec::new();
    for verdict in verdicts {
        match verdict {
            Ok(key) => keys.push(key),
            Err(reason) => {
                first.get_or_insert(reason);
            }
        }
    }
    match first {
        Some(first) if keys.is_empty() => {
            Err(Misuse::KeysUnusable { members, first: first.to_string() })
        }
        Some(_) | None => Ok(keys),
    }
}

/// Keeps the keys that the allow-list leaves; without one, it is what the keys have.
fn narrow(
    keys: Vec<VerifyingKey>,
    algorithms: Option<Vec<Algorithm>>,
) -> Result<(Vec<VerifyingKey>, Vec<Algorithm>), Misuse> {
    let Some(first) = keys.first().map(VerifyingKey::algorithm) else {
        return Err(Misuse::KeysMissing);
    };
    let symmetric = keys.iter().filter(|key| key.algorithm().is_symmetric()).count();
    if symmetric != 0 && symmetric != keys.len() {
        return Err(Misuse::KeysMixed);
    }
    let Some(allowed) = algorithms else {
        let mut allowed: Vec<_> = keys.iter().flat_map(|key| names(key.algorithm())).collect();
        allowed.sort();
        allowed.dedup();
        return Ok((keys, allowed));
    };
    let members = keys.len();
    let kept: Vec<_> = keys.into_iter().filter(|key| accepts(&allowed, key)).collect();
    if kept.is_empty() {
        let first = format!("its algorithm {first} is not among those that are allowed");
        return Err(Misuse::KeysUnusable { members, first });
    }
    Ok((kept, allowed))
}

/// Whether an allow-list leaves a key anything to verify.
fn accepts(allowed: &[Algorithm], key: &VerifyingKey) -> bool {
    allowed.iter().any(|one| key.algorithm().verifies(*one))
}

/// Returns every name that a key of this algorithm verifies (RFC 9864: `EdDSA` is a second one).
fn names(algorithm: Algorithm) -> Vec<Algorithm> {
    algorithm.verified().collect()
}
