//! What takes a while: a future that Python drives.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

use jotem_session::ClaimsError;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use super::errors::{self, Failure};
use super::exchange::Exchange;
use super::grant::Grant;
use super::runtime::{self, Home};
use super::slot::Slot;
use crate::native::fork;

/// What comes of it, as an object that is made with the GIL.
pub(super) type Make = Box<dyn for<'py> FnOnce(Python<'py>) -> PyResult<Py<PyAny>> + Send>;
type Future_ = Pin<Box<dyn Future<Output = Result<Make, Failure>> + Send>>;

/// How long is waited before Python is asked whether somebody pressed Ctrl-C.
const PAUSE: Duration = Duration::from_millis(200);

/// What is under way, while it is.
pub(super) struct Work {
    process: u32,
    state: Mutex<Option<UnderWay>>,
}

struct UnderWay {
    future: Future_,
    /// Whom the future calls, since it was last polled.
    waker: Option<Waker>,
}

impl Work {
    fn new(future: Future_) -> Self {
        let under_way = UnderWay { future, waker: None };
        Self { process: std::process::id(), state: Mutex::new(Some(under_way)) }
    }

    fn lock(&self) -> MutexGuard<'_, Option<UnderWay>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poll(&self, waker: &Waker, exchange: &Arc<Exchange>) -> Poll<Result<Make, Failure>> {
        if self.process != std::process::id() {
            return Poll::Ready(Err(Failure::Forked));
        }
        let mut state = self.lock();
        let Some(UnderWay { future, waker: known }) = state.as_mut() else {
            return Poll::Ready(Err(Failure::Forked));
        };
        let mut context = Context::from_waker(waker);
        let polled = exchange.during(|| future.as_mut().poll(&mut context));
        if polled.is_ready() {
            *state = None;
        } else {
            *known = Some(waker.clone());
        }
        polled
    }

    /// Lets go of it.
    fn end(&self) {
        drop(self.lock().take());
    }

    /// Takes it away from whoever drives it, who is woken to learn that: a future that is gone wakes
    /// nobody.
    pub(super) fn interrupt(&self) -> impl Send + use<> {
        let UnderWay { future, waker } = self.lock().take()?;
        if let Some(waker) = waker {
            waker.wake();
        }
        Some(future)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            // Its runtime is the parent's.
            std::mem::forget(self.lock().take());
        }
    }
}

/// Something that is under way, and ends when it is let go of.
#[pyclass(name = "SessionsOperation", frozen, module = "jotem._jotem")]
pub(super) struct Operation {
    slot: Arc<Slot>,
    work: Arc<Work>,
    exchange: Arc<Exchange>,
    home: &'static Home,
}

/// What an operation came to.
#[pyclass(frozen, module = "jotem._jotem")]
pub(super) struct Answer {
    #[pyo3(get)]
    value: Py<PyAny>,
}

impl Operation {
    pub(super) fn new(
        slot: &Arc<Slot>,
        work: impl Future<Output = Result<Make, Failure>> + Send + 'static,
    ) -> PyResult<Self> {
        let made = Self::undisturbed(slot, work)?;
        slot.note(&made.work);
        Ok(made)
    }

    /// Makes one that goes on after a fork in the process that forked: it has nothing in hand between two
    /// polls that a fork would have to wait for.
    pub(super) fn undisturbed(
        slot: &Arc<Slot>,
        work: impl Future<Output = Result<Make, Failure>> + Send + 'static,
    ) -> PyResult<Self> {
        let work = Arc::new(Work::new(Box::pin(work)));
        let home = runtime::home()?;
        Ok(Self { slot: Arc::clone(slot), work, exchange: Arc::default(), home })
    }

    /// Goes on with it. Returns the answer, or whose claims are asked for, or nothing: then the waker
    /// is called.
    fn turn<'py>(&self, py: Python<'py>, waker: &Waker) -> PyResult<Option<Bound<'py, PyAny>>> {
        let poll = || self.work.poll(waker, &self.exchange);
        let polled = fork::pass(py, || self.home.inside(poll));
        if let Some(callback) = self.slot.recipe().on_event() {
            self.exchange.tell(callback);
        }
        match polled {
            Poll::Ready(Ok(make)) => {
                let value = make(py)?;
                Ok(Some(Bound::new(py, Answer { value })?.into_any()))
            }
            Poll::Ready(Err(failure)) => Err(errors::raise(py, failure)),
            Poll::Pending => match self.exchange.asked() {
                Some((subject, grant)) => {
                    Ok(Some(Bound::new(py, Grant::new(subject, grant))?.into_any()))
                }
                None => Ok(None),
            },
        }
    }

    /// Opens the sessions. It has nothing of them in hand, so a fork leaves it alone.
    pub(super) fn open(slot: &Arc<Slot>) -> PyResult<Self> {
        let own = Arc::clone(slot);
        Self::undisturbed(slot, async move { own.opened().await.map(|()| nothing()) })
    }
}

/// What comes of what only happens.
pub(super) fn nothing() -> Make {
    Box::new(|py| Ok(py.None()))
}

#[pymethods]
impl Operation {
    /// Waits, with the GIL released: for the answer, or until somebody's claims are asked for.
    pub(super) fn wait<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        loop {
            if let Some(step) = self.turn(py, &waker)? {
                return Ok(step);
            }
            py.detach(|| std::thread::park_timeout(PAUSE));
            py.check_signals()?;
        }
    }

    /// The same without waiting: nothing, and then `wake` is called once, from another thread.
    fn poll<'py>(&self, py: Python<'py>, wake: Py<PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let alarm = Alarm { home: self.home, wake: Mutex::new(Some(wake)) };
        self.turn(py, &Waker::from(Arc::new(alarm)))
    }

    /// Lets go of it: nobody waits for it any more.
    fn end(&self, py: Python<'_>) {
        // In a child it is the parent's, and let go of when nobody has it.
        if self.work.process == std::process::id() {
            fork::end(py, || self.work.end());
        }
    }

    /// Answers with the claims that were asked for.
    fn give(&self, claims: &Bound<'_, PyAny>) -> PyResult<()> {
        self.exchange.give(Ok(super::grant::claims(claims)?));
        Ok(())
    }

    /// Answers that the subject may not go on.
    fn refuse(&self, reason: String) {
        self.exchange.give(Err(ClaimsError::Refused(reason)));
    }

    /// Answers that there are no claims to be had now.
    fn fail(&self, error: &Bound<'_, PyAny>) -> PyResult<()> {
        if !error.is_instance_of::<pyo3::exceptions::PyBaseException>() {
            return Err(PyRuntimeError::new_err("an operation fails with an exception"));
        }
        self.exchange.give(Err(ClaimsError::Failed(Box::new(PyErr::from_value(error.clone())))));
        Ok(())
    }
}

/// Wakes the thread that waits. It may be woken for what it waited for before: it looks again.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Wakes an event loop, once.
struct Alarm {
    home: &'static Home,
    wake: Mutex<Option<Py<PyAny>>>,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        let wake = self.wake.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(wake) = wake {
            self.home.wake(wake);
        }
    }
}
