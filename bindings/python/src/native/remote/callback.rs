//! Callables of the program's that the client calls, on its own thread or on one that verifies.

use std::cell::Cell;
use std::io;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jotem_jwks::remote::JwksEvent;
use pyo3::prelude::*;
use pyo3::{PyTraverseError, PyVisit};

use super::event::Event;
use crate::native::{arguments, date, ending, errors};

thread_local! {
    static CALLING: Cell<bool> = const { Cell::new(false) };
    static TELLING_TIME: Cell<bool> = const { Cell::new(false) };
}

/// A callable; gone when the garbage collector has found that only it holds the client.
#[derive(Debug)]
pub(in crate::native) struct Callback(Mutex<Option<Py<PyAny>>>);

impl Callback {
    /// Takes an argument that must be callable.
    pub(in crate::native) fn read(
        name: &str,
        expected: &str,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        if !value.is_callable() {
            return Err(arguments::wrong_type(name, expected, value));
        }
        Ok(Self(Mutex::new(Some(value.clone().unbind()))))
    }

    /// Tells of an event. What the callable raises goes to `sys.unraisablehook`.
    pub(super) fn tell(&self, event: &JwksEvent) {
        self.call(|callable| callable.call1((Event::new(callable.py(), event)?,)).map(drop));
    }

    /// Calls it with what is made for it, on a thread that nobody waits for. What the callable raises
    /// goes to `sys.unraisablehook`.
    pub(in crate::native) fn hear(
        &self,
        argument: impl for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyAny>>,
    ) {
        // Nobody is told when Python is ending.
        ending::attach(|py| {
            let callable = self.lock().as_ref().map(|callable| callable.clone_ref(py));
            let Some(callable) = callable else { return };
            let callable = callable.bind(py);
            if let Err(error) = argument(py).and_then(|argument| callable.call1((argument,))) {
                error.write_unraisable(py, Some(callable));
            }
        });
    }

    /// Asks for the addresses of a host.
    pub(super) fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let answer = self.call(|callable| {
            let texts = arguments::texts("resolve_names", &callable.call1((host,))?)?;
            let parse = |text: &String| text.parse().map_err(PyErr::from);
            texts.iter().map(parse).collect::<PyResult<Vec<IpAddr>>>()
        });
        answer.ok_or_else(|| io::Error::other("resolve_names failed"))
    }

    /// Asks for the time, since 1970; absent as well while it is being asked: whatever it does with the
    /// client asks for the time, and would go on asking until the stack is full.
    pub(super) fn time(&self) -> Option<Duration> {
        if TELLING_TIME.replace(true) {
            return None;
        }
        let told = self.call(|callable| Ok(date::read("clock", &callable.call0()?)?.since_epoch()));
        TELLING_TIME.set(false);
        told
    }

    /// Shows the garbage collector what is held.
    pub(in crate::native) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self.0.try_lock().as_deref() {
            Ok(Some(callable)) => visit.call(callable),
            _ => Ok(()),
        }
    }

    /// Lets go of the callable.
    pub(in crate::native) fn clear(&self) {
        let callable = self.lock().take();
        drop(callable);
    }

    /// Calls it; nothing is returned by one that raises, nor when Python is ending.
    fn call<T>(&self, ask: impl FnOnce(&Bound<'_, PyAny>) -> PyResult<T>) -> Option<T> {
        ending::attach(|py| {
            let callable = self.lock().as_ref().map(|callable| callable.clone_ref(py))?;
            let callable = callable.bind(py);
            let outer = CALLING.replace(true);
            let answer = ask(callable);
            CALLING.set(outer);
            answer.map_err(|error| error.write_unraisable(py, Some(callable))).ok()
        })?
    }

    fn lock(&self) -> MutexGuard<'_, Option<Py<PyAny>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refuses to wait inside of a callback: it may be running on the very thread that would be waited
/// for.
pub(super) fn refuse_to_wait(py: Python<'_>) -> PyResult<()> {
    if !CALLING.get() {
        return Ok(());
    }
    let message = "a callback of the client waits for the client";
    Err(errors::misuse(py, message, "note what happened, and let another thread act on it"))
}
