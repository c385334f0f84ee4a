//! The runtime that stores work in: one for the process, made at first use, and made anew after a fork.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use jotem_session::event::Event;
use pyo3::prelude::*;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::event::SessionEvent;
use crate::native::remote::Callback;

/// The runtime, and whom it calls.
pub(super) struct Home {
    process: u32,
    runtime: Runtime,
    wakes: UnboundedSender<Py<PyAny>>,
    events: UnboundedSender<(Arc<Callback>, Event)>,
}

/// Never dropped: in a child its threads are not there to be ended.
static HOME: Mutex<Option<&'static Home>> = Mutex::new(None);

/// Returns the one of this process.
pub(super) fn home() -> io::Result<&'static Home> {
    let mut known = HOME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(home) = known.filter(|home| home.process == std::process::id()) {
        return Ok(home);
    }
    let home: &'static Home = Box::leak(Box::new(Home::new()?));
    *known = Some(home);
    Ok(home)
}

impl Home {
    fn new() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .thread_name("jotem")
            .build()?;
        let ((wakes, woken), (events, told)) = (unbounded_channel(), unbounded_channel());
        runtime.spawn(wake(woken));
        runtime.spawn(tell(told));
        Ok(Self { process: std::process::id(), runtime, wakes, events })
    }

    /// Runs something inside of the runtime, so that it finds its clock and its threads.
    pub(super) fn inside<T>(&self, run: impl FnOnce() -> T) -> T {
        let _context = self.runtime.enter();
        run()
    }

    /// Has a callable of an event loop called soon. Whoever says so does not wait for the GIL: it may
    /// be the thread that writes for everybody.
    pub(super) fn wake(&self, wake: Py<PyAny>) {
        // It ends with the process.
        drop(self.wakes.send(wake));
    }

    /// Has a callable of the program told soon of what nobody's call has brought about.
    pub(super) fn tell(&self, callback: Arc<Callback>, event: Event) {
        drop(self.events.send((callback, event)));
    }
}

/// Waits for the GIL once for all that are due.
async fn wake(mut woken: UnboundedReceiver<Py<PyAny>>) {
    let mut due = Vec::new();
    while woken.recv_many(&mut due, 256).await > 0 {
        let called = Python::try_attach(|py| {
            for wake in due.drain(..) {
                // A loop that is closed raises, and nobody waits in it any more.
                let _ = wake.bind(py).call0();
            }
        });
        if called.is_none() {
            // Python is ending: nobody counts references any more.
            due.drain(..).for_each(std::mem::forget);
        }
    }
}

/// One after the other, each in a thread in which it may wait.
async fn tell(mut told: UnboundedReceiver<(Arc<Callback>, Event)>) {
    while let Some((callback, event)) = told.recv().await {
        let told = tokio::task::spawn_blocking(move || {
            callback.hear(|py| SessionEvent::of(py, event));
        });
        drop(told.await);
    }
}
