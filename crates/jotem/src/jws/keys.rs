//! Where the keys of a verifier come from.

use std::sync::Arc;

use crate::error::Excerpt;
use crate::jwa::Algorithm;
use crate::jwk::{KeySet, VerifyingKey};

/// The keys of a verifier: one, several, a [`KeySet`], or a [`KeyResolver`].
///
/// # Examples
/// ```
/// use jotem::{Algorithm, SigningKey, Verifier};
///
/// let old = SigningKey::generate(Algorithm::Es256)?.with_key_id("2026-10");
/// let new = SigningKey::generate(Algorithm::Es256)?.with_key_id("2026-11");
/// let verifier = Verifier::builder([old.verifying_key(), new.verifying_key()]).build()?;
/// # Ok::<(), jotem::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Keys(pub(super) Source);

#[derive(Debug, Clone)]
pub(super) enum Source {
    Fixed(Vec<VerifyingKey>),
    Set(KeySet),
    Resolver(Arc<dyn KeyResolver>),
}

/// Finds keys at the time of verification: from a map of tenants, a cache, a key server's snapshot.
///
/// It is asked after the algorithm was checked against the allow-list, which the verifier must be
/// given ([`VerifierBuilder::algorithms`](crate::jwt::VerifierBuilder::algorithms)), or the resolver
/// must know ([`Self::algorithms`]). It must not
/// wait: what is not at hand is [`KeyNotFound`](crate::Rejection::KeyNotFound). Where several
/// issuers are expected, its keys must say whose they are ([`VerifyingKey::of_issuers`]); then it may
/// return those of all of them, and the verifier takes those of the token's issuer.
///
/// # Examples
/// ```
/// use std::collections::HashMap;
/// use jotem::error::Excerpt;
/// use jotem::jws::{KeyRequest, KeyResolver, Keys};
/// use jotem::{Algorithm, Verifier, VerifyingKey};
///
/// #[derive(Debug)]
/// struct Tenants(HashMap<String, VerifyingKey>);
///
/// impl KeyResolver for Tenants {
///     fn resolve(&self, request: &KeyRequest<'_>) -> Result<Vec<VerifyingKey>, Excerpt> {
///         let found = request.untrusted_key_id().and_then(|id| self.0.get(id));
///         Ok(found.cloned().into_iter().collect())
///     }
/// }
///
/// let verifier = Verifier::builder(Keys::resolver(Tenants(HashMap::new())))
///     .algorithms([Algorithm::Es256])
///     .build()?;
/// # Ok::<(), jotem::Error>(())
/// ```
pub trait KeyResolver: std::fmt::Debug + Send + Sync {
    /// Returns the keys that may have signed the token; those of another algorithm or `kid` are
    /// not considered.
    ///
    /// # Errors
    /// A short reason why the keys are not available: it becomes
    /// [`KeysUnavailable`](crate::Rejection::KeysUnavailable).
    fn resolve(&self, request: &KeyRequest<'_>) -> Result<Vec<VerifyingKey>, Excerpt>;

    /// Returns the algorithms that its keys have, if that is known before they are: then a verifier
    /// need not be given an allow-list.
    fn algorithms(&self) -> Option<Vec<Algorithm>> {
        None
    }
}

/// What a resolver may look at: nothing of it has been authenticated, except that the algorithm is
/// one that the verifier allows.
#[derive(Debug, Clone, Copy)]
pub struct KeyRequest<'h> {
    pub(super) algorithm: Algorithm,
    pub(super) key_id: Option<&'h str>,
    pub(super) token_type: Option<&'h str>,
}

impl<'h> KeyRequest<'h> {
    /// Returns the token's algorithm, which is on the allow-list.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the token's `kid`. Whoever wrote the token chose it: use it to look up, never as
    /// part of a path, a query or a URL (RFC 8725 §3.10).
    #[must_use]
    pub const fn untrusted_key_id(&self) -> Option<&'h str> {
        self.key_id
    }

    /// Returns the token's `typ`. Whoever wrote the token chose it.
    #[must_use]
    pub const fn untrusted_type(&self) -> Option<&'h str> {
        self.token_type
    }
}

impl Keys {
    /// Takes keys from a resolver.
    #[must_use]
    pub fn resolver(resolver: impl KeyResolver + 'static) -> Self {
        Self(Source::Resolver(Arc::new(resolver)))
    }
}

impl From<VerifyingKey> for Keys {
    fn from(key: VerifyingKey) -> Self {
        Self(Source::Fixed(vec![key]))
    }
}

impl From<&VerifyingKey> for Keys {
    fn from(key: &VerifyingKey) -> Self {
        key.clone().into()
    }
}

impl From<Vec<VerifyingKey>> for Keys {
    fn from(keys: Vec<VerifyingKey>) -> Self {
        Self(Source::Fixed(keys))
    }
}

impl<const N: usize> From<[VerifyingKey; N]> for Keys {
    fn from(keys: [VerifyingKey; N]) -> Self {
        Self(Source::Fixed(keys.into()))
    }
}

impl From<KeySet> for Keys {
    fn from(set: KeySet) -> Self {
        Self(Source::Set(set))
    }
}

impl From<&KeySet> for Keys {
    fn from(set: &KeySet) -> Self {
        set.clone().into()
    }
}
