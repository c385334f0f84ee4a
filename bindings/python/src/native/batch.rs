//! Batches: what a Python iterable gives, worked on by all cores without the GIL, some at a time,
//! with results in the order of the items.
//!
//! The iterable, the clock and everything else of Python's is asked on the caller's thread, which
//! has the GIL then; the engine's threads begin and end while it has given it up, and never ask for
//! it. So nothing waits for anything that waits for it, and nothing is left for a fork to break.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use jotem::NumericDate;
use jotem::jwt::Batch;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyString};

use super::issuer::{Issuer, Shared};
use super::signer::Current;
use super::verified::{Verdict, Verified};
use super::verifier::Verifier;
use super::{arguments, clock, errors, fork};

/// How many items for each core are taken from the iterable before their results are handed out: at
/// first, and at least and at most when it is known how long they take.
const AHEAD: usize = 512;
const FEWEST: usize = 64;
const MOST: usize = 2048;

/// Work of less than this is done before all cores have had their share of it; more than four times
/// this keeps the first results from whoever waits for them.
const SHORT: Duration = Duration::from_millis(25);

/// How long items are waited for while others have none of their results.
const PATIENCE: Duration = Duration::from_millis(10);

/// Items of a Python iterable, and what came of those that were taken.
struct Stream<R> {
    /// Gone when it has ended.
    source: Option<Py<PyIterator>>,
    /// What it ended with, raised when all results have been handed out.
    failure: Option<PyErr>,
    /// Whether the work may read a file.
    reads: bool,
    /// How many items for each core are taken at a time.
    ahead: usize,
    ready: VecDeque<R>,
}

impl<R: Send> Stream<R> {
    fn of(name: &str, expected: &str, items: &Bound<'_, PyAny>, reads: bool) -> PyResult<Self> {
        // A text iterates over its characters, which nobody means.
        if arguments::is_text_or_bytes(items) {
            return Err(arguments::wrong_type(name, expected, items));
        }
        let source = Some(arguments::elements(name, expected, items)?.unbind());
        Ok(Self { source, failure: None, reads, ahead: AHEAD, ready: VecDeque::new() })
    }

    /// Returns the next result. `read` is called with the GIL, `work` on any thread without it.
    fn next<I: Send>(
        &mut self,
        py: Python<'_>,
        read: impl Fn(&Bound<'_, PyAny>) -> PyResult<I>,
        work: impl Fn(I) -> R + Send + Sync,
    ) -> PyResult<Option<R>> {
        if self.ready.is_empty() {
            py.check_signals()?;
            let items = self.take(py, read);
            let (begin, taken) = (Instant::now(), items.len());
            let work = || run(items, work);
            self.ready = if self.reads { fork::pass(py, work) } else { py.detach(work) };
            self.adapt(taken, begin.elapsed());
        }
        match self.ready.pop_front() {
            None => self.failure.take().map_or(Ok(None), Err),
            result => Ok(result),
        }
    }

    /// Takes more items the next time if these, which were as many as may be, were done soon, and
    /// fewer if they were not.
    fn adapt(&mut self, taken: usize, lasted: Duration) {
        if taken < self.ahead.saturating_mul(cores()) {
            return;
        }
        if lasted < SHORT {
            self.ahead = self.ahead.saturating_mul(2).min(MOST);
        } else if lasted > SHORT.saturating_mul(4) {
            self.ahead = (self.ahead / 2).max(FEWEST);
        }
    }

    /// Takes items as long as they come at once.
    fn take<I>(
        &mut self,
        py: Python<'_>,
        read: impl Fn(&Bound<'_, PyAny>) -> PyResult<I>,
    ) -> Vec<I> {
        let mut items = Vec::new();
        let Some(source) = &self.source else { return items };
        let mut source = source.bind(py).clone();
        let (begin, most) = (Instant::now(), self.ahead.saturating_mul(cores()));
        while items.len() < most && (items.is_empty() || begin.elapsed() < PATIENCE) {
            match source.next().map(|item| read(&item?)) {
                Some(Ok(item)) => items.push(item),
                end => {
                    self.source = None;
                    self.failure = end.and_then(Result::err);
                    break;
                }
            }
        }
        items
    }
}

fn run<I: Send, R: Send>(items: Vec<I>, work: impl Fn(I) -> R + Sync) -> VecDeque<R> {
    // One that came alone: what looking for cores costs would be most of it.
    if items.len() == 1 {
        return items.into_iter().map(work).collect();
    }
    let mut results = VecDeque::with_capacity(items.len());
    let ControlFlow::Continue(()) = Batch::new().each(items, work, |result| {
        results.push_back(result);
        ControlFlow::<Infallible>::Continue(())
    });
    results
}

fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

/// The verdicts on tokens, in their order.
#[pyclass(module = "jotem")]
pub(super) struct Verdicts {
    verifier: Py<Verifier>,
    into: Option<Py<PyAny>>,
    stream: Stream<Verdict>,
}

impl Verdicts {
    pub(super) fn new(
        verifier: &Bound<'_, Verifier>,
        tokens: &Bound<'_, PyAny>,
        into: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let stream =
            Stream::of("tokens", "an iterable of str or bytes", tokens, verifier.get().reads)?;
        let into = into.map(|class| class.clone().unbind());
        Ok(Self { verifier: verifier.clone().unbind(), into, stream })
    }

    pub(super) fn next<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let verifier = self.verifier.get();
        let read = |token: &Bound<'_, PyAny>| {
            let token = arguments::token(token)?.into_owned();
            // The clock is asked here, because the threads could not.
            let now = verifier.clock.as_ref().map(|clock| clock::now(py, Some(clock)));
            Ok((token, now.transpose()?))
        };
        let work = |(token, now): (String, Option<NumericDate>)| {
            clock::at(now, || verifier.engine.verify_shared::<()>(&token))
        };
        let verdict = self.stream.next(py, read, work)?;
        let into = self.into.as_ref().map(|class| class.bind(py));
        verdict.map(|verdict| object(py, verdict, into)).transpose()
    }
}

/// Makes the proof, or the exception that `verify` would have raised.
fn object<'py>(
    py: Python<'py>,
    verdict: Verdict,
    into: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    match Verified::of(py, verdict, into) {
        Ok(verified) => Ok(Bound::new(py, verified)?.into_any()),
        Err(error) => errors::refusal(py, error),
    }
}

#[pymethods]
impl Verdicts {
    const fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.next(py)
    }
}

/// Tokens for claims, in their order.
#[pyclass(module = "jotem")]
pub(super) struct Issued {
    issuer: Py<Issuer>,
    shared: Shared,
    /// Whether claims that cannot be a token are answered, and do not end the batch.
    return_exceptions: bool,
    stream: Stream<Result<String, NoToken>>,
}

/// Why claims are no token: found when they were taken, or when they were signed.
enum NoToken {
    Taken(PyErr),
    Signed(jotem::Error),
}

impl Issued {
    pub(super) fn new(
        issuer: &Bound<'_, Issuer>,
        claims: &Bound<'_, PyAny>,
        shared: Shared,
        return_exceptions: bool,
    ) -> PyResult<Self> {
        let expected = "an iterable of claims: dict, dataclass, msgspec Struct or pydantic model";
        if claims.is_instance_of::<pyo3::types::PyDict>() {
            return Err(arguments::wrong_type("claims", expected, claims));
        }
        let stream = Stream::of("claims", expected, claims, false)?;
        Ok(Self { issuer: issuer.clone().unbind(), shared, return_exceptions, stream })
    }

    pub(super) fn next<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (issuer, returned) = (self.issuer.get(), self.return_exceptions);
        let read = |claims: &Bound<'_, PyAny>| match issuer.prepare(claims, &self.shared) {
            // Ctrl-C and its like are about no claims.
            Err(error) if returned && error.is_instance_of::<PyException>(claims.py()) => {
                Ok(Err(NoToken::Taken(error)))
            }
            prepared => prepared.map(Ok),
        };
        let work = |prepared: Result<(Vec<u8>, Current<'_>), NoToken>| {
            let (payload, key) = prepared?;
            key.sign(&payload).map_err(NoToken::Signed)
        };
        let error = match self.stream.next(py, read, work)? {
            None => return Ok(None),
            Some(Ok(token)) => return Ok(Some(PyString::new(py, &token).into_any())),
            Some(Err(NoToken::Taken(error))) => error,
            Some(Err(NoToken::Signed(error))) => errors::raise(py, error),
        };
        if returned { Ok(Some(error.into_value(py).into_bound(py).into_any())) } else { Err(error) }
    }
}

#[pymethods]
impl Issued {
    const fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.next(py)
    }
}
