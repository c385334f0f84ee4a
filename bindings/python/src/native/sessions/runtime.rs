//! The runtime that stores work in: one for the process, made at first use, and made anew after a fork.

use std::future::Future;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jotem_session::event::Event;
use pyo3::prelude::*;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::event::SessionEvent;
use crate::native::ending;
use crate::native::remote::Callback;

/// The runtime, and whom it calls.
pub(super) struct Home {
    process: u32,
    runtime: Runtime,
    wakes: UnboundedSender<Py<PyAny>>,
    events: UnboundedSender<(Arc<Callback>, Event)>,
    /// How many files are being opened or closed.
    files: AtomicUsize,
}

/// Never dropped: in a child its threads are not there to be ended.
static HOME: Mutex<Option<&'static Home>> = Mutex::new(None);

/// Returns the one of this process.
pub(super) fn home() -> io::Result<&'static Home> {
    let mut known = HOME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(home) = known.filter(|home| home.process == std::process::id()) {
        return Ok(home);
    }
    let ((wakes, woken), (events, told)) = (unbounded_channel(), unbounded_channel());
    let home: &'static Home = Box::leak(Box::new(Home {
        process: std::process::id(),
        runtime: Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .thread_name("jotem")
            .build()?,
        wakes,
        events,
        files: AtomicUsize::new(0),
    }));
    home.runtime.spawn(wake(woken));
    home.runtime.spawn(tell(told));
    *known = Some(home);
    Ok(home)
}

/// Waits until no file is being opened or closed, but no longer than that. Nobody begins meanwhile.
pub(super) fn wait_for_files(patience: Duration) {
    let known = *HOME.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(home) = known.filter(|home| home.process == std::process::id()) else { return };
    let deadline = Instant::now().checked_add(patience);
    while home.files.load(Ordering::SeqCst) > 0 && Some(Instant::now()) < deadline {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A file that is being opened or closed.
struct File(&'static Home);

impl Drop for File {
    fn drop(&mut self) {
        self.0.files.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Home {
    /// Opens or closes a file, to the end, even if nobody waits for it any more.
    pub(super) fn finish<T: Send + 'static>(
        &'static self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.files.fetch_add(1, Ordering::SeqCst);
        let file = File(self);
        self.runtime.spawn(async move {
            let done = work.await;
            drop(file);
            done
        })
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
        ending::attach(|py| {
            for wake in due.drain(..) {
                // A loop that is closed raises, and nobody waits in it any more.
                let _ = wake.bind(py).call0();
            }
        });
        // Where Python is ending, nobody counts references any more.
        due.drain(..).for_each(std::mem::forget);
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
