//! Batches: many tokens on all cores, each with its own verdict, in the order they came.
//!
//! No pool is kept: the threads of a batch begin and end within its call, so that a process may fork
//! before and after it. `docs/decisions/0010-threads-of-a-batch.md` has the reasons.

mod in_order;
mod queue;

use std::borrow::Borrow;
use std::convert::Infallible;
use std::num::NonZero;
use std::ops::ControlFlow;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Claims, Issuer, Verified, Verifier};
use crate::error::Error;
use in_order::InOrder;

/// How a batch is worked through: on how many threads, and how far ahead of the results.
///
/// [`Verifier::verify_many`], [`Verifier::verify_each`], [`Issuer::issue_many`] and
/// [`Issuer::issue_each`] are those of `Batch::new()`.
///
/// # Order, memory, threads
///
/// Results come in the order of the items, and nothing is left out. The iterator is asked, and results
/// are taken, on the caller's thread, which works as well while it has nothing else to do. At most
/// [`ahead`](Self::ahead) items a thread are on the way at one time, whatever the iterator's length.
///
/// A batch that takes less time than starting threads, or whose iterator is slower than the work, is
/// done on the caller's thread alone. So is one for which the system makes no threads.
///
/// # Panics
/// A panic in the work, such as one in the `Deserialize` of a claims type, in the iterator, or where
/// results are taken, is the caller's: it ends the batch, and leaves no thread behind.
///
/// In the manual: [batches](crate::manual::batches).
///
/// # Examples
/// ```
/// # use jotem::{Algorithm, SigningKey, Verifier};
/// use jotem::jwt::Batch;
///
/// # let key = SigningKey::from_secret("a secret of 32 bytes, or of more", Algorithm::Hs256)?;
/// # let verifier = Verifier::builder(key.verifying_key()).build()?;
/// let tokens = ["a.b", "eyJhbGciOiJub25lIn0.e30."];
/// let verdicts = Batch::new().threads(2).verify_many::<()>(&verifier, tokens);
/// let codes: Vec<_> =
///     verdicts.iter().map(|verdict| verdict.as_ref().unwrap_err().code().as_str()).collect();
/// assert_eq!(codes, ["jws_segment_count", "jws_alg_none"]);
/// # Ok::<(), jotem::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Batch {
    threads: Option<NonZero<usize>>,
    ahead: NonZero<usize>,
}

impl Batch {
    /// Takes as many threads as the process may use cores, and at most 512 items for each.
    pub const fn new() -> Self {
        Self { threads: None, ahead: AHEAD }
    }

    /// Sets how many threads work, the caller's among them; 0 stands for all cores.
    pub const fn threads(self, threads: usize) -> Self {
        Self { threads: NonZero::new(threads), ..self }
    }

    /// Sets how many items for each thread may have been taken from the iterator without their
    /// results having been handed out; 0 counts as 1. The memory of a batch is in proportion to it.
    pub const fn ahead(self, items: usize) -> Self {
        let ahead = match NonZero::new(items) {
            Some(items) => items,
            None => NonZero::<usize>::MIN,
        };
        Self { ahead, ..self }
    }

    /// Verifies tokens, as [`Verifier::verify_many`] does.
    ///
    /// # Examples
    /// See [`Batch`].
    #[must_use]
    pub fn verify_many<T>(
        self,
        verifier: &Verifier,
        tokens: impl IntoIterator<Item = impl AsRef<str> + Send>,
    ) -> Vec<Result<Verified<T>, Error>>
    where
        T: DeserializeOwned + Send,
    {
        self.collect(tokens, |token| verifier.verify(token.as_ref()))
    }

    /// Verifies tokens, as [`Verifier::verify_each`] does.
    ///
    /// # Examples
    /// See [`Verifier::verify_each`].
    pub fn verify_each<T, K, B>(
        self,
        verifier: &Verifier,
        tokens: impl IntoIterator<Item = K>,
        mut take: impl FnMut(K, Result<Verified<T>, Error>) -> ControlFlow<B>,
    ) -> ControlFlow<B>
    where
        T: DeserializeOwned + Send,
        K: AsRef<str> + Send,
    {
        let work = |token: K| {
            let verdict = verifier.verify(token.as_ref());
            (token, verdict)
        };
        self.each(tokens, work, |(token, verdict)| take(token, verdict))
    }

    /// Issues tokens, as [`Issuer::issue_many`] does.
    ///
    /// # Examples
    /// See [`Issuer::issue_many`].
    #[must_use]
    pub fn issue_many<C: Serialize>(
        self,
        issuer: &Issuer,
        claims: impl IntoIterator<Item = impl Borrow<Claims<C>> + Send>,
    ) -> Vec<Result<String, Error>> {
        self.collect(claims, |claims| issuer.issue(claims.borrow()))
    }

    /// Issues tokens, as [`Issuer::issue_each`] does.
    ///
    /// # Examples
    /// See [`Issuer::issue_each`].
    pub fn issue_each<C: Serialize, K, B>(
        self,
        issuer: &Issuer,
        claims: impl IntoIterator<Item = K>,
        mut take: impl FnMut(K, Result<String, Error>) -> ControlFlow<B>,
    ) -> ControlFlow<B>
    where
        K: Borrow<Claims<C>> + Send,
    {
        let work = |claims: K| {
            let token = issuer.issue(claims.borrow());
            (claims, token)
        };
        self.each(claims, work, |(claims, token)| take(claims, token))
    }

    /// Does any work on each item, and hands the results to `take` in the order of the items, until
    /// it breaks off: for programs that have more to do with a token than to verify it.
    ///
    /// `work` is called on all threads, `items` and `take` on the caller's.
    ///
    /// # Examples
    /// ```
    /// # use std::ops::ControlFlow;
    /// # use jotem::{Algorithm, SigningKey, Verifier};
    /// # let key = SigningKey::from_secret("a secret of 32 bytes, or of more", Algorithm::Hs256)?;
    /// # let verifier = Verifier::builder(key.verifying_key()).build()?;
    /// use jotem::jwt::Batch;
    ///
    /// let write = |token: String| match verifier.verify::<()>(&token) {
    ///     Ok(verified) => verified.claims().json().to_owned(),
    ///     Err(error) => format!("refused: {}", error.code()),
    /// };
    /// let endless = std::iter::repeat_with(|| "a.b".to_owned());
    /// let mut lines = Vec::new();
    /// let enough = Batch::new().each(endless, write, |line| {
    ///     lines.push(line);
    ///     if lines.len() < 1_000 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    /// });
    /// assert!(enough.is_break());
    /// assert_eq!(lines.len(), 1_000);
    /// # Ok::<(), jotem::Error>(())
    /// ```
    pub fn each<I, R, B>(
        self,
        items: impl IntoIterator<Item = I>,
        work: impl Fn(I) -> R + Sync,
        take: impl FnMut(R) -> ControlFlow<B>,
    ) -> ControlFlow<B>
    where
        I: Send,
        R: Send,
    {
        let threads = self.threads.or_else(|| std::thread::available_parallelism().ok());
        let threads = threads.unwrap_or(NonZero::<usize>::MIN);
        InOrder::new(threads, self.ahead, &work, take).run(items.into_iter())
    }

    fn collect<I: Send, R: Send>(
        self,
        items: impl IntoIterator<Item = I>,
        work: impl Fn(I) -> R + Sync,
    ) -> Vec<R> {
        let items = items.into_iter();
        let mut results = Vec::with_capacity(items.size_hint().0);
        let ControlFlow::Continue(()) = self.each(items, work, |result| {
            results.push(result);
            ControlFlow::<Infallible>::Continue(())
        });
        results
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

/// Enough that no thread waits for another, and with ordinary tokens less than a megabyte a thread.
const AHEAD: NonZero<usize> = NonZero::new(512).expect("it is not zero");

/// Batches; [`Batch`] says how they are worked through.
impl Verifier {
    /// Verifies tokens on all cores: one verdict for each, in their order, each the same as
    /// [`Self::verify`] gives.
    ///
    /// The claims of all of them are in memory at the end; [`Self::verify_each`] keeps none.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use jotem::{Algorithm, Claims, Issuer, SigningKey, Verifier};
    /// # let key = SigningKey::from_secret("a secret of 32 bytes, or of more", Algorithm::Hs256)?;
    /// # let issuer = Issuer::builder(key.clone()).lifetime(Duration::from_secs(900)).build()?;
    /// # let verifier = Verifier::builder(key.verifying_key()).build()?;
    /// # let good = issuer.issue(&Claims::empty().subject("42"))?;
    /// let verdicts = verifier.verify_many::<()>([good.as_str(), "not a token"]);
    /// assert_eq!(verdicts[0].as_ref().unwrap().claims().subject(), Some("42"));
    /// assert_eq!(verdicts[1].as_ref().unwrap_err().code().as_str(), "jws_segment_count");
    /// # Ok::<(), jotem::Error>(())
    /// ```
    #[must_use]
    pub fn verify_many<T>(
        &self,
        tokens: impl IntoIterator<Item = impl AsRef<str> + Send>,
    ) -> Vec<Result<Verified<T>, Error>>
    where
        T: DeserializeOwned + Send,
    {
        Batch::new().verify_many(self, tokens)
    }

    /// Verifies tokens of an iterator of any length on all cores, in memory that does not grow, and
    /// hands each with its verdict to `take`, in their order, until it breaks off.
    ///
    /// # Examples
    /// ```
    /// # use std::ops::ControlFlow;
    /// # use jotem::{Algorithm, SigningKey, Verifier};
    /// # let key = SigningKey::from_secret("a secret of 32 bytes, or of more", Algorithm::Hs256)?;
    /// # let verifier = Verifier::builder(key.verifying_key()).build()?;
    /// # let lines = ["a", "b", "c"].into_iter().map(str::to_owned);
    /// let mut refused = 0;
    /// let end: ControlFlow<String> = verifier.verify_each::<(), _, _>(lines, |token, verdict| {
    ///     match verdict {
    ///         Ok(_) => return ControlFlow::Continue(()),
    ///         Err(_) => refused += 1,
    ///     }
    ///     if refused < 2 { ControlFlow::Continue(()) } else { ControlFlow::Break(token) }
    /// });
    /// assert_eq!(end, ControlFlow::Break("b".to_owned()));
    /// # Ok::<(), jotem::Error>(())
    /// ```
    pub fn verify_each<T, K, B>(
        &self,
        tokens: impl IntoIterator<Item = K>,
        take: impl FnMut(K, Result<Verified<T>, Error>) -> ControlFlow<B>,
    ) -> ControlFlow<B>
    where
        T: DeserializeOwned + Send,
        K: AsRef<str> + Send,
    {
        Batch::new().verify_each(self, tokens, take)
    }
}

/// Batches; [`Batch`] says how they are worked through.
impl Issuer {
    /// Issues tokens on all cores: one result for each claims set, in their order, each as
    /// [`Self::issue`] makes it.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use jotem::{Algorithm, Claims, Issuer, SigningKey};
    /// # let key = SigningKey::from_secret("a secret of 32 bytes, or of more", Algorithm::Hs256)?;
    /// # let issuer = Issuer::builder(key.clone()).lifetime(Duration::from_secs(900)).build()?;
    /// let invited = ["ada", "grace", "edith"].map(|name| Claims::empty().subject(name));
    /// let tokens: Vec<String> = issuer.issue_many(&invited).into_iter().collect::<Result<_, _>>()?;
    /// assert_eq!(tokens.len(), 3);
    /// # Ok::<(), jotem::Error>(())
    /// ```
    #[must_use]
    pub fn issue_many<C: Serialize>(
        &self,
        claims: impl IntoIterator<Item = impl Borrow<Claims<C>> + Send>,
    ) -> Vec<Result<String, Error>> {
        Batch::new().issue_many(self, claims)
    }

    /// Issues tokens for an iterator of any length on all cores, in memory that does not grow, and
    /// hands each to `take` with its claims, in their order, until it breaks off.
    ///
    /// # Examples
    /// ```
    /// # use std::ops::ControlFlow;
    /// # use std::time::Duration;
    /// # use jotem::{Algorithm, Claims, Issuer, SigningKey};
    /// # let key = SigningKey::from_secret("a secret of 32 bytes, or of more", Algorithm::Hs256)?;
    /// # let issuer = Issuer::builder(key.clone()).lifetime(Duration::from_secs(900)).build()?;
    /// let numbers = (0..1_000).map(|number| Claims::empty().subject(format!("{number}")));
    /// let mut bytes = 0;
    /// let end = issuer.issue_each(numbers, |_claims, token| match token {
    ///     Ok(token) => {
    ///         bytes += token.len();
    ///         ControlFlow::Continue(())
    ///     }
    ///     Err(error) => ControlFlow::Break(error),
    /// });
    /// assert!(end.is_continue() && bytes > 100_000);
    /// # Ok::<(), jotem::Error>(())
    /// ```
    pub fn issue_each<C: Serialize, K, B>(
        &self,
        claims: impl IntoIterator<Item = K>,
        take: impl FnMut(K, Result<String, Error>) -> ControlFlow<B>,
    ) -> ControlFlow<B>
    where
        K: Borrow<Claims<C>> + Send,
    {
        Batch::new().issue_each(self, claims, take)
    }
}
