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

/// The future, while there is one.
pub(super) struct Work {
    process: u32,
    future: Mutex<Option<Future_>>,
}

impl Work {
    fn lock(&self) -> MutexGuard<'_, Option<Future_>> {
        self.future.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes it away from whoever drives it, who is told to try again.
    pub(super) fn interrupt(&self) -> impl Send + use<> {
        self.lock().take()
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
        let future: Future_ = Box::pin(work);
        let work = Work { process: std::process::id(), future: Mutex::new(Some(future)) };
        let work = Arc::new(work);
        slot.note(&work);
        let home = runtime::home()?;
        Ok(Self { slot: Arc::clone(slot), work, exchange: Arc::default(), home })
    }

    /// Goes on with it. Returns the answer, or whose claims are asked for, or nothing: then the waker
    /// is called.
    fn turn<'py>(&self, py: Python<'py>, waker: &Waker) -> PyResult<Option<Bound<'py, PyAny>>> {
        let polled = fork::pass(py, || {
            if self.work.process != std::process::id() {
                return Poll::Ready(Err(Failure::Forked));
            }
            let mut future = self.work.lock();
            let Some(work) = future.as_mut() else { return Poll::Ready(Err(Failure::Forked)) };
            let mut context = Context::from_waker(waker);
            let poll = || self.exchange.during(|| work.as_mut().poll(&mut context));
            let polled = self.home.inside(poll);
            if polled.is_ready() {
                *future = None;
            }
            polled
        });
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

    /// Opens the sessions.
    pub(super) fn open(slot: &Arc<Slot>) -> PyResult<Self> {
        let own = Arc::clone(slot);
        Self::new(slot, async move { own.sessions().await.map(|_| nothing()) })
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
            drop(fork::pass(py, || self.work.interrupt()));
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
