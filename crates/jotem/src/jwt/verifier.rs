//! The verifier: keys, expectations and limits, checked once and used for every token.

use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::cache::{CacheState, TokenCache};
use super::explain::{Explanation, Report};
use super::pipeline::{self, Pipeline};
use super::{Validation, Verified};
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, Misuse};
use crate::jwa::Algorithm;
use crate::jws::Keys;
use crate::jws::header_cache::HeaderCache;
use crate::jws::selection::Selection;
use crate::limits::Limits;

/// Verifies tokens: their signature under the keys it was built with, and their claims against
/// what it expects. Immutable, lock-free, shared by clones, with its cache of verified tokens if it
/// has one.
///
/// In the manual: [verifying](crate::manual::verifying).
///
/// # Examples
/// ```
/// # use std::time::Duration;
/// # use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
/// # let key = SigningKey::generate(Algorithm::Es256)?;
/// # let issuer = Issuer::builder(key.clone()).issuer("https://auth.example")
/// #     .lifetime(Duration::from_secs(900)).build()?;
/// # let token = issuer.issue(&Claims::empty().subject("42").audience("api"))?;
/// let verifier = Verifier::builder(key.verifying_key())
///     .issuer("https://auth.example")
///     .audience("api")
///     .build()?;
///
/// let verified = verifier.verify::<()>(&token)?;
/// assert_eq!(verified.claims().subject(), Some("42"));
///
/// let error = verifier.verify::<()>("not a token").unwrap_err();
/// assert_eq!(error.code().as_str(), "jws_segment_count");
/// # Ok::<(), jotem::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Verifier {
    settings: Arc<Settings>,
}

#[derive(Debug)]
struct Settings {
    selection: Selection,
    validation: Validation,
    critical: Vec<String>,
    limits: Limits,
    clock: Arc<dyn Clock>,
    headers: HeaderCache,
    tokens: Option<TokenCache>,
}

impl Verifier {
    /// Begins to build a verifier with these keys.
    pub fn builder(keys: impl Into<Keys>) -> VerifierBuilder {
        VerifierBuilder {
            keys: keys.into(),
            algorithms: None,
            try_keys: 1,
            validation: Validation::new(),
            critical: Vec::new(),
            limits: Limits::default(),
            clock: Arc::new(SystemClock),
            cache_bytes: None,
        }
    }

    /// Verifies a token and reads its claims into `T`, which sees every member of the payload; `()`
    /// stands for none.
    ///
    /// # Errors
    /// [`Rejection`](crate::Rejection): why the token is refused.
    pub fn verify<T: DeserializeOwned>(&self, token: &str) -> Result<Verified<T>, Error> {
        Ok(pipeline::run(&self.pipeline(), token, &mut ())?)
    }

    /// Verifies a token as [`Self::verify`] does, and returns claims that callers share: with
    /// [`cache`](VerifierBuilder::cache), a token that comes again into the same `T` is not read again.
    ///
    /// A `Deserialize` of `T` that looks at anything but the claims is not asked again either.
    ///
    /// # Errors
    /// [`Rejection`](crate::Rejection): why the token is refused.
    ///
    /// # Examples
    /// See [`manual::cache`](crate::manual::cache).
    pub fn verify_shared<T>(&self, token: &str) -> Result<Arc<Verified<T>>, Error>
    where
        T: DeserializeOwned + Send + Sync + 'static,
    {
        Ok(pipeline::run(&self.pipeline(), token, &mut ())?)
    }

    /// Verifies a token, and tells for each step of the pipeline how it went, for an accepted token
    /// as for a refused one. Steps after the one that failed were not reached.
    ///
    /// For people and logs of refusals; it costs more than [`Self::verify`], and decides the same. It
    /// neither asks the cache nor adds to it.
    ///
    /// # Examples
    /// ```
    /// # use jotem::{Algorithm, SigningKey, Verifier};
    /// # let key = SigningKey::generate(Algorithm::Es256)?;
    /// let verifier = Verifier::builder(key.verifying_key()).build()?;
    /// let explanation = verifier.explain("eyJhbGciOiJub25lIn0.e30.");
    /// assert_eq!(explanation.rejection().map(|r| r.code().as_str()), Some("jws_alg_none"));
    /// println!("{explanation}");
    /// # Ok::<(), jotem::Error>(())
    /// ```
    #[must_use]
    pub fn explain(&self, token: &str) -> Explanation {
        let mut report = Report::default();
        let pipeline = Pipeline { tokens: None, ..self.pipeline() };
        let verdict = pipeline::run::<Verified, _>(&pipeline, token, &mut report);
        report.finish(verdict.err())
    }

    /// Returns the algorithms that tokens may have.
    #[must_use]
    pub fn algorithms(&self) -> &[Algorithm] {
        self.settings.selection.allowed()
    }

    /// Returns what the cache of verified tokens holds; absent where there is none.
    #[must_use]
    pub fn cache_state(&self) -> Option<CacheState> {
        self.settings.tokens.as_ref().map(TokenCache::state)
    }

    /// Whether the cache has this very token, so that verifying it again will most likely compute no
    /// signature. It decides nothing: it is for callers who hand longer work to other threads.
    ///
    /// # Examples
    /// ```
    /// # use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
    /// # let key = SigningKey::generate(Algorithm::Es256)?;
    /// # let issuer = Issuer::builder(key.clone()).lifetime(std::time::Duration::from_secs(900)).build()?;
    /// # let token = issuer.issue(&Claims::empty())?;
    /// let verifier = Verifier::builder(key.verifying_key()).cache(1 << 20).build()?;
    /// assert!(!verifier.remembers(&token));
    /// verifier.verify::<()>(&token)?;
    /// assert!(verifier.remembers(&token));
    /// # Ok::<(), jotem::Error>(())
    /// ```
    #[must_use]
    pub fn remembers(&self, token: &str) -> bool {
        let signature = token.rsplit_once('.').map(|(_, signature)| signature);
        let tokens = self.settings.tokens.as_ref().zip(signature);
        tokens.is_some_and(|(tokens, signature)| tokens.find(token, signature).is_some())
    }

    /// Forgets every verified token, here and in the verifier's clones: each is verified in full when
    /// it comes again.
    pub fn clear_cache(&self) {
        if let Some(tokens) = &self.settings.tokens {
            tokens.clear();
        }
    }

    fn pipeline(&self) -> Pipeline<'_> {
        let settings = &*self.settings;
        Pipeline {
            selection: &settings.selection,
            validation: &settings.validation,
            critical: &settings.critical,
            limits: &settings.limits,
            clock: &*settings.clock,
            headers: Some(&settings.headers),
            tokens: settings.tokens.as_ref(),
        }
    }
}

/// Builds a [`Verifier`]. The defaults and their reasons are in
/// [`manual::defaults`](crate::manual::defaults).
#[derive(Debug, Clone)]
#[must_use]
pub struct VerifierBuilder {
    keys: Keys,
    algorithms: Option<Vec<Algorithm>>,
    try_keys: usize,
    validation: Validation,
    critical: Vec<String>,
    limits: Limits,
    clock: Arc<dyn Clock>,
    cache_bytes: Option<usize>,
}

impl VerifierBuilder {
    /// Narrows the allow-list, which otherwise is what the keys have, and pins the keys of a set
    /// that name no algorithm. Required with a [`KeyResolver`](crate::jws::KeyResolver).
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = Some(algorithms.into_iter().collect());
        self
    }

    /// Tries up to `keys` keys where several could have signed a token: one by default, so that
    /// several are [`KeyAmbiguous`](crate::Rejection::KeyAmbiguous).
    pub const fn try_keys(mut self, keys: usize) -> Self {
        self.try_keys = keys;
        self
    }

    /// Sets everything that is expected of the claims at once.
    pub fn validation(mut self, validation: Validation) -> Self {
        self.validation = validation;
        self
    }

    /// Names critical header extensions (RFC 7515 §4.1.11) that the application itself handles.
    pub fn critical(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.critical = names.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the limits on size and shape.
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the clock; the system's by default.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Remembers the signatures of accepted tokens, in at most this many bytes: a token that comes
    /// again costs no cryptography. Everything else is decided again at each call.
    ///
    /// 2 KiB for each token that is in use at one time is ample; at least 16 KiB. Shared secrets and
    /// keys that live elsewhere make no use of it. [`manual::cache`](crate::manual::cache) has the details.
    pub const fn cache(mut self, bytes: usize) -> Self {
        self.cache_bytes = Some(bytes);
        self
    }

    /// Builds the verifier.
    ///
    /// # Errors
    /// [`Misuse`](crate::Misuse): keys that cannot verify, secrets mixed with public keys, an empty
    /// expectation, a leeway above five minutes, a cache too small for one token.
    pub fn build(self) -> Result<Verifier, Error> {
        self.validation.check()?;
        let selection = Selection::new(self.keys, self.algorithms, self.try_keys)?;
        let several_issuers = self.validation.expects_several_issuers();
        if several_issuers && selection.has_several_keys() && selection.has_unbound_key() {
            return Err(Misuse::KeysUnbound.into());
        }
        let tokens = cache(self.cache_bytes, &selection)?;
        let settings = Settings {
            selection,
            validation: self.validation,
            critical: self.critical,
            limits: self.limits,
            clock: self.clock,
            headers: HeaderCache::default(),
            tokens,
        };
        Ok(Verifier { settings: Arc::new(settings) })
    }
}

/// Makes the cache of verified tokens that was asked for. Secrets get none: a MAC is computed in the
/// time of a look-up.
fn cache(bytes: Option<usize>, selection: &Selection) -> Result<Option<TokenCache>, Misuse> {
    let Some(bytes) = bytes else { return Ok(None) };
    let needed = TokenCache::LEAST_BYTES;
    if bytes < needed {
        return Err(Misuse::CacheTooSmall { bytes, needed });
    }
    let symmetric = selection.allowed().iter().all(|algorithm| algorithm.is_symmetric());
    Ok((!symmetric).then(|| TokenCache::new(bytes)))
}

/// The settings of [`Validation`], by the same names.
impl VerifierBuilder {
    fn expect(mut self, change: impl FnOnce(Validation) -> Validation) -> Self {
        self.validation = change(self.validation);
        self
    }

    /// See [`Validation::issuer`].
    pub fn issuer(self, issuer: impl Into<String>) -> Self {
        self.expect(|validation| validation.issuer(issuer))
    }

    /// See [`Validation::issuers`].
    pub fn issuers(self, issuers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.expect(|validation| validation.issuers(issuers))
    }

    /// See [`Validation::audience`].
    pub fn audience(self, audience: impl Into<String>) -> Self {
        self.expect(|validation| validation.audience(audience))
    }

    /// See [`Validation::audiences`].
    pub fn audiences(self, audiences: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.expect(|validation| validation.audiences(audiences))
    }

    /// See [`Validation::any_audience`].
    pub fn any_audience(self) -> Self {
        self.expect(Validation::any_audience)
    }

    /// See [`Validation::subject`].
    pub fn subject(self, subject: impl Into<String>) -> Self {
        self.expect(|validation| validation.subject(subject))
    }

    /// See [`Validation::token_type`].
    pub fn token_type(self, token_type: impl Into<String>) -> Self {
        self.expect(|validation| validation.token_type(token_type))
    }

    /// See [`Validation::leeway`].
    pub fn leeway(self, leeway: Duration) -> Self {
        self.expect(|validation| validation.leeway(leeway))
    }

    /// See [`Validation::expiry_optional`].
    pub fn expiry_optional(self) -> Self {
        self.expect(Validation::expiry_optional)
    }

    /// See [`Validation::max_age`].
    pub fn max_age(self, age: Duration) -> Self {
        self.expect(|validation| validation.max_age(age))
    }

    /// See [`Validation::max_lifetime`].
    pub fn max_lifetime(self, lifetime: Duration) -> Self {
        self.expect(|validation| validation.max_lifetime(lifetime))
    }

    /// See [`Validation::require`].
    pub fn require(self, claim: impl Into<String>) -> Self {
        self.expect(|validation| validation.require(claim))
    }

    /// See [`Validation::accept_bound_tokens`].
    pub fn accept_bound_tokens(self) -> Self {
        self.expect(Validation::accept_bound_tokens)
    }
}
