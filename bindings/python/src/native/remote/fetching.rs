//! What `jotem/_awaiting.py` waits for in an event loop: a fetch, as a future that it polls.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use jotem_jwks::remote::RemoteError;
use pyo3::prelude::*;

use super::client::Client;
use crate::native::verified::Verified;
use crate::native::{arguments, ending, errors, objects};

type Outcome = Result<bool, RemoteError>;
type Work = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// A fetch under way, or one that begins when it is first polled.
#[pyclass(frozen, module = "jotem._jotem")]
pub(super) struct Fetching {
    /// Gone when it has ended.
    work: Mutex<Option<Work>>,
    alarm: Arc<Alarm>,
    /// What is raised if the fetch is of no use.
    refused: Option<Py<PyAny>>,
}

impl Fetching {
    fn new(work: impl Future<Output = Outcome> + Send + 'static) -> Self {
        let work = Mutex::new(Some(Box::pin(work) as Work));
        Self { work, alarm: Arc::new(Alarm(Mutex::new(None))), refused: None }
    }
}

#[pymethods]
impl Fetching {
    /// Returns how it ended, or None: then `wake` is called once, from the client's thread.
    fn poll(&self, py: Python<'_>, wake: Py<PyAny>) -> PyResult<Option<bool>> {
        self.alarm.set(Some(wake));
        let waker = Waker::from(Arc::clone(&self.alarm));
        let outcome = py.detach(|| {
            let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
            let future = work.as_mut()?;
            match future.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Pending => None,
                Poll::Ready(outcome) => {
                    *work = None;
                    Some(outcome)
                }
            }
        });
        outcome.transpose().map_err(|error| errors::raise_fetch(py, &error))
    }

    #[getter]
    fn refused(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.refused.as_ref().map(|refused| refused.clone_ref(py))
    }
}

/// Verifies; where a fetch may help, returns that instead of raising.
#[pyfunction]
pub(super) fn jwks_verify<'py>(
    client: &Bound<'py, Client>,
    verifier: &Bound<'py, PyAny>,
    token: &Bound<'py, PyAny>,
    into: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = client.py();
    let into = objects::class(into)?;
    let verifier = Client::verifier(client, verifier)?;
    let token = arguments::token(token)?;
    match verifier.get().decide(py, &token)? {
        Err(refused) if client.get().engine.is_for_want(&token, &refused) => {
            let raised = errors::build(py, &refused)?;
            let (client, token) = (client.get().engine.clone(), token.into_owned());
            let work = async move { Ok(client.fetch_for(&token, &refused).await) };
            let mut fetching = Fetching::new(work);
            fetching.refused = Some(raised.unbind());
            Ok(Bound::new(py, fetching)?.into_any())
        }
        verdict => Ok(Bound::new(py, Verified::of(py, verdict, into)?)?.into_any()),
    }
}

/// Begins to wait until there are keys.
#[pyfunction]
pub(super) fn jwks_ready(client: &Bound<'_, Client>) -> Fetching {
    let client = client.get().engine.clone();
    Fetching::new(async move { client.ready().await.map(|()| true) })
}

/// Begins to fetch everything anew.
#[pyfunction]
pub(super) fn jwks_refresh(client: &Bound<'_, Client>) -> Fetching {
    let client = client.get().engine.clone();
    Fetching::new(async move { client.refresh().await.map(|()| true) })
}

/// Wakes the event loop that waits. What it calls is let go of with the GIL, by the one that calls
/// it or by the one that no longer waits; never by the client's thread at a time of its own.
struct Alarm(Mutex<Option<Py<PyAny>>>);

impl Alarm {
    fn set(&self, wake: Option<Py<PyAny>>) {
        let before = std::mem::replace(&mut *self.lock(), wake);
        drop(before);
    }

    fn lock(&self) -> MutexGuard<'_, Option<Py<PyAny>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        ending::attach(|py| {
            let wake = self.lock().take();
            if let Some(wake) = wake {
                // A loop that is closed raises, and nobody waits in it any more.
                let _ = wake.bind(py).call0();
            }
        });
    }
}

impl Drop for Fetching {
    fn drop(&mut self) {
        self.alarm.set(None);
    }
}
